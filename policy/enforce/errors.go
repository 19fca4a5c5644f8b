package enforce

import "errors"

// The reasons for which phoneport itself refuses a change that was planned. A switch's own refusal has a
// class of switchctl instead.
var (
	ErrChanged = errors.New("the port changed since") // it is not what the plan, or the run to undo, left
	ErrGuarded = errors.New("guarded")                // a guard of policy speaks against it now
)
