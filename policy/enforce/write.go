package enforce

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// writer carries changes out on one switch in one session. Nothing else in phoneport writes to a switch.
type writer struct {
	e      *Engine
	d      switchctl.Driver
	target fleet.Target
	run    *campaign
	log    *slog.Logger
	// mapped is true once the port numberings were read anew in this session. Reading them for each look
	// would cost far more than what is looked at; from then on the driver's own proofs that they still
	// hold are enough.
	mapped bool
}

// verdict says whether the switch may be written to after a change, and if not, why.
type verdict struct {
	stop   bool
	reason string // for the holds of the changes that are left
	guard  string // stable word
}

// The words of the holds that enforce makes, beside those of policy.
const (
	holdRefusal     = "refusal"     // the switch refused an earlier change
	holdUnverified  = "unverified"  // too many earlier changes were not seen
	holdUnreadable  = "unreadable"  // the switch or the port cannot be read
	holdInterrupted = "interrupted" // the context ended
	holdJournal     = "journal"     // the journal cannot be written: what is not journalled is not done
)

// look reads one port anew. A port that the switch no longer has is ErrChanged.
func (w *writer) look(ctx context.Context, port string) (switchctl.Snapshot, *switchctl.PortState, error) {
	ctx, cancel := w.e.step(ctx)
	defer cancel()
	s, err := w.d.Observe(ctx, switchctl.Scope{Ports: []string{port}, Fresh: !w.mapped})
	w.mapped = err == nil // a switch that fell silent may come back with other numbers
	if err != nil {
		return s, nil, err
	}
	named(&s, w.target.ID)
	p, ok := s.Port(port)
	if !ok {
		return s, nil, &switchctl.Error{Op: "read port", Switch: w.target.ID, Port: port, Err: fmt.Errorf("%w: the switch has no such port", ErrChanged)}
	}
	return s, p, nil
}

// step gives the context of one question to or order for the switch: it has its own time-out and does not
// end with ctx, because a change that was begun is finished, whoever presses Ctrl-C.
func (e *Engine) step(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), e.c.Timing.Step)
}

// doing says how one change is carried out.
type doing struct {
	undo  bool // put back what cannot be seen
	force bool // although somebody works on the port
	watch *watch
	tell  func(CycleStep)
}

// change carries one task out and tells what came of it. An Outcome of OutcomeUnknown means that it was not
// begun; then the verdict says why.
func (w *writer) change(ctx context.Context, t task, o doing) (Result, verdict) {
	begun := time.Now()
	r := Result{Step: t.step, Started: w.e.now()}
	v := w.check(ctx, t, &r, o.force)
	if r.Outcome == OutcomeUnknown && !v.stop {
		v = w.mayBegin(ctx) // checking took its time
	}
	if !cycles(t.step.Change) {
		if r.Outcome == OutcomeUnknown && !v.stop {
			v = w.write(ctx, &r, o.undo)
		}
	} else {
		k := w.cutOf(&r, o)
		switch {
		case v.stop:
			r.step(w, k, "check", StepFailed, v.reason)
		case r.Outcome != OutcomeUnknown:
			r.step(w, k, "check", StepFailed, r.Err.Error())
		default:
			r.step(w, k, "check", StepOK, poeText(r.Before))
			v = w.cycle(ctx, &r, k)
		}
	}
	r.Took = time.Since(begun)
	if r.Err != nil {
		w.log.Warn("change not done", "port", r.Step.Change.Port().Name, "kind", r.Step.Change.Kind(), "outcome", r.Outcome, "err", r.Err)
	}
	return r, v
}

// mayBegin says whether another change may be begun at all.
func (w *writer) mayBegin(ctx context.Context) verdict {
	if v := w.run.brake(); v.stop {
		return v
	}
	if ctx.Err() != nil {
		return verdict{stop: true, guard: holdInterrupted, reason: fmt.Sprintf("not tried: %v", context.Cause(ctx))}
	}
	return verdict{}
}

