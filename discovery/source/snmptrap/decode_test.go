package snmptrap

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/gosnmp/gosnmp"

	"phoneport/discovery"
)

var phone = discovery.MAC{0x00, 0x1b, 0x54, 1, 2, 3}

func integer(name string, v int) variable {
	return variable{Name: name, Type: gosnmp.Integer, Value: v}
}

func octetsOf(name string, v []byte) variable {
	return variable{Name: name, Type: gosnmp.OctetString, Value: v}
}

func counter(name string, v uint32) variable {
	return variable{Name: name, Type: gosnmp.Counter32, Value: v}
}

// head are the two variables that each notification begins with.
func head(trap string, vars ...variable) []variable {
	return append([]variable{
		{Name: oidSysUpTime, Type: gosnmp.TimeTicks, Value: uint32(4711)},
		{Name: oidTrapOID, Type: gosnmp.ObjectIdentifier, Value: trap},
	}, vars...)
}

// encode makes a message of v2c.
func encode(t testing.TB, kind gosnmp.PDUType, trap string, vars ...variable) []byte {
	t.Helper()
	p := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "kept-secret", PDUType: kind, RequestID: 77, Variables: head(trap, vars...)}
	b, err := p.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func encode1(t testing.TB, enterprise string, generic, specific int, vars ...variable) []byte {
	t.Helper()
	p := gosnmp.SnmpPacket{
		Version: gosnmp.Version1, Community: "kept-secret", PDUType: gosnmp.Trap, Variables: vars,
		SnmpTrap: gosnmp.SnmpTrap{Enterprise: enterprise, AgentAddress: "192.0.2.9", GenericTrap: generic, SpecificTrap: specific},
	}
	b, err := p.MarshalMsg()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// change is one tuple of an address notification.
func change(op byte, vlan uint16, port ...byte) []byte {
	return append(append([]byte{op, byte(vlan >> 8), byte(vlan)}, phone[:]...), port...)
}

// rowCases have at least one case for each row of the table.
var rowCases = []struct {
	name string
	trap string
	vars []variable
	want []discovery.Event // the fields that are not the same in all events
}{
	{"coldStart", oidGeneric + "1", nil, []discovery.Event{{Kind: discovery.EventRestarted}}},
	{"warmStart", oidGeneric + "2", nil, []discovery.Event{{Kind: discovery.EventRestarted}}},
	{
		"linkDown", oidGeneric + "3",
		[]variable{integer(ifEntry+".1.10105", 10105), integer(ifEntry+".7.10105", 1), integer(ifEntry+".8.10105", 2), octetsOf(".1.3.6.1.4.1.9.2.2.1.1.20.10105", []byte("Lost Carrier"))},
		[]discovery.Event{{Kind: discovery.EventLinkDown, IfIndex: 10105, Detail: "admin up, oper down, Lost Carrier"}},
	},
	{
		"linkUp by index and ifName", oidGeneric + "4",
		[]variable{octetsOf(ifEntry+".2.7", []byte("GigabitEthernet0/7")), octetsOf(ifXEntry+".1.7", []byte("Gi0/7"))},
		[]discovery.Event{{Kind: discovery.EventLinkUp, IfIndex: 7, IfName: "Gi0/7"}},
	},
	{"linkUp whose index is not the ifIndex", oidGeneric + "4", []variable{integer(ifEntry+".1.3", 10105)}, []discovery.Event{{Kind: discovery.EventLinkUp, IfIndex: 10105}}},
	{"linkUp by ifDescr", oidGeneric + "4", []variable{octetsOf(ifEntry+".2.7", []byte("ge-0/0/7"))}, []discovery.Event{{Kind: discovery.EventLinkUp, IfIndex: 7, IfName: "ge-0/0/7"}}},
	{"authenticationFailure", oidGeneric + "5", nil, []discovery.Event{{Kind: discovery.EventUnknown, Detail: "authenticationFailure"}}},
	{"pethPsePortOnOff", poeMIB + ".0.1", []variable{integer(pseEntry+".6.2.17", 3)}, []discovery.Event{{Kind: discovery.EventPower, PSE: [2]int{2, 17}, Detail: "deliveringPower"}}},
	{"pethPsePortOnOff fault", poeMIB + ".0.1", []variable{integer(pseEntry+".6.1.5", 4)}, []discovery.Event{{Kind: discovery.EventPowerDenied, PSE: [2]int{1, 5}, Detail: "fault"}}},
	{
		"pethMainPowerUsageOn", poeMIB + ".0.2",
		[]variable{{Name: mainEntry + ".4.2", Type: gosnmp.Gauge32, Value: uint32(700)}},
		[]discovery.Event{{Kind: discovery.EventPowerUsage, PSE: [2]int{2, 0}, Detail: "above its threshold, consumption 700 W"}},
	},
	{
		"pethMainPowerUsageOff", poeMIB + ".0.3",
		[]variable{{Name: mainEntry + ".4.1", Type: gosnmp.Gauge32, Value: uint32(300)}},
		[]discovery.Event{{Kind: discovery.EventPowerUsage, PSE: [2]int{1, 0}, Detail: "below its threshold, consumption 300 W"}},
	},
	{
		"policing denies", cisco + "402.0.1",
		[]variable{integer(cpeEntry+".14.1.5", 1), octetsOf(cpeEntry+".5.1.5", []byte{0xc0}), {Name: cpeEntry + ".7.1.5", Type: gosnmp.Gauge32, Value: uint32(6300)}, {Name: cpeEntry + ".10.1.5", Type: gosnmp.Gauge32, Value: uint32(6800)}},
		[]discovery.Event{{Kind: discovery.EventPowerDenied, PSE: [2]int{1, 5}, Detail: "action deny, denied, overdrawn, allocated 6300 mW, drew at most 6800 mW"}},
	},
	{
		"policing logs", cisco + "402.0.1",
		[]variable{integer(cpeEntry+".14.1.5", 2), octetsOf(cpeEntry+".5.1.5", []byte{0x20})},
		[]discovery.Event{{Kind: discovery.EventPower, PSE: [2]int{1, 5}, Detail: "action log, overdrawn and logged"}},
	},
	{
		"lldpRemTablesChange", lldpMIB + ".0.0.1",
		[]variable{counter(lldpMIB+".1.2.2.0", 4), counter(lldpMIB+".1.2.3.0", 3), counter(lldpMIB+".1.2.4.0", 0), counter(lldpMIB+".1.2.5.0", 1)},
		[]discovery.Event{{Kind: discovery.EventNeighborChanged, Detail: "4 inserts, 3 deletes, 0 drops, 1 ageouts"}},
	},
	{"lldpV2RemTablesChange", lldp2MIB + ".0.0.1", []variable{counter(lldp2MIB+".1.2.2.0", 9)}, []discovery.Event{{Kind: discovery.EventNeighborChanged, Detail: "9 inserts"}}},
	{
		"lldpXMedTopologyChangeDetected", lldpMED + ".0.1",
		[]variable{integer(lldpMIB+".1.4.1.1.4.4711.5.2", 4), octetsOf(lldpMIB+".1.4.1.1.5.4711.5.2", phone[:]), integer(lldpMED+".1.3.1.1.3.4711.5.2", 3)},
		[]discovery.Event{{Kind: discovery.EventNeighborChanged, MAC: phone, Detail: "LLDP port 5, class 3 (phone)"}},
	},
	{
		"chassis id that is an address of IP", lldpMED + ".0.1",
		[]variable{integer(lldpMIB+".1.4.1.1.4.0.5.2", 5), octetsOf(lldpMIB+".1.4.1.1.5.0.5.2", []byte{1, 192, 0, 2, 1, 9})},
		[]discovery.Event{{Kind: discovery.EventNeighborChanged, Detail: "LLDP port 5"}},
	},
	{
		"cisco MAC notification", cisco + "215.2.0.1",
		[]variable{octetsOf(cisco+"215.1.1.8.1.2.7", bytes.Join([][]byte{change(1, 10, 0, 5), change(2, 20, 1, 5), {0}}, nil))},
		[]discovery.Event{
			{Kind: discovery.EventMACLearned, VLAN: 10, MAC: phone, Bridge: 5},
			{Kind: discovery.EventMACRemoved, VLAN: 20, MAC: phone, Bridge: 261},
		},
	},
	{
		"cisco MAC notification cut off", cisco + "215.2.0.1",
		[]variable{octetsOf(cisco+"215.1.1.8.1.2.7", append(change(1, 10, 0, 5), change(1, 11, 0)...))},
		[]discovery.Event{{Kind: discovery.EventMACLearned, VLAN: 10, MAC: phone, Bridge: 5}},
	},
	{
		"cisco MAC notification with octets behind its end", cisco + "215.2.0.1",
		[]variable{octetsOf(cisco+"215.1.1.8.1.2.7", bytes.Join([][]byte{change(1, 4095, 0, 5), change(0, 10, 0, 5), change(1, 10, 0, 5)}, nil))},
		[]discovery.Event{{Kind: discovery.EventMACLearned, MAC: phone, Bridge: 5}},
	},
	{"cisco MAC notification of nothing", cisco + "215.2.0.1", nil, []discovery.Event{{Kind: discovery.EventUnknown, Detail: "no change of an address in it"}}},
	{
		"cisco MAC move", cisco + "215.2.0.2",
		[]variable{octetsOf(cisco+"215.1.3.3.0", phone[:]), integer(cisco+"215.1.3.4.0", 81), integer(cisco+"215.1.3.5.0", 5), integer(cisco+"215.1.3.6.0", 6)},
		[]discovery.Event{{Kind: discovery.EventMACMoved, MAC: phone, VLAN: 81, Bridge: 6, Detail: "from port 5 to port 6"}},
	},
	{
		"juniper MAC notification", juniper + ".2.0.1",
		[]variable{octetsOf(juniper+".1.1.1.8.1.2.1", bytes.Join([][]byte{change(1, 10, 0, 0, 2, 9), change(2, 10, 0, 0, 0, 7), change(3, 10, 0, 0, 0, 8)}, nil))},
		[]discovery.Event{
			{Kind: discovery.EventMACLearned, VLAN: 10, MAC: phone, Bridge: 521},
			{Kind: discovery.EventMACRemoved, VLAN: 10, MAC: phone, Bridge: 7},
			{Kind: discovery.EventMACMoved, VLAN: 10, MAC: phone, Bridge: 8},
		},
	},
	{"aruba learned", arubaMAC + ".0.1", aruba(1), []discovery.Event{{Kind: discovery.EventMACLearned, MAC: phone, VLAN: 30, IfIndex: 12}}},
	{"aruba moved", arubaMAC + ".0.1", aruba(2), []discovery.Event{{Kind: discovery.EventMACMoved, MAC: phone, VLAN: 30, IfIndex: 12, Detail: "from port 11 to port 12"}}},
	{"aruba removed", arubaMAC + ".0.1", aruba(3), []discovery.Event{{Kind: discovery.EventMACRemoved, MAC: phone, VLAN: 30, IfIndex: 11}}},
	{"aruba aged", arubaMAC + ".0.1", aruba(4), []discovery.Event{{Kind: discovery.EventMACRemoved, MAC: phone, VLAN: 30, IfIndex: 11}}},
	{"err-disable", cisco + "548.0.1.1", []variable{integer(cisco+"548.1.3.1.1.2.10105.0", 15)}, []discovery.Event{{Kind: discovery.EventErrDisabled, IfIndex: 10105, Detail: "inlinePower"}}},
	{"err-disable Rev1 of a VLAN", cisco + "548.0.2", []variable{integer(cisco+"548.1.3.1.1.2.10105.20", 6)}, []discovery.Event{{Kind: discovery.EventErrDisabled, IfIndex: 10105, VLAN: 20, Detail: "linkFlap"}}},
	{
		"port security", cisco + "315.0.0.1",
		[]variable{integer(ifEntry+".1.10124", 10124), octetsOf(ifXEntry+".1.10124", []byte("Gi1/0/24")), octetsOf(cisco+"315.1.2.1.1.10.10124", phone[:])},
		[]discovery.Event{{Kind: discovery.EventViolation, IfIndex: 10124, IfName: "Gi1/0/24", MAC: phone}},
	},
	{"port security of a trunk", cisco + "315.0.0.2", []variable{octetsOf(cisco+"315.1.2.1.1.10.10124", phone[:])}, []discovery.Event{{Kind: discovery.EventViolation, IfIndex: 10124, MAC: phone}}},
	{
		"ciscoConfigManEvent", cisco + "43.2.0.1",
		[]variable{integer(cisco+"43.1.1.6.1.3.71", 1), integer(cisco+"43.1.1.6.1.4.71", 3), integer(cisco+"43.1.1.6.1.5.71", 4)},
		[]discovery.Event{{Kind: discovery.EventConfigChanged, Detail: "by commandLine, from running, to startup"}},
	},
	{"entConfigChange", ".1.3.6.1.2.1.47.2.0.1", nil, []discovery.Event{{Kind: discovery.EventResync, Detail: "entConfigChange: hardware came or went"}}},
	{
		"syslog as trap", cisco + "41.2.0.1", logVars,
		[]discovery.Event{{Kind: discovery.EventUnknown, Code: "ILPOWER-5-POWER_GRANTED", Detail: "Interface Gi1/0/5: Power granted"}},
	},
	{"syslog as trap without its name", cisco + "41.2.0.1", logVars[3:], []discovery.Event{{Kind: discovery.EventUnknown, Detail: "Interface Gi1/0/5: Power granted"}}},
	{"ADAC applied", adacMIB + ".0.1", []variable{integer(adacMIB+".1.2.1.3.9", 1)}, []discovery.Event{{Kind: discovery.EventVLANChanged, IfIndex: 9, Detail: "voice settings applied"}}},
	{"ADAC off", adacMIB + ".0.2", []variable{integer(adacMIB+".1.2.1.7.9", 2)}, []discovery.Event{{Kind: discovery.EventVLANChanged, IfIndex: 9, Detail: "ADAC off"}}},
	{"unknown", ".1.3.6.1.4.1.99999.0.1", nil, []discovery.Event{{Kind: discovery.EventUnknown}}},
}

var logVars = []variable{
	octetsOf(clog+".2.9", []byte("ILPOWER")), integer(clog+".3.9", 6), octetsOf(clog+".4.9", []byte("POWER_GRANTED")),
	octetsOf(clog+".5.9", []byte("Interface Gi1/0/5: Power granted\x00rest of a buffer")),
}

func aruba(action int) []variable {
	return []variable{
		integer(arubaMAC+".1.6.0", action), octetsOf(arubaMAC+".1.7.0", phone[:]), integer(arubaMAC+".1.8.0", 11),
		integer(arubaMAC+".1.9.0", 12), integer(arubaMAC+".1.10.0", 30),
	}
}

func TestRows(t *testing.T) {
	tested := map[string]bool{}
	for _, tt := range rowCases {
		tested[tt.trap] = true
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode(encode(t, gosnmp.SNMPv2Trap, tt.trap, tt.vars...), About{ID: "x", At: testTime, From: testFrom, Raw: []byte("raw")})
			if err != nil {
				t.Fatal(err)
			}
			for i := range tt.want {
				w := &tt.want[i]
				w.ID, w.At, w.Source, w.From, w.Raw, w.Code = map[int]string{0: "x", 1: "x-2", 2: "x-3"}[i], testTime, Name, testFrom, []byte("raw"), first(w.Code, tt.trap[1:])
			}
			if d := cmp.Diff(tt.want, got, cmpopts.EquateComparable(testFrom)); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
	for _, r := range table {
		if !tested[r.oid] {
			t.Errorf("%s (%s) has no case", r.name, r.oid)
		}
	}
	if len(rows) != len(table) {
		t.Errorf("%d rows, %d of different OIDs", len(table), len(rows))
	}
}

func TestVersion1(t *testing.T) {
	for _, tt := range []struct {
		name              string
		enterprise        string
		generic, specific int
		code              string
		kind              discovery.EventKind
	}{
		{"coldStart", ".1.3.6.1.4.1.9.1.1", 0, 0, oidGeneric + "1", discovery.EventRestarted},
		{"linkUp", ".1.3.6.1.4.1.9.1.1", 3, 0, oidGeneric + "4", discovery.EventLinkUp},
		{"egp", ".1.3.6.1.4.1.9.1.1", 5, 0, oidGeneric + "6", discovery.EventUnknown},
		{"with a zero", cisco + "43.2", 6, 1, cisco + "43.2.0.1", discovery.EventConfigChanged},
		{"that had no zero", cisco + "548.0.1", 6, 1, cisco + "548.0.1.1", discovery.EventErrDisabled},
		{"unknown", ".1.3.6.1.4.1.99999", 6, 7, ".1.3.6.1.4.1.99999.0.7", discovery.EventUnknown},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Decode(encode1(t, tt.enterprise, tt.generic, tt.specific), About{})
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != 1 || got[0].Kind != tt.kind || got[0].Code != tt.code[1:] || got[0].Sender.Address.String() != "192.0.2.9" {
				t.Errorf("got %+v", got)
			}
		})
	}
	for _, b := range [][]byte{encode1(t, ".1.3.6", 7, 0), encode1(t, ".1.3.6", 6, -1)} {
		if _, err := Decode(b, About{}); !errors.Is(err, errMalformed) {
			t.Errorf("error %v, want malformed", err)
		}
	}
}

