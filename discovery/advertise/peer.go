package advertise

import (
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// peerKey is a neighbour as the table names it.
type peerKey struct {
	protocol      discovery.Protocol
	chassis, port string
}

func keyOf(n *discovery.Neighbor) peerKey { return peerKey{n.Protocol, n.ChassisID, n.PortID} }

// peer is what of an LLDP neighbour decides what is said. The table has the rest.
type peer struct {
	key    peerKey
	class  uint8 // MED class, 0 without LLDP-MED capabilities
	bridge bool  // a switch, router or access point by its capabilities, and no telephone
	avaya  bool
}

// endpoint reports whether it is one by LLDP-MED.
func (p peer) endpoint() bool {
	return p.class >= discovery.MEDClassI && p.class <= discovery.MEDClassIII
}

func peerOf(key peerKey, p *lldp.PDU) peer {
	out := peer{key: key, avaya: isAvaya(p)}
	if p.Has&lldp.HasMED != 0 {
		out.class = p.MED.Class
	}
	if p.Has&lldp.HasCapabilities != 0 {
		const network = lldp.CapRepeater | lldp.CapBridge | lldp.CapWLAN | lldp.CapRouter
		// A phone may enable its telephone only once it is registered.
		if c := p.Capabilities; (c.Supported|c.Enabled)&lldp.CapTelephone == 0 {
			bits := c.Enabled
			if bits == 0 {
				bits = c.Supported
			}
			out.bridge = bits&network != 0
		}
	}
	return out
}

// regard takes in what a changed LLDP neighbour says. It reports whether it is a MED endpoint that was none before.
func (m *Machine) regard(n *discovery.Neighbor, p *lldp.PDU, now time.Time) (fresh bool) {
	key := keyOf(n)
	is := peerOf(key, p)
	i := slices.IndexFunc(m.peers, func(q peer) bool { return q.key == key })
	if i < 0 {
		m.peers = append(m.peers, is)
		fresh = is.endpoint()
	} else {
		fresh = is.endpoint() && !m.peers[i].endpoint()
		m.peers[i] = is
	}
	m.openGate()
	if a, ok := lldpAsk(p, key); ok {
		m.hearAsk(&m.supply.lldp, a, discovery.LLDP, now)
	}
	return fresh
}

// forget drops who is gone.
func (m *Machine) forget(n *discovery.Neighbor) {
	key := keyOf(n)
	m.peers = slices.DeleteFunc(m.peers, func(p peer) bool { return p.key == key })
	m.forgetAsk(key)
	m.openGate()
}

// renumber follows a neighbour that has another chassis id now.
func (m *Machine) renumber(was, is peerKey) {
	if was == is {
		return
	}
	for i := range m.peers {
		if m.peers[i].key == was {
			m.peers[i].key = is
		}
	}
	for _, a := range [...]*ask{&m.supply.lldp, &m.supply.cdp} {
		if a.by == was {
			a.by = is
		}
	}
}

// openGate decides whether LLDP-MED TLVs are told (TIA-1057 clause 11: to endpoints that speak it, not between
// network devices).
//
// A neighbour of class IV shuts the gate, and so does one that is a bridge by its capabilities without
// LLDP-MED, unless a phone (class III) is heard beside it: switches do not pass LLDP on, so that is a PC behind the phone
// with a bridge of its own, for containers or virtual machines, and the phone must not lose its VLAN by it.
func (m *Machine) openGate() {
	var endpoint, phone, network, bridge, avaya bool
	for _, p := range m.peers {
		endpoint = endpoint || p.endpoint()
		phone = phone || p.class == discovery.MEDClassIII
		network = network || p.class == discovery.MEDClassNetwork
		bridge = bridge || p.bridge && !p.endpoint()
		avaya = avaya || p.avaya
	}
	open := false
	switch {
	case m.o.LLDP == Off:
	case m.o.MED == Auto:
		open = endpoint && !network && (phone || !bridge)
	case m.o.MED == Forced:
		open = !network
	}
	m.owed = open && endpoint
	m.told = m.told && m.owed
	avaya = open && (avaya || m.o.MED == Forced)
	if m.tell.med != open || m.tell.avaya != avaya {
		m.tell.med, m.tell.avaya = open, avaya
		m.lldp.stale = true
	}
	m.allocate()
}

// asksCDP reports whether a CDP packet comes from a device that we should answer: a phone, a PC, or whatever asks
// for a VLAN or for power, and not from a switch or router.
func asksCDP(p *cdp.Packet) bool {
	const network = cdp.CapRouter | cdp.CapBridge | cdp.CapSourceRoute | cdp.CapSwitch | cdp.CapRepeater
	switch {
	case p.Has&(cdp.HasQuery|cdp.HasRequested|cdp.HasConsumption) != 0:
		return true
	case p.Has&cdp.HasCapabilities == 0 || p.Capabilities&cdp.CapPhone != 0:
		return true
	}
	return p.Capabilities&network == 0
}

// changed passes on what became of the neighbours.
func (m *Machine) changed(cs []neighbors.Change, now time.Time) {
	for i := range cs {
		c := &cs[i]
		m.notice(Notice{Kind: Neighbor, At: now, Protocol: c.Neighbor.Protocol, Change: *c})
		switch c.Kind {
		case neighbors.KindGone:
			m.forget(&c.Neighbor)
		case neighbors.KindChanged, neighbors.KindAdopted:
			m.renumber(keyOf(&c.Was), keyOf(&c.Neighbor))
		}
	}
}
