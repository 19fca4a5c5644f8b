// Package policy is what should hold on a port, what is wrong and what to do about it: profiles assigned to
// ports, rules and their findings, guards, plans and holds. Everything here is pure: no clock, no socket, no
// logger; the same input gives the same output.
//
// An audit goes through it in this order:
//
//	a, err := NewAssigner(Config{…})         // once; every mistake of the configuration in one error
//	r := &Reading{Site, Info, Switch, Bindings} // one for each switch; bindings through inventory.Resolve
//	a.Assign(r, directory, now)              // intents, guards, exceptions, expected phones
//	facts := NewFacts(readings, …)           // what only the whole fleet tells
//	fs := EvaluateAll(FleetView{…}, rules.All())
//	plans := Decide(Input{…})                // steps, and holds with their reasons
//
// The rules are in policy/rules, one file each; that is where a new one goes. A new reason not to write to a port
// is a guard in guard.go, a new reason for one change to wait is a check in decision.go or limits.go; each has a
// word of its own, which docs/let-it-fix.md explains. Carrying a plan out is the work of policy/enforce.
package policy
