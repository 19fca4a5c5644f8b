package syslog

import (
	"maps"
	"sync"
	"sync/atomic"

	"phoneport/discovery"
)

// maxUnknown is how many codes that no row knows are counted each for itself; all others are under "other".
const maxUnknown = 256

// Stats count since the Receiver was made.
type Stats struct {
	Datagrams uint64 // received over UDP
	Frames    uint64 // messages received over TCP and TLS
	Events    uint64 // made of them
	Stored    uint64 // of these taken by the sink
	Known     uint64 // messages that a row of the table knows
	Unknown   map[string]uint64
	Empty     uint64 // messages in which nothing stands
	Cut       uint64 // messages longer than MaxLine
	Dropped   uint64 // datagrams for which the queue was full
	Retries   uint64 // times that the sink did not take an event
	Lost      uint64 // accepted, and not stored when Drain was over

	Conns     int    // connections that are open
	Refused   uint64 // connections over a limit
	Handshake uint64 // TLS handshakes that failed
	Framing   uint64 // connections ended for their framing
	Broken    uint64 // connections that ended within a message
	TimedOut  uint64 // connections ended for their silence or slowness
}

type counts struct {
	datagrams, frames, events, stored, known, empty, cut, dropped, retries, lost atomic.Uint64
	refused, handshake, framing, broken, timedOut                                atomic.Uint64

	mu      sync.Mutex
	unknown map[string]uint64
}

// kind counts what a message is.
func (c *counts) kind(e discovery.Event) {
	if e.Kind != discovery.EventUnknown {
		c.known.Add(1)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unknown == nil {
		c.unknown = map[string]uint64{}
	}
	code := e.Code
	if _, ok := c.unknown[code]; !ok && len(c.unknown) >= maxUnknown {
		code = "other"
	}
	c.unknown[code]++
}

// Stats gives the counts as they are. Unknown has the codes that no row knows, at most 257 of them.
func (r *Receiver) Stats() Stats {
	c := &r.counts
	c.mu.Lock()
	unknown := maps.Clone(c.unknown)
	c.mu.Unlock()
	return Stats{
		Datagrams: c.datagrams.Load(), Frames: c.frames.Load(), Events: c.events.Load(), Stored: c.stored.Load(),
		Known: c.known.Load(), Unknown: unknown, Empty: c.empty.Load(), Cut: c.cut.Load(), Dropped: c.dropped.Load(),
		Retries: c.retries.Load(), Lost: c.lost.Load(), Conns: r.conns.open(), Refused: c.refused.Load(),
		Handshake: c.handshake.Load(), Framing: c.framing.Load(), Broken: c.broken.Load(), TimedOut: c.timedOut.Load(),
	}
}
