package sim

import (
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// procurve is an HP 2530 with AOS-S, after recordings of procurve_2520 and hpe-procurve-516733-b21: the
// four numberings of a port are one number, forwarding databases count 1, 2, 3… whatever the VLAN,
// power stays on when a port is shut, and every SET writes the flash memory.
func procurve() *personality {
	return &personality{
		name: "procurve", vendor: "hp", model: "J9772A", enginePE: 11, oui: [3]byte{0xac, 0x16, 0x2d},
		objectID: snmp.MustOID("1.3.6.1.4.1.11.2.3.7.11.155"),
		descr:    "HP J9772A 2530-48G-PoEP Switch, revision YA.16.10.0016, ROM YA.15.20 (/ws/swbuildm/rel_ajanta_qaoff/code/build/lakes(swbuildm_rel_ajanta_qaoff_rel_ajanta))",
		tables: func() []table {
			t := append(systemTables(), ifTables()...)
			t = append(t, entityTables(false)...)
			t = append(t, bridgeTables()...)
			t = append(t, dot1dFDBTable())
			t = append(t, qBridgeTables(true, true)...)
			t = append(t, poeTables()...)
			t = append(t, lldpTables()...)
			t = append(t, sharedTables()...)
			return append(t, procurveConfigTable(), procurvePoETable())
		},
		virtuals: func(o *Options) []int {
			return []int{vlanDefault, int(o.DataVLAN), vlanGuest, vlanMgmt, int(o.VoiceVLAN), vlanVoiceOld}
		},
		number: func(s *Switch) {
			for _, p := range s.ports {
				p.numberEqual(s, uint32(p.n))
			}
		},
		entities: chassisOnly("HP J9772A 2530-48G-PoEP Switch", "YA.16.10.0016"),
		fdbID:    func(i int, _ uint16) uint32 { return uint32(i + 1) },

		savesItself:     true,
		deniedDetect:    detectOtherFault,
		shortBits:       true,
		lldpPortSubtype: portLocal,
		lldpPortID:      func(p *port) string { return itoa(int(p.lldp)) },
		voiceApp:        []uint32{2, 64, 0},
	}
}

// numberEqual gives the ports of a family whose numberings are all the same; uplinks follow the access
// ports, trunks follow those.
func (p *port) numberEqual(s *Switch, n uint32) {
	access := uint32(s.opts.Ports)
	switch p.role {
	case roleUplink:
		n += access
		p.call(itoa(int(n)), itoa(int(n)), 10000)
	case roleAccess:
		p.call(itoa(int(n)), itoa(int(n)), 1000)
		p.pse.group, p.pse.port = 1, int(n)
	case roleLAG:
		n += access + uplinks
		p.call("Trk"+itoa(p.n), "Trk"+itoa(p.n), 20000)
		p.ifIndex, p.bridge, p.ifType = n, n, typeLAG
		return
	case roleVirtual: // the interface of a VLAN is at a fixed distance from its number
		name := "VLAN" + itoa(p.n)
		if p.n == vlanDefault {
			name = "DEFAULT_VLAN"
		}
		p.call(name, name, 1000)
		p.ifIndex, p.ifType = access+uplinks+25+uint32(p.n), typeVirtual
		return
	}
	p.ifIndex, p.bridge, p.lldp = n, n, n
}

// chassisOnly is an ENTITY-MIB that knows no ports.
func chassisOnly(descr, software string) func(s *Switch) []entity {
	return func(s *Switch) []entity {
		return []entity{{
			index: 1, class: classChassis, pos: -1, descr: descr, name: "Chassis", model: s.kind.model, serial: s.serial, software: software,
			replaceable: true,
		}}
	}
}

// procurveConfigTable is hpSwitchImplicitConfigSave (HP-SWITCH-BASIC-CONFIG-MIB): 1 enable, 2 disable.
// Switching it off is no change of the configuration.
func procurveConfigTable() table {
	return table{
		Name: "hpSwitchConfig", Entry: snmp.MustOID("1.3.6.1.4.1.11.2.14.11.5.1.7.1.29.1"), Rows: scalars,
		Columns: []column{rw(11, snmp.KindInteger, func(c *scope, _ *row) snmp.Value { return snmp.Integer(int64(truth(c.s.implicit))) },
			func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
				n, st := among(v, 1, 2)
				return func() { c.s.implicit = n == 1 }, st
			})},
	}
}

// procurvePoETable is hpicfPoePethPsePortTable (HP-ICF-POE-MIB), which tells what the standard does not:
// the power of each port, in milliwatts.
func procurvePoETable() table {
	draw := func(_ *scope, r *row) int { return int(r.p.draw()) }
	return table{
		Name: "hpicfPoePethPsePortTable", Entry: snmp.MustOID("1.3.6.1.4.1.11.2.14.11.1.9.1.1.1"), Rows: pseRows,
		Columns: []column{
			integer(1, func(_ *scope, r *row) int { return int(r.p.draw()) / 54 }), // mA at 54 V
			integer(2, func(_ *scope, r *row) int { return 54 * b2i(r.p.draw() > 0) }),
			integer(3, draw),
			fixed(4, snmp.Integer(1)), // hpicfPoePethPsePortPowerAllocateBy usage
			integer(8, draw),
			integer(9, func(_ *scope, r *row) int { // hpicfPoePethPsePortOperStatus: deny, off, on
				switch {
				case r.p.pse.refused:
					return 1
				case r.p.pse.detect == detectDelivering:
					return 3
				}
				return 2
			}),
		},
	}
}
