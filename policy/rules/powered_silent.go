package rules

import (
	"time"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var poweredSilent = policy.Rule{
	ID:       "powered-silent",
	Title:    "a phone port gives power and nothing is heard",
	Why:      "The phone hangs in its start-up or is broken: its user has no telephone and may not know.",
	Severity: policy.Warning,
	Check:    checkPoweredSilent,
}

// cycleOff is how long power is taken off. Some power controllers see no change in less than three seconds, and
// the capacitors of a phone hold it for one or two.
const cycleOff = 5 * time.Second

func checkPoweredSilent(v policy.View) []policy.Finding {
	p := v.Port
	if p.PoE.Detect != switchctl.PoEDelivering || p.Index.Proof < switchctl.ProofName {
		return nil // not powered, or it is not sure that this port is what is powered
	}
	if p.Admin == switchctl.Down || p.Link == switchctl.LinkUnknown || len(p.Neighbors) > 0 || len(p.Learned) > 0 || v.Settling() {
		return nil
	}
	if unseen(v.Switch, policy.AboutPoE, policy.AboutMACs, policy.AboutLLDP, policy.AboutCDP) {
		return nil
	}
	if _, sure, ok := v.PhonePort(); !ok || sure < inventory.Probable {
		return nil
	}
	f := at(v, "the port gives power (%s) and nothing is heard, link %s", drawText(p.PoE), p.Link)
	if awaited(v) {
		f.Severity = policy.Critical
	}
	// A start shortly before the reading is not told where the switch does not say when the link changed, and
	// a phone that loads its software is silent, too.
	if !p.Changed.IsZero() && p.PoE.Admin.Enabled() {
		f.Fix = []switchctl.Change{switchctl.CyclePoE{Ref: p.Ref, Off: cycleOff}}
		f.Evidence = append(f.Evidence, "link last changed "+v.Now.Sub(p.Changed).Round(time.Second).String()+" ago")
	}
	return []policy.Finding{f}
}

func drawText(s switchctl.PoEState) string {
	if s.DrawTold {
		return s.Draw.String()
	}
	return "draw not told"
}
