package sim

import (
	"time"

	"phoneport/discovery"
)

// live brings the device on a port to where it is now. It reports whether the need for power changed.
//
// Times are counted from the moment that a step was due, not from the moment that somebody looked, so
// what a reader sees does not depend on how often it reads.
func (s *Switch) live(p *port) (renegotiated bool) {
	d := p.dev
	if d == nil {
		s.link(p, p.role == roleLAG && p.cfg.admin && s.anyMemberUp(p) || p.role == roleVirtual && p.cfg.admin)
		return false
	}
	if !p.powered() {
		if d.stage != stageOff {
			s.silence(d)
			d.restart()
		}
		s.link(p, false)
		return false
	}
	at := s.now
	for {
		switch d.stage {
		case stageOff:
			d.stage, d.due = stageBooting, at.Add(s.boot(d, toReady))
		case stageBooting:
			if d.hung || !s.reached(d.due) {
				s.link(p, false)
				return renegotiated
			}
			at, d.stage = d.due, stageReady
		case stageReady:
			s.link(p, p.cfg.admin)
			if !p.cfg.admin {
				return renegotiated
			}
			d.stage, d.due = stageLinked, at.Add(s.boot(d, toTalk))
			s.changed(domainFDB)
		case stageLinked:
			if s.unlinked(p) || !s.reached(d.due) {
				return renegotiated
			}
			at, d.stage = d.due, stageTalking
			d.due = at.Add(s.boot(d, toAdopt))
			s.hear(d, at)
			renegotiated = d.needsPower
		case stageTalking:
			if s.unlinked(p) || !s.reached(d.due) {
				return renegotiated
			}
			at = d.due
			s.adopt(p, s.offer(p), at)
			d.stage, d.due = stageAdopted, at.Add(s.boot(d, toRegister))
		case stageAdopted:
			if s.unlinked(p) || s.readopt(p, at) || !s.reached(d.due) {
				return renegotiated
			}
			at, d.stage, d.due = d.due, stageRegistered, time.Time{}
			s.heardAnew(d, at)
		case stageRegistered:
			if !s.unlinked(p) {
				s.readopt(p, at)
			}
			return renegotiated
		}
	}
}

// boot is a share of the boot time, in percent. Only what has to boot takes time.
func (s *Switch) boot(d *device, percent int64) time.Duration {
	if d.kind == kindHost || d.kind == kindCore {
		return 0
	}
	return s.opts.Boot * time.Duration(percent) / 100
}

// reached reports whether t is not to come any more; if it is, the switch looks again then.
func (s *Switch) reached(t time.Time) bool {
	if !t.After(s.now) {
		return true
	}
	if s.next.IsZero() || t.Before(s.next) {
		s.next = t
	}
	return false
}

// unlinked takes a device that runs off the link where the port is down.
func (s *Switch) unlinked(p *port) bool {
	if p.cfg.admin {
		return false
	}
	s.link(p, false)
	s.silence(p.dev)
	p.dev.stage, p.dev.due, p.dev.revisit = stageReady, time.Time{}, time.Time{}
	p.dev.sticky = false // it asks anew when the link comes back
	s.changed(domainFDB)
	return true
}

func (s *Switch) anyMemberUp(lag *port) bool {
	for _, p := range s.ports {
		if p.lag == lag && p.up {
			return true
		}
	}
	return false
}

// link sets the state of the link.
func (s *Switch) link(p *port, up bool) {
	if p.up == up {
		return
	}
	p.up, p.changed = up, s.tick
	s.changed(domainFDB)
}

// silence drops what is known of a neighbour.
func (s *Switch) silence(d *device) {
	if d.lldpIdx != 0 || d.cdpIdx != 0 {
		s.neighborsChanged(s.tick)
		s.lldpDel++
	}
	d.lldpIdx, d.cdpIdx = 0, 0
	s.changed(domainNeighbors | domainFDB)
}

// hear notes the first frames of a neighbour.
func (s *Switch) hear(d *device, at time.Time) {
	if d.kind == kindHost {
		return
	}
	s.nextIdx++
	s.nextCDP++
	d.lldpIdx, d.cdpIdx = s.nextIdx, s.nextCDP
	s.lldpIns++
	s.heardAnew(d, at)
}

// heardAnew notes that a neighbour says something else than before.
func (s *Switch) heardAnew(d *device, at time.Time) {
	d.heard = s.ticks(at)
	s.neighborsChanged(d.heard)
	s.changed(domainNeighbors | domainFDB)
}

func (s *Switch) neighborsChanged(tick uint32) { s.lldpAt, s.cdpAt = tick, tick }

// offer is what the switch tells on a port, as far as the device listens to it: CDP first where both
// speak it, else LLDP-MED.
func (s *Switch) offer(p *port) voice {
	d := p.dev
	if d.kind != kindPhone || d.static {
		return voice{mode: discovery.VoiceUntagged}
	}
	v := s.advert(p)
	if d.model.cdp && s.kind.cdp && p.cfg.cdp {
		v = s.configuredVoice(p)
	}
	if v.mode == discovery.VoiceNone {
		v.mode = discovery.VoiceUntagged
	}
	return v
}

// configuredVoice is the voice VLAN of a port as the family keeps it.
func (s *Switch) configuredVoice(p *port) voice {
	if s.kind.voiceByPort {
		switch p.cfg.voice {
		case voiceNone:
			return voice{mode: discovery.VoiceNone}
		case voiceDot1p:
			return voice{mode: discovery.VoicePriority}
		case voiceUntagged:
			return voice{mode: discovery.VoiceUntagged}
		}
		return voice{discovery.VoiceTagged, p.cfg.voice}
	}
	if !p.cfg.trunk {
		for _, id := range p.cfg.tagged { // ascending: with several, the lowest wins
			if v := s.vlan(id); v != nil && v.voice {
				return voice{discovery.VoiceTagged, id}
			}
		}
	}
	return voice{mode: discovery.VoiceNone}
}

// advert is the LLDP-MED voice policy that the switch tells on a port.
func (s *Switch) advert(p *port) voice {
	const txOnly, both = 1, 3 // lldpPortConfigAdminStatus
	if p.cfg.lldp != txOnly && p.cfg.lldp != both {
		return voice{mode: discovery.VoiceNone}
	}
	if p.cfg.medVLAN != 0 {
		return voice{discovery.VoiceTagged, p.cfg.medVLAN}
	}
	return s.configuredVoice(p)
}

// adopt makes the device use a policy.
func (s *Switch) adopt(p *port, v voice, at time.Time) {
	d := p.dev
	d.adopted, d.revisit = v, time.Time{}
	if d.kind == kindPhone {
		d.addr = addressOf(v.mode == discovery.VoiceTagged, s.number, p.n)
	}
	if d.talks() {
		s.heardAnew(d, at)
	}
	s.changed(domainFDB)
}

// readopt follows a change of what the switch tells. It reports whether the device is about to change.
func (s *Switch) readopt(p *port, at time.Time) bool {
	d := p.dev
	if d.kind != kindPhone || d.sticky {
		return false
	}
	v := s.offer(p)
	if v == d.adopted {
		d.revisit = time.Time{}
		return false
	}
	if d.revisit.IsZero() {
		d.revisit = at.Add(s.boot(d, toAdopt))
	}
	if !s.reached(d.revisit) {
		return true
	}
	s.adopt(p, v, d.revisit)
	return false
}
