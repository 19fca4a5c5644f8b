package sim

import (
	"phoneport/discovery"
)

// learned is one entry of the forwarding database.
type learned struct {
	mac  discovery.MAC
	vlan uint16
	port *port
}

// learn gives the forwarding database. Where one address was heard in one VLAN on two ports, the later
// one is it, as in a real bridge.
func (s *Switch) learn(yield func(learned)) {
	for _, p := range s.ports {
		if p.dev == nil || !p.up || p.dev.stage < stageLinked {
			continue
		}
		out := p
		if p.lag != nil {
			out = p.lag
		}
		put := func(m discovery.MAC, vlan uint16) {
			if s.hasVLAN(vlan) {
				yield(learned{m, vlan, out})
			}
		}
		switch d := p.dev; d.kind {
		case kindPhone:
			if d.stage >= stageAdopted {
				if d.adopted.mode != discovery.VoiceTagged {
					put(d.mac, p.cfg.pvid)
				} else if s.carriesVoice(p, d.adopted.vlan) {
					put(d.mac, d.adopted.vlan)
				}
			}
			if !d.pc.IsZero() {
				put(d.pc, p.cfg.pvid)
			}
		case kindHost:
			put(d.mac, p.cfg.pvid)
		case kindAP:
			put(d.mac, p.cfg.pvid)
			for _, m := range d.others {
				put(m, p.cfg.pvid)
			}
		case kindCore:
			if p.lag != nil && !firstUp(s, p) {
				continue // learned once, on the aggregate
			}
			s.learnCore(p, put)
		}
		for _, m := range p.strangers {
			put(m, p.cfg.pvid)
		}
	}
}

// carriesVoice reports whether frames with this tag pass the port.
func (s *Switch) carriesVoice(p *port, vlan uint16) bool {
	if s.kind.voiceByPort {
		return p.cfg.voice == vlan
	}
	return p.cfg.member(vlan)
}

func firstUp(s *Switch, p *port) bool {
	for _, q := range s.ports {
		if q.lag == p.lag && q.up {
			return q == p
		}
	}
	return false
}

// learnCore is what is behind an uplink: the router in each VLAN, servers, and the neighbour itself.
func (s *Switch) learnCore(p *port, put func(discovery.MAC, uint16)) {
	put(p.dev.mac, vlanMgmt)
	put(p.dev.mac, vlanDefault)
	for _, v := range s.vlans {
		if v.id < 1000 {
			put(macOf(ouiCore, 0xfe0000+uint32(v.id)), v.id)
		}
	}
	for i := range uint32(12) {
		put(macOf(ouiServer, 0x800000+i), s.opts.DataVLAN)
		if i < 6 {
			put(macOf(ouiServer, 0x810000+i), s.opts.VoiceVLAN)
		}
	}
}