func TestSender(t *testing.T) {
	got, err := Decode(encode(t, gosnmp.SNMPv2Trap, oidGeneric+"1",
		variable{Name: oidTrapAddress, Type: gosnmp.IPAddress, Value: "192.0.2.7"}, octetsOf(oidSysName, []byte("sw-1\x07\xff"))), About{Engine: "8000"})
	if err != nil {
		t.Fatal(err)
	}
	if s := got[0].Sender; s.Address.String() != "192.0.2.7" || s.Host != "sw-1 ?" || s.Engine != "8000" {
		t.Errorf("sender %+v", s)
	}
}

func TestSyslogHook(t *testing.T) {
	b := encode(t, gosnmp.SNMPv2Trap, cisco+"41.2.0.1", logVars...)
	var line string
	for _, read := range []bool{true, false} {
		got, err := Decode(b, About{Syslog: func(e discovery.Event, l string) []discovery.Event {
			line = l
			if !read {
				return nil
			}
			e.Kind, e.IfName = discovery.EventPower, "Gi1/0/5"
			return []discovery.Event{e, e}
		}, ID: "x"})
		switch {
		case err != nil:
			t.Fatal(err)
		case line != "%ILPOWER-5-POWER_GRANTED: Interface Gi1/0/5: Power granted":
			t.Errorf("line %q", line)
		case read && (len(got) != 2 || got[0].Kind != discovery.EventPower || got[1].ID != "x-2"):
			t.Errorf("read: got %+v", got)
		case !read && (len(got) != 1 || got[0].Kind != discovery.EventUnknown):
			t.Errorf("not read: got %+v", got)
		}
	}
}

