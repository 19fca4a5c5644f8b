package enforce

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// task is one change to carry out, and what must hold just before.
type task struct {
	step policy.Step
	pre  func(switchctl.PortState) string // why the port is not as expected; "" = it is
	// force lets a cut happen although somebody works on the port.
	force bool
}

// job is what is to be done on one switch, in this order.
type job struct {
	id    switchctl.SwitchID
	tasks []task
	held  []policy.Hold
}

// Apply carries a plan out, many switches at once, one change of a switch after the other. Each change is
// checked on the port as it is now, journalled, applied and read back. The first refusal of a switch stops
// that switch. Where ctx ends the changes in hand are finished, and those not begun are held. The error
// says why nothing was begun (*LockedError: somebody else writes); what became of changes is in the report.
func (e *Engine) Apply(ctx context.Context, p *Plan, o ApplyOptions) (*Applied, error) {
	var jobs []job
	for _, s := range p.Switches {
		j := job{id: s.Switch, held: s.Held}
		for _, st := range s.Steps {
			if got := st.Change.Port().Switch; got != s.Switch {
				return nil, fmt.Errorf("apply plan: change of %s is listed under switch %s", st.Change.Port(), s.Switch)
			}
			j.tasks = append(j.tasks, task{
				step: st,
				pre:  func(is switchctl.PortState) string { return changedSince(st.Change, st.Before, is) },
			})
		}
		jobs = append(jobs, j)
	}
	return e.carry(ctx, "apply", p.Run, jobs, o)
}

// carry carries jobs out as one run of the journal.
func (e *Engine) carry(ctx context.Context, kind, of string, jobs []job, o ApplyOptions) (*Applied, error) {
	if err := e.needsJournal(ctx); err != nil {
		return nil, err
	}
	c, err := e.newCampaign(kind)
	if err != nil {
		return nil, err
	}
	if o.MaxUnverified > 0 {
		c.max = o.MaxUnverified
	}
	a := &Applied{Run: c.id, Of: of, Started: e.now()}
	if a.Recovered, err = e.recover(ctx, c); err != nil {
		return nil, errors.Join(err, c.log.Close())
	}
	e.work(ctx, c, a, jobs, o)
	a.Interrupted = ctx.Err() != nil
	if err := c.log.Close(); err != nil {
		e.log.Error("journal was not closed", "err", err)
	}
	if o.Verify && ctx.Err() == nil {
		var touched []switchctl.SwitchID
		for _, s := range a.Switches {
			if len(s.Results) > 0 {
				touched = append(touched, s.Target.ID)
			}
		}
		if a.Verify, err = e.audit(ctx, touched, Request{}); err != nil {
			e.log.Error("audit after apply", "err", err)
		}
	}
	a.Finished = e.now()
	return a, nil
}

// work runs the jobs over the fleet and gathers what came of them.
func (e *Engine) work(ctx context.Context, c *campaign, a *Applied, jobs []job, o ApplyOptions) {
	var mu sync.Mutex // of done and of o.Progress
	done := make(map[switchctl.SwitchID]*SwitchApplied, len(jobs))
	todo := make(map[switchctl.SwitchID]job, len(jobs))
	var ids []switchctl.SwitchID
	targets := e.targets()
	for _, j := range jobs {
		t, ok := targets[j.id]
		if !ok {
			t.ID = j.id
		}
		done[j.id] = &SwitchApplied{Target: t, Held: slices.Clone(j.held)}
		if len(j.tasks) > 0 {
			todo[j.id] = j
			ids = append(ids, j.id)
		}
	}
	report := func(r Result) {
		mu.Lock()
		defer mu.Unlock()
		if o.Progress != nil {
			o.Progress(r)
		}
	}
	if len(ids) > 0 { // nil would mean all
		_ = e.c.Switches.Each(ctx, ids, func(ctx context.Context, t fleet.Target, d switchctl.Driver) error {
			w := &writer{e: e, d: d, target: t, run: c, log: e.log.With("switch", t.ID, "run", c.id)}
			return w.job(ctx, todo[t.ID], done[t.ID], o, report)
		}, func(f fleet.Done) {
			s := done[f.Target.ID]
			s.close(todo[f.Target.ID], f.Err, ctx)
			if o.Switch != nil {
				o.Switch(f)
			}
		})
	}
	for _, s := range done {
		a.Switches = append(a.Switches, *s)
	}
	slices.SortFunc(a.Switches, func(a, b SwitchApplied) int { return cmp.Compare(a.Target.ID, b.Target.ID) })
}

// job carries the changes of one switch out. The error is lost contact, for the breaker.
func (w *writer) job(ctx context.Context, j job, s *SwitchApplied, o ApplyOptions, report func(Result)) (lost error) {
	for i, t := range j.tasks {
		if v := w.mayBegin(ctx); v.stop {
			s.hold(j.tasks[i:], v)
			break
		}
		r, v := w.change(ctx, t, doing{undo: o.UndoUnverified, force: t.force})
		if r.Outcome == OutcomeUnknown { // it was not begun
			s.hold(j.tasks[i:], v)
			lost = r.Err
			break
		}
		s.Results = append(s.Results, r)
		report(r)
		if v.stop {
			s.hold(j.tasks[i+1:], v)
			break
		}
	}
	if o.Save {
		w.save(ctx, s)
	}
	return lost
}

// save makes what was done outlive a restart of the switch.
func (w *writer) save(ctx context.Context, s *SwitchApplied) {
	if !w.d.Info().NeedsSave || !slices.ContainsFunc(s.Results, func(r Result) bool { return r.Outcome == Done }) {
		return
	}
	ctx, cancel := w.e.step(ctx)
	defer cancel()
	e := Entry{Stage: StageSaved, Switch: w.target.ID, Site: w.target.Site}
	if err := w.d.Save(ctx); err != nil {
		s.Err = err
		e.Error = err.Error()
		w.log.Error("save configuration", "err", err)
	} else {
		s.Saved = true
		w.log.Info("configuration saved")
	}
	e.At = w.e.now()
	if err := w.run.log.Write(e); err != nil {
		w.run.journalFailed(err)
	}
}

func (s *SwitchApplied) hold(ts []task, v verdict) {
	for _, t := range ts {
		s.Held = append(s.Held, policy.Hold{Change: t.step.Change, Rule: t.step.Rule, Reason: v.reason, Guard: v.guard})
	}
}

// close accounts for the changes of a switch that could not be used, or whose session broke.
func (s *SwitchApplied) close(j job, err error, ctx context.Context) {
	if err == nil {
		return
	}
	s.Err = errors.Join(s.Err, err)
	v := verdict{guard: holdUnreadable, reason: fmt.Sprintf("not tried: %v", err)}
	if ctx.Err() != nil {
		v.guard = holdInterrupted
	}
	// Each change is a result or a hold. Those of this job come in its order: results, then holds.
	accounted := len(s.Results) + len(s.Held) - len(j.held)
	s.hold(j.tasks[min(accounted, len(j.tasks)):], v)
}

func (e *Engine) targets() map[switchctl.SwitchID]fleet.Target {
	ts := e.c.Switches.Targets()
	m := make(map[switchctl.SwitchID]fleet.Target, len(ts))
	for _, t := range ts {
		m[t.ID] = t
	}
	return m
}
