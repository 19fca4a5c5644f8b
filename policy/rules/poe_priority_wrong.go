package rules

import (
	"phoneport/policy"
	"phoneport/switchctl"
)

var poePriorityWrong = policy.Rule{
	ID:       "poe-priority-wrong",
	Title:    "another power priority than wanted",
	Why:      "When power runs short the switch puts low ports out first, whoever is on them.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		p, have := v.Intent.Profile, v.Port.PoE.Priority
		if p == nil || p.Priority == switchctl.PriorityUnknown || have == switchctl.PriorityUnknown || have == p.Priority {
			return nil
		}
		if !v.Port.PoE.Supported || shut(v) || unseen(v.Switch, policy.AboutPoE) {
			return nil
		}
		f := at(v, "power priority is %s, %s is wanted", have, p.Priority)
		f.Fix = []switchctl.Change{switchctl.SetPoEPriority{Ref: v.Port.Ref, Priority: p.Priority}}
		return []policy.Finding{f}
	},
}
