package sim

import (
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

var pseRows = kept(rowsPSE, func(c *scope, r *rowSet) {
	for _, p := range c.s.ports {
		if p.pse.group != 0 {
			r.Add(row{p: p}, uint32(p.pse.group), uint32(p.pse.port))
		}
	}
})

var pseGroupRows = kept(rowsPSEGroups, func(c *scope, r *rowSet) {
	for g := range c.s.groups {
		r.Add(row{n: uint32(g)}, uint32(g+1))
	}
})

// drawn and reserved are the power of one stack member, in milliwatts.
func (s *Switch) drawn(group uint32) (mw uint32) {
	for _, p := range s.ports {
		if p.pse.group == int(group)+1 {
			mw += p.draw()
		}
	}
	return mw
}

func (s *Switch) reserved(group uint32) (mw uint32) {
	for _, p := range s.ports {
		if p.pse.group == int(group)+1 {
			mw += p.pse.alloc
		}
	}
	return mw
}

// poeTables are POWER-ETHERNET-MIB (RFC 3621, 1.3.6.1.2.1.105).
func poeTables() []table {
	count := func(id uint32, get func(p *pse) uint32) column {
		return counter(id, func(_ *scope, r *row) uint64 { return uint64(get(&r.p.pse)) })
	}
	return []table{
		{
			Name: "pethPsePortTable", Entry: snmp.MustOID("1.3.6.1.2.1.105.1.1.1"), Rows: pseRows,
			Columns: []column{
				rw(3, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(truth(r.p.cfg.poe != poeNever))) },
					setPort(1, 2, func(_ *scope, p *port, n int64) {
						switch {
						case n == 2:
							p.cfg.poe = poeNever
						case p.cfg.poe == poeNever:
							p.cfg.poe = poeAuto
						}
					})),
				fixed(4, snmp.Integer(2)), // pethPsePortPowerPairsControlAbility false
				rw(5, snmp.KindInteger, func(*scope, *row) snmp.Value { return snmp.Integer(1) }, // signal pairs
					func(_ *scope, _ *row, v snmp.Value) (func(), agent.Status) {
						if n, st := among(v, 1, 2); st != agent.NoError || n == 1 {
							return func() {}, st
						}
						return nil, agent.InconsistentValue // the pairs cannot be chosen here
					}),
				integer(6, func(_ *scope, r *row) int { return int(r.p.pse.detect) }),
				rw(7, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(r.p.cfg.priority)) },
					setPort(1, 3, func(_ *scope, p *port, n int64) { p.cfg.priority = uint8(n) })),
				count(8, func(p *pse) uint32 { return p.mpsAbsent }),
				rw(9, snmp.KindOctets, func(_ *scope, r *row) snmp.Value { return snmp.Text(r.p.cfg.poeNote) },
					func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
						if v.Len() > 255 {
							return nil, agent.WrongLength
						}
						p := r.p
						return func() { p.cfg.poeNote = string(v.Bytes()); c.s.configured() }, agent.NoError
					}),
				integer(10, func(_ *scope, r *row) int { // class + 1, valid while it delivers
					if r.p.pse.detect != detectDelivering {
						return 1
					}
					return int(min(r.p.dev.class(), 4)) + 1
				}),
				count(11, func(p *pse) uint32 { return p.invalidSignature }),
				count(12, func(p *pse) uint32 { return p.denied }),
				count(13, func(p *pse) uint32 { return p.overload }),
				count(14, func(p *pse) uint32 { return p.short }),
			},
		},
		{
			Name: "pethMainPseTable", Entry: snmp.MustOID("1.3.6.1.2.1.105.1.3.1.1"), Rows: pseGroupRows,
			Columns: []column{
				gauge(2, func(c *scope, r *row) uint32 { return c.s.budget[r.n] / 1000 }),
				fixed(3, snmp.Integer(1)), // pethMainPseOperStatus on
				gauge(4, func(c *scope, r *row) uint32 { return (c.s.drawn(r.n) + 500) / 1000 }),
				fixed(5, snmp.Integer(80)), // pethMainPseUsageThreshold
			},
		},
		{
			Name: "pethNotificationControlTable", Entry: snmp.MustOID("1.3.6.1.2.1.105.1.4.1.1"), Rows: pseGroupRows,
			Columns: []column{rw(2, snmp.KindInteger, func(c *scope, _ *row) snmp.Value { return snmp.Integer(int64(truth(c.s.notify))) },
				func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
					n, st := among(v, 1, 2)
					return func() { c.s.notify = n == 1; c.s.configured() }, st
				})},
		},
	}
}
