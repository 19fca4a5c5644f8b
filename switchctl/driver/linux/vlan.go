package linux

import (
	"maps"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// membership is what a port's VLANs come to.
type membership struct {
	pvid   uint16   // 0 = none: untagged frames that come in are dropped
	native bool     // the PVID also leaves untagged
	tagged []uint16 // leave tagged, ascending
}

func memberOf(vs []vlan) membership {
	var m membership
	for _, v := range vs {
		if v.PVID {
			m.pvid, m.native = v.ID, v.Untagged
		}
		if !v.Untagged {
			m.tagged = append(m.tagged, v.ID)
		}
	}
	return m
}

// setVLANs concludes from a port's VLANs what the port is and which voice VLAN it has; the package comment has the
// rules. Neighbours, LAG and type must be set.
func setVLANs(st *switchctl.PortState, vs []vlan) {
	if len(vs) == 0 {
		return // in no VLAN at all: nothing is told of it
	}
	m := memberOf(vs)
	st.Untagged, st.Tagged = m.pvid, m.tagged
	switch {
	case len(m.tagged) == 0:
		st.Mode, st.Voice.Mode = switchctl.ModeAccess, discovery.VoiceNone
	case len(m.tagged) == 1 && m.native && edge(st):
		st.Mode = switchctl.ModeAccess
		st.Voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: m.tagged[0]}
	default:
		st.Mode = switchctl.ModeTrunk
	}
}

// edge reports whether nothing says that a port leads to another switch.
func edge(st *switchctl.PortState) bool {
	if st.LAG || !st.Physical() {
		return false
	}
	network := false
	for _, n := range st.Neighbors {
		if n.IsPhone() {
			return true
		}
		network = network || n.IsNetwork()
	}
	return !network
}

// vlans gives the VLANs that a port or the bridge itself is in.
func (b *bridge) vlans() []switchctl.VLAN {
	ids := map[uint16]bool{}
	for _, v := range b.own {
		ids[v.ID] = true
	}
	for _, p := range b.ports {
		for _, v := range p.VLANs {
			ids[v.ID] = true
		}
	}
	var out []switchctl.VLAN
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		out = append(out, switchctl.VLAN{ID: id})
	}
	return out
}
