package sim

import (
	"slices"
	"strconv"
	"strings"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// Values of RowStatus (SNMPv2-TC).
const (
	rowActive       = 1
	rowNotReady     = 3
	rowCreateAndGo  = 4
	rowCreateAndNot = 5 // createAndWait
	rowDestroy      = 6
)

var vlanRowSet = kept(rowsVLANs, func(c *scope, r *rowSet) {
	for i := range c.s.vlans {
		r.Add(row{v: &c.s.vlans[i]}, uint32(c.s.vlans[i].id))
	}
})

// portList makes a PortList: bit 1 of octet 1 is bridge port 1 (RFC 4363).
func (s *Switch) portList(in func(p *port) bool) snmp.Value {
	if s.kind.textPortLists {
		return s.textPortList(in)
	}
	var buf [64]byte
	b := buf[:s.portListSize()]
	for _, p := range s.ports {
		if n := int(p.bridge); n > 0 && p.lag == nil && in(p) {
			b[(n-1)/8] |= 0x80 >> ((n - 1) % 8)
		}
	}
	return snmp.Octets(b)
}

// portListSize is the octets of every PortList of the switch; agents send all of them.
func (s *Switch) portListSize() int {
	last := 0
	for _, p := range s.ports {
		last = max(last, int(p.bridge))
	}
	return min((last+7)/8, 64)
}

// textPortList is the PortList of Junos, which is no PortList: bridge ports in text, with commas.
func (s *Switch) textPortList(in func(p *port) bool) snmp.Value {
	var list []string
	for _, p := range s.ports {
		if p.bridge > 0 && p.lag == nil && in(p) {
			list = append(list, strconv.Itoa(int(p.bridge)))
		}
	}
	return snmp.Text(strings.Join(list, ","))
}

// setPortList makes the Set of a PortList. A shorter list leaves the other ports out; a port that does
// not exist is refused.
func setPortList(put func(p *port, vlan uint16, in bool)) func(*scope, *row, snmp.Value) (func(), agent.Status) {
	return func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
		known := map[int]bool{}
		for _, p := range c.s.ports {
			known[int(p.bridge)] = true
		}
		for n := range 8 * v.Len() {
			if v.Bit(n) && !known[n+1] {
				return nil, agent.InconsistentValue
			}
		}
		id := r.v.id
		return func() {
			for _, p := range c.s.ports {
				if p.bridge > 0 && p.lag == nil {
					put(p, id, v.Bit(int(p.bridge)-1))
				}
			}
			c.s.configured()
		}, agent.NoError
	}
}

// setEgress makes a port a member, tagged at first, or takes it out.
func setEgress(p *port, vlan uint16, in bool) {
	if !in {
		p.cfg.tag(vlan, false)
		if p.cfg.pvid == vlan && vlan != vlanDefault {
			p.cfg.pvid = vlanDefault
		}
		return
	}
	if p.cfg.pvid != vlan {
		p.cfg.tag(vlan, true)
	}
}

// setUntagged makes a VLAN the untagged one of a port; a port has one.
func setUntagged(p *port, vlan uint16, in bool) {
	switch {
	case in:
		p.cfg.tag(vlan, false)
		p.cfg.pvid = vlan
	case p.cfg.pvid == vlan && vlan != vlanDefault:
		p.cfg.pvid = vlanDefault
		p.cfg.tag(vlan, true)
	}
}

