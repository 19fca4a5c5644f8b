package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"phoneport/inventory"
	"phoneport/switchctl"
)

// The words of holds that are no guards of a port: why one change waits.
const (
	HoldNotRead       = "not-read"        // the port is in no reading
	HoldExcepted      = "excepted"        // an exception exempts the port from the rule
	HoldContradiction = "contradiction"   // two rules want different things
	HoldRedundant     = "redundant"       // another change of the plan does it too
	HoldAlready       = "already"         // the port is so already
	HoldKind          = "kind"            // the configuration does not allow this kind of change
	HoldUnsupported   = "unsupported"     // the driver cannot do it on this switch
	HoldConfidence    = "confidence"      // not sure enough that the phone is there
	HoldDuplicate     = "duplicate"       // the phone was found on another port too
	HoldVLANMissing   = "vlan-missing"    // the VLAN does not exist on the switch
	HoldVLANUnknown   = "vlan-unknown"    // the switch does not tell which VLANs exist, and uses this one nowhere
	HoldBelowDraw     = "limit-below-use" // the limit would cut off what runs
	HoldBudget        = "budget"          // the power supply has nothing left to give
	HoldResting       = "resting"         // was cycled lately, and it did not help
	HoldHours         = "hours"           // outside the change windows
	HoldUnverified    = "unverified-stop" // too many changes ended unverified
	HoldPerPort       = "limit-port"
	HoldPerSwitch     = "limit-switch"
	HoldPerSite       = "limit-site"
	HoldTotal         = "limit-total"
)

// Input is all that Decide looks at.
type Input struct {
	Now time.Time
	// Readings are the switches that the findings are about, as freshly read. A finding on a port that is
	// in none of them is held.
	Readings []*Reading
	// Findings ask for changes by Fix. To have an operator's own wish checked by the same guards, give a
	// finding with the change in Fix, Severity Critical and Confidence Certain.
	Findings []Finding
	Facts    FleetFacts
	Limits   Limits
	History  History
}

// want is one change that some findings ask for.
type want struct {
	change   switchctl.Change
	key      changeKey
	finding  Finding // the worst that asks for it
	why      string
	severity Severity
	sure     inventory.Confidence // the highest among the findings that ask for it
}

// changeKey is what makes two changes contradict each other, when their arguments differ.
type changeKey struct {
	port switchctl.PortRef
	kind string
}

// Decide turns findings into one plan per switch: which changes, in which order, and which must wait and why.
// Every change that a finding asks for is in a plan, as a step or as a hold. It is deterministic and writes
// nothing. Where there is not room for all, worse findings go first.
func Decide(in Input) []Plan {
	d := newDecision(in)
	wants := d.collect(in.Findings)
	wants = d.settle(wants)
	// All checks of a change by itself come first: a change that is held takes no room from others.
	free := wants[:0]
	for _, w := range wants {
		if h, held := d.refuse(w); held {
			d.hold(w, h.Guard, h.Reason)
			continue
		}
		free = append(free, w)
	}
	slices.SortStableFunc(free, byUrgency(free))
	for _, w := range free {
		if h, held := d.ration(w); held {
			d.hold(w, h.Guard, h.Reason)
			continue
		}
		d.take(w)
	}
	return d.done()
}

// collect joins findings that ask for the same change, and holds those of excepted findings.
func (d *decision) collect(fs []Finding) []*want {
	fs = slices.Clone(fs)
	SortFindings(fs)
	type act struct {
		key  changeKey
		args string
	}
	byAct := make(map[act]*want)
	var wants []*want
	for _, f := range fs {
		for _, c := range f.Fix {
			w := &want{
				change: c, key: changeKey{c.Port(), c.Kind()}, finding: f, severity: f.Severity, sure: f.Confidence,
				why: f.Rule + ": " + f.Message,
			}
			if f.Excepted != nil {
				d.hold(w, HoldExcepted, exceptedReason(f.Excepted))
				continue
			}
			a := act{w.key, c.Args()}
			old, ok := byAct[a]
			if !ok {
				byAct[a] = w
				wants = append(wants, w)
				continue
			}
			if w.severity > old.severity {
				old.severity, old.finding = w.severity, w.finding
			}
			old.sure = max(old.sure, w.sure)
			if !strings.Contains(old.why, w.why) {
				old.why += "; " + w.why
			}
		}
	}
	return wants
}

func exceptedReason(e *Exception) string {
	s := "exception: " + e.Reason
	if e.Owner != "" {
		s += " (" + e.Owner + ")"
	}
	if !e.Expires.IsZero() {
		s += ", until " + e.Expires.Format(time.DateOnly)
	}
	return s
}

// settle holds changes that contradict each other, and those that another one makes needless.
func (d *decision) settle(wants []*want) []*want {
	byKey := make(map[changeKey][]*want)
	for _, w := range wants {
		byKey[w.key] = append(byKey[w.key], w)
	}
	var out []*want
	for _, w := range wants {
		if rivals := byKey[w.key]; len(rivals) > 1 {
			d.hold(w, HoldContradiction, contradiction(w, rivals))
			continue
		}
		if by, ok := covered(w, byKey); ok {
			d.hold(w, HoldRedundant, fmt.Sprintf("%s does it too", by))
			continue
		}
		out = append(out, w)
	}
	return out
}

func contradiction(w *want, rivals []*want) string {
	var others []string
	for _, r := range rivals {
		if r != w {
			others = append(others, fmt.Sprintf("%s wants %s", r.finding.Rule, r.change.Args()))
		}
	}
	return fmt.Sprintf("%s wants %s, but %s", w.finding.Rule, w.change.Args(), strings.Join(others, ", "))
}

// covered reports whether a cycle is needless: a port that is switched on starts its phone anyway.
func covered(w *want, byKey map[changeKey][]*want) (by string, ok bool) {
	var kinds []string
	switch w.change.(type) {
	case switchctl.CyclePoE:
		kinds = []string{"set-poe"}
	case switchctl.Bounce:
		kinds = []string{"set-admin", "cycle-poe", "set-poe"}
	}
	for _, k := range kinds {
		if len(byKey[changeKey{w.key.port, k}]) > 0 {
			return k, true
		}
	}
	return "", false
}

// rank orders the changes of one port: VLANs before power, so that a phone that starts finds them; priority
// and limit before power goes on; cuts last.
func rank(c switchctl.Change) int {
	switch c.(type) {
	case switchctl.SetAccessVLAN:
		return 1
	case switchctl.SetVoice:
		return 2
	case switchctl.SetPoEPriority:
		return 3
	case switchctl.SetPoELimit:
		return 4
	case switchctl.SetPoE:
		return 5
	case switchctl.SetAdmin:
		return 6
	case switchctl.CyclePoE:
		return 7
	default:
		return 8
	}
}

// byUrgency puts the ports with the worst findings first and keeps the changes of one port together, in order.
func byUrgency(ws []*want) func(a, b *want) int {
	worst := make(map[switchctl.PortRef]Severity)
	for _, w := range ws {
		worst[w.key.port] = max(worst[w.key.port], w.severity)
	}
	return func(a, b *want) int {
		return cmp.Or(
			cmp.Compare(worst[b.key.port], worst[a.key.port]),
			CompareRefs(a.key.port, b.key.port),
			cmp.Compare(rank(a.change), rank(b.change)),
		)
	}
}
