package lldp_test

import (
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery/lldp"
)

// changes are one difference each from full. The keys name what differs.
var changes = map[string]func(p *lldp.PDU){
	"chassis subtype":      func(p *lldp.PDU) { p.Chassis.Subtype = lldp.ChassisLocal },
	"port":                 func(p *lldp.PDU) { p.Port.Value = "swp8" },
	"TTL":                  func(p *lldp.PDU) { p.TTL = 0 },
	"port description":     func(p *lldp.PDU) { p.PortDescription += "x" },
	"system name":          func(p *lldp.PDU) { p.SystemName += "x" },
	"system description":   func(p *lldp.PDU) { p.SystemDescription += "x" },
	"capabilities":         func(p *lldp.PDU) { p.Capabilities.Enabled = 0 },
	"management":           func(p *lldp.PDU) { p.Management[1].Number++ },
	"management gone":      func(p *lldp.PDU) { p.Management = p.Management[1:] },
	"PVID":                 func(p *lldp.PDU) { p.PVID++ },
	"port VLAN":            func(p *lldp.PDU) { p.PortVLANs[1].VLAN++ },
	"VLAN name":            func(p *lldp.PDU) { p.VLANNames[1].Name = "" },
	"protocol":             func(p *lldp.PDU) { p.Protocols[0] = "" },
	"MAC/PHY":              func(p *lldp.PDU) { p.MACPHY.MAU++ },
	"aggregation":          func(p *lldp.PDU) { p.Aggregation.PortID++ },
	"maximum frame":        func(p *lldp.PDU) { p.MaxFrame++ },
	"power":                func(p *lldp.PDU) { p.Power.PowerDown++ },
	"measurements":         func(p *lldp.PDU) { p.Measurements = "" },
	"MED":                  func(p *lldp.PDU) { p.MED.Class++ },
	"policy":               func(p *lldp.PDU) { p.Policies[7].DSCP++ },
	"coordinate":           func(p *lldp.PDU) { p.Locations[0].Coordinate.Datum++ },
	"civic what":           func(p *lldp.PDU) { p.Locations[1].Civic.What++ },
	"civic country":        func(p *lldp.PDU) { p.Locations[1].Civic.Country = "DE" },
	"civic part":           func(p *lldp.PDU) { p.Locations[1].Civic.Parts[6].Value = "" },
	"ELIN":                 func(p *lldp.PDU) { p.Locations[2].ELIN = "5551234568" },
	"location format":      func(p *lldp.PDU) { p.Locations[2] = p.Locations[0] },
	"extended power":       func(p *lldp.PDU) { p.ExtendedPower.Value++ },
	"hardware":             func(p *lldp.PDU) { p.Hardware = "" },
	"firmware":             func(p *lldp.PDU) { p.Firmware = "" },
	"software":             func(p *lldp.PDU) { p.Software = "" },
	"serial":               func(p *lldp.PDU) { p.Serial = "" },
	"manufacturer":         func(p *lldp.PDU) { p.Manufacturer = "" },
	"model":                func(p *lldp.PDU) { p.Model = "" },
	"asset":                func(p *lldp.PDU) { p.Asset = "" },
	"four-wire":            func(p *lldp.PDU) { p.FourWire = 0 },
	"Avaya conservation":   func(p *lldp.PDU) { p.Avaya.Conservation = "" },
	"Avaya framing":        func(p *lldp.PDU) { p.Avaya.Framing = 2 },
	"Avaya phone address":  func(p *lldp.PDU) { p.Avaya.PhoneAddress = p.Avaya.PhoneMask },
	"Avaya phone mask":     func(p *lldp.PDU) { p.Avaya.PhoneMask = p.Avaya.PhoneAddress },
	"Avaya phone gateway":  func(p *lldp.PDU) { p.Avaya.PhoneGateway = p.Avaya.PhoneAddress },
	"Avaya call servers":   func(p *lldp.PDU) { p.Avaya.CallServers = nil },
	"Avaya file servers":   func(p *lldp.PDU) { p.Avaya.FileServers = addrs("192.0.2.21") },
	"unknown":              func(p *lldp.PDU) { p.Unknown[1].Subtype++ },
	"unknown of a type":    func(p *lldp.PDU) { p.Unknown[0].Type++ },
	"order of the unknown": func(p *lldp.PDU) { slices.Reverse(p.Unknown) },
}

