package enforce_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// plug puts a phone on port n that takes power two seconds after it is given, has link a second later and is
// heard after half a minute. It must be called with the clock of the test's bubble.
func (f *fakeSwitch) plug(n int, m discovery.MAC) {
	phoneOn(f.port(n), m)
	var on time.Time
	f.settle = func(c switchctl.Change, before, p *switchctl.PortState) {
		if p.Ref == f.port(n).Ref && p.PoE.Admin.Enabled() && p.Admin == switchctl.Up && (!before.PoE.Admin.Enabled() || before.Admin != switchctl.Up) {
			on = time.Now()
		}
	}
	f.observe = func() error {
		p := f.port(n)
		if on.IsZero() || !p.PoE.Admin.Enabled() {
			return nil
		}
		d := time.Since(on)
		if d >= 2*time.Second {
			p.PoE.Detect = switchctl.PoEDelivering
		}
		if d >= 3*time.Second {
			p.Link = switchctl.Up
		}
		if d >= 30*time.Second {
			phoneOn(p, m)
		}
		return nil
	}
}

// steps gives "name state" of each step of a cycle.
func steps(r enforce.Result) []string {
	var s []string
	for _, st := range r.Cycle {
		s = append(s, st.Name+" "+st.State.String())
	}
	return s
}

