package rules

import (
	"phoneport/policy"
	"phoneport/switchctl"
)

var poeOff = policy.Rule{
	ID:       "poe-off",
	Title:    "inline power is switched off on a phone port",
	Why:      "A phone without a power supply of its own is dark.",
	Severity: policy.Critical,
	Check:    checkPoEOff,
}

func checkPoEOff(v policy.View) []policy.Finding {
	poe := v.Port.PoE
	if !poe.Supported || poe.Admin != switchctl.PoEOff || shut(v) || unseen(v.Switch, policy.AboutPoE) {
		return nil
	}
	p := v.Intent.Profile
	wanted := p != nil && p.PoE.Enabled()
	if !wanted && (!awaited(v) || v.Port.Link == switchctl.Up) {
		return nil // nobody asked for power, or the phone has another supply
	}
	f := at(v, "inline power is off")
	if wanted {
		f.Message += ", " + p.PoE.String() + " is wanted"
		f.Fix = []switchctl.Change{switchctl.SetPoE{Ref: v.Port.Ref, Admin: p.PoE}}
	}
	if v.Port.Link == switchctl.Up {
		f.Severity = policy.Warning
		f.Evidence = append(f.Evidence, "the link is up: what is there has another supply")
	} else if !awaited(v) {
		f.Severity = policy.Warning // a dark socket, as far as is known without a phone
	}
	return []policy.Finding{f}
}
