package lldp_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// tlvs cuts an LLDPDU into its TLVs up to End. It is a second walk, apart from the decoder's.
func tlvs(b []byte) []string {
	var all []string
	for len(b) >= 2 {
		h := uint16(b[0])<<8 | uint16(b[1])
		if h>>9 == 0 {
			break
		}
		n := 2 + int(h&511)
		all = append(all, string(b[:n]))
		b = b[n:]
	}
	return all
}

// sameTLVs holds for what is decoded without Problems: what Append writes has the TLVs of the frame, in whatever order. Named
// exceptions: octets of the TTL TLV after its two. There is no other: PDU holds every bit, the reserved ones too.
func sameTLVs(payload, again []byte) error {
	a, b := tlvs(payload), tlvs(again)
	if len(a) > 2 && a[2][0]>>1 == 3 {
		a[2] = "\x06\x02" + a[2][2:4]
	}
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		return fmt.Errorf("TLVs\n%x\nbecame\n%x", a, b)
	}
	return nil
}

// checkPayload holds the properties of one input, whatever it is. It reports whether the input is a frame.
func checkPayload(payload []byte) (bool, error) {
	before := bytes.Clone(payload)
	var p lldp.PDU
	err := p.Decode(payload)
	if !bytes.Equal(before, payload) {
		return false, fmt.Errorf("Decode changed its input")
	}
	if err != nil {
		if !strings.HasPrefix(err.Error(), "decode ") || !strings.HasSuffix(err.Error(), ": malformed LLDP frame") {
			return false, fmt.Errorf("error %q", err)
		}
		return false, nil
	}
	clear(payload) // Decode keeps nothing of it
	defer copy(payload, before)
	out, err := p.Append([]byte("kept"))
	if err != nil {
		if len(p.Problems) == 0 {
			return true, fmt.Errorf("Append refuses what Decode took without a problem: %w", err)
		}
		if string(out) != "kept" {
			return true, fmt.Errorf("Append gave %q with its error", out)
		}
		return true, nil
	}
	out = out[len("kept"):]
	if len(p.Problems) == 0 {
		if err := sameTLVs(before, out); err != nil {
			return true, err
		}
	}
	q := phone() // Decode must not leave anything of an earlier frame
	q.Unknown, q.Problems = []lldp.Raw{{Type: 9}}, []lldp.Problem{{Type: 9}}
	if err := q.Decode(out); err != nil || len(q.Problems) > 0 {
		return true, fmt.Errorf("Decode of what Append wrote: %v, %v", err, q.Problems)
	}
	if !p.Equal(q) || !q.Equal(&p) || !p.Clone().Equal(q) {
		return true, fmt.Errorf("decoded %+v, written and decoded %+v", p, q)
	}
	twice, err := q.Append(nil)
	if err != nil || !bytes.Equal(twice, out) {
		return true, fmt.Errorf("written\n%x\nthen\n%x, %v", out, twice, err)
	}
	for _, s := range []string{lldp.ChassisText(p.Chassis), lldp.PortText(p.Port)} {
		if s == "" || strings.ContainsAny(s, "\x00\n\x1b") {
			return true, fmt.Errorf("text of ids: %q", s)
		}
	}
	for _, n := range p.Policies {
		if err := checkPolicy(n); err != nil {
			return true, err
		}
	}
	return true, nil
}

// checkPolicy: a voice policy told again tells the same.
func checkPolicy(n lldp.NetworkPolicy) error {
	v := n.Voice()
	told, ok := lldp.Policy(v)
	if ok != (v.Mode != discovery.VoiceUnknown) {
		return fmt.Errorf("Policy(%+v) = %t", v, ok)
	}
	if v.Application == 0 {
		v.Application = lldp.AppVoice
	}
	if ok && told.Voice() != v {
		return fmt.Errorf("%+v is told as %+v, heard as %+v", v, told, told.Voice())
	}
	return nil
}

func TestRoundTripSamples(t *testing.T) {
	t.Parallel()
	pdus := samples()
	maps.Copy(pdus, eachField())
	for name, p := range pdus {
		b, err := p.Append(nil)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var q lldp.PDU
		if err := q.Decode(b); err != nil || len(q.Problems) > 0 || !p.Equal(&q) {
			t.Errorf("%s: decoded %+v, %v; want %+v", name, q, err, p)
		}
		if ok, err := checkPayload(b); !ok || err != nil {
			t.Errorf("%s: %t, %v", name, ok, err)
		}
	}
}

