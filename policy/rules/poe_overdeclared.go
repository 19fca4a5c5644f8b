package rules

import (
	"fmt"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var poeOverdeclared = policy.Rule{
	ID:       "poe-overdeclared",
	Title:    "much more power is reserved than drawn",
	Why:      "A switch refuses by what devices declare, not by what they draw: phones are denied while watts are free.",
	Severity: policy.Info,
	Switch:   checkPoEOverdeclared,
}

// A port counts where it reserves twice of what it ever drew and at least spareLeast more, and a group where its
// ports hold a tenth of the supply in this way: a few watts here and there are how class power works.
const (
	spareLeast = 4000 * discovery.Milliwatts(1)
	spareShare = 10
)

func checkPoEOverdeclared(v policy.SwitchView) []policy.Finding {
	if unseen(v.Switch, policy.AboutPoE) {
		return nil
	}
	var fs []policy.Finding
	for _, g := range v.Switch.Power {
		var refs []switchctl.PortRef
		var reserved, drawn discovery.Milliwatts
		for i := range v.Switch.Ports {
			p := &v.Switch.Ports[i]
			poe := p.PoE
			if p.Index.PSE[0] != g.Group || poe.Detect != switchctl.PoEDelivering || !poe.DrawTold || poe.Draw <= 0 {
				continue
			}
			most := max(poe.Draw, poe.MaxDraw)
			if poe.Allocated < 2*most || poe.Allocated-most < spareLeast {
				continue
			}
			refs = append(refs, p.Ref)
			reserved += poe.Allocated
			drawn += most
		}
		spare := reserved - drawn
		if g.Nominal <= 0 || len(refs) == 0 || spare*spareShare < g.Nominal {
			continue
		}
		fs = append(fs, policy.Finding{
			Port:       switchctl.PortRef{Switch: v.Switch.Switch},
			Message:    fmt.Sprintf("power group %d: %s reserve %s and draw at most %s", g.Group, plural(len(refs), "port"), reserved, drawn),
			Confidence: inventory.Certain,
			Evidence: []string{
				fmt.Sprintf("%s of %s are held and not used", spare, g.Nominal),
				"ports: " + listed(refs),
			},
		})
	}
	return fs
}
