package sim

import (
	"phoneport/switchctl/snmp"
)

// Values of entPhysicalClass (ENTITY-MIB).
const (
	classChassis = 3
	classSupply  = 6
	classModule  = 9
	classPort    = 10
	classStack   = 11
)

// entity is one row of entPhysicalTable.
type entity struct {
	index, parent        uint32
	class, pos           int
	descr, name          string
	model, serial        string
	software, alias      string
	replaceable          bool
	port                 *port // of a port: what entAliasMappingTable points to
	vendorType, hardware string
}

// entityTables are ENTITY-MIB (1.3.6.1.2.1.47). alias says whether the family maps ports to interfaces.
func entityTables(alias bool) []table {
	t := []table{
		{
			Name: "entPhysicalTable", Entry: snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1"),
			Rows: kept(rowsEntities, func(c *scope, r *rowSet) {
				for i := range c.s.entities {
					r.Add(row{e: &c.s.entities[i]}, c.s.entities[i].index)
				}
			}),
			Columns: []column{
				text(2, func(_ *scope, r *row) string { return r.e.descr }),
				ro(3, snmp.KindOID, func(_ *scope, r *row) snmp.Value {
					o, err := snmp.ParseOID(r.e.vendorType)
					if err != nil {
						o = snmp.OID{0, 0}
					}
					return snmp.ObjectID(o)
				}),
				integer(4, func(_ *scope, r *row) int { return int(r.e.parent) }),
				integer(5, func(_ *scope, r *row) int { return r.e.class }),
				integer(6, func(_ *scope, r *row) int { return r.e.pos }),
				text(7, func(_ *scope, r *row) string { return r.e.name }),
				text(8, func(_ *scope, r *row) string { return r.e.hardware }),
				text(9, func(_ *scope, r *row) string { return r.e.software }),
				text(10, func(_ *scope, r *row) string { return r.e.software }),
				text(11, func(_ *scope, r *row) string { return r.e.serial }),
				fixed(12, snmp.Text("")),
				text(13, func(_ *scope, r *row) string { return r.e.model }),
				text(14, func(_ *scope, r *row) string { return r.e.alias }),
				fixed(15, snmp.Text("")),
				integer(16, func(_ *scope, r *row) int { return truth(r.e.replaceable) }),
			},
		},
		{
			Name: "entityGeneral", Entry: snmp.MustOID("1.3.6.1.2.1.47.1.4"), Rows: scalars,
			Columns: []column{ticks(1, func(c *scope, _ *row) uint32 { return c.s.entAt })}, // entLastChangeTime
		},
	}
	if alias {
		t = append(t, table{
			Name: "entAliasMappingTable", Entry: snmp.MustOID("1.3.6.1.2.1.47.1.3.2.1"),
			Rows: kept(rowsAliases, func(c *scope, r *rowSet) {
				for i := range c.s.entities {
					if e := &c.s.entities[i]; e.port != nil {
						r.Add(row{e: e}, e.index, 0)
					}
				}
			}),
			Columns: []column{object(2, func(_ *scope, r *row) snmp.OID {
				return snmp.OID{1, 3, 6, 1, 2, 1, 2, 2, 1, 1, r.e.port.ifIndex} // ifIndex.N
			})},
		})
	}
	return t
}
