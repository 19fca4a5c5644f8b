package drivertest

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// testChanges carries out one change of each kind that the driver says it can do: it must be seen on the
// port, on no other, and undoing it must put the port back as it was.
func testChanges(t *testing.T, sw Switch) {
	m := &switchctl.Memory{}
	d := sw.open(t, m)
	start := observe(t, d)
	if len(d.Info().Kinds) == 0 {
		t.Skip("SKIPPED: this driver changes nothing")
	}
	for _, kind := range d.Info().Kinds {
		t.Run(kind, func(t *testing.T) { // one after the other: they share the switch
			c, ok := candidate(kind, start)
			if !ok {
				t.Skipf("SKIPPED: no port of this switch can take a %s", kind)
			}
			before, _ := start.Port(c.Port().Name)
			carryOut(t, sw, d, c)
			after := observe(t, d)
			onlyOn(t, start, after, c.Port().Name)
			undo, ok := c.Undo(*before)
			if !ok {
				t.Fatalf("%s cannot be undone", c)
			}
			carryOut(t, sw, d, undo)
			if diff := cmp.Diff(configured(start), configured(observe(t, sw.open(t, nil)))); diff != "" {
				t.Errorf("%s and undo leave a difference (-before +after):\n%s", c, diff)
			}
		})
	}
}

// carryOut applies a change and reads the port until it shows it.
func carryOut(t *testing.T, sw Switch, d switchctl.Driver, c switchctl.Change) {
	t.Helper()
	if err := d.Apply(context.Background(), c); err != nil {
		t.Fatalf("%s: %v", c, err)
	}
	if sw.Settle != nil {
		sw.Settle()
	}
	s := observe(t, d, c.Port().Name)
	p, ok := s.Port(c.Port().Name)
	if !ok {
		t.Fatalf("%s: the port is gone", c)
	}
	if !c.Seen(*p) {
		t.Fatalf("%s: accepted, but not seen: %+v", c, *p)
	}
}

// settings is what a person configures on a port.
type settings struct {
	Admin    switchctl.UpDown
	Mode     switchctl.PortMode
	Untagged uint16
	Tagged   []uint16
	Voice    discovery.VoicePolicy
	PoE      switchctl.PoEAdmin
	Priority switchctl.PoEPriority
	Limit    discovery.Milliwatts
}

func configured(s switchctl.Snapshot) map[string]settings {
	out := map[string]settings{}
	for _, p := range s.Ports {
		out[p.Ref.Name] = settings{p.Admin, p.Mode, p.Untagged, p.Tagged, p.Voice, p.PoE.Admin, p.PoE.Priority, p.PoE.Limit}
	}
	return out
}

// onlyOn checks that no port but one is configured otherwise than before.
func onlyOn(t *testing.T, before, after switchctl.Snapshot, name string) {
	t.Helper()
	a, b := configured(before), configured(after)
	delete(a, name)
	delete(b, name)
	if diff := cmp.Diff(a, b); diff != "" {
		t.Errorf("a change of %s changed other ports (-before +after):\n%s", name, diff)
	}
}

// candidate gives a change of a kind that the switch should take, on a port where it makes a difference.
func candidate(kind string, s switchctl.Snapshot) (switchctl.Change, bool) {
	for _, p := range s.Ports {
		if c := change(kind, s, p); c != nil {
			return c, true
		}
	}
	return nil, false
}

func change(kind string, s switchctl.Snapshot, p switchctl.PortState) switchctl.Change {
	powered := p.PoE.Supported && p.Index.Proof >= switchctl.ProofName
	access := p.Mode == switchctl.ModeAccess && !p.LAG && !p.Dot1X && p.Untagged != 0
	switch kind {
	case switchctl.SetPoE{}.Kind():
		if powered && p.PoE.Admin.Enabled() {
			return switchctl.SetPoE{Ref: p.Ref, Admin: switchctl.PoEOff}
		}
	case switchctl.SetPoEPriority{}.Kind():
		other := switchctl.PriorityHigh
		if p.PoE.Priority == other {
			other = switchctl.PriorityLow
		}
		if powered && p.PoE.Priority != switchctl.PriorityUnknown {
			return switchctl.SetPoEPriority{Ref: p.Ref, Priority: other}
		}
	case switchctl.SetPoELimit{}.Kind():
		if powered && p.PoE.Limit > 7000 {
			return switchctl.SetPoELimit{Ref: p.Ref, Limit: 7000}
		}
	case switchctl.SetVoice{}.Kind():
		if v, ok := otherVLAN(s, p); access && ok && (p.Voice.Mode == discovery.VoiceTagged || p.Voice.Mode == discovery.VoiceNone) {
			return switchctl.SetVoice{Ref: p.Ref, Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: v}}
		}
	case switchctl.SetAccessVLAN{}.Kind():
		if v, ok := otherVLAN(s, p); access && ok {
			return switchctl.SetAccessVLAN{Ref: p.Ref, VLAN: v}
		}
	case switchctl.SetAdmin{}.Kind():
		if p.Physical() && p.Admin == switchctl.Up && !p.LAG {
			return switchctl.SetAdmin{Ref: p.Ref, Admin: switchctl.Down}
		}
	}
	return nil
}

// otherVLAN gives a VLAN of the switch that the port is not in.
func otherVLAN(s switchctl.Snapshot, p switchctl.PortState) (uint16, bool) {
	for _, v := range s.VLANs {
		if v.ID > 1 && v.ID < 1002 && v.ID != p.Untagged && v.ID != p.Voice.VLAN && !slices.Contains(p.Tagged, v.ID) {
			return v.ID, true
		}
	}
	return 0, false
}
