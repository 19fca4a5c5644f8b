package inventory

import (
	"fmt"
	"strings"
)

// Problem is one entry of a source that could not be used, or not whole.
type Problem struct {
	Place   string // "hq.csv:17: column MAC", as far as it is known
	Err     error
	Warning bool // the entry is used all the same
}

// Error gives "place: cause".
func (p Problem) Error() string {
	if p.Place == "" {
		return p.Err.Error()
	}
	return p.Place + ": " + p.Err.Error()
}

// Unwrap gives the cause.
func (p Problem) Unwrap() error { return p.Err }

// LoadError is what Source.Load returns beside the good phones. Problems is bounded, so that a list of a
// million bad rows is told in a page; More counts those left out.
type LoadError struct {
	Source   string
	Problems []Problem
	More     int
	Lost     int // entries that are not among the phones returned
	// Partial is true where the list was read to its end and only the entries in Problems are lost; the
	// phones returned may be used. It is false where the list broke off.
	Partial bool
}

// Warnings reports whether nothing is lost: every problem is a warning.
func (e *LoadError) Warnings() bool { return e.Partial && e.Lost == 0 }

// Error gives one problem a line.
func (e *LoadError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "load inventory %s: ", e.Source)
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteString("\n")
		}
		b.WriteString(p.Error())
	}
	if e.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", e.More)
	}
	return b.String()
}

// Unwrap gives the problems.
func (e *LoadError) Unwrap() []error {
	errs := make([]error, len(e.Problems))
	for i := range e.Problems {
		errs[i] = e.Problems[i]
	}
	return errs
}
