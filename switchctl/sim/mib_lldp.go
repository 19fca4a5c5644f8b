package sim

import (
	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// Bits of LldpSystemCapabilitiesMap: in SNMP bit 0 is the highest of the octet.
const (
	capBridge    = 0x20
	capWLAN      = 0x10
	capRouter    = 0x08
	capTelephone = 0x04
)

// Subtypes of chassis and port identifiers (LLDP-MIB, IEEE 802.1AB clauses 8.5.2 and 8.5.3).
const (
	chassisMAC     = 4
	chassisNetwork = 5
	portIfAlias    = 1
	portMAC        = 3
	portIfName     = 5
	portLocal      = 7
)

// lldpIndex is the index of the rows of a neighbour. The time mark is a TimeFilter (RFC 2021); agents
// differ in what they put there.
func lldpIndex(c *scope, p *port) []uint32 {
	mark := uint32(0)
	if c.s.kind.timeMarks {
		mark = p.dev.heard
	}
	return []uint32{mark, p.lldp, p.dev.lldpIdx}
}

// lldpHears reports whether the port has an LLDP neighbour.
func (s *Switch) lldpHears(p *port) bool {
	const rxOnly, both = 2, 3 // lldpPortConfigAdminStatus
	return p.lldp != 0 && p.up && p.dev.talks() && p.dev.lldpIdx != 0 && (p.cfg.lldp == rxOnly || p.cfg.lldp == both)
}

func neighbors(k rowKind, pass func(*device) bool, more func(c *scope, p *port) []uint32) func(*scope) *rowSet {
	return kept(k, func(c *scope, r *rowSet) {
		for _, p := range c.s.ports {
			if c.s.lldpHears(p) && pass(p.dev) {
				r.Add(row{p: p}, append(lldpIndex(c, p), more(c, p)...)...)
			}
		}
	})
}

func noMore(*scope, *port) []uint32 { return nil }

// lldpTables are LLDP-MIB (1.0.8802.1.1.2).
func lldpTables() []table {
	local := ports(rowsLLDPPorts, func(p *port) bool { return p.lldp != 0 }, func(p *port) uint32 { return p.lldp })
	return append([]table{
		{
			Name: "lldpConfiguration", Entry: snmp.MustOID("1.0.8802.1.1.2.1.1"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Integer(30)), fixed(2, snmp.Integer(4)), fixed(3, snmp.Integer(2)), fixed(4, snmp.Integer(2)),
				fixed(5, snmp.Integer(5)),
			},
		},
		{
			Name: "lldpPortConfigTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.1.6.1"), Rows: local,
			Columns: []column{
				rw(2, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(r.p.cfg.lldp)) },
					setPort(1, 4, func(_ *scope, p *port, n int64) { p.cfg.lldp = uint8(n) })),
				fixed(3, snmp.Integer(2)), fixed(4, snmp.Octets([]byte{0xf0})),
			},
		},
		{
			Name: "lldpStatistics", Entry: snmp.MustOID("1.0.8802.1.1.2.1.2"), Rows: scalars,
			Columns: []column{
				ticks(1, func(c *scope, _ *row) uint32 { return c.s.lldpAt }),
				gauge(2, func(c *scope, _ *row) uint32 { return c.s.lldpIns }), gauge(3, func(c *scope, _ *row) uint32 { return c.s.lldpDel }),
				fixed(4, snmp.Unsigned(0)), fixed(5, snmp.Unsigned(0)),
			},
		},
		{
			Name: "lldpLocalSystemData", Entry: snmp.MustOID("1.0.8802.1.1.2.1.3"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Integer(chassisMAC)),
				ro(2, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Octets(c.s.mac[:]) }),
				text(3, func(c *scope, _ *row) string { return c.s.sysName }),
				text(4, func(c *scope, _ *row) string { return c.s.kind.descr }),
				fixed(5, snmp.Octets([]byte{capBridge | capRouter, 0})), fixed(6, snmp.Octets([]byte{capBridge, 0})),
			},
		},
		{
			Name: "lldpLocPortTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.3.7.1"), Rows: local,
			Columns: []column{
				integer(2, func(c *scope, _ *row) int { return c.s.kind.lldpPortSubtype }),
				text(3, func(c *scope, r *row) string { return c.s.kind.lldpPortID(r.p) }),
				text(4, func(_ *scope, r *row) string { return r.p.descr }),
			},
		},
	}, append(lldpRemoteTables(), lldpExtTables()...)...)
}

