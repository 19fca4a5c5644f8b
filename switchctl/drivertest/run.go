package drivertest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Switch is one switch that the suite may read and change.
type Switch struct {
	// Open opens a new session with the switch. The suite closes the driver.
	Open func(m *switchctl.Memory) (switchctl.Driver, error)
	// Restart restarts the switch; nil where it cannot.
	Restart func()
	// Settle, where not nil, is called after each change and before reading back: a simulator moves its
	// clock on.
	Settle func()
}

// Factory makes a switch that no other test uses.
type Factory func(t *testing.T) Switch

// Run checks everything that holds for all drivers on the switches of the factory.
func Run(t *testing.T, f Factory) {
	t.Helper()
	tests := []struct {
		name string
		run  func(*testing.T, Switch)
	}{
		{"snapshot", testSnapshot},
		{"memory", testMemory},
		{"scope", testScope},
		{"restart", testRestart},
		{"changes", testChanges},
		{"refusals", testRefusals},
		{"cancelled", testCancelled},
		{"save", testSave},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.run(t, f(t))
		})
	}
}

// open opens a session and closes it when the test ends.
func (s Switch) open(t *testing.T, m *switchctl.Memory) switchctl.Driver {
	t.Helper()
	d, err := s.Open(m)
	if err != nil {
		t.Fatalf("open switch: %v", err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close switch: %v", err)
		}
	})
	return d
}

// observe reads the switch, all ports or those named.
func observe(t *testing.T, d switchctl.Driver, ports ...string) switchctl.Snapshot {
	t.Helper()
	s, err := d.Observe(context.Background(), switchctl.Scope{Ports: ports})
	if err != nil {
		t.Fatalf("observe %q: %v", ports, err)
	}
	return s
}

func testSnapshot(t *testing.T, sw Switch) {
	d := sw.open(t, nil)
	s := observe(t, d)
	Check(t, s)
	if len(s.Ports) == 0 {
		t.Error("the snapshot has no port")
	}
	i := d.Info()
	if i.Driver == "" || s.System.Driver != i.Driver {
		t.Errorf("driver %q, the snapshot says %q", i.Driver, s.System.Driver)
	}
	if !slices.IsSorted(i.Kinds) {
		t.Errorf("kinds of change are not sorted: %q", i.Kinds)
	}
}

func testMemory(t *testing.T, sw Switch) {
	m := &switchctl.Memory{}
	observe(t, sw.open(t, m))
	again := observe(t, sw.open(t, m))
	fresh := observe(t, sw.open(t, nil))
	if diff := differ(fresh, again); diff != "" {
		t.Errorf("reading with what was kept differs from reading anew (-anew +kept):\n%s", diff)
	}
}

func testScope(t *testing.T, sw Switch) {
	m := &switchctl.Memory{}
	whole := observe(t, sw.open(t, m))
	kept, anew := sw.open(t, m), sw.open(t, nil)
	for i, p := range whole.Ports {
		if len(whole.Ports) > 16 && i%7 != 0 {
			continue // a sample of a large switch
		}
		for what, d := range map[string]switchctl.Driver{"with memory": kept, "without memory": anew} {
			s := observe(t, d, p.Ref.Name)
			if len(s.Ports) != 1 {
				t.Errorf("reading %s %s gives %d ports", p.Ref.Name, what, len(s.Ports))
				continue
			}
			want, got := p, s.Ports[0]
			if want.Mode == switchctl.ModeTrunk {
				// Where addresses are read VLAN by VLAN, those of trunks are not worth a request of their own: they are
				// shown as far as the VLANs of other ports in the reading bring them along.
				want.Learned, got.Learned = nil, nil
			}
			if diff := cmp.Diff(want, got, timeless); diff != "" {
				t.Errorf("reading %s alone %s differs from the whole (-whole +alone):\n%s", p.Ref.Name, what, diff)
			}
		}
	}
	if s := observe(t, kept, "no-such-port"); len(s.Ports) != 0 {
		t.Errorf("reading a port that is not there gives %d ports", len(s.Ports))
	}
}

func testRestart(t *testing.T, sw Switch) {
	if sw.Restart == nil {
		t.Skip("SKIPPED: this switch cannot be restarted")
	}
	m := &switchctl.Memory{}
	before := observe(t, sw.open(t, m))
	sw.Restart()
	kept := observe(t, sw.open(t, m))
	if diff := differ(observe(t, sw.open(t, nil)), kept); diff != "" {
		t.Errorf("what was kept survived a restart (-anew +kept):\n%s", diff)
	}
	if !kept.BootAt.After(before.BootAt) {
		t.Errorf("boot time %s is not after %s", kept.BootAt, before.BootAt)
	}
}

