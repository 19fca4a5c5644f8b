package sim

import (
	"errors"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
)

const (
	wrongLimit = 15400 // mW, of FaultWrongLimit
	lossShare  = 0.2   // of FaultLossy
	slowAnswer = 300 * time.Millisecond
)

// faultKind is how a fault is made and how one sees that it is still there.
type faultKind struct {
	name     Fault
	ofSwitch bool
	needs    func(s *Switch, p *port) error // nil = nothing
	strike   func(s *Switch, p *port)
	holds    func(s *Switch, p *port) bool
}

var faults = []faultKind{
	{
		name: FaultWrongVLAN, strike: func(s *Switch, p *port) { s.setVoice(p, vlanVoiceOld) },
		holds: func(s *Switch, p *port) bool {
			v := s.configuredVoice(p)
			return v.mode == discovery.VoiceTagged && v.vlan != s.opts.VoiceVLAN
		},
	},
	{
		name: FaultNoVoice, strike: func(s *Switch, p *port) { s.setVoice(p, 0) },
		holds: func(s *Switch, p *port) bool { return s.configuredVoice(p).mode == discovery.VoiceNone },
	},
	{
		name: FaultPowerOff, strike: func(_ *Switch, p *port) { p.cfg.poe = poeNever },
		holds: func(_ *Switch, p *port) bool { return p.cfg.poe == poeNever },
	},
	{
		name: FaultDenied, needs: aPhone, strike: func(_ *Switch, p *port) { p.pse.denyAlways = true },
		holds: func(_ *Switch, p *port) bool { return p.pse.denyAlways },
	},
	{
		name: FaultPoE, needs: aPhone, strike: func(_ *Switch, p *port) { p.pse.latched = true },
		holds: func(_ *Switch, p *port) bool { return p.pse.latched },
	},
	{
		name: FaultSilent, needs: aPhone, strike: func(s *Switch, p *port) {
			s.silence(p.dev)
			p.dev.restart()
			p.dev.hung = true
		},
		holds: func(_ *Switch, p *port) bool { return p.dev != nil && p.dev.hung },
	},
	{
		name: FaultMoved, needs: func(s *Switch, p *port) error {
			if err := aPhone(s, p); err != nil {
				return err
			}
			if s.elsewhere(p) == nil {
				return errors.New("there is no other port to move to")
			}
			return nil
		},
		strike: func(s *Switch, p *port) {
			q := s.elsewhere(p)
			d := q.dev
			s.insert(q, p.dev)
			s.insert(p, d)
		},
		holds: func(_ *Switch, p *port) bool { return p.dev != p.home },
	},
	{
		name: FaultUnknown, strike: func(s *Switch, p *port) {
			s.insert(p, s.newPhone(models[s.rng.IntN(len(models))], serialOf(serialHost, s.number, p.n)))
		},
		holds: func(_ *Switch, p *port) bool { return p.dev != nil && p.dev != p.home },
	},
	{
		name: FaultMissing, needs: aPhone, strike: func(s *Switch, p *port) { s.insert(p, nil) },
		holds: func(_ *Switch, p *port) bool { return p.dev == nil },
	},
	{
		name: FaultDuplicate, needs: func(s *Switch, p *port) error {
			if err := aPhone(s, p); err != nil {
				return err
			}
			if s.nextInUse(p) == nil {
				return errors.New("there is no other port in use")
			}
			return nil
		},
		strike: func(s *Switch, p *port) {
			q := s.nextInUse(p)
			q.strangers = append(q.strangers, p.dev.mac)
		},
		holds: func(s *Switch, p *port) bool {
			return p.dev != nil && slices.ContainsFunc(s.ports, func(q *port) bool { return slices.Contains(q.strangers, p.dev.mac) })
		},
	},
	{
		name: FaultWrongNative, strike: func(_ *Switch, p *port) { p.cfg.pvid = vlanGuest },
		holds: func(s *Switch, p *port) bool { return p.cfg.pvid != s.opts.DataVLAN },
	},
	{
		name: FaultWrongPriority, strike: func(_ *Switch, p *port) { p.cfg.priority = 3 },
		holds: func(_ *Switch, p *port) bool { return p.cfg.priority == 3 },
	},
	{
		name: FaultWrongLimit, needs: func(s *Switch, _ *port) error {
			if !s.kind.hasLimit {
				return errors.New("this family has no limit of power")
			}
			return nil
		},
		strike: func(_ *Switch, p *port) { p.cfg.limit = wrongLimit },
		holds:  func(_ *Switch, p *port) bool { return p.cfg.limit == wrongLimit },
	},
	{
		name: FaultStalePolicy, needs: aPhone, strike: func(s *Switch, p *port) {
			p.dev.sticky = true
			s.adopt(p, voice{discovery.VoiceTagged, vlanVoiceOld}, s.now)
		},
		holds: func(_ *Switch, p *port) bool { return p.dev != nil && p.dev.sticky },
	},
	{
		name: FaultDisagree, needs: func(s *Switch, _ *port) error {
			if !s.kind.cdp {
				return errors.New("this family does not speak CDP")
			}
			return nil
		},
		strike: func(_ *Switch, p *port) { p.cfg.medVLAN = vlanVoiceOld },
		holds:  func(_ *Switch, p *port) bool { return p.cfg.medVLAN != 0 },
	},
	{
		name: FaultDataOnly, needs: aPhone, strike: func(_ *Switch, p *port) { p.dev.static = true },
		holds: func(_ *Switch, p *port) bool { return p.dev != nil && p.dev.static },
	},
	{
		name: FaultLinkNoPower, needs: aPhone, strike: func(_ *Switch, p *port) { p.dev.brick = true },
		holds: func(_ *Switch, p *port) bool { return p.dev != nil && p.dev.brick },
	},
	{
		name: FaultVLANMissing, ofSwitch: true, strike: func(s *Switch, _ *port) {
			s.removeVLAN(s.opts.VoiceVLAN)
			s.savedVLANs = s.vlans
		},
		holds: func(s *Switch, _ *port) bool { return !s.hasVLAN(s.opts.VoiceVLAN) },
	},
	temper(FaultLossy, func(t *agent.Temper) { t.Loss = lossShare }, func(t agent.Temper) bool { return t.Loss == lossShare }),
	temper(FaultSlow, func(t *agent.Temper) { t.Delay = slowAnswer }, func(t agent.Temper) bool { return t.Delay == slowAnswer }),
	temper(FaultDead, func(t *agent.Temper) { t.Dead = true }, func(t agent.Temper) bool { return t.Dead }),
	temper(FaultLyingSet, func(t *agent.Temper) { t.LyingSet = true }, func(t agent.Temper) bool { return t.LyingSet }),
	temper(FaultReadOnly, func(t *agent.Temper) { t.ReadOnly = true }, func(t agent.Temper) bool { return t.ReadOnly }),
	{
		name: FaultRenumber, ofSwitch: true, needs: func(s *Switch, _ *port) error {
			if !s.kind.renumbers {
				return errors.New("this family keeps its ifIndexes")
			}
			return nil
		},
		strike: func(s *Switch, _ *port) { s.reboot(true) },
		holds:  func(s *Switch, _ *port) bool { return s.renumbered > 0 },
	},
}

