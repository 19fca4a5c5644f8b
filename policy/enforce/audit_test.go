package enforce_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/policy/rules"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

var officeProfile = policy.Profile{
	Name: "office", Voice: discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110}, DataVLAN: 10,
	PoE: switchctl.PoEAuto, Priority: switchctl.PriorityHigh,
}

func assigner(t testing.TB, c policy.Config) *policy.Assigner {
	t.Helper()
	if c.Profiles == nil {
		c.Profiles = []policy.Profile{officeProfile}
		c.Assignments = []policy.Assignment{{Name: "desks", Profile: "office", Ports: []string{"Gi1/0/*"}}}
	}
	a, err := policy.NewAssigner(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// office is a configuration in which every desk port should be as officeProfile.
func office(t testing.TB, phones ...inventory.Phone) enforce.Config {
	return enforce.Config{Assigner: assigner(t, policy.Config{}), Rules: rules.All(), Directory: directory(phones...), Options: policy.DefaultOptions()}
}

// asOffice makes a port as officeProfile wants it.
func asOffice(p *switchctl.PortState) {
	p.Voice, p.Untagged, p.PoE.Priority = officeProfile.Voice, 10, switchctl.PriorityHigh
}

func findings(a *enforce.Audit) []string {
	var s []string
	for _, f := range a.Findings {
		s = append(s, fmt.Sprintf("%s %s", f.Port, f.Rule))
	}
	return s
}

func TestAudit(t *testing.T) {
	t.Parallel()
	a, b, dead := newFake("a", 3), newFake("b", 2), newFake("dead", 1)
	for _, f := range []*fakeSwitch{a, b} {
		for n := range f.snap.Ports {
			asOffice(f.port(n + 1))
		}
	}
	phoneOn(a.port(1), mac(1)) // where it should be
	phoneOn(a.port(2), mac(2)) // should be at b 2
	phoneOn(b.port(1), mac(9)) // in no inventory
	a.port(3).PoE.Admin, a.port(3).PoE.Detect = switchctl.PoEOff, switchctl.PoEDisabled
	dead.open = func() error { return unreachable("open") }
	phone := func(n int, at switchctl.PortRef) inventory.Phone {
		return inventory.Phone{MAC: mac(n), Name: fmt.Sprintf("SEP%d", n), Expected: at, Source: "hq.csv"}
	}
	r := newRig(t, office(t,
		phone(1, ref("a", 1)), phone(2, ref("b", 2)), phone(3, ref("b", 1)), phone(4, ref("dead", 1)), phone(5, switchctl.PortRef{}),
	), a, b, dead)
	var progress []int
	got, err := r.Audit(t.Context(), enforce.Request{Progress: func(d fleet.Done) { progress = append(progress, d.N) }})
	if err != nil {
		t.Fatal(err)
	}
	want := enforce.PhoneCounts{Expected: 5, Found: 2, Missing: 1, Unknown: 1, Moved: 1} // 4 and 5 may be on the dead switch
	if d := cmp.Diff(want, got.Phones); d != "" {
		t.Error(d)
	}
	for _, f := range []string{"a Gi1/0/3 poe-off", "a Gi1/0/2 phone-moved", "b Gi1/0/1 phone-unknown", "b Gi1/0/1 phone-missing"} {
		if !slices.Contains(findings(got), f) {
			t.Errorf("findings %q lack %q", findings(got), f)
		}
	}
	if len(got.Read) != 2 || got.Read[0].Target.ID != "a" || got.Read[0].Reading == nil || got.Read[0].Ports != 3 || got.Read[0].Power[0].Nominal == 0 {
		t.Errorf("read %+v", got.Read)
	}
	if len(got.Unreadable) != 1 || !errors.Is(got.Unreadable[0].Err, switchctl.ErrUnreachable) || !got.Facts.Unread["dead"] {
		t.Errorf("unreadable %+v", got.Unreadable)
	}
	if got.Run == "" || got.Interrupted || got.Finished.Before(got.Started) || !slices.Equal(progress, []int{1, 2, 3}) {
		t.Errorf("run %q, interrupted %v, progress %v", got.Run, got.Interrupted, progress)
	}
	if n := len(a.orders()) + len(b.orders()); n != 0 || a.saved+b.saved != 0 {
		t.Errorf("an audit gave %d orders", n)
	}
}

// TestAuditFindsThePhoneOnce: on the way to a phone every switch learns its address.
func TestAuditFindsThePhoneOnce(t *testing.T) {
	t.Parallel()
	a, b := newFake("a", 1), newFake("b", 1)
	asOffice(a.port(1))
	phoneOn(a.port(1), mac(1))
	up := b.port(1)
	up.Mode, up.Link, up.Tagged = switchctl.ModeTrunk, switchctl.Up, []uint16{10, 110}
	for n := range 40 {
		up.Learned = append(up.Learned, switchctl.LearnedMAC{MAC: mac(n), VLAN: 110})
	}
	r := newRig(t, office(t, inventory.Phone{MAC: mac(1), Expected: ref("a", 1)}), a, b)
	got, err := r.Audit(t.Context(), enforce.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Bindings) != 1 || got.Bindings[0].Port != ref("a", 1) || got.Phones.Duplicate != 0 || got.Phones.Found != 1 {
		t.Errorf("bindings %+v, phones %+v; want the phone at a Gi1/0/1 only", got.Bindings, got.Phones)
	}
	if n := len(got.Read[0].Reading.Bindings); n != 1 || len(got.Read[1].Reading.Bindings) != 0 {
		t.Errorf("readings have %d bindings", n)
	}
}

func TestAuditRequest(t *testing.T) {
	t.Parallel()
	fakes := []*fakeSwitch{newFake("hq-1", 1), newFake("hq-2", 1), newFake("lab[1]", 1)}
	for _, tc := range []struct {
		name string
		r    enforce.Request
		want []string
		err  string
	}{
		{"all", enforce.Request{}, []string{"hq-1", "hq-2", "lab[1]"}, ""},
		{"glob", enforce.Request{Switches: []string{"hq-*"}}, []string{"hq-1", "hq-2"}, ""},
		{"a name with the signs of a pattern", enforce.Request{Switches: []string{"lab[1]"}}, []string{"lab[1]"}, ""},
		{"site", enforce.Request{Sites: []string{"h?"}}, []string{"hq-1", "hq-2", "lab[1]"}, ""},
		{"both", enforce.Request{Switches: []string{"hq-1"}, Sites: []string{"hq"}}, []string{"hq-1"}, ""},
		{"none", enforce.Request{Switches: []string{"nosuch"}}, nil, `none of 3 matches switch ["nosuch"]`},
		{"malformed", enforce.Request{Switches: []string{"hq-["}}, nil, `pattern "hq-[" is malformed`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, enforce.Config{}, fakes...)
			tc.r.Drop = true
			a, err := r.Audit(t.Context(), tc.r)
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Errorf("Audit: %v, want %q in it", err, tc.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, s := range a.Read {
				got = append(got, string(s.Target.ID))
				if s.Reading != nil {
					t.Error("what should be dropped was kept")
				}
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Error(d)
			}
			if _, err := r.Plan(t.Context(), a); err == nil {
				t.Error("a plan was made of an audit that dropped its readings")
			}
		})
	}
}

// TestAuditOfSomeSwitchesMissesNobody: a phone that is not on the switches asked for may be on another.
func TestAuditOfSomeSwitchesMissesNobody(t *testing.T) {
	t.Parallel()
	a, b := newFake("a", 1), newFake("b", 1)
	r := newRig(t, office(t, inventory.Phone{MAC: mac(1), Site: "hq"}), a, b)
	for _, tc := range []struct {
		switches []string
		missing  int
	}{{nil, 1}, {[]string{"a"}, 0}} {
		got, err := r.Audit(t.Context(), enforce.Request{Switches: tc.switches})
		if err != nil {
			t.Fatal(err)
		}
		if got.Phones.Missing != tc.missing || got.Phones.Expected != 1 {
			t.Errorf("switches %q: %+v, want %d missing", tc.switches, got.Phones, tc.missing)
		}
	}
}

func TestAuditInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		a, b := newFake("a", 1), newFake("b", 1)
		b.open = func() error {
			pass(time.Second)
			cancel()
			return ctx.Err()
		}
		r := newRig(t, office(t), a, b)
		got, err := r.Audit(ctx, enforce.Request{})
		if err != nil {
			t.Fatal(err)
		}
		if !got.Interrupted || len(got.Read) != 1 || len(got.Unreadable) != 1 || !errors.Is(got.Unreadable[0].Err, context.Canceled) {
			t.Errorf("interrupted %v, read %d, unreadable %v; want what was read until then", got.Interrupted, len(got.Read), got.Unreadable)
		}
	})
}

