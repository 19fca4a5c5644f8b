package standard

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// vendorRecording gives the path of a recording of the corpus, which lies beside the repository.
func vendorRecording(t *testing.T, name string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "corpus", "snmp", filepath.FromSlash(name)+".snmprec")
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
}

// vendorSnapshot reads a whole switch with the standard parts and those of its vendor.
func vendorSnapshot(t *testing.T, a *snmptest.Agent) switchctl.Snapshot {
	t.Helper()
	sys, err := snmp.ReadSystem(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	parts := With(Parts(), VendorParts(sys.ObjectID.String())...)
	d := New(Target{ID: "sw", Session: a, System: sys, Log: slog.New(slog.DiscardHandler)}, switchctl.Info{Driver: "standard"}, parts...)
	s, err := d.Observe(t.Context(), switchctl.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// poeLine gives the inline power of a port in one line.
func poeLine(p switchctl.PortState) string {
	e := p.PoE
	if !e.Supported {
		return "none"
	}
	class := "-"
	if e.ClassTold {
		class = fmt.Sprint(e.Class)
	}
	return fmt.Sprintf("%s %s class %s priority %s draw %d limit %d allocated %d max %d denied %v pse %d.%d by %s", e.Admin, e.Detect, class, e.Priority,
		int64(e.Draw), int64(e.Limit), int64(e.Allocated), int64(e.MaxDraw), e.Denied, p.Index.PSE[0], p.Index.PSE[1], p.Index.Proof)
}

func TestVendorPoERecordings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		recording string
		powered   int // ports with inline power
		ports     map[string]string
		power     []switchctl.PowerGroup
	}{
		{
			recording: "librenms/ciscosb_cbs350-4x", powered: 48, // unit.ifIndex: row 2.53 is gi2/0/1
			ports: map[string]string{
				"gi1/0/6":  "off disabled class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 1.6 by convention",
				"gi1/0/7":  "on delivering class - priority unknown draw 6852 limit 30000 allocated 0 max 0 denied false pse 1.7 by convention",
				"gi1/0/22": "on fault class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 1.22 by convention", // overload
				"gi2/0/1":  "off disabled class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 2.53 by convention",
				"gi2/0/17": "on delivering class - priority unknown draw 1345 limit 30000 allocated 0 max 0 denied false pse 2.69 by convention",
				"te1/0/1":  "none",
			},
		},
		{
			recording: "librenms/linksys-ss_lgs318p", powered: 18, // the power port 1.49 is gi1, in both tables
			ports: map[string]string{
				"gi1":  "off disabled class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 1.49 by name",
				"gi15": "on delivering class - priority unknown draw 5700 limit 30000 allocated 0 max 0 denied false pse 1.63 by name",
			},
		},
		{
			recording: "librenms/eltex-mes23xx_mes2324p", powered: 24,
			ports: map[string]string{
				"gi1/0/1":  "unknown delivering class - priority unknown draw 3900 limit 30000 allocated 0 max 0 denied false pse 1.49 by convention",
				"gi1/0/2":  "unknown unknown class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 1.50 by convention",
				"gi1/0/22": "unknown delivering class - priority unknown draw 4400 limit 30000 allocated 0 max 0 denied false pse 1.70 by convention",
				"te1/0/1":  "none",
			},
		},
		{
			recording: "librenms/vrp_5720", powered: 48, // by ifIndex, which begins at 6
			ports: map[string]string{
				"GigabitEthernet0/0/1":  "on unknown class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 0.0 by none",
				"GigabitEthernet0/0/48": "on unknown class - priority unknown draw 0 limit 30000 allocated 0 max 0 denied false pse 0.0 by none",
				"XGigabitEthernet0/0/1": "none",
				"MEth0/0/1":             "none",
			},
		},
		{
			recording: "librenms/jetstream_sg2218p", powered: 16, // tenths of a watt, by the number on the front
			ports: map[string]string{
				"gigabitEthernet 1/0/1":  "on delivering class 3 priority low draw 2000 limit 7000 allocated 0 max 0 denied false pse 0.0 by none",
				"gigabitEthernet 1/0/11": "on searching class - priority low draw 0 limit 30000 allocated 0 max 0 denied false pse 0.0 by none",
				"gigabitEthernet 1/0/16": "on delivering class 4 priority high draw 6400 limit 30000 allocated 0 max 0 denied false pse 0.0 by none",
				"gigabitEthernet 1/0/17": "none",
			},
			power: []switchctl.PowerGroup{{Group: 1, Nominal: 150_000, Drawn: 40_400}},
		},
		{
			recording: "librenms/routeros", powered: 1,
			ports: map[string]string{
				"ether5": "on searching class - priority unknown draw 0 limit 0 allocated 0 max 0 denied false pse 0.0 by none",
			},
		},
		{
			recording: "librenms/routeros_rb5009upr+s+", powered: 8, // tenths of a watt: 48.7 V and 184 mA are 91
			ports: map[string]string{
				"ether1": "on delivering class - priority unknown draw 9100 limit 0 allocated 0 max 0 denied false pse 0.0 by none",
				"ether2": "on fault class - priority unknown draw 0 limit 0 allocated 0 max 0 denied false pse 0.0 by none",
			},
		},
		// A box without inline power has the table all the same; snAgentPoePortControl is other(1) on all ports.
		{recording: "snmpsim-data/brocade-icx6430-24", powered: 0},
		{recording: "snmpsim-data/huawei-s5720", powered: 0},
		{recording: "librenms/arubaos-cx", powered: 0, power: []switchctl.PowerGroup{{Group: 1, Nominal: 139_000}}},
	} {
		t.Run(filepath.Base(tc.recording), func(t *testing.T) {
			t.Parallel()
			s := vendorSnapshot(t, snmptest.Open(t, vendorRecording(t, tc.recording)))
			powered := 0
			got := map[string]string{}
			for _, p := range s.Ports {
				if p.PoE.Supported {
					powered++
				}
				if _, ok := tc.ports[p.Ref.Name]; ok {
					got[p.Ref.Name] = poeLine(p)
				}
			}
			if powered != tc.powered {
				t.Errorf("%d ports with inline power, want %d", powered, tc.powered)
			}
			if d := cmp.Diff(tc.ports, got); d != "" && len(tc.ports) > 0 {
				t.Errorf("ports (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.power, s.Power); d != "" {
				t.Errorf("power (-want +got):\n%s", d)
			}
		})
	}
}

// augmented is a switch with two power ports in pethPsePortTable, as far as VendorParts is concerned: the
// vendors' tables that have no recording add to those ports.
func augmented(t *testing.T, objectID string, vars map[string]snmp.Value) []string {
	t.Helper()
	a := &snmptest.Agent{}
	put := func(oid string, v snmp.Value) { a.Put(snmp.MustOID(oid), v) }
	put("1.3.6.1.2.1.1.2.0", snmp.ObjectID(snmp.MustOID(objectID)))
	put("1.3.6.1.2.1.1.3.0", snmp.Ticks(100_000))
	for i, name := range []string{"1", "2"} {
		n := fmt.Sprint(i + 1)
		put("1.3.6.1.2.1.2.2.1.3."+n, snmp.Integer(6))
		put("1.3.6.1.2.1.31.1.1.1.1."+n, snmp.Text(name))
		put("1.3.6.1.2.1.105.1.1.1.3.1."+n, snmp.Integer(1))
		put("1.3.6.1.2.1.105.1.1.1.6.1."+n, snmp.Integer(int64(3-i))) // deliveringPower, searching
	}
	for oid, v := range vars {
		put(oid, v)
	}
	var out []string
	for _, p := range vendorSnapshot(t, a).Ports {
		out = append(out, fmt.Sprintf("%s: %s %s class %d/%v draw %d/%v limit %d allocated %d max %d denied %v", p.Ref.Name, p.PoE.Admin, p.PoE.Detect,
			p.PoE.Class, p.PoE.ClassTold, int64(p.PoE.Draw), p.PoE.DrawTold, int64(p.PoE.Limit), int64(p.PoE.Allocated), int64(p.PoE.MaxDraw), p.PoE.Denied))
	}
	return out
}

func TestVendorPoEAugments(t *testing.T) {
	t.Parallel()
	const (
		hp      = "1.3.6.1.4.1.11.2.14.11.1.9.1.1.1."
		cx      = "1.3.6.1.4.1.47196.4.1.1.3.8.1.1.1."
		extreme = "1.3.6.1.4.1.1916.1.27.2.1.1."
		foundry = "1.3.6.1.4.1.1991.1.1.2.14.2.2.1."
		huawei  = "1.3.6.1.4.1.2011.5.25.195.3.1."
	)
	for _, tc := range []struct {
		name, objectID string
		vars           map[string]snmp.Value
		want           []string
	}{
		{
			name: "AOS-S without actual power", objectID: "1.3.6.1.4.1.11.2.3.7.11.160",
			vars: map[string]snmp.Value{hp + "3.1.1": snmp.Integer(1800), hp + "3.1.2": snmp.Integer(0)},
			want: []string{
				"1: on delivering class 0/false draw 1800/true limit 0 allocated 0 max 0 denied false",
				"2: on searching class 0/false draw 0/true limit 0 allocated 0 max 0 denied false",
			},
		},
		{
			name: "AOS-S with actual power", objectID: "1.3.6.1.4.1.11.2.3.7.11.160",
			vars: map[string]snmp.Value{hp + "3.1.1": snmp.Integer(1800), hp + "8.1.1": snmp.Integer(1763), hp + "8.9.9": snmp.Integer(1)},
			want: []string{
				"1: on delivering class 0/false draw 1763/true limit 0 allocated 0 max 0 denied false",
				"2: on searching class 0/false draw 0/false limit 0 allocated 0 max 0 denied false",
			},
		},
		{
			name: "AOS-CX", objectID: "1.3.6.1.4.1.47196.4.1.1.1.303",
			vars: map[string]snmp.Value{
				cx + "6.1.1": snmp.Integer(13920), cx + "7.1.1": snmp.Integer(12369), cx + "9.1.1": snmp.Integer(15270), cx + "10.1.1": snmp.Integer(3),
				cx + "12.1.1": snmp.Integer(6), cx + "10.1.2": snmp.Integer(1), cx + "12.1.2": snmp.Integer(1),
			},
			want: []string{
				"1: on delivering class 5/true draw 12369/true limit 0 allocated 13920 max 15270 denied false",
				"2: on searching class 0/false draw 0/false limit 0 allocated 0 max 0 denied true",
			},
		},
		{
			name: "EXOS", objectID: "1.3.6.1.4.1.1916.2.174",
			vars: map[string]snmp.Value{extreme + "1.1.1": snmp.Integer(30000), extreme + "6.1.1": snmp.Unsigned(4700), extreme + "6.1.2": snmp.Integer(-1)},
			want: []string{
				"1: on delivering class 0/false draw 4700/true limit 30000 allocated 0 max 0 denied false",
				"2: on searching class 0/false draw 0/false limit 0 allocated 0 max 0 denied false",
			},
		},
		{
			name: "ICX with inline power", objectID: "1.3.6.1.4.1.1991.1.3.57.1",
			vars: map[string]snmp.Value{
				foundry + "2.1": snmp.Integer(3), foundry + "3.1": snmp.Integer(30000), foundry + "4.1": snmp.Integer(4), foundry + "6.1": snmp.Integer(5100),
				foundry + "2.2": snmp.Integer(2), foundry + "6.2": snmp.Integer(0), "1.3.6.1.2.1.105.1.1.1.3.1.1": {}, "1.3.6.1.2.1.105.1.1.1.6.1.1": {},
				"1.3.6.1.2.1.105.1.1.1.3.1.2": {}, "1.3.6.1.2.1.105.1.1.1.6.1.2": {},
			},
			want: []string{
				"1: on delivering class 4/true draw 5100/true limit 0 allocated 30000 max 0 denied false",
				"2: off disabled class 0/false draw 0/true limit 0 allocated 0 max 0 denied false",
			},
		},
		{
			name: "VRP that tells its state in words", objectID: "1.3.6.1.4.1.2011.2.23.291",
			vars: map[string]snmp.Value{
				huawei + "3.1": snmp.Integer(1), huawei + "6.1": snmp.Text("on"), huawei + "8.1": snmp.Integer(3), huawei + "9.1": snmp.Integer(15400),
				huawei + "10.1": snmp.Integer(4240), huawei + "11.1": snmp.Integer(8745),
				huawei + "3.2": snmp.Integer(1), huawei + "6.2": snmp.Text("off"), huawei + "8.2": snmp.Integer(0), huawei + "10.2": snmp.Integer(0),
				"1.3.6.1.2.1.105.1.1.1.3.1.1": {}, "1.3.6.1.2.1.105.1.1.1.6.1.1": {}, "1.3.6.1.2.1.105.1.1.1.3.1.2": {}, "1.3.6.1.2.1.105.1.1.1.6.1.2": {},
			},
			want: []string{
				"1: on delivering class 3/true draw 4240/true limit 0 allocated 15400 max 8745 denied false",
				"2: on searching class 0/false draw 0/true limit 0 allocated 0 max 0 denied false",
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(tc.want, augmented(t, tc.objectID, tc.vars)); d != "" {
				t.Errorf("ports (-want +got):\n%s", d)
			}
		})
	}
}

func TestVendorPartsOfOthers(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "1.3.6.1.4.1.9.1.1208", "1.3.6.1.4.1.9.12.3.1.3.1084", "1.3.6.1.4.1.111", "1.3.6.1.4.1.2636.1.1.1.4"} {
		if got := VendorParts(id); got != nil {
			t.Errorf("VendorParts(%q) gives %d parts, want none", id, len(got))
		}
	}
	if got := VendorParts("1.3.6.1.4.1.9.6.1.1006.24.5"); len(got) != 1 || got[0].Name != "poe-cisco-sb" {
		t.Errorf("VendorParts of a CBS350 gives %d parts", len(got))
	}
}

func TestRadlanStatus(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Port is on. Valid resistor detected":          "on delivering false",
		"Port is on - valid capacitor detected":        "on delivering false",
		"Port is off. User setting":                    "off disabled false",
		"Port is off. Detection is in process":         "on searching false",
		"Port is off. Underload state":                 "on searching false",
		"Port is off. Overload state":                  "on fault false",
		"Port is off. Short condition":                 "on fault false",
		"Port is off. Power budget exceeded":           "on searching true",
		"Port is off. Something nobody has seen":       "unknown unknown false",
		"":                                             "unknown unknown false",
		string([]byte{0xff, 0xfe, 'u', 's', 'e', 0x0}): "unknown unknown false",
	} {
		var s switchctl.PoEState
		readRadlanStatus(&s, snmp.Text(text), 1)
		if got := fmt.Sprintf("%s %s %v", s.Admin, s.Detect, s.Denied); got != want {
			t.Errorf("%q gives %s, want %s", text, got, want)
		}
	}
}

// FuzzVendorPoE gives every column of every table every kind of value: no reader may panic, and power is never
// negative.
func FuzzVendorPoE(f *testing.F) {
	f.Add(uint8(0), int64(6852), []byte("Port is on"))
	f.Add(uint8(1), int64(-1), []byte{})
	f.Add(uint8(200), int64(1)<<62, []byte{0, 1, 2})
	f.Fuzz(func(t *testing.T, table uint8, n int64, octets []byte) {
		tb := &poeTables[int(table)%len(poeTables)]
		for _, v := range []snmp.Value{snmp.Integer(n), snmp.Octets(octets), snmp.Number(snmp.KindCounter64, uint64(n)), snmp.ObjectID(snmp.OID{1, 3})} {
			var s switchctl.PoEState
			for _, c := range tb.columns {
				c.put(&s, v, tb.unit)
			}
			if s.Draw < 0 || s.Limit < 0 || s.Allocated < 0 || s.MaxDraw < 0 || s.Class > 8 {
				t.Fatalf("%s reads %v as %+v", tb.name, v, s)
			}
		}
	})
}
