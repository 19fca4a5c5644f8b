package discovery

import (
	"context"
	"net/netip"
	"time"
)

// EventKind says what an event hints at.
type EventKind string

// Event is a hint that something changed at a port. It is never the truth: whoever acts on it reads
// the port first. Fields that the source does not tell are zero.
type Event struct {
	ID        string
	At        time.Time
	Source    string // name of the source: "snmptrap", "syslog", "netlink"
	From      netip.Addr
	Authentic bool // the sender proved who it is; an event without that never causes a write by itself
	Kind      EventKind
	IfIndex   int
	IfName    string
	PSE       [2]int // pethPsePort group and port
	MAC       MAC
	Raw       []byte
}

// Sink takes an event over. It returns nil only once the event is stored.
type Sink func(context.Context, Event) error
