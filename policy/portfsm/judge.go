package portfsm

import (
	"slices"
	"strings"
	"time"
)

// observed takes a reading in.
func (r *step) observed() {
	p := r.s.Phase
	timed := p == Settling || p == Cooling
	if p == Applied || timed && !r.in.ReadAt.IsZero() && exact(r.in.ReadAt).Before(r.s.Since) {
		return // it is from before the repair, or from the midst of it
	}
	asked, hinted := r.s.Reading, r.s.Again
	r.s.Reading, r.s.Again, r.s.Unread = false, 0, 0
	r.s.Rules = rulesOf(r.in.Findings)
	clean := len(r.in.Findings) == 0
	early := (timed || p == Suspect) && r.now.Before(r.s.Until)
	switch {
	case p == Quarantined:
		return
	case early && (!clean || !asked):
		// The phone may be starting: what is wrong may pass, and what is not wrong may not show yet, but where a sign
		// of the phone made us read.
		r.s.Wake = r.s.Until
		return
	case clean:
		r.good()
	case p == Settling && overlap(r.s.Acted, r.s.Rules):
		r.fail(ReasonNoHelp)
	default:
		r.judge()
	}
	if r.s.Phase.Resting() || r.s.Phase == Planned {
		r.again(hinted)
	}
}

// good takes a clean port in.
func (r *step) good() {
	r.drop()
	if r.s.Tries > 0 {
		r.s.Repairs = lastOf(append(r.s.Repairs, r.now), r.o.Flaps)
	}
	r.s.Tries, r.s.HeldAt = 0, time.Time{}
	r.s.Told, r.s.Acted = nil, nil
	if r.s.Phase == Good {
		r.s.Wake = time.Time{}
		return
	}
	r.enter(Good, "")
}

// judge decides about a port that is wrong now.
func (r *step) judge() {
	var auto, ask, people []Finding
	for _, f := range r.in.Findings {
		able := f.Sure && (f.Fix == FixSet || f.Fix == FixCut)
		switch {
		case able && f.Mode == Automatic:
			auto = append(auto, f)
		case able && f.Mode == Approve:
			ask = append(ask, f)
		default:
			people = append(people, f)
		}
	}
	why := ReasonPeople
	plan := r.plan(ask)
	if plan != "" && plan == r.s.Rejected && r.now.Sub(r.s.RejectAt) < r.o.RejectedFor {
		people, ask, plan, why = append(people, ask...), nil, "", ReasonRejected
	}
	if !r.mayCut() {
		var cuts []Finding
		auto, cuts = split(auto, cuts)
		ask, cuts = split(ask, cuts)
		if len(cuts) > 0 {
			people, why = append(people, cuts...), ReasonCutLimit
			if len(ask) == 0 {
				plan = ""
			}
		}
	}
	r.tell(rulesOf(people), why)
	if r.s.Plan != plan {
		r.drop()
	}
	acts := auto
	if r.s.Approved {
		acts = append(acts, ask...)
	}
	switch {
	case len(auto)+len(ask) == 0:
		r.s.HeldAt = time.Time{}
		r.enter(Quiet, why)
	case r.s.Tries >= r.o.Attempts:
		r.quarantine(ReasonAttempts)
	case r.flapping():
		r.quarantine(ReasonFlapping)
	case len(acts) == 0:
		r.propose(plan, ask)
	case r.in.Paused != 0:
		r.hold(ReasonPaused, time.Time{})
	default:
		if !r.s.Approved {
			r.drop() // it is proposed again once this repair is done, if it is still needed
		}
		r.apply(acts)
	}
}

// plan names the changes that people are asked to approve.
func (r *step) plan(ask []Finding) string {
	switch {
	case len(ask) == 0:
		return ""
	case r.in.Plan != "":
		return r.in.Plan
	}
	return strings.Join(rulesOf(ask), "+")
}

// split takes the findings out that only a cut would repair.
func split(fs, cuts []Finding) (rest, all []Finding) {
	for _, f := range fs {
		if f.Fix == FixCut {
			cuts = append(cuts, f)
		} else {
			rest = append(rest, f)
		}
	}
	return rest, cuts
}

// tell tells people once of what is for them.
func (r *step) tell(rules []string, why Reason) {
	if len(rules) > 0 && !slices.Equal(rules, r.s.Told) {
		r.emit(Effect{Kind: Notify, Rules: rules, Why: why})
	}
	r.s.Told = rules
}

// propose asks people, once for each plan, and waits.
func (r *step) propose(plan string, ask []Finding) {
	if r.s.Phase == Planned && r.s.Plan == plan && r.s.Why == ReasonApproval {
		r.s.Wake = r.s.Until
		return
	}
	r.enter(Planned, ReasonApproval)
	r.s.Plan, r.s.Approved, r.s.HeldAt = plan, false, time.Time{}
	r.s.Until = r.now.Add(r.o.ApprovalFor)
	r.s.Wake = r.s.Until
	r.emit(Effect{Kind: Propose, Plan: plan, Rules: rulesOf(ask), Why: ReasonApproval})
}

// apply hands a repair out and counts it.
func (r *step) apply(acts []Finding) {
	r.s.Acted = rulesOf(acts)
	r.s.Cut = slices.ContainsFunc(acts, func(f Finding) bool { return f.Fix == FixCut })
	if r.s.Cut {
		r.s.Cuts = latest(append(r.s.Cuts, r.now), r.o.CutsPerDay+1) // one more, as this one may be taken back
	}
	r.s.Seq++
	r.s.Tries++
	r.enter(Applied, "")
	r.s.Wake = r.now.Add(r.o.ApplyTimeout)
	r.emit(Effect{Kind: Apply, Seq: r.s.Seq, Rules: r.s.Acted, Cut: r.s.Cut, Plan: r.s.Plan})
}

// mayCut reports whether there is room for one more cut. One to come, of a clock that was set back, counts.
func (r *step) mayCut() bool {
	hour, day := 0, 0
	for _, t := range r.s.Cuts {
		if ago := r.now.Sub(t); ago < r.hour {
			hour++
		}
		if r.now.Sub(t) < r.day {
			day++
		}
	}
	return hour < r.o.CutsPerHour && day < r.o.CutsPerDay
}

// flapping reports whether enough repairs helped lately and did not last.
func (r *step) flapping() bool {
	n := len(r.s.Repairs) - r.o.Flaps
	return n >= 0 && r.now.Sub(r.s.Repairs[n]) < r.o.FlapWindow
}

// latest leaves the earliest out until n are left. The order stays that in which they were added, which is not that of
// their times where the clock was set back.
func latest(ts []time.Time, n int) []time.Time {
	for len(ts) > n {
		first := 0
		for i, t := range ts {
			if t.Before(ts[first]) {
				first = i
			}
		}
		ts = slices.Delete(ts, first, first+1)
	}
	return ts
}

// lastOf gives the last n of some times.
func lastOf(ts []time.Time, n int) []time.Time { return ts[max(0, len(ts)-n):] }

// rulesOf gives the rules of findings, sorted, each once; nil for none.
func rulesOf(fs []Finding) []string {
	var out []string
	for _, f := range fs {
		out = append(out, f.Rule)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
