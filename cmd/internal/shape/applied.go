package shape

import (
	"time"

	"phoneport/policy/enforce"
)

// Applied is `phoneport apply -o json`: the plan with, per change, what came of it.
type Applied struct {
	Run         string       `json:"run"`
	Of          string       `json:"of,omitempty"` // run of the audit that was planned from, or of the apply undone
	StartedAt   time.Time    `json:"started_at"`
	FinishedAt  time.Time    `json:"finished_at"`
	Interrupted bool         `json:"interrupted,omitempty"`
	Switches    []SwitchPlan `json:"switches"`
	Recovered   []Recovered  `json:"recovered,omitempty"`
	Verified    *Audit       `json:"verified,omitempty"` // the audit of the touched switches afterwards
}

// Recovered is a power cycle of an earlier process that was finished.
type Recovered struct {
	Run    string `json:"run"`
	Switch string `json:"switch"`
	Port   string `json:"port"`
	Kind   string `json:"kind"`
	Error  string `json:"error,omitempty"`
}

// NewApplied makes the shape of an apply or an undo.
func NewApplied(a *enforce.Applied) Applied {
	out := Applied{
		Run: a.Run, Of: a.Of, StartedAt: a.Started.UTC(), FinishedAt: a.Finished.UTC(), Interrupted: a.Interrupted,
		Switches: make([]SwitchPlan, 0, len(a.Switches)), Recovered: newRecovered(a.Recovered),
	}
	for _, s := range a.Switches {
		sp := SwitchPlan{
			Switch: string(s.Target.ID), Changes: make([]Change, 0, len(s.Results)), Held: newHeld(s.Held), Saved: s.Saved, Error: text(s.Err),
		}
		for _, r := range s.Results {
			sp.Changes = append(sp.Changes, NewResult(r))
		}
		out.Switches = append(out.Switches, sp)
	}
	if a.Verify != nil {
		v := NewAudit(a.Verify, 0)
		out.Verified = &v
	}
	return out
}

// NewResult makes the shape of one change that was tried.
func NewResult(r enforce.Result) Change {
	c := newChange(r.Step)
	c.Outcome, c.Error, c.TookS = r.Outcome.String(), text(r.Err), r.Took.Round(time.Millisecond).Seconds()
	if b := newBefore(r.Before); b != nil {
		c.Before = b
	}
	c.After = newBefore(r.After)
	for _, s := range r.Cycle {
		c.Steps = append(c.Steps, NewStep(s))
	}
	return c
}

// NewStep makes the shape of one step of a cycle.
func NewStep(s enforce.CycleStep) Step {
	return Step{Name: s.Name, State: s.State.String(), At: s.At.UTC(), Detail: s.Detail}
}

func newRecovered(rs []enforce.Recovered) (out []Recovered) {
	for _, r := range rs {
		p := r.Change.Port()
		out = append(out, Recovered{r.Run, string(p.Switch), p.Name, r.Change.Kind(), text(r.Err)})
	}
	return out
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Cycled is `phoneport cycle -o json`.
type Cycled struct {
	Run       string      `json:"run"`
	Switch    string      `json:"switch"`
	Change    Change      `json:"change"`
	Recovered []Recovered `json:"recovered,omitempty"`
}

// NewCycled makes the shape of one cycle.
func NewCycled(c *enforce.Cycled) Cycled {
	return Cycled{c.Run, string(c.Result.Step.Change.Port().Switch), NewResult(c.Result), newRecovered(c.Recovered)}
}

// Run is one run of the journal: `phoneport undo` without arguments.
type Run struct {
	Run      string         `json:"run"`
	Kind     string         `json:"kind"`
	Started  time.Time      `json:"started_at"`
	Ended    time.Time      `json:"ended_at,omitzero"`
	Changes  int            `json:"changes"`
	Outcomes map[string]int `json:"outcomes"`
}

// NewRuns makes the shape of the journal's runs.
func NewRuns(is []enforce.RunInfo) []Run {
	out := make([]Run, 0, len(is))
	for _, i := range is {
		r := Run{Run: i.Run, Kind: i.Kind, Started: i.Started.UTC(), Ended: i.Ended.UTC(), Changes: i.Changes, Outcomes: map[string]int{}}
		for o, n := range i.Outcomes {
			r.Outcomes[o.String()] = n
		}
		out = append(out, r)
	}
	return out
}
