package ciscoios

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
)

func TestCatalyst(t *testing.T) {
	t.Parallel()
	s := observe(t, catalyst(t))
	got := map[string]string{}
	for _, p := range s.Ports {
		got[p.Ref.Name] = line(p)
	}
	want := map[string]string{
		"Gi1/0/1": "if 10101 access lag false untagged 10 tagged [110] voice tagged 110 cdp up neighbors 1 learned 3; power 1.1 by mib: auto delivering draw 2509 allocated 6300 limit 30000 max 3508",
		"Gi1/0/2": "if 10102 access lag false untagged 10 tagged [] voice none cdp down neighbors 0 learned 0; power 1.2 by mib: off disabled draw 0 allocated 0 limit 30000 max 0",
		"Gi1/0/3": "if 10103 routed lag false untagged 0 tagged [] voice unknown cdp unknown neighbors 0 learned 0; power 1.3 by mib: static searching draw 0 allocated 15400 limit 15400 max 0",
		"Te1/1/1": "if 10201 trunk lag false untagged 99 tagged [] voice none cdp unknown neighbors 1 learned 0; no power",
		"Te1/1/2": "if 10202 unknown lag true untagged 0 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
		"Po1":     "if 5001 trunk lag true untagged 99 tagged [] voice unknown cdp unknown neighbors 0 learned 1; no power",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("ports (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]switchctl.VLAN{{ID: 1, Name: "default"}, {ID: 10, Name: "data"}, {ID: 110, Name: "voice"}, {ID: 120, Name: "voice-2"}}, s.VLANs); d != "" {
		t.Errorf("VLANs (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 370_000, Drawn: 3_000, Allocated: 21_700}}, s.Power); d != "" {
		t.Errorf("power (-want +got):\n%s", d)
	}
	p := where(t, &s, "Gi1/0/1")
	phone, _ := discovery.ParseMAC("00:21:d8:ba:09:65")
	pc, _ := discovery.ParseMAC("00:50:56:01:02:03")
	if d := cmp.Diff([]switchctl.LearnedMAC{{MAC: phone, VLAN: 10}, {MAC: phone, VLAN: 110}, {MAC: pc, VLAN: 10}}, p.Learned); d != "" {
		t.Errorf("learned (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]discovery.Neighbor{{
		Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", PortID: "Port 1", System: "SEP0021D8BA0965", MAC: phone, Platform: "Cisco IP Phone 7962",
		Software: "SCCP42.9-3-1ES27S", Capabilities: []discovery.Capability{discovery.CapStation, discovery.CapTelephone}, NativeVLAN: 10,
		Draws: 6300, Addresses: []string{"10.110.0.21"},
	}}, p.Neighbors); d != "" {
		t.Errorf("neighbours (-want +got):\n%s", d)
	}
	if !p.Neighbors[0].IsPhone() || !where(t, &s, "Te1/1/1").Neighbors[0].IsNetwork() {
		t.Error("a phone is no phone, or a switch none")
	}
	if !where(t, &s, "Gi1/0/3").PoE.Denied || p.PoE.Denied {
		t.Error("cpeExtPsePortAdditionalStatus deny is read wrong")
	}
	for _, m := range s.Missing {
		if m.Table != "lldpRemTable" { // it has no LLDP
			t.Errorf("missing %v", m)
		}
	}
}

func TestPowerPortProofs(t *testing.T) {
	t.Parallel()
	const (
		alias  = "1.3.6.1.2.1.47.1.3.2.1.2."
		name   = "1.3.6.1.2.1.47.1.1.1.1.7."
		ext    = "1.3.6.1.4.1.9.9.402.1.2.1.11."
		ifType = "1.3.6.1.2.1.2.2.1.3."
		ifName = "1.3.6.1.2.1.31.1.1.1.1."
	)
	for _, tc := range []struct {
		name    string
		changes []string
		want    [3]string // Gi1/0/1, Gi1/0/2, Gi1/0/3
		missing bool
	}{
		{name: "alias table", want: [3]string{"1.1 mib", "1.2 mib", "1.3 mib"}},
		{
			name:    "alias gives ifIndex 0, name agrees",
			changes: []string{alias + "1010.0|6|1.3.6.1.2.1.2.2.1.1.0", name + "1010|4|GigabitEthernet1/0/1"},
			want:    [3]string{"1.1 name", "1.2 mib", "1.3 mib"},
		},
		{
			name:    "alias gives two interfaces, name agrees",
			changes: []string{alias + "1011.5|6|1.3.6.1.2.1.2.2.1.1.10103", name + "1011|4|Gi1/0/2"},
			want:    [3]string{"1.1 mib", "1.2 name", "1.3 mib"},
		},
		{
			name:    "alias gives the same interface twice under two contexts",
			changes: []string{alias + "1011.5|6|1.3.6.1.2.1.2.2.1.1.10102"},
			want:    [3]string{"1.1 mib", "1.2 mib", "1.3 mib"},
		},
		{
			name:    "alias gives two power ports one interface",
			changes: []string{alias + "1011.0|6|1.3.6.1.2.1.2.2.1.1.10101", name + "1010|4|Gi1/0/1", name + "1011|4|Gi1/0/2"},
			want:    [3]string{"1.1 name", "1.2 name", "1.3 mib"},
		},
		{
			name:    "no alias table, names agree",
			changes: []string{"- 1.3.6.1.2.1.47.1.3.2", name + "1010|4|Gi1/0/1", name + "1011|4|Gi1/0/2", name + "1012|4|Gi1/0/3"},
			want:    [3]string{"1.1 name", "1.2 name", "1.3 name"},
		},
		{
			name:    "no entity at all: the numbers, never the module port",
			changes: []string{"- 1.3.6.1.4.1.9.9.402.1.2.1.11", "- 1.3.6.1.2.1.47.1.3.2"},
			want:    [3]string{"1.1 convention", "1.2 convention", "1.3 convention"},
		},
		{
			name:    "entity 0: the numbers, never the module port",
			changes: []string{ext + "1.1|2|0", ext + "1.2|2|0", ext + "1.3|2|0"},
			want:    [3]string{"1.1 convention", "1.2 convention", "1.3 convention"},
		},
		{
			name:    "entity 0 and two interfaces with the numbers: none of them",
			changes: []string{ext + "1.1|2|0", ifType + "20001|2|6", ifName + "20001|4|Fa1/0/1"},
			want:    [3]string{"0.0 none", "1.2 mib", "1.3 mib"}, missing: true,
		},
		{
			name:    "alias points to no interface of this switch",
			changes: []string{alias + "1010.0|6|1.3.6.1.2.1.2.2.1.1.999", alias + "1011.0|6|1.3.6.1.2.1.31.1.1.1.1.10102", name + "1010|4|", name + "1011|4|nonsense"},
			want:    [3]string{"1.1 convention", "1.2 convention", "1.3 mib"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, catalyst(t, tc.changes...))
			for i, want := range tc.want {
				p := where(t, &s, fmt.Sprintf("Gi1/0/%d", i+1))
				if got := fmt.Sprintf("%d.%d %s", p.Index.PSE[0], p.Index.PSE[1], p.Index.Proof); got != want {
					t.Errorf("%s has power port %s, want %s", p.Ref.Name, got, want)
				}
			}
			if p := where(t, &s, "Te1/1/1"); p.PoE.Supported {
				t.Errorf("Te1/1/1 has power port %v by %s", p.Index.PSE, p.Index.Proof)
			}
			told := slices.ContainsFunc(s.Missing, func(m switchctl.Missing) bool { return m.Table != "lldpRemTable" }) // it has no LLDP
			if told != tc.missing {
				t.Errorf("missing %v", s.Missing)
			}
		})
	}
}

