package standard

import (
	"fmt"
	"strings"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// TestJoinPSE matches power ports to ports, by family: rows of a table are power ports with their state, ports
// are ifIndex, name and bridge port.
func TestJoinPSE(t *testing.T) {
	t.Parallel()
	type iface struct {
		index, bridge int
		name          string
		down          bool
		typ           int // 0 = Ethernet
	}
	tests := []struct {
		name   string
		family string // sysObjectID
		ports  []iface
		pse    string // group.port, with "!" where it delivers power
		want   string // group.port=name/proof
		why    string // part of the reason that is told
	}{
		{
			name: "Cisco SB: unit and ifIndex", family: "1.3.6.1.4.1.9.6.1.83.28.1",
			ports: []iface{{index: 1, name: "gi1/0/1"}, {index: 2, name: "gi1/0/2"}, {index: 53, name: "gi2/0/1"}, {index: 54, name: "gi2/0/2"}},
			pse:   "1.1 1.2 2.53 2.54", want: "1.1=gi1/0/1/name 1.2=gi1/0/2/name 2.53=gi2/0/1/name 2.54=gi2/0/2/name",
		},
		{
			name: "ProCurve: ifIndex, group is the module", family: "1.3.6.1.4.1.11.2.3.7.11.50",
			ports: []iface{{index: 1, name: "A1"}, {index: 2, name: "A2"}, {index: 25, name: "B1"}},
			pse:   "1.1 1.2 2.25", want: "1.1=A1/name 1.2=A2/name 2.25=B1/name",
		},
		{
			name: "ProCurve with names of its admin's", family: "1.3.6.1.4.1.11.2.3.7.11.50",
			ports: []iface{{index: 1, name: "hall"}, {index: 2, name: "desk"}},
			pse:   "1.1 1.2", want: "1.1=hall/convention 1.2=desk/convention", why: "names of the ports do not confirm",
		},
		{
			name: "Juniper: FPC and port plus one, copper of any speed", family: "1.3.6.1.4.1.2636.1.1.1.2.31",
			ports: []iface{{index: 501, name: "ge-0/0/0"}, {index: 502, name: "mge-0/0/1"}, {index: 601, name: "ge-1/0/0"}, {index: 700, name: "xe-0/1/0"}},
			pse:   "1.1 1.2 2.1", want: "1.1=ge-0/0/0/name 1.2=mge-0/0/1/name 2.1=ge-1/0/0/name",
		},
		{
			name: "Comware: bridge port, whatever the group", family: "1.3.6.1.4.1.25506.11.1.1",
			ports: []iface{{index: 9437184, bridge: 1, name: "GigabitEthernet1/0/1"}, {index: 9437192, bridge: 2, name: "GigabitEthernet1/0/2"}},
			pse:   "4.1 4.2", want: "4.1=GigabitEthernet1/0/1/name 4.2=GigabitEthernet1/0/2/name",
		},
		{
			name: "EXOS: slot*1000 and port", family: "1.3.6.1.4.1.1916.2.93",
			ports: []iface{{index: 1001, name: "1:1"}, {index: 1002, name: "1:2"}}, pse: "1.1001 1.1002", want: "1.1001=1:1/name 1.1002=1:2/name",
		},
		{
			name: "ERS: unit and port of the name", family: "1.3.6.1.4.1.45.3.74.1",
			ports: []iface{{index: 1, name: "1/1"}, {index: 65, name: "2/1"}}, pse: "2.1", want: "2.1=2/1/name",
		},
		{
			name: "OmniSwitch: a thousand for each slot", family: "1.3.6.1.4.1.6486.800.1.1.2.1.7",
			ports: []iface{{index: 1001, name: "1/1"}, {index: 2001, name: "2/1"}}, pse: "1.1 2.1", want: "1.1=1/1/name 2.1=2/1/name",
		},
		{
			name: "TP-Link: unit, slot 0, port", family: "1.3.6.1.4.1.11863.5.1",
			ports: []iface{{index: 49153, name: "gigabitEthernet 1/0/1"}, {index: 49154, name: "gigabitEthernet 1/0/2"}},
			pse:   "1.1 1.2", want: "1.1=gigabitEthernet 1/0/1/name 1.2=gigabitEthernet 1/0/2/name",
		},
		{
			name: "Catalyst without its own table", family: "1.3.6.1.4.1.9.1.1208",
			ports: []iface{{index: 1, name: "Gi1/0/1"}}, pse: "1.1", why: "the family's own table",
		},
		{
			name: "unknown family, by name", family: "1.3.6.1.4.1.99999.1",
			ports: []iface{{index: 101, name: "1/0/1"}, {index: 102, name: "1/0/2"}}, pse: "1.1 1.2", want: "1.1=1/0/1/name 1.2=1/0/2/name",
		},
		{
			name: "unknown family, uplinks with the same numbers", family: "1.3.6.1.4.1.99999.1",
			ports: []iface{{index: 101, name: "Gi1/0/1"}, {index: 102, name: "Gi1/0/2"}, {index: 201, name: "Te1/1/1"}}, pse: "1.1 1.2", why: "neither names nor interface indices fit",
		},
		{
			name: "unknown family, by ifIndex", family: "1.3.6.1.4.1.99999.1",
			ports: []iface{{index: 1, name: "red"}, {index: 2, name: "green"}}, pse: "1.1 1.2", want: "1.1=red/convention 1.2=green/convention", why: "by ifIndex only",
		},
		{
			name: "unknown family, more than one group", family: "1.3.6.1.4.1.99999.1",
			ports: []iface{{index: 1, name: "red"}, {index: 2, name: "green"}}, pse: "1.1 2.2", why: "neither names nor interface indices fit",
		},
		{
			name: "unknown family, names and indices say otherwise", family: "1.3.6.1.4.1.99999.1",
			ports: []iface{{index: 1, name: "port 2"}, {index: 2, name: "port 1"}}, pse: "1.1 1.2", why: "fit names and interface indices of different ports",
		},
		{
			name: "the number is no Ethernet port", family: "1.3.6.1.4.1.9.6.1.83.28.1",
			ports: []iface{{index: 1, name: "vlan1", typ: 53}, {index: 2, name: "gi2"}}, pse: "1.1 1.2", why: "would be vlan1, which is no Ethernet port",
		},
		{
			name: "powered ports without link: the match is shifted", family: "1.3.6.1.4.1.9.6.1.83.28.1",
			ports: []iface{
				{index: 1, name: "gi1", down: true},
				{index: 2, name: "gi2", down: true},
				{index: 3, name: "gi3", down: true},
				{index: 4, name: "gi4", down: true},
				{index: 5, name: "gi5"},
			},
			pse: "1.1! 1.2! 1.3! 1.4! 1.5", why: "only 0 of 4 powered ports would have link",
		},
		{
			name: "power ports of a member that is not there", family: "1.3.6.1.4.1.9.6.1.83.28.1",
			ports: []iface{{index: 1, name: "gi1/0/1"}, {index: 2, name: "gi1/0/2"}}, pse: "1.1 1.2 2.53",
			want: "1.1=gi1/0/1/convention 1.2=gi1/0/2/convention", why: "1 power ports have no port",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			b := newBuild(Target{ID: "sw", System: snmp.System{ObjectID: snmp.MustOID(tt.family)}}, switchctl.Scope{}, testNow)
			for _, i := range tt.ports {
				p := b.AddPort(i.index)
				b.Rename(p, i.name)
				p.Type, p.Link = 6, switchctl.Up
				if i.typ != 0 {
					p.Type = i.typ
				}
				if i.down {
					p.Link = switchctl.Down
				}
				if i.bridge != 0 {
					b.JoinBridge(p, i.bridge)
				}
			}
			rows := snmp.NewRows(snmp.Table{Name: "pethPsePortTable", Columns: []uint32{colPSEDetect}})
			for _, f := range strings.Fields(tt.pse) {
				ix, delivers := strings.CutSuffix(f, "!")
				state := switchctl.PoESearching
				if delivers {
					state = switchctl.PoEDelivering
				}
				rows.Put(colPSEDetect, snmp.MustOID(ix), snmp.Integer(int64(state)))
			}
			joinPSE(b, rows)
			var got []string
			for _, r := range rows.All() {
				if p := b.ByPSE(int(r.Index[0]), int(r.Index[1])); p != nil {
					got = append(got, fmt.Sprintf("%s=%s/%s", r.Index, p.Ref.Name, p.Index.Proof))
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("matched %q, want %q", s, tt.want)
			}
			said := ""
			for _, m := range b.missing {
				said += m.Reason
			}
			if !strings.Contains(said, tt.why) || tt.why == "" && said != "" {
				t.Errorf("reason %q, want %q", said, tt.why)
			}
		})
	}
}

func TestRulesFor(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]string{
		"1.3.6.1.4.1.9.6.1.83.28.1": "cisco-sb", "1.3.6.1.4.1.9.1.1208": "cisco", "1.3.6.1.4.1.95.1": "", "1.3.6.1.4.1.11.2.3.7.11.50": "procurve",
	} {
		if got := RulesFor(snmp.MustOID(id)).Family; got != want {
			t.Errorf("%s is of family %q, want %q", id, got, want)
		}
	}
	seen := map[string]bool{}
	for _, r := range rules {
		if r.Vendor == "" || r.Family == "" || seen[r.ObjectID] {
			t.Errorf("rule %+v lacks a name, or its prefix is there twice", r)
		}
		seen[r.ObjectID] = true
		if _, err := snmp.ParseOID(r.ObjectID); err != nil {
			t.Error(err)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	same := [][2]string{
		{"GigabitEthernet1/0/1", "Gi1/0/1"},
		{"TenGigabitEthernet1/1/5", "Te1/1/5"},
		{"FastEthernet0/1", "fa0/1"},
		{"Port-channel1", "Po1"},
		{"TwoGigabitEthernet1/0/3", "Tw1/0/3"},
		{"gigabitEthernet 1/0/16", "Gi1/0/16"},
		{"Ethernet1/1", "Eth1/1"},
	}
	for _, p := range same {
		if NameKey(p[0]) != NameKey(p[1]) {
			t.Errorf("%s and %s are told apart: %s, %s", p[0], p[1], NameKey(p[0]), NameKey(p[1]))
		}
	}
	for _, p := range [][2]string{{"Gi1/0/5", "Te1/1/5"}, {"Gi1/0/1", "Gi1/0/11"}, {"ge-0/0/1", "xe-0/0/1"}, {"1/1", "1/11"}} {
		if NameKey(p[0]) == NameKey(p[1]) {
			t.Errorf("%s and %s are the same", p[0], p[1])
		}
	}
	for _, p := range [][2]string{{"Gi1/0/2", "Gi1/0/10"}, {"ge-0/0/9", "ge-0/0/10"}, {"1", "A1"}, {"A9", "A10"}, {"port1", "port1.1"}} {
		if naturalCompare(p[0], p[1]) >= 0 || naturalCompare(p[1], p[0]) <= 0 {
			t.Errorf("%s does not come before %s", p[0], p[1])
		}
	}
}

func FuzzNames(f *testing.F) {
	f.Add("GigabitEthernet1/0/1", "Gi1/0/10")
	f.Add("", "00001")
	f.Fuzz(func(t *testing.T, a, b string) {
		if x, y := naturalCompare(a, b), naturalCompare(b, a); (x > 0) == (y > 0) && x != 0 {
			t.Errorf("order of %q and %q is %d and %d", a, b, x, y)
		}
		NameKey(a)
		nameNumbers(b)
	})
}