func TestEqual(t *testing.T) {
	t.Parallel()
	for name, change := range changes {
		p, q := full(), full()
		if !p.Equal(q) {
			t.Fatal("two of the same differ")
		}
		change(p)
		if p.Equal(q) || q.Equal(p) {
			t.Errorf("%s: a change that Equal does not see", name)
		}
	}
	if lldp.Fields(1)<<len(fieldNames) != lldp.FieldsEnd {
		t.Errorf("%d names of fields; Fields goes up to %#x", len(fieldNames), uint32(lldp.FieldsEnd))
	}
	for i, name := range fieldNames {
		p, q := full(), full()
		p.Has &^= 1 << i
		if p.Equal(q) || q.Equal(p) {
			t.Errorf("%s: its bit gone, and Equal does not see it", name)
		}
		change, ok := changes[name]
		if !ok {
			t.Fatalf("%s: no change of it in this test", name)
		}
		q.Has &^= 1 << i
		change(q)
		if !p.Equal(q) {
			t.Errorf("%s: Equal looks at a field whose bit is not set", name)
		}
	}
	p, q := full(), full()
	p.Problems = []lldp.Problem{{Type: 5}}
	p.Locations[0].ELIN, p.Locations[2].Civic.Country = "1234567890", "US"
	if !p.Equal(q) {
		t.Error("Equal looks at problems, or at parts of a location that its format does not have")
	}
}

// TestResetAndClone: nothing of an earlier frame is left, and a clone is not changed by the next Decode.
func TestResetAndClone(t *testing.T) {
	t.Parallel()
	b, err := phone().Append(nil)
	if err != nil {
		t.Fatal(err)
	}
	p := full()
	p.Problems = []lldp.Problem{{Type: 5}}
	clone := p.Clone()
	if err := p.Decode(b); err != nil || !p.Equal(phone()) || len(p.Problems) != 0 {
		t.Errorf("Decode into a full PDU: %+v, %v", p, err)
	}
	if !clone.Equal(full()) || len(clone.Problems) != 1 {
		t.Errorf("the clone changed: %+v", clone)
	}
	p.Reset()
	v := reflect.ValueOf(p).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Kind() == reflect.Slice && f.Len() > 0 || f.Kind() != reflect.Slice && f.Kind() != reflect.Struct && !f.IsZero() {
			t.Errorf("Reset leaves %s", v.Type().Field(i).Name)
		}
	}
	if !p.Equal(&lldp.PDU{}) || p.Power.Form != 0 || p.Avaya.Framing != 0 || len(p.Avaya.CallServers) != 0 {
		t.Errorf("after Reset: %+v", p)
	}
	if err := p.Decode([]byte{1}); err == nil || len(p.Policies) != 0 {
		t.Errorf("Decode of nonsense: %v, %+v", err, p)
	}
}

