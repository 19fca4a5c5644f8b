package sim

import (
	"slices"
	"time"
)

// power deals the budget of each stack member out: by priority, then by port, as an ordered PSE does. A
// port that comes back with a higher priority takes the power of one with a lower priority.
func (s *Switch) power() {
	for g := range s.groups {
		var want []*port
		for _, p := range s.ports {
			if p.pse.group != g+1 {
				continue
			}
			if p.cfg.poe == poeNever {
				p.pse.latched = false // switching power off clears an overload
			}
			if s.wantsPower(p) {
				want = append(want, p)
			} else {
				s.unpower(p)
			}
		}
		slices.SortStableFunc(want, func(a, b *port) int { return int(a.cfg.priority) - int(b.cfg.priority) })
		left := s.budget[g]
		for _, p := range want {
			need := s.reserve(p)
			if p.pse.denyAlways || need > left {
				s.deny(p)
				continue
			}
			left -= need
			s.give(p, need)
		}
	}
}

// wantsPower reports whether something on the port asks for power and the port may give it.
func (s *Switch) wantsPower(p *port) bool {
	return p.cfg.poe != poeNever && (p.cfg.admin || !s.kind.shutCutsPower) && !p.pse.latched && p.dev != nil && p.dev.needsPower && !p.dev.brick
}

// reserve is what the port takes out of the budget, in milliwatts.
func (s *Switch) reserve(p *port) uint32 {
	switch {
	case p.cfg.poe == poeStatic:
		return p.cfg.limit
	case p.dev.stage >= stageTalking:
		// CDP and LLDP power negotiation: what it asks for, in steps of 100 mW.
		return min((p.dev.draw()+99)/100*100, p.cfg.limit)
	}
	need := classPower(p.dev.class())
	if need > p.cfg.limit {
		return 1 << 30 // the class does not fit under the limit: denied
	}
	return need
}

func (s *Switch) give(p *port, need uint32) {
	p.pse.alloc, p.pse.refused = need, false
	if p.pse.detect == detectDelivering {
		return
	}
	p.pse.detect = detectDelivering
	p.pse.maxDrawn = p.dev.draw() + 250 // inrush
}

func (s *Switch) deny(p *port) {
	if !p.pse.refused {
		p.pse.denied++
	}
	p.pse.refused, p.pse.alloc = true, 0
	p.pse.detect = s.kind.deniedDetect
}

// unpower is the state of a port that gives no power and is not asked to.
func (s *Switch) unpower(p *port) {
	was := p.pse.detect == detectDelivering
	p.pse.refused, p.pse.alloc = false, 0
	switch {
	case p.cfg.poe == poeNever || !p.cfg.admin && s.kind.shutCutsPower:
		p.pse.detect = detectDisabled
	case p.pse.latched:
		p.pse.detect = detectFault
		if was {
			p.pse.overload++
		}
	default:
		p.pse.detect = detectSearching
		if was {
			p.pse.mpsAbsent++
		}
	}
}

// powered reports whether the device on the port has power from anywhere.
func (p *port) powered() bool {
	return !p.dev.needsPower || p.dev.brick || p.pse.detect == detectDelivering
}

// settle lets everything happen that follows from the state and the time. Each round of power and life
// can free power for another port (a phone that tells what it needs), so it is done until nothing moves.
func (s *Switch) settle() {
	for range 4 {
		s.power()
		again := false
		s.next = time.Time{}
		for _, p := range s.ports {
			if s.live(p) {
				again = true
			}
		}
		if !again {
			return
		}
	}
}