func testCancelled(t *testing.T, sw Switch) {
	d := sw.open(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := d.Observe(ctx, switchctl.Scope{}); switchctl.ClassOf(err) == nil {
		t.Errorf("observe with a cancelled context gives %v, want a classed error", err)
	}
	if err := d.Apply(ctx, switchctl.SetAdmin{Ref: switchctl.PortRef{Name: "no-such-port"}, Admin: switchctl.Up}); switchctl.ClassOf(err) == nil {
		t.Errorf("apply with a cancelled context gives %v, want a classed error", err)
	}
}

func testSave(t *testing.T, sw Switch) {
	d := sw.open(t, nil)
	if err := d.Save(context.Background()); err != nil {
		t.Errorf("save: %v", err)
	}
}

// testRefusals checks that what a driver cannot do is refused as unsupported and changes nothing.
func testRefusals(t *testing.T, sw Switch) {
	d := sw.open(t, nil)
	before := observe(t, d)
	if len(before.Ports) == 0 {
		t.Fatal("the switch has no port")
	}
	here := before.Ports[0].Ref
	nowhere := switchctl.PortRef{Switch: here.Switch, Name: "no-such-port"}
	elsewhere := switchctl.PortRef{Switch: here.Switch + "-other", Name: here.Name}
	refused := []switchctl.Change{
		switchctl.CyclePoE{Ref: here, Off: time.Second}, // the engine's business, with a journal
		switchctl.Bounce{Ref: here, Off: time.Second},
		switchctl.SetAdmin{Ref: nowhere, Admin: switchctl.Down},
		switchctl.SetPoE{Ref: nowhere, Admin: switchctl.PoEOff},
		switchctl.SetAdmin{Ref: elsewhere, Admin: switchctl.Down},
		switchctl.SetAdmin{Ref: here, Admin: switchctl.Dormant},
	}
	for _, c := range []switchctl.Change{
		switchctl.SetPoE{Ref: here, Admin: switchctl.PoEOff},
		switchctl.SetPoEPriority{Ref: here, Priority: switchctl.PriorityHigh},
		switchctl.SetPoELimit{Ref: here, Limit: 7000},
		switchctl.SetVoice{Ref: here, Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone}},
		switchctl.SetAccessVLAN{Ref: here, VLAN: 1},
		switchctl.SetAdmin{Ref: here, Admin: switchctl.Up},
	} {
		if !slices.Contains(d.Info().Kinds, c.Kind()) {
			refused = append(refused, c)
		}
	}
	for _, p := range before.Ports {
		if !p.PoE.Supported || p.Index.Proof < switchctl.ProofName {
			refused = append(refused, switchctl.SetPoE{Ref: p.Ref, Admin: switchctl.PoEOff})
			break
		}
	}
	for _, c := range refused {
		err := d.Apply(context.Background(), c)
		var e *switchctl.Error
		if !errors.As(err, &e) || !errors.Is(err, switchctl.ErrUnsupported) {
			t.Errorf("%s: error %v, want unsupported", c, err)
			continue
		}
		if e.Switch == "" || e.Op == "" {
			t.Errorf("%s: error %v does not name switch and operation", c, err)
		}
	}
	if diff := differ(before, observe(t, d)); diff != "" {
		t.Errorf("refused changes changed the switch (-before +after):\n%s", diff)
	}
}

// timeless ignores what differs between two readings of the same state: the times, and what flows.
var timeless = cmp.Options{
	cmpopts.IgnoreFields(switchctl.PortState{}, "ReadAt"),
	cmpopts.IgnoreFields(switchctl.PoEState{}, "Draw", "MaxDraw"),
	cmpopts.EquateApproxTime(5 * time.Second),
	cmpopts.EquateErrors(),
	cmpopts.EquateEmpty(),
}

// differ compares two readings of the same state. Why a table is missing may differ: what did not answer is
// not asked again for a while.
func differ(a, b switchctl.Snapshot) string {
	a.Missing, b.Missing = tables(a.Missing), tables(b.Missing)
	return cmp.Diff(a, b, timeless, cmpopts.IgnoreFields(switchctl.Snapshot{}, "ReadAt", "BootAt"),
		cmpopts.IgnoreFields(switchctl.System{}, "Uptime"), cmpopts.IgnoreFields(switchctl.PowerGroup{}, "Drawn"))
}

// tables gives the names of missing tables, each once.
func tables(ms []switchctl.Missing) []switchctl.Missing {
	var out []switchctl.Missing
	for _, m := range ms {
		if !slices.ContainsFunc(out, func(o switchctl.Missing) bool { return o.Table == m.Table }) {
			out = append(out, switchctl.Missing{Table: m.Table})
		}
	}
	slices.SortFunc(out, func(a, b switchctl.Missing) int { return strings.Compare(a.Table, b.Table) })
	return out
}
