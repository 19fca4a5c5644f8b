package sim

import (
	"phoneport/switchctl/snmp"
)

// catalyst is a Cisco Catalyst 2960-X or a stack of them, after recordings of ios_2960x, ios_c3560 and
// cisco-c3750: ifIndex 10101… for the first member and 500 more for each further one, power ports
// member.port that only cpeExtPsePortEntPhyIndex and entAliasMappingTable join to an ifIndex, LLDP ports
// 1…, a bridge for each VLAN that has only the ports which take part in it.
func catalyst() *personality {
	const software = "15.2(7)E8"
	return &personality{
		name: "catalyst", vendor: "cisco", model: "WS-C2960X-48FPS-L", enginePE: 9, oui: [3]byte{0xf4, 0x7f, 0x35},
		objectID: snmp.MustOID("1.3.6.1.4.1.9.1.1208"),
		descr: "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), Version " + software + ", RELEASE SOFTWARE (fc3)\r\n" +
			"Technical Support: http://www.cisco.com/techsupport\r\nCopyright (c) 1986-2023 by Cisco Systems, Inc.\r\nCompiled Tue 14-Mar-23 03:08 by mcpre",
		tables: func() []table {
			t := append(systemTables(), ifTables()...)
			t = append(t, entityTables(true)...)
			t = append(t, bridgeTables()...)
			t = append(t, dot1dFDBTable(), writeMemTable())
			t = append(t, poeTables()...)
			t = append(t, lldpTables()...)
			t = append(t, sharedTables()...)
			t = append(t, ciscoPoETables()...)
			t = append(t, ciscoVLANTables()...)
			t = append(t, ciscoCDPTables()...)
			t = append(t, ciscoConfigTables()...)
			return append(t, pagpTable(), ciscoAuthTable())
		},
		number:   numberCatalyst,
		entities: func(s *Switch) []entity { return catalystEntities(s, software) },
		fdbID:    func(int, uint16) uint32 { return 0 },

		cdp: true, perVLAN: true, voiceByPort: true, shutCutsPower: true, renumbers: true, stacks: true, hasLimit: true,
		deniedDetect:    detectSearching, // cpeExtPsePortAdditionalStatus tells why
		lldpPortSubtype: portIfName,
		lldpPortID:      func(p *port) string { return p.name },
		voiceApp:        []uint32{1, 64},
	}
}

func numberCatalyst(s *Switch) {
	for _, p := range s.ports {
		base := uint32(10100 + 500*(p.member-1))
		m := itoa(p.member)
		switch p.role {
		case roleAccess:
			slot := uint32((p.n-1)%48 + 1)
			n := itoa(int(slot))
			p.call("Gi"+m+"/0/"+n, "GigabitEthernet"+m+"/0/"+n, 1000)
			p.ifIndex = base + s.shift(slot, 48)
			p.bridge = 56*uint32(p.member-1) + slot
			p.lldp = p.bridge
			p.ent = uint32(1000*p.member) + 9 + slot
			p.pse.group, p.pse.port = p.member, int(slot)
		case roleUplink:
			n := itoa(p.n)
			p.call("Te"+m+"/1/"+n, "TenGigabitEthernet"+m+"/1/"+n, 10000)
			p.ifIndex = base + 48 + uint32(p.n)
			p.bridge = 56*uint32(p.member-1) + 48 + uint32(p.n)
			p.lldp = p.bridge
			p.ent = uint32(1000*p.member) + 9 + 48 + uint32(p.n)
		case roleLAG:
			p.call("Po"+itoa(p.n), "Port-channel"+itoa(p.n), 20000)
			p.ifIndex, p.bridge, p.ifType = uint32(5000+p.n), uint32(56*s.groups+8+p.n), typeVirtual
		case roleVirtual:
			p.call("Vl"+itoa(p.n), "Vlan"+itoa(p.n), 1000)
			p.ifIndex, p.ifType = uint32(p.n), typeVirtual
		}
	}
}

// shift turns the numbers 1…size by how often the switch was renumbered.
func (s *Switch) shift(n, size uint32) uint32 {
	return (n-1+uint32(s.renumbered))%size + 1
}

func catalystEntities(s *Switch, software string) []entity {
	e := []entity{{
		index: 1, class: classStack, pos: -1, descr: "Catalyst C29xx Switch Stack", name: "C29xx Stacking",
		vendorType: "1.3.6.1.4.1.9.12.3.1.11.11",
	}}
	for m := 1; m <= s.groups; m++ {
		base := uint32(1000 * m)
		serial := s.serial
		if m > 1 {
			serial = serial[:len(serial)-1] + itoa(m)
		}
		sw := "Switch " + itoa(m)
		e = append(e,
			entity{
				index: base + 1, parent: 1, class: classChassis, pos: m - 1, descr: s.kind.model, name: itoa(m), model: s.kind.model,
				serial: serial, software: software, hardware: "V02", replaceable: true, vendorType: "1.3.6.1.4.1.9.12.3.1.3.1264",
			},
			entity{
				index: base + 2, parent: base + 1, class: classModule, pos: 1, descr: sw + " - " + s.kind.model + " - Fixed Module 0",
				name: sw + " - " + s.kind.model + " - Fixed Module 0", vendorType: "1.3.6.1.4.1.9.12.3.1.9.23.73",
			},
			entity{
				index: base + 6, parent: base + 1, class: classSupply, descr: sw + " - Power Supply A", name: sw + " - Power Supply A",
				model: "PWR-C2-1025WAC", replaceable: true, vendorType: "1.3.6.1.4.1.9.12.3.1.6.288",
			})
		for _, p := range s.ports {
			if p.physical() && p.member == m {
				e = append(e, entity{
					index: p.ent, parent: base + 2, class: classPort, pos: int(p.ent - base - 9), descr: p.descr, name: p.descr,
					alias: itoa(int(p.ifIndex)), port: p, vendorType: "1.3.6.1.4.1.9.12.3.1.10.150",
				})
			}
		}
	}
	return e
}

// pagpTable is the column of CISCO-PAGP-MIB that says to which aggregate a port belongs: 0 = none.
func pagpTable() table {
	return table{
		Name: "pagpEtherChannelTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.98.1.1.1.1"),
		Rows: ports(rowsSockets, (*port).physical, byIfIndex),
		Columns: []column{integer(8, func(_ *scope, r *row) int { // pagpGroupIfIndex
			if r.p.lag == nil {
				return 0
			}
			return int(r.p.lag.ifIndex)
		})},
	}
}
