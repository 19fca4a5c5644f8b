// Package neighbors is what is heard on one port: the table of the systems that spoke LLDP or CDP, with
// ageing, and what changed in it.
//
// It is pure: frames and times in, changes out. It has no socket, no clock and no goroutine; discovery/wire
// reads frames and whoever owns a Table asks Next when to call Age.
//
// It keeps what stands in frames and does not judge it: whether a neighbour is the phone of a port is weighed
// by inventory. A field of discovery.Neighbor that a frame can tell is filled in fromlldp.go or fromcdp.go; the
// name by which people read that it changed stands in differlldp.go or differcdp.go.
package neighbors

import (
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// Change is one entry that changed.
type Change struct {
	Kind     Kind
	Neighbor discovery.Neighbor // as it is; for KindGone as it was
	Was      discovery.Neighbor // KindChanged and KindAdopted: before
	Why      string             // KindGone: one of the Gone words; KindChanged and KindAdopted: what of the frame, for people
}

// The reasons of KindGone.
const (
	GoneShutdown = "shutdown" // it said goodbye (TTL 0)
	GoneAged     = "aged out" // it was not heard within its TTL
	GoneLink     = "link down"
)

// DefaultLimit is how many neighbours of one protocol a Table keeps by default: a phone, the PC behind it, and
// room for what else a desk has.
const DefaultLimit = 8

// Options of a Table. Zero values mean the defaults.
type Options struct {
	Limit int // neighbours kept per protocol; default DefaultLimit
}

// Stats count since the table was made (lldpStatsRx… of IEEE 802.1AB clause 9.2.6, over both protocols).
type Stats struct {
	Frames        uint64 // heard, the discarded ones included
	Discarded     uint64 // for any reason: malformed, or one neighbour too many
	Unrecognised  uint64 // TLVs that no field holds
	TLVsDiscarded uint64 // TLVs that were malformed and lost
	Ageouts       uint64
	TooMany       uint64 // frames of neighbours that the table had no room for
	BadChecksums  uint64 // CDP packets whose checksum is wrong in every way of computing it; they are kept
}

// Table holds the neighbours of one port. It is not safe for parallel use.
//
// Slices inside the neighbours that it gives are shared and never written again.
type Table struct {
	limit   int
	lldp    side
	cdp     side
	stats   Stats
	changes []Change // good until the next call
}

// New makes an empty table.
func New(o Options) *Table {
	if o.Limit <= 0 {
		o.Limit = DefaultLimit
	}
	return &Table{limit: o.Limit}
}

// HearLLDP takes a decoded LLDPDU; src is the frame's source address. The PDU is the caller's again when it
// returns. The changes are good until the next call. Where the neighbour says what it said before, it
// allocates nothing.
func (t *Table) HearLLDP(p *lldp.PDU, src discovery.MAC, now time.Time) []Change {
	lost := 0
	for i := range p.Problems {
		if !p.Problems[i].Kept {
			lost++
		}
	}
	t.count(lost, len(p.Unknown))
	i := t.lldp.find(func(e *entry) bool { return e.lldp.Chassis == p.Chassis && e.lldp.Port == p.Port })
	if p.TTL == 0 {
		return t.shutdown(&t.lldp, i)
	}
	if i < 0 {
		i = t.lldp.find(func(e *entry) bool { return renumbered(e, p, src) })
	}
	ttl := time.Duration(p.TTL) * time.Second
	switch {
	case i >= 0:
		e := &t.lldp.entries[i]
		// Neither says something about the system: the one is the age, the other changes with each reading.
		e.lldp.TTL, e.lldp.Measurements = p.TTL, p.Measurements
		same := e.lldp.Equal(p)
		if same && e.src == src {
			e.refresh(ttl, now)
			return nil
		}
		why := ""
		if !same {
			why = differLLDP(e.lldp, p)
			e.lldp = keepLLDP(p)
		}
		return t.update(e, FromLLDP(p, src, now), src, same, why)
	case len(t.lldp.entries) >= t.limit:
		if t.overflow(&t.lldp, ttl, now) {
			return t.report(Change{Kind: KindTooMany, Neighbor: FromLLDP(p, src, now)})
		}
		return nil
	}
	return t.add(&t.lldp, entry{lldp: keepLLDP(p), src: src, neighbor: FromLLDP(p, src, now)})
}

// HearCDP takes a decoded CDP packet. All else is as with HearLLDP.
func (t *Table) HearCDP(p *cdp.Packet, src discovery.MAC, now time.Time) []Change {
	t.count(len(p.Problems), len(p.Unknown))
	if p.Checksum == cdp.ChecksumBad {
		t.stats.BadChecksums++
	}
	i := t.cdp.find(func(e *entry) bool { return sameCDP(e, p, src) })
	if p.TTL == 0 {
		return t.shutdown(&t.cdp, i)
	}
	ttl := time.Duration(p.TTL) * time.Second
	switch {
	case i >= 0:
		e := &t.cdp.entries[i]
		e.cdp.TTL = p.TTL
		same := e.cdp.Equal(p)
		if same && e.src == src {
			e.refresh(ttl, now)
			return nil
		}
		why := ""
		if !same {
			why = differCDP(e.cdp, p)
			e.cdp = keepCDP(p)
		}
		return t.update(e, FromCDP(p, src, now), src, same, why)
	case len(t.cdp.entries) >= t.limit:
		if t.overflow(&t.cdp, ttl, now) {
			return t.report(Change{Kind: KindTooMany, Neighbor: FromCDP(p, src, now)})
		}
		return nil
	}
	return t.add(&t.cdp, entry{cdp: keepCDP(p), src: src, neighbor: FromCDP(p, src, now)})
}

// Malformed counts a frame that could not be decoded: it says nothing, and nothing is forgotten for it.
func (t *Table) Malformed() {
	t.stats.Frames++
	t.stats.Discarded++
}

// Stats gives the counters.
func (t *Table) Stats() Stats { return t.stats }

func (t *Table) count(lost, unknown int) {
	t.stats.Frames++
	t.stats.TLVsDiscarded += uint64(lost)
	t.stats.Unrecognised += uint64(unknown)
}
