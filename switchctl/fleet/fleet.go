package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"golang.org/x/time/rate"

	"phoneport/switchctl"
)

// Target is one switch of the fleet.
type Target struct {
	ID      switchctl.SwitchID
	Site    string
	Address string
}

// OpenFunc opens a session with a switch. ctx ends when Options.OpenTimeout is over; the session must
// not use it after OpenFunc has returned. Errors are classed (switchctl.Error): ErrUnreachable makes the
// fleet leave the switch alone for a while.
type OpenFunc func(ctx context.Context, t Target, m *switchctl.Memory) (switchctl.Driver, error)

// Hooks are told what happens, for metrics. They are called from many goroutines and must not block.
type Hooks struct {
	Opened func(t Target, took time.Duration, err error) // a session was opened, or could not be
	Used   func(t Target, took time.Duration, err error) // a session was used and closed
}

// Options make a Fleet. Zero values give the defaults named here.
type Options struct {
	Targets []Target
	Open    OpenFunc

	// Parallel is how many sessions are in use at once. Default 192: each waits for the network most of
	// the time, and holds the reading of one switch in memory.
	Parallel int
	// OpenParallel is how many sessions are being opened or wait for their turn at once. It is far above
	// Parallel because a dead switch costs only waiting. Default: 8192, or half of the files that the
	// process may open where that is less.
	OpenParallel int
	// OpenTimeout is all the time that a switch gets for its first sign of life, repeats included. Default 5 s.
	OpenTimeout time.Duration
	// PerSwitchTimeout ends a use of a session that takes longer. Default 10 min.
	PerSwitchTimeout time.Duration

	// BreakerFailures is how many uses in a row may lose contact in the middle before the switch is left
	// alone. A session that cannot even be opened counts as all of them: a dead switch costs one
	// time-out. Default 3.
	BreakerFailures int
	// BreakerCooldown is how long a switch is left alone. Default 30 s.
	BreakerCooldown time.Duration

	// Rate is how many sessions are opened in a second over the whole fleet; 0 = no limit. RateBurst is
	// how many of them may come at once, default 1.
	Rate      float64
	RateBurst int

	Log   *slog.Logger // nil = discard
	Hooks Hooks
}

// The defaults of Options.
const (
	DefaultParallel         = 192
	DefaultOpenParallel     = 8192
	DefaultOpenTimeout      = 5 * time.Second
	DefaultPerSwitchTimeout = 10 * time.Minute
	DefaultBreakerFailures  = 3
	DefaultBreakerCooldown  = 30 * time.Second
)

// Fleet is a set of switches and the right to use each of them. It is safe for parallel use.
type Fleet struct {
	o        Options
	log      *slog.Logger
	targets  []Target // sorted by id
	switches map[switchctl.SwitchID]*member
	opening  chan struct{} // one token a session that is opened or waits for its turn
	using    chan struct{} // one token a session in use
	limit    *rate.Limiter
}

// New makes a Fleet. It opens nothing.
func New(o Options) (*Fleet, error) {
	if o.Open == nil {
		return nil, errors.New("make fleet: no function to open a session")
	}
	setDefault(&o.Parallel, DefaultParallel)
	setDefault(&o.OpenParallel, defaultOpenParallel())
	o.OpenParallel = max(o.OpenParallel, o.Parallel)
	setDefault(&o.OpenTimeout, DefaultOpenTimeout)
	setDefault(&o.PerSwitchTimeout, DefaultPerSwitchTimeout)
	setDefault(&o.BreakerFailures, DefaultBreakerFailures)
	setDefault(&o.BreakerCooldown, DefaultBreakerCooldown)
	setDefault(&o.RateBurst, 1)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	f := &Fleet{
		o: o, log: o.Log,
		targets:  slices.SortedFunc(slices.Values(o.Targets), func(a, b Target) int { return cmp.Compare(a.ID, b.ID) }),
		switches: make(map[switchctl.SwitchID]*member, len(o.Targets)),
		opening:  make(chan struct{}, o.OpenParallel),
		using:    make(chan struct{}, o.Parallel),
		limit:    rate.NewLimiter(rate.Inf, 0),
	}
	if o.Rate > 0 {
		f.limit = rate.NewLimiter(rate.Limit(o.Rate), o.RateBurst)
	}
	for _, t := range f.targets {
		if t.ID == "" {
			return nil, fmt.Errorf("make fleet: switch at %q has no name", t.Address)
		}
		if _, twice := f.switches[t.ID]; twice {
			return nil, fmt.Errorf("make fleet: switch %q is named twice", t.ID)
		}
		f.switches[t.ID] = newMember(t, o)
	}
	return f, nil
}

