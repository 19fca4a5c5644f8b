package sim

import (
	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// bridgePortRows are the ports of the bridge that the context shows: of a family with a bridge for each
// VLAN only those that take part in it now, so numbers are missing, and differ from context to context.
var bridgePortRows = kept(rowsBridgePorts, func(c *scope, r *rowSet) {
	for _, p := range c.s.ports {
		if p.bridge == 0 || p.lag != nil {
			continue
		}
		if c.s.kind.perVLAN && (!p.up || !p.cfg.member(c.bridge()) && p.cfg.voice != c.bridge()) {
			continue
		}
		r.Add(row{p: p}, p.bridge)
	}
})

func macIndex(m discovery.MAC) []uint32 {
	return []uint32{uint32(m[0]), uint32(m[1]), uint32(m[2]), uint32(m[3]), uint32(m[4]), uint32(m[5])}
}

// bridgeTables are BRIDGE-MIB (RFC 4188, 1.3.6.1.2.1.17).
func bridgeTables() []table {
	return []table{
		{
			Name: "dot1dBase", Entry: snmp.MustOID("1.3.6.1.2.1.17.1"), Rows: scalars,
			Columns: []column{
				ro(1, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Octets(c.s.mac[:]) }),
				integer(2, func(c *scope, _ *row) int { return bridgePortRows(c).Len() }),
				fixed(3, snmp.Integer(2)), // dot1dBaseType transparent-only
			},
		},
		{
			Name: "dot1dBasePortTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.1.4.1"), Rows: bridgePortRows,
			Columns: []column{
				integer(1, func(_ *scope, r *row) int { return int(r.p.bridge) }),
				integer(2, func(_ *scope, r *row) int { return int(r.p.ifIndex) }),
				fixed(3, snmp.ObjectID(snmp.OID{0, 0})),
				fixed(4, snmp.Number(snmp.KindCounter32, 0)), fixed(5, snmp.Number(snmp.KindCounter32, 0)),
			},
		},
		{
			Name: "dot1dTp", Entry: snmp.MustOID("1.3.6.1.2.1.17.4"), Rows: scalars,
			Columns: []column{
				fixed(1, snmp.Number(snmp.KindCounter32, 0)), // dot1dTpLearnedEntryDiscards
				fixed(2, snmp.Integer(300)),                  // dot1dTpAgingTime
			},
		},
	}
}

// dot1dFDBTable is dot1dTpFdbTable, without VLANs: of one VLAN where the family has a bridge for each.
func dot1dFDBTable() table {
	return table{
		Name: "dot1dTpFdbTable", Entry: snmp.MustOID("1.3.6.1.2.1.17.4.3.1"),
		Rows: kept(rowsFDB, func(c *scope, r *rowSet) {
			c.s.learn(func(l learned) {
				if !c.s.kind.perVLAN || l.vlan == c.bridge() {
					r.Add(row{p: l.port, mac: l.mac}, macIndex(l.mac)...)
				}
			})
		}),
		Columns: []column{
			ro(1, snmp.KindOctets, func(_ *scope, r *row) snmp.Value { return snmp.Octets(r.mac[:]) }),
			integer(2, func(_ *scope, r *row) int { return int(r.p.bridge) }),
			fixed(3, snmp.Integer(3)), // dot1dTpFdbStatus learned
		},
	}
}
