// Package neighbors is what is heard on one port: the table of the systems that spoke LLDP or CDP, with
// ageing, and what changed in it.
//
// It is pure: frames and times in, changes out. It has no socket, no clock and no goroutine; discovery/wire
// reads frames and whoever owns a Table asks Next when to call Age.
package neighbors

import (
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// Kind says what became of a neighbour.
type Kind uint8

// The kinds of changes.
const (
	KindUnknown Kind = iota
	KindNew          // heard for the first time, or again after it was gone
	KindChanged      // says something else than before
	KindAdopted      // like KindChanged, and the voice policy that it says it uses is another one
	KindGone         // said goodbye (TTL 0), was not heard within its TTL, or the link went down
	KindTooMany      // one more than the table holds: the frame is not kept
)

// Change is one entry that changed.
type Change struct {
	Kind     Kind
	Neighbor discovery.Neighbor // as it is; for KindGone as it was
	Was      discovery.Neighbor // KindChanged and KindAdopted: before
	Why      string             // KindGone: "shutdown", "aged out", "link down"; KindChanged: the names of the fields, for people
}

// Options of a Table. Zero values mean the defaults.
type Options struct {
	Limit int // neighbours kept per protocol; default 8
}

// Stats count since the table was made (lldpStatsRx… of IEEE 802.1AB clause 9.6.2).
type Stats struct {
	Frames, Discarded, Unrecognised, TLVsDiscarded, Ageouts, TooMany, BadChecksums uint64
}

// Table holds the neighbours of one port. It is not safe for parallel use.
type Table struct{ _ int }

// New makes an empty table.
func New(o Options) *Table { panic("contract") }

// HearLLDP takes a decoded LLDPDU; src is the frame's source address. The changes are good until the next
// call.
func (t *Table) HearLLDP(p *lldp.PDU, src discovery.MAC, now time.Time) []Change { panic("contract") }

// HearCDP takes a decoded CDP packet.
func (t *Table) HearCDP(p *cdp.Packet, src discovery.MAC, now time.Time) []Change { panic("contract") }

// Age drops who was not heard within its TTL.
func (t *Table) Age(now time.Time) []Change { panic("contract") }

// Next gives the time when Age has something to do, and zero where there is none.
func (t *Table) Next() time.Time { panic("contract") }

// LinkDown drops all.
func (t *Table) LinkDown(now time.Time) []Change { panic("contract") }

// All gives the neighbours: phones first, then by protocol and identity. The slice is the caller's.
func (t *Table) All() []discovery.Neighbor { panic("contract") }

// Stats gives the counters.
func (t *Table) Stats() Stats { panic("contract") }

// FromLLDP tells a neighbour from an LLDPDU. Where its ids hold no address, the source address of the frame
// is taken: on a port's own wire a frame comes from who sent it.
func FromLLDP(p *lldp.PDU, src discovery.MAC, now time.Time) discovery.Neighbor { panic("contract") }

// FromCDP tells a neighbour from a CDP packet.
func FromCDP(p *cdp.Packet, src discovery.MAC, now time.Time) discovery.Neighbor { panic("contract") }
