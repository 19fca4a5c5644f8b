package advertise

import (
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// maxLevels is how many levels of a CDP power request count; phones list up to five.
const maxLevels = 8

// ask is what a device asked for by one protocol, all at the PSE. There is one device at the end of a wire, so
// the last one that began to ask, or asked for something else, counts: a phone that gets an address by DHCP comes back under
// another chassis id.
type ask struct {
	by     peerKey
	levels [maxLevels]discovery.Milliwatts // none of them 0; unused ones behind
	n      int

	dll      bool   // LLDP: by a Power via MDI TLV
	mirrored uint16 // LLDP: the request as it came
	request  uint16 // CDP: request id
}

// most is the highest level.
func (a *ask) most() (top discovery.Milliwatts) {
	for _, l := range a.levels[:a.n] {
		top = max(top, l)
	}
	return top
}

// fitting gives the highest level that the limit allows, and where none does, the lowest one.
func (a *ask) fitting(limit discovery.Milliwatts) (fit discovery.Milliwatts) {
	if a.n == 0 {
		return 0
	}
	low := a.levels[0]
	for _, l := range a.levels[:a.n] {
		low = min(low, l)
		if l <= limit {
			fit = max(fit, l)
		}
	}
	if fit == 0 {
		return low
	}
	return fit
}

func (a *ask) add(l discovery.Milliwatts) {
	if l > 0 && a.n < maxLevels {
		a.levels[a.n] = l
		a.n++
	}
}

// lldpAsk reads the request out of an LLDPDU: that of 802.3at and bt, else the extended power of LLDP-MED.
func lldpAsk(p *lldp.PDU, by peerKey) (a ask, ok bool) {
	a.by = by
	if m := &p.Power; p.Has&lldp.HasPower != 0 && m.Form >= lldp.MDIAT && m.Support&lldp.MDIPSE == 0 {
		a.dll, a.mirrored = true, m.Requested
		a.add(AtPSE(discovery.Milliwatts(m.Requested) * 100))
		return a, true
	}
	if e := &p.ExtendedPower; p.Has&lldp.HasExtendedPower != 0 && e.Type == 1 && e.Value > 0 {
		a.add(AtPSE(discovery.Milliwatts(e.Value) * 100))
		return a, true
	}
	return a, false
}

// cdpAsk reads the request out of a CDP packet: the levels of 0019, else what 0010 says that the device draws.
func cdpAsk(p *cdp.Packet, by peerKey) (a ask, ok bool) {
	a.by = by
	if p.Has&cdp.HasRequested != 0 {
		a.request = p.Requested.RequestID
		for _, l := range p.Requested.Levels {
			a.add(discovery.Milliwatts(l))
		}
	}
	if p.Has&cdp.HasConsumption != 0 && a.n == 0 {
		a.add(discovery.Milliwatts(p.Consumption))
	}
	return a, p.Has&(cdp.HasRequested|cdp.HasConsumption) != 0
}

// supply is the power of the port: what was asked for and what is told of it.
//
// A port gives one value, in both protocols, so that they cannot disagree. Where a device negotiates by 802.3, it
// is what it asks for, up to the limit, and CDP is told the same at our end; a PSE gives no more than is asked for.
// Else it is the larger of what LLDP-MED and CDP ask for. A phone that asks for 6.3 W by both means that at its own end
// to LLDP and at ours to CDP, and so has enough for either. What was asked for holds as long as who asked is heard.
type supply struct {
	held      Power // the last that was supported: told on while a device negotiates, as power can drop otherwise
	lldp, cdp ask
	allocated discovery.Milliwatts
	manage    uint16 // CDP management id
	request   uint16 // CDP request id that was told
}

// power gives what counts now of what the advert says.
func (m *Machine) power() Power {
	p := m.advert.Power
	if p.Supported {
		m.supply.held = p
	} else if m.supply.lldp.dll {
		return m.supply.held
	}
	return p
}

// allocate computes what is told, after anything that power depends on may have changed. Each change of what CDP tells gets a new
// management id.
func (m *Machine) allocate() {
	s, p := &m.supply, m.power()
	s.allocated = s.compute(p)
	if s.cdp.request != s.request || s.allocated != m.tell.allocated {
		s.request = s.cdp.request
		s.next()
	}
	now := telling{
		med: m.tell.med, avaya: m.tell.avaya,
		power: p, allocated: s.allocated, dll: s.lldp.dll, mirrored: s.lldp.mirrored, request: s.request, manage: s.manage,
	}
	if now != m.tell {
		m.tell = now
		m.lldp.stale, m.cdp.stale = true, true
	}
}

// next takes the next management id; 0 is none.
func (s *supply) next() {
	if s.manage++; s.manage == 0 {
		s.manage = 1
	}
}

func (s *supply) compute(p Power) discovery.Milliwatts {
	if !p.Supported || !p.Enabled {
		return 0
	}
	limit := p.limit()
	want := s.lldp.fitting(limit)
	if !s.lldp.dll || want == 0 {
		want = max(want, s.cdp.fitting(limit))
	}
	if want > 0 {
		return min(want, limit)
	}
	return min(p.start(), limit)
}

// hearAsk takes a request, and tells of it where it is a new one.
func (m *Machine) hearAsk(into *ask, a ask, protocol discovery.Protocol, now time.Time) {
	if *into == a {
		return
	}
	again := into.levels == a.levels && into.request == a.request
	*into = a
	m.allocate()
	if !again && a.n > 0 {
		m.notice(Notice{Kind: PowerRequested, At: now, Protocol: protocol, Power: a.most()})
		if m.tell.power.Supported {
			m.notice(Notice{Kind: PowerGranted, At: now, Protocol: protocol, Power: m.supply.allocated})
		}
	}
}

// forgetAsk drops the requests of a neighbour that is gone. The request id of CDP is told until the link goes down.
func (m *Machine) forgetAsk(by peerKey) {
	if m.supply.lldp.by == by {
		m.supply.lldp = ask{}
	}
	if m.supply.cdp.by == by {
		m.supply.cdp = ask{request: m.supply.cdp.request}
	}
}
