package rules

import (
	"fmt"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

var phoneInDataVLAN = policy.Rule{
	ID:       "phone-in-data-vlan",
	Title:    "the phone is heard in the data VLAN only",
	Why:      "The phone did not take the voice VLAN: it works by luck, without priority, in the network of the PCs.",
	Severity: policy.Warning,
	Check:    checkPhoneInDataVLAN,
}

// checkPhoneInDataVLAN asks for no change: where the setting is wrong, that is another finding, and where it is
// right, only a restart of the phone helps, which can end a call and is for a person to order.
func checkPhoneInDataVLAN(v policy.View) []policy.Finding {
	b, ok := v.Phone()
	if !ok || !b.InData || b.InVoice || b.VoiceVLAN != 0 || v.Settling() || voiceIsWrong(v) {
		return nil
	}
	if unseen(v.Switch, policy.AboutMACs, policy.AboutVLANs) {
		return nil
	}
	switch v.Port.Voice.Mode {
	case discovery.VoiceTagged:
		f := at(v, "phone %s is heard in data VLAN %d only, not in voice VLAN %d", policy.PhoneName(b), v.Port.Untagged, v.Port.Voice.VLAN)
		f.Evidence = append(f.Evidence, "the switch is set right: a restart of the phone makes it ask again"+announces(v.Port))
		return []policy.Finding{f}
	case discovery.VoiceNone:
		if p := v.Intent.Profile; p != nil && p.Voice.Mode != discovery.VoiceUnknown {
			return nil // so it should be
		}
		f := at(v, "phone %s is in data VLAN %d: the port has no voice VLAN", policy.PhoneName(b), v.Port.Untagged)
		return []policy.Finding{f}
	}
	return nil
}

// announces says which of the protocols that carry the voice VLAN are off on the port.
func announces(p *switchctl.PortState) string {
	s := ""
	if p.CDP == switchctl.Down {
		s += "; CDP is off on the port"
	}
	if p.LLDPTx == switchctl.Down {
		s += "; LLDP is not sent on the port"
	}
	if p.Advert.Mode != discovery.VoiceUnknown {
		s += fmt.Sprintf("; LLDP-MED announces %s", p.Advert)
	}
	return s
}