// check reads the port again and says whether the change may still be made. It sets r.Before, and r.Outcome
// where there is nothing to do or nothing may be done.
func (w *writer) check(ctx context.Context, t task, r *Result, force bool) verdict {
	c := t.step.Change
	name := c.Port().Name
	refuse := func(class error, format string, args ...any) verdict {
		r.Outcome = Refused
		r.Err = &switchctl.Error{Op: c.Kind(), Switch: w.target.ID, Port: name, Class: class, Err: fmt.Errorf(format, args...)}
		return verdict{}
	}
	info := w.d.Info()
	if k := driverKind(c); !slices.Contains(info.Kinds, k) {
		return refuse(switchctl.ErrUnsupported, "driver %s cannot %s on this switch", info.Driver, k)
	}
	s, p, err := w.look(ctx, name)
	switch {
	case errors.Is(err, ErrChanged):
		r.Outcome, r.Err = Refused, err
		return verdict{}
	case err != nil:
		r.Err = err
		return verdict{stop: true, guard: holdUnreadable, reason: fmt.Sprintf("not tried: %v", err)}
	}
	r.Before, r.After = *p, *p
	if !cycles(c) && c.Seen(*p) {
		r.Outcome = Unchanged
		return verdict{}
	}
	if why := t.pre(*p); why != "" {
		return refuse(ErrChanged, "%s", why)
	}
	for _, g := range w.guards(&s, p) {
		stops := g.Stops(c.Kind()) || g.ID == policy.GuardProtectedPhone && cuts(c) || g.ID == policy.GuardInUse && cuts(c)
		if stops && (!force || g.ID != policy.GuardInUse) {
			return refuse(ErrGuarded, "%s: %s", g.ID, g.Reason)
		}
	}
	if powers(c) && p.Index.Proof < switchctl.ProofName {
		return refuse(ErrGuarded, "%s: which power port feeds the port is not proven", policy.GuardPortMap)
	}
	if cycles(c) {
		if _, err := newCut(c, *p); err != nil {
			return refuse(ErrGuarded, "%w", err)
		}
	}
	return verdict{}
}

// driverKind gives the kind of change that the driver is asked for: it never sees a cycle.
func driverKind(c switchctl.Change) string {
	switch c.(type) {
	case switchctl.CyclePoE:
		return switchctl.SetPoE{}.Kind()
	case switchctl.Bounce:
		return switchctl.SetAdmin{}.Kind()
	}
	return c.Kind()
}

// cuts reports whether a change takes power or link from what is on the port, for good or for a moment.
func cuts(c switchctl.Change) bool {
	switch c := c.(type) {
	case switchctl.CyclePoE, switchctl.Bounce:
		return true
	case switchctl.SetPoE:
		return !c.Admin.Enabled()
	case switchctl.SetAdmin:
		return c.Admin != switchctl.Up
	}
	return false
}

func cycles(c switchctl.Change) bool {
	switch c.(type) {
	case switchctl.CyclePoE, switchctl.Bounce:
		return true
	}
	return false
}

// guards gives every reason not to write to a port as it is now.
func (w *writer) guards(s *switchctl.Snapshot, p *switchctl.PortState) []policy.Guard {
	// The driver may give more than the port that was asked for; only that one is judged.
	one := *s
	one.Ports = []switchctl.PortState{*p}
	r := w.e.reading(w.target, w.d.Info(), &one)
	v := r.View(w.e.now(), policy.FleetFacts{}, w.e.c.Options).Ports[0]
	gs := append(policy.Guards(v, w.e.c.Limits), v.Intent.Guards...)
	if w.e.c.Busy != nil {
		for _, b := range v.Bindings {
			if why, busy := w.e.c.Busy(b.MAC); busy {
				gs = append(gs, policy.Guard{ID: guardBusy, Reason: why})
			}
		}
	}
	return gs
}

// guardBusy is the guard of Config.Busy.
const guardBusy = "busy"

