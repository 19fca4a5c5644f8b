package snmp

import (
	"errors"
	"fmt"
)

// The reasons of a refused request (RFC 3416 clause 3, error-status) that callers tell apart. They are
// wrapped by a *switchctl.Error, which has the class.
var (
	ErrTooBig      = errors.New("tooBig: the answer does not fit into one message")
	ErrNoSuchName  = errors.New("noSuchName: the agent has no such object")
	ErrWrongType   = errors.New("wrongType: the object has another type")
	ErrWrongValue  = errors.New("wrongValue: the object does not take this value")
	ErrNoAccess    = errors.New("noAccess: these credentials may not write the object")
	ErrNotWritable = errors.New("notWritable: the object cannot be written")
	ErrNoCreation  = errors.New("noCreation: the agent makes no such instance")
)

// StatusError is any other error-status of an agent.
type StatusError int

// Error gives the name of the status.
func (e StatusError) Error() string {
	names := [...]string{
		"noError", "tooBig", "noSuchName", "badValue", "readOnly", "genErr", "noAccess", "wrongType", "wrongLength", "wrongEncoding",
		"wrongValue", "noCreation", "inconsistentValue", "resourceUnavailable", "commitFailed", "undoFailed", "authorizationError", "notWritable",
		"inconsistentName",
	}
	if e >= 0 && int(e) < len(names) {
		return names[e]
	}
	return fmt.Sprintf("error-status %d", int(e))
}
