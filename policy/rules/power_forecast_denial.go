package rules

import (
	"fmt"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var powerForecastDenial = policy.Rule{
	ID:       "power-forecast-denial",
	Title:    "after an outage some phones would stay dark",
	Why:      "Today everything runs; when all devices ask for power at once, the supply does not reach.",
	Severity: policy.Warning,
	Switch:   checkPowerForecastDenial,
}

func checkPowerForecastDenial(v policy.SwitchView) []policy.Finding {
	if unseen(v.Switch, policy.AboutPoE) {
		return nil
	}
	phones := make(map[switchctl.PortRef]bool)
	for i := range v.Ports {
		if _, _, ok := v.Ports[i].PhonePort(); ok {
			phones[v.Ports[i].Port.Ref] = true
		}
	}
	var fs []policy.Finding
	for _, g := range policy.Forecast(v.Switch) {
		f := policy.Finding{Port: switchctl.PortRef{Switch: v.Switch.Switch}, Confidence: inventory.Certain}
		switch {
		case len(g.Denied) > 0:
			f.Message = fmt.Sprintf("power group %d: after an outage %s would stay without power: %s asked for, %s there",
				g.Group, plural(len(g.Denied), "port"), g.Declared, g.Nominal)
			f.Evidence = append(f.Evidence, refusedText(g.Denied, phones))
		case len(g.DeniedAtStart) > 0:
			f.Severity = policy.Info
			f.Message = fmt.Sprintf("power group %d: after an outage %s must wait until others ask for less than their class: %s asked for at first, %s there",
				g.Group, plural(len(g.DeniedAtStart), "port"), g.Worst, g.Nominal)
			f.Evidence = append(f.Evidence, refusedText(g.DeniedAtStart, phones))
		default:
			continue
		}
		if g.Rough {
			f.Evidence = append(f.Evidence, "some ports tell neither class nor reserved power: the sums are rough")
		}
		fs = append(fs, f)
	}
	return fs
}

func refusedText(ds []policy.PowerDemand, phones map[switchctl.PortRef]bool) string {
	var refs []switchctl.PortRef
	n := 0
	for _, d := range ds {
		refs = append(refs, d.Port)
		if phones[d.Port] {
			n++
		}
	}
	return fmt.Sprintf("refused, in this order: %s (%s)", listed(refs), plural(n, "phone port"))
}
