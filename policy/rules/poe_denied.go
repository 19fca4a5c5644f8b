package rules

import (
	"fmt"

	"phoneport/policy"
	"phoneport/switchctl"
)

var poeDenied = policy.Rule{
	ID:       "poe-denied",
	Title:    "the switch refuses power",
	Why:      "The supply has too little left for what the device declares, and the phone stays dark, often with watts to spare.",
	Severity: policy.Critical,
	Check: func(v policy.View) []policy.Finding {
		if !v.Port.PoE.Supported || !v.Port.PoE.Denied || unseen(v.Switch, policy.AboutPoE) {
			return nil
		}
		f := at(v, "the switch refuses power to the port")
		if _, _, phone := v.PhonePort(); !phone {
			f.Severity = policy.Warning
		}
		for _, g := range v.Switch.Power {
			if g.Group == v.Port.Index.PSE[0] && g.Nominal > 0 {
				f.Evidence = append(f.Evidence, fmt.Sprintf("power group %d: %s can be given, %s reserved, %s drawn", g.Group, g.Nominal, g.Allocated, g.Drawn))
			}
		}
		if p := v.Port.PoE.Priority; p == switchctl.PriorityLow {
			f.Evidence = append(f.Evidence, "the port has low priority")
		}
		return []policy.Finding{f}
	},
}
