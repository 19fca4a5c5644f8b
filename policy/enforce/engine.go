package enforce

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// Switches is the fleet as the engine uses it; *fleet.Fleet is one.
type Switches interface {
	Targets() []fleet.Target // sorted by id
	With(ctx context.Context, id switchctl.SwitchID, fn func(context.Context, switchctl.Driver) error) error
	Each(ctx context.Context, ids []switchctl.SwitchID, fn func(context.Context, fleet.Target, switchctl.Driver) error, done func(fleet.Done)) error
}

var _ Switches = (*fleet.Fleet)(nil)

// Config makes an Engine.
type Config struct {
	Switches  Switches             // required
	Directory *inventory.Directory // nil = no phone is known
	Assigner  Assigner             // nil = nothing is known about what any port should be
	Rules     []policy.Rule
	// Exceptions are those that the Assigner was made with; rules about the whole fleet need them.
	Exceptions []policy.Exception
	Limits     policy.Limits
	Options    policy.Options
	Journal    Journal // required by everything that writes; an Engine without can audit and plan
	Timing     Timing

	// Busy says why the power of a phone must not be cut now, beyond what a port shows: a firmware
	// upgrade that a file server sees, an emergency call that a call server sees. nil = nobody knows.
	Busy func(discovery.MAC) (reason string, busy bool)
	// LastPhone gives when a phone was last seen on ports (policy.FleetFacts.LastPhone). nil = no history.
	LastPhone func() map[switchctl.PortRef]time.Time

	Log *slog.Logger     // nil = discard
	Now func() time.Time // nil = time.Now
}

// Timing bounds how long the engine waits for a switch to show what it was told. Zero fields give the
// defaults.
type Timing struct {
	ReadBack time.Duration // for a change to be seen; default 15 s
	Off      time.Duration // power or link stays off in a cycle; default 5 s
	Power    time.Duration // for power to be delivered after a cycle; default 20 s
	Link     time.Duration // for the link to come up after power; default 60 s
	Neighbor time.Duration // for the phone to be heard after link; default 120 s
	Restore  time.Duration // for giving power back to be accepted; default 2 min, with repeats
	Step     time.Duration // for one question to or order for a switch in a change that is being finished; default 60 s
}

func (t *Timing) defaults() {
	for _, f := range []struct {
		v *time.Duration
		d time.Duration
	}{
		{&t.ReadBack, 15 * time.Second},
		{&t.Off, 5 * time.Second},
		{&t.Power, 20 * time.Second},
		{&t.Link, 60 * time.Second},
		{&t.Neighbor, 120 * time.Second},
		{&t.Restore, 2 * time.Minute},
		{&t.Step, time.Minute},
	} {
		if *f.v <= 0 {
			*f.v = f.d
		}
	}
}

// Engine audits, plans, applies, undoes and cycles. It is safe for parallel use; writes of different
// processes are kept apart by the journal's lock.
type Engine struct {
	c   Config
	log *slog.Logger
	now func() time.Time
}

// New makes an Engine. It opens nothing.
func New(c Config) (*Engine, error) {
	if c.Switches == nil {
		return nil, errors.New("make engine: no switches")
	}
	c.Timing.defaults()
	e := &Engine{c: c, log: c.Log, now: c.Now}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if e.now == nil {
		e.now = time.Now
	}
	return e, nil
}

// newRun gives a run id that sorts by time: 20260102T150405Z-1a2b3c.
func newRun(now time.Time) string {
	var b [3]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return now.UTC().Format("20060102T150405Z") + "-" + hex.EncodeToString(b[:])
}