func TestAuditOfAnEmptyFleet(t *testing.T) {
	t.Parallel()
	e, err := enforce.New(enforce.Config{Switches: mustFleet(t)})
	if err != nil {
		t.Fatal(err)
	}
	if a, err := e.Audit(t.Context(), enforce.Request{}); err != nil || len(a.Read)+len(a.Unreadable) != 0 {
		t.Errorf("Audit: %+v, %v", a, err)
	}
}

func TestPlanHeedsHistory(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 2)
		for n := range 2 {
			asOffice(f.port(n + 1))
			f.port(n + 1).Voice.VLAN = 99
		}
		f.snap.VLANs = append(f.snap.VLANs, switchctl.VLAN{ID: 99})
		c := office(t)
		c.Limits = policy.Limits{PerSwitch: 1, Window: time.Hour}
		r := newRig(t, c, f)
		plan := func() *enforce.Plan {
			a, err := r.Audit(t.Context(), enforce.Request{})
			if err != nil {
				t.Fatal(err)
			}
			p, err := r.Plan(t.Context(), a)
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		p := plan()
		if p.Changes() != 1 || p.Held() != 1 {
			t.Fatalf("first plan: %+v", p.Switches)
		}
		if _, err := r.Apply(t.Context(), p, enforce.ApplyOptions{}); err != nil {
			t.Fatal(err)
		}
		if p := plan(); p.Changes() != 0 || p.Held() != 1 {
			t.Errorf("plan within the hour: %d changes and %d held, want the limit to hold", p.Changes(), p.Held())
		}
		pass(61 * time.Minute)
		if p := plan(); p.Changes() != 1 {
			t.Errorf("plan after the hour: %d changes, want one", p.Changes())
		}
	})
}

