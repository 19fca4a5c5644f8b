package portfsm

import (
	"fmt"
	"slices"
	"strconv"
)

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return "invalid(" + strconv.Itoa(i) + ")"
	}
	return words[i]
}

func unword(what string, words []string, b []byte) (int, error) {
	if i := slices.Index(words, string(b)); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("parse %s: %q is none of %q", what, b, words)
}

// Phase is where a port is in its repair.
type Phase uint8

// The phases. PhaseUnknown is that of a port of which nothing was stored, and is treated as Quiet.
const (
	PhaseUnknown Phase = iota
	Quiet
	Suspect
	Planned
	Applied
	Settling
	Good
	Cooling
	Quarantined
)

var phases = []string{"unknown", "quiet", "suspect", "planned", "applied", "settling", "good", "cooling", "quarantined"}

func (p Phase) String() string { return word(phases, int(p)) }

// MarshalText gives the word.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads the word.
func (p *Phase) UnmarshalText(b []byte) error {
	i, err := unword("phase", phases, b)
	if err == nil {
		*p = Phase(i)
	}
	return err
}

// Resting reports whether nothing happens in the phase without an input from outside. Quarantined rests for
// Options.Quarantine.
func (p Phase) Resting() bool {
	return p == PhaseUnknown || p == Quiet || p == Good || p == Quarantined
}

// Reason is a stable word for why a port is in its phase, or why people are told.
type Reason string

// The reasons.
const (
	ReasonPeople      Reason = "people"      // what is wrong is for people: reported only, no fix known, or not sure enough
	ReasonPaused      Reason = "paused"      // a pause holds the repair
	ReasonApproval    Reason = "approval"    // the repair waits for a person's yes
	ReasonRejected    Reason = "rejected"    // a person said no to this plan
	ReasonHeld        Reason = "held"        // a limit, a guard or a change window holds the repair; see Detail
	ReasonExpired     Reason = "expired"     // the repair waited for too long
	ReasonCutLimit    Reason = "cut-limit"   // only a cut would help, and there were enough of them
	ReasonUnreachable Reason = "unreachable" // the port could not be read, again and again
	ReasonNoHelp      Reason = "no-help"     // the repair was made and what it is for is still wrong
	ReasonRefused     Reason = "refused"     // the repair was refused
	ReasonUnverified  Reason = "unverified"  // the repair, or its undoing, could not be seen
	ReasonFailed      Reason = "failed"      // the repair could not be tried, or contact was lost
	ReasonLost        Reason = "lost"        // nothing was heard of the repair: a restart, or the answer is missing
	ReasonAttempts    Reason = "attempts"    // as many repairs as are allowed, and it is still wrong
	ReasonFlapping    Reason = "flapping"    // repaired, and wrong again, too often
	ReasonReset       Reason = "reset"       // an operator wants a fresh start
	ReasonConfigured  Reason = "configured"  // the configuration changed
)
