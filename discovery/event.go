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
	EventPowerUsage      EventKind = "power-usage"    // the draw of a power group crossed its threshold
	EventPowerDenied     EventKind = "power-denied"   // a port got no power, or lost it: budget, fault, overload
	EventMACMoved        EventKind = "mac-moved"      // an address went from one port to another, or flaps
	EventErrDisabled     EventKind = "err-disabled"   // the switch shut a port down for a cause, or took it back
	EventViolation       EventKind = "violation"      // port security or another guard saw what it does not allow
	EventMismatch        EventKind = "mismatch"       // native VLAN or duplex differ from the neighbour's
	EventConfigChanged   EventKind = "config-changed" // somebody changed the switch's configuration
	EventRestarted       EventKind = "restarted"      // the switch started: all index maps are void
	EventUnknown         EventKind = "unknown"        // none of the above; see Code
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
	VLAN      uint16
	Bridge    int    // dot1dBasePort, where the sender tells that instead of an ifIndex
	Sender    Sender // by what else the switch may be known than From
	Code      string // what the sender calls it: the trap's OID, or FACILITY-SEVERITY-MNEMONIC
	Detail    string // for people: the text of the message, the cause
	Raw       []byte
}

// Sender are further names under which the sender of an event may be known, as its source address may be that of a
// translation, a VRF or a management port.
type Sender struct {
	Address netip.Addr // snmpTrapAddress
	Engine  string     // snmpEngineID, octets in hex
	Host    string     // host name as in the message
}

// Sink takes an event over. It returns nil only once the event is stored.
type Sink func(context.Context, Event) error
