package advertise

import (
	"errors"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// hear takes one frame. Frames that are neither LLDP nor CDP are none of our business.
//
// Frames that come while the link counts as down are taken too, but not answered: the phone may be quicker than the
// news of its link. Those that were heard before the link went down are of a phone that may be gone.
func (m *Machine) hear(f discovery.Frame, now time.Time) {
	if !m.up && !f.At.IsZero() && !f.At.After(m.downAt) {
		return
	}
	if len(f.Data) >= 6 && discovery.MAC(f.Data[:6]) == cdp.Multicast {
		if _, src, b, err := cdp.ParseFrame(f.Data); err == nil {
			m.hearCDP(f, src, b, now)
		}
		return
	}
	if _, src, b, err := lldp.ParseFrame(f.Data); err == nil {
		m.hearLLDP(f, src, b, now)
	} else if _, src, b, err := cdp.ParseFrame(f.Data); err == nil {
		m.hearCDP(f, src, b, now)
	}
}

func (m *Machine) hearLLDP(f discovery.Frame, src discovery.MAC, b []byte, now time.Time) {
	p, err := m.heardLLDP.decode(f.Data, func(p *lldp.PDU) error { return p.Decode(b) })
	if err != nil {
		m.malformed(0, err, now)
		return
	}
	if m.secondLLDP(p, f, src, now) {
		return
	}
	cs := m.table.HearLLDP(p, src, now)
	m.changed(cs, now)
	for i := range cs {
		c := &cs[i]
		if c.Kind != neighbors.KindNew && c.Kind != neighbors.KindChanged && c.Kind != neighbors.KindAdopted {
			continue
		}
		if len(p.Problems) > 0 {
			m.lost(discovery.LLDP, p.Problems[0].Reason, now)
		}
		fresh := m.regard(&c.Neighbor, p, now)
		if fresh || c.Kind == neighbors.KindNew {
			m.fastStart(now)
		}
	}
}

func (m *Machine) hearCDP(f discovery.Frame, src discovery.MAC, b []byte, now time.Time) {
	p, err := m.heardCDP.decode(f.Data, func(p *cdp.Packet) error { return p.Decode(b) })
	if err != nil {
		m.malformed(1, err, now)
		return
	}
	if m.secondCDP(p, f, src, now) {
		return
	}
	cs := m.table.HearCDP(p, src, now)
	m.changed(cs, now)
	asks := asksCDP(p) && p.TTL != 0
	for i := range cs {
		c := &cs[i]
		if c.Kind != neighbors.KindNew && c.Kind != neighbors.KindChanged && c.Kind != neighbors.KindAdopted {
			continue
		}
		if len(p.Problems) > 0 {
			m.lost(discovery.CDP, p.Problems[0].Reason, now)
		}
		if a, ok := cdpAsk(p, keyOf(&c.Neighbor)); ok {
			if p.Has&cdp.HasRequested == 0 {
				a.request = m.supply.cdp.request
			}
			m.hearAsk(&m.supply.cdp, a, discovery.CDP, now)
		}
		if c.Kind == neighbors.KindNew && asks {
			m.cdp.due = now
		}
	}
	if !asks {
		return
	}
	m.cdp.heard = true // if for the first time, a frame has been due since link-up
	if p.Has&cdp.HasQuery != 0 {
		m.cdp.asked = true
	}
}

var protocols = [...]discovery.Protocol{discovery.LLDP, discovery.CDP}

// malformed counts a frame that says nothing, and tells of one a minute.
func (m *Machine) malformed(protocol int, err error, now time.Time) {
	m.table.Malformed()
	if now.Before(m.complain[protocol]) {
		return
	}
	m.complain[protocol] = now.Add(complainEvery)
	m.notice(Notice{Kind: Malformed, At: now, Protocol: protocols[protocol], Detail: err.Error()})
}

// lost tells of a TLV that was dropped; once for what a neighbour says, however often it says so.
func (m *Machine) lost(protocol discovery.Protocol, reason string, now time.Time) {
	m.notice(Notice{Kind: Malformed, At: now, Protocol: protocol, Detail: errLost.Error() + ": " + reason})
}

var errLost = errors.New("a TLV is lost")
