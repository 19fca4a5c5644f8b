package advertise

import (
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// speaker is another sender of one protocol that speaks for this port: another program of this host, or
// whoever uses our ids. Two senders tell a phone two things, so ours is silent while the other is heard.
type speaker struct {
	active  bool
	until   time.Time
	chassis string // ids of the one that was heard first, as octets
	port    string
}

// hear takes a frame of another sender, who holds us silent for its lifetime, or for hold where that is not 0. It reports
// whether it is to be told: the first frame is.
func (s *speaker) hear(chassis, port string, ttl, hold time.Duration, now time.Time) (first bool) {
	if ttl == 0 { // its goodbye
		if s.active && s.chassis == chassis && s.port == port {
			s.until = now
		}
		return false
	}
	if hold == 0 {
		hold = ttl
	}
	if until := now.Add(hold); !s.active || until.After(s.until) {
		s.until = until
	}
	if s.active {
		return false
	}
	s.active, s.chassis, s.port = true, chassis, port
	return true
}

// gone reports whether the other was heard for the last time, once.
func (s *speaker) gone(now time.Time) bool {
	if !s.active || now.Before(s.until) {
		return false
	}
	*s = speaker{}
	return true
}

const (
	speakerHost = "another program of this host sends on this interface"
	speakerLoop = "our own frame came back: the wire is looped"
	speakerIDs  = "another device uses our chassis id and port id"
	speakerName = "another device uses our device id and port id"
)

// secondLLDP reports whether a frame is not a neighbour's, and handles it then. What another program of this host sends is
// never a neighbour's.
func (m *Machine) secondLLDP(p *lldp.PDU, f discovery.Frame, src discovery.MAC, now time.Time) bool {
	l := &m.lldp
	same := p.Chassis == l.chassis && p.Port == l.port
	o := other{discovery.LLDP, p.Chassis.Value, p.Port.Value, time.Duration(p.TTL) * time.Second, same, speakerIDs}
	return m.second(&l.sender, m.o.LLDP, o, f, src, now)
}

// secondCDP is secondLLDP for CDP.
func (m *Machine) secondCDP(p *cdp.Packet, f discovery.Frame, src discovery.MAC, now time.Time) bool {
	c := &m.cdp
	same := p.DeviceID == c.device && p.PortID == c.port
	o := other{discovery.CDP, p.DeviceID, p.PortID, time.Duration(p.TTL) * time.Second, same, speakerName}
	return m.second(&c.sender, m.o.CDP, o, f, src, now)
}

// other is what a frame says of its sender.
type other struct {
	protocol      discovery.Protocol
	chassis, port string
	ttl           time.Duration
	same          bool   // it has our ids
	double        string // what to say of another device that has them
}

func (m *Machine) second(s *sender, mode Mode, o other, f discovery.Frame, src discovery.MAC, now time.Time) bool {
	switch {
	case mode == Off:
		return f.Outgoing
	case f.Outgoing && s.ours(f.Data):
		return true // what we sent ourselves
	case !f.Outgoing && !o.same:
		return false
	}
	if s.other.hear(o.chassis, o.port, o.ttl, m.o.SpeakerHold, now) {
		detail := o.double
		switch {
		case f.Outgoing:
			detail = speakerHost
		case src == m.addr:
			detail = speakerLoop
		}
		m.notice(Notice{Kind: Speaker, At: now, Protocol: o.protocol, Detail: detail})
		m.hush(s, mode, o.same)
	}
	return true
}

// hush makes one protocol silent. Neighbours are told goodbye, or else they would keep both for two minutes, but
// not where the other has the same ids: it would be taken for his.
func (m *Machine) hush(s *sender, mode Mode, same bool) {
	if mode == Forced {
		return
	}
	if !same {
		m.goodbye(s)
	}
	s.rest()
}
