package shape

import (
	"time"

	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// Audit is `phoneport audit -o json`.
type Audit struct {
	Run         string    `json:"run"`
	StartedAt   time.Time `json:"started_at"`
	FinishedAt  time.Time `json:"finished_at"`
	Interrupted bool      `json:"interrupted,omitempty"`
	Switches    Switches  `json:"switches"`
	Phones      Phones    `json:"phones"`
	Findings    []Finding `json:"findings"`
	Excepted    []Finding `json:"excepted,omitempty"`
}

// Switches tells what was read.
type Switches struct {
	Read       int          `json:"read"`
	Unreadable []Unreadable `json:"unreadable"`
	Partly     []Partly     `json:"partly,omitempty"` // read, but not every table
}

// Unreadable is a switch that could not be read.
type Unreadable struct {
	Name  string `json:"name"`
	Error string `json:"error"`
}

// Partly is a switch of which some tables could not be read.
type Partly struct {
	Name    string    `json:"name"`
	Missing []Missing `json:"missing"`
}

// Phones compares the inventory with what was found.
type Phones struct {
	Expected  int `json:"expected"`
	Found     int `json:"found"`
	Missing   int `json:"missing"`
	Unknown   int `json:"unknown"`
	Moved     int `json:"moved"`
	Duplicate int `json:"duplicate"`
}

// Finding is one thing that is wrong.
type Finding struct {
	Rule       string     `json:"rule"`
	Severity   string     `json:"severity"`
	Switch     string     `json:"switch,omitempty"`
	Port       string     `json:"port,omitempty"`
	Phone      string     `json:"phone,omitempty"`
	Message    string     `json:"message"`
	Evidence   []string   `json:"evidence"`
	Fix        []Act      `json:"fix"`
	Confidence string     `json:"confidence,omitempty"`
	Exception  *Exception `json:"exception,omitempty"`
}

// Act is a change without its place.
type Act struct {
	Kind string `json:"kind"`
	Args string `json:"args"`
}

// Exception says why a finding does not count.
type Exception struct {
	Reason  string    `json:"reason"`
	Owner   string    `json:"owner"`
	Expires time.Time `json:"expires,omitzero"`
}

// NewAudit makes the shape of an audit. Findings below min are left out.
func NewAudit(a *enforce.Audit, min policy.Severity) Audit {
	out := Audit{
		Run: a.Run, StartedAt: a.Started.UTC(), FinishedAt: a.Finished.UTC(), Interrupted: a.Interrupted,
		Switches: Switches{Read: len(a.Read), Unreadable: make([]Unreadable, 0, len(a.Unreadable))},
		Phones:   Phones(a.Phones),
		Findings: []Finding{},
	}
	for _, u := range a.Unreadable {
		out.Switches.Unreadable = append(out.Switches.Unreadable, Unreadable{string(u.Target.ID), u.Err.Error()})
	}
	for _, r := range a.Read {
		if len(r.Missing) > 0 {
			out.Switches.Partly = append(out.Switches.Partly, Partly{string(r.Target.ID), newMissing(r.Missing)})
		}
	}
	for _, f := range a.Findings {
		switch {
		case f.Severity < min:
		case f.Excepted != nil:
			out.Excepted = append(out.Excepted, NewFinding(f))
		default:
			out.Findings = append(out.Findings, NewFinding(f))
		}
	}
	return out
}

// NewFinding makes the shape of a finding.
func NewFinding(f policy.Finding) Finding {
	out := Finding{
		Rule: f.Rule, Severity: f.Severity.String(), Switch: string(f.Port.Switch), Port: f.Port.Name, Phone: f.Phone.String(),
		Message: f.Message, Evidence: append([]string{}, f.Evidence...), Fix: []Act{}, Confidence: f.Confidence.String(),
	}
	for _, c := range f.Fix {
		out.Fix = append(out.Fix, newAct(c))
	}
	if e := f.Excepted; e != nil {
		out.Exception = &Exception{e.Reason, e.Owner, e.Expires.UTC()}
	}
	return out
}

func newAct(c switchctl.Change) Act { return Act{c.Kind(), c.Args()} }