// TestManyChanges bounds what one message can make.
func TestManyChanges(t *testing.T) {
	got, err := Decode(encode(t, gosnmp.SNMPv2Trap, cisco+"215.2.0.1", octetsOf(cisco+"215.1.1.8.1.2.7", bytes.Repeat(change(1, 10, 0, 5), 5000))), About{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != maxChanges+1 || got[maxChanges].Kind != discovery.EventResync || got[maxChanges-1].Kind != discovery.EventMACLearned {
		t.Errorf("%d events, the last of kind %s", len(got), got[len(got)-1].Kind)
	}
}

// TestBadMessages: nothing that is cut off or changed in one octet panics, and what is refused says so.
func TestBadMessages(t *testing.T) {
	good := encode(t, gosnmp.SNMPv2Trap, oidGeneric+"3", integer(ifEntry+".1.5", 5))
	for i := range good {
		if _, err := Decode(good[:i], About{}); !errors.Is(err, errMalformed) {
			t.Errorf("the first %d octets: error %v", i, err)
		}
		for _, x := range []byte{0x00, 0x30, 0x7f, 0x80, 0x84, 0xff} {
			bad := bytes.Clone(good)
			bad[i] = x
			es, err := Decode(bad, About{})
			if err == nil && len(es) != 1 {
				t.Errorf("octet %d = %#x: %d events", i, x, len(es))
			}
		}
	}
	for name, b := range map[string][]byte{
		"nothing":       {},
		"more behind":   append(bytes.Clone(good), 0),
		"a GET":         encode(t, gosnmp.GetRequest, oidGeneric+"3"),
		"a response":    encode(t, gosnmp.GetResponse, oidGeneric+"3"),
		"endless":       {0x30, 0x80, 2, 1, 1},
		"version 2":     {0x30, 8, 2, 1, 2, 4, 0, 0xa7, 1, 0},
		"no trap OID":   bytes.Replace(good, []byte{6, 10, 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 0}, []byte{6, 10, 0x2b, 6, 1, 6, 3, 1, 1, 4, 1, 9}, 1),
		"huge length":   {0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 2, 1, 1},
		"a v1 trap in2": bytes.Replace(encode1(t, ".1.3.6", 3, 0), []byte{2, 1, 0}, []byte{2, 1, 1}, 1),
	} {
		if es, err := Decode(b, About{}); !errors.Is(err, errMalformed) {
			t.Errorf("%s: %+v, error %v", name, es, err)
		}
	}
}
