package standard

import (
	"strconv"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Entries of IF-MIB (RFC 2863).
var (
	ifEntry  = snmp.MustOID("1.3.6.1.2.1.2.2.1")
	ifXEntry = snmp.MustOID("1.3.6.1.2.1.31.1.1.1")
)

// Columns of ifTable and ifXTable.
const (
	colIfDescr       = 2
	colIfType        = 3
	colIfPhysAddress = 6
	colIfAdmin       = 7
	colIfOper        = 8
	colIfLastChange  = 9
	colIfName        = 1
	colIfHighSpeed   = 15
	colIfAlias       = 18
)

// interfaces makes the ports: one for each interface, with name, type and description.
func interfaces() Part {
	return Part{
		Name: PartInterfaces, Phase: PhaseIndex, Keep: StampIfTable,
		Tables: func(b *Build) []snmp.Table {
			return []snmp.Table{
				{Name: "ifTable", Entry: ifEntry, Columns: []uint32{colIfType}, Rows: b.Expect()},
				{Name: "ifXTable", Entry: ifXEntry, Columns: []uint32{colIfName, colIfAlias}, Rows: b.Expect()},
			}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				if i, ok := oneIndex(r); ok {
					t, _ := r.Int(colIfType)
					b.AddPort(i).Type = int(t)
				}
			}
			for _, r := range rows[1].All() {
				i, ok := oneIndex(r)
				if !ok || rows[0].Len() > 0 && rows[0].Err == nil && b.ByIf(i) == nil {
					continue // an interface that ifTable does not list is none
				}
				p := b.AddPort(i)
				p.Alias = r.Text(colIfAlias)
				if name := r.Text(colIfName); name != "" {
					b.Rename(p, name)
				}
			}
		},
	}
}

// names reads what is needed only where ifName or LLDP leave a question: ifDescr and ifPhysAddress. It ends
// the naming of the ports.
func names() Part {
	return Part{
		Name: PartNames, Phase: PhaseJoin, Keep: StampIfTable,
		Tables: func(b *Build) []snmp.Table {
			var cols []uint32
			open := b.lldpOpen()
			if b.namesOpen() || open {
				cols = append(cols, colIfDescr)
			}
			if open && b.lldpByMAC() {
				cols = append(cols, colIfPhysAddress)
			}
			if cols == nil {
				return nil
			}
			return []snmp.Table{{Name: "ifTable", Entry: ifEntry, Columns: cols, Rows: b.Expect()}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			macs := map[string]*Port{}
			for _, r := range rows[0].All() {
				i, ok := oneIndex(r)
				if !ok {
					continue
				}
				p := b.ByIf(i)
				if p == nil {
					continue
				}
				if p.Descr = r.Text(colIfDescr); p.Descr != "" && p.Ref.Name != "" {
					b.AddName(p, p.Descr)
				}
				if m, ok := r.MAC(colIfPhysAddress); ok && p.Physical() {
					if _, twice := macs[m.String()]; twice {
						p = nil
					}
					macs[m.String()] = p
				}
			}
			b.Note(PartNames, macs)
		},
	}
}

// namesOpen reports whether a port has no ifName, or shares it.
func (b *Build) namesOpen() bool {
	seen := map[string]bool{}
	for _, p := range b.ports {
		if p.Ref.Name == "" || seen[p.Ref.Name] {
			return true
		}
		seen[p.Ref.Name] = true
	}
	return false
}

// nameAll gives a name to each port that has none: ifDescr, else "if" and the index.
func nameAll() Part {
	return Part{Name: PartNameAll, Phase: PhaseJoin, Fill: func(b *Build, _ []*snmp.Rows) {
		for _, p := range b.ports {
			switch {
			case p.Ref.Name != "":
			case p.Descr != "":
				b.Rename(p, p.Descr)
			default:
				p.nameless = true
				b.Rename(p, "if"+strconv.Itoa(p.Index.If))
			}
		}
		b.uniqueNames()
	}}
}

// link reads the administrative and operational state.
func link() Part {
	return Part{
		Name: PartLink, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			t, ok := b.portsOnly(snmp.Table{Name: "ifTable", Entry: ifEntry, Columns: []uint32{colIfAdmin, colIfOper, colIfLastChange}})
			x, _ := b.portsOnly(snmp.Table{Name: "ifXTable", Entry: ifXEntry, Columns: []uint32{colIfHighSpeed}})
			if !ok {
				return nil
			}
			return []snmp.Table{t, x}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				i, ok := oneIndex(r)
				if !ok {
					continue
				}
				p := b.ByIf(i)
				if p == nil {
					continue
				}
				if n, ok := r.Int(colIfAdmin); ok {
					p.Admin = linkState(n)
				}
				if n, ok := r.Int(colIfOper); ok {
					p.Link = linkState(n)
				}
				if n, ok := r.Int(colIfLastChange); ok {
					p.Changed = b.at(n)
				}
			}
			for _, r := range rows[1].All() {
				i, ok := oneIndex(r)
				n, ok2 := r.Int(colIfHighSpeed)
				if p := b.ByIf(i); ok && ok2 && p != nil && n > 0 && n <= 10_000_000 {
					p.Speed = uint64(n) * 1_000_000 // the object counts in Mbit/s
				}
			}
		},
	}
}

// linkState reads ifAdminStatus and ifOperStatus: up(1), down(2), testing(3), unknown(4), dormant(5),
// notPresent(6), lowerLayerDown(7).
func linkState(n int64) switchctl.UpDown {
	switch n {
	case 1:
		return switchctl.Up
	case 2, 7:
		return switchctl.Down
	case 3:
		return switchctl.Testing
	case 5:
		return switchctl.Dormant
	case 6:
		return switchctl.NotPresent
	}
	return switchctl.LinkUnknown
}

// oneIndex reads the index of a row that is one positive number.
func oneIndex(r *snmp.Row) (int, bool) {
	if len(r.Index) != 1 || r.Index[0] == 0 || r.Index[0] > 1<<31-1 {
		return 0, false
	}
	return int(r.Index[0]), true
}
