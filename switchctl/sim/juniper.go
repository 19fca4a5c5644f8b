package sim

import "phoneport/switchctl/snmp"

// juniper is an EX with ELS, after recordings of junos_ex and junos_qfx5100: nothing can be written by
// SNMP, interfaces are numbered from 513 with a unit behind each, LLDP ports are ifIndex, bridge ports
// count from 4097, PortLists come as text, forwarding databases have numbers that only Juniper's own
// table explains, and port ge-0/0/7 is power port 1.8.
func juniper() *personality {
	return &personality{
		name: "juniper", vendor: "juniper", model: "EX3400-48P", enginePE: 2636, oui: [3]byte{0x80, 0x71, 0x1f},
		objectID: snmp.MustOID("1.3.6.1.4.1.2636.1.1.1.4.131.2"),
		descr:    "Juniper Networks, Inc. ex3400-48p Ethernet Switch, kernel JUNOS 20.4R3.8, Build date: 2021-10-02 06:04:22 UTC Copyright (c) 1996-2021 Juniper Networks, Inc.",
		tables: func() []table {
			t := append(systemTables(), ifTables()...)
			t = append(t, bridgeTables()...)
			t = append(t, qBridgeTables(false, false)...)
			t = append(t, poeTables()...)
			t = append(t, lldpTables()...)
			t = append(t, sharedTables()...)
			t = append(t, juniperVLANTable())
			return readOnly(t)
		},
		virtuals: func(o *Options) []int {
			n := []int{vlanDefault, vlanMgmt}
			for i := 1; i <= o.Ports+uplinks; i++ {
				n = append(n, juniperUnit+i)
			}
			return n
		},
		number:   numberJuniper,
		entities: func(*Switch) []entity { return nil },
		fdbID:    func(i int, _ uint16) uint32 { return 65536 * uint32(i+4) },

		shutCutsPower: true, renumbers: true,
		deniedDetect:    detectOtherFault,
		timeMarks:       true,
		shortBits:       true,
		textPortLists:   true,
		lldpPortSubtype: portLocal,
		lldpPortID:      func(p *port) string { return itoa(int(p.ifIndex)) },
		voiceApp:        []uint32{1, 64},
	}
}

// readOnly takes every way of writing off tables.
func readOnly(tables []table) []table {
	for _, t := range tables {
		for i := range t.Columns {
			t.Columns[i].Set, t.Columns[i].Create = nil, nil
		}
	}
	return tables
}

// juniperUnit tells the units from the VLAN interfaces among the virtual ports: the unit of the socket
// with the number n has the number juniperUnit + n.
const juniperUnit = 10_000

func numberJuniper(s *Switch) {
	access := s.opts.Ports
	socket := func(n int) (uint32, uint32) { // ifIndex and bridge port of the n-th socket
		k := s.shift(uint32(n), uint32(access+uplinks))
		return 511 + 2*k, 4096 + k
	}
	for _, p := range s.ports {
		switch p.role {
		case roleAccess:
			name := "ge-0/0/" + itoa(p.n-1)
			p.call(name, name, 1000)
			p.ifIndex, p.bridge = socket(p.n)
			p.lldp = p.ifIndex
			p.pse.group, p.pse.port = 1, p.n
		case roleUplink:
			name := "xe-0/2/" + itoa(p.n-1)
			p.call(name, name, 10000)
			p.ifIndex, p.bridge = socket(access + p.n)
			p.lldp = p.ifIndex
		case roleLAG:
			name := "ae" + itoa(p.n-1)
			p.call(name, name, 20000)
			p.ifIndex, p.bridge, p.ifType = 900+uint32(p.n), 4096+uint32(access+uplinks+p.n), typeLAG
		case roleVirtual:
			if n := p.n - juniperUnit; n > 0 {
				name := "ge-0/0/" + itoa(n-1) + ".0"
				if n > access {
					name = "xe-0/2/" + itoa(n-access-1) + ".0"
				}
				p.call(name, name, 1000)
				p.ifIndex, _ = socket(n)
				p.ifIndex, p.ifType = p.ifIndex+1, typeVirtual
				continue
			}
			p.call("irb."+itoa(p.n), "irb."+itoa(p.n), 1000)
			p.ifIndex, p.ifType = 100+uint32(p.n), typeVirtual
		}
	}
}

// juniperVLANTable is jnxL2aldVlanTable (JUNIPER-L2ALD-MIB): the only place that joins a forwarding
// database to a VLAN.
func juniperVLANTable() table {
	return table{
		Name: "jnxL2aldVlanTable", Entry: snmp.MustOID("1.3.6.1.4.1.2636.3.48.1.3.1.1"),
		Rows: kept(rowsVLANsVTP, func(c *scope, r *rowSet) {
			for i := range c.s.vlans {
				r.Add(row{v: &c.s.vlans[i]}, uint32(i+3)) // jnxL2aldVlanID is a number of its own
			}
		}),
		Columns: []column{
			text(2, func(_ *scope, r *row) string { return r.v.name }),
			integer(3, func(_ *scope, r *row) int { return int(r.v.id) }),
			fixed(4, snmp.Integer(1)), // jnxL2aldVlanType static
			integer(5, func(_ *scope, r *row) int { return int(r.v.fdb) }),
		},
	}
}
