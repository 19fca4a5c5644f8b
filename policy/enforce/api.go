package enforce

import (
	"context"
	"errors"

	"phoneport/switchctl"
)

var errSoon = errors.New("being built")

// Audit reads, correlates and evaluates. It writes nothing.
func (e *Engine) Audit(ctx context.Context, r Request) (*Audit, error) { return nil, errSoon }

// Plan decides what of an audit's findings is repaired. It reads and writes no switch.
func (e *Engine) Plan(ctx context.Context, a *Audit) (*Plan, error) { return nil, errSoon }

// Apply carries a plan out.
func (e *Engine) Apply(ctx context.Context, p *Plan, o ApplyOptions) (*Applied, error) {
	return nil, errSoon
}

// Undo puts back what a run changed.
func (e *Engine) Undo(ctx context.Context, run string, o ApplyOptions) (*Applied, error) {
	return nil, errSoon
}

// Cycle takes the power of one port away and gives it back.
func (e *Engine) Cycle(ctx context.Context, id switchctl.SwitchID, port string, o CycleOptions) (*Cycled, error) {
	return nil, errSoon
}

// Recover finishes cycles that a process which died left unfinished.
func (e *Engine) Recover(ctx context.Context) ([]Recovered, error) { return nil, errSoon }
