package enforce_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

func mustFleet(t *testing.T) *fleet.Fleet {
	t.Helper()
	f, err := fleet.New(fleet.Options{Open: func(context.Context, fleet.Target, *switchctl.Memory) (switchctl.Driver, error) {
		return nil, errors.New("no switch")
	}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestUndo(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name    string
		changes []switchctl.Change
		before  func(f *fakeSwitch)
		between func(f *fakeSwitch)
		want    []string
		err     string
		check   func(t *testing.T, f *fakeSwitch)
	}{
		{
			name: "puts back, newest first", changes: []switchctl.Change{voice("a", 1, 110), power("a", 2, switchctl.PoEAuto), switchctl.SetAccessVLAN{Ref: ref("a", 3), VLAN: 20}},
			want: []string{"Gi1/0/3 set-access-vlan done", "Gi1/0/2 set-poe done", "Gi1/0/1 set-voice done"},
			check: func(t *testing.T, f *fakeSwitch) {
				if f.port(1).Voice.Mode != discovery.VoiceNone || f.port(2).PoE.Admin != switchctl.PoEOff || f.port(3).Untagged != 10 {
					t.Errorf("ports are not as before: %+v", f.snap.Ports)
				}
			},
		},
		{
			name: "two changes of one port", changes: []switchctl.Change{voice("a", 1, 110), voice("a", 1, 111)},
			want: []string{"Gi1/0/1 set-voice done", "Gi1/0/1 set-voice done"},
			check: func(t *testing.T, f *fakeSwitch) {
				if f.port(1).Voice.Mode != discovery.VoiceNone {
					t.Errorf("voice is %s, want none", f.port(1).Voice)
				}
			},
		},
		{
			name: "port changed since", changes: []switchctl.Change{voice("a", 1, 110), voice("a", 3, 110)},
			between: func(f *fakeSwitch) { f.port(1).Voice.VLAN = 99 },
			want:    []string{"Gi1/0/3 set-voice done", "Gi1/0/1 set-voice refused"}, err: "the run had set set-voice tagged 110, and that is not so any more",
		},
		{
			name: "somebody put it back already", changes: []switchctl.Change{voice("a", 1, 110)},
			between: func(f *fakeSwitch) { f.port(1).Voice = discovery.VoicePolicy{Mode: discovery.VoiceNone} },
			want:    []string{"Gi1/0/1 set-voice unchanged"},
		},
		{
			name: "what was refused needs none", changes: []switchctl.Change{voice("a", 1, 110)},
			before: func(f *fakeSwitch) {
				f.order = func(switchctl.Change, *switchctl.PortState) error { return rejected("set") }
			},
		},
		{
			name: "unverified but done after all", changes: []switchctl.Change{voice("a", 1, 110)},
			before: func(f *fakeSwitch) { f.order = func(switchctl.Change, *switchctl.PortState) error { return nil } },
			between: func(f *fakeSwitch) {
				f.order = nil
				f.port(1).Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}
			},
			want: []string{"Gi1/0/1 set-voice done"},
		},
		{
			name: "a phone that got power by the run is on it", changes: []switchctl.Change{power("a", 2, switchctl.PoEAuto)},
			between: func(f *fakeSwitch) { phoneOn(f.port(2), mac(2)) },
			want:    []string{"Gi1/0/2 set-poe done"},
		},
		{
			name: "port became an uplink", changes: []switchctl.Change{voice("a", 1, 110)},
			between: func(f *fakeSwitch) {
				f.port(1).Neighbors = []discovery.Neighbor{{Protocol: discovery.LLDP, System: "core", Capabilities: []discovery.Capability{discovery.CapBridge}}}
			},
			want: []string{"Gi1/0/1 set-voice refused"}, err: "guarded: uplink",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := newFake("a", 3)
				f.port(2).PoE.Admin, f.port(2).PoE.Detect = switchctl.PoEOff, switchctl.PoEDisabled
				r := newRig(t, enforce.Config{}, f)
				if tc.before != nil {
					tc.before(f)
				}
				p := r.planOf(tc.changes...)
				if tc.name == "two changes of one port" {
					p.Switches[0].Steps[1].Before.Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}
				}
				a, err := r.Apply(t.Context(), p, enforce.ApplyOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if tc.between != nil {
					tc.between(f)
				}
				u, err := r.Undo(t.Context(), a.Run, enforce.ApplyOptions{})
				if err != nil {
					t.Fatal(err)
				}
				if d := cmp.Diff(tc.want, outcomes(u)); d != "" {
					t.Error(d)
				}
				for _, s := range u.Switches {
					for _, res := range s.Results {
						if res.Outcome == enforce.Refused && !strings.Contains(res.Err.Error(), tc.err) {
							t.Errorf("refused: %v, want %q in it", res.Err, tc.err)
						}
					}
				}
				if tc.check != nil {
					tc.check(t, f)
				}
				if u.Of != a.Run || u.Run == a.Run {
					t.Errorf("undo is run %s of %s, want one of its own of %s", u.Run, u.Of, a.Run)
				}
			})
		})
	}
}

func TestUndoOfUndo(t *testing.T) {
	t.Parallel()
	f := newFake("a", 1)
	r := newRig(t, enforce.Config{}, f)
	a, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	u, err := r.Undo(t.Context(), a.Run, enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Undo(t.Context(), u.Run, enforce.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	if v := f.port(1).Voice; v.VLAN != 110 {
		t.Errorf("voice is %s, want what the first run had set", v)
	}
}

func TestUndoOfNoRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, enforce.Config{}, newFake("a", 1))
	for _, run := range []string{"20260101T000000Z-ffffff", "../../etc/passwd", ""} {
		if _, err := r.Undo(t.Context(), run, enforce.ApplyOptions{}); !errors.Is(err, enforce.ErrNoRun) {
			t.Errorf("Undo %q: %v, want no such run", run, err)
		}
	}
}
