package rules

import (
	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

var voiceVLANWrong = policy.Rule{
	ID:       "voice-vlan-wrong",
	Title:    "another voice VLAN than wanted",
	Why:      "The phone registers from the wrong network, or not at all, and may be located at the wrong place in an emergency call.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		want, have, ok := wantedVoice(v)
		if !ok || have.Mode == discovery.VoiceNone || sameVoice(want, have) {
			return nil
		}
		f := at(v, "voice VLAN is %s, %s is wanted", have, want)
		f.Fix = []switchctl.Change{switchctl.SetVoice{Ref: v.Port.Ref, Voice: want}}
		return []policy.Finding{f}
	},
}
