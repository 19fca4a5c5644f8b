package enforce_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// TestOutcomes has one case for every way in which a change can end.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	accepts := func(switchctl.Change, *switchctl.PortState) error { return nil } // and does nothing
	for _, tc := range []struct {
		name   string
		set    func(f *fakeSwitch) // after the plan was made
		change switchctl.Change
		o      enforce.ApplyOptions
		limits policy.Limits
		want   []string
		err    string   // in the result's error
		orders []string // what the switch was told
	}{
		{
			name: "done", change: voice("a", 1, 110),
			want: []string{"Gi1/0/1 set-voice done"}, orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "seen only after a while", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				var asked time.Time
				f.order = func(switchctl.Change, *switchctl.PortState) error { asked = time.Now(); return nil }
				f.observe = func() error {
					if !asked.IsZero() && time.Since(asked) > 10*time.Second {
						f.snap.Ports[0].Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}
					}
					return nil
				}
			},
			want: []string{"Gi1/0/1 set-voice done"}, orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "so already", change: voice("a", 1, 110),
			set:  func(f *fakeSwitch) { f.port(1).Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110} },
			want: []string{"Gi1/0/1 set-voice unchanged"},
		},
		{
			name: "lying SET", change: voice("a", 1, 110), set: func(f *fakeSwitch) { f.order = accepts },
			want: []string{"Gi1/0/1 set-voice unverified"}, err: "unverified: not seen within 15s",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "lying SET that is put back", change: voice("a", 1, 110), o: enforce.ApplyOptions{UndoUnverified: true},
			set: func(f *fakeSwitch) {
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					if c.Args() == "tagged 110" {
						p.Voice.VLAN, p.Voice.Mode = 1, discovery.VoiceTagged // something else than was asked for
						return nil
					}
					return obey(c, p)
				}
			},
			want: []string{"Gi1/0/1 set-voice undone"}, err: "unverified",
			orders: []string{"Gi1/0/1 set-voice tagged 110", "Gi1/0/1 set-voice none"},
		},
		{
			name: "putting back fails too", change: voice("a", 1, 110), o: enforce.ApplyOptions{UndoUnverified: true},
			set: func(f *fakeSwitch) {
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					if c.Args() == "tagged 110" {
						p.Voice.VLAN = 1
						return nil
					}
					return rejected("set")
				}
			},
			want: []string{"Gi1/0/1 set-voice unverified"}, err: "put back: set: rejected",
			orders: []string{"Gi1/0/1 set-voice tagged 110", "Gi1/0/1 set-voice none"},
		},
		{
			name: "refused by the switch", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(switchctl.Change, *switchctl.PortState) error { return rejected("set") }
			},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "inconsistentValue",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "read-only community", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(switchctl.Change, *switchctl.PortState) error {
					return &switchctl.Error{Op: "set", Class: switchctl.ErrDenied, Err: errors.New("noAccess")}
				}
			},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "denied: noAccess",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "refused half way", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(_ switchctl.Change, p *switchctl.PortState) error {
					p.Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 1}
					return rejected("set")
				}
			},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "did not stay as it was: voice VLAN was none and is tagged 1",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "answer lost, order done", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					return errors.Join(obey(c, p), unreachable("set"))
				}
			},
			want: []string{"Gi1/0/1 set-voice done"}, orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "order lost", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(switchctl.Change, *switchctl.PortState) error { return unreachable("set") }
			},
			want: []string{"Gi1/0/1 set-voice unverified"}, err: "set: unreachable: no answer",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "switch falls silent after the order", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.order = func(c switchctl.Change, p *switchctl.PortState) error {
					f.observe = func() error { return unreachable("read") }
					return obey(c, p)
				}
			},
			want: []string{"Gi1/0/1 set-voice unverified"}, err: "not seen within 15s: read: unreachable",
			orders: []string{"Gi1/0/1 set-voice tagged 110"},
		},
		{
			name: "switch is dead", change: voice("a", 1, 110),
			set:  func(f *fakeSwitch) { f.open = func() error { return unreachable("open") } },
			want: []string{"Gi1/0/1 set-voice held unreadable"},
		},
		{
			name: "port cannot be read", change: voice("a", 1, 110),
			set:  func(f *fakeSwitch) { f.observe = func() error { return unreachable("read") } },
			want: []string{"Gi1/0/1 set-voice held unreadable"},
		},
		{
			name: "port is gone", change: voice("a", 1, 110), set: func(f *fakeSwitch) { f.snap.Ports = f.snap.Ports[1:] },
			want: []string{"Gi1/0/1 set-voice refused"}, err: "no such port",
		},
		{
			name: "somebody else changed the voice VLAN", change: voice("a", 1, 110),
			set:  func(f *fakeSwitch) { f.port(1).Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 99} },
			want: []string{"Gi1/0/1 set-voice refused"}, err: "voice VLAN was none and is tagged 99",
		},
		{
			name: "port became a trunk", change: voice("a", 1, 110), set: func(f *fakeSwitch) { f.port(1).Mode = switchctl.ModeTrunk },
			want: []string{"Gi1/0/1 set-voice refused"}, err: "mode was access and is trunk",
		},
		{
			name: "another phone came", change: voice("a", 2, 110), set: func(f *fakeSwitch) { phoneOn(f.port(2), mac(77)) },
			want: []string{"Gi1/0/2 set-voice refused"}, err: "phone was 00:1b:d4:00:00:02 and is 00:1b:d4:00:00:4d",
		},
		{
			name: "a switch was plugged in", change: voice("a", 1, 110),
			set: func(f *fakeSwitch) {
				f.port(1).Neighbors = []discovery.Neighbor{{Protocol: discovery.LLDP, System: "core", Capabilities: []discovery.Capability{discovery.CapBridge}}}
			},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "guarded: uplink",
		},
		{
			name: "protect list", change: voice("a", 1, 110), limits: policy.Limits{Protect: []policy.PortPattern{{Port: "Gi1/0/1", Reason: "lift"}}},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "guarded: protected: protect list: lift",
		},
		{
			name: "proof of the power port was lost", change: power("a", 3, switchctl.PoEAuto),
			set:  func(f *fakeSwitch) { f.port(3).Index.Proof = switchctl.ProofConvention },
			want: []string{"Gi1/0/3 set-poe refused"}, err: "proof of its power port was mib and is convention",
		},
		{
			name: "driver cannot", change: voice("a", 1, 110), set: func(f *fakeSwitch) { f.info.Kinds = []string{"set-poe"} },
			want: []string{"Gi1/0/1 set-voice refused"}, err: "unsupported",
		},
		{
			name: "cutting a phone that is heard", change: power("a", 2, switchctl.PoEOff),
			want: []string{"Gi1/0/2 set-poe refused"}, err: "in-use",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a", 3)
				phoneOn(f.port(2), mac(2))
				f.port(3).PoE.Admin, f.port(3).PoE.Detect = switchctl.PoEOff, switchctl.PoEDisabled
				r := newRig(t, enforce.Config{Limits: tc.limits}, f)
				p := r.planOf(tc.change)
				if tc.set != nil {
					tc.set(f)
				}
				a, err := r.Apply(t.Context(), p, tc.o)
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tc.want, outcomes(a)); d != "" {
					t.Error(d)
				}
				if d := cmp.Diff(tc.orders, f.orders()); d != "" {
					t.Errorf("orders: %s", d)
				}
				if len(a.Switches[0].Results) == 0 {
					return
				}
				res := a.Switches[0].Results[0]
				if tc.err == "" && res.Err != nil || !strings.Contains(fmt.Sprint(res.Err), tc.err) {
					t.Errorf("error %v, want %q in it", res.Err, tc.err)
				}
				es, err := r.journal.Load(a.Run)
				if err != nil {
					t.Fatal(err)
				}
				if len(tc.orders) > 0 != (len(es) == 2) {
					t.Errorf("journal has %d entries for %d orders", len(es), len(tc.orders))
				}
				if len(es) == 2 && (es[0].Stage != enforce.StageIntent || es[1].Outcome != res.Outcome) {
					t.Errorf("journal has %+v", es)
				}
			})
		})
	}
}

func TestFirstRefusalStopsTheSwitchOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a, b := newFake("a", 4), newFake("b", 2)
		a.order = func(c switchctl.Change, p *switchctl.PortState) error {
			if c.Port().Name == "Gi1/0/2" {
				return rejected("set")
			}
			return obey(c, p)
		}
		r := newRig(t, enforce.Config{}, a, b)
		var told []string
		got, err := r.Apply(t.Context(), r.planOf(
			voice("a", 1, 110), voice("a", 2, 110), voice("a", 3, 110), voice("a", 4, 110), voice("b", 1, 110), voice("b", 2, 110),
		), enforce.ApplyOptions{Save: true, Progress: func(r enforce.Result) { told = append(told, string(r.Step.Change.Port().Switch)) }})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			"Gi1/0/1 set-voice done", "Gi1/0/2 set-voice refused", "Gi1/0/3 set-voice held refusal", "Gi1/0/4 set-voice held refusal",
			"Gi1/0/1 set-voice done", "Gi1/0/2 set-voice done",
		}
		if d := cmp.Diff(want, outcomes(got)); d != "" {
			t.Error(d)
		}
		if h := got.Switches[0].Held[0]; !strings.Contains(h.Reason, "stopped after refusal") || !strings.Contains(h.Reason, "inconsistentValue") {
			t.Errorf("held because %q, want the refusal", h.Reason)
		}
		if a.saved != 1 || b.saved != 1 || !got.Switches[0].Saved || !got.Switches[1].Saved {
			t.Errorf("saved %d and %d times, want what was done to be saved once each", a.saved, b.saved)
		}
		if len(told) != 4 {
			t.Errorf("progress was told of %d changes, want 4", len(told))
		}
		if got.Count(enforce.Done) != 3 || got.Held() != 2 {
			t.Errorf("counts %d done and %d held", got.Count(enforce.Done), got.Held())
		}
	})
}

