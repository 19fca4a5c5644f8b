package enforce_test

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/policy/enforce/journal"
	"phoneport/policy/rules"
	"phoneport/switchctl"
	"phoneport/switchctl/driver"
	"phoneport/switchctl/fleet"
	"phoneport/switchctl/sim"
	"phoneport/switchctl/snmp"
)

// lab is an engine over simulated switches that speak real SNMP over loopback.
type lab struct {
	*enforce.Engine
	*sim.Campus
	journal *journal.Dir
	names   []string
}

// listen keeps the labs of this package apart from those of others.
var listen = netip.MustParseAddrPort("127.1.61.1:0")

func newLab(t *testing.T, o sim.Options, community string) *lab {
	t.Helper()
	o.Listen, o.Ports, o.Phones = listen, 8, 1
	c, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := c.Start(context.Background()) // not the test's context: it ends before Cleanup
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	l := &lab{Campus: c, journal: journal.New(t.TempDir(), nil)}
	var ts []fleet.Target
	for _, s := range c.Switches() {
		ts = append(ts, fleet.Target{ID: switchctl.SwitchID(s.Name), Site: s.Site, Address: s.Address})
		l.names = append(l.names, s.Name)
	}
	fl, err := fleet.New(fleet.Options{
		Targets: ts,
		Open: func(ctx context.Context, tg fleet.Target, m *switchctl.Memory) (switchctl.Driver, error) {
			s, err := snmp.Open(ctx, snmp.Config{Address: tg.Address, Version: snmp.V2c, Community: community, Timeout: 500 * time.Millisecond})
			if err != nil {
				return nil, err
			}
			return driver.Open(ctx, tg.ID, tg.Address, s, m, nil)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	var phones []inventory.Phone
	for _, p := range c.Phones() {
		phones = append(phones, inventory.Phone{
			MAC: p.MAC, Name: p.Name, Extension: p.Extension, Model: p.Model, Vendor: p.Vendor, Site: p.Site,
			Expected: switchctl.PortRef{Switch: switchctl.SwitchID(p.Switch), Name: p.Port}, Source: "lab",
		})
	}
	a, err := policy.NewAssigner(policy.Config{
		Profiles: []policy.Profile{{
			Name: "phone", Voice: discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110}, DataVLAN: 10, PoE: switchctl.PoEAuto,
		}},
		Assignments: []policy.Assignment{{Name: "phones", Profile: "phone"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	l.Engine, err = enforce.New(enforce.Config{
		Switches: fl, Directory: directory(phones...), Assigner: a, Rules: rules.All(), Journal: l.journal,
		Options: policy.Options{}, Limits: policy.Limits{MaxMACs: 8, PerPort: 10},
		Timing: enforce.Timing{ReadBack: 2 * time.Second, Off: 10 * time.Millisecond, Power: 2 * time.Second, Link: 2 * time.Second, Neighbor: 2 * time.Second},
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// edge gives the n-th port with a phone of a switch.
func (l *lab) edge(t *testing.T, sw string, n int) string {
	t.Helper()
	ps, err := l.Ports(sw)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		if p.Phone.IsZero() || p.Uplink || p.LAG || p.Dot1X {
			continue
		}
		if n == 0 {
			return p.Name
		}
		n--
	}
	t.Fatalf("switch %s has too few phones", sw)
	return ""
}

func (l *lab) breakPort(t *testing.T, sw, port string, f sim.Fault) bool {
	t.Helper()
	err := l.Break(sw, port, f)
	if err != nil {
		t.Logf("%v", err) // a family that has no such thing
	}
	return err == nil
}

func (l *lab) auditAndPlan(t *testing.T) (*enforce.Audit, *enforce.Plan) {
	t.Helper()
	a, err := l.Audit(t.Context(), enforce.Request{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range a.Unreadable {
		t.Fatalf("switch %s cannot be read: %v", u.Target.ID, u.Err)
	}
	p, err := l.Plan(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return a, p
}

// TestCampusIsRepaired is the whole way on every family that can be written to: break, audit, plan, apply,
// audit, undo.
func TestCampusIsRepaired(t *testing.T) {
	t.Parallel()
	l := newLab(t, sim.Options{Switches: 3, Personalities: []string{"catalyst", "procurve", "standard"}, Seed: 1}, "private")
	if _, p := l.auditAndPlan(t); p.Changes() != 0 {
		t.Fatalf("a campus without faults has a plan: %+v", p.Switches)
	}
	type spot struct{ sw, port string }
	broken := map[spot]sim.Fault{}
	for _, sw := range l.names {
		for i, f := range []sim.Fault{sim.FaultWrongVLAN, sim.FaultNoVoice, sim.FaultPowerOff, sim.FaultWrongNative} {
			if port := l.edge(t, sw, i); l.breakPort(t, sw, port, f) {
				broken[spot{sw, port}] = f
			}
		}
	}
	a, p := l.auditAndPlan(t)
	for s, f := range broken {
		if !slices.ContainsFunc(a.Findings, func(x policy.Finding) bool { return string(x.Port.Switch) == s.sw && x.Port.Name == s.port }) {
			t.Errorf("%s %s is broken (%s) and nothing is found", s.sw, s.port, f)
		}
	}
	if p.Changes() < len(broken) {
		for _, s := range p.Switches {
			for _, h := range s.Held {
				t.Logf("held: %s: %s: %s", h.Change, h.Guard, h.Reason)
			}
		}
		t.Errorf("%d changes for %d faults", p.Changes(), len(broken))
	}
	before := l.Counters("").PDUs()
	done, err := l.Apply(t.Context(), p, enforce.ApplyOptions{Save: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range done.Switches {
		for _, r := range s.Results {
			if r.Outcome != enforce.Done {
				t.Errorf("%s: %s: %v", r.Step.Change, r.Outcome, r.Err)
			}
		}
		if s.Err != nil {
			t.Errorf("%s: %v", s.Target.ID, s.Err)
		}
	}
	t.Logf("%d changes took %d PDUs", p.Changes(), l.Counters("").PDUs()-before)
	for s := range broken {
		truth, err := l.Port(s.sw, s.port)
		if err != nil {
			t.Fatal(err)
		}
		if truth.Voice.VLAN != 110 || truth.Untagged != 10 || !truth.PoEOn {
			t.Errorf("%s %s is still broken: voice %s, untagged %d, power on %v", s.sw, s.port, truth.Voice, truth.Untagged, truth.PoEOn)
		}
	}
	if _, again := l.auditAndPlan(t); again.Changes() != 0 {
		t.Errorf("after apply the plan still has %+v", again.Switches)
	}
	undone, err := l.Undo(t.Context(), done.Run, enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if n := undone.Count(enforce.Done); n != p.Changes() {
		t.Errorf("%d of %d changes undone: %v", n, p.Changes(), outcomes(undone))
	}
	for s, f := range broken {
		truth, err := l.Port(s.sw, s.port)
		if err != nil {
			t.Fatal(err)
		}
		if truth.Voice.VLAN == 110 && truth.Untagged == 10 && truth.PoEOn {
			t.Errorf("%s %s (%s) is not as before the run", s.sw, s.port, f)
		}
	}
}

// TestSwitchThatLies: every SET is accepted and none carried out.
func TestSwitchThatLies(t *testing.T) {
	t.Parallel()
	l := newLab(t, sim.Options{Switches: 1, Personalities: []string{"catalyst"}, Seed: 2}, "private")
	sw := l.names[0]
	l.breakPort(t, sw, l.edge(t, sw, 0), sim.FaultWrongVLAN)
	l.breakPort(t, sw, "", sim.FaultLyingSet)
	_, p := l.auditAndPlan(t)
	a, err := l.Apply(t.Context(), p, enforce.ApplyOptions{Save: true})
	if err != nil {
		t.Fatal(err)
	}
	if p.Changes() == 0 || a.Count(enforce.Unverified) == 0 || a.Count(enforce.Done) != 0 {
		t.Fatalf("outcomes %v, want unverified only", outcomes(a))
	}
	if r := a.Switches[0].Results[0]; !errors.Is(r.Err, switchctl.ErrUnverified) {
		t.Errorf("error %v, want the class unverified", r.Err)
	}
	if a.Switches[0].Saved {
		t.Error("a configuration in which nothing was done was saved")
	}
}

// TestReadOnlyCommunity: nothing is written, and the refusal says why.
func TestReadOnlyCommunity(t *testing.T) {
	t.Parallel()
	l := newLab(t, sim.Options{Switches: 1, Personalities: []string{"catalyst"}, Seed: 3}, "public")
	sw := l.names[0]
	for n := range 3 {
		l.breakPort(t, sw, l.edge(t, sw, n), sim.FaultWrongVLAN)
	}
	_, p := l.auditAndPlan(t)
	a, err := l.Apply(t.Context(), p, enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if a.Count(enforce.Refused) != 1 || a.Count(enforce.Done)+a.Count(enforce.Unverified) != 0 || a.Held() != p.Changes()+p.Held()-1 {
		t.Fatalf("outcomes %v, want the first to be refused and the rest to be held", outcomes(a))
	}
	if r := a.Switches[0].Results[0]; !errors.Is(r.Err, switchctl.ErrDenied) {
		t.Errorf("error %v, want the class denied", r.Err)
	}
}

// TestCycleOfASimulatedPort cycles a phone that hangs until it is heard again.
func TestCycleOfASimulatedPort(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"catalyst", "procurve", "standard"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, sim.Options{Switches: 1, Personalities: []string{kind}, Seed: 4}, "private")
			sw := l.names[0]
			port := l.edge(t, sw, 0)
			if !l.breakPort(t, sw, port, sim.FaultSilent) {
				t.Fatal("a phone cannot hang")
			}
			c, err := l.Cycle(t.Context(), switchctl.SwitchID(sw), port, enforce.CycleOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if c.Result.Outcome != enforce.Done {
				t.Errorf("outcome %s: %v", c.Result.Outcome, c.Result.Err)
			}
			want := "check ok journal ok off ok dark ok wait ok on ok power ok link ok neighbor ok"
			if got := strings.Join(steps(c.Result), " "); got != want {
				t.Errorf("steps %s, want %s", got, want)
			}
			truth, err := l.Port(sw, port)
			if err != nil {
				t.Fatal(err)
			}
			if !truth.InService || !truth.PoEOn {
				t.Errorf("the phone is in service: %v, power on: %v", truth.InService, truth.PoEOn)
			}
		})
	}
}
