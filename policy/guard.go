package policy

import (
	"fmt"
	"slices"
	"strings"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// The words of guards: why a port is not written to, whatever is wrong with it.
const (
	GuardProtected      = "protected"       // on the protect list
	GuardNonPhysical    = "non-physical"    // not a socket that a cable goes into
	GuardTrunk          = "trunk"           // carries many VLANs
	GuardRouted         = "routed"          // has an address of its own
	GuardUplink         = "uplink"          // a network device is at the other end
	GuardLAG            = "lag"             // member of a link aggregate
	GuardDot1X          = "dot1x"           // VLAN and access are decided by RADIUS
	GuardTooManyMACs    = "too-many-macs"   // more than a phone and what stands behind it
	GuardPortMap        = "port-map"        // which power port feeds this port is not proven
	GuardModeUnknown    = "mode-unknown"    // the switch does not tell whether the port is a trunk
	GuardInUse          = "in-use"          // somebody works on it: a cut can end an emergency call
	GuardProtectedPhone = "protected-phone" // a phone whose power is never cut
	GuardUnread         = "unread"          // what would tell that it is an uplink or the like could not be read
)

var (
	poeKinds  = []string{"set-poe", "set-poe-priority", "set-poe-limit", "cycle-poe"}
	vlanKinds = []string{"set-voice", "set-access-vlan"}
	cutKinds  = []string{"cycle-poe", "bounce"}
)

// Guards gives every reason not to write to a port, each with what was seen. An empty answer means that
// nothing speaks against a change. It looks at the port, its phones and its profile; not at how much was
// changed lately, nor at what the driver can do, which is for Decide.
func Guards(v View, l Limits) []Guard {
	p := v.Port
	var gs []Guard
	add := func(id string, kinds []string, format string, args ...any) {
		gs = append(gs, Guard{ID: id, Kinds: kinds, Reason: fmt.Sprintf(format, args...)})
	}
	for _, pp := range l.Protect {
		if globOrAll(pp.Switch).match(string(p.Ref.Switch)) && globOrAll(pp.Port).match(p.Ref.Name) {
			add(GuardProtected, nil, "protect list: %s", orText(pp.Reason, "no reason given"))
			break
		}
	}
	if !p.Physical() && !p.LAG && p.Mode != switchctl.ModeRouted {
		if p.Type == 0 {
			add(GuardNonPhysical, nil, "the switch does not tell what kind of interface it is")
		} else {
			add(GuardNonPhysical, nil, "interface type %d is no Ethernet socket", p.Type)
		}
	}
	switch p.Mode {
	case switchctl.ModeTrunk:
		add(GuardTrunk, nil, "the port is a trunk%s", carries(p))
	case switchctl.ModeRouted:
		add(GuardRouted, nil, "the port is routed")
	case switchctl.ModeUnknown:
		add(GuardModeUnknown, vlanKinds, "the switch does not tell whether the port is a trunk")
	}
	if n, ok := networkNeighbor(p, v.Bindings); ok {
		add(GuardUplink, nil, "%s", n)
	}
	if p.LAG {
		add(GuardLAG, nil, "the port belongs to a link aggregate")
	}
	if p.Dot1X {
		add(GuardDot1X, nil, "the port is controlled by 802.1X: RADIUS decides its VLANs")
	}
	for _, u := range unread {
		if why, missing := unseenOn(v.Switch, u.about); missing {
			add(GuardUnread, u.kinds, "%s is not known (%s)", u.what, why)
		}
	}
	if n := countMACs(p); l.MaxMACs > 0 && n > l.MaxMACs {
		add(GuardTooManyMACs, nil, "%d addresses are learned on the port, more than %d: it is no desk", n, l.MaxMACs)
	}
	if p.Index.Proof < switchctl.ProofName {
		add(GuardPortMap, poeKinds, "which power port feeds this port is %s", proofWords(p.Index.Proof))
	}
	if who := inUse(p, v.Bindings); who != "" {
		add(GuardInUse, cutKinds, "%s: a cut can end an emergency call", who)
	}
	if who := protectedPhone(v); who != "" {
		add(GuardProtectedPhone, cutKinds, "%s", who)
	}
	return gs
}

// StopsChange reports whether the guard stops the change. Switching off for good is not a kind of its own and no
// less of a cut than a cycle.
func (g Guard) StopsChange(c switchctl.Change) bool {
	return g.Stops(c.Kind()) || cuts(c) && slices.Equal(g.Kinds, cutKinds)
}

// unread are the subjects without which a port may be what must not be written to. Without addresses a port may
// still be told from an uplink by its neighbours and its mode, but not whether somebody works on it.
var unread = []struct {
	about Subject
	kinds []string
	what  string
}{
	{AboutLLDP, nil, "whether LLDP hears a network device"},
	{AboutCDP, nil, "whether CDP hears a network device"},
	{AboutVLANs, nil, "whether the port is a trunk"},
	{AboutLAGs, nil, "whether the port belongs to a link aggregate"},
	{AboutDot1X, nil, "whether 802.1X controls the port"},
	{AboutMACs, cutKinds, "whether somebody works on the port"},
}

func unseenOn(s *switchctl.Snapshot, about Subject) (why string, missing bool) {
	if s == nil {
		return "", false
	}
	return Unseen(s, about)
}

// structural reports whether a guard tells that the port is no place for a phone at all, so that a profile
// chosen for all ports of a switch does not mean it.
func structural(gs []Guard) bool {
	for _, g := range gs {
		switch g.ID {
		case GuardNonPhysical, GuardTrunk, GuardRouted, GuardUplink, GuardLAG, GuardTooManyMACs:
			return true
		}
	}
	return false
}

func carries(p *switchctl.PortState) string {
	if len(p.Tagged) == 0 {
		return ""
	}
	return fmt.Sprintf(" with %d tagged VLANs", len(p.Tagged))
}

// networkNeighbor says which network device is heard on a port: `LLDP neighbour "core-1" is a bridge`.
func networkNeighbor(p *switchctl.PortState, phones []inventory.Binding) (string, bool) {
	for _, n := range p.Neighbors {
		if !n.IsNetwork() || endpoint(n, phones) {
			continue
		}
		what := "network device"
		for _, c := range []struct {
			has  discovery.Capability
			word string
		}{
			{discovery.CapWLAN, "wireless access point"},
			{discovery.CapRouter, "router"},
			{discovery.CapBridge, "bridge"},
			{discovery.CapRepeater, "repeater"},
		} {
			if n.Has(c.has) {
				what = c.word
				break
			}
		}
		return fmt.Sprintf("%s neighbour %q is a %s", strings.ToUpper(string(n.Protocol)), NeighborName(n), what), true
	}
	return "", false
}

// endpoint reports whether what announces itself as a bridge is an end system all the same: one that says so, as
// a PC with containers does, or a phone known as such by its name or model; some announce the telephone only
// once they are registered, which is when nobody needs us any more.
func endpoint(n discovery.Neighbor, phones []inventory.Binding) bool {
	if n.Has(discovery.CapRouter) || n.Has(discovery.CapWLAN) || n.MEDClass == discovery.MEDClassNetwork {
		return false
	}
	if n.Has(discovery.CapStation) || n.MEDClass == discovery.MEDClassI || n.MEDClass == discovery.MEDClassII {
		return true
	}
	m := n.MAC
	if m.IsZero() {
		m = discovery.NeighborMAC(n)
	}
	for _, b := range phones {
		if !m.IsZero() && b.MAC == m && b.Direct() && b.Confidence >= inventory.Probable {
			return true
		}
	}
	return false
}

// NeighborName gives the best name that a neighbour has for people.
func NeighborName(n discovery.Neighbor) string {
	return orText(n.System, orText(n.ChassisID, orText(n.MAC.String(), n.Platform)))
}

// countMACs counts addresses, not rows: a phone is learned in its data VLAN and in its voice VLAN.
func countMACs(p *switchctl.PortState) int {
	if len(p.Learned) < 2 {
		return len(p.Learned)
	}
	seen := make(map[discovery.MAC]struct{}, len(p.Learned))
	for _, l := range p.Learned {
		seen[l.MAC] = struct{}{}
	}
	return len(seen)
}

func proofWords(p switchctl.IndexProof) string {
	if p == switchctl.ProofConvention {
		return "known by convention only"
	}
	return "not known"
}

// inUse says who works on a port, or gives the empty string. With the link down nobody does, whatever a
// neighbour table still remembers.
func inUse(p *switchctl.PortState, phones []inventory.Binding) string {
	if p.Link == switchctl.Down || p.Link == switchctl.NotPresent {
		return ""
	}
	for _, b := range phones {
		if b.Direct() {
			return "phone " + PhoneName(b) + " is heard"
		}
		if _, ok := p.HasMAC(b.MAC); ok {
			return "phone " + PhoneName(b) + " sends"
		}
	}
	switch {
	case len(p.Neighbors) > 0:
		return fmt.Sprintf("%q is heard", NeighborName(p.Neighbors[0]))
	case len(p.Learned) > 0:
		return p.Learned[0].MAC.String() + " sends"
	}
	return ""
}

// protectedPhone also looks at phones that are expected and not heard: silence is no proof that nobody needs them.
func protectedPhone(v View) string {
	for _, b := range v.Bindings {
		if b.Phone != nil && b.Phone.Protected {
			return "phone " + PhoneName(b) + " is protected: its power is never cut"
		}
	}
	for _, p := range v.Expected {
		if p.Protected {
			return "phone " + PhoneText(p) + " is expected here and protected: its power is never cut"
		}
	}
	if p := v.Intent.Profile; p != nil && p.Protected {
		return fmt.Sprintf("profile %q is protected: its power is never cut", p.Name)
	}
	return ""
}

// PhoneName gives the best name that a phone has for people: "SEP001122334455 (4711)".
func PhoneName(b inventory.Binding) string {
	if b.Phone != nil {
		return PhoneText(*b.Phone)
	}
	return orText(b.MAC.String(), orText(b.Model, "of unknown address"))
}

// PhoneText names a phone of the inventory.
func PhoneText(p inventory.Phone) string {
	name := orText(p.Name, p.MAC.String())
	if p.Extension != "" && p.Extension != name {
		return name + " (" + p.Extension + ")"
	}
	return name
}

func orText(s, other string) string {
	if s != "" {
		return s
	}
	return other
}
