package enforce

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"phoneport/policy"
	"phoneport/switchctl"
)

// Recover finishes the cycles that a process which died left unfinished: it gives the ports their power or
// link back as the journal has it. Apply, Undo and Cycle do so first by themselves; Recover is for a
// process that starts. Where a switch cannot be reached its cycle stays unfinished, for the next time.
func (e *Engine) Recover(ctx context.Context) ([]Recovered, error) {
	if err := e.needsJournal(ctx); err != nil {
		return nil, err
	}
	c, err := e.newCampaign("recover")
	if err != nil {
		return nil, err
	}
	rs, err := e.recover(ctx, c)
	return rs, errors.Join(err, c.log.Close())
}

// recover is Recover by who has the right to write.
func (e *Engine) recover(ctx context.Context, c *campaign) ([]Recovered, error) {
	us, err := e.c.Journal.Unfinished()
	if err != nil {
		return nil, fmt.Errorf("recover cycles: %w", err)
	}
	rs := make([]Recovered, len(us))
	var wg sync.WaitGroup
	for i, u := range us { // side by side: a dark phone is not to wait for a dead switch
		wg.Go(func() {
			rs[i] = Recovered{Run: u.Run, Change: u.Intent.Change, Before: u.Intent.Before, Err: e.recoverOne(ctx, c, u)}
			if err := rs[i].Err; err != nil {
				e.log.Error("port may be off since a crash", "port", u.Intent.Change.Port(), "run", u.Run, "err", err)
			} else {
				e.log.Warn("port recovered after a crash", "port", u.Intent.Change.Port(), "run", u.Run)
			}
		})
	}
	wg.Wait()
	return rs, nil
}

func (e *Engine) recoverOne(ctx context.Context, c *campaign, u Unfinished) error {
	k, err := newCut(u.Intent.Change, u.Intent.Before)
	if err != nil {
		return fmt.Errorf("recover %s: %w", u.Intent.Change.Port(), err)
	}
	t := e.targets()[u.Intent.Switch]
	return e.c.Switches.With(ctx, u.Intent.Switch, func(ctx context.Context, d switchctl.Driver) error {
		w := &writer{e: e, d: d, target: t, run: c, log: e.log.With("switch", u.Intent.Switch, "run", c.id)}
		_, p, err := w.look(ctx, u.Intent.Change.Port().Name)
		if err != nil {
			return err
		}
		// Somebody may have switched it on since, and in another way: that is as good.
		if !isOff(k.on, *p) {
			return c.log.Finish(u, e.now())
		}
		if powers(u.Intent.Change) && p.Index.Proof < switchctl.ProofName {
			return &switchctl.Error{
				Op: "recover", Switch: t.ID, Port: p.Ref.Name, Class: ErrGuarded,
				Err: errors.New("which power port feeds it is not proven any more: switch it on by hand"),
			}
		}
		// Before is the state before the cut, not the dark one: nobody who undoes this run means that.
		r := Result{Step: policy.Step{Change: k.on, Rule: u.Intent.Rule, Why: "recovery of run " + u.Run}, Before: u.Intent.Before, After: *p}
		seq, v := w.intend(&r)
		if v.stop {
			return errors.New(v.reason)
		}
		if err := w.giveBack(ctx, &r, k); err != nil {
			r.Outcome, r.Err = Unverified, err
			w.settle(&r, seq, verdict{})
			return err
		}
		r.Outcome = Done
		if v := w.settle(&r, seq, verdict{}); v.stop {
			return errors.New(v.reason)
		}
		return c.log.Finish(u, e.now())
	})
}

// isOff reports whether the port is still cut off.
func isOff(on switchctl.Change, p switchctl.PortState) bool {
	if _, ok := on.(switchctl.SetAdmin); ok {
		return p.Admin == switchctl.Down
	}
	return p.PoE.Admin == switchctl.PoEOff
}
