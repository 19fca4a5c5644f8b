package shape_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// vary fills a value, each slice with one element; another salt gives other values.
func vary(v reflect.Value, salt int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[netip.Addr]() {
			v.Set(reflect.ValueOf(netip.AddrFrom4([4]byte{192, 0, 2, byte(salt)})))
			return
		}
		for i := range v.NumField() {
			vary(v.Field(i), salt)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		vary(v.Index(0), salt)
	case reflect.Array:
		for i := range v.Len() {
			vary(v.Index(i), salt)
		}
	case reflect.String:
		v.SetString(strings.Repeat("x", salt))
	case reflect.Bool:
		v.SetBool(salt == 3)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(salt) << 20) // much, as coordinates are counted in tiny steps
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(salt))
	default:
		panic(v.Kind().String())
	}
}

// leaves calls fn with each field of a struct that is no struct, and its path.
func leaves(v reflect.Value, path string, fn func(path string, v reflect.Value)) {
	for i := range v.NumField() {
		f, name := v.Field(i), path+"."+v.Type().Field(i).Name
		switch {
		case f.Kind() == reflect.Struct && f.Type() != reflect.TypeFor[netip.Addr]():
			leaves(f, name, fn)
		case f.Kind() == reflect.Slice && f.Len() > 0 && f.Index(0).Kind() == reflect.Struct && f.Index(0).Type() != reflect.TypeFor[netip.Addr]():
			leaves(f.Index(0), name, fn)
		default:
			fn(name, f)
		}
	}
}

// quiet are the fields that need not be seen, with the reason.
var quiet = map[string]string{
	".Has":                "says which others are there",
	".Checksum":           "told where it is wrong",
	".Problems.Offset":    "problems are told beside",
	".Problems.Type":      "problems are told beside",
	".Problems.OUI":       "problems are told beside",
	".Problems.Subtype":   "problems are told beside",
	".Problems.Kept":      "problems are told beside",
	".Problems.Reason":    "problems are told beside",
	".Unknown.OUI":        "only of type 127, below",
	".Unknown.Subtype":    "only of type 127, below",
	".Management.Address": "only of its family, below",
}

// TestTLVsShowEveryField: a field that is decoded and not shown is noticed here.
func TestTLVsShowEveryField(t *testing.T) {
	t.Parallel()
	show := func(t *testing.T, v reflect.Value, tlvs func() []shape.TLV) {
		n := 0
		vary(v, 1)
		setHas(v)
		leaves(v, "", func(path string, f reflect.Value) {
			if quiet[path] != "" {
				return
			}
			n++
			before, was := tlvs(), reflect.New(f.Type()).Elem()
			was.Set(f)
			vary(f, 2)
			again := tlvs()
			if slices.Equal(before, again) {
				vary(f, 3) // a bool
				again = tlvs()
			}
			if slices.Equal(before, again) {
				t.Errorf("%s is not shown", path)
			}
			f.Set(was)
		})
		if n < 20 {
			t.Errorf("%d fields; the test looks at nothing", n)
		}
	}
	for _, form := range []struct {
		name string
		set  func(*lldp.PDU)
	}{
		{"coordinate", func(p *lldp.PDU) { p.Locations[0].Format = lldp.LocationCoordinate }},
		{"civic", func(p *lldp.PDU) { p.Locations[0].Format = lldp.LocationCivic }},
		{"elin", func(p *lldp.PDU) { p.Locations[0].Format = lldp.LocationELIN }},
	} {
		t.Run("LLDP "+form.name, func(t *testing.T) {
			t.Parallel()
			var p lldp.PDU
			v := reflect.ValueOf(&p).Elem()
			n := 0
			show(t, v, func() []shape.TLV {
				q := p
				q.Locations = slices.Clone(p.Locations)
				q.Unknown = slices.Clone(p.Unknown)
				q.Policies = slices.Clone(p.Policies)
				form.set(&q)
				q.Power.Form, q.Policies[0].Tagged = lldp.MDIBT, true
				n++
				return withOthers(&q, p)
			})
			if n == 0 {
				t.Error("nothing was shown")
			}
		})
	}
	t.Run("CDP", func(t *testing.T) {
		t.Parallel()
		var p cdp.Packet
		show(t, reflect.ValueOf(&p).Elem(), func() []shape.TLV { return shape.NewCDPTLVs(&p) })
	})
}

// withOthers shows a PDU, and what its forms leave out, so that each field is seen in one of them.
func withOthers(p *lldp.PDU, raw lldp.PDU) []shape.TLV {
	out := shape.NewLLDPTLVs(p)
	out = append(out, shape.NewLLDPTLVs(&raw)...)
	raw.Has = lldp.Fields(^uint32(0))
	for f := range uint8(4) {
		q := raw
		q.Locations = slices.Clone(raw.Locations)
		q.Locations[0].Format = f
		out = append(out, shape.NewLLDPTLVs(&q)...)
	}
	return out
}

func setHas(v reflect.Value) { v.FieldByName("Has").SetUint(uint64(^uint32(0))) }

