package switchctl

import (
	"errors"
	"strings"
)

// The classes of errors at the switch seam. Each Error has exactly one; callers decide by errors.Is.
var (
	ErrUnreachable = errors.New("unreachable") // no answer, or no route
	ErrDenied      = errors.New("denied")      // wrong community, user, key, or no write access
	ErrUnsupported = errors.New("unsupported") // this switch cannot do it
	ErrRejected    = errors.New("rejected")    // the switch understood and refused
	ErrUnverified  = errors.New("unverified")  // accepted, but reading back does not show it
	ErrMalformed   = errors.New("malformed")   // the switch answered what no agent may answer
)

// Error is what every operation on a switch fails with.
type Error struct {
	Op     string   // verb and object: "read pethPsePortTable", "set voice VLAN"
	Switch SwitchID // "" where not known at that place
	Port   string   // canonical name, "" where the error is not of one port
	Class  error    // one of the classes above
	Err    error    // cause; may be nil
}

// Error gives "switch port: verb object: class: cause".
func (e *Error) Error() string {
	var b strings.Builder
	if e.Switch != "" {
		b.WriteString(string(e.Switch))
		if e.Port != "" {
			b.WriteString(" " + e.Port)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.Op)
	if e.Class != nil {
		b.WriteString(": " + e.Class.Error())
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the class and the cause.
func (e *Error) Unwrap() []error {
	switch {
	case e.Class != nil && e.Err != nil:
		return []error{e.Class, e.Err}
	case e.Class != nil:
		return []error{e.Class}
	case e.Err != nil:
		return []error{e.Err}
	}
	return nil
}

// ClassOf gives the class of err, or nil.
func ClassOf(err error) error {
	var e *Error
	if errors.As(err, &e) {
		return e.Class
	}
	return nil
}
