package standard

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

func TestIDs(t *testing.T) {
	t.Parallel()
	mac := []byte{0x00, 0x04, 0xf2, 0x01, 0x02, 0x03}
	tests := []struct {
		name    string
		chassis bool
		subtype int64
		value   []byte
		want    string
	}{
		{"MAC in octets", true, ChassisMAC, mac, "00:04:f2:01:02:03"},
		{"MAC in text", true, ChassisMAC, []byte("00-04-F2-01-02-03"), "00:04:f2:01:02:03"},
		{"MAC in text with blanks", true, ChassisMAC, []byte("00 04 f2 01 02 03 "), "00:04:f2:01:02:03"},
		{"MAC that is a name", true, ChassisMAC, []byte("switch-7"), "switch-7"},
		{"IPv4 with its family", true, ChassisNetwork, []byte{1, 10, 0, 1, 5}, "10.0.1.5"},
		{"IPv4 without its family", true, ChassisNetwork, []byte{10, 0, 1, 5}, "10.0.1.5"},
		{"IPv4 in text", true, ChassisNetwork, []byte("10.0.1.50"), "10.0.1.50"},
		{"IPv6 with its family", true, ChassisNetwork, append([]byte{2}, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9), "2001:db8::9"},
		{"address before DHCP", true, ChassisNetwork, []byte{1, 0, 0, 0, 0}, "0.0.0.0"},
		{"empty address", true, ChassisNetwork, nil, ""},
		{"local name", true, ChassisLocal, []byte("SEP0004F2010203"), "SEP0004F2010203"},
		{"local octets", true, ChassisLocal, []byte{1, 2, 3, 0xff}, "010203ff"},
		{"interface name", false, PortIDInterface, []byte("Gi1/0/1"), "Gi1/0/1"},
		{"name with a NUL", false, PortIDInterface, []byte("1/26\x00"), "1/26"},
		{"local that is a MAC in octets", false, PortIDLocal, mac, "00:04:f2:01:02:03"},
		{"Cisco phone", false, PortIDLocal, []byte("0004F2010203:P1"), "0004F2010203:P1"},
		{"Latin-1 name", false, PortIDAlias, []byte("B\xfcro 7"), "B\uFFFDro 7"},
		{"zero octets", false, PortIDMAC, make([]byte, 6), "00:00:00:00:00:00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := PortID(tt.subtype, snmp.Octets(tt.value))
			if tt.chassis {
				got = ChassisID(tt.subtype, snmp.Octets(tt.value))
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name               string
		supported, enabled []byte
		want               []discovery.Capability
	}{
		// A bare phone is 0x04 in SNMP (bit 5 from the top) and 0x20 on the wire; 0x24 reads the same both ways.
		{"bare phone", []byte{0x04}, []byte{0x04}, []discovery.Capability{discovery.CapTelephone}},
		{"bridge", []byte{0x20}, []byte{0x20}, []discovery.Capability{discovery.CapBridge}},
		{"phone with a PC port that is down", []byte{0x24}, []byte{0x04}, []discovery.Capability{discovery.CapTelephone}},
		{"enabled is not told", []byte{0x28}, nil, []discovery.Capability{discovery.CapBridge, discovery.CapRouter}},
		{"enabled is empty", []byte{0x28}, []byte{0, 0}, []discovery.Capability{discovery.CapBridge, discovery.CapRouter}},
		{"nothing", nil, nil, nil},
	}
	for _, tt := range tests {
		if got := Capabilities(snmp.Octets(tt.supported), snmp.Octets(tt.enabled)); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

func TestMEDApplication(t *testing.T) {
	t.Parallel()
	tests := map[string]uint8{"1.64": 1, "2.64.0": 1, "64": 1, "1.32": 2, "2.0.128": 8, "1.96": 0, "1.128": 0, "2.64": 0, "1.256": 0, "3.64.0.0": 0, "": 0}
	for text, want := range tests {
		var index snmp.OID
		if text != "" {
			index = snmp.MustOID(text)
		}
		if got := MEDApplication(index); got != want {
			t.Errorf("index %q is application %d, want %d", text, got, want)
		}
	}
}

func TestNeighborMAC(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		n    discovery.Neighbor
		want string
	}{
		{"port id", discovery.Neighbor{PortID: "00:04:f2:01:02:03", ChassisID: "00:04:f2:09:09:09"}, "00:04:f2:01:02:03"},
		{"port id of a Cisco phone", discovery.Neighbor{PortID: "0021D8BA0965:P1", ChassisID: "10.1.2.3"}, "00:21:d8:ba:09:65"},
		{"name", discovery.Neighbor{PortID: "Port 1", System: "SEP0021D8BA0965.example.com"}, "00:21:d8:ba:09:65"},
		{"CDP device id", discovery.Neighbor{PortID: "Port 1", ChassisID: "SEP0021D8BA0965"}, "00:21:d8:ba:09:65"},
		// Twelve digits are many a switch's serial number; the correlator takes it with the prefix of a phone maker.
		{"serial number", discovery.Neighbor{PortID: "1", ChassisID: "10.1.2.3", Inventory: discovery.Inventory{Serial: "001565AABBCC"}}, ""},
		{"chassis id", discovery.Neighbor{PortID: "Gi1/0/1", ChassisID: "00:04:f2:09:09:09"}, "00:04:f2:09:09:09"},
		{"a name that only looks so", discovery.Neighbor{System: "September-2026"}, ""},
		{"a group address", discovery.Neighbor{PortID: "01:80:c2:00:00:0e"}, ""},
		{"nothing", discovery.Neighbor{PortID: "7", ChassisID: "10.1.2.3"}, ""},
	}
	for _, tt := range tests {
		if got := discovery.NeighborMAC(tt.n).String(); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRemoteIndex reads the three shapes of index that agents use, and keeps the newest of rows that differ in
// the time mark only.
func TestRemoteIndex(t *testing.T) {
	t.Parallel()
	rows := snmp.NewRows(snmp.Table{Columns: []uint32{9}})
	for text, name := range map[string]string{"100.3.1": "old", "200.3.1": "new", "50.3.2": "other", "4.9": "two parts", "17": "one part", "1.2.3.4": "four parts"} {
		rows.Put(9, snmp.MustOID(text), snmp.Text(name))
	}
	got := map[RemoteKey]string{}
	for _, x := range newestRemote(rows) {
		got[x.key] = x.row.Text(9)
	}
	want := map[RemoteKey]string{{3, 1}: "new", {3, 2}: "other", {4, 9}: "two parts", {noLocalPort, 17}: "one part"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

// TestLLDPV2 reads LLDP-V2-MIB where LLDP-MIB has no neighbour, and leaves it where it has.
func TestLLDPV2(t *testing.T) {
	t.Parallel()
	const v2 = "1.3.111.2.802.1.1.13.1.4.1.1."
	rows := v2 + "5.900.12.1.3|2|4\n" + v2 + "6.900.12.1.3|4x|0004f20a0b0c\n" + v2 + "7.900.12.1.3|2|3\n" + v2 + "8.900.12.1.3|4x|0004f20a0b0c\n" +
		v2 + "10.900.12.1.3|4|by V2\n" + v2 + "12.900.12.1.3|4x|04\n" + v2 + "10.800.12.1.3|4|stale"
	s := observe(t, openAgent(t, newSwitch(t, "-1.0.8802.1.1.2.1.4.1.1", rows), nil))
	if n := port(t, s, "ge2").Neighbors; len(n) != 1 || n[0].System != "by V2" || n[0].MAC.String() != "00:04:f2:0a:0b:0c" || !n[0].IsPhone() {
		t.Errorf("neighbours of ge2: %+v", n)
	}
	s = observe(t, openAgent(t, newSwitch(t, rows), nil))
	if n := port(t, s, "ge2").Neighbors; len(n) != 0 {
		t.Errorf("LLDP-V2-MIB was read beside LLDP-MIB: %+v", n)
	}
}

// TestLLDPPortNumbering joins local ports that no name tells.
func TestLLDPPortNumbering(t *testing.T) {
	t.Parallel()
	const id, desc, sub = "1.0.8802.1.1.2.1.3.7.1.3.", "1.0.8802.1.1.2.1.3.7.1.4.", "1.0.8802.1.1.2.1.3.7.1.2."
	each := func(format string) string {
		var b strings.Builder
		for i := 1; i <= 4; i++ {
			b.WriteString(strings.ReplaceAll(format, "$", fmt.Sprint(i)) + "\n")
		}
		return b.String()
	}
	tests := []struct {
		name  string
		state []string
		want  int // LLDP port of ge2
	}{
		{"names", nil, 2},
		{"ids are bridge ports", []string{each(id+"$|4|$") + each(sub+"$|2|7")}, 2},
		{"ids are interface indices", []string{each(id+"$|4|1$") + each(sub+"$|2|7")}, 2},
		{"ids are addresses of the interfaces", []string{each(id+"$|4x|00005e00010$") + each(sub+"$|2|3") + each("1.3.6.1.2.1.2.2.1.6.1$|4x|00005e00010$")}, 2},
		{"ids say nothing, descriptions do", []string{each(id+"$|4|port") + each(sub+"$|2|7") + each(desc+"$|4|Gigabit Ethernet $")}, 2},
		{
			"numbers are interface indices",
			[]string{"-1.0.8802.1.1.2.1.3.7", each("1.0.8802.1.1.2.1.3.7.1.2.1$|2|7") + each("1.0.8802.1.1.2.1.3.7.1.3.1$|4|eth")},
			12,
		},
		{
			// The names tell that LLDP counts backwards: no numbering agrees with them, and none is used for the rest.
			"a numbering that contradicts the names",
			[]string{id + "1|4|ge4\n" + id + "4|4|ge1\n" + id + "2|4|x\n" + id + "3|4|y\n" + sub + "2|2|7\n" + sub + "3|2|7"},
			0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, openAgent(t, newSwitch(t, tt.state...), nil))
			if got := port(t, s, "ge2").Index.LLDP; got != tt.want {
				t.Errorf("ge2 is LLDP port %d, want %d", got, tt.want)
			}
		})
	}
}

func FuzzID(f *testing.F) {
	f.Add(int64(4), []byte{0, 4, 0xf2, 1, 2, 3})
	f.Add(int64(5), []byte{1, 10, 0, 1, 5})
	f.Add(int64(5), []byte("::ffff:10.1.2.30"))
	f.Add(int64(7), []byte("0004F2010203:P1"))
	f.Add(int64(3), []byte{0xff, 0xfe, 0x00})
	f.Fuzz(func(t *testing.T, subtype int64, b []byte) {
		for _, s := range []string{ChassisID(subtype, snmp.Octets(b)), PortID(subtype, snmp.Octets(b))} {
			if len(s) > 4*len(b)+40 || !strings.Contains(s, "\uFFFD") && strings.ToValidUTF8(s, "") != s {
				t.Errorf("%d octets give %q", len(b), s)
			}
		}
	})
}

func FuzzBits(f *testing.F) {
	f.Add([]byte{0x24}, []byte{0x04})
	f.Add([]byte{}, []byte{0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, supported, enabled []byte) {
		if c := Capabilities(snmp.Octets(supported), snmp.Octets(enabled)); len(c) > 8 {
			t.Errorf("%d capabilities", len(c))
		}
	})
}

// oid makes an index out of octets, four for each part.
func oid(b []byte) snmp.OID {
	var o snmp.OID
	for ; len(b) >= 4; b = b[4:] {
		o = append(o, binary.BigEndian.Uint32(b))
	}
	return o
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 64})
	f.Add([]byte{0, 0, 3, 233, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 242, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3})
	f.Add([]byte{0, 0, 0, 1, 0, 0, 0, 4, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5})
	f.Fuzz(func(t *testing.T, b []byte) {
		o := oid(b)
		if app := MEDApplication(o); app > 15 {
			t.Errorf("application %d", app)
		}
		if _, m, ok := FDBIndex(o); ok && m.IsZero() {
			t.Error("a zero address is one")
		}
		if x, ok := remoteIndex(o); ok && len(o) == 3 && x.key.LocalPort != o[1] {
			t.Errorf("key %+v of %s", x.key, o)
		}
		manAddress(o)
	})
}

func FuzzPortList(f *testing.F) {
	f.Add([]byte{0x90}, 2, true)
	f.Add([]byte("0,4097,4099"), 4097, false)
	f.Fuzz(func(t *testing.T, b []byte, n int, on bool) {
		if n < 1 || n > 1<<16 {
			return
		}
		out := setPort(b, n, on)
		if NewPortList(snmp.Octets(out), false).Has(n) != on {
			t.Errorf("port %d is not %t in %x", n, on, out)
		}
		for i := 1; i <= 8*max(len(b), len(out)); i++ {
			if i != n && NewPortList(snmp.Octets(out), false).Has(i) != NewPortList(snmp.Octets(b), false).Has(i) {
				t.Fatalf("setting port %d changed port %d", n, i)
			}
		}
		NewPortList(snmp.Octets(b), true).Has(n)
		portRanges(string(b))
	})
}
