package sim

import "phoneport/switchctl/snmp"

// sharedTables are the tables of LACP and 802.1X that say which ports to leave alone.
func sharedTables() []table {
	physical := ports(rowsPhysical, func(p *port) bool { return p.physical() || p.role == roleLAG }, byIfIndex)
	sockets := ports(rowsSockets, (*port).physical, byIfIndex)
	aggregate := func(_ *scope, r *row) int {
		if r.p.lag == nil {
			return 0
		}
		return int(r.p.lag.ifIndex)
	}
	return []table{
		{ // IEEE8023-LAG-MIB
			Name: "dot3adAggPortTable", Entry: snmp.MustOID("1.2.840.10006.300.43.1.2.1.1"), Rows: sockets,
			Columns: []column{
				fixed(2, snmp.Integer(32768)),
				ro(3, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Octets(c.s.mac[:]) }),
				integer(4, aggregate), integer(5, aggregate),
				integer(12, aggregate), // dot3adAggPortSelectedAggID
				integer(13, aggregate), // dot3adAggPortAttachedAggID
				integer(24, func(_ *scope, r *row) int { return 2 - b2i(r.p.lag != nil) }),
			},
		},
		{ // IEEE8021-PAE-MIB
			Name: "dot1xPaeSystem", Entry: snmp.MustOID("1.0.8802.1.1.1.1.1"), Rows: scalars,
			Columns: []column{fixed(1, snmp.Integer(1))}, // dot1xPaeSystemAuthControl enabled
		},
		{
			Name: "dot1xPaePortTable", Entry: snmp.MustOID("1.0.8802.1.1.1.1.1.2.1"), Rows: sockets,
			Columns: []column{
				fixed(2, snmp.Unsigned(2)), fixed(3, snmp.Octets([]byte{0x80})), // authenticator
				fixed(4, snmp.Integer(2)), fixed(5, snmp.Integer(2)),
			},
		},
		{
			Name: "dot1xAuthConfigTable", Entry: snmp.MustOID("1.0.8802.1.1.1.1.2.1.1"), Rows: sockets,
			Columns: []column{
				fixed(1, snmp.Integer(2)), fixed(2, snmp.Integer(6)), fixed(3, snmp.Integer(0)), fixed(4, snmp.Integer(0)),
				fixed(5, snmp.Integer(1)), // dot1xAuthAuthControlledPortStatus authorized
				integer(6, func(_ *scope, r *row) int { // 2 auto, 3 forceAuthorized
					return 3 - b2i(r.p.cfg.dot1x)
				}),
			},
		},
		{ // EtherLike-MIB
			Name: "dot3StatsTable", Entry: snmp.MustOID("1.3.6.1.2.1.10.7.2.1"), Rows: physical,
			Columns: []column{fixed(19, snmp.Integer(3))}, // dot3StatsDuplexStatus fullDuplex
		},
	}
}