func TestVerifyAudit(t *testing.T) {
	t.Parallel()
	a, b := newFake("a", 1), newFake("b", 1)
	r := newRig(t, office(t), a, b)
	got, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	if got.Verify == nil || len(got.Verify.Read) != 1 || got.Verify.Read[0].Target.ID != "a" {
		t.Errorf("verified %+v, want the switch that was touched", got.Verify)
	}
}

// campus makes switches of 48 ports with a phone on each and an uplink that learned all of them.
func campus(switches int) (fakes []*fakeSwitch, phones []inventory.Phone) {
	for s := range switches {
		id := switchctl.SwitchID(fmt.Sprintf("sw%03d", s))
		f := newFake(id, 48)
		for n := range 48 {
			p := f.port(n + 1)
			asOffice(p)
			m := discovery.MAC{0x00, 0x1b, 0xd4, byte(s), byte(s >> 8), byte(n)}
			phoneOn(p, m)
			pc := discovery.MAC{0x00, 0x50, 0x56, byte(s), byte(s >> 8), byte(n)}
			p.Learned = append(p.Learned, switchctl.LearnedMAC{MAC: pc, VLAN: 10})
			p.Neighbors = append(p.Neighbors, p.Neighbors[0])
			p.Neighbors[1].Protocol = discovery.CDP
			p.Neighbors[1].Platform = strings.Clone("Cisco IP Phone 8841")
			p.Neighbors[1].Software = strings.Clone("sip88xx.14-2-1-0004-14")
			phones = append(phones, inventory.Phone{MAC: m, Name: fmt.Sprintf("SEP%X", m[:]), Expected: p.Ref})
		}
		fakes = append(fakes, f)
	}
	return fakes, phones
}

// BenchmarkAudit is what the engine itself costs for 500 switches with 24,000 phones; reading costs nothing
// here. MB/audit is what the report holds on to.
func BenchmarkAudit(b *testing.B) {
	fakes, phones := campus(500)
	by := map[switchctl.SwitchID]*fakeSwitch{}
	var ts []fleet.Target
	for _, f := range fakes {
		by[f.snap.Switch] = f
		ts = append(ts, fleet.Target{ID: f.snap.Switch, Site: "hq"})
	}
	fl, err := fleet.New(fleet.Options{Targets: ts, Open: func(_ context.Context, t fleet.Target, _ *switchctl.Memory) (switchctl.Driver, error) {
		return session{by[t.ID]}, nil
	}})
	if err != nil {
		b.Fatal(err)
	}
	c := office(b, phones...)
	c.Switches = fl
	e, err := enforce.New(c)
	if err != nil {
		b.Fatal(err)
	}
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	before := heap()
	b.ReportAllocs()
	for b.Loop() {
		a, err := e.Audit(b.Context(), enforce.Request{})
		if err != nil {
			b.Fatal(err)
		}
		if a.Phones.Found != len(phones) {
			b.Fatalf("found %+v", a.Phones)
		}
		b.StopTimer()
		b.ReportMetric(heap()-before, "MB/audit")
		runtime.KeepAlive(a)
		b.StartTimer()
	}
}
