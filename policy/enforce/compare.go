package enforce

import (
	"fmt"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// changedSince says what of a port that matters to a change is not as it was, or gives the empty string.
// It compares what the change sets, what kind of port it is, which phone is there and how its power port
// is proven. What was not told then or is not told now is not compared; a zero was compares nothing.
func changedSince(c switchctl.Change, was, is switchctl.PortState) string {
	if was.Ref == (switchctl.PortRef{}) {
		return ""
	}
	if why := settingChanged(c, was, is); why != "" {
		return why
	}
	if was.Mode != switchctl.ModeUnknown && is.Mode != was.Mode {
		return fmt.Sprintf("mode was %s and is %s", was.Mode, is.Mode)
	}
	if powers(c) && is.Index.Proof < was.Index.Proof {
		return fmt.Sprintf("the proof of its power port was %s and is %s", was.Index.Proof, is.Index.Proof)
	}
	then, now := phonesHeard(was), phonesHeard(is)
	if len(then) > 0 && len(now) > 0 && !slices.ContainsFunc(now, func(m discovery.MAC) bool { return slices.Contains(then, m) }) {
		return fmt.Sprintf("phone was %s and is %s", then[0], now[0])
	}
	return ""
}

// settingChanged compares only what the change sets.
func settingChanged(c switchctl.Change, was, is switchctl.PortState) string {
	differ := func(what string, known bool, was, is fmt.Stringer) string {
		if !known || was.String() == is.String() {
			return ""
		}
		return fmt.Sprintf("%s was %s and is %s", what, was, is)
	}
	switch c.(type) {
	case switchctl.SetPoE, switchctl.CyclePoE:
		return differ("inline power", was.PoE.Admin != switchctl.PoEAdminUnknown, was.PoE.Admin, is.PoE.Admin)
	case switchctl.SetPoEPriority:
		return differ("power priority", was.PoE.Priority != switchctl.PriorityUnknown, was.PoE.Priority, is.PoE.Priority)
	case switchctl.SetPoELimit:
		return differ("power limit", was.PoE.Limit != 0, was.PoE.Limit, is.PoE.Limit)
	case switchctl.SetVoice:
		return differ("voice VLAN", was.Voice.Mode != discovery.VoiceUnknown, was.Voice, is.Voice)
	case switchctl.SetAccessVLAN:
		return differ("access VLAN", was.Untagged != 0, vlan(was.Untagged), vlan(is.Untagged))
	case switchctl.SetAdmin, switchctl.Bounce:
		return differ("port", was.Admin != switchctl.LinkUnknown, was.Admin, is.Admin)
	}
	return ""
}

type vlan uint16

func (v vlan) String() string { return fmt.Sprint(uint16(v)) }

// powers reports whether a change goes to the power port, whose number must be proven.
func powers(c switchctl.Change) bool {
	switch c.(type) {
	case switchctl.SetPoE, switchctl.SetPoEPriority, switchctl.SetPoELimit, switchctl.CyclePoE:
		return true
	}
	return false
}

// phonesHeard gives the addresses of the neighbours that say they are phones.
func phonesHeard(p switchctl.PortState) (ms []discovery.MAC) {
	for _, n := range p.Neighbors {
		if n.IsPhone() && !n.MAC.IsZero() {
			ms = append(ms, n.MAC)
		}
	}
	return ms
}
