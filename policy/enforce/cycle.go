package enforce

import (
	"context"
	"errors"
	"fmt"

	"phoneport/policy"
	"phoneport/switchctl"
)

// Cycle takes the power (or with Bounce the link) of one port away and gives it back, and watches until the
// phone is heard again. Guards refuse it (Result.Outcome Refused). The error says why nothing was begun.
func (e *Engine) Cycle(ctx context.Context, id switchctl.SwitchID, port string, o CycleOptions) (*Cycled, error) {
	if err := e.needsJournal(ctx); err != nil {
		return nil, err
	}
	t, ok := e.targets()[id]
	if !ok {
		return nil, fmt.Errorf("cycle %s %s: no switch of that name", id, port)
	}
	c, err := e.newCampaign("cycle")
	if err != nil {
		return nil, err
	}
	res := &Cycled{Run: c.id}
	if res.Recovered, err = e.recover(ctx, c); err != nil {
		return nil, errors.Join(err, c.log.Close())
	}
	ref := switchctl.PortRef{Switch: id, Name: port}
	off := o.Off
	if off <= 0 {
		off = e.c.Timing.Off
	}
	var change switchctl.Change = switchctl.CyclePoE{Ref: ref, Off: off}
	if o.Bounce {
		change = switchctl.Bounce{Ref: ref, Off: off}
	}
	why := o.Why
	if why == "" {
		why = "asked for"
	}
	err = e.c.Switches.With(ctx, id, func(ctx context.Context, d switchctl.Driver) error {
		w := &writer{e: e, d: d, target: t, run: c, log: e.log.With("switch", id, "run", c.id)}
		r, v := w.change(ctx, task{
			step: policy.Step{Change: change, Why: why},
			pre:  func(switchctl.PortState) string { return "" }, // nothing was planned that could have changed
		}, doing{force: o.Force, tell: o.Progress, watch: &watch{e.c.Timing.Power, e.c.Timing.Link, e.c.Timing.Neighbor}})
		res.Result = r
		if r.Outcome == OutcomeUnknown {
			if r.Err != nil {
				return r.Err
			}
			return errors.New(v.reason)
		}
		return nil
	})
	if err = errors.Join(err, c.log.Close()); err != nil {
		if res.Result.Outcome != OutcomeUnknown {
			return res, err
		}
		return nil, err
	}
	return res, nil
}
