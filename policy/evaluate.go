package policy

import (
	"time"

	"phoneport/switchctl"
)

// Evaluate runs the rules about one port and gives what is wrong, sorted. Findings of an excepted port are
// given too, with Excepted set.
func Evaluate(v View, rules []Rule) []Finding {
	fs := check(nil, v, rules)
	SortFindings(fs)
	return fs
}

// EvaluateSwitch runs the rules about every port of a switch and about the switch itself.
func EvaluateSwitch(v SwitchView, rules []Rule) []Finding {
	var fs []Finding
	for i := range v.Ports {
		fs = check(fs, v.Ports[i], rules)
	}
	for i := range rules {
		r := &rules[i]
		if r.Switch == nil {
			continue
		}
		for _, f := range r.Switch(v) {
			if f.Port.Switch == "" {
				f.Port.Switch = v.Switch.Switch
			}
			fs = append(fs, seal(f, r, v.Now, v.Exceptions))
		}
	}
	SortFindings(fs)
	return fs
}

// EvaluateFleet runs the rules that look at the whole fleet. It does not run those about ports and switches.
func EvaluateFleet(v FleetView, rules []Rule) []Finding {
	exceptions := make([]*Exception, len(v.Exceptions))
	for i := range v.Exceptions {
		exceptions[i] = &v.Exceptions[i]
	}
	var fs []Finding
	for i := range rules {
		r := &rules[i]
		if r.Fleet == nil {
			continue
		}
		for _, f := range r.Fleet(v) {
			fs = append(fs, seal(f, r, v.Now, exceptions))
		}
	}
	SortFindings(fs)
	return fs
}

// EvaluateAll runs every rule over every switch and the fleet.
func EvaluateAll(v FleetView, rules []Rule) []Finding {
	var fs []Finding
	for _, r := range v.Readings {
		fs = append(fs, EvaluateSwitch(r.View(v.Now, v.Facts, v.Options), rules)...)
	}
	fs = append(fs, EvaluateFleet(v, rules)...)
	SortFindings(fs)
	return fs
}

func check(fs []Finding, v View, rules []Rule) []Finding {
	for i := range rules {
		r := &rules[i]
		if r.Check == nil {
			continue
		}
		for _, f := range r.Check(v) {
			if f.Port == (switchctl.PortRef{}) {
				f.Port = v.Port.Ref
			}
			fs = append(fs, seal(f, r, v.Now, v.Intent.Exceptions))
		}
	}
	return fs
}

// seal fills what a rule need not say about its own finding.
func seal(f Finding, r *Rule, now time.Time, es []*Exception) Finding {
	f.Rule = r.ID
	if f.Severity == SeverityUnknown {
		f.Severity = r.Severity
	}
	for _, e := range es {
		if e.covers(f, now) {
			f.Excepted = e
			break
		}
	}
	return f
}
