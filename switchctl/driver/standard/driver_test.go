package standard

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// sameSnapshot compares snapshots but for the time of reading.
func sameSnapshot(a, b switchctl.Snapshot) string {
	return cmp.Diff(a, b, cmpopts.IgnoreFields(switchctl.Snapshot{}, "ReadAt", "BootAt"), cmpopts.IgnoreFields(switchctl.PortState{}, "ReadAt"),
		cmpopts.EquateApproxTime(time.Minute), cmpopts.EquateErrors())
}

func TestObserve(t *testing.T) {
	t.Parallel()
	s := observe(t, openAgent(t, newSwitch(t), nil))
	if len(s.Missing) != 0 {
		t.Errorf("missing: %v", s.Missing)
	}
	if want := []switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 370000, Drawn: 12000, Threshold: 80}}; !slices.Equal(s.Power, want) {
		t.Errorf("power %+v, want %+v", s.Power, want)
	}
	if want := []switchctl.VLAN{{ID: 10, Name: "data"}, {ID: 20, Name: "voice"}, {ID: 30, Name: "lab"}}; !slices.Equal(s.VLANs, want) {
		t.Errorf("VLANs %+v, want %+v", s.VLANs, want)
	}
	phone := discovery.MAC{0, 4, 0xf2, 1, 2, 3}
	got := port(t, s, "ge1")
	want := switchctl.PortState{
		Ref: ref("ge1"), Index: switchctl.Indices{If: 11, Bridge: 1, LLDP: 1, PSE: [2]int{1, 1}, Proof: switchctl.ProofName}, Type: 6,
		Admin: switchctl.Up, Link: switchctl.Up, Mode: switchctl.ModeAccess, LLDPTx: switchctl.Up, Untagged: 10, Tagged: []uint16{20},
		PoE:   switchctl.PoEState{Supported: true, Admin: switchctl.PoEOn, Detect: switchctl.PoESearching, Priority: switchctl.PriorityLow, Counters: switchctl.PoECounters{Told: true}},
		Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 20},
		Neighbors: []discovery.Neighbor{{
			Protocol: discovery.LLDP, ChassisID: "10.0.1.5", PortID: phone.String(), MAC: phone, System: "Polycom VVX 410",
			Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}, MEDClass: discovery.MEDClassIII,
			Adopted: discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 20, PCP: 5, DSCP: 46}, Addresses: []string{"10.0.1.5"},
			Inventory: discovery.Inventory{Manufacturer: "Polycom", Model: "VVX 410"}, Draws: 5000,
		}},
		Learned: []switchctl.LearnedMAC{{MAC: phone, VLAN: 10}, {MAC: phone, VLAN: 20}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(switchctl.PortState{}, "ReadAt"), cmpopts.IgnoreFields(discovery.Neighbor{}, "HeardAt")); diff != "" {
		t.Errorf("port ge1 (-want +got):\n%s", diff)
	}
	if p := port(t, s, "ge4"); p.Mode != switchctl.ModeTrunk || !slices.Equal(p.Tagged, []uint16{20, 30}) || p.Voice.Mode != discovery.VoiceUnknown || len(p.Learned) != 0 {
		t.Errorf("port ge4 %+v: want a trunk of 20 and 30, without the switch's own address", p)
	}
	if p := port(t, s, "ge2"); p.Mode != switchctl.ModeAccess || p.Voice.Mode != discovery.VoiceNone {
		t.Errorf("port ge2 is %s with voice %s, want access and none", p.Mode, p.Voice)
	}
}

// TestObserveAgain checks what is kept between sessions: an unchanged switch gives the same snapshot with
// fewer tables, a change behind a stamp or a restart is seen.
func TestObserveAgain(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		change  []string
		fresh   bool
		wantNew bool // whether the neighbour's new name is seen
	}{
		{name: "unchanged stamp keeps the neighbours"},
		{name: "changed stamp reads them", change: []string{"1.0.8802.1.1.2.1.2.1.0|67|8000001"}, wantNew: true},
		{name: "insert counter reads them", change: []string{"1.0.8802.1.1.2.1.2.2.0|66|2"}, wantNew: true},
		{name: "restart reads them", change: []string{"1.3.6.1.2.1.1.3.0|67|100"}, wantNew: true},
		{name: "fresh reads them", fresh: true, wantNew: true},
		{name: "no stamp proves nothing", change: []string{"-1.0.8802.1.1.2.1.2.1.0"}, wantNew: true},
		{name: "stamp of zero proves nothing", change: []string{"1.0.8802.1.1.2.1.2.1.0|67|0\n1.0.8802.1.1.2.1.2.2.0|66|0"}, wantNew: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			m := &switchctl.Memory{}
			a := newSwitch(t)
			observe(t, openAgent(t, a, m))
			b := newSwitch(t, append(tt.change, "1.0.8802.1.1.2.1.4.1.1.9.500.1.7|4|renamed")...)
			s, err := openAgent(t, b, m).Observe(context.Background(), switchctl.Scope{Fresh: tt.fresh})
			if err != nil {
				t.Fatal(err)
			}
			if got := port(t, s, "ge1").Neighbors[0].System == "renamed"; got != tt.wantNew {
				t.Errorf("new name seen: %t, want %t", got, tt.wantNew)
			}
		})
	}
}

