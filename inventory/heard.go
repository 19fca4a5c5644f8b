package inventory

import (
	"cmp"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// way says what a port leads to, by what is heard on it.
type way uint8

const (
	toEdge    way = iota // nothing but end systems, as far as is heard
	toNetwork            // a switch or router
	toWLAN               // an access point
)

// hear makes a candidate of each phone that is heard on the port, and says what the port leads to.
func (c *correlator) hear(p *switchctl.PortState) way {
	w := toEdge
	for i := range p.Neighbors {
		n := &p.Neighbors[i]
		m := c.neighborMAC(n)
		if !c.isPhone(n, m) {
			switch {
			case endpoint(n):
			case n.Has(discovery.CapWLAN):
				w = max(w, toWLAN)
			case n.IsNetwork() || n.Has(discovery.CapRouter):
				w = max(w, toNetwork)
			}
			continue
		}
		c.add(n, m)
	}
	c.join()
	for i := range c.cands {
		k := &c.cands[i]
		if phone, ok := c.d.ByMAC(k.mac); ok {
			k.phone = &phone
		}
		k.oui, _ = c.ouis.Lookup(k.mac)
	}
	return w
}

// isPhone reports whether a neighbour is a phone: by what it says, by its name, by its model, or as a
// source knows its address as a phone's. A phone that is not registered does not always announce the
// telephone capability (Avaya sets it once it is), and no phone is a router or an access point.
func (c *correlator) isPhone(n *discovery.Neighbor, m discovery.MAC) bool {
	if n.MEDClass == discovery.MEDClassIII {
		return true
	}
	_, known := c.d.find(m)
	if n.Has(discovery.CapRouter) || n.Has(discovery.CapWLAN) || n.MEDClass == discovery.MEDClassNetwork {
		// Wireless phones' bases and voice gateways announce both; only a source can tell them apart.
		return known && n.IsPhone()
	}
	if known || n.IsPhone() {
		return true
	}
	if _, ok := discovery.NameMAC(n.System); ok {
		return true
	}
	if _, ok := discovery.NameMAC(n.ChassisID); ok {
		return true
	}
	return c.identify(n).phone
}

// endpoint reports whether the neighbour says that it is an end system, whatever else it announces: a PC
// with containers bridges and routes, too.
func endpoint(n *discovery.Neighbor) bool {
	return n.MEDClass == discovery.MEDClassI || n.MEDClass == discovery.MEDClassII || n.Has(discovery.CapStation)
}

// neighborMAC gives the address of a neighbour, zero where it does not tell it.
func (c *correlator) neighborMAC(n *discovery.Neighbor) discovery.MAC {
	m := n.MAC
	if m.IsZero() {
		m = discovery.NeighborMAC(*n)
	}
	if m.IsZero() && len(n.Inventory.Serial) >= 12 {
		// Some makers use the address as serial number; a number of twelve hex digits alone proves nothing.
		if s, err := discovery.ParseMAC(n.Inventory.Serial); err == nil {
			if o, ok := c.ouis.Lookup(s); ok && o.Phones {
				m = s
			}
		}
	}
	if m.Group() {
		return discovery.MAC{}
	}
	return m
}

// add puts a row to the candidate with its address, or makes one.
func (c *correlator) add(n *discovery.Neighbor, m discovery.MAC) {
	var k *candidate
	if !m.IsZero() {
		k = c.find(m)
	}
	if k == nil {
		c.cands = append(c.cands, candidate{mac: m})
		k = &c.cands[len(c.cands)-1]
	}
	k.put(n)
}

// put adds a row. Of two rows of one protocol, which an agent gives under two time marks, the newer stays.
func (k *candidate) put(n *discovery.Neighbor) {
	at := &k.lldp
	if n.Protocol == discovery.CDP {
		at = &k.cdp
	}
	if *at == nil || compareNeighbors(n, *at) < 0 {
		*at = n
	}
}

// join makes one candidate of the LLDP row and the CDP row of one phone where only one of them, or
// neither, tells the address: with one phone of each protocol on the port they are one; with more, they
// are where the name or an IP address is the same.
func (c *correlator) join() {
	var open []int
	for i := range c.cands {
		if (c.cands[i].lldp == nil) != (c.cands[i].cdp == nil) {
			open = append(open, i)
		}
	}
	if len(open) < 2 {
		return
	}
	slices.SortFunc(open, func(a, b int) int {
		return cmp.Or(compareMAC(c.cands[a].mac, c.cands[b].mac), compareNeighbors(c.cands[a].first(), c.cands[b].first()))
	})
	two := len(c.cands) == 2
	gone := make([]bool, len(c.cands))
	for x, i := range open {
		for _, j := range open[x+1:] {
			a, b := &c.cands[i], &c.cands[j]
			if gone[i] || gone[j] || a.lldp != nil && a.cdp != nil || (a.lldp == nil) == (b.lldp == nil) || !a.mac.IsZero() && !b.mac.IsZero() {
				continue
			}
			if !two && !sameSystem(a.first(), b.first()) {
				continue
			}
			va, vb := c.describe(a).vendor, c.describe(b).vendor
			if va != "" && vb != "" && !sameVendor(va, vb) {
				continue
			}
			if a.mac.IsZero() {
				a.mac = b.mac
			}
			if b.lldp != nil {
				a.lldp = b.lldp
			} else {
				a.cdp = b.cdp
			}
			gone[j] = true
		}
	}
	kept := c.cands[:0]
	for i := range c.cands {
		if !gone[i] {
			kept = append(kept, c.cands[i])
		}
	}
	c.cands = kept
}

// sameSystem reports whether two rows name one system.
func sameSystem(a, b *discovery.Neighbor) bool {
	if a.System != "" && a.System == b.System {
		return true
	}
	return slices.ContainsFunc(a.Addresses, func(s string) bool { return slices.Contains(b.Addresses, s) })
}

// first gives the row that identifies the candidate, nil where none was heard.
func (k *candidate) first() *discovery.Neighbor {
	if k.lldp != nil {
		return k.lldp
	}
	return k.cdp
}

// compareNeighbors orders rows: the one heard last first, then by what they say.
func compareNeighbors(a, b *discovery.Neighbor) int {
	if a == nil || b == nil || a == b {
		return 0
	}
	return cmp.Or(
		b.HeardAt.Compare(a.HeardAt),
		cmp.Compare(a.ChassisID, b.ChassisID),
		cmp.Compare(a.PortID, b.PortID),
		cmp.Compare(a.System, b.System),
		cmp.Compare(a.Platform, b.Platform),
		cmp.Compare(a.Inventory.Serial, b.Inventory.Serial),
		cmp.Compare(b.MEDClass, a.MEDClass),
		cmp.Compare(a.Adopted.VLAN, b.Adopted.VLAN),
	)
}

// expired reports whether the row outlived its time: the switch should have dropped it.
func (c *correlator) expired(n *discovery.Neighbor) bool {
	return n != nil && n.TTL > 0 && !n.HeardAt.IsZero() && c.now.Sub(n.HeardAt) > 2*n.TTL
}

// idKey is all that identify looks at.
type idKey struct{ vendor, model, platform string }

// identify reads what a neighbour says of its maker and model. A campus has few models, so that the
// answers are kept.
func (c *correlator) identify(n *discovery.Neighbor) identity {
	key := idKey{n.Inventory.Manufacturer, n.Inventory.Model, n.Platform}
	if key == (idKey{}) {
		return identity{}
	}
	id, ok := c.ids[key]
	if ok {
		return id
	}
	by := identify("", key.platform)
	if !by.exact {
		by.model = ""
	}
	if key.model != "" {
		id = identify(cmp.Or(key.vendor, by.vendor), key.model)
	} else {
		id = identity{vendor: NormalVendor(key.vendor)}
	}
	id.vendor = cmp.Or(id.vendor, by.vendor)
	id.model = cmp.Or(id.model, by.model)
	id.phone = id.phone || by.phone
	c.ids[key] = id
	return id
}
