package sim

import (
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// systemTables are the system group (SNMPv2-MIB 1.3.6.1.2.1.1).
func systemTables() []table {
	setText := func(where func(*Switch) *string) func(*scope, *row, snmp.Value) (func(), agent.Status) {
		return func(c *scope, _ *row, v snmp.Value) (func(), agent.Status) {
			if v.Len() > 255 {
				return nil, agent.WrongLength
			}
			return func() {
				*where(c.s) = string(v.Bytes())
				c.s.configured()
			}, agent.NoError
		}
	}
	return []table{{
		Name: "system", Entry: snmp.MustOID("1.3.6.1.2.1.1"), Rows: scalars,
		Columns: []column{
			text(1, func(c *scope, _ *row) string { return c.s.kind.descr }),
			object(2, func(c *scope, _ *row) snmp.OID { return c.s.kind.objectID }),
			ticks(3, func(c *scope, _ *row) uint32 { return c.s.tick }),
			rw(4, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Text(c.s.contact) },
				setText(func(s *Switch) *string { return &s.contact })),
			rw(5, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Text(c.s.sysName) },
				setText(func(s *Switch) *string { return &s.sysName })),
			rw(6, snmp.KindOctets, func(c *scope, _ *row) snmp.Value { return snmp.Text(c.s.location) },
				setText(func(s *Switch) *string { return &s.location })),
			fixed(7, snmp.Integer(6)), // sysServices: a switch that routes
		},
	}}
}
