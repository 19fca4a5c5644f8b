package advertise

import (
	"context"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/neighbors"
)

// Machine is the state of one port. It is not safe for parallel use.
type Machine struct{ _ int }

// NewMachine makes a machine of a port whose link is down. addr is the source address of its frames. The error names
// what in the station, the advert or the options cannot be said.
func NewMachine(addr discovery.MAC, s Station, a Advert, o Options) (*Machine, error) {
	panic("contract")
}

// Step takes one input. In steady state it allocates nothing.
func (m *Machine) Step(in Input, now time.Time) Output { panic("contract") }

// Next gives the time of the next Tick; zero: none is needed.
func (m *Machine) Next() time.Time { panic("contract") }

// Neighbors gives who is heard.
func (m *Machine) Neighbors() []discovery.Neighbor { panic("contract") }

// Stats count frames since the machine was made.
type Stats struct {
	LLDPSent, CDPSent uint64
	SendErrors        uint64 // Port only
	Heard             neighbors.Stats
}

// Stats gives the counters.
func (m *Machine) Stats() Stats { panic("contract") }

// Check says what of an advert cannot be said: VLANs out of range, two policies of one application, names
// that are too long. All mistakes at once (errors.Join).
func (a Advert) Check() error { panic("contract") }

// Port runs a Machine over a wire. Its methods are safe for parallel use.
type Port struct{ _ int }

// NewPort makes a port; Run starts it. notice is called for each notice, one at a time, and must not block or call the port; nil drops them.
func NewPort(w discovery.Wire, s Station, a Advert, o Options, notice func(port string, n Notice)) (*Port, error) {
	panic("contract")
}

// Run hears and speaks until the context ends, then says goodbye, and closes the wire. It returns nil where the
// context ended it, else why the wire failed. The link counts as up at the start where up is true.
func (p *Port) Run(ctx context.Context, up bool) error { panic("contract") }

// Link tells that the link went up or down; what is to be said is on the wire when it returns.
func (p *Port) Link(up bool) { panic("contract") }

// Set changes what is said; it is on the wire when Set returns, credits permitting. The error is that of Advert.Check: nothing
// changed.
func (p *Port) Set(a Advert) error { panic("contract") }

// SetStation changes who speaks; neighbours are told goodbye by the old name first.
func (p *Port) SetStation(s Station) error { panic("contract") }

// Neighbors gives who is heard.
func (p *Port) Neighbors() []discovery.Neighbor { panic("contract") }

// Stats gives the counters.
func (p *Port) Stats() Stats { panic("contract") }
