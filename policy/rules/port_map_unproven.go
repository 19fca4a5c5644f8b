package rules

import (
	"fmt"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var portMapUnproven = policy.Rule{
	ID:       "port-map-unproven",
	Title:    "which power port feeds which port is not proven",
	Why:      "Switches number power ports by themselves; on a wrong guess a change would put out somebody else's phone. Power is not changed here.",
	Severity: policy.Info,
	Switch:   checkPortMapUnproven,
}

func checkPortMapUnproven(v policy.SwitchView) []policy.Finding {
	var guessed, unknown []switchctl.PortRef
	for i := range v.Ports {
		p := v.Ports[i].Port
		if !p.PoE.Supported || p.Index.Proof >= switchctl.ProofName {
			continue
		}
		if _, _, ok := v.Ports[i].PhonePort(); !ok {
			continue
		}
		if p.Index.Proof == switchctl.ProofConvention {
			guessed = append(guessed, p.Ref)
		} else {
			unknown = append(unknown, p.Ref)
		}
	}
	var fs []policy.Finding
	for _, g := range []struct {
		refs []switchctl.PortRef
		how  string
	}{
		{guessed, "known by convention only"},
		{unknown, "not known"},
	} {
		if len(g.refs) == 0 {
			continue
		}
		fs = append(fs, policy.Finding{
			Port:       switchctl.PortRef{Switch: v.Switch.Switch},
			Message:    fmt.Sprintf("the power port of %s is %s", plural(len(g.refs), "phone port"), g.how),
			Confidence: inventory.Certain,
			Evidence:   []string{"ports: " + listed(g.refs), "changes of inline power are held back on them"},
		})
	}
	return fs
}
