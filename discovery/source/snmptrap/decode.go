package snmptrap

import (
	"net/netip"
	"strconv"
	"time"

	"phoneport/discovery"
)

// Name is what the events of this package have as Source.
const Name = "snmptrap"

// About is what is known of a message besides its octets.
type About struct {
	ID        string // of the event; where there are several, -2, -3 … follow
	At        time.Time
	From      netip.Addr
	Authentic bool
	Engine    string // snmpEngineID of the sender, in hex; only of v3
	Raw       []byte // what Event.Raw is to be
	// Syslog reads a line that came as a trap (CISCO-SYSLOG-MIB), in the form %FACILITY-SEVERITY-MNEMONIC: text. It gets
	// the event as it is without it, and gives what is to be instead; nothing leaves that event.
	Syslog func(e discovery.Event, line string) []discovery.Event
}

// Decode makes events of a message of SNMPv1 or v2c. It does not look at the community: Receiver does. The first
// variables that name a port are taken over: ifIndex, ifName or else ifDescr, the group and port of inline power.
// Errors say what is malformed; a notification that is not known is no error but discovery.EventUnknown.
func Decode(b []byte, about About) ([]discovery.Event, error) {
	h, err := readHeader(b)
	if err != nil {
		return nil, err
	}
	if h.version == version3 {
		return nil, errSecured
	}
	m, err := parseCommunity(b, h)
	if err != nil {
		return nil, err
	}
	return m.events(about), nil
}

// events gives the events of a notification, at least one.
func (m *message) events(about About) []discovery.Event {
	e := discovery.Event{
		ID: about.ID, At: about.At, Source: Name, From: about.From, Authentic: about.Authentic, Kind: discovery.EventUnknown,
		Code: m.trap[1:], Sender: discovery.Sender{Address: m.address, Engine: about.Engine}, Raw: about.Raw,
	}
	m.usual(&e)
	r, ok := rows[m.trap]
	if !ok {
		return []discovery.Event{e}
	}
	e.Kind = r.kind
	out := []discovery.Event{e}
	if r.fill != nil {
		out = r.fill(m, e)
	}
	if line := m.line(); about.Syslog != nil && line != "" {
		if read := about.Syslog(out[0], line); len(read) > 0 {
			out = read
		}
	}
	for i := 1; i < len(out); i++ {
		out[i].ID = about.ID + "-" + strconv.Itoa(i+1)
	}
	return out
}

// The tables whose index is a port.
const (
	ifEntry     = ".1.3.6.1.2.1.2.2.1"
	ifXEntry    = ".1.3.6.1.2.1.31.1.1.1"
	pseEntry    = poeMIB + ".1.1.1"
	mainEntry   = poeMIB + ".1.3.1.1"
	cpeEntry    = cisco + "402.1.2.1"
	oidSysName  = ".1.3.6.1.2.1.1.5.0"
	maxNameSize = 255
)

// usual takes over what variables of any notification tell of the port and the sender.
func (m *message) usual(e *discovery.Event) {
	var descr string
	var byValue, byIndex int
	for _, v := range m.vars {
		var column, index int
		if i, ok := under(v.Name, ifEntry); ok && numbers(i, &column, &index) {
			byIndex = first(byIndex, index)
			switch column {
			case 1:
				if n, ok := number(v); ok && n > 0 && n <= most31 {
					byValue = first(byValue, n)
				}
			case 2:
				descr = first(descr, clean(octets(v), maxNameSize))
			}
		} else if i, ok := under(v.Name, ifXEntry); ok && numbers(i, &column, &index) {
			byIndex = first(byIndex, index)
			if column == 1 {
				e.IfName = first(e.IfName, clean(octets(v), maxNameSize))
			}
		} else {
			m.beside(v, e)
		}
	}
	e.IfIndex = first(byValue, byIndex)
	e.IfName = first(e.IfName, descr)
}

// beside takes over what is of no interface table.
func (m *message) beside(v variable, e *discovery.Event) {
	var column, group, port int
	for _, entry := range []string{pseEntry, cpeEntry} {
		if i, ok := under(v.Name, entry); ok && e.PSE == [2]int{} && numbers(i, &column, &group, &port) {
			e.PSE = [2]int{group, port}
			return
		}
	}
	if i, ok := under(v.Name, mainEntry); ok && e.PSE == [2]int{} && numbers(i, &column, &group) {
		e.PSE[0] = group
		return
	}
	switch v.Name {
	case oidTrapAddress: // a proxy tells whom it speaks for (RFC 3584 clause 3.1)
		if s, ok := v.Value.(string); ok {
			if a, err := netip.ParseAddr(s); err == nil && !a.IsUnspecified() {
				e.Sender.Address = a
			}
		}
	case oidSysName:
		e.Sender.Host = clean(octets(v), maxNameSize)
	}
}

// first gives a, or b where a is zero.
func first[T comparable](a, b T) T {
	var zero T
	if a != zero {
		return a
	}
	return b
}
