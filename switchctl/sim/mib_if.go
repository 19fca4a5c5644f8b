package sim

import (
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// traffic is a counter of a port that grows while time passes, so that two readings differ.
func traffic(c *scope, p *port, perSecond uint64) uint64 {
	if p.dev == nil && p.role != roleLAG {
		return 0
	}
	return (uint64(c.s.tick)/100 + 100_000) * (perSecond + uint64(p.ifIndex%97))
}

// operStatus is ifOperStatus: 1 up, 2 down.
func operStatus(p *port) int {
	if p.up {
		return 1
	}
	return 2
}

// ifTables are IF-MIB (1.3.6.1.2.1.2, 1.3.6.1.2.1.31).
func ifTables() []table {
	rows := ports(rowsInterfaces, func(*port) bool { return true }, byIfIndex)
	zero := func(id uint32) column { return fixed(id, snmp.Number(snmp.KindCounter32, 0)) }
	count := func(id uint32, perSecond uint64) column {
		return counter(id, func(c *scope, r *row) uint64 { return traffic(c, r.p, perSecond) })
	}
	hcCount := func(id uint32, perSecond uint64) column {
		return counter64(id, func(c *scope, r *row) uint64 { return traffic(c, r.p, perSecond) })
	}
	return []table{
		{
			Name: "interfaces", Entry: snmp.MustOID("1.3.6.1.2.1.2"), Rows: scalars,
			Columns: []column{integer(1, func(c *scope, _ *row) int { return len(c.s.ports) })}, // ifNumber
		},
		{
			Name: "ifTable", Entry: snmp.MustOID("1.3.6.1.2.1.2.2.1"), Rows: rows,
			Columns: []column{
				integer(1, func(_ *scope, r *row) int { return int(r.p.ifIndex) }),
				text(2, func(_ *scope, r *row) string { return r.p.descr }),
				integer(3, func(_ *scope, r *row) int { return int(r.p.ifType) }),
				fixed(4, snmp.Integer(1500)),
				gauge(5, func(_ *scope, r *row) uint32 { // saturates at 2^32-1
					return uint32(min(uint64(r.p.mbps)*1_000_000, 1<<32-1))
				}),
				ro(6, snmp.KindOctets, func(_ *scope, r *row) snmp.Value {
					if r.p.mac.IsZero() {
						return snmp.Text("")
					}
					return snmp.Octets(r.p.mac[:])
				}),
				rw(7, snmp.KindInteger, func(_ *scope, r *row) snmp.Value {
					return snmp.Integer(int64(2 - b2i(r.p.cfg.admin)))
				}, func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
					n, st := among(v, 1, 3)
					switch {
					case st != agent.NoError:
						return nil, st
					case n == 3: // testing
						return nil, agent.InconsistentValue
					case !r.p.physical() && r.p.role != roleLAG:
						return nil, agent.InconsistentValue
					}
					p := r.p
					return func() { p.cfg.admin = n == 1; c.s.configured() }, agent.NoError
				}),
				integer(8, func(_ *scope, r *row) int { return operStatus(r.p) }),
				ticks(9, func(_ *scope, r *row) uint32 { return r.p.changed }),
				count(10, 1400), count(11, 12), zero(13), zero(14), zero(15),
				count(16, 5100), count(17, 24), zero(19), zero(20),
			},
		},
		{
			Name: "ifXTable", Entry: snmp.MustOID("1.3.6.1.2.1.31.1.1.1"), Rows: rows,
			Columns: []column{
				text(1, func(_ *scope, r *row) string { return r.p.name }),
				count(2, 1), count(3, 1), count(4, 3), count(5, 2),
				hcCount(6, 1400), hcCount(7, 12), hcCount(8, 1), hcCount(9, 1),
				hcCount(10, 5100), hcCount(11, 24), hcCount(12, 3), hcCount(13, 2),
				rw(14, snmp.KindInteger, func(_ *scope, r *row) snmp.Value { return snmp.Integer(int64(truth(r.p.cfg.traps))) },
					setPort(1, 2, func(_ *scope, p *port, n int64) { p.cfg.traps = n == 1 })),
				gauge(15, func(_ *scope, r *row) uint32 { return r.p.mbps }),
				fixed(16, snmp.Integer(2)), // ifPromiscuousMode false
				integer(17, func(_ *scope, r *row) int { return truth(r.p.physical()) }),
				rw(18, snmp.KindOctets, func(_ *scope, r *row) snmp.Value { return snmp.Text(r.p.cfg.alias) },
					func(c *scope, r *row, v snmp.Value) (func(), agent.Status) {
						if v.Len() > 64 {
							return nil, agent.WrongLength
						}
						p := r.p
						return func() { p.cfg.alias = string(v.Bytes()); c.s.configured() }, agent.NoError
					}),
				fixed(19, snmp.Ticks(0)),
			},
		},
		{
			Name: "ifStackTable", Entry: snmp.MustOID("1.3.6.1.2.1.31.1.2.1"),
			Rows: kept(rowsStack, func(c *scope, r *rowSet) {
				for _, p := range c.s.ports {
					switch {
					case p.lag != nil: // the aggregate lies above its members
						r.Add(row{p: p}, p.lag.ifIndex, p.ifIndex)
						r.Add(row{p: p}, p.ifIndex, 0)
					case p.role == roleLAG:
						r.Add(row{p: p}, 0, p.ifIndex)
					default:
						r.Add(row{p: p}, 0, p.ifIndex)
						r.Add(row{p: p}, p.ifIndex, 0)
					}
				}
			}),
			Columns: []column{fixed(3, snmp.Integer(1))}, // ifStackStatus active
		},
		{
			Name: "ifMIBObjects", Entry: snmp.MustOID("1.3.6.1.2.1.31.1"), Rows: scalars,
			Columns: []column{ticks(5, func(c *scope, _ *row) uint32 { return c.s.ifAt })}, // ifTableLastChange
		},
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
