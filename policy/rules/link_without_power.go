package rules

import (
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var linkWithoutPower = policy.Rule{
	ID:       "link-without-power",
	Title:    "a phone runs without power of the switch",
	Why:      "It hangs on a power supply of its own: it goes dark with the desk's socket, in an outage first of all.",
	Severity: policy.Info,
	Check:    checkLinkWithoutPower,
}

func checkLinkWithoutPower(v policy.View) []policy.Finding {
	p := v.Port
	if !p.PoE.Supported || !p.PoE.Admin.Enabled() || p.Link != switchctl.Up || p.Index.Proof < switchctl.ProofName {
		return nil
	}
	if p.PoE.Detect != switchctl.PoESearching && p.PoE.Detect != switchctl.PoEDisabled || p.PoE.Denied {
		return nil
	}
	b, ok := v.Phone()
	if !ok || !b.Direct() && b.Confidence < inventory.Certain || v.Settling() || unseen(v.Switch, policy.AboutPoE) {
		return nil
	}
	f := at(v, "phone %s is up, but draws no power from the switch (%s)", policy.PhoneName(b), p.PoE.Detect)
	return []policy.Finding{f}
}
