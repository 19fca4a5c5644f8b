package enforce

import (
	"fmt"
	"time"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// Request says what Audit reads.
type Request struct {
	Switches []string // globs over switch names; empty = all
	Sites    []string // globs over sites; empty = all
	Fresh    bool     // use nothing of earlier readings
	// Drop forgets each switch's ports once they were judged: for reports over many switches that need
	// findings only. Plan needs them.
	Drop     bool
	Progress func(fleet.Done) // called in order of completion; nil = nobody listens
}

// Audit is what was found in one reading of many switches.
type Audit struct {
	Run               string
	Started, Finished time.Time
	Read              []SwitchRead // sorted by switch
	Unreadable        []Unreadable // sorted by switch
	Phones            PhoneCounts
	Findings          []policy.Finding // sorted by switch, port, rule (policy.SortFindings)
	Bindings          []inventory.Binding
	Facts             policy.FleetFacts
	Interrupted       bool // the context ended before all switches were read
}

// SwitchRead is one switch that could be read, whole or in part.
type SwitchRead struct {
	Target  fleet.Target
	Info    switchctl.Info
	System  switchctl.System
	Took    time.Duration
	Power   []switchctl.PowerGroup
	Missing []switchctl.Missing
	Ports   int
	Reading *policy.Reading // nil with Request.Drop
}

// Unreadable is one switch that could not be read; Err has a class of switchctl where it is known.
type Unreadable struct {
	Target fleet.Target
	Err    error
}

// PhoneCounts compare the inventory with what was found.
type PhoneCounts struct {
	Expected  int // phones in the inventory (of the sites and switches asked for)
	Found     int // of these, found on a port
	Missing   int // of these, not found although every switch that could have them was read
	Unknown   int // phones found that no source knows
	Moved     int // phones found on another port than recorded
	Duplicate int // addresses found as a phone on more than one port
}

// Plan is what would be changed in a fleet.
type Plan struct {
	Run      string // of the audit that it rests on
	Made     time.Time
	Switches []policy.Plan // those with steps or holds, sorted by switch
}

// Changes counts the steps over all switches.
func (p *Plan) Changes() (n int) {
	for _, s := range p.Switches {
		n += len(s.Steps)
	}
	return n
}

// Held counts the changes that wait over all switches.
func (p *Plan) Held() (n int) {
	for _, s := range p.Switches {
		n += len(s.Held)
	}
	return n
}

// Outcome says how a change ended.
type Outcome uint8

// The outcomes.
const (
	OutcomeUnknown Outcome = iota
	Done                   // accepted and seen
	Unchanged              // the port was so already; nothing was written
	Refused                // by the switch, or by phoneport because the port changed or is guarded; see Result.Err
	Unverified             // accepted or perhaps accepted, but not seen
	Undone                 // not seen, and the former state was put back and seen
)

var outcomes = [...]string{"unknown", "done", "unchanged", "refused", "unverified", "undone"}

func (o Outcome) String() string {
	if int(o) < len(outcomes) {
		return outcomes[o]
	}
	return "invalid"
}

// MarshalText gives the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the word.
func (o *Outcome) UnmarshalText(b []byte) error {
	for i, w := range outcomes {
		if i > 0 && w == string(b) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("parse outcome: %q is none of %q", b, outcomes[1:])
}

// ApplyOptions say how a plan is carried out.
type ApplyOptions struct {
	Save           bool // make the running configuration the startup configuration where a switch needs that
	UndoUnverified bool // put back what was accepted but cannot be seen
	// MaxUnverified stops a switch after so many changes that ended unverified. Default 2.
	MaxUnverified int
	Verify        bool             // audit the touched switches afterwards
	Progress      func(Result)     // called for each change as it ends, one call at a time; nil = nobody listens
	Switch        func(fleet.Done) // called for each switch as it ends; nil = nobody listens
}

// Result is one change that was tried.
type Result struct {
	Step    policy.Step // Before as planned
	Before  switchctl.PortState
	After   switchctl.PortState // as last read; zero Ref where it could not be read
	Outcome Outcome
	Err     error       // why it was refused or is unverified; nil with Done and Unchanged
	Cycle   []CycleStep // steps of a power cycle or a bounce
	Started time.Time
	Took    time.Duration
}

// SwitchApplied is what was done on one switch.
type SwitchApplied struct {
	Target  fleet.Target
	Results []Result
	Held    []policy.Hold // held by the plan, and those not tried after a refusal, a lost switch or an interruption
	Saved   bool
	Err     error // the switch could not be used, or not saved
}

// Applied is what an apply or an undo did.
type Applied struct {
	Run               string // of this apply, for undo
	Of                string // the audit's run, or with an undo the run undone
	Started, Finished time.Time
	Switches          []SwitchApplied // sorted by switch
	Recovered         []Recovered     // unfinished cycles of an earlier process that were finished first
	Verify            *Audit          // with ApplyOptions.Verify
	Interrupted       bool
}

// Count counts the results with an outcome.
func (a *Applied) Count(o Outcome) (n int) {
	for _, s := range a.Switches {
		for _, r := range s.Results {
			if r.Outcome == o {
				n++
			}
		}
	}
	return n
}

// Held counts the changes that were not tried.
func (a *Applied) Held() (n int) {
	for _, s := range a.Switches {
		n += len(s.Held)
	}
	return n
}

// StepState says how one step of a cycle ended.
type StepState uint8

// The states.
const (
	StepUnknown StepState = iota
	StepOK
	StepFailed
	StepSkipped // not waited for, or the person at the keyboard interrupted the waiting
)

var stepStates = [...]string{"unknown", "ok", "failed", "skipped"}

func (s StepState) String() string {
	if int(s) < len(stepStates) {
		return stepStates[s]
	}
	return "invalid"
}

// MarshalText gives the word.
func (s StepState) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// CycleStep is one step of a power cycle or a bounce, in the order that it happened.
type CycleStep struct {
	Name   string // check, journal, off, dark, wait, on, lit, power, link, neighbor
	State  StepState
	At     time.Time
	Detail string
}

// CycleOptions say how a port is cycled.
type CycleOptions struct {
	Off      time.Duration   // 0 = Timing.Off
	Bounce   bool            // the link instead of the power
	Force    bool            // although a phone works there; no other guard gives way
	Why      string          // for the journal
	Progress func(CycleStep) // called as each step ends; nil = nobody listens
}

// Cycled is what one cycle did. Result.Cycle has the steps.
type Cycled struct {
	Run       string
	Result    Result
	Recovered []Recovered
}

// Recovered is one cycle of an earlier process that was finished, or could not be.
type Recovered struct {
	Run    string // of the process that left it
	Change switchctl.Change
	Before switchctl.PortState // as journalled before power went off
	Err    error               // nil: the port was found or put back as it was
}