func TestRoundTripCorpus(t *testing.T) {
	t.Parallel()
	for _, f := range corpusFrames(t) {
		_, _, payload, _ := lldp.ParseFrame(f.data)
		want := corpusExceptions[f.name].err == ""
		if ok, err := checkPayload(payload); ok != want || err != nil {
			t.Errorf("%s: a frame: %t, %v", f.name, ok, err)
		}
	}
}

// TestRoundTripGenerated: what is encoded is decoded the same, for PDUs with any values that their types hold and the
// standard allows.
func TestRoundTripGenerated(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := genPDU(t)
		b, err := p.Append(nil)
		if err != nil {
			t.Fatalf("Append: %v", err)
		}
		q := full()
		if err := q.Decode(b); err != nil || len(q.Problems) > 0 {
			t.Fatalf("Decode: %v, %v", err, q.Problems)
		}
		if !p.Equal(q) {
			t.Fatalf("decoded %+v; want %+v", q, p)
		}
		if _, err := checkPayload(b); err != nil {
			t.Fatal(err)
		}
	})
}

func octets(t *rapid.T, from, to int) string {
	return string(rapid.SliceOfN(rapid.Byte(), from, to).Draw(t, "octets"))
}

func list[T any](t *rapid.T, one func() T) []T {
	var l []T
	for range rapid.IntRange(0, 3).Draw(t, "n") {
		l = append(l, one())
	}
	return l
}

// genFlat fills integers of a struct with any value, then bounds those that have fewer bits than their type.
func genFlat(t *rapid.T, v reflect.Value, bound map[string]uint64) {
	for i := range v.NumField() {
		f := v.Field(i)
		name := v.Type().Field(i).Name
		n := rapid.Uint64().Draw(t, name)
		if m, ok := bound[name]; ok {
			n %= m
		}
		switch f.Kind() {
		case reflect.Bool:
			f.SetBool(n%2 == 1)
		case reflect.Uint8, reflect.Uint16, reflect.Uint32:
			f.SetUint(n & (1<<f.Type().Bits() - 1))
		}
	}
}

func genPDU(t *rapid.T) *lldp.PDU {
	u8 := func() uint8 { return rapid.Byte().Draw(t, "u8") }
	p := &lldp.PDU{
		Chassis:         lldp.ID{Subtype: 1 + u8()%7, Value: octets(t, 1, 255)},
		Port:            lldp.ID{Subtype: 1 + u8()%7, Value: octets(t, 1, 255)},
		TTL:             rapid.Uint16().Draw(t, "TTL"),
		Has:             lldp.Fields(rapid.Uint32().Draw(t, "Has")) % lldp.FieldsEnd,
		PortDescription: octets(t, 0, 255), SystemName: octets(t, 0, 255), SystemDescription: octets(t, 0, 255),
		Protocols:    list(t, func() string { return octets(t, 0, 255) }),
		PVID:         rapid.Uint16().Draw(t, "PVID"),
		MaxFrame:     rapid.Uint16().Draw(t, "MaxFrame"),
		Measurements: octets(t, 0, 507),
		FourWire:     u8(),
		Hardware:     octets(t, 0, 32), Firmware: octets(t, 0, 32), Software: octets(t, 0, 32), Serial: octets(t, 0, 32),
		Manufacturer: octets(t, 0, 32), Model: octets(t, 0, 32), Asset: octets(t, 0, 32),
	}
	genFlat(t, reflect.ValueOf(&p.Capabilities).Elem(), nil)
	genFlat(t, reflect.ValueOf(&p.MACPHY).Elem(), nil)
	genFlat(t, reflect.ValueOf(&p.Aggregation).Elem(), nil)
	genFlat(t, reflect.ValueOf(&p.MED).Elem(), nil)
	genFlat(t, reflect.ValueOf(&p.ExtendedPower).Elem(), map[string]uint64{"Type": 4, "Source": 4, "Priority": 16})
	p.Power = genPower(t)
	p.Management = list(t, func() lldp.Management {
		m := lldp.Management{Address: octets(t, 1, 31), OID: octets(t, 0, 128)}
		genFlat(t, reflect.ValueOf(&m).Elem(), nil)
		return m
	})
	p.PortVLANs = list(t, func() (v lldp.PortVLAN) { genFlat(t, reflect.ValueOf(&v).Elem(), nil); return v })
	p.VLANNames = list(t, func() lldp.VLANName {
		return lldp.VLANName{VLAN: rapid.Uint16().Draw(t, "VLAN"), Name: octets(t, 0, 32)}
	})
	p.Policies = list(t, func() (n lldp.NetworkPolicy) {
		genFlat(t, reflect.ValueOf(&n).Elem(), map[string]uint64{"VLAN": 4096, "PCP": 8, "DSCP": 64})
		return n
	})
	p.Locations = list(t, func() lldp.Location { return genLocation(t) })
	ips := func() []netip.Addr { return list(t, func() netip.Addr { return genIPv4(t) }) }
	p.Avaya = lldp.Avaya{
		Conservation: octets(t, 0, 507), CallServers: ips(), FileServers: ips(), Framing: u8(),
		PhoneAddress: genIPv4(t), PhoneMask: genIPv4(t), PhoneGateway: genIPv4(t),
	}
	p.Unknown = list(t, func() lldp.Raw {
		if u8()%2 == 0 {
			return lldp.Raw{Type: 9 + u8()%118, Value: octets(t, 0, 511)}
		}
		r := lldp.Raw{Type: 127, OUI: [3]byte{0xf0 | u8(), u8(), u8()}, Subtype: u8(), Value: octets(t, 0, 507)}
		if r.Subtype%4 == 0 {
			r.OUI, r.Subtype = lldp.OUIMED, 12|r.Subtype
		}
		return r
	})
	return p
}

