package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// decision is the state of one Decide.
type decision struct {
	in    Input
	ports map[switchctl.PortRef]place
	spent tally
	given map[powerKey]discovery.Milliwatts // promised by the steps so far
	stop  string                            // why everything is held; "" = it is not
	plans map[switchctl.SwitchID]*Plan
}

// place is one port that a finding is about.
type place struct {
	reading *Reading
	view    View
}

type powerKey struct {
	sw    switchctl.SwitchID
	group int
}

func newDecision(in Input) *decision {
	d := &decision{
		in:    in,
		ports: make(map[switchctl.PortRef]place),
		spent: count(in.History, in.Limits, in.Now),
		given: make(map[powerKey]discovery.Milliwatts),
		stop:  unverifiedStop(in.History, in.Limits, in.Now),
		plans: make(map[switchctl.SwitchID]*Plan),
	}
	asked := make(map[switchctl.SwitchID]bool)
	for _, f := range in.Findings {
		for _, c := range f.Fix {
			asked[c.Port().Switch] = true
		}
	}
	for _, r := range in.Readings {
		if !asked[r.Switch.Switch] {
			continue
		}
		v := r.View(in.Now, in.Facts, Options{})
		for i := range v.Ports {
			d.ports[v.Ports[i].Port.Ref] = place{r, v.Ports[i]}
		}
	}
	return d
}

func (d *decision) plan(id switchctl.SwitchID) *Plan {
	p, ok := d.plans[id]
	if !ok {
		p = &Plan{Switch: id}
		d.plans[id] = p
	}
	return p
}

func (d *decision) hold(w *want, guard, reason string) {
	p := d.plan(w.key.port.Switch)
	p.Held = append(p.Held, Hold{Change: w.change, Rule: w.finding.Rule, Reason: reason, Guard: guard})
}

// take makes a step of a change that nothing speaks against.
func (d *decision) take(w *want) {
	at := d.ports[w.key.port]
	d.spent.add(w.key.port, at.reading.Site, w.key.kind)
	if g, need, ok := demand(w.change, at.view); ok {
		d.given[powerKey{w.key.port.Switch, g.Group}] += need
	}
	p := d.plan(w.key.port.Switch)
	p.Steps = append(p.Steps, Step{Change: w.change, Why: w.why, Rule: w.finding.Rule, Before: *at.view.Port})
}

// done gives the plans by switch, their steps by port and rank.
func (d *decision) done() []Plan {
	var ps []Plan
	for _, p := range d.plans {
		slices.SortStableFunc(p.Steps, func(a, b Step) int { return compareChanges(a.Change, b.Change) })
		slices.SortStableFunc(p.Held, func(a, b Hold) int {
			return cmp.Or(compareChanges(a.Change, b.Change), strings.Compare(a.Rule, b.Rule))
		})
		ps = append(ps, *p)
	}
	slices.SortFunc(ps, func(a, b Plan) int { return strings.Compare(string(a.Switch), string(b.Switch)) })
	return ps
}

// refuse looks at a change by itself: what speaks against it whatever else is planned.
func (d *decision) refuse(w *want) (Hold, bool) {
	at, ok := d.ports[w.key.port]
	if !ok {
		return held(HoldNotRead, "the port was not read")
	}
	if settable(w.change) && w.change.Seen(*at.view.Port) {
		return held(HoldAlready, "the port is so already")
	}
	for _, check := range []func(*want, place) (Hold, bool){
		d.guarded, d.allowed, d.sure, d.vlanExists, d.powerSafe,
	} {
		if h, no := check(w, at); no {
			return h, true
		}
	}
	return Hold{}, false
}

func held(guard, format string, args ...any) (Hold, bool) {
	return Hold{Guard: guard, Reason: fmt.Sprintf(format, args...)}, true
}

// settable reports whether the change leaves a lasting state; a cycle ends where it began.
func settable(c switchctl.Change) bool {
	switch c.(type) {
	case switchctl.CyclePoE, switchctl.Bounce:
		return false
	}
	return true
}

// cuts reports whether the change takes power or link from what is on the port, lastingly or for a moment.
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

// guarded asks the guards of the port: those of the intent, and those that the port shows now.
func (d *decision) guarded(w *want, at place) (Hold, bool) {
	gs := append(slices.Clone(at.view.Intent.Guards), Guards(at.view, d.in.Limits)...)
	for _, g := range gs {
		if g.StopsChange(w.change) {
			return held(g.ID, "%s", g.Reason)
		}
	}
	return Hold{}, false
}

// allowed asks whether the configuration lets this kind through, and whether the driver can do it.
func (d *decision) allowed(w *want, at place) (Hold, bool) {
	k := w.key.kind
	if d.in.Limits.Kinds == nil && k == "bounce" || d.in.Limits.Kinds != nil && !slices.Contains(d.in.Limits.Kinds, k) {
		return held(HoldKind, "changes of kind %s are not allowed by the configuration", k)
	}
	// What enforce takes apart is done by the driver as the parts.
	switch k {
	case "cycle-poe":
		k = "set-poe"
	case "bounce":
		k = "set-admin"
	}
	if !slices.Contains(at.reading.Info.Kinds, k) {
		return held(HoldUnsupported, "driver %s cannot %s on this switch", orText(at.reading.Info.Driver, "unknown"), k)
	}
	return Hold{}, false
}

// sure asks for enough proof that the phone is there: power and VLANs need two independent signs, priority and
// limit one.
func (d *decision) sure(w *want, at place) (Hold, bool) {
	need := inventory.Certain
	switch w.change.(type) {
	case switchctl.SetPoEPriority, switchctl.SetPoELimit:
		need = inventory.Probable
	}
	// The more telling reason first: that a phone is there twice is why it is not sure.
	if ports := d.in.Facts.Seen[w.finding.Phone]; len(ports) > 1 && at.view.Intent.NeedsPhone {
		return held(HoldDuplicate, "phone %s is found on %d ports", w.finding.Phone, len(ports))
	}
	if w.sure < need {
		return held(HoldConfidence, "%s that the phone is there, %s is needed", w.sure, need)
	}
	return Hold{}, false
}

// vlanExists keeps a typing error from making a VLAN: some switches create what they are told to use.
func (d *decision) vlanExists(w *want, at place) (Hold, bool) {
	var id uint16
	switch c := w.change.(type) {
	case switchctl.SetVoice:
		if c.Voice.Mode != discovery.VoiceTagged {
			return Hold{}, false
		}
		id = c.Voice.VLAN
	case switchctl.SetAccessVLAN:
		id = c.VLAN
	default:
		return Hold{}, false
	}
	s := at.reading.Switch
	exists, known := s.HasVLAN(id)
	switch {
	case known && !exists:
		return held(HoldVLANMissing, "VLAN %d does not exist on the switch", id)
	case !known && !usesVLAN(s, id):
		return held(HoldVLANUnknown, "the switch does not tell whether VLAN %d exists, and uses it on no port", id)
	}
	return Hold{}, false
}

func usesVLAN(s *switchctl.Snapshot, id uint16) bool {
	for i := range s.Ports {
		p := &s.Ports[i]
		if p.Untagged == id || p.Voice.VLAN == id || slices.Contains(p.Tagged, id) {
			return true
		}
	}
	return false
}