func TestUnverifiedStops(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		limits policy.Limits
		max    int
		want   string // outcome of the ports of switches a to d, one letter each: d u h
	}{
		{"two on a switch by default", policy.Limits{}, 0, "uuhh uuhh dddd dddd"},
		{"one on a switch", policy.Limits{}, 1, "uhhh uhhh dddd dddd"},
		{"a share of all", policy.Limits{StopUnverified: 0.1}, 100, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var fakes []*fakeSwitch
				var cs []switchctl.Change
				for i, id := range []switchctl.SwitchID{"a", "b", "c", "d"} {
					f := newFake(id, 4)
					if i < 2 {
						f.order = func(switchctl.Change, *switchctl.PortState) error { return nil }
					}
					fakes = append(fakes, f)
					for n := range 4 {
						cs = append(cs, voice(id, n+1, 110))
					}
				}
				r := newRig(t, enforce.Config{Limits: tc.limits}, fakes...)
				a, err := r.Apply(t.Context(), r.planOf(cs...), enforce.ApplyOptions{MaxUnverified: tc.max})
				if err != nil {
					t.Fatal(err)
				}
				var b strings.Builder
				for i, s := range a.Switches {
					if i > 0 {
						b.WriteByte(' ')
					}
					for _, r := range s.Results {
						b.WriteByte(r.Outcome.String()[0])
					}
					b.WriteString(strings.Repeat("h", len(s.Held)))
				}
				if tc.want != "" {
					if b.String() != tc.want {
						t.Errorf("outcomes %q, want %q", b.String(), tc.want)
					}
					return
				}
				// The two good switches are done before the first lie is found out; of the liars nobody may get far.
				if n := a.Count(enforce.Unverified); n != 2 || a.Held() != 6 {
					t.Errorf("outcomes %q, want everything to stop", b.String())
				}
			})
		})
	}
}