func TestCycle(t *testing.T) {
	t.Parallel()
	offOn := []string{"Gi1/0/1 set-poe off", "Gi1/0/1 set-poe auto"}
	for _, tc := range []struct {
		name   string
		set    func(f *fakeSwitch)
		c      enforce.Config
		o      enforce.CycleOptions
		want   []string
		out    enforce.Outcome
		err    string
		detail string // in the last step
		orders []string
		took   time.Duration // at least
	}{
		{
			name: "phone comes back", set: func(f *fakeSwitch) { f.plug(1, mac(1)) }, o: enforce.CycleOptions{Force: true},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok", "link ok", "neighbor ok"},
			out:  enforce.Done, detail: "SEP00:1b:d4:00:00:01 by lldp", orders: offOn, took: 35 * time.Second,
		},
		{
			name: "prior state is given back exactly", set: func(f *fakeSwitch) { f.plug(1, mac(1)); f.port(1).PoE.Admin = switchctl.PoEStatic },
			o:    enforce.CycleOptions{Force: true, Off: time.Minute},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok", "link ok", "neighbor ok"},
			out:  enforce.Done, orders: []string{"Gi1/0/1 set-poe off", "Gi1/0/1 set-poe static"}, took: 90 * time.Second,
		},
		{
			name: "a phone works there", set: func(f *fakeSwitch) { f.plug(1, mac(1)) },
			want: []string{"check failed"}, out: enforce.Refused, err: "in-use",
		},
		{
			name: "protected phone, although forced", set: func(f *fakeSwitch) { f.plug(1, mac(1)) }, o: enforce.CycleOptions{Force: true},
			c:    enforce.Config{Directory: directory(inventory.Phone{MAC: mac(1), Name: "lift", Protected: true})},
			want: []string{"check failed"}, out: enforce.Refused, err: "protected-phone",
		},
		{
			name: "firmware upgrade, although forced", set: func(f *fakeSwitch) { f.plug(1, mac(1)) }, o: enforce.CycleOptions{Force: true},
			c: enforce.Config{Busy: func(m discovery.MAC) (string, bool) {
				return "loads sip88xx.14-2-1 since 12 s", m == mac(1)
			}},
			want: []string{"check failed"}, out: enforce.Refused, err: "busy: loads sip88xx",
		},
		{
			name: "power port is known by convention only", set: func(f *fakeSwitch) { f.port(1).Index.Proof = switchctl.ProofConvention },
			o: enforce.CycleOptions{Force: true}, want: []string{"check failed"}, out: enforce.Refused, err: "port-map",
		},
		{
			name: "power is off already", set: func(f *fakeSwitch) { f.port(1).PoE.Admin = switchctl.PoEOff },
			want: []string{"check failed"}, out: enforce.Refused, err: "inline power is off: there is nothing to cycle",
		},
		{
			name: "no inline power", set: func(f *fakeSwitch) { f.port(1).PoE = switchctl.PoEState{} },
			want: []string{"check failed"}, out: enforce.Refused, err: "gives no inline power",
		},
		{
			name: "trunk", set: func(f *fakeSwitch) { f.port(1).Mode = switchctl.ModeTrunk }, o: enforce.CycleOptions{Force: true},
			want: []string{"check failed"}, out: enforce.Refused, err: "trunk",
		},
		{
			name: "driver cannot", set: func(f *fakeSwitch) { f.info.Kinds = nil },
			want: []string{"check failed"}, out: enforce.Refused, err: "unsupported",
		},
		{
			name: "nothing is plugged in",
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power failed", "link skipped", "neighbor skipped"},
			out:  enforce.Done, orders: offOn, took: 25 * time.Second,
		},
		{
			name: "phone does not come back", set: func(f *fakeSwitch) { phoneOn(f.port(1), mac(1)) }, o: enforce.CycleOptions{Force: true},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power failed", "link skipped", "neighbor skipped"},
			out:  enforce.Unverified, err: "power auto, searching: nothing that asks for power is plugged in", orders: offOn,
		},
		{
			name: "power is denied afterwards", o: enforce.CycleOptions{Force: true},
			set: func(f *fakeSwitch) {
				phoneOn(f.port(1), mac(1))
				f.settle = func(_ switchctl.Change, _, p *switchctl.PortState) { p.PoE.Denied = p.PoE.Admin.Enabled() }
			},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power failed", "link skipped", "neighbor skipped"},
			out:  enforce.Unverified, err: "the switch denies power", orders: offOn,
		},
		{
			name: "phone is silent afterwards", o: enforce.CycleOptions{Force: true},
			set: func(f *fakeSwitch) {
				phoneOn(f.port(1), mac(1))
				f.settle = func(_ switchctl.Change, _, p *switchctl.PortState) {
					if p.PoE.Admin.Enabled() {
						p.PoE.Detect, p.Link = switchctl.PoEDelivering, switchctl.Up
					}
				}
			},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok", "link ok", "neighbor failed"},
			out:  enforce.Done, detail: "nobody is heard after 2m0s", orders: offOn,
		},
		{
			name: "off is refused", set: func(f *fakeSwitch) {
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					if c.Args() == "off" {
						return rejected("set")
					}
					return obey(c, p)
				}
			},
			want: []string{"check ok", "journal ok", "off failed"}, out: enforce.Refused, err: "inconsistentValue", orders: offOn,
		},
		{
			name: "off is accepted and not done", set: func(f *fakeSwitch) {
				f.order = func(switchctl.Change, *switchctl.PortState) error { return nil }
			},
			want: []string{"check ok", "journal ok", "off ok", "dark failed", "on ok"}, out: enforce.Unverified, err: "did not go off", orders: offOn,
		},
		{
			name: "admin goes off but power keeps flowing", o: enforce.CycleOptions{Force: true}, set: func(f *fakeSwitch) {
				phoneOn(f.port(1), mac(1))
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					p.PoE.Admin = c.(switchctl.SetPoE).Admin
					return nil
				}
			},
			want: []string{"check ok", "journal ok", "off ok", "dark failed", "on ok"}, out: enforce.Unverified, err: "did not go off", orders: offOn,
		},
		{
			name: "on is lost twice", o: enforce.CycleOptions{}, set: func(f *fakeSwitch) {
				lost := 0
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					if c.Args() == "auto" && lost < 2 {
						lost++
						return unreachable("set")
					}
					return obey(c, p)
				}
			},
			want: []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power failed", "link skipped", "neighbor skipped"},
			out:  enforce.Done, orders: append(append([]string{}, offOn...), "Gi1/0/1 set-poe auto", "Gi1/0/1 set-poe auto"),
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a", 2)
				if tc.set != nil {
					tc.set(f)
				}
				r := newRig(t, tc.c, f)
				start := time.Now()
				var told []string
				tc.o.Progress = func(s enforce.CycleStep) { told = append(told, s.Name+" "+s.State.String()) }
				got, err := r.Cycle(t.Context(), "a", "Gi1/0/1", tc.o)
				if err != nil {
					t.Fatal(err)
				}
				res := got.Result
				if d := cmp.Diff(tc.want, steps(res)); d != "" {
					t.Error(d, res.Err)
				}
				if d := cmp.Diff(tc.want, told); d != "" {
					t.Errorf("progress: %s", d)
				}
				if res.Outcome != tc.out {
					t.Errorf("outcome %s (%v), want %s", res.Outcome, res.Err, tc.out)
				}
				if tc.err == "" && res.Err != nil || !strings.Contains(fmt.Sprint(res.Err), tc.err) {
					t.Errorf("error %v, want %q in it", res.Err, tc.err)
				}
				if d := cmp.Diff(tc.orders, f.orders()); d != "" {
					t.Errorf("orders: %s", d)
				}
				if last := res.Cycle[len(res.Cycle)-1]; !strings.Contains(last.Detail, tc.detail) {
					t.Errorf("last step says %q, want %q in it", last.Detail, tc.detail)
				}
				if took := time.Since(start); took < tc.took {
					t.Errorf("took %s, want at least %s", took, tc.took)
				}
				if us, err := r.journal.Unfinished(); err != nil || len(us) > 0 {
					t.Errorf("unfinished %+v, %v", us, err)
				}
			})
		})
	}
}

func TestCycleJournalsBeforePowerGoesOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 1)
		f.port(1).PoE.Admin = switchctl.PoEStatic
		r := newRig(t, enforce.Config{}, f)
		looked := false
		f.order = func(c switchctl.Change, p *switchctl.PortState) error {
			if c.Args() == "off" {
				looked = true
				us, err := r.journal.Unfinished()
				if err != nil || len(us) != 1 || us[0].Intent.Before.PoE.Admin != switchctl.PoEStatic {
					t.Errorf("when power goes off the journal has %+v, %v; want the cycle with the state before", us, err)
				}
			}
			return obey(c, p)
		}
		if _, err := r.Cycle(t.Context(), "a", "Gi1/0/1", enforce.CycleOptions{}); err != nil {
			t.Fatal(err)
		}
		if !looked {
			t.Error("power never went off")
		}
	})
}

