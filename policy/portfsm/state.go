package portfsm

import "time"

// State is all that is kept of one port between two steps. The zero State is that of a port of which nothing
// is known. Its JSON form is what is stored: a quiet port takes some 60 octets, one in trouble a few hundred; a round trip
// changes nothing. Times are UTC and whole microseconds, which is what databases keep.
type State struct {
	Phase  Phase     `json:"phase,omitempty"`
	Since  time.Time `json:"since,omitzero"`   // when the phase began
	Wake   time.Time `json:"wake,omitzero"`    // when a Timer is wanted; zero = not at all
	Until  time.Time `json:"until,omitzero"`   // end of settling, cooling, quarantine, of waiting for approval
	Why    Reason    `json:"why,omitempty"`    // why it is in its phase
	Detail string    `json:"detail,omitempty"` // what the engine said to it

	Rules []string `json:"rules,omitempty"` // what the last reading found, sorted
	Told  []string `json:"told,omitempty"`  // of these, what people were told
	Acted []string `json:"acted,omitempty"` // what the last Apply was for

	Asked   time.Time `json:"asked,omitzero"`    // when the port was last asked to be read
	Reading bool      `json:"reading,omitempty"` // the answer to Reconcile is not there yet
	Again   uint8     `json:"again,omitempty"`   // while it was read came 1: a hint, 2: an authentic one
	Unread  int       `json:"unread,omitempty"`  // readings that failed in a row

	Seq     uint32      `json:"seq,omitempty"`     // of the last Apply
	Tries   int         `json:"tries,omitempty"`   // repairs since the port was good
	Cut     bool        `json:"cut,omitempty"`     // the last Apply may cut
	Cuts    []time.Time `json:"cuts,omitempty"`    // when power or link were cut, the last one last, at most CutsPerDay and one
	Repairs []time.Time `json:"repairs,omitempty"` // when repairs led to good, oldest first, at most Flaps

	Plan     string    `json:"plan,omitempty"`     // proposed
	Approved bool      `json:"approved,omitempty"` // Plan was approved
	Rejected string    `json:"rejected,omitempty"` // the plan that a person did not want
	RejectAt time.Time `json:"rejectAt,omitzero"`
	HeldAt   time.Time `json:"heldAt,omitzero"` // since when the repair is held or paused
	Paused   Scopes    `json:"paused,omitzero"` // the pauses of the last input, for people
}