func genIPv4(t *rapid.T) netip.Addr {
	return netip.AddrFrom4([4]byte([]byte(octets(t, 4, 4))))
}

func genPower(t *rapid.T) lldp.MDIPower {
	var m lldp.MDIPower
	genFlat(t, reflect.ValueOf(&m).Elem(), map[string]uint64{
		"Type": 4, "Source": 4, "PD4PID": 4, "Priority": 4, "PSEStatus": 4, "PDStatus": 4, "PairsExt": 4, "ClassA": 8, "ClassB": 8,
		"ClassExt": 16, "PowerDown": 1 << 24,
	})
	switch m.Form = lldp.MDIForm(1 + m.Support%3); m.Form {
	case lldp.MDIAF:
		return lldp.MDIPower{Form: m.Form, Support: m.Support, Pairs: m.Pairs, Class: m.Class}
	case lldp.MDIAT:
		return lldp.MDIPower{
			Form: m.Form, Support: m.Support, Pairs: m.Pairs, Class: m.Class, Type: m.Type, Source: m.Source, PD4PID: m.PD4PID,
			Priority: m.Priority, Requested: m.Requested, Allocated: m.Allocated,
		}
	}
	return m
}

func genLocation(t *rapid.T) lldp.Location {
	l := lldp.Location{Format: uint8(rapid.IntRange(1, 3).Draw(t, "format"))}
	switch l.Format {
	case lldp.LocationCoordinate:
		genFlat(t, reflect.ValueOf(&l.Coordinate).Elem(), map[string]uint64{
			"LatResolution": 64, "LonResolution": 64, "AltResolution": 64, "AltType": 16,
		})
		l.Coordinate.Latitude = rapid.Int64Range(-1<<33, 1<<33-1).Draw(t, "latitude")
		l.Coordinate.Longitude = rapid.Int64Range(-1<<33, 1<<33-1).Draw(t, "longitude")
		l.Coordinate.Altitude = rapid.Int32Range(-1<<29, 1<<29-1).Draw(t, "altitude")
	case lldp.LocationCivic:
		l.Civic = lldp.Civic{What: rapid.Byte().Draw(t, "what"), Country: octets(t, 2, 2), Parts: list(t, func() lldp.CivicPart {
			return lldp.CivicPart{Type: rapid.Byte().Draw(t, "CAtype"), Value: octets(t, 0, 82)}
		})}
	case lldp.LocationELIN:
		l.ELIN = rapid.StringMatching(`[0-9]{10,25}`).Draw(t, "ELIN")
	}
	return l
}
