package syslog

import (
	"errors"
	"net/netip"
	"time"

	"phoneport/discovery"
)

// Name is the name of the source in its events.
const Name = "syslog"

// ErrEmpty is the error of Parse for a line in which nothing stands.
var ErrEmpty = errors.New("parse syslog line: nothing in it")

// Parse reads one message, without its framing, that came from the address from at the time now. A message that the
// table does not know is discovery.EventUnknown. other is a second port that the message names ("flapping between port
// A and port B"), for an event like this one; mostly empty. The event has no ID and is not authentic. It keeps no part
// of line. Octets behind MaxLine are left out. The error is ErrEmpty.
func Parse(line []byte, from netip.Addr, now time.Time) (e discovery.Event, other string, err error) {
	s := clean(line)
	if s == "" {
		return e, "", ErrEmpty
	}
	e = discovery.Event{At: now, Source: Name, From: from.Unmap(), Raw: append([]byte(nil), line[:min(len(line), MaxLine)]...)}
	h := readHeader(s)
	return h.event(e)
}

// FromTrap reads a message that came within a trap: its text alone, or "%FACILITY-SEVERITY-MNEMONIC: text" where the trap
// has the parts in objects of their own (CISCO-SYSLOG-MIB: clogHistFacility, clogHistSeverity less one, clogHistMsgName).
// The events, two where the message names two ports, have from e what the trap knows: time, source, sender and whether it
// is authentic; e's Sender.Host goes before one in the text. Nil where the table does not know the message.
func FromTrap(e discovery.Event, text string) []discovery.Event {
	h := readHeader(clean([]byte(text)))
	if e.Sender.Host != "" {
		h.host = e.Sender.Host
	}
	e, other, err := h.event(e)
	if err != nil || e.Kind == discovery.EventUnknown {
		return nil
	}
	out := []discovery.Event{e}
	if other != "" {
		e.IfName = other
		out = append(out, e)
	}
	return out
}

// event puts what was read into e.
func (h *header) event(e discovery.Event) (discovery.Event, string, error) {
	c := h.code
	if c.severity < 0 {
		c.severity = h.severity
	}
	e.Kind, e.Code, e.Detail = discovery.EventUnknown, c.String(), limit(h.text, maxDetail)
	e.Sender.Host = h.host
	if e.Code == "" && e.Detail == "" {
		return discovery.Event{}, "", ErrEmpty // a header alone
	}
	r := find(c, e.Detail)
	if r == nil {
		return e, "", nil
	}
	e.Kind = r.kind
	return e, r.fill(&e, e.Detail, c.family), nil
}
