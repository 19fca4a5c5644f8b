package shape

import (
	"encoding"
	"errors"
	"fmt"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// State makes a port's state of its shape, as far as plans need it: settings, numbers and the phones that were
// heard. It is the way back from a plan file.
func (p Port) State(id switchctl.SwitchID) (switchctl.PortState, error) {
	s := switchctl.PortState{
		Ref: switchctl.PortRef{Switch: id, Name: p.Name}, Alias: p.Alias, Speed: p.SpeedBPS, LAG: p.LAG, Dot1X: p.Dot1X,
		Index: switchctl.Indices{If: p.IfIndex, Bridge: p.BridgePort, LLDP: p.LLDPPort}, Untagged: p.AccessVLAN, Tagged: p.Tagged,
	}
	var err error
	s.Index.PSE, err = parsePSE(p.PSE)
	errs := []error{
		err,
		parse(&s.Index.Proof, p.PSEProof), parse(&s.Admin, p.Admin), parse(&s.Link, p.Link), parse(&s.Mode, p.Mode),
		p.Voice.policy(&s.Voice), p.Advertised.policy(&s.Advert), p.PoE.state(&s.PoE),
	}
	for _, n := range p.Neighbors {
		nb, err := n.Heard()
		errs = append(errs, err)
		s.Neighbors = append(s.Neighbors, nb)
	}
	for _, m := range p.MACs {
		var l switchctl.LearnedMAC
		errs = append(errs, parse(&l.MAC, m.MAC))
		l.VLAN = m.VLAN
		s.Learned = append(s.Learned, l)
	}
	if err := errors.Join(errs...); err != nil {
		return s, fmt.Errorf("read port %s: %w", s.Ref, err)
	}
	return s, nil
}

// Heard makes a neighbour of its shape; when it was heard is not part of the shape.
func (n Neighbor) Heard() (discovery.Neighbor, error) {
	nb := discovery.Neighbor{
		Protocol: discovery.Protocol(n.Protocol), ChassisID: n.ChassisID, PortID: n.PortID, PortDesc: n.PortDesc, System: n.System,
		Platform: n.Platform, Software: n.Software, MEDClass: n.MEDClass, NativeVLAN: n.NativeVLAN, Addresses: n.Addresses,
		Draws: discovery.Milliwatts(n.DrawsMW),
	}
	for _, c := range n.Capabilities {
		nb.Capabilities = append(nb.Capabilities, discovery.Capability(c))
	}
	if n.Inventory != nil {
		nb.Inventory = *n.Inventory
	}
	return nb, errors.Join(parse(&nb.MAC, n.MAC), n.Adopted.policy(&nb.Adopted), n.Advertised.policy(&nb.Advertised))
}

// parse reads a word; an absent one is the zero value.
func parse(v encoding.TextUnmarshaler, s string) error {
	if s == "" {
		return nil
	}
	return v.UnmarshalText([]byte(s))
}

func (v *Voice) policy(p *discovery.VoicePolicy) error {
	if v == nil {
		return nil
	}
	p.VLAN = v.VLAN
	if v.PCP != nil {
		p.PCP = *v.PCP
	}
	if v.DSCP != nil {
		p.DSCP = *v.DSCP
	}
	return parse(&p.Mode, v.Mode)
}

func (p *PoE) state(s *switchctl.PoEState) error {
	if p == nil {
		return nil
	}
	*s = switchctl.PoEState{
		Supported: true, Allocated: discovery.Milliwatts(p.AllocatedMW), Limit: discovery.Milliwatts(p.LimitMW),
		MaxDraw: discovery.Milliwatts(p.MaxDrawMW), Denied: p.DeniedNow,
	}
	if p.Class != nil {
		s.Class, s.ClassTold = *p.Class, true
	}
	if p.DrawMW != nil {
		s.Draw, s.DrawTold = discovery.Milliwatts(*p.DrawMW), true
	}
	if p.Denied != nil {
		s.Counters.Told, s.Counters.Denied = true, *p.Denied
	}
	return errors.Join(parse(&s.Admin, p.Admin), parse(&s.Detect, p.Detect), parse(&s.Priority, p.Priority))
}