// temper makes a fault of the agent.
func temper(name Fault, set func(*agent.Temper), holds func(agent.Temper) bool) faultKind {
	return faultKind{
		name: name, ofSwitch: true,
		strike: func(s *Switch, _ *port) {
			t := s.agent.Temper()
			set(&t)
			s.agent.SetTemper(t)
		},
		holds: func(s *Switch, _ *port) bool { return holds(s.agent.Temper()) },
	}
}

func aPhone(_ *Switch, p *port) error {
	if p.dev == nil || p.dev.kind != kindPhone {
		return errors.New("there is no phone on the port")
	}
	return nil
}

// setVoice puts a port into a voice VLAN as its family does it; 0 = none.
func (s *Switch) setVoice(p *port, vlan uint16) {
	if s.kind.voiceByPort {
		p.cfg.voice = vlan
		if vlan == 0 {
			p.cfg.voice = voiceNone
		}
		return
	}
	for _, v := range s.vlans {
		if v.voice {
			p.cfg.tag(v.id, v.id == vlan)
		}
	}
}

// elsewhere gives the port that the phone of p moves to: an empty access port, else the next one.
func (s *Switch) elsewhere(p *port) *port {
	for _, q := range s.ports {
		if q.role == roleAccess && q.dev == nil && q.home == nil {
			return q
		}
	}
	return s.nextInUse(p)
}

// nextInUse gives the next access port, in turn, with something plugged in.
func (s *Switch) nextInUse(p *port) *port {
	for i := 1; i < len(s.ports); i++ {
		q := s.ports[(p.index+i)%len(s.ports)]
		if q.role == roleAccess && q.dev != nil && q != p {
			return q
		}
	}
	return nil
}