func TestObserveKeepsRows(t *testing.T) {
	t.Parallel()
	m := &switchctl.Memory{}
	count := &counting{Agent: newSwitch(t)}
	first := observe(t, openAgent(t, count, m))
	all := count.cells
	again := observe(t, openAgent(t, count, m))
	if kept := count.cells - all; kept >= all*3/4 {
		t.Errorf("read %d cells again of %d: too little was kept", kept, all)
	}
	if diff := sameSnapshot(first, again); diff != "" {
		t.Errorf("second reading differs (-first +second):\n%s", diff)
	}
	before := count.cells
	scoped := observe(t, openAgent(t, count, m), "ge2")
	if len(scoped.Ports) != 1 {
		t.Fatalf("%d ports in a reading of one", len(scoped.Ports))
	}
	if diff := cmp.Diff(port(t, first, "ge2"), scoped.Ports[0], cmpopts.IgnoreFields(switchctl.PortState{}, "ReadAt")); diff != "" {
		t.Errorf("scoped reading differs (-whole +scoped):\n%s", diff)
	}
	if n := count.cells - before; n >= all/2 {
		t.Errorf("reading one port took %d cells, all took %d", n, all)
	}
}

func TestObserveRenumbered(t *testing.T) {
	t.Parallel()
	m := &switchctl.Memory{}
	observe(t, openAgent(t, newSwitch(t), m))
	// After a restart ge1 and ge2 have changed places.
	b := newSwitch(t, "1.3.6.1.2.1.1.3.0|67|500\n1.3.6.1.2.1.31.1.1.1.1.11|4|ge2\n1.3.6.1.2.1.31.1.1.1.1.12|4|ge1\n1.0.8802.1.1.2.1.3.7.1.3.1|4|ge2\n1.0.8802.1.1.2.1.3.7.1.3.2|4|ge1")
	s := observe(t, openAgent(t, b, m), "ge1")
	if got := port(t, s, "ge1").Index.If; got != 12 {
		t.Errorf("ge1 has ifIndex %d after renumbering, want 12", got)
	}
}

func TestObserveBrokenTables(t *testing.T) {
	t.Parallel()
	a := newSwitch(t)
	broken := &switchctl.Error{Op: "read", Class: switchctl.ErrMalformed, Err: errors.New("loop")}
	a.Broken = map[string]error{"dot1qTpFdbTable": broken, "pethPsePortTable": broken, "ifXTable": broken}
	m := &switchctl.Memory{}
	s := observe(t, openAgent(t, a, m))
	if len(s.Ports) != 4 {
		t.Errorf("%d ports, want 4", len(s.Ports))
	}
	for _, table := range []string{"dot1qTpFdbTable", "pethPsePortTable", "ifXTable"} {
		if !slices.ContainsFunc(s.Missing, func(m switchctl.Missing) bool { return m.Table == table && errors.Is(m.Err, switchctl.ErrMalformed) }) {
			t.Errorf("%s is not in Missing: %v", table, s.Missing)
		}
	}
	a.Broken = nil
	if s = observe(t, openAgent(t, a, m)); len(s.Missing) != 0 || port(t, s, "ge4").Index.If != 14 {
		t.Errorf("what failed once was kept: %v", s.Missing)
	}
}

func TestObserveUnreachable(t *testing.T) {
	t.Parallel()
	d := openAgent(t, newSwitch(t), nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := d.Observe(ctx, switchctl.Scope{})
	var e *switchctl.Error
	if !errors.As(err, &e) || e.Switch != "sw" || !errors.Is(err, switchctl.ErrUnreachable) {
		t.Errorf("error %v, want an unreachable switch sw", err)
	}
}

// counting counts the cells that are read.
type counting struct {
	*snmptest.Agent
	cells int
}

func (c *counting) Read(ctx context.Context, tables ...snmp.Table) ([]*snmp.Rows, error) {
	rows, err := c.Agent.Read(ctx, tables...)
	for _, t := range rows {
		for _, r := range t.All() {
			for _, col := range t.Table.Columns {
				if r.Value(col).Exists() {
					c.cells++
				}
			}
		}
	}
	return rows, err
}
