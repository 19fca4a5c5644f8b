package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"phoneport/policy"
	"phoneport/policy/rules"
	"phoneport/switchctl"
)

// TestApplyThenPlanIsEmpty carries plans out on a model of a switch that does what it is told. What then is
// still planned was planned for nothing, or would be done over and over.
func TestApplyThenPlanIsEmpty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		limits := c.config.Limits
		limits.CycleRest = 24 * time.Hour
		limits.Window = 0
		limits.PerPort = 10
		at := now
		var h policy.History
		plan := func() (steps []policy.Step) {
			v := c.look(at)
			for _, p := range policy.Decide(policy.Input{
				Now: at, Readings: v.Readings, Findings: policy.EvaluateAll(v, rules.All()), Facts: v.Facts, Limits: limits, History: h,
			}) {
				steps = append(steps, p.Steps...)
			}
			return steps
		}
		first := plan()
		for _, s := range first {
			apply(t, c, s.Change, at)
			h = append(h, policy.Past{Port: s.Change.Port(), Kind: s.Change.Kind(), At: at, Outcome: "done"})
		}
		// Just after, and when everything has settled.
		for _, later := range []time.Duration{time.Second, time.Hour} {
			at = now.Add(later)
			done := map[string]bool{}
			for _, s := range first {
				done[s.Change.String()] = true
			}
			for _, s := range plan() {
				// A port that was just starting may want its first cycle an hour later. Nothing else comes, and
				// nothing that was done comes again.
				if done[s.Change.String()] || s.Change.Kind() != "cycle-poe" {
					t.Fatalf("after %d changes, %s later, still planned: %s (%s)", len(first), later, s.Change, s.Why)
				}
			}
		}
	})
}

// apply is the model: what a change does to a port.
func apply(t *rapid.T, c *campus, ch switchctl.Change, at time.Time) {
	for _, s := range c.switches {
		p, ok := s.Port(ch.Port().Name)
		if s.Switch != ch.Port().Switch || !ok {
			continue
		}
		switch ch := ch.(type) {
		case switchctl.SetPoE:
			p.PoE.Admin, p.PoE.Detect, p.Changed = ch.Admin, switchctl.PoESearching, at
			if len(s.Power) > 0 {
				s.Power[0].Allocated += 7000 // of a phone of class 2 that started
			}
		case switchctl.SetPoEPriority:
			p.PoE.Priority = ch.Priority
		case switchctl.SetPoELimit:
			p.PoE.Limit = ch.Limit
		case switchctl.SetVoice:
			p.Voice = ch.Voice
		case switchctl.SetAccessVLAN:
			p.Untagged = ch.VLAN
		case switchctl.CyclePoE:
			p.PoE.Detect, p.Changed = switchctl.PoESearching, at
		default:
			t.Fatalf("a rule asks for %s", ch)
		}
		if !ch.Seen(*p) {
			t.Fatalf("%s is not seen after it was done", ch)
		}
		return
	}
	t.Fatalf("%s is about no port", ch)
}
