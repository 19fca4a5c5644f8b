package lldp

import "phoneport/discovery"

const reservedVLAN = 4095 // 802.1Q table 9-2: never in a tag

// Voice gives a network policy as a voice policy. VLAN and PCP of an untagged one do not count. The mode is unknown where
// the endpoint knows no policy, and where the VLAN is the reserved 4095.
func (p NetworkPolicy) Voice() discovery.VoicePolicy {
	v := discovery.VoicePolicy{Application: p.Application}
	switch {
	case p.Unknown, p.Tagged && p.VLAN >= reservedVLAN:
		return v
	case !p.Tagged:
		v.Mode, v.DSCP = discovery.VoiceUntagged, p.DSCP
	case p.VLAN == 0:
		v.Mode, v.PCP, v.DSCP = discovery.VoicePriority, p.PCP, p.DSCP
	default:
		v.Mode, v.VLAN, v.PCP, v.DSCP = discovery.VoiceTagged, p.VLAN, p.PCP, p.DSCP
	}
	return v
}

// Policy gives the network policy that tells a phone v, and false where there is nothing to tell: mode
// unknown or none, or tagged with a VLAN that is none of 1..4094. Application 0, as in policies that did not come by LLDP, is
// told as voice.
func Policy(v discovery.VoicePolicy) (NetworkPolicy, bool) {
	n := NetworkPolicy{Application: v.Application, DSCP: v.DSCP}
	if n.Application == 0 {
		n.Application = AppVoice
	}
	switch v.Mode {
	case discovery.VoiceTagged:
		if v.VLAN == 0 || v.VLAN >= reservedVLAN {
			return NetworkPolicy{}, false
		}
		n.Tagged, n.VLAN, n.PCP = true, v.VLAN, v.PCP
	case discovery.VoicePriority:
		n.Tagged, n.PCP = true, v.PCP
	case discovery.VoiceUntagged:
	default:
		return NetworkPolicy{}, false
	}
	return n, true
}
