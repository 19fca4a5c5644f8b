package rules

import (
	"phoneport/policy"
	"phoneport/switchctl"
)

var poeFaulty = policy.Rule{
	ID:       "poe-faulty",
	Title:    "the power port of a phone is in fault",
	Why:      "The switch found a short, an overload or a bad signature and gives no power until the fault is cleared.",
	Severity: policy.Critical,
	Check:    checkPoEFaulty,
}

// checkPoEFaulty speaks of phone ports only: many switches call a port faulty that has a plain PC on it.
func checkPoEFaulty(v policy.View) []policy.Finding {
	d := v.Port.PoE.Detect
	if d != switchctl.PoEFault && d != switchctl.PoEOtherFault || unseen(v.Switch, policy.AboutPoE) || shut(v) {
		return nil
	}
	if _, _, phone := v.PhonePort(); !phone {
		return nil
	}
	f := at(v, "inline power is in state %s", d)
	if v.Port.Link == switchctl.Up {
		f.Severity = policy.Info
		f.Evidence = append(f.Evidence, "the link is up: what is there has another supply")
		return []policy.Finding{f}
	}
	// Off and on again clears what a switch latches. Nothing is powered, so that nothing is cut.
	if v.Port.PoE.Admin.Enabled() && v.Port.Link == switchctl.Down {
		f.Fix = []switchctl.Change{switchctl.CyclePoE{Ref: v.Port.Ref, Off: cycleOff}}
	}
	return []policy.Finding{f}
}
