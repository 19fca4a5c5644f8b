package advertise

import (
	"errors"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// Machine is the state of one port. It is not safe for parallel use.
//
// It has no clock and no tick: Next says when it wants to be called, which is after 30 s on a port where all is
// told. Timers are worked off at the end of each Step, whatever its input, so that Next is always after the time
// of the Step before.
//
// # Credits
//
// Each protocol has credits of its own (IEEE 802.1AB clause 9.2.5: at most 5, one more each second, full at link-up): so
// many frames go out at once, and then one a second, whatever is heard or set. What had to wait goes out in its
// newest form. The last credit is kept back while no MED endpoint is heard (LLDP), and until the first query since link-up
// is answered (CDP): no number of changes, nor of neighbours of other kinds, can delay the first policy. Goodbyes take no
// credit; each follows a frame that did.
type Machine struct {
	addr    discovery.MAC
	station Station
	advert  Advert
	o       Options

	up      bool
	stopped bool
	downAt  time.Time // when the link went down

	table  *neighbors.Table
	peers  []peer // LLDP neighbours
	owed   bool   // a MED endpoint is heard, who is to be told its policy
	told   bool   // and was
	tell   telling
	supply supply
	lldp   lldpSender
	cdp    cdpSender

	heardLLDP memo[lldp.PDU]
	heardCDP  memo[cdp.Packet]
	say       struct { // memory for what is said
		pdu    lldp.PDU
		packet cdp.Packet
	}
	complain [2]time.Time // when a malformed frame of LLDP, CDP may be told of again
	out      Output
	next     time.Time
	sent     Stats
}

// complainEvery is how often malformed frames of one protocol are told of. Stats count all.
const complainEvery = time.Minute

// NewMachine makes a machine of a port whose link is down. addr is the source address of its frames. The error names
// what in the station, the advert or the options cannot be said.
func NewMachine(addr discovery.MAC, s Station, a Advert, o Options) (*Machine, error) {
	o = o.withDefaults()
	if err := errors.Join(o.check(), check(addr, &s, &a, &o)); err != nil {
		return nil, err
	}
	m := &Machine{addr: addr, station: s, advert: a, o: o, table: neighbors.New(o.Neighbors)}
	m.lldp.max, m.cdp.max = o.CreditMax, o.CreditMax
	m.rename()
	m.lldp.stale, m.cdp.stale = true, true
	m.tell.power = m.power()
	m.tell.allocated = m.supply.compute(m.tell.power)
	m.supply.next()
	m.openGate()
	return m, nil
}

// Step takes one input. In steady state it allocates nothing.
func (m *Machine) Step(in Input, now time.Time) Output {
	m.out.Frames, m.out.Notices = m.out.Frames[:0], m.out.Notices[:0]
	if m.stopped {
		return m.out
	}
	switch in.Kind {
	case LinkUp:
		m.linkUp(now)
	case LinkDown:
		m.linkDown(now)
	case Heard:
		m.hear(in.Frame, now)
	case SetAdvert:
		if in.Advert != nil {
			m.set(m.station, *in.Advert, now)
		}
	case SetStation:
		if in.Station != nil {
			m.set(*in.Station, m.advert, now)
		}
	case Stop:
		m.goodbye(&m.lldp.sender)
		m.goodbye(&m.cdp.sender)
		m.stopped, m.next = true, time.Time{}
		return m.out
	}
	m.work(now)
	return m.out
}

// work does what is due.
func (m *Machine) work(now time.Time) {
	if next := m.table.Next(); !next.IsZero() && !next.After(now) {
		m.changed(m.table.Age(now), now)
	}
	if m.lldp.other.gone(now) {
		m.notice(Notice{Kind: SpeakerGone, At: now, Protocol: discovery.LLDP})
		if m.o.LLDP != Forced { // that was never silent
			m.restart(now)
		}
	}
	if m.cdp.other.gone(now) {
		m.notice(Notice{Kind: SpeakerGone, At: now, Protocol: discovery.CDP})
		if m.o.CDP != Forced {
			m.cdp.due = now
		}
	}
	m.flushLLDP(now)
	m.flushCDP(now)
	m.plan()
}

// Next gives the time of the next Tick; zero: none is needed.
func (m *Machine) Next() time.Time { return m.next }

// plan computes Next.
func (m *Machine) plan() {
	next := m.table.Next()
	sooner := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, s := range [...]*speaker{&m.lldp.other, &m.cdp.other} {
		if s.active {
			sooner(s.until)
		}
	}
	if l := &m.lldp; m.speaksLLDP() {
		if !l.until.IsZero() {
			sooner(l.until)
		} else {
			sooner(l.due)
			if l.now && len(l.frame) > 0 {
				sooner(l.ready(m.keepLLDP()))
			}
		}
	}
	if c := &m.cdp; m.speaksCDP() && len(c.frame) > 0 {
		if c.now || c.asked {
			sooner(c.ready(m.keepCDP()))
		} else {
			sooner(c.due)
		}
	}
	m.next = next
}

func (m *Machine) linkUp(now time.Time) {
	if m.up {
		return // what repeats itself is no change
	}
	m.up = true
	m.lldp.fill(now)
	m.lldp.until = time.Time{}
	m.restart(now) // a fast start where a phone was heard before the news of the link came
	m.cdp.fill(now)
	m.cdp.due, m.cdp.answered = now, false
}

func (m *Machine) linkDown(now time.Time) {
	if m.up {
		m.supply.next()
	}
	m.up, m.downAt = false, now
	m.lldp.rest()
	m.cdp.rest()
	m.cdp.asked = false
	m.supply.lldp, m.supply.cdp, m.supply.request = ask{}, ask{}, 0
	m.changed(m.table.LinkDown(now), now)
	m.openGate()
}

// set takes another station or advert. One that cannot be said is refused, and the one before stays.
func (m *Machine) set(s Station, a Advert, now time.Time) {
	if err := check(m.addr, &s, &a, &m.o); err != nil {
		for _, p := range [...]discovery.Protocol{discovery.LLDP, discovery.CDP} {
			m.notice(Notice{Kind: EncodeFailed, At: now, Protocol: p, Detail: err.Error()})
		}
		return
	}
	m.station, m.advert = s, a
	lldpIDs, cdpIDs := m.rename()
	if lldpIDs {
		// Neighbours know us by the old ids, and would keep both: goodbye, and a new start after reinitDelay.
		if m.lldp.said {
			m.lldp.until = now.Add(m.o.Reinit)
		}
		m.goodbye(&m.lldp.sender)
	}
	if cdpIDs {
		m.goodbye(&m.cdp.sender) // CDP knows no delay
	}
	m.lldp.stale, m.cdp.stale = true, true
	m.allocate()
}

// rename takes our ids from station and advert, and reports whose are others than before.
func (m *Machine) rename() (lldpIDs, cdpIDs bool) {
	l, c := &m.lldp, &m.cdp
	chassis, port, device := chassisID(&m.station), portID(&m.advert), deviceID(&m.station)
	lldpIDs = chassis != l.chassis || port != l.port
	cdpIDs = device != c.device || m.advert.PortID != c.port
	l.chassis, l.port = chassis, port
	c.device, c.port = device, m.advert.PortID
	return lldpIDs, cdpIDs
}

func (m *Machine) notice(n Notice) { m.out.Notices = append(m.out.Notices, n) }

// Neighbors gives who is heard.
func (m *Machine) Neighbors() []discovery.Neighbor { return m.table.All() }

// Stats gives the counters.
func (m *Machine) Stats() Stats {
	s := m.sent
	s.Heard = m.table.Stats()
	return s
}
