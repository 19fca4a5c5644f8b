package rules

import (
	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

var voiceVLANAbsent = policy.Rule{
	ID:       "voice-vlan-absent",
	Title:    "no voice VLAN on a phone port",
	Why:      "A phone that is told no voice VLAN stays in the data VLAN: no voice priority, often no DHCP options and no call server.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		want, have, ok := wantedVoice(v)
		if !ok || have.Mode != discovery.VoiceNone || want.Mode == discovery.VoiceNone {
			return nil
		}
		f := at(v, "no voice VLAN is configured, %s is wanted", want)
		f.Fix = []switchctl.Change{switchctl.SetVoice{Ref: v.Port.Ref, Voice: want}}
		return []policy.Finding{f}
	},
}
