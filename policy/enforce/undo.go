package enforce

import (
	"context"
	"fmt"
	"slices"

	"phoneport/policy"
	"phoneport/switchctl"
)

// Undo puts back what one run changed, newest first, where the port still is as the run left it; other
// changes end Refused with ErrChanged. It is itself a run that can be undone. ErrNoRun where the journal
// has no such run.
func (e *Engine) Undo(ctx context.Context, run string, o ApplyOptions) (*Applied, error) {
	if err := e.needsJournal(ctx); err != nil {
		return nil, err
	}
	entries, err := e.c.Journal.Load(run)
	if err != nil {
		return nil, err
	}
	return e.carry(ctx, "undo", run, undoJobs(run, entries), o)
}

// undoJobs gives the changes that put a run's back.
func undoJobs(run string, entries []Entry) []job {
	last := map[int]Entry{} // by change: its outcome, or its intent where the process died over it
	var order []int
	for _, en := range entries {
		if en.Stage != StageIntent && en.Stage != StageOutcome {
			continue
		}
		if _, ok := last[en.Seq]; !ok {
			order = append(order, en.Seq)
		}
		last[en.Seq] = en
	}
	slices.Reverse(order)
	var jobs []job
	at := map[switchctl.SwitchID]int{}
	for _, seq := range order {
		en := last[seq]
		if en.Stage == StageOutcome && en.Outcome != Done && en.Outcome != Unverified {
			continue // it left nothing behind
		}
		u, ok := en.Change.Undo(en.Before)
		if !ok {
			continue // a cycle, or a port that was so before
		}
		i, ok := at[en.Switch]
		if !ok {
			i = len(jobs)
			at[en.Switch] = i
			jobs = append(jobs, job{id: en.Switch})
		}
		jobs[i].tasks = append(jobs[i].tasks, task{
			step: policy.Step{Change: u, Rule: en.Rule, Why: "undo of run " + run, Before: en.After},
			pre:  leftAs(en.Change),
			// A phone that got power by the run is on it now. Who undoes the run by name means that too;
			// a protected phone still keeps its power.
			force: true,
		})
	}
	return jobs
}

// leftAs says how a port differs from what a change had made of it.
func leftAs(c switchctl.Change) func(switchctl.PortState) string {
	return func(is switchctl.PortState) string {
		if c.Seen(is) {
			return ""
		}
		return fmt.Sprintf("the run had set %s %s, and that is not so any more", c.Kind(), c.Args())
	}
}
