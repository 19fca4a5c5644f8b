package linux

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/drivertest"
)

func ref(name string) switchctl.PortRef { return switchctl.PortRef{Switch: "edge-1", Name: name} }

func voice(vlan uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: vlan}
}

var noVoice = discovery.VoicePolicy{Mode: discovery.VoiceNone}

func TestApply(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change switchctl.Change
		index  int
		calls  []string
		vlans  string // afterwards
	}{
		{"first voice VLAN", switchctl.SetVoice{Ref: ref("lan2"), Voice: voice(110)}, 4, []string{"add 4 110"}, "1U 10PU 110"},
		{"other voice VLAN", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, 3, []string{"add 3 120", "del 3 110"}, "10PU 120"},
		{"same voice VLAN", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(110)}, 3, nil, "10PU 110"},
		{"untagged one becomes tagged", switchctl.SetVoice{Ref: ref("lan2"), Voice: voice(1)}, 4, []string{"add 4 1"}, "1 10PU"},
		{"no voice VLAN", switchctl.SetVoice{Ref: ref("lan1"), Voice: noVoice}, 3, []string{"del 3 110"}, "10PU"},
		{"still no voice VLAN", switchctl.SetVoice{Ref: ref("lan2"), Voice: noVoice}, 4, nil, "1U 10PU"},
		{"access VLAN", switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 20}, 3, []string{"add 3 20 pvid", "del 3 10"}, "20PU 110"},
		{"access VLAN that is untagged", switchctl.SetAccessVLAN{Ref: ref("lan2"), VLAN: 1}, 4, []string{"add 4 1 pvid", "del 4 10"}, "1PU"},
		{"same access VLAN", switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 10}, 3, nil, "10PU 110"},
		{"down", switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Down}, 3, []string{"down 3"}, "10PU 110"},
		{"up", switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Up}, 3, []string{"up 3"}, "10PU 110"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			// At no moment the port is without a PVID, nor without any voice VLAN while one is replaced.
			before := memberOf(f.port(tt.index).VLANs)
			f.watch = func(vs []vlan) {
				m := memberOf(vs)
				if m.pvid == 0 || !m.native {
					t.Errorf("a moment without untagged VLAN: %s", vlanText(vs))
				}
				if c, ok := tt.change.(switchctl.SetVoice); ok && c.Voice.Mode == discovery.VoiceTagged && len(before.tagged) > 0 && len(m.tagged) == 0 {
					t.Errorf("a moment without voice VLAN: %s", vlanText(vs))
				}
			}
			d := openFake(t, f, Options{})
			if err := d.Apply(t.Context(), tt.change); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.calls, f.calls); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
			if got := f.vlansOf(tt.index); got != tt.vlans {
				t.Errorf("VLANs %s, want %s", got, tt.vlans)
			}
			s := observe(t, d, tt.change.Port().Name)
			if p, ok := s.Port(tt.change.Port().Name); !ok || !tt.change.Seen(*p) {
				t.Errorf("%s is not seen", tt.change)
			}
		})
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change switchctl.Change
		class  error
		want   string
		fix    func(*fake)
	}{
		{"priority tag", switchctl.SetVoice{Ref: ref("lan1"), Voice: discovery.VoicePolicy{Mode: discovery.VoicePriority}}, switchctl.ErrUnsupported, "only for the advertiser", nil},
		{"untagged voice", switchctl.SetVoice{Ref: ref("lan1"), Voice: discovery.VoicePolicy{Mode: discovery.VoiceUntagged}}, switchctl.ErrUnsupported, "only for the advertiser", nil},
		{"voice on a trunk", switchctl.SetVoice{Ref: ref("lan10"), Voice: voice(110)}, switchctl.ErrUnsupported, "is a trunk", nil},
		{"no voice on a trunk", switchctl.SetVoice{Ref: ref("lan10"), Voice: noVoice}, switchctl.ErrUnsupported, "is a trunk", nil},
		{"voice is data", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(10)}, switchctl.ErrRejected, "is the untagged VLAN", nil},
		{"voice without data", switchctl.SetVoice{Ref: ref("wlan0"), Voice: voice(110)}, switchctl.ErrRejected, "no untagged VLAN", nil},
		{"voice out of range", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(4095)}, switchctl.ErrRejected, "not in 1 to 4094", nil},
		{"data is voice", switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 110}, switchctl.ErrRejected, "leaves the port tagged", nil},
		{"data out of range", switchctl.SetAccessVLAN{Ref: ref("lan1")}, switchctl.ErrRejected, "not in 1 to 4094", nil},
		{"below a bond", switchctl.SetAccessVLAN{Ref: ref("eth0"), VLAN: 10}, switchctl.ErrUnsupported, "aggregate", nil},
		{"filtering off", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, switchctl.ErrUnsupported, "vlan_filtering 1", func(f *fake) { f.t.Links[1].Filters = false }},
		{"other bridge", switchctl.SetAdmin{Ref: ref("other"), Admin: switchctl.Down}, switchctl.ErrUnsupported, "no port of that name", nil},
		{"the bridge", switchctl.SetAdmin{Ref: ref("br0"), Admin: switchctl.Down}, switchctl.ErrUnsupported, "no port of that name", nil},
		{"no power", switchctl.SetPoE{Ref: ref("lan1"), Admin: switchctl.PoEOff}, switchctl.ErrUnsupported, "cannot do it", nil},
		{"not root", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, switchctl.ErrDenied, "CAP_NET_ADMIN", func(f *fake) { f.fail["add 3 120"] = syscall.EPERM }},
		{"not root, link", switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Down}, switchctl.ErrDenied, "CAP_NET_ADMIN", func(f *fake) { f.fail["down 3"] = syscall.EPERM }},
		{"hardware cannot", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, switchctl.ErrUnsupported, "not supported", func(f *fake) { f.fail["add 3 120"] = syscall.EOPNOTSUPP }},
		{"unplugged", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, switchctl.ErrRejected, "is gone", func(f *fake) { f.fail["add 3 120"] = syscall.ENODEV }},
		{"bridge is gone", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, switchctl.ErrUnreachable, "no interface", func(f *fake) { f.t.Links = f.t.Links[:1] }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			d := openFake(t, f, Options{})
			if tt.fix != nil {
				tt.fix(f)
			}
			before := make([]string, 0, len(f.t.Ports))
			for _, p := range f.t.Ports {
				before = append(before, vlanText(p.VLANs))
			}
			err := d.Apply(t.Context(), tt.change)
			var e *switchctl.Error
			if !errors.As(err, &e) || e.Class != tt.class || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("error %v, want class %v with %q", err, tt.class, tt.want)
			}
			if e.Switch != "edge-1" || e.Port != tt.change.Port().Name || e.Op == "" || strings.Count(err.Error(), "edge-1") > 1 {
				t.Errorf("error %q does not name switch, port and operation once", err)
			}
			for i, p := range f.t.Ports {
				if got := vlanText(p.VLANs); got != before[i] {
					t.Errorf("a refused change left %s, before %s", got, before[i])
				}
			}
		})
	}
}

