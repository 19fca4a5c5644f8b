package cdp

import "phoneport/discovery"

// applianceID is what the VoIP VLAN reply of every switch begins with.
const applianceID = 1

// Voice gives the VoIP VLAN reply as a voice policy: mode none where the packet has none, unknown where it
// says what is no VLAN, or was malformed. The appliance id does not count.
func (p *Packet) Voice() discovery.VoicePolicy {
	if p.Has&HasVoiceVLAN == 0 {
		for i := range p.Problems {
			if p.Problems[i].Type == typVoiceVLAN {
				return discovery.VoicePolicy{}
			}
		}
		return discovery.VoicePolicy{Mode: discovery.VoiceNone}
	}
	switch v := p.VoiceVLAN.VLAN; {
	case v == VoiceDot1p:
		return discovery.VoicePolicy{Mode: discovery.VoicePriority}
	case v == VoiceUntagged:
		return discovery.VoicePolicy{Mode: discovery.VoiceUntagged}
	case v < VoiceUntagged:
		return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: v}
	default:
		return discovery.VoicePolicy{}
	}
}

// VoiceVLANOf gives the reply that tells a phone v, and false where there is nothing to tell (mode unknown or
// none), or the VLAN is none of 1..4094. CDP cannot tell PCP and DSCP.
func VoiceVLANOf(v discovery.VoicePolicy) (Appliance, bool) {
	switch v.Mode {
	case discovery.VoiceTagged:
		if v.VLAN == 0 || v.VLAN >= VoiceUntagged {
			return Appliance{}, false
		}
		return Appliance{ID: applianceID, VLAN: v.VLAN}, true
	case discovery.VoicePriority:
		return Appliance{ID: applianceID, VLAN: VoiceDot1p}, true
	case discovery.VoiceUntagged:
		return Appliance{ID: applianceID, VLAN: VoiceUntagged}, true
	default:
		return Appliance{}, false
	}
}
