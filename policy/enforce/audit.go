package enforce

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// Audit reads the switches asked for, matches phones to ports, and evaluates the rules. It writes nothing.
// Switches that cannot be read are in the report; the error says that nothing could be begun. Where ctx
// ends, the report tells of what was read until then.
func (e *Engine) Audit(ctx context.Context, r Request) (*Audit, error) {
	ids, err := e.choose(r)
	if err != nil {
		return nil, err
	}
	return e.audit(ctx, ids, r)
}

// choose gives the switches that a request asks for.
func (e *Engine) choose(r Request) ([]switchctl.SwitchID, error) {
	for _, g := range slices.Concat(r.Switches, r.Sites) {
		if !doublestar.ValidatePattern(g) {
			return nil, fmt.Errorf("choose switches: pattern %q is malformed", g)
		}
	}
	match := func(globs []string, s string) bool {
		return len(globs) == 0 || slices.ContainsFunc(globs, func(g string) bool {
			// A name that is itself no pattern must find its switch, whatever signs are in it.
			return g == s || doublestar.MatchUnvalidated(g, s)
		})
	}
	ids := []switchctl.SwitchID{}
	for _, t := range e.c.Switches.Targets() {
		if match(r.Switches, string(t.ID)) && match(r.Sites, t.Site) {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) == 0 && len(r.Switches)+len(r.Sites) > 0 {
		return nil, fmt.Errorf("choose switches: none of %d matches switch %q site %q", len(e.c.Switches.Targets()), r.Switches, r.Sites)
	}
	return ids, nil
}

func (e *Engine) audit(ctx context.Context, ids []switchctl.SwitchID, r Request) (*Audit, error) {
	now := e.now()
	a := &Audit{Run: newRun(now), Started: now}
	e.readAll(ctx, a, ids, r)
	a.Interrupted = ctx.Err() != nil
	e.judge(a, ids)
	if r.Drop {
		for i := range a.Read {
			a.Read[i].Reading = nil
		}
	}
	a.Finished = e.now()
	return a, nil
}

// readAll reads the switches, many at once, and finds the phones of each by itself.
func (e *Engine) readAll(ctx context.Context, a *Audit, ids []switchctl.SwitchID, r Request) {
	if len(ids) == 0 {
		return // nil would mean all
	}
	readings := make([]*policy.Reading, len(ids)) // each written by who reads that switch
	at := make(map[switchctl.SwitchID]int, len(ids))
	for i, id := range ids {
		at[id] = i
	}
	texts := interner{}
	_ = e.c.Switches.Each(ctx, ids, func(ctx context.Context, t fleet.Target, d switchctl.Driver) error {
		s, err := d.Observe(ctx, switchctl.Scope{Fresh: r.Fresh})
		if err != nil {
			return err
		}
		named(&s, t.ID)
		readings[at[t.ID]] = &policy.Reading{
			Site: t.Site, Info: d.Info(), Switch: &s, Bindings: inventory.Correlate(e.c.Directory, s, e.now()),
		}
		return nil
	}, func(d fleet.Done) {
		switch rd := readings[at[d.Target.ID]]; {
		case d.Err != nil || rd == nil:
			a.Unreadable = append(a.Unreadable, Unreadable{d.Target, d.Err})
		default:
			texts.compact(rd.Switch)
			a.Read = append(a.Read, SwitchRead{
				Target: d.Target, Info: rd.Info, System: rd.Switch.System, Took: d.Took, Power: rd.Switch.Power,
				Missing: rd.Switch.Missing, Ports: len(rd.Switch.Ports), Reading: rd,
			})
		}
		if r.Progress != nil {
			r.Progress(d)
		}
	})
	slices.SortFunc(a.Read, func(a, b SwitchRead) int { return cmp.Compare(a.Target.ID, b.Target.ID) })
	slices.SortFunc(a.Unreadable, func(a, b Unreadable) int { return cmp.Compare(a.Target.ID, b.Target.ID) })
}

// named puts the fleet's name of a switch on what a driver read: the fleet, not the switch, says who is who.
func named(s *switchctl.Snapshot, id switchctl.SwitchID) {
	s.Switch = id
	for i := range s.Ports {
		s.Ports[i].Ref.Switch = id
	}
}

// judge says what is wrong, now that all is read that can be.
func (e *Engine) judge(a *Audit, ids []switchctl.SwitchID) {
	now := e.now()
	var found []inventory.Binding
	readings := make([]*policy.Reading, len(a.Read))
	for i := range a.Read {
		readings[i] = a.Read[i].Reading
		found = append(found, readings[i].Bindings...)
	}
	// A phone's address is learned on every port on the way to it: only the whole fleet tells where it is.
	kept, seen := inventory.Resolve(found)
	a.Bindings = kept
	for _, r := range readings { // kept has the bindings in the order of the switches
		n := 0
		for n < len(kept) && kept[n].Port.Switch == r.Switch.Switch {
			n++
		}
		r.Bindings, kept = kept[:n:n], kept[n:]
		e.assign(r)
	}
	unread := make([]switchctl.SwitchID, 0, len(a.Unreadable))
	for _, u := range a.Unreadable {
		unread = append(unread, u.Target.ID)
	}
	asked := make(map[switchctl.SwitchID]bool, len(ids))
	for _, id := range ids {
		asked[id] = true
	}
	for _, t := range e.c.Switches.Targets() {
		if !asked[t.ID] {
			unread = append(unread, t.ID) // a phone that is not on the switches asked for may well be on another
		}
	}
	a.Facts = policy.NewFacts(readings, e.c.Directory, unread, now, e.c.Options)
	if e.c.LastPhone != nil {
		a.Facts.LastPhone = e.c.LastPhone()
	}
	a.Findings = policy.EvaluateAll(policy.FleetView{
		Now: now, Directory: e.c.Directory, Readings: readings, Exceptions: e.c.Exceptions, Facts: a.Facts, Options: e.c.Options,
	}, e.c.Rules)
	a.Phones = e.count(a, asked, seen)
}

// Plan decides which of an audit's findings are repaired now, in which order, and which wait and why. It
// looks at no switch and writes nothing.
func (e *Engine) Plan(_ context.Context, a *Audit) (*Plan, error) {
	now := e.now()
	in := policy.Input{Now: now, Findings: a.Findings, Facts: a.Facts, Limits: e.c.Limits}
	for _, r := range a.Read {
		if r.Reading == nil {
			return nil, fmt.Errorf("plan run %s: the audit dropped what it read of %s", a.Run, r.Target.ID)
		}
		in.Readings = append(in.Readings, r.Reading)
	}
	if e.c.Journal != nil {
		var err error
		if in.History, err = e.c.Journal.History(now.Add(-max(e.c.Limits.Window, e.c.Limits.CycleRest))); err != nil {
			return nil, fmt.Errorf("plan run %s: read history: %w", a.Run, err)
		}
	}
	return &Plan{Run: a.Run, Made: now, Switches: policy.Decide(in)}, nil
}
