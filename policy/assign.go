package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// Assignment gives a profile to the ports that it selects. Every selector that is given must match; within one
// selector, one pattern that matches is enough. Assignments are tried in order and the first that matches wins.
//
// Sites, Switches and Ports are globs (see glob.go: Gi1/0/* is one level, ** is any). Models, Vendors and
// PhoneProfiles are patterns without regard to case, matched against the surest phone on the port, else against
// the one that the inventory expects there; models and vendors in any spelling that inventory.NormalModel knows.
//
// An assignment that names no switch, no port and no expression about the port applies only where a phone was
// found or is expected: to say "every phone in this site" must not mean every printer.
type Assignment struct {
	Name          string
	Profile       string
	Sites         []string
	Switches      []string
	Ports         []string
	Models        []string
	Vendors       []string
	PhoneProfiles []string
	Expr          string // CEL, must be a bool; see Variables
}

// Config is all that an Assigner is made of.
type Config struct {
	Profiles    []Profile
	Assignments []Assignment
	Exceptions  []Exception
	Limits      Limits // Protect and MaxMACs go into the guards of each intent
	// RuleIDs are the rules that exist; where given, an exception that names another one is a mistake.
	RuleIDs []string
}

// Assigner says what should hold on each port. It is made once, immutable, and safe for parallel use.
type Assigner struct {
	profiles    map[string]*Profile
	assignments []assignment
	exceptions  []*exception
	limits      Limits
}

// assignment is an Assignment with its patterns and its expression compiled.
type assignment struct {
	name                         string
	profile                      *Profile
	sites, switches, ports, asks globs
	models, vendors              *phoneMatch
	expr                         *expression
	phone                        bool // chooses by the phone
}

type exception struct {
	*Exception
	sw, port glob
}

// NewAssigner checks and compiles a configuration. The error joins every mistake, each with its place:
// `assignment 2 "lobby": port pattern "Gi[" is malformed`.
func NewAssigner(c Config) (*Assigner, error) {
	a := &Assigner{profiles: make(map[string]*Profile, len(c.Profiles)), limits: c.Limits}
	m := &mistakes{}
	a.addProfiles(c.Profiles, m)
	a.addAssignments(c.Assignments, m)
	a.addExceptions(c.Exceptions, c.RuleIDs, m)
	for i, p := range c.Limits.Protect {
		at := fmt.Sprintf("protect entry %d", i+1)
		m.glob(at, "switch", p.Switch)
		m.glob(at, "port", p.Port)
	}
	checkLimits(c.Limits, m)
	if err := errors.Join(m.errs...); err != nil {
		return nil, err
	}
	return a, nil
}

// Profile gives the profile with the name.
func (a *Assigner) Profile(name string) (*Profile, bool) {
	p, ok := a.profiles[name]
	return p, ok
}

// Assign fills what should hold on the ports of a reading: intents with their guards, expected phones and
// exceptions. d may be nil.
func (a *Assigner) Assign(r *Reading, d *inventory.Directory, now time.Time) {
	id := string(r.Switch.Switch)
	r.Exceptions = nil
	var here []*exception
	for _, e := range a.exceptions {
		if e.sw.match(id) {
			here = append(here, e)
			r.Exceptions = append(r.Exceptions, e.Exception)
		}
	}
	r.Expected = make([][]inventory.Phone, len(r.Switch.Ports))
	if d.Len() > 0 {
		for i := range r.Switch.Ports {
			r.Expected[i] = d.ExpectedAt(r.Switch.Ports[i].Ref)
		}
	}
	r.Intents = make([]Intent, len(r.Switch.Ports))
	switches := make([]bool, len(a.assignments))
	for i := range a.assignments {
		as := &a.assignments[i]
		switches[i] = as.sites.match(r.Site) && as.switches.match(id)
	}
	v := r.View(now, FleetFacts{}, Options{})
	for i := range v.Ports {
		r.Intents[i] = a.intent(v.Ports[i], switches, here)
	}
}

// Intent says what should hold on one port. v needs no Intent, Fleet and Options.
func (a *Assigner) Intent(v View) Intent {
	id := string(v.Switch.Switch)
	var here []*exception
	for _, e := range a.exceptions {
		if e.sw.match(id) {
			here = append(here, e)
		}
	}
	switches := make([]bool, len(a.assignments))
	for i := range a.assignments {
		as := &a.assignments[i]
		switches[i] = as.sites.match(v.Site) && as.switches.match(id)
	}
	return a.intent(v, switches, here)
}

// intent is Intent with what is the same for all ports of a switch already decided.
func (a *Assigner) intent(v View, switches []bool, here []*exception) Intent {
	v.Intent = Intent{}
	in := a.choose(v, switches)
	v.Intent.Profile = in.Profile
	in.Guards = Guards(v, a.limits)
	if in.Profile != nil && !in.NeedsPhone && structural(in.Guards) {
		if _, ok := v.Phone(); !ok {
			in.Profile, in.Why = nil, in.Why+", but it is no phone port: "+in.Guards[0].Reason
		}
	}
	for _, e := range here {
		if e.port.match(v.Port.Ref.Name) {
			in.Exceptions = append(in.Exceptions, e.Exception)
		}
	}
	return in
}

