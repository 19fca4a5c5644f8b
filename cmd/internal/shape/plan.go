package shape

import (
	"errors"
	"fmt"
	"time"

	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// Plan is `phoneport plan -o json`, and the body of a plan file.
type Plan struct {
	Run      string       `json:"run"`
	MadeAt   time.Time    `json:"made_at"`
	Switches []SwitchPlan `json:"switches"`
	// Unreadable are the switches for which nothing is planned because they could not be read.
	Unreadable []Unreadable `json:"unreadable,omitempty"`
}

// SwitchPlan is what would be done to one switch.
type SwitchPlan struct {
	Switch  string   `json:"switch"`
	Changes []Change `json:"changes"`
	Held    []Held   `json:"held"`
	// Saved and Error are told after an apply.
	Saved bool   `json:"saved,omitempty"`
	Error string `json:"error,omitempty"`
}

// Change is one planned change, and after an apply what came of it.
type Change struct {
	Port    string  `json:"port"`
	Kind    string  `json:"kind"`
	Args    string  `json:"args"`
	Rule    string  `json:"rule,omitempty"`
	Why     string  `json:"why"`
	Outcome string  `json:"outcome,omitempty"`
	Before  *Port   `json:"before,omitempty"`
	After   *Port   `json:"after,omitempty"`
	Error   string  `json:"error,omitempty"`
	Steps   []Step  `json:"steps,omitempty"`
	TookS   float64 `json:"took_s,omitempty"`
}

// Step is one step of a power cycle.
type Step struct {
	Name   string    `json:"name"`
	State  string    `json:"state"`
	At     time.Time `json:"at,omitzero"`
	Detail string    `json:"detail,omitempty"`
}

// Held is a change that waits.
type Held struct {
	Port   string `json:"port"`
	Kind   string `json:"kind"`
	Args   string `json:"args,omitempty"`
	Rule   string `json:"rule,omitempty"`
	Guard  string `json:"guard,omitempty"`
	Reason string `json:"reason"`
}

// NewPlan makes the shape of a plan.
func NewPlan(p *enforce.Plan) Plan {
	out := Plan{Run: p.Run, MadeAt: p.Made.UTC(), Switches: make([]SwitchPlan, 0, len(p.Switches))}
	for _, s := range p.Switches {
		sp := SwitchPlan{Switch: string(s.Switch), Changes: make([]Change, 0, len(s.Steps)), Held: newHeld(s.Held)}
		for _, st := range s.Steps {
			sp.Changes = append(sp.Changes, newChange(st))
		}
		out.Switches = append(out.Switches, sp)
	}
	return out
}

func newChange(st policy.Step) Change {
	return Change{
		Port: st.Change.Port().Name, Kind: st.Change.Kind(), Args: st.Change.Args(), Rule: st.Rule, Why: st.Why, Before: newBefore(st.Before),
	}
}

// newBefore keeps of a port what its settings are and which phones were heard: what is learned there may be
// long, and says nothing about the change.
func newBefore(p switchctl.PortState) *Port {
	if p.Ref.Name == "" {
		return nil
	}
	q := NewPort(&p)
	q.MACs = []MAC{}
	return &q
}

func newHeld(hs []policy.Hold) []Held {
	out := make([]Held, 0, len(hs))
	for _, h := range hs {
		out = append(out, Held{
			Port: h.Change.Port().Name, Kind: h.Change.Kind(), Args: h.Change.Args(), Rule: h.Rule, Guard: h.Guard, Reason: h.Reason,
		})
	}
	return out
}

// Plan makes a plan of its shape: the way back from a plan file.
func (p Plan) Plan() (*enforce.Plan, error) {
	out := &enforce.Plan{Run: p.Run, Made: p.MadeAt}
	var errs []error
	for _, s := range p.Switches {
		id := switchctl.SwitchID(s.Switch)
		pp := policy.Plan{Switch: id}
		for i, c := range s.Changes {
			st, err := c.step(id)
			if err != nil {
				errs = append(errs, fmt.Errorf("change %d of %s: %w", i+1, s.Switch, err))
				continue
			}
			pp.Steps = append(pp.Steps, st)
		}
		for i, h := range s.Held {
			c, err := switchctl.ParseChange(switchctl.PortRef{Switch: id, Name: h.Port}, h.Kind, h.Args)
			if err != nil {
				errs = append(errs, fmt.Errorf("held change %d of %s: %w", i+1, s.Switch, err))
				continue
			}
			pp.Held = append(pp.Held, policy.Hold{Change: c, Rule: h.Rule, Reason: h.Reason, Guard: h.Guard})
		}
		out.Switches = append(out.Switches, pp)
	}
	return out, errors.Join(errs...)
}

func (c Change) step(id switchctl.SwitchID) (policy.Step, error) {
	if id == "" || c.Port == "" {
		return policy.Step{}, errors.New("names no switch or no port")
	}
	ch, err := switchctl.ParseChange(switchctl.PortRef{Switch: id, Name: c.Port}, c.Kind, c.Args)
	if err != nil {
		return policy.Step{}, err
	}
	st := policy.Step{Change: ch, Why: c.Why, Rule: c.Rule}
	if c.Before == nil {
		return st, nil
	}
	if c.Before.Name != c.Port {
		return st, fmt.Errorf("is for port %s, and what was there before is of port %s", c.Port, c.Before.Name)
	}
	st.Before, err = c.Before.State(id)
	return st, err
}
