package rules

import (
	"phoneport/policy"
	"phoneport/switchctl"
)

var poeLimitWrong = policy.Rule{
	ID:       "poe-limit-wrong",
	Title:    "another power limit than wanted",
	Why:      "Too low a limit cuts the phone off when it draws most; too high a limit reserves power that others lack.",
	Severity: policy.Info,
	Check: func(v policy.View) []policy.Finding {
		p, have := v.Intent.Profile, v.Port.PoE.Limit
		if p == nil || p.Limit == 0 || have == 0 || have == p.Limit {
			return nil
		}
		if !v.Port.PoE.Supported || shut(v) || unseen(v.Switch, policy.AboutPoE) {
			return nil
		}
		f := at(v, "power limit is %s, %s is wanted", have, p.Limit)
		if have < p.Limit {
			f.Severity = policy.Warning
		}
		f.Fix = []switchctl.Change{switchctl.SetPoELimit{Ref: v.Port.Ref, Limit: p.Limit}}
		return []policy.Finding{f}
	},
}