func setDefault[T int | time.Duration](v *T, d T) {
	if *v <= 0 {
		*v = d
	}
}

// Targets gives the switches, sorted by id. The slice must not be changed.
func (f *Fleet) Targets() []Target { return f.targets }

// Target gives the switch with that id.
func (f *Fleet) Target(id switchctl.SwitchID) (Target, bool) {
	m, ok := f.switches[id]
	if !ok {
		return Target{}, false
	}
	return m.target, true
}

// With opens a session with switch id, gives it to fn and closes it. One user at a time: others wait.
// The error is that of fn, or of opening (class ErrUnreachable also where the switch is being left
// alone), or of ctx while waiting. fn's context ends with ctx or after PerSwitchTimeout; With returns
// only once fn has. A panic of fn or of the driver becomes an error: one broken switch must not cost the
// report on all others.
func (f *Fleet) With(ctx context.Context, id switchctl.SwitchID, fn func(context.Context, switchctl.Driver) error) error {
	m, ok := f.switches[id]
	if !ok {
		return &switchctl.Error{Op: "open session", Switch: id, Err: errors.New("no switch of that name")}
	}
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return interrupted(ctx, id)
	}
	_, err := m.breaker.Execute(func() (struct{}, error) {
		err := f.use(ctx, m, fn)
		m.gaveUp = err != nil && ctx.Err() != nil
		return struct{}{}, err
	})
	return m.explain(err)
}

// use opens, works and closes. Its caller has the switch for itself.
func (f *Fleet) use(ctx context.Context, m *member, fn func(context.Context, switchctl.Driver) error) error {
	m.silent = false
	select {
	case f.opening <- struct{}{}:
	case <-ctx.Done():
		return interrupted(ctx, m.target.ID)
	}
	waiting := true
	leave := func() {
		if waiting {
			waiting = false
			<-f.opening
		}
	}
	defer leave()
	if err := f.limit.Wait(ctx); err != nil {
		return &switchctl.Error{Op: "wait for the rate limit", Switch: m.target.ID, Err: err}
	}
	d, err := f.open(ctx, m)
	if err != nil {
		return err
	}
	defer func() {
		if err := d.Close(); err != nil {
			f.log.Debug("close session", "switch", m.target.ID, "err", err)
		}
	}()
	select {
	case f.using <- struct{}{}:
		defer func() { <-f.using }()
	case <-ctx.Done():
		return interrupted(ctx, m.target.ID)
	}
	leave()
	if ctx.Err() != nil { // the token may have come together with the end
		return interrupted(ctx, m.target.ID)
	}
	start := time.Now()
	uctx, cancel := context.WithTimeout(ctx, f.o.PerSwitchTimeout)
	defer cancel()
	err = f.guarded(m, func() error { return fn(uctx, d) })
	if f.o.Hooks.Used != nil {
		f.o.Hooks.Used(m.target, time.Since(start), err)
	}
	return err
}

func (f *Fleet) open(ctx context.Context, m *member) (d switchctl.Driver, err error) {
	start := time.Now()
	octx, cancel := context.WithTimeout(ctx, f.o.OpenTimeout)
	defer cancel()
	err = f.guarded(m, func() (err error) {
		d, err = f.o.Open(octx, m.target, &m.memory)
		if err == nil && d == nil {
			err = &switchctl.Error{Op: "open session", Switch: m.target.ID, Class: switchctl.ErrUnsupported, Err: errors.New("no driver")}
		}
		return err
	})
	if err != nil && ctx.Err() == nil && octx.Err() != nil && errors.Is(err, context.DeadlineExceeded) {
		err = f.noAnswer(m, err)
	}
	m.silent = errors.Is(err, switchctl.ErrUnreachable)
	if f.o.Hooks.Opened != nil {
		f.o.Hooks.Opened(m.target, time.Since(start), err)
	}
	return d, err
}

// noAnswer says in place of "context deadline exceeded" what it means here.
func (f *Fleet) noAnswer(m *member, err error) error {
	out := switchctl.Error{Op: "open session"}
	if e, ok := errors.AsType[*switchctl.Error](err); ok {
		out = *e
	}
	out.Switch, out.Class, out.Err = m.target.ID, switchctl.ErrUnreachable, fmt.Errorf("no answer within %s", f.o.OpenTimeout)
	return &out
}

func interrupted(ctx context.Context, id switchctl.SwitchID) error {
	return &switchctl.Error{Op: "wait for the switch", Switch: id, Err: context.Cause(ctx)}
}