// TestApplyPutsBack has the second half of a change fail: the port must be as before, and where that fails too the error
// must say so.
func TestApplyPutsBack(t *testing.T) {
	t.Parallel()
	boom := errors.New("no memory")
	tests := []struct {
		name   string
		change switchctl.Change
		index  int
		fail   []string
		vlans  string
		want   string
	}{
		{"voice", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, 3, []string{"del 3 110"}, "10PU 110", "no memory"},
		{"access", switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 20}, 3, []string{"del 3 10"}, "10PU 110", "no memory"},
		{"access over an untagged VLAN", switchctl.SetAccessVLAN{Ref: ref("lan2"), VLAN: 1}, 4, []string{"del 4 10"}, "1U 10PU", "no memory"},
		{"putting back fails", switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)}, 3, []string{"del 3 110", "del 3 120"}, "10PU 110 120", "put back VLAN 120: no memory"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake()
			for _, call := range tt.fail {
				f.fail[call] = boom
			}
			err := openFake(t, f, Options{}).Apply(t.Context(), tt.change)
			if !errors.Is(err, switchctl.ErrRejected) || !errors.Is(err, boom) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want rejected with %q", err, tt.want)
			}
			if got := f.vlansOf(tt.index); got != tt.vlans {
				t.Errorf("VLANs %s, want %s", got, tt.vlans)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	only := &fakePSE{ports: map[string]switchctl.PoEState{"lan1": {Supported: true, Admin: switchctl.PoEOn}}}
	for _, tt := range []struct {
		name string
		pse  PSE
		want []string
	}{
		{"no controller", nil, []string{"set-access-vlan", "set-admin", "set-voice"}},
		{"no port with power", &fakePSE{}, []string{"set-access-vlan", "set-admin", "set-voice"}},
		{"on and off only", only, []string{"set-access-vlan", "set-admin", "set-poe", "set-voice"}},
		{"all", newPSE(), []string{"set-access-vlan", "set-admin", "set-poe", "set-poe-limit", "set-poe-priority", "set-voice"}},
	} {
		i := openFake(t, newFake(), Options{PSE: tt.pse}).Info()
		if diff := cmp.Diff(tt.want, i.Kinds); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		if !slices.IsSorted(i.Kinds) || !i.NeedsSave || i.ShutCutsPower {
			t.Errorf("%s: %+v", tt.name, i)
		}
	}
}

func TestSave(t *testing.T) {
	t.Parallel()
	err := openFake(t, newFake(), Options{}).Save(t.Context())
	if !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "forgets the VLANs of br0") {
		t.Errorf("save without a command: %v", err)
	}
	saved := 0
	if err := openFake(t, newFake(), Options{Save: func(context.Context) error { saved++; return nil }}).Save(t.Context()); err != nil || saved != 1 {
		t.Errorf("save: %v, called %d times", err, saved)
	}
	err = openFake(t, newFake(), Options{Save: func(context.Context) error { return errors.New("exit status 1") }}).Save(t.Context())
	if !errors.Is(err, switchctl.ErrRejected) || !strings.Contains(err.Error(), "exit status 1") {
		t.Errorf("save that fails: %v", err)
	}
}

// TestConformance runs what all drivers must hold on the kernel in memory.
func TestConformance(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t *testing.T) drivertest.Switch {
		f, pse := newFake(), newPSE()
		o := Options{ID: "edge-1", Bridge: "br0", PSE: pse, Save: func(context.Context) error { return nil }}
		return drivertest.Switch{Open: func(*switchctl.Memory) (switchctl.Driver, error) { return open(t.Context(), o, f) }}
	})
}