func lldpRemoteTables() []table {
	rows := neighbors(rowsLLDPNeighbors, func(*device) bool { return true }, noMore)
	get := func(id uint32, f func(c *scope, n *identity) string) column {
		return text(id, func(c *scope, r *row) string {
			n := c.s.identify(r.p)
			return f(c, &n)
		})
	}
	return []table{
		{
			Name: "lldpRemTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.4.1.1"), Rows: rows,
			Columns: []column{
				integer(4, func(c *scope, r *row) int { n := c.s.identify(r.p); return n.chassisSubtype }),
				get(5, func(_ *scope, n *identity) string { return n.chassis }),
				integer(6, func(c *scope, r *row) int { n := c.s.identify(r.p); return n.portSubtype }),
				get(7, func(_ *scope, n *identity) string { return n.port }),
				get(8, func(_ *scope, n *identity) string { return n.portDescr }),
				get(9, func(_ *scope, n *identity) string { return n.name }),
				get(10, func(_ *scope, n *identity) string { return n.descr }),
				get(11, func(c *scope, n *identity) string { return capabilities(c, n.caps) }),
				get(12, func(c *scope, n *identity) string { return capabilities(c, n.enabled) }),
			},
		},
		{
			Name: "lldpRemManAddrTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.4.2.1"),
			Rows: neighbors(rowsLLDPAddresses, func(d *device) bool { return d.addr.IsValid() && !d.addr.IsUnspecified() },
				func(_ *scope, p *port) []uint32 { // subtype ipV4, length, address
					a := p.dev.addr.As4()
					return []uint32{1, 4, uint32(a[0]), uint32(a[1]), uint32(a[2]), uint32(a[3])}
				}),
			Columns: []column{
				fixed(3, snmp.Integer(2)), fixed(4, snmp.Integer(1)), fixed(5, snmp.ObjectID(snmp.OID{0, 0})),
			},
		},
	}
}

// capabilities gives one octet or two: families differ in how much of the BITS they send.
func capabilities(c *scope, bits byte) string {
	if c.s.kind.shortBits {
		return string([]byte{bits})
	}
	return string([]byte{bits, 0})
}

// identity is what a neighbour says of itself by LLDP.
type identity struct {
	chassisSubtype, portSubtype int
	chassis, port, portDescr    string
	name, descr                 string
	caps, enabled               byte
}

// identify gives what the neighbour on a port says.
func (s *Switch) identify(p *port) identity {
	d := p.dev
	raw := string(d.mac[:])
	switch d.kind {
	case kindAP:
		return identity{
			chassisSubtype: chassisMAC, chassis: raw, portSubtype: portIfName, port: "Gi0", portDescr: "GigabitEthernet0",
			name: "ap-" + d.tag[6:], descr: "Cisco AP Software, ap3g3-k9w8 Version: 17.3.4.30", caps: capBridge | capWLAN | capRouter, enabled: capBridge | capWLAN,
		}
	case kindCore:
		return identity{
			chassisSubtype: chassisMAC, chassis: raw, portSubtype: portIfName, port: s.corePort(p),
			portDescr: "to " + s.name, name: "core-" + s.site, descr: coreDescr, caps: capBridge | capRouter, enabled: capBridge | capRouter,
		}
	}
	m := d.model
	id := identity{
		chassisSubtype: chassisNetwork, chassis: networkAddress(d), portSubtype: portMAC, port: raw, portDescr: m.portDescr,
		name: d.phone.Name, descr: m.descr, caps: capBridge | capTelephone, enabled: capTelephone,
	}
	if !d.pc.IsZero() {
		id.enabled |= capBridge
	}
	switch m.ids {
	case idCisco:
		id.portSubtype, id.port = portLocal, d.tag+":P1"
		id.enabled = capBridge | capTelephone
	case idAvaya:
		if d.stage < stageRegistered {
			id.enabled &^= capTelephone
		}
	case idMAC:
		id.enabled = capBridge | capTelephone
	case idSerial:
		id.chassisSubtype, id.chassis = chassisMAC, raw
	}
	if s.kind.textAddresses { // a FortiSwitch is recorded so
		switch id.chassisSubtype {
		case chassisMAC:
			id.chassis = d.mac.String()
		case chassisNetwork:
			id.chassis = d.addr.String()
		}
		if id.portSubtype == portMAC {
			id.port = d.mac.String()
		}
	}
	return id
}

// networkAddress is a chassis identifier: the address family number (1 IPv4) and the address.
func networkAddress(d *device) string {
	a := d.addr.As4()
	return string([]byte{1, a[0], a[1], a[2], a[3]})
}

const coreDescr = "Cisco IOS Software [Cupertino], Catalyst L3 Switch Software (CAT9K_IOSXE), Version 17.9.4a, RELEASE SOFTWARE (fc3)"

// corePort is the port of the core switch that an uplink goes to.
func (s *Switch) corePort(p *port) string {
	return "Te1/" + itoa(1+s.number/48%4) + "/" + itoa(1+(s.number*2+p.n-1)%48)
}

// pvidOf is the VLAN that the neighbour tells as its own untagged one.
func (d *device) pvidOf(p *port) int {
	if d.kind == kindCore {
		return int(p.cfg.pvid)
	}
	return 0
}

// policyOf is the voice policy that a phone says it uses, as lldpXMedRemMediaPolicyTable has it.
func (d *device) policyOf() (vlan int, tagged, unknown bool) {
	switch {
	case d.stage < stageAdopted:
		return 0, false, true
	case d.adopted.mode == discovery.VoiceTagged:
		return int(d.adopted.vlan), true, false
	case d.adopted.mode == discovery.VoicePriority:
		return 0, true, false
	}
	return 0, false, false
}
