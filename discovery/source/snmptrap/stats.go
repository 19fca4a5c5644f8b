package snmptrap

import (
	"sync"
	"sync/atomic"
)

// Refusal is why a message gave no event. The words are those of metrics.
type Refusal string

// The refusals.
const (
	Malformed        Refusal = "malformed"
	NotNotification  Refusal = "not-notification" // well formed, and neither trap nor inform
	UnknownCommunity Refusal = "unknown-community"
	UnknownEngine    Refusal = "unknown-engine" // usmStatsUnknownEngineIDs: also each discovery, which is how an inform begins
	UnknownUser      Refusal = "unknown-user"   // usmStatsUnknownUserNames
	SecurityLevel    Refusal = "security-level" // usmStatsUnsupportedSecLevels: less than the user must have, or more than it has
	WrongDigest      Refusal = "wrong-digest"   // usmStatsWrongDigests: another authentication key
	NotInTimeWindow  Refusal = "not-in-time-window"
	Decryption       Refusal = "decryption" // usmStatsDecryptionErrors: another privacy key
	TooManyEngines   Refusal = "too-many-engines"
)

var refusals = []Refusal{
	Malformed, NotNotification, UnknownCommunity, UnknownEngine, UnknownUser, SecurityLevel, WrongDigest, NotInTimeWindow,
	Decryption, TooManyEngines,
}

// Stats count since the Receiver was made.
type Stats struct {
	Received     uint64             // messages that came
	Lost         uint64             // messages that the kernel dropped before they came, as the socket's buffer was full; of Linux
	Dropped      uint64             // of those that came, those that found the queue full
	Refused      map[Refusal]uint64 // of them, those that gave no event
	Stored       uint64             // events that the sink took
	SinkErrors   uint64             // events that the sink did not take; they are tried again
	Unstored     uint64             // messages that were not stored when Run ended
	Acknowledged uint64             // informs
	Reported     uint64             // reports of v3 that were sent
	SendErrors   uint64             // answers that could not be sent
	Unknown      map[string]uint64  // notifications without a row, by OID; at most maxUnknown of them
	UnknownOther uint64             // the others
}

// maxUnknown bounds Stats.Unknown.
const maxUnknown = 256

// counters are the moving Stats.
type counters struct {
	received, lost, dropped, stored, sinkErrors, unstored, acknowledged, reported, sendErrors atomic.Uint64
	refused                                                                                   map[Refusal]*atomic.Uint64 // never written to

	mu           sync.Mutex
	unknown      map[string]uint64
	unknownOther uint64
}

func newCounters() *counters {
	c := &counters{refused: make(map[Refusal]*atomic.Uint64, len(refusals)), unknown: make(map[string]uint64)}
	for _, r := range refusals {
		c.refused[r] = new(atomic.Uint64)
	}
	return c
}

func (c *counters) countUnknown(oid string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.unknown[oid]; !ok && len(c.unknown) >= maxUnknown {
		c.unknownOther++
		return
	}
	c.unknown[oid]++
}

func (c *counters) stats() Stats {
	s := Stats{
		Received: c.received.Load(), Lost: c.lost.Load(), Dropped: c.dropped.Load(), Refused: make(map[Refusal]uint64), Stored: c.stored.Load(),
		SinkErrors: c.sinkErrors.Load(), Unstored: c.unstored.Load(), Acknowledged: c.acknowledged.Load(), Reported: c.reported.Load(),
		SendErrors: c.sendErrors.Load(), Unknown: make(map[string]uint64),
	}
	for r, n := range c.refused {
		if n := n.Load(); n > 0 {
			s.Refused[r] = n
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for oid, n := range c.unknown {
		s.Unknown[oid] = n
	}
	s.UnknownOther = c.unknownOther
	return s
}
