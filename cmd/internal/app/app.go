package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"phoneport/cmd/internal/config"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/policy/enforce/journal"
	"phoneport/policy/rules"
	"phoneport/switchctl/fleet"
)

// Options say what an App is for.
type Options struct {
	Write bool // use write communities: the App will apply
	// Once says that no switch is read twice, so that nothing is kept for a second reading: what would be is
	// most of the memory of an audit of many switches.
	Once   bool
	Timing enforce.Timing
	Log    *slog.Logger // nil = discard
	Now    func() time.Time
}

// App is a configured phoneport.
type App struct {
	Config    *config.Config
	Fleet     *fleet.Fleet
	Engine    *enforce.Engine
	Journal   *journal.Dir
	Directory *inventory.Directory
	Rules     []policy.Rule // those that are switched on
	// Conflicts are what inventory sources tell differently.
	Conflicts []inventory.Conflict
	// Problems are entries of inventory sources that could not be used.
	Problems []inventory.Problem
	// Unloaded says which sources could not be read; what the others told is used.
	Unloaded []error

	seen *Seen
	log  *slog.Logger
	now  func() time.Time
}

// New puts an App together and loads the inventory. It speaks to no switch. The error is of the
// configuration; sources that cannot be read are in Unloaded.
func New(ctx context.Context, c *config.Config, o Options) (*App, error) {
	a := &App{Config: c, log: o.Log, now: o.Now}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	checked, err := Check(c)
	if err != nil {
		return nil, err
	}
	a.Rules = checked.Rules
	if err := a.load(ctx, checked.Sources); err != nil {
		return nil, err
	}
	if a.Fleet, err = newFleet(c, o, a.log); err != nil {
		return nil, err
	}
	if a.seen, err = LoadSeen(c.StateDir); err != nil {
		// It is a memory, not the truth: without it no more is lost than what it would have told.
		a.log.Error("what was seen of phones earlier cannot be read", "err", err)
		a.seen = NewSeen(c.StateDir)
	}
	a.Journal = journal.New(c.StateDir, a.log)
	a.Engine, err = enforce.New(enforce.Config{
		Switches: a.Fleet, Directory: a.Directory, Assigner: checked.Assigner, Rules: a.Rules, Exceptions: c.Exceptions,
		Limits: c.Limits, Options: c.Options, Journal: a.Journal, Timing: o.Timing, Log: a.log, Now: o.Now,
		LastPhone: func() map[portRef]time.Time { return a.seen.LastPhone(a.now(), c.Options.IdleVoiceDays) },
	})
	return a, err
}

// Checked is what a configuration means, as far as that can be said without asking anybody.
type Checked struct {
	Assigner *policy.Assigner
	Rules    []policy.Rule
	Sources  []inventory.Source
}

// Check finds the mistakes of a configuration that only those find who use it: expressions, rules that do
// not exist, columns that no source knows. The error joins them all.
func Check(c *config.Config) (Checked, error) {
	var out Checked
	var errs []error
	var err error
	if out.Rules, err = chooseRules(c.Rules); err != nil {
		errs = append(errs, err)
	}
	out.Assigner, err = policy.NewAssigner(policy.Config{
		Profiles: c.Profiles, Assignments: c.Assignments, Exceptions: c.Exceptions, Limits: c.Limits, RuleIDs: rules.IDs(),
	})
	if err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", c.Path, err))
	}
	for _, s := range c.Inventory {
		src, err := openSource(s)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", c.Path, err))
			continue
		}
		out.Sources = append(out.Sources, src)
	}
	return out, errors.Join(errs...)
}

// chooseRules gives all rules but those that are switched off, with the severities asked for.
func chooseRules(changes []config.Rule) ([]policy.Rule, error) {
	out := rules.All()
	var errs []error
	for _, c := range changes {
		i := slices.IndexFunc(out, func(r policy.Rule) bool { return r.ID == c.ID })
		switch {
		case i < 0 && slices.Contains(rules.IDs(), c.ID):
			// switched off by an earlier entry; config refuses the same name twice
		case i < 0:
			errs = append(errs, fmt.Errorf("%s: there is no rule %q; phoneport check-config --rules lists them", c.Place, c.ID))
		case c.Disable:
			out = slices.Delete(out, i, i+1)
		default:
			out[i] = withSeverity(out[i], c.Severity)
		}
	}
	return out, errors.Join(errs...)
}

// withSeverity makes all findings of a rule as severe as an operator wants them.
func withSeverity(r policy.Rule, s policy.Severity) policy.Rule {
	r.Severity = s
	set := func(fs []policy.Finding) []policy.Finding {
		for i := range fs {
			fs[i].Severity = s
		}
		return fs
	}
	if check := r.Check; check != nil {
		r.Check = func(v policy.View) []policy.Finding { return set(check(v)) }
	}
	if check := r.Switch; check != nil {
		r.Switch = func(v policy.SwitchView) []policy.Finding { return set(check(v)) }
	}
	if check := r.Fleet; check != nil {
		r.Fleet = func(v policy.FleetView) []policy.Finding { return set(check(v)) }
	}
	return r
}

// Audit is the engine's, and remembers where phones were seen.
func (a *App) Audit(ctx context.Context, r enforce.Request) (*enforce.Audit, error) {
	out, err := a.Engine.Audit(ctx, r)
	if err != nil {
		return nil, err
	}
	a.seen.Note(out)
	if err := a.seen.Save(); err != nil {
		a.log.Error("where phones were seen cannot be remembered", "err", err)
	}
	return out, nil
}

// Seen gives the memory of where phones were seen.
func (a *App) Seen() *Seen { return a.seen }