// choose finds the first assignment that matches, else the profile that the phone itself asks for.
func (a *Assigner) choose(v View, switches []bool) Intent {
	f := factsOf(v)
	var failed []string
	for i := range a.assignments {
		as := &a.assignments[i]
		if !switches[i] || !as.matches(v, f) {
			continue
		}
		if as.expr != nil {
			ok, err := as.expr.eval(v, f)
			if err != nil {
				failed = append(failed, fmt.Sprintf("assignment %q could not be evaluated: %v", as.name, err))
				continue
			}
			if !ok {
				continue
			}
		}
		why := fmt.Sprintf("assignment %q", as.name)
		return Intent{Profile: as.profile, Why: strings.Join(append(failed, why), "; "), NeedsPhone: as.phone}
	}
	why := "no assignment matches"
	if ask := f.phone.Profile; ask != "" {
		p, ok := a.profiles[ask]
		place := orText(f.phone.Source, "the inventory")
		if ok {
			return Intent{
				Profile: p, NeedsPhone: true,
				Why: strings.Join(append(failed, fmt.Sprintf("phone %s asks for profile %q (%s)", PhoneText(f.phone), ask, place)), "; "),
			}
		}
		why += fmt.Sprintf("; phone %s asks for profile %q (%s), which does not exist", PhoneText(f.phone), ask, place)
	}
	return Intent{Why: strings.Join(append(failed, why), "; ")}
}

func (as *assignment) matches(v View, f facts) bool {
	if as.phone && !f.found && !f.expected {
		return false
	}
	return as.ports.match(v.Port.Ref.Name) && as.models.match(f.model) && as.vendors.match(f.vendor) &&
		as.asks.match(strings.ToLower(f.phone.Profile))
}

func (a *Assigner) addProfiles(ps []Profile, m *mistakes) {
	for i := range ps {
		p := ps[i]
		at := fmt.Sprintf("profile %d %q", i+1, p.Name)
		if p.Name == "" {
			m.add(at, "has no name")
		} else if _, twice := a.profiles[p.Name]; twice {
			m.add(at, "is there twice")
		}
		checkProfile(at, p, m)
		a.profiles[p.Name] = &p
	}
}

func checkProfile(at string, p Profile, m *mistakes) {
	v := p.Voice
	switch {
	case v.Mode == discovery.VoiceTagged && (v.VLAN < 1 || v.VLAN > 4094):
		m.add(at, "voice VLAN %d is not in 1..4094", v.VLAN)
	case v.Mode != discovery.VoiceTagged && v.VLAN != 0:
		m.add(at, "voice VLAN %d is given, but voice is %s and not tagged", v.VLAN, v.Mode)
	}
	if v.PCP > 7 {
		m.add(at, "voice priority %d is not in 0..7", v.PCP)
	}
	if v.DSCP > 63 {
		m.add(at, "voice DSCP %d is not in 0..63", v.DSCP)
	}
	if p.DataVLAN > 4094 {
		m.add(at, "data VLAN %d is not in 1..4094", p.DataVLAN)
	}
	if p.DataVLAN != 0 && v.Mode == discovery.VoiceTagged && v.VLAN == p.DataVLAN {
		m.add(at, "voice and data are both VLAN %d", v.VLAN)
	}
	if p.PoE == switchctl.PoEOff {
		m.add(at, "inline power off: phoneport never switches the power of a phone port off")
	}
	if p.Limit < 0 || p.Limit > 100_000 {
		m.add(at, "power limit %s is not in 0..100 W", p.Limit)
	}
}

func (a *Assigner) addAssignments(as []Assignment, m *mistakes) {
	seen := make(map[string]bool)
	for i, c := range as {
		at := fmt.Sprintf("assignment %d %q", i+1, c.Name)
		if c.Name == "" {
			m.add(at, "has no name")
		} else if seen[c.Name] {
			m.add(at, "is there twice")
		}
		seen[c.Name] = true
		p, ok := a.profiles[c.Profile]
		if !ok {
			m.add(at, "profile %q does not exist", c.Profile)
		}
		out := assignment{
			name: c.Name, profile: p,
			sites:    m.globs(at, "site", c.Sites),
			switches: m.globs(at, "switch", c.Switches),
			ports:    m.globs(at, "port", c.Ports),
			asks:     m.globs(at, "phone profile", lower(c.PhoneProfiles)),
			models:   matchPhones(c.Models, inventory.ModelMatcher),
			vendors:  matchPhones(c.Vendors, matchVendor),
		}
		for _, s := range slices.Concat(c.Models, c.Vendors) {
			if s == "" {
				m.add(at, "model or vendor pattern is empty")
			}
		}
		if c.Expr != "" {
			e, err := compileExpression(c.Expr)
			if err != nil {
				m.add(at, "expression: %w", err)
			}
			out.expr = e
		}
		byPhone := len(c.Models)+len(c.Vendors)+len(c.PhoneProfiles) > 0 || out.expr != nil && out.expr.phone
		named := len(c.Switches)+len(c.Ports) > 0 || out.expr != nil && !out.expr.phone
		out.phone = byPhone || !named
		a.assignments = append(a.assignments, out)
	}
}

func (a *Assigner) addExceptions(es []Exception, rules []string, m *mistakes) {
	for i := range es {
		e := es[i]
		at := fmt.Sprintf("exception %d", i+1)
		sw, port := m.glob(at, "switch", e.Switch), m.glob(at, "port", e.Port)
		if strings.TrimSpace(e.Reason) == "" {
			m.add(at, "has no reason")
		}
		if strings.TrimSpace(e.Owner) == "" {
			m.add(at, "has no owner")
		}
		for _, id := range e.Rules {
			if len(rules) > 0 && !slices.Contains(rules, id) {
				m.add(at, "rule %q does not exist", id)
			}
		}
		a.exceptions = append(a.exceptions, &exception{&e, sw, port})
	}
}

func lower(ss []string) []string {
	out := make([]string, len(ss))
	for i, s := range ss {
		out[i] = strings.ToLower(s)
	}
	return out
}