func TestPortModes(t *testing.T) {
	t.Parallel()
	const (
		vm     = "1.3.6.1.4.1.9.9.68.1.2.2.1.2"
		state  = "1.3.6.1.4.1.9.9.46.1.6.1.1.13"
		status = "1.3.6.1.4.1.9.9.46.1.6.1.1.14"
		oper   = "1.3.6.1.4.1.9.9.46.1.6.1.1.16"
		native = "1.3.6.1.4.1.9.9.46.1.6.1.1.5"
	)
	for _, tc := range []struct {
		name    string
		changes []string
		want    string // mode and untagged VLAN of Gi1/0/2
	}{
		{"dynamic, not trunking", nil, "access 10"},
		{"dynamic, trunking", []string{status + ".10102|2|1", native + ".10102|2|7", "- " + vm + ".10102"}, "trunk 7"},
		{"dynamic, trunking, with an access row as NX-OS has", []string{status + ".10102|2|1", native + ".10102|2|7"}, "trunk 7"},
		{"on, link down", []string{state + ".10102|2|1", "- " + vm + ".10102", native + ".10102|2|7"}, "trunk 7"},
		{"onNoNegotiate, link down", []string{state + ".10102|2|5", "- " + vm + ".10102"}, "trunk 0"},
		{"off", []string{state + ".10102|2|2"}, "access 10"},
		{"off, in no VLAN", []string{state + ".10102|2|2", "- " + vm + ".10102"}, "routed 0"},
		{"dynamic, in no VLAN", []string{"- " + vm + ".10102"}, "unknown 0"},
		{"in no table", []string{"- " + vm + ".10102", "- " + state + ".10102", "- " + status + ".10102"}, "unknown 0"},
		{"no state told, encapsulation not applicable", []string{"- " + state, "- " + status, oper + ".10102|2|6"}, "access 10"},
		{"no state told, encapsulation dot1Q", []string{"- " + state, "- " + status, oper + ".10102|2|4", native + ".10102|2|7"}, "trunk 7"},
		{"no state told, encapsulation negotiating", []string{"- " + state, "- " + status, oper + ".10102|2|5"}, "access 10"},
		{"no state told, not in a VLAN", []string{"- " + state, "- " + status, oper + ".10102|2|6", "- " + vm + ".10102"}, "unknown 0"},
		{"no trunk table", []string{"- 1.3.6.1.4.1.9.9.46.1.6"}, "access 10"},
		{"VLAN 0: dynamic membership not settled", []string{vm + ".10102|2|0"}, "access 0"},
		{"VLAN out of range", []string{vm + ".10102|2|-5"}, "access 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, catalyst(t, tc.changes...))
			p := where(t, &s, "Gi1/0/2")
			if got := fmt.Sprintf("%s %d", p.Mode, p.Untagged); got != tc.want {
				t.Errorf("port is %s, want %s", got, tc.want)
			}
		})
	}
}

