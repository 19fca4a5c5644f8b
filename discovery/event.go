package discovery

import (
	"context"
	"net/netip"
	"time"
)

// EventKind says what an event hints at.
type EventKind string

// The kinds of events.
const (
	EventLinkUp          EventKind = "link-up"
	EventLinkDown        EventKind = "link-down"
	EventPower           EventKind = "power"       // a port's power went on or off, or its detection state changed
	EventMACLearned      EventKind = "mac-learned" // the switch learned an address on a port
	EventMACRemoved      EventKind = "mac-removed"
	EventVLANChanged     EventKind = "vlan-changed" // a port's VLAN membership changed
	EventPortAdded       EventKind = "port-added"   // a port joined the switch
	EventPortRemoved     EventKind = "port-removed"
	EventNeighborNew     EventKind = "neighbor-new"
	EventNeighborChanged EventKind = "neighbor-changed"
	EventNeighborGone    EventKind = "neighbor-gone"
	EventPolicyAdopted   EventKind = "policy-adopted" // a neighbour tells another voice policy than before
	EventResync          EventKind = "resync"         // events were lost: read everything
)

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