func TestPowerIsNotCutWithoutAJournal(t *testing.T) {
	t.Parallel()
	f := newFake("a", 1)
	r := newRig(t, enforce.Config{}, f)
	e := newRig(t, enforce.Config{Journal: &brokenJournal{r.journal, 0}}, f)
	if _, err := e.Cycle(t.Context(), "a", "Gi1/0/1", enforce.CycleOptions{}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("Cycle: %v, want the journal's error", err)
	}
	if len(f.orders()) > 0 {
		t.Errorf("orders %q, want none", f.orders())
	}
}

func TestCtrlCInACycleGivesPowerBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 1)
		f.plug(1, mac(1))
		r := newRig(t, enforce.Config{}, f)
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			pass(2 * time.Second) // power is off now
			cancel()
		}()
		start := time.Now()
		got, err := r.Cycle(ctx, "a", "Gi1/0/1", enforce.CycleOptions{Force: true})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power skipped", "link skipped", "neighbor skipped"}
		if d := cmp.Diff(want, steps(got.Result)); d != "" {
			t.Error(d)
		}
		if f.port(1).PoE.Admin != switchctl.PoEAuto {
			t.Errorf("power is %s", f.port(1).PoE.Admin)
		}
		if d := time.Since(start); d > 6*time.Second {
			t.Errorf("it took %s, want no more than the time off", d)
		}
	})
}

func TestBounce(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		set  func(f *fakeSwitch)
		want []string
		out  enforce.Outcome
		err  string
	}{
		{
			"link comes back", func(f *fakeSwitch) { f.plug(1, mac(1)) },
			[]string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok", "link ok", "neighbor ok"},
			enforce.Done, "",
		},
		{
			"link stays down", func(f *fakeSwitch) { phoneOn(f.port(1), mac(1)) },
			[]string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok", "link failed", "neighbor skipped"},
			enforce.Unverified, "link was up and is down",
		},
		{"port is down", func(f *fakeSwitch) { f.port(1).Admin = switchctl.Down }, []string{"check failed"}, enforce.Refused, "nothing to bounce"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a", 1)
				tc.set(f)
				r := newRig(t, enforce.Config{}, f)
				got, err := r.Cycle(t.Context(), "a", "Gi1/0/1", enforce.CycleOptions{Bounce: true, Force: true})
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tc.want, steps(got.Result)); d != "" {
					t.Error(d, got.Result.Err)
				}
				if got.Result.Outcome != tc.out || !strings.Contains(fmt.Sprint(got.Result.Err), tc.err) && tc.err != "" {
					t.Errorf("outcome %s (%v), want %s with %q", got.Result.Outcome, got.Result.Err, tc.out, tc.err)
				}
			})
		})
	}
}

// TestCycleInAPlan does not wait for the phone: the other ports wait.
func TestCycleInAPlan(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 2)
		f.port(1).PoE.Detect = switchctl.PoEFault
		f.settle = func(_ switchctl.Change, _, p *switchctl.PortState) {
			if p.PoE.Admin.Enabled() {
				p.PoE.Detect = switchctl.PoEDelivering
			}
		}
		r := newRig(t, enforce.Config{}, f)
		start := time.Now()
		a, err := r.Apply(t.Context(), r.planOf(switchctl.CyclePoE{Ref: ref("a", 1), Off: 3 * time.Second}, voice("a", 2, 110)), enforce.ApplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff([]string{"Gi1/0/1 cycle-poe done", "Gi1/0/2 set-voice done"}, outcomes(a)); d != "" {
			t.Error(d, a.Switches[0].Results[0].Err)
		}
		want := []string{"check ok", "journal ok", "off ok", "dark ok", "wait ok", "on ok", "power ok"}
		if d := cmp.Diff(want, steps(a.Switches[0].Results[0])); d != "" {
			t.Error(d)
		}
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("took %s, want the time off", d)
		}
	})
}

func TestCycleOfNoSwitch(t *testing.T) {
	t.Parallel()
	r := newRig(t, enforce.Config{Limits: policy.Limits{}}, newFake("a", 1))
	if _, err := r.Cycle(t.Context(), "nosuch", "Gi1/0/1", enforce.CycleOptions{}); err == nil {
		t.Error("Cycle of a switch that does not exist succeeded")
	}
	got, err := r.Cycle(t.Context(), "a", "Gi9/9/9", enforce.CycleOptions{})
	if err != nil || got.Result.Outcome != enforce.Refused || !strings.Contains(got.Result.Err.Error(), "no such port") {
		t.Errorf("Cycle of a port that does not exist: %+v, %v", got, err)
	}
}
