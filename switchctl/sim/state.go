package sim

import (
	"fmt"

	"phoneport/discovery"
)

// PortState is the truth about one port, for tests: what is so, not what an agent says.
type PortState struct {
	Name      string
	IfIndex   int
	PSE       [2]int
	AdminUp   bool
	LinkUp    bool
	Untagged  uint16
	Tagged    []uint16
	Voice     discovery.VoicePolicy // what is configured
	Delivers  bool
	PoEOn     bool // may give power
	Priority  int  // pethPsePortPowerPriority
	LimitMW   int
	DrawMW    int
	Denied    bool
	Faulted   bool
	Phone     discovery.MAC         // of the phone that is plugged in; zero for none
	Adopted   discovery.VoicePolicy // what the phone uses
	InService bool                  // the phone is registered
	Faults    []Fault               // that still hold
	Uplink    bool
	LAG       bool
	Dot1X     bool
}

// SwitchState is the truth about one switch.
type SwitchState struct {
	Saved       bool // running and startup configuration are the same
	Saves       int
	FlashWrites int // AOS-S: writes of flash memory by SETs
	VLANs       []uint16
	Faults      []Fault // that still hold
}

// Port gives the truth about a port now.
func (c *Campus) Port(name, port string) (PortState, error) {
	s, err := c.find(name)
	if err != nil {
		return PortState{}, err
	}
	s.Lock()
	defer s.Unlock()
	p := s.port(port)
	if p == nil {
		return PortState{}, fmt.Errorf("find port %s of %s: there is none", port, name)
	}
	return s.state(p), nil
}

// Ports gives the truth about all sockets of a switch, in the order of ifIndex.
func (c *Campus) Ports(name string) ([]PortState, error) {
	s, err := c.find(name)
	if err != nil {
		return nil, err
	}
	s.Lock()
	defer s.Unlock()
	var out []PortState
	for _, p := range s.ports {
		if p.physical() {
			out = append(out, s.state(p))
		}
	}
	return out, nil
}

// State gives the truth about a switch.
func (c *Campus) State(name string) (SwitchState, error) {
	s, err := c.find(name)
	if err != nil {
		return SwitchState{}, err
	}
	s.Lock()
	defer s.Unlock()
	st := SwitchState{Saved: s.saved, Saves: s.saves, FlashWrites: s.flash, Faults: s.active(nil)}
	for _, v := range s.vlans {
		st.VLANs = append(st.VLANs, v.id)
	}
	return st, nil
}

func (v voice) policy() discovery.VoicePolicy {
	p := discovery.VoicePolicy{Application: 1, Mode: v.mode, VLAN: v.vlan}
	if v.mode == discovery.VoiceTagged {
		p.PCP, p.DSCP = voicePCP, voiceDSCP
	}
	return p
}

func (s *Switch) state(p *port) PortState {
	st := PortState{
		Name: p.name, IfIndex: int(p.ifIndex), PSE: [2]int{p.pse.group, p.pse.port}, AdminUp: p.cfg.admin, LinkUp: p.up,
		Untagged: p.cfg.pvid, Tagged: p.cfg.tagged, Voice: s.configuredVoice(p).policy(), Delivers: p.pse.detect == detectDelivering,
		PoEOn: p.pse.group != 0 && p.cfg.poe != poeNever, Priority: int(p.cfg.priority), LimitMW: int(p.cfg.limit), DrawMW: int(p.draw()),
		Denied: p.pse.refused, Faulted: p.pse.detect == detectFault, Faults: s.active(p), Uplink: p.role == roleUplink, LAG: p.lag != nil,
		Dot1X: p.cfg.dot1x,
	}
	if d := p.dev; d != nil && d.kind == kindPhone {
		st.Phone, st.Adopted, st.InService = d.mac, d.adopted.policy(), d.stage == stageRegistered
	}
	return st
}
