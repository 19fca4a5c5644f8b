package sim

import "phoneport/switchctl/snmp"

// standard is a switch of no maker that has only what the standards say, all of it writable. Its four
// numberings differ, so that a wrong join cannot pass for a right one: port 1/7 has ifIndex 1007, bridge
// port and LLDP port 7, power port 1.7.
func standard() *personality {
	return &personality{
		name: "standard", vendor: "", model: "AS-48P", enginePE: 32473, oui: [3]byte{0x00, 0x0e, 0xc6}, // 32473: for examples (RFC 5612)
		objectID: snmp.MustOID("1.3.6.1.4.1.32473.1.48"),
		descr:    "Access Switch AS-48P, 48 x 1000BASE-T 802.3at, 4 x 10GBASE-X, Software 3.2.1",
		tables: func() []table {
			t := append(systemTables(), ifTables()...)
			t = append(t, entityTables(true)...)
			t = append(t, bridgeTables()...)
			t = append(t, dot1dFDBTable())
			t = append(t, qBridgeTables(true, true)...)
			t = append(t, poeTables()...)
			t = append(t, lldpTables()...)
			return append(t, sharedTables()...)
		},
		number: func(s *Switch) {
			access := uint32(s.opts.Ports)
			for _, p := range s.ports {
				n := uint32(p.n)
				switch p.role {
				case roleAccess:
					p.call("1/"+itoa(p.n), "Unit 1 Port "+itoa(p.n), 1000)
					p.ifIndex = 1000 + s.shift(n, access)
					p.bridge, p.lldp = n, n
					p.pse.group, p.pse.port = 1, p.n
					p.ent = 100 + n
				case roleUplink:
					n += access
					p.call("1/"+itoa(int(n)), "Unit 1 Port "+itoa(int(n)), 10000)
					p.ifIndex, p.bridge, p.lldp, p.ent = 1000+n, n, n, 100+n
				case roleLAG:
					p.call("lag"+itoa(p.n), "Link Aggregate "+itoa(p.n), 20000)
					p.ifIndex, p.bridge, p.ifType = 5000+n, access+uplinks+n, typeLAG
				case roleVirtual:
					p.call("vlan"+itoa(p.n), "VLAN interface "+itoa(p.n), 1000)
					p.ifIndex, p.ifType = 6000+n, typeVirtual
				}
			}
		},
		entities: func(s *Switch) []entity {
			e := chassisOnly("Access Switch AS-48P", "3.2.1")(s)
			for _, p := range s.ports {
				if p.physical() {
					e = append(e, entity{index: p.ent, parent: 1, class: classPort, pos: int(p.ent - 100), descr: p.descr, name: p.name, port: p})
				}
			}
			return e
		},
		fdbID: func(_ int, vlan uint16) uint32 { return uint32(vlan) },

		renumbers:       true,
		deniedDetect:    detectOtherFault,
		timeMarks:       true,
		textAddresses:   true,
		lldpPortSubtype: portIfName,
		lldpPortID:      func(p *port) string { return p.name },
		voiceApp:        []uint32{1, 64},
	}
}