// TestAppendRefuses: what the fields hold and the wire does not.
func TestAppendRefuses(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("A", n) }
	tests := map[string]struct {
		change func(p *lldp.PDU)
		want   string
	}{
		"chassis of subtype 0":        {func(p *lldp.PDU) { p.Chassis.Subtype = 0 }, "chassis id TLV: its subtype is reserved"},
		"port of subtype 8":           {func(p *lldp.PDU) { p.Port.Subtype = 8 }, "port id TLV: its subtype is reserved"},
		"no chassis":                  {func(p *lldp.PDU) { p.Chassis.Value = "" }, "chassis id TLV: not 1 to 255 octets"},
		"port of 256":                 {func(p *lldp.PDU) { p.Port.Value = long(256) }, "port id TLV: not 1 to 255 octets"},
		"unknown field":               {func(p *lldp.PDU) { p.Has |= lldp.FieldsEnd }, "end TLV: unknown bits in Has"},
		"system name of 256":          {func(p *lldp.PDU) { p.SystemName = long(256) }, "system name TLV: longer than its standard allows"},
		"port description of 256":     {func(p *lldp.PDU) { p.PortDescription = long(256) }, "port description TLV: longer than its standard allows"},
		"system description of 600":   {func(p *lldp.PDU) { p.SystemDescription = long(600) }, "system description TLV: longer than its standard allows"},
		"management without address":  {func(p *lldp.PDU) { p.Management[0].Address = "" }, "management address TLV: address of not 1 to 31 octets"},
		"management address of 32":    {func(p *lldp.PDU) { p.Management[0].Address = long(32) }, "management address TLV: address of not 1 to 31 octets"},
		"OID of 129":                  {func(p *lldp.PDU) { p.Management[0].OID = long(129) }, "management address TLV: object identifier of more than 128 octets"},
		"VLAN name of 33":             {func(p *lldp.PDU) { p.VLANNames[0].Name = long(33) }, "VLAN name TLV: longer than its standard allows"},
		"protocol of 256":             {func(p *lldp.PDU) { p.Protocols[0] = long(256) }, "protocol identity TLV: identity of more than 255 octets"},
		"power of no form":            {func(p *lldp.PDU) { p.Power.Form = 0 }, "power via MDI TLV: unknown form"},
		"power of another form":       {func(p *lldp.PDU) { p.Power.Form = 4 }, "power via MDI TLV: unknown form"},
		"af power with at fields":     {func(p *lldp.PDU) { p.Power = lldp.MDIPower{Form: lldp.MDIAF, Requested: 1} }, "power via MDI TLV: fields that its form does not have"},
		"at power with bt fields":     {func(p *lldp.PDU) { p.Power.Form = lldp.MDIAT }, "power via MDI TLV: fields that its form does not have"},
		"power of type 4":             {func(p *lldp.PDU) { p.Power.Type = 4 }, "power via MDI TLV: type, source, 4PID or priority above 3"},
		"power of PSE status 4":       {func(p *lldp.PDU) { p.Power.PSEStatus = 4 }, "power via MDI TLV: status or pairs above 3"},
		"power of class 8":            {func(p *lldp.PDU) { p.Power.ClassB = 8 }, "power via MDI TLV: class above 7, or extended class above 15"},
		"power down of 25 bits":       {func(p *lldp.PDU) { p.Power.PowerDown = 1 << 24 }, "power via MDI TLV: power down of more than 24 bits"},
		"measurements of 508":         {func(p *lldp.PDU) { p.Measurements = long(508) }, "power via MDI measurements TLV: longer than 511 octets"},
		"policy of VLAN 4096":         {func(p *lldp.PDU) { p.Policies[0].VLAN = 4096 }, "network policy TLV: VLAN above 4095, PCP above 7 or DSCP above 63"},
		"policy of PCP 8":             {func(p *lldp.PDU) { p.Policies[0].PCP = 8 }, "network policy TLV: VLAN above 4095, PCP above 7 or DSCP above 63"},
		"policy of DSCP 64":           {func(p *lldp.PDU) { p.Policies[0].DSCP = 64 }, "network policy TLV: VLAN above 4095, PCP above 7 or DSCP above 63"},
		"location of no format":       {func(p *lldp.PDU) { p.Locations[0].Format = 0 }, "location TLV: unknown format"},
		"latitude of 35 bits":         {func(p *lldp.PDU) { p.Locations[0].Coordinate.Latitude = 1 << 33 }, "location TLV: latitude or longitude of more than 34 bits"},
		"longitude of 35 bits":        {func(p *lldp.PDU) { p.Locations[0].Coordinate.Longitude = -1<<33 - 1 }, "location TLV: latitude or longitude of more than 34 bits"},
		"altitude of 31 bits":         {func(p *lldp.PDU) { p.Locations[0].Coordinate.Altitude = 1 << 29 }, "location TLV: altitude of more than 30 bits, or its type above 15"},
		"resolution of 64":            {func(p *lldp.PDU) { p.Locations[0].Coordinate.LonResolution = 64 }, "location TLV: resolution above 63 bits"},
		"country of 3":                {func(p *lldp.PDU) { p.Locations[1].Civic.Country = "USA" }, "location TLV: country of not 2 letters"},
		"civic address of 256":        {func(p *lldp.PDU) { p.Locations[1].Civic.Parts[0].Value = long(250) }, "location TLV: civic address of more than 255 octets"},
		"ELIN of 26":                  {func(p *lldp.PDU) { p.Locations[2].ELIN = strings.Repeat("5", 26) }, "location TLV: not 10 to 25 digits"},
		"ELIN of letters":             {func(p *lldp.PDU) { p.Locations[2].ELIN = "0800PHONES" }, "location TLV: not 10 to 25 digits"},
		"extended power of source 4":  {func(p *lldp.PDU) { p.ExtendedPower.Source = 4 }, "extended power via MDI TLV: type or source above 3, or priority above 15"},
		"serial of 33":                {func(p *lldp.PDU) { p.Serial = long(33) }, "serial number TLV: longer than its standard allows"},
		"IPv6 call server":            {func(p *lldp.PDU) { p.Avaya.CallServers = addrs("2001:db8::1") }, "Avaya call servers TLV: not an IPv4 address"},
		"no phone mask":               {func(p *lldp.PDU) { p.Avaya.PhoneMask = netip.Addr{} }, "Avaya phone address TLV: not an IPv4 address"},
		"127 file servers":            {func(p *lldp.PDU) { p.Avaya.FileServers = slices.Repeat(addrs("192.0.2.1"), 127) }, "Avaya file servers TLV: longer than 511 octets"},
		"unknown that is a name":      {func(p *lldp.PDU) { p.Unknown[0].Type = 5 }, "system name TLV: in Unknown, but has a field of its own"},
		"unknown that is End":         {func(p *lldp.PDU) { p.Unknown[0].Type = 0 }, "end TLV: in Unknown, but has a field of its own"},
		"unknown of type 128":         {func(p *lldp.PDU) { p.Unknown[0].Type = 128 }, "type 128 TLV: no such type"},
		"unknown with subtype":        {func(p *lldp.PDU) { p.Unknown[0].Subtype = 1 }, "type 9 TLV: organisation or subtype on a TLV that is not of type 127"},
		"unknown of 512":              {func(p *lldp.PDU) { p.Unknown[0].Value = long(512) }, "type 9 TLV: longer than its standard allows"},
		"unknown of 508 in type 127":  {func(p *lldp.PDU) { p.Unknown[1].Value = long(508) }, "type 127 TLV: longer than 511 octets"},
		"unknown that is a policy":    {func(p *lldp.PDU) { p.Unknown[1].OUI, p.Unknown[1].Subtype = lldp.OUIMED, 2 }, "network policy TLV: in Unknown, but has a field of its own"},
		"unknown that is an ELIN":     {func(p *lldp.PDU) { p.Unknown[1] = lldp.Raw{Type: 127, OUI: lldp.OUIMED, Subtype: 3, Value: "\x03"} }, "location TLV: in Unknown, but has a field of its own"},
		"unknown that is no location": {func(p *lldp.PDU) { p.Unknown[1] = lldp.Raw{Type: 127, OUI: lldp.OUIMED, Subtype: 3} }, "location TLV: in Unknown, but has a field of its own"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := full()
			tt.change(p)
			b, err := p.Append([]byte("kept"))
			if err == nil || err.Error() != "encode "+tt.want || string(b) != "kept" {
				t.Errorf("Append = %q, %v; want error %s", b, err, tt.want)
			}
			if b, err := lldp.AppendFrame([]byte("kept"), lldp.NearestBridge, switchMAC, p); err == nil || string(b) != "kept" {
				t.Errorf("AppendFrame = %q, %v", b, err)
			}
		})
	}
}
