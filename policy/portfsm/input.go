package portfsm

import (
	"fmt"
	"strings"
	"time"
)

// Kind says what an Input is.
type Kind uint8

// The kinds of inputs.
const (
	KindUnknown Kind = iota
	Dirty            // a hint that something changed at the port; Authentic
	Observed         // the port was read; Findings, Plan, ReadAt
	Unread           // the port could not be read; Detail
	Held             // answer to Apply: nothing was begun, as policy.Decide held everything; Seq, Detail, Until
	Approved         // a person agreed to the Plan that was proposed
	Rejected         // a person does not want the Plan
	Ended            // answer to Apply; Seq, Outcome, Detail
	Registered       // a sign that the phone works again: a registration, a lease; Authentic
	Progress         // a sign that the phone is starting: it fetches a file, it upgrades
	Pause            // a pause began: look at Paused
	Resume           // a pause ended: look at Paused
	Timer            // the time of a Wake has come, or a sweep looks
	Reset            // an operator wants a fresh start
	Configured       // the configuration of the port, its profile or the modes changed
	Restarted        // the switch restarted: its phones start too; Authentic
	Started          // this process started with the stored state: nothing that was under way is
)

var kinds = []string{
	"unknown", "dirty", "observed", "unread", "held", "approved", "rejected", "ended", "registered", "progress",
	"pause", "resume", "timer", "reset", "configured", "restarted", "started",
}

func (k Kind) String() string { return word(kinds, int(k)) }

// MarshalText gives the word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the word.
func (k *Kind) UnmarshalText(b []byte) error {
	i, err := unword("input", kinds, b)
	if err == nil {
		*k = Kind(i)
	}
	return err
}

// Mode says who decides about the repairs of a rule.
type Mode uint8

// The modes. ModeUnknown is treated as Report.
const (
	ModeUnknown Mode = iota
	Report           // people are told
	Approve          // people are asked
	Automatic        // it is repaired
)

var modes = []string{"unknown", "report", "approve", "automatic"}

func (m Mode) String() string { return word(modes, int(m)) }

// MarshalText gives the word.
func (m Mode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the word.
func (m *Mode) UnmarshalText(b []byte) error {
	i, err := unword("mode", modes, b)
	if err == nil {
		*m = Mode(i)
	}
	return err
}

// Fix says what a repair does.
type Fix uint8

// The fixes.
const (
	FixNone Fix = iota // a person must act
	FixSet             // it changes settings and cuts nothing
	FixCut             // it takes power or link away for a moment: cycle-poe, bounce
)

var fixes = []string{"none", "set", "cut"}

func (f Fix) String() string { return word(fixes, int(f)) }

// MarshalText gives the word.
func (f Fix) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText reads the word.
func (f *Fix) UnmarshalText(b []byte) error {
	i, err := unword("fix", fixes, b)
	if err == nil {
		*f = Fix(i)
	}
	return err
}

// Outcome says how a repair ended: the outcomes of policy/enforce, the worst of all changes of the port, and
// Failed where it could not be tried or where contact was lost.
type Outcome uint8

// The outcomes. OutcomeUnknown is treated as Failed.
const (
	OutcomeUnknown Outcome = iota
	Done
	Unchanged
	Refused
	Unverified
	Undone
	Failed
)

var outcomes = []string{"unknown", "done", "unchanged", "refused", "unverified", "undone", "failed"}

func (o Outcome) String() string { return word(outcomes, int(o)) }

// MarshalText gives the word.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads the word.
func (o *Outcome) UnmarshalText(b []byte) error {
	i, err := unword("outcome", outcomes, b)
	if err == nil {
		*o = Outcome(i)
	}
	return err
}

// Scopes are the pauses in force for a port, a set of bits.
type Scopes uint8

// The scopes of a pause.
const (
	PauseAll Scopes = 1 << iota
	PauseSite
	PauseSwitch
	PausePort
)

var scopes = []string{"all", "site", "switch", "port"}

// String gives the words with a comma between them: "site,port"; "" for none.
func (s Scopes) String() string {
	var w []string
	for i, name := range scopes {
		if s&(1<<i) != 0 {
			w = append(w, name)
		}
	}
	if s >= 1<<len(scopes) {
		w = append(w, fmt.Sprintf("invalid(%d)", s))
	}
	return strings.Join(w, ",")
}

// MarshalText gives the words.
func (s Scopes) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads the words.
func (s *Scopes) UnmarshalText(b []byte) error {
	var all Scopes
	for w := range strings.SplitSeq(string(b), ",") {
		if w == "" && len(b) == 0 {
			continue
		}
		i, err := unword("scope of a pause", scopes, []byte(w))
		if err != nil {
			return err
		}
		all |= 1 << i
	}
	*s = all
	return nil
}

// Finding is one finding of a reading as far as it matters here. Excepted findings are left out.
type Finding struct {
	Rule string
	Mode Mode
	Fix  Fix
	// Sure is true where two independent signs say so: the binding it rests on is policy's Certain, or the finding
	// needs no phone. Without, nothing is written.
	Sure bool
}

// Input is what happened. Fields that the kind does not name are zero.
type Input struct {
	Kind Kind
	// Paused are the pauses in force when the input is put in, whatever its kind: the caller keeps them, so that a pause of
	// all ports is one row and not one per port, and a port that is new in a pause is paused too.
	Paused Scopes

	Authentic bool      // of Dirty, Registered, Restarted: the sender proved who it is
	Findings  []Finding // of Observed; empty = clean
	// Plan names what the repairs of the findings in mode approve would change, so that an approval is for those changes
	// and not for others that the same rules ask for later. Opaque; at most 64 octets are a good idea.
	Plan string
	// ReadAt is when the reading of an Observed began; zero = just now. In settling and cooling a reading from before is left aside.
	ReadAt  time.Time
	Seq     uint32 // of Ended and Held: that of the Apply
	Outcome Outcome
	Detail  string    // for people; cut to 200 octets
	Until   time.Time // of Held: when to look again, such as the begin of a change window; zero = Options.HoldRetry
}