// TestTLVs holds the readable form of frames that have everything.
func TestTLVs(t *testing.T) {
	t.Parallel()
	addr := netip.MustParseAddr
	p := &lldp.PDU{
		Chassis: lldp.ID{Subtype: lldp.ChassisNetwork, Value: "\x01\x0a\x15\x0d\x56"}, Port: lldp.MACID(lldp.PortMAC, discovery.MAC{0, 0x21, 0xd8, 0xba, 9, 0x65}),
		TTL: 180, Has: lldp.Fields(^uint32(0)), PortDescription: "SW PORT", SystemName: "SEP0021D8BA0965", SystemDescription: "line\x00junk",
		Capabilities: lldp.Capabilities{Supported: 0x24, Enabled: 0x0800},
		Management: []lldp.Management{
			{Family: 1, Address: "\x0a\x15\x0d\x56", Interface: 2, Number: 7, OID: "\x2b\x06\x01\x04\x01\x82\x37"},
			{Family: 6, Address: "\x00\x21\xd8\xba\x09\x65", Interface: 1},
			{Family: 16, Address: "ab", OID: "\x80"},
		},
		PortVLANs: []lldp.PortVLAN{{Flags: 0x06, VLAN: 20}}, VLANNames: []lldp.VLANName{{VLAN: 110, Name: "voice"}}, Protocols: []string{"\x88\x8e\x01"},
		MACPHY: lldp.MACPHY{Autoneg: 3, Advertised: 0x6c01, MAU: 30}, Aggregation: lldp.Aggregation{Status: 1, PortID: 9}, MaxFrame: 1522,
		Power: lldp.MDIPower{
			Form: lldp.MDIBT, Support: 0x0f, Pairs: 2, Class: 5, Type: 0, Source: 1, Priority: 2, Requested: 400, Allocated: 510, PSEStatus: 2, PairsExt: 3,
			ClassA: 7, ClassB: 7, ClassExt: 6, System: 1, MaxPower: 600, Autoclass: 6, PowerDown: 0x740005,
		},
		Measurements: strings.Repeat("m", 80),
		MED:          lldp.MEDCapabilities{Bits: 0x33, Class: 3},
		Policies: []lldp.NetworkPolicy{
			{Application: 1, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46},
			{Application: 2, DSCP: 24},
			{Application: 6, Tagged: true, PCP: 4},
			{Application: 99, Unknown: true, VLAN: 5, Reserved: true},
		},
		Locations: []lldp.Location{
			{Format: 1, Coordinate: lldp.Coordinate{LatResolution: 34, LonResolution: 34, AltResolution: 30, Latitude: 52 << 25, Longitude: -13 << 25, AltType: 2, Altitude: 640, Datum: 1}},
			{Format: 2, Civic: lldp.Civic{What: 1, Country: "DE", Parts: []lldp.CivicPart{{Type: 3, Value: "Berlin"}, {Type: 200, Value: "x"}}}},
			{Format: 3, ELIN: "5551234567"},
			{Format: 9},
		},
		ExtendedPower: lldp.ExtendedPower{Type: 1, Source: 3, Priority: 1, Value: 63},
		Hardware:      "hw", Firmware: "fw", Software: "sw", Serial: "sn", Manufacturer: "maker", Model: "model", Asset: "\xff",
		Avaya: lldp.Avaya{
			Conservation: "\x01", CallServers: []netip.Addr{addr("10.0.0.1"), addr("10.0.0.2")}, PhoneAddress: addr("10.0.0.3"), PhoneMask: addr("255.255.255.0"),
			PhoneGateway: addr("10.0.0.4"), Framing: 1,
		},
		FourWire: 0x85,
		Unknown:  []lldp.Raw{{Type: 9, Value: "ab"}, {Type: 127, OUI: [3]byte{1, 2, 3}, Subtype: 4}},
	}
	c := &cdp.Packet{
		Version: 2, TTL: 180, Checksum: cdp.ChecksumBad, Has: cdp.Fields(^uint32(0)), DeviceID: "SEP0021D8BA0965", PortID: "Port 1",
		Addresses:    []cdp.Address{cdp.IPAddress(addr("10.0.0.3")), {Type: 1, Protocol: "\x81", Value: "\x01"}},
		Capabilities: 0x80000490, Software: "sw", Platform: "Cisco IP Phone 7962", NativeVLAN: 10, FullDuplex: true, VoiceVLAN: cdp.Appliance{ID: 1, VLAN: 110},
		Query: "\x20\x02\x00\x01", Consumption: 6300, MTU: 1500, Trust: 1, UntrustedCoS: 3, SystemName: "n", ObjectID: "\x2b\x06\x01",
		Location: cdp.Location{Type: 1, Text: "room 7"}, ExternalPort: "e", Requested: cdp.PowerRequested{RequestID: 1, ManagementID: 2, Levels: []uint32{12000, 6300}},
		Available: cdp.PowerAvailable{Levels: []uint32{15400, cdp.PowerAny}}, Unidirectional: 1, SparePair: 0x0f, Unknown: []cdp.Raw{{Type: 0x1d, Value: "x"}},
	}
	for name, tlvs := range map[string][]shape.TLV{"lldp-tlvs": shape.NewLLDPTLVs(p), "cdp-tlvs": shape.NewCDPTLVs(c)} {
		var b strings.Builder
		for _, v := range tlvs {
			b.WriteString(v.Name + ": " + v.Value + "\n")
		}
		goldenText(t, name+".txt", b.String())
	}
}

func TestObjectIDs(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x2b\x06\x01\x04\x01\x82\x37": "1.3.6.1.4.1.311", "\x88\x37\x03": "2.999.3", "": "empty", "\x80": "80",
		"\xff\xff\xff\xff\xff\xff\x7f": "ffffffffffff7f", "\x2b\x81": "2b81",
	} {
		tlvs := shape.NewCDPTLVs(&cdp.Packet{Has: cdp.HasObjectID, ObjectID: in})
		if diff := cmp.Diff(want, tlvs[len(tlvs)-1].Value); diff != "" {
			t.Errorf("%x (-want +got):\n%s", in, diff)
		}
	}
}
