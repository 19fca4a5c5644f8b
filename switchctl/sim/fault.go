package sim

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"phoneport/discovery"
)

// Fault is one thing that is wrong on purpose. The text is its name on the command line.
type Fault string

// The faults of one port. Behind each is what cures it beside Heal, where that is not the setting that
// it names.
const (
	FaultWrongVLAN     Fault = "wrong-vlan"        // the port is in another voice VLAN, one that exists
	FaultNoVoice       Fault = "no-voice"          // no voice VLAN
	FaultPowerOff      Fault = "power-off"         // inline power is switched off
	FaultDenied        Fault = "denied"            // the switch refuses power; nothing cures it
	FaultPoE           Fault = "poe-fault"         // overload, latched; power off and on
	FaultSilent        Fault = "silent"            // the phone hangs: draws power, has no link; power off and on
	FaultMoved         Fault = "moved"             // swapped with what was on another port of the switch; moving it back
	FaultUnknown       Fault = "unknown"           // here is a phone that no inventory has, in place of any that was
	FaultMissing       Fault = "missing"           // the phone is unplugged; plugging it in
	FaultDuplicate     Fault = "duplicate"         // the phone's MAC address is also heard on another port; nothing cures it
	FaultWrongNative   Fault = "wrong-native"      // the guest VLAN in place of the data VLAN
	FaultWrongPriority Fault = "wrong-priority"    // power priority low
	FaultWrongLimit    Fault = "wrong-limit"       // power limit 15.4 W in place of 30 W; families that have a limit
	FaultStalePolicy   Fault = "stale-policy"      // the phone keeps the old voice VLAN; power off and on, or a bounce
	FaultDisagree      Fault = "cdp-lldp-disagree" // LLDP-MED tells another VLAN than CDP; families that speak CDP; nothing cures it
	FaultDataOnly      Fault = "data-only"         // the phone takes no voice VLAN, whatever it is told; nothing cures it
	FaultLinkNoPower   Fault = "link-no-power"     // the phone runs off its own supply; nothing cures it
)

// The faults of a whole switch.
const (
	FaultVLANMissing Fault = "vlan-missing" // the voice VLAN does not exist; creating it
	FaultLossy       Fault = "lossy"        // a fifth of the packets is lost
	FaultSlow        Fault = "slow"         // an answer takes 300 ms
	FaultDead        Fault = "dead"         // no answer
	FaultLyingSet    Fault = "lying-set"    // every SET that is right is accepted, and none carried out
	FaultReadOnly    Fault = "read-only"    // every SET is refused with noAccess
	FaultRenumber    Fault = "renumber"     // restarts and has other ifIndexes; families that may change them
)

// FaultInfo describes one fault.
type FaultInfo struct {
	Fault    Fault
	OfSwitch bool // it strikes a whole switch; Break takes no port
}

// Faults gives all faults.
func Faults() []FaultInfo {
	out := make([]FaultInfo, len(faults))
	for i, f := range faults {
		out[i] = FaultInfo{f.name, f.ofSwitch}
	}
	return out
}

// faultSet has a bit for each place in faults.
type faultSet uint32

// Break makes a fault. port is the ifName of an access port, or "" for a fault of the whole switch. It
// fails where the fault cannot be there: no phone on the port, a family that has no such thing.
func (c *Campus) Break(name, port string, fault Fault) error {
	if err := c.strike(name, port, fault); err != nil {
		return fmt.Errorf("break %s: %s: %w", place(name, port), fault, err)
	}
	return nil
}

func (c *Campus) strike(name, port string, fault Fault) error {
	i := slices.IndexFunc(faults, func(f faultKind) bool { return f.name == fault })
	if i < 0 {
		return errors.New("there is no such fault")
	}
	f := faults[i]
	s, p, err := c.spot(name, port)
	if err != nil {
		return err
	}
	s.Lock()
	defer s.Unlock()
	switch {
	case f.ofSwitch && p != nil:
		return errors.New("it is of a whole switch, not of a port")
	case !f.ofSwitch && p == nil:
		return errors.New("it needs a port")
	case f.needs != nil:
		if err := f.needs(s, p); err != nil {
			return err
		}
	}
	was := s.configuration(p)
	f.strike(s, p)
	if p != nil {
		p.faults |= 1 << i
		if s.saved {
			p.saved = p.cfg // the mistake was saved
		}
	} else {
		s.faults |= 1 << i
	}
	s.settled(p, was)
	return nil
}

