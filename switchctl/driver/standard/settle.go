package standard

import (
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// settle concludes, from who belongs to which VLAN, what each port is and which voice VLAN it has. What a
// vendor's part has settled stays.
//
// Q-BRIDGE has no word for a voice VLAN: it is the tagged VLAN of an edge port. An edge port has one
// untagged VLAN and one tagged one and leads to no switch. Whether the tagged one is the right one is for
// policy to say: a port in the wrong voice VLAN is a port with a voice VLAN, not a trunk.
func settle() Part {
	return Part{Name: PartSettle, Phase: PhaseSettle, Fill: func(b *Build, _ []*snmp.Rows) {
		for _, p := range b.ports {
			if p.Mode == switchctl.ModeUnknown {
				b.settlePort(p)
			}
		}
	}}
}

func (b *Build) settlePort(p *Port) {
	untagged, tagged, told := b.membership(p)
	if !told {
		return
	}
	if len(untagged) == 0 && len(tagged) == 0 && p.Untagged == 0 {
		return // in no VLAN at all: nothing is told of it
	}
	if p.Untagged == 0 && len(untagged) > 0 {
		p.Untagged = untagged[0]
	}
	p.Tagged = tagged
	voice := discovery.VoicePolicy{Mode: discovery.VoiceUnknown}
	switch {
	case len(tagged) == 0:
		p.Mode, voice.Mode = switchctl.ModeAccess, discovery.VoiceNone
	case p.Advert.Mode == discovery.VoiceTagged && slices.Contains(tagged, p.Advert.VLAN):
		voice = p.Advert
		if p.Mode = switchctl.ModeAccess; len(tagged) > 1 || !b.edge(p) {
			p.Mode = switchctl.ModeTrunk
		}
	case len(tagged) == 1 && len(untagged) == 1 && b.edge(p):
		p.Mode = switchctl.ModeAccess
		voice = discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: tagged[0]}
	default:
		p.Mode = switchctl.ModeTrunk
	}
	if p.Voice.Mode == discovery.VoiceUnknown {
		p.Voice = voice
	}
}

// edge reports whether nothing says that a port leads to another switch.
func (b *Build) edge(p *Port) bool {
	if p.LAG || !p.Physical() {
		return false
	}
	for _, n := range p.neighbors {
		if n.IsPhone() {
			return true
		}
	}
	for _, n := range p.neighbors {
		if n.IsNetwork() {
			return false
		}
	}
	return true
}
