package policy

import (
	"time"

	"phoneport/inventory"
)

// Phone gives the surest phone on the port, where one was found at all surely: ties and single weak signs are
// no phone to act on.
func (v View) Phone() (inventory.Binding, bool) {
	if len(v.Bindings) > 0 && v.Bindings[0].Confidence >= inventory.Probable {
		return v.Bindings[0], true
	}
	return inventory.Binding{}, false
}

// PhonePort says why the port is one that phones plug into: a profile was given to the port itself, a phone is
// on it, is expected on it, or was on it. ok is false where nothing says so.
func (v View) PhonePort() (why string, sure inventory.Confidence, ok bool) {
	if v.Intent.Profile != nil && !v.Intent.NeedsPhone {
		return v.Intent.Why, inventory.Certain, true
	}
	if b, ok := v.Phone(); ok {
		return "phone " + PhoneName(b) + " is on the port", b.Confidence, true
	}
	was := false
	if at, kept := v.Fleet.LastPhone[v.Port.Ref]; kept && !at.IsZero() {
		was = true
	}
	if p, ok := v.Awaited(); ok {
		// What the inventory says is one sign; that a phone was here, or that the port is built for one, is another.
		sure = inventory.Probable
		if was || v.Port.Voice.VLAN != 0 {
			sure = inventory.Certain
		}
		return "phone " + PhoneText(p) + " is expected on the port", sure, true
	}
	if was {
		return "a phone was on the port at " + v.Fleet.LastPhone[v.Port.Ref].UTC().Format("2006-01-02 15:04"), inventory.Probable, true
	}
	if len(v.Bindings) > 0 {
		return "there are weak signs of phone " + PhoneName(v.Bindings[0]), inventory.Unsure, true
	}
	return "", inventory.Unsure, false
}

// Awaited gives the first phone that is expected here and was found nowhere: one that was found elsewhere is no
// longer expected, whatever the inventory says.
func (v View) Awaited() (inventory.Phone, bool) {
	for _, p := range v.Expected {
		if len(v.Fleet.Seen[p.MAC]) == 0 {
			return p, true
		}
	}
	return inventory.Phone{}, false
}

// Settling reports whether something changed on the port, or the switch started, so short a time ago that a
// phone may still be on its way.
func (v View) Settling() bool {
	young := func(t time.Time) bool { return !t.IsZero() && v.Now.Sub(t) < v.Options.BootTime }
	return young(v.Port.Changed) || young(v.Switch.BootAt)
}