// Heal puts a port back as it was built, with what was plugged in; with "" for the port, the agent and
// the VLANs of the switch. Ports are left as they are then.
func (c *Campus) Heal(name, port string) error {
	s, p, err := c.spot(name, port)
	if err != nil {
		return fmt.Errorf("heal %s: %w", place(name, port), err)
	}
	s.Lock()
	defer s.Unlock()
	was := s.configuration(p)
	if p == nil {
		c.healSwitch(s)
	} else {
		s.healPort(p)
	}
	s.settled(p, was)
	return nil
}

func (c *Campus) healSwitch(s *Switch) {
	t := s.agent.Temper()
	t.Dead, t.LyingSet, t.ReadOnly = false, false, false
	t.Loss, t.Delay = c.opts.Loss, c.opts.Delay
	s.agent.SetTemper(t)
	if !s.hasVLAN(c.opts.VoiceVLAN) {
		s.addVLAN(c.opts.VoiceVLAN, "voice")
		s.vlan(c.opts.VoiceVLAN).voice = true
		for _, p := range s.ports {
			if slices.Contains(p.base.tagged, c.opts.VoiceVLAN) {
				p.cfg.tag(c.opts.VoiceVLAN, true)
			}
		}
	}
	s.faults = 0
}

func (s *Switch) healPort(p *port) {
	p.cfg, p.faults = p.base, 0
	if s.saved {
		p.saved = p.cfg
	}
	p.pse.latched, p.pse.denyAlways = false, false
	if p.home != nil {
		for _, q := range s.ports {
			q.strangers = slices.DeleteFunc(q.strangers, func(m discovery.MAC) bool { return m == p.home.mac })
			if q != p && q.dev == p.home {
				s.insert(q, p.dev) // it was swapped
				s.insert(p, p.home)
			}
		}
		if d := p.home; d.hung || d.sticky || d.static || d.brick {
			d.static, d.brick = false, false
			d.restart()
		}
	}
	if p.dev != p.home {
		s.insert(p, p.home)
	}
}

// typed is what somebody typed, for seeing whether it changed: a port's settings and the VLANs.
type typed struct {
	port  config
	vlans []vlan
}

// configuration gives what is typed for a port, which may be nil, and for the switch.
func (s *Switch) configuration(p *port) typed {
	t := typed{vlans: s.vlans}
	if p != nil {
		t.port = p.cfg
	}
	return t
}

// settled is called behind every change that no manager made. Where the configuration is not what it was,
// somebody has typed it; a phone that is moved changes none.
func (s *Switch) settled(p *port, was typed) {
	is := s.configuration(p)
	same := slices.Equal(is.vlans, was.vlans) && slices.Equal(is.port.tagged, was.port.tagged)
	is.port.tagged, was.port.tagged = nil, nil
	if !same || !reflect.DeepEqual(is.port, was.port) {
		s.runAt = s.tick
	}
	s.changed(domainPorts | domainNeighbors | domainFDB | domainVLANs)
	s.settle()
}

// insert unplugs what is on a port and plugs d in; nil leaves the port empty.
func (s *Switch) insert(p *port, d *device) {
	if p.dev != nil {
		s.silence(p.dev)
	}
	if d != nil {
		s.silence(d)
		d.restart()
	}
	p.dev = d
	s.link(p, false)
	s.unpower(p)
}

func (c *Campus) spot(name, port string) (*Switch, *port, error) {
	s, err := c.find(name)
	if err != nil || port == "" {
		return s, nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.port(port)
	if p == nil || p.role != roleAccess {
		return nil, nil, errors.New("there is no such access port")
	}
	return s, p, nil
}

func place(name, port string) string {
	if port == "" {
		return name
	}
	return name + " " + port
}

// active gives the faults of a set that still hold: one that was repaired is not among them.
func (s *Switch) active(p *port) []Fault {
	set := s.faults
	if p != nil {
		set = p.faults
	}
	var out []Fault
	for i, f := range faults {
		if set&(1<<i) != 0 && f.holds(s, p) {
			out = append(out, f.name)
		}
	}
	return out
}