// write journals, applies and reads back one change of one step. Its caller has checked the port.
func (w *writer) write(ctx context.Context, r *Result, undo bool) verdict {
	c := r.Step.Change
	seq, v := w.intend(r)
	if v.stop {
		return v
	}
	err := w.apply(ctx, c)
	if refusal(err) {
		r.Outcome, r.Err = Refused, err
		if _, p, lerr := w.look(ctx, c.Port().Name); lerr == nil {
			r.After = *p
			if why := settingChanged(c, r.Before, *p); why != "" {
				r.Err = fmt.Errorf("%w; yet the port did not stay as it was: %s", err, why)
			}
		}
		v = verdict{stop: true, guard: holdRefusal, reason: fmt.Sprintf("stopped after refusal: %v", err)}
		return w.settle(r, seq, v)
	}
	// An order whose answer was lost may have been carried out: only reading tells.
	rerr := w.readBack(ctx, r, c.Seen, w.e.c.Timing.ReadBack)
	if rerr == nil {
		r.Outcome = Done
		return w.settle(r, seq, verdict{})
	}
	r.Outcome = Unverified
	r.Err = errors.Join(err, &switchctl.Error{Op: "read back " + c.Kind(), Switch: w.target.ID, Port: c.Port().Name, Class: switchctl.ErrUnverified, Err: rerr})
	if undo {
		w.putBack(ctx, r)
	}
	return w.settle(r, seq, w.run.unverified(w.target.ID))
}

// refusal reports whether the switch said no, so that nothing was done.
func refusal(err error) bool {
	return errors.Is(err, switchctl.ErrRejected) || errors.Is(err, switchctl.ErrDenied) || errors.Is(err, switchctl.ErrUnsupported)
}

func (w *writer) apply(ctx context.Context, c switchctl.Change) error {
	ctx, cancel := w.e.step(ctx)
	defer cancel()
	w.log.Info("change port", "port", c.Port().Name, "kind", c.Kind(), "args", c.Args())
	return w.d.Apply(ctx, c)
}

// readBack reads the port until seen says yes, waiting longer each time, up to a bound. r.After is the last
// reading.
func (w *writer) readBack(ctx context.Context, r *Result, seen func(switchctl.PortState) bool, bound time.Duration) error {
	return w.until(context.WithoutCancel(ctx), r, seen, bound)
}

// until is readBack that also ends with ctx.
func (w *writer) until(ctx context.Context, r *Result, seen func(switchctl.PortState) bool, bound time.Duration) error {
	const first, longest = 250 * time.Millisecond, 4 * time.Second
	end := time.Now().Add(bound)
	for pause := first; ; pause = min(2*pause, longest) {
		_, p, err := w.look(ctx, r.Step.Change.Port().Name)
		if err == nil {
			r.After = *p
			if seen(*p) {
				return nil
			}
		}
		left := time.Until(end)
		if left <= 0 {
			if err != nil {
				return fmt.Errorf("not seen within %s: %w", bound, err)
			}
			return fmt.Errorf("not seen within %s", bound)
		}
		if err := sleep(ctx, min(pause, left)); err != nil {
			return err
		}
	}
}

// sleep waits, or gives ctx's error where it ends first.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// putBack undoes a change that was not seen. Where the former state is seen afterwards the outcome is
// Undone, else it stays Unverified.
func (w *writer) putBack(ctx context.Context, r *Result) {
	u, ok := r.Step.Change.Undo(r.Before)
	if !ok {
		return
	}
	if err := w.apply(ctx, u); err != nil && refusal(err) {
		r.Err = errors.Join(r.Err, fmt.Errorf("put back: %w", err))
		return
	}
	if err := w.readBack(ctx, r, u.Seen, w.e.c.Timing.ReadBack); err != nil {
		r.Err = errors.Join(r.Err, fmt.Errorf("put back: %w", err))
		return
	}
	r.Outcome = Undone
}

// intend journals what is about to be done. Without that nothing is done.
func (w *writer) intend(r *Result) (seq int, v verdict) {
	seq = w.run.next()
	if err := w.run.log.Write(w.entry(r, seq, StageIntent)); err != nil {
		return seq, w.run.journalFailed(err)
	}
	return seq, verdict{}
}

// settle journals what came of a change.
func (w *writer) settle(r *Result, seq int, v verdict) verdict {
	e := w.entry(r, seq, StageOutcome)
	e.After, e.Outcome = r.After, r.Outcome
	if r.Err != nil {
		e.Error = r.Err.Error()
	}
	if err := w.run.log.Write(e); err != nil {
		return w.run.journalFailed(err)
	}
	return v
}

func (w *writer) entry(r *Result, seq int, s Stage) Entry {
	return Entry{
		Seq: seq, Stage: s, At: w.e.now(), Switch: w.target.ID, Site: w.target.Site,
		Change: r.Step.Change, Rule: r.Step.Rule, Why: r.Step.Why, Before: r.Before,
	}
}