func TestBrokenTableCallsNoPortRouted(t *testing.T) {
	t.Parallel()
	a := catalyst(t)
	a.Broken = map[string]error{"vmMembershipTable": &switchctl.Error{Op: "read vmMembershipTable", Class: switchctl.ErrMalformed}}
	s := observe(t, a)
	// Half of vmMembershipTable is there: Gi1/0/2, told not to trunk and without a row, may be any access port.
	change(t, a, "1.3.6.1.4.1.9.9.46.1.6.1.1.13.10102|2|2")
	s = observe(t, a)
	if p := where(t, &s, "Gi1/0/2"); p.Mode != switchctl.ModeUnknown {
		t.Errorf("mode is %s, want unknown", p.Mode)
	}
	if len(s.Missing) == 0 {
		t.Error("a broken table is not missing")
	}
}

func TestScopedReading(t *testing.T) {
	t.Parallel()
	a := count(catalyst(t))
	m := &switchctl.Memory{}
	d := open(t, a, m)
	whole, err := d.Observe(t.Context(), switchctl.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.Observe(t.Context(), switchctl.Scope{Ports: []string{"Gi1/0/1"}})
	if err != nil {
		t.Fatal(err)
	}
	if s.Power[0].Allocated != 0 {
		t.Errorf("one port adds up to %s reserved", s.Power[0].Allocated)
	}
	for _, p := range whole.Ports {
		if p.Ref.Name == "Po1" {
			continue // the addresses on trunks come with the VLANs of access ports, which are not in scope
		}
		s, err := d.Observe(t.Context(), switchctl.Scope{Ports: []string{p.Ref.Name}})
		if err != nil {
			t.Fatal(err)
		}
		if len(s.Ports) != 1 || line(s.Ports[0]) != line(p) {
			t.Errorf("%s read by itself is\n%s, with the others\n%s", p.Ref.Name, line(s.Ports[0]), line(p))
		}
	}
}

func TestCDPOff(t *testing.T) {
	t.Parallel()
	s := observe(t, catalyst(t, "1.3.6.1.4.1.9.9.23.1.3.1.0|2|2"))
	if p := where(t, &s, "Gi1/0/1"); p.CDP != switchctl.Down {
		t.Errorf("CDP is %s while it is off for the whole switch", p.CDP)
	}
}

func TestControlledPorts(t *testing.T) {
	t.Parallel()
	const (
		caf = "1.3.6.1.4.1.9.9.656.1.2.1.1.5."
		pae = "1.0.8802.1.1.1.1.2.1.1.6."
	)
	for _, tc := range []struct {
		name    string
		changes []string
		want    bool // of Gi1/0/1
	}{
		{"in no table", nil, false},
		{"auto", []string{caf + "10101|2|2"}, true},
		{"force-authorized, the default", []string{caf + "10101|2|3"}, false},
		{"force-unauthorized", []string{caf + "10101|2|1"}, true},
		{"802.1X alone, on images without the framework", []string{pae + "10101|2|2"}, true},
		{"the framework decides", []string{caf + "10101|2|3", pae + "10101|2|2"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			s := observe(t, catalyst(t, tc.changes...))
			if p := where(t, &s, "Gi1/0/1"); p.Dot1X != tc.want {
				t.Errorf("controlled is %v, want %v", p.Dot1X, tc.want)
			}
		})
	}
}
