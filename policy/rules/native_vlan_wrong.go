package rules

import (
	"phoneport/policy"
	"phoneport/switchctl"
)

var nativeVLANWrong = policy.Rule{
	ID:       "native-vlan-wrong",
	Title:    "another data VLAN than wanted",
	Why:      "The PC behind the phone is in the wrong network, and so is the phone until it has learned its voice VLAN.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		p := v.Intent.Profile
		if p == nil || p.DataVLAN == 0 || v.Port.Untagged == 0 || v.Port.Untagged == p.DataVLAN {
			return nil
		}
		// With 802.1X the VLAN is what RADIUS said for whoever is there now.
		if shut(v) || v.Port.Dot1X || unseen(v.Switch, policy.AboutVLANs) {
			return nil
		}
		f := at(v, "data VLAN is %d, %d is wanted", v.Port.Untagged, p.DataVLAN)
		f.Fix = []switchctl.Change{switchctl.SetAccessVLAN{Ref: v.Port.Ref, VLAN: p.DataVLAN}}
		return []policy.Finding{f}
	},
}
