package sim

import (
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// ciscoPoETables are CISCO-POWER-ETHERNET-EXT-MIB (1.3.6.1.4.1.9.9.402).
func ciscoPoETables() []table {
	yes := snmp.Integer(1)
	return []table{
		{
			Name: "cpeExtMIBObjects", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.402.1"), Rows: scalars,
			Columns: []column{fixed(1, snmp.Unsigned(15400))}, // cpeExtDefaultAllocation
		},
		{
			Name: "cpeExtPsePortTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.402.1.2.1"), Rows: pseRows,
			Columns: []column{
				rw(1, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(r.p.cfg.poe)) },
					setPort(poeAuto, poeNever, func(_ *scope, p *port, n int64) { p.cfg.poe = uint8(n) })),
				integer(2, func(_ *scope, r *row) int { // cpeExtPsePortDiscoverMode: off, ieeeAndCisco
					if r.p.cfg.poe == poeNever {
						return 2
					}
					return 5
				}),
				integer(3, func(_ *scope, r *row) int {
					return truth(r.p.dev != nil && r.p.dev.needsPower && r.p.pse.detect != detectDisabled)
				}),
				integer(4, func(_ *scope, r *row) int { return truth(r.p.pse.detect == detectDelivering) }),
				ro(5, snmp.KindOctets, func(_ *scope, r *row) snmp.Value { // BITS deny(0) overdraw(1) overdrawLog(2)
					if r.p.pse.refused {
						return snmp.Octets([]byte{0x80})
					}
					return snmp.Octets([]byte{0})
				}),
				rw(6, snmp.KindUnsigned, func(_ *scope, r *row) snmp.Value { return snmp.Unsigned(r.p.cfg.limit) },
					setPort(4000, 30000, func(_ *scope, p *port, n int64) { p.cfg.limit = uint32(n) })),
				gauge(7, func(_ *scope, r *row) uint32 { return r.p.pse.alloc }),
				gauge(8, func(_ *scope, r *row) uint32 { return r.p.pse.alloc }),
				gauge(9, func(_ *scope, r *row) uint32 { return r.p.draw() }),
				gauge(10, func(_ *scope, r *row) uint32 { return r.p.pse.maxDrawn }),
				integer(11, func(_ *scope, r *row) int { return int(r.p.ent) }),
				fixed(12, yes), fixed(13, snmp.Integer(2)), fixed(14, yes), fixed(15, snmp.Unsigned(0)),
			},
		},
		{
			Name: "cpeExtMainPseTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.402.1.3.1"), Rows: pseGroupRows,
			Columns: []column{
				integer(1, func(_ *scope, r *row) int { return int(r.n+1)*1000 + 6 }),
				text(2, func(_ *scope, r *row) string { return "Switch " + itoa(int(r.n)+1) + " - Power Supply A" }),
				fixed(3, yes),
				gauge(4, func(c *scope, r *row) uint32 { return c.s.reserved(r.n) }),
				gauge(5, func(c *scope, r *row) uint32 { return c.s.budget[r.n] - min(c.s.budget[r.n], c.s.reserved(r.n)) }),
			},
		},
	}
}

// writeMemTable is writeMem of OLD-CISCO-SYS-MIB: writing 1 saves.
func writeMemTable() table {
	return table{
		Name: "lsystem", Entry: snmp.MustOID("1.3.6.1.4.1.9.2.1"), Rows: scalars,
		Columns: []column{rw(54, snmp.KindInteger, func(*scope, *row) snmp.Value { return snmp.Integer(0) },
			func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
				n, st := among(v, 0, 1)
				return func() {
					if n == 1 {
						c.s.save()
					}
				}, st
			})},
	}
}
