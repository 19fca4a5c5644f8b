package advertise

import (
	"bytes"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// sender is what the senders of both protocols have.
type sender struct {
	credits
	now    bool      // a frame is to be sent as soon as there is a credit (txNow of IEEE 802.1AB)
	due    time.Time // when the next one is to be sent anyway (txTTR); zero while at rest
	said   bool      // neighbours have a frame of us that did not say goodbye
	stale  bool      // what is said may have changed: frame is to be made again
	failed bool      // it cannot be said
	frame  []byte    // what is said; empty where it cannot be
	bye    []byte    // the goodbye that goes with it
	spare  [2][]byte // memory of the frame and the goodbye before
	other  speaker
}

// rest forgets what was to be sent, as nothing can be.
func (s *sender) rest() { s.now, s.said, s.due = false, false, time.Time{} }

// set takes the frames over that were made in spare, and reports whether something else is said now.
func (s *sender) set(frame, bye []byte) bool {
	same := bytes.Equal(frame, s.frame)
	s.spare = [2][]byte{s.frame, s.bye}
	s.frame, s.bye = frame, bye
	return !same
}

// ours reports whether a frame is one that was made here, now or the time before.
func (s *sender) ours(frame []byte) bool {
	return bytes.Equal(frame, s.frame) || bytes.Equal(frame, s.bye) || bytes.Equal(frame, s.spare[0]) || bytes.Equal(frame, s.spare[1])
}

// lldpSender is the transmit side of IEEE 802.1AB clause 9.2.
type lldpSender struct {
	sender
	chassis, port lldp.ID   // our ids
	fast          int       // txFast
	until         time.Time // silent until then, after a goodbye (txShutdownWhile); zero: not
}

// cdpSender is the same for CDP.
type cdpSender struct {
	sender
	device, port string // our ids
	heard        bool   // who speaks CDP was heard; stays over a link that goes down
	asked        bool   // a query waits for its answer
	answered     bool   // since the link is up
}

// speaksLLDP reports whether frames may go out.
func (m *Machine) speaksLLDP() bool {
	return m.up && m.o.LLDP != Off && (!m.lldp.other.active || m.o.LLDP == Forced)
}

func (m *Machine) speaksCDP() bool {
	return m.up && (m.o.CDP == Forced || m.o.CDP == Auto && m.cdp.heard && !m.cdp.other.active)
}

// emit puts a frame out.
func (m *Machine) emit(frame []byte) { m.out.Frames = append(m.out.Frames, frame) }

// goodbye tells neighbours to forget us, where they know us.
func (m *Machine) goodbye(s *sender) {
	if s.said && len(s.bye) > 0 {
		m.emit(s.bye)
		switch s {
		case &m.lldp.sender:
			m.sent.LLDPSent++
		case &m.cdp.sender:
			m.sent.CDPSent++
		}
	}
	s.said = false
}

// keep gives how many credits a frame must leave, that is, for what they are kept.
func (m *Machine) keep(kept bool) int {
	if kept && m.o.CreditMax > 1 {
		return 1
	}
	return 0
}

// keepLLDP: while no policy is owed, the last credit is for whom it will be.
func (m *Machine) keepLLDP() int { return m.keep(m.o.MED == Auto && !m.owed) }

// keepCDP: until a query is answered, the last credit is for that.
func (m *Machine) keepCDP() int { return m.keep(!m.cdp.asked && !m.cdp.answered) }

// fastStart sends now, and again each second (IEEE 802.1AB clause 9.2.7.2 newNeighbor; TIA-1057 clause 11.2).
func (m *Machine) fastStart(now time.Time) {
	if l := &m.lldp; l.fast == 0 {
		l.fast = m.o.FastInit
	}
	m.lldp.due = now
}

// restart speaks again after a silence: at once, and to endpoints, who have forgotten us, by a fast start.
func (m *Machine) restart(now time.Time) {
	if m.lldp.fast, m.lldp.due = 0, now; m.owed {
		m.fastStart(now)
	}
}

// signalLLDP is SIGNAL_TX of the timer machine.
func (m *Machine) signalLLDP(now time.Time) {
	l := &m.lldp
	l.now, l.due = true, now.Add(m.o.Interval)
	if l.fast > 0 {
		l.due = now.Add(m.o.FastTx)
	}
}

// flushLLDP sends what is to be sent now.
func (m *Machine) flushLLDP(now time.Time) {
	l := &m.lldp
	if !m.speaksLLDP() {
		return
	}
	if !l.until.IsZero() {
		if now.Before(l.until) {
			return
		}
		l.until = time.Time{}
		m.restart(now)
	}
	expired, changed := !l.due.After(now), l.stale && m.encodeLLDP(now)
	if expired { // TX_TIMER_EXPIRES
		l.fast = max(0, l.fast-1)
	}
	if expired || changed {
		m.signalLLDP(now)
	}
	if l.now && len(l.frame) > 0 && l.take(m.keepLLDP(), now) {
		l.now, l.said = false, true
		m.sent.LLDPSent++
		m.emit(l.frame)
		if m.owed && !m.told {
			m.told = true
			m.notice(Notice{Kind: MEDStarted, At: now, Protocol: discovery.LLDP})
		}
	}
}

// flushCDP sends what is to be sent now.
func (m *Machine) flushCDP(now time.Time) {
	c := &m.cdp
	if !m.speaksCDP() {
		c.asked = c.asked && !m.up // who asked while we are silent is not answered minutes later
		return
	}
	if c.stale && m.encodeCDP(now) || !c.due.After(now) {
		c.now = true
	}
	if (c.now || c.asked) && len(c.frame) > 0 && c.take(m.keepCDP(), now) {
		if c.asked {
			m.notice(Notice{Kind: QueryAnswered, At: now, Protocol: discovery.CDP})
			c.answered = true
		}
		c.now, c.asked, c.said = false, false, true
		c.due = now.Add(m.o.CDPInterval)
		m.sent.CDPSent++
		m.emit(c.frame)
	}
}

// encodeLLDP makes the frames again. It reports whether something else is said now.
func (m *Machine) encodeLLDP(now time.Time) bool {
	l := &m.lldp
	l.stale = false
	p := &m.say.pdu
	composeLLDP(p, &m.station, &m.advert, &m.o, &m.tell)
	frame, err := lldp.AppendFrame(l.spare[0][:0], lldp.NearestBridge, m.addr, p)
	bye := l.spare[1][:0]
	if err == nil {
		p.Reset()
		p.Chassis, p.Port = l.chassis, l.port
		bye, err = lldp.AppendFrame(bye, lldp.NearestBridge, m.addr, p)
	}
	return m.encoded(&l.sender, discovery.LLDP, frame, bye, err, now)
}

// encodeCDP is encodeLLDP for CDP.
func (m *Machine) encodeCDP(now time.Time) bool {
	c := &m.cdp
	c.stale = false
	p := &m.say.packet
	composeCDP(p, &m.station, &m.advert, &m.o, &m.tell)
	frame, err := cdp.AppendFrame(c.spare[0][:0], m.addr, p)
	bye := c.spare[1][:0]
	if err == nil {
		p.Reset()
		p.Version, p.Has = 2, cdp.HasDeviceID|cdp.HasPortID|cdp.HasSoftware
		p.DeviceID, p.PortID, p.Software = c.device, c.port, software(&m.station)
		bye, err = cdp.AppendFrame(bye, m.addr, p)
	}
	return m.encoded(&c.sender, discovery.CDP, frame, bye, err, now)
}

func (m *Machine) encoded(s *sender, protocol discovery.Protocol, frame, bye []byte, err error, now time.Time) bool {
	if err != nil {
		frame, bye = frame[:0], bye[:0]
		if !s.failed {
			m.notice(Notice{Kind: EncodeFailed, At: now, Protocol: protocol, Detail: err.Error()})
		}
	}
	s.failed = err != nil
	return s.set(frame, bye) && err == nil
}

// again has one protocol said soon, as its frame did not get onto the wire.
func (m *Machine) again(p discovery.Protocol, now time.Time) {
	if m.stopped {
		return
	}
	s := &m.lldp.sender
	if p == discovery.CDP {
		s = &m.cdp.sender
	}
	if soon := now.Add(m.o.FastTx); s.due.After(soon) {
		s.due = soon
	}
	m.plan()
}
