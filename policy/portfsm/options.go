package portfsm

import (
	"errors"
	"fmt"
	"time"
)

// Options are the numbers of the machine. Zero means the default; a negative time means none at all.
type Options struct {
	// Debounce is how long a first hint waits for others before the port is read. Default 100 ms: link, power and neighbour
	// traps of one event come within that.
	Debounce time.Duration
	// ReadGap is the least time between two readings of a port. Default 5 s.
	ReadGap time.Duration
	// HintGap is the least time between a reading and one that an unauthentic hint asks for. Default 15 s, never less
	// than ReadGap.
	HintGap time.Duration
	// ReadTimeout is how long an answer to Reconcile may take before the reading counts as failed. Default 1 min.
	ReadTimeout time.Duration
	// ReadRetry is the wait after a failed reading; it doubles with each. Default 30 s.
	ReadRetry time.Duration
	// Unreadable is after how many failed readings in a row the port is left to the next event or audit. Default 5.
	Unreadable int

	// ApplyTimeout is how long an answer to Apply may take. Default 10 min: a power cycle with all its waiting takes six.
	ApplyTimeout time.Duration
	// Settle is how long a phone gets to start after a repair. Default 5 min 30 s: a phone takes 30 s to 3 min, and rules
	// are silent for policy.Options.BootTime, 5 min, so that an earlier reading proves nothing.
	Settle time.Duration
	// SettleMax bounds Settle where Progress prolongs it. Default 30 min: an upgrade.
	SettleMax time.Duration
	// Cool is the wait after a repair that did not help; it grows by Growth with each, up to CoolMax. Defaults 10 min, 3, 4 h.
	Cool    time.Duration
	Growth  float64
	CoolMax time.Duration

	// Attempts is how many repairs are tried before quarantine, without the port being good between them, however
	// long that takes. Default 4.
	Attempts int
	// Quarantine is after how long a quarantine ends by itself. Default 7 days.
	Quarantine time.Duration
	// CutsPerHour and CutsPerDay bound how often power or link are cut, in any hour and any 24 hours. Defaults 1 and 2;
	// negative: never.
	CutsPerHour, CutsPerDay int
	// Flaps repairs that helped and did not last, within FlapWindow, lead to quarantine: somebody else wants the port to be
	// otherwise. Defaults 3 in 6 h.
	Flaps      int
	FlapWindow time.Duration

	// ApprovalFor is how long a proposal waits for a person. Default 3 days.
	ApprovalFor time.Duration
	// HoldRetry is the wait before a held or paused repair is looked at again, HoldFor how long that goes on. Defaults 15 min,
	// 8 days: a change window may be once a week.
	HoldRetry, HoldFor time.Duration
	// RejectedFor is how long a plan that a person rejected is not proposed again. Default 30 days.
	RejectedFor time.Duration
}

// DefaultOptions are the numbers for a configuration that names none.
func DefaultOptions() Options {
	return Options{
		Debounce: 100 * time.Millisecond, ReadGap: 5 * time.Second, HintGap: 15 * time.Second,
		ReadTimeout: time.Minute, ReadRetry: 30 * time.Second, Unreadable: 5,
		ApplyTimeout: 10 * time.Minute, Settle: 330 * time.Second, SettleMax: 30 * time.Minute,
		Cool: 10 * time.Minute, Growth: 3, CoolMax: 4 * time.Hour,
		Attempts: 4, Quarantine: 7 * 24 * time.Hour,
		CutsPerHour: 1, CutsPerDay: 2, Flaps: 3, FlapWindow: 6 * time.Hour,
		ApprovalFor: 72 * time.Hour, HoldRetry: 15 * time.Minute, HoldFor: 8 * 24 * time.Hour,
		RejectedFor: 30 * 24 * time.Hour,
	}
}

// Machine steps states by its Options. It holds nothing else and is safe for parallel use.
type Machine struct {
	o         Options
	hour, day time.Duration
}

// New makes a Machine. The error names every mistake of the options.
func New(o Options) (*Machine, error) {
	d := DefaultOptions()
	var errs []error
	for _, f := range []struct {
		name string
		v    *time.Duration
		def  time.Duration
		must bool // without it a port would wait forever or never
	}{
		{"debounce", &o.Debounce, d.Debounce, false},
		{"read_gap", &o.ReadGap, d.ReadGap, false},
		{"hint_gap", &o.HintGap, d.HintGap, false},
		{"read_timeout", &o.ReadTimeout, d.ReadTimeout, true},
		{"read_retry", &o.ReadRetry, d.ReadRetry, true},
		{"apply_timeout", &o.ApplyTimeout, d.ApplyTimeout, true},
		{"settle", &o.Settle, d.Settle, false},
		{"settle_max", &o.SettleMax, d.SettleMax, false},
		{"cool", &o.Cool, d.Cool, false},
		{"cool_max", &o.CoolMax, d.CoolMax, false},
		{"quarantine", &o.Quarantine, d.Quarantine, true},
		{"flap_window", &o.FlapWindow, d.FlapWindow, true},
		{"approval_for", &o.ApprovalFor, d.ApprovalFor, true},
		{"hold_retry", &o.HoldRetry, d.HoldRetry, true},
		{"hold_for", &o.HoldFor, d.HoldFor, true},
		{"rejected_for", &o.RejectedFor, d.RejectedFor, false},
	} {
		switch {
		case *f.v == 0:
			*f.v = f.def
		case *f.v < 0 && f.must:
			errs = append(errs, fmt.Errorf("%s is %s: it must be more than nothing", f.name, *f.v))
		case *f.v < 0:
			*f.v = 0
		}
	}
	for _, f := range []struct {
		name string
		v    *int
		def  int
		must bool
	}{
		{"unreadable", &o.Unreadable, d.Unreadable, true},
		{"attempts", &o.Attempts, d.Attempts, true},
		{"flaps", &o.Flaps, d.Flaps, true},
		{"cuts_per_hour", &o.CutsPerHour, d.CutsPerHour, false},
		{"cuts_per_day", &o.CutsPerDay, d.CutsPerDay, false},
	} {
		switch {
		case *f.v == 0:
			*f.v = f.def
		case *f.v < 0 && f.must:
			errs = append(errs, fmt.Errorf("%s is %d: it must be at least 1", f.name, *f.v))
		case *f.v < 0:
			*f.v = 0
		}
		if *f.v > most {
			errs = append(errs, fmt.Errorf("%s is %d: at most %d, as each is stored", f.name, *f.v, most))
		}
	}
	if o.Growth == 0 {
		o.Growth = d.Growth
	}
	if !(o.Growth >= 1) { // also not a number
		errs = append(errs, fmt.Errorf("growth is %v: it must be at least 1", o.Growth))
	}
	if len(errs) > 0 {
		return nil, fmt.Errorf("make port machine: %w", errors.Join(errs...))
	}
	o.HintGap = max(o.HintGap, o.ReadGap)
	o.SettleMax = max(o.SettleMax, o.Settle)
	o.CoolMax = max(o.CoolMax, o.Cool)
	return &Machine{o: o, hour: time.Hour, day: 24 * time.Hour}, nil
}

// most bounds the counts whose times are stored with each port.
const most = 100

// standard is the machine of DefaultOptions.
var standard = Machine{o: DefaultOptions(), hour: time.Hour, day: 24 * time.Hour}

// Step is Machine.Step with DefaultOptions.
func Step(s State, in Input, now time.Time) (State, []Effect) { return standard.Step(s, in, now) }
