package standard

import (
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// poeTable describes a vendor's own table of power ports as data: where it is, how its rows are numbered, and
// what its columns mean. The tables are in vendorpoe_tables.go.
type poeTable struct {
	vendor  string
	objects []string // prefixes of sysObjectID of the switches that have the table
	name    string   // the MIB's name of the table
	entry   snmp.OID
	index   poeIndex
	unit    discovery.Milliwatts // one unit of the power columns
	columns []poeColumn
	main    *poeMain // where the vendor has the supply in a table of its own
}

// poeIndex says how the rows of a vendor's table are numbered.
type poeIndex uint8

// The numberings.
const (
	poeByPSE    poeIndex = iota // the index of pethPsePortTable; the table only adds to its ports
	poeByIf                     // ifIndex
	poeByUnitIf                 // stack unit and ifIndex; also the index of the vendor's pethPsePortTable
	poeByPort                   // number of the port on the front of the box
)

// poePut reads the value of a column into the state of a port. It reports false where the value says that the
// port has no inline power at all.
type poePut = func(s *switchctl.PoEState, v snmp.Value, unit discovery.Milliwatts) bool

// poeColumn is one column and what its values mean.
type poeColumn struct {
	col uint32
	put poePut
}

// poeMain is a vendor's table of power supplies.
type poeMain struct {
	name           string
	entry          snmp.OID
	nominal, drawn uint32 // columns, in units of the port table
}

// VendorParts gives the parts that read the vendor's own tables of inline power, nil where the vendor of the
// switch (sysObjectID) has none that phoneport knows.
func VendorParts(sysObjectID string) []Part {
	var out []Part
	for i := range poeTables {
		if t := &poeTables[i]; t.covers(sysObjectID) {
			out = append(out, t.part())
		}
	}
	return out
}

// covers reports whether switches with this sysObjectID have the table.
func (t *poeTable) covers(sysObjectID string) bool {
	for _, p := range t.objects {
		if sysObjectID == p || strings.HasPrefix(sysObjectID, p+".") {
			return true
		}
	}
	return false
}

// part makes the part that reads the table. It comes behind the standard power part and fills only what the
// standard tables leave open, power readings excepted: those have no standard object.
func (t *poeTable) part() Part {
	return Part{
		Name: "poe-" + t.vendor, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			table := snmp.Table{Name: t.name, Entry: t.entry}
			for _, c := range t.columns {
				table.Columns = append(table.Columns, c.col)
			}
			var ok bool
			switch t.index {
			case poeByIf:
				table, ok = b.Scoped(table, ByIfIndex)
			case poeByPSE, poeByUnitIf:
				table, ok = b.Scoped(table, ByPSEPort)
			default:
				table.Rows, ok = b.Expect(), true // the number of the port is known only by the rows
			}
			var tables []snmp.Table
			if ok {
				tables = append(tables, table)
			}
			if m := t.main; m != nil && ok {
				tables = append(tables, snmp.Table{Name: m.name, Entry: m.entry, Columns: []uint32{m.nominal, m.drawn}, Rows: 1})
			}
			return tables
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			find := t.finder(b)
			for _, r := range rows[0].All() {
				if p := find(r.Index); p != nil {
					t.fill(b, p, r)
				}
			}
			if t.main != nil && len(rows) > 1 {
				t.fillMain(b, rows[1])
			}
		},
	}
}

// finder gives the function that finds the port of a row, nil where there is none.
func (t *poeTable) finder(b *Build) func(snmp.OID) *Port {
	switch t.index {
	case poeByIf:
		return func(o snmp.OID) *Port {
			if len(o) != 1 {
				return nil
			}
			return b.ByIf(int(o[0]))
		}
	case poeByUnitIf:
		return func(o snmp.OID) *Port {
			if len(o) != 2 {
				return nil
			}
			return b.ByIf(int(o[1]))
		}
	case poeByPort:
		front := frontPorts(b)
		return func(o snmp.OID) *Port {
			if len(o) != 1 {
				return nil
			}
			return front[int(o[0])]
		}
	}
	return func(o snmp.OID) *Port {
		if len(o) != 2 {
			return nil
		}
		return b.ByPSE(int(o[0]), int(o[1]))
	}
}

// frontPorts gives the sockets of a single box by the last of the numbers in their name (1/0/7). A number that
// two sockets have, as in a stack, finds neither; names with one number are VLAN interfaces too.
func frontPorts(b *Build) map[int]*Port {
	out := map[int]*Port{}
	for _, p := range b.Ports() {
		n := nameNumbers(p.Ref.Name)
		if len(n) < 2 || !p.Physical() {
			continue
		}
		k := n[len(n)-1]
		if _, twice := out[k]; twice {
			out[k] = nil
			continue
		}
		out[k] = p
	}
	return out
}

// fill puts one row into its port. What pethPsePortTable told stays, as writes go there and are proved by
// reading there.
func (t *poeTable) fill(b *Build, p *Port, r *snmp.Row) {
	s := p.PoE
	for _, c := range t.columns {
		if v := r.Value(c.col); v.Exists() && !c.put(&s, v, t.unit) {
			return
		}
	}
	old := p.PoE
	if old.Admin != switchctl.PoEAdminUnknown {
		s.Admin = old.Admin
	}
	if old.Priority != switchctl.PriorityUnknown {
		s.Priority = old.Priority
	}
	switch {
	case old.Detect != switchctl.PoEDetectUnknown:
		s.Detect = old.Detect
	case s.Detect == switchctl.PoEDetectUnknown && s.Draw > 0:
		s.Detect = switchctl.PoEDelivering // the table has no state; what draws is powered
	case s.Admin == switchctl.PoEOff && (s.Detect == switchctl.PoEDetectUnknown || s.Detect == switchctl.PoESearching):
		s.Detect = switchctl.PoEDisabled // some agents call that off, as they do an empty port
	}
	if old.ClassTold {
		s.Class, s.ClassTold = old.Class, true
	} else if s.Detect != switchctl.PoEDelivering {
		s.Class, s.ClassTold = 0, false // a class means something only while power is delivered
	}
	s.Supported = true
	p.PoE = s
	if t.index == poeByUnitIf && p.Index.Proof == switchctl.ProofNone {
		b.JoinPSE(p, int(r.Index[0]), int(r.Index[1]), switchctl.ProofConvention)
	}
}

// fillMain adds the power supplies that pethMainPseTable did not tell.
func (t *poeTable) fillMain(b *Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		nominal, ok := r.Int(t.main.nominal)
		if len(r.Index) != 1 || !ok || nominal <= 0 {
			continue
		}
		drawn, _ := r.Int(t.main.drawn)
		group := max(1, int(r.Index[0])) // a scalar has the instance 0: the only supply there is
		known := false
		for _, g := range b.Power {
			known = known || g.Group == group
		}
		if !known {
			b.Power = append(b.Power, switchctl.PowerGroup{
				Group: group, Nominal: discovery.Milliwatts(nominal) * t.unit, Drawn: discovery.Milliwatts(max(0, drawn)) * t.unit,
			})
		}
	}
}