// qBridgeTables are Q-BRIDGE-MIB (RFC 4363, 1.3.6.1.2.1.17.7.1). mapped says whether the agent tells
// which forwarding database a VLAN has.
func qBridgeTables(writable, mapped bool) []table {
	egress := func(c *scope, r *row) snmp.Value {
		id := r.v.id
		return c.s.portList(func(p *port) bool { return p.cfg.member(id) })
	}
	untagged := func(c *scope, r *row) snmp.Value {
		id := r.v.id
		return c.s.portList(func(p *port) bool { return p.cfg.pvid == id })
	}
	list := func(id uint32, get func(c *scope, r *row) snmp.Value, put func(p *port, vlan uint16, in bool)) column {
		col := ro(id, snmp.KindOctets, get)
		if writable {
			col.Set = setPortList(put)
		}
		return col
	}
	t := []table{
		{
			Name: "dot1qBase", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.1"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Integer(1)), fixed(2, snmp.Integer(4094)), fixed(3, snmp.Unsigned(1024)),
				gauge(4, func(c *scope, _ *row) uint32 { return uint32(len(c.s.vlans)) }), fixed(5, snmp.Integer(2)),
			},
		},
		{
			Name: "dot1qTpFdbTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.2.2.1"),
			Rows: kept(rowsQFDB, func(c *scope, r *rowSet) {
				c.s.learn(func(l learned) {
					r.Add(row{p: l.port, n: 3}, append([]uint32{c.s.vlan(l.vlan).fdb}, macIndex(l.mac)...)...)
				})
				// The bridge itself is learned on port 0, as bridges tell it.
				r.Add(row{n: 4}, append([]uint32{c.s.vlans[0].fdb}, macIndex(c.s.mac)...)...)
			}),
			Columns: []column{
				integer(2, func(_ *scope, r *row) int {
					if r.p == nil {
						return 0
					}
					return int(r.p.bridge)
				}),
				integer(3, func(_ *scope, r *row) int { return int(r.n) }), // 3 learned, 4 self
			},
		},
		staticVLANTable(writable, list(2, egress, setEgress), list(4, untagged, setUntagged)),
		pvidTable(writable),
	}
	if !mapped {
		return t
	}
	return append(t, table{
		Name: "dot1qVlanCurrentTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.4.2.1"),
		Rows: kept(rowsVLANsCurrent, func(c *scope, r *rowSet) {
			for i := range c.s.vlans {
				r.Add(row{v: &c.s.vlans[i]}, 0, uint32(c.s.vlans[i].id)) // dot1qVlanTimeMark 0
			}
		}),
		Columns: []column{
			gauge(3, func(_ *scope, r *row) uint32 { return r.v.fdb }),
			ro(4, snmp.KindOctets, egress), ro(5, snmp.KindOctets, untagged),
			fixed(6, snmp.Integer(2)), fixed(7, snmp.Ticks(0)),
		},
	}, table{
		Name: "dot1qFdbTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.2.1.1"),
		Rows: kept(rowsFDBNumbers, func(c *scope, r *rowSet) {
			for i := range c.s.vlans {
				r.Add(row{v: &c.s.vlans[i]}, c.s.vlans[i].fdb)
			}
		}),
		Columns: []column{counter(2, func(c *scope, r *row) (n uint64) {
			c.s.learn(func(l learned) {
				if l.vlan == r.v.id {
					n++
				}
			})
			return n
		})},
	})
}

func staticVLANTable(writable bool, egress, untagged column) table {
	name := text(1, func(_ *scope, r *row) string { return r.v.name })
	status := fixed(5, snmp.Integer(rowActive))
	if writable {
		name.Set = func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
			if v.Len() > 32 {
				return nil, agent.WrongLength
			}
			id := r.v.id
			return func() {
				c.s.vlans = slices.Clone(c.s.vlans) // the saved list shares the old one
				if w := c.s.vlan(id); w != nil {
					w.name = string(v.Bytes())
				}
				c.s.changed(domainVLANs)
				c.s.configured()
			}, agent.NoError
		}
		status.Set = func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
			id := r.v.id
			switch n, _ := v.Int(); {
			case n == rowActive:
				return func() {}, agent.NoError
			case n == rowDestroy && id != vlanDefault:
				return func() { c.s.removeVLAN(id); c.s.configured() }, agent.NoError
			}
			return nil, agent.InconsistentValue
		}
		status.Create = func(c *scope, index []uint32, v snmp.Value) (func(), agent.Status) {
			n, _ := v.Int()
			switch {
			case len(index) != 1 || index[0] < 1 || index[0] > 4094:
				return nil, agent.NoCreation
			case n == rowDestroy:
				return func() {}, agent.NoError
			case n != rowCreateAndGo:
				return nil, agent.WrongValue
			}
			id := uint16(index[0])
			return func() { c.s.addVLAN(id, "VLAN"+strconv.Itoa(int(id))); c.s.configured() }, agent.NoError
		}
	}
	forbidden := ro(3, snmp.KindOctets, func(c *scope, _ *row) snmp.Value {
		return c.s.portList(func(*port) bool { return false })
	})
	return table{
		Name: "dot1qVlanStaticTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.4.3.1"), Rows: vlanRowSet,
		Columns: []column{name, egress, forbidden, untagged, status},
	}
}

func pvidTable(writable bool) table {
	pvid := gauge(1, func(_ *scope, r *row) uint32 { return uint32(r.p.cfg.pvid) })
	if writable {
		pvid.Set = func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
			n, st := among(v, 1, 4094)
			if st == agent.NoError && !c.s.hasVLAN(uint16(n)) {
				st = agent.InconsistentValue
			}
			if st != agent.NoError {
				return nil, st
			}
			p := r.p
			return func() {
				setUntagged(p, uint16(n), true)
				c.s.configured()
			}, agent.NoError
		}
	}
	return table{
		Name: "dot1qPortVlanTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.7.1.4.5.1"),
		Rows: ports(rowsPVIDPorts, func(p *port) bool { return p.bridge > 0 && p.lag == nil }, func(p *port) uint32 { return p.bridge }),
		Columns: []column{
			pvid, fixed(2, snmp.Integer(2)),
			fixed(3, snmp.Integer(1)), fixed(4, snmp.Integer(2)),
		},
	}
}
