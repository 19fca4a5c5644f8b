package rules

import (
	"fmt"
	"slices"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

var voiceVLANConflict = policy.Rule{
	ID:       "voice-vlan-conflict",
	Title:    "the port tells phones two voice VLANs",
	Why:      "With two answers, the last one heard wins on some phones: they move to and fro between VLANs and restart each time.",
	Severity: policy.Warning,
	Check:    checkVoiceVLANConflict,
}

func checkVoiceVLANConflict(v policy.View) []policy.Finding {
	p := v.Port
	if shut(v) || p.Mode == switchctl.ModeTrunk || p.Mode == switchctl.ModeRouted || unseen(v.Switch, policy.AboutVLANs) {
		return nil
	}
	var fs []policy.Finding
	// What the switch is set to do is what it says by CDP; LLDP-MED has a table of its own on many switches.
	if told(p.Voice) && told(p.Advert) && !sameVoice(p.Voice, p.Advert) {
		f := at(v, "voice is configured %s, but LLDP-MED announces %s", p.Voice, p.Advert)
		fs = append(fs, f)
	}
	var voices []uint16
	for _, id := range p.Tagged {
		if v.Fleet.VoiceVLANs[id] && !slices.Contains(voices, id) {
			voices = append(voices, id)
		}
	}
	if len(voices) > 1 && p.Mode == switchctl.ModeAccess {
		f := at(v, "the port carries %d voice VLANs: %s", len(voices), vlanList(voices))
		fs = append(fs, f)
	}
	return fs
}

// told reports whether a policy says where voice goes.
func told(p discovery.VoicePolicy) bool {
	return p.Mode != discovery.VoiceUnknown && p.Mode != discovery.VoiceNone
}

func vlanList(ids []uint16) string {
	s := ""
	for i, id := range ids {
		if i > 0 {
			s += ", "
		}
		s += fmt.Sprint(id)
	}
	return s
}
