package standard

import (
	"maps"
	"slices"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Entries of Q-BRIDGE-MIB (RFC 4363).
var (
	dot1qVlanCurrentEntry = snmp.MustOID("1.3.6.1.2.1.17.7.1.4.2.1")
	dot1qVlanStaticEntry  = snmp.MustOID("1.3.6.1.2.1.17.7.1.4.3.1")
	dot1qPortVlanEntry    = snmp.MustOID("1.3.6.1.2.1.17.7.1.4.5.1")
)

// Columns.
const (
	colCurrentFdbID     = 3
	colCurrentEgress    = 4
	colCurrentUntagged  = 5
	colStaticName       = 1
	colStaticEgress     = 2
	colStaticUntagged   = 4
	colPvid             = 1
	firstVLAN, lastVLAN = 1, 4094
)

// members is who belongs to a VLAN, by bridge port.
type members struct {
	egress, untagged PortList
}

// PortList is a set of bridge ports (PortList of Q-BRIDGE-MIB).
type PortList struct {
	bits snmp.Value   // bit 0 is bridge port 1
	text map[int]bool // where the agent writes the numbers in text instead
}

// NewPortList reads a PortList. text says that the family writes port numbers with commas between them.
func NewPortList(v snmp.Value, text bool) PortList {
	if !text {
		return PortList{bits: v}
	}
	return textList(v.Text())
}

// Has reports whether bridge port n is in the set.
func (l PortList) Has(n int) bool { return l.text[n] || l.bits.Bit(n-1) }

// members reads the two PortLists of a row.
func (b *Build) members(egress, untagged snmp.Value) *members {
	return &members{NewPortList(egress, b.Rules.TextPortLists), NewPortList(untagged, b.Rules.TextPortLists)}
}

// vlans reads the VLANs that exist, who belongs to them, and which filtering database is whose.
func vlans() Part {
	return Part{
		Name: PartVLANs, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			out := []snmp.Table{
				{Name: "dot1qVlanStaticTable", Entry: dot1qVlanStaticEntry, Columns: []uint32{colStaticName, colStaticEgress, colStaticUntagged}},
				{Name: "dot1qVlanCurrentTable", Entry: dot1qVlanCurrentEntry, Columns: []uint32{colCurrentFdbID}},
			}
			for _, t := range b.Rules.VLANTables {
				out = append(out, t.table())
			}
			if t, ok := b.Scoped(snmp.Table{Name: "dot1qPortVlanTable", Entry: dot1qPortVlanEntry, Columns: []uint32{colPvid}}, ByBridgePort); ok {
				out = append(out, t)
			}
			return out
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			b.fillStatic(rows[0])
			b.Note(PartVLANs, len(b.vlans) > 0)
			b.fillFdbIDs(rows[1])
			n := 2
			for _, t := range b.Rules.VLANTables {
				b.fillVLANTable(t, rows[n])
				n++
			}
			if len(rows) > n {
				b.fillPvid(rows[n])
			}
		},
	}
}

// fillStatic reads dot1qVlanStaticTable.
func (b *Build) fillStatic(rows *snmp.Rows) {
	for _, r := range rows.All() {
		v, ok := vlanIndex(r.Index)
		if !ok {
			continue
		}
		b.AddVLAN(v, r.Text(colStaticName))
		if e := r.Value(colStaticEgress); e.Exists() {
			b.vlans[v] = b.members(e, r.Value(colStaticUntagged))
		}
	}
}

// fillFdbIDs reads dot1qVlanFdbId. A database that several VLANs share does not tell the VLAN of an address.
func (b *Build) fillFdbIDs(rows *snmp.Rows) {
	for _, r := range rows.All() { // dot1qVlanTimeMark.dot1qVlanIndex
		if len(r.Index) != 2 {
			continue
		}
		v, ok := vlanIndex(r.Index[1:])
		id, ok2 := r.Int(colCurrentFdbID)
		if !ok {
			continue
		}
		b.AddVLAN(v, "")
		if !ok2 || id < 0 || id > 1<<32-1 {
			continue
		}
		b.MapFDB(uint32(id), v)
	}
}

// fillPvid reads dot1qPvid.
func (b *Build) fillPvid(rows *snmp.Rows) {
	for _, r := range rows.All() {
		n, ok := oneIndex(r)
		v, ok2 := r.Int(colPvid)
		if p := b.ByBridge(n); ok && ok2 && p != nil && v >= firstVLAN && v <= lastVLAN {
			p.Untagged = uint16(v)
		}
	}
}

// AddVLAN notes that a VLAN exists; a name that is told replaces none.
func (b *Build) AddVLAN(id uint16, name string) {
	i := slices.IndexFunc(b.VLANs, func(v switchctl.VLAN) bool { return v.ID == id })
	if i < 0 {
		b.VLANs = append(b.VLANs, switchctl.VLAN{ID: id, Name: name})
		return
	}
	if b.VLANs[i].Name == "" {
		b.VLANs[i].Name = name
	}
}

// MapFDB notes that filtering database id holds the addresses of a VLAN.
func (b *Build) MapFDB(id uint32, vlan uint16) {
	if old, ok := b.fdbVLAN[id]; ok && old != vlan {
		vlan = 0
	}
	b.fdbVLAN[id] = vlan
}

// vlanCurrent reads who belongs to a VLAN from the current table, on agents that tell nothing static.
func vlanCurrent() Part {
	return Part{
		Name: PartCurrent, Phase: PhaseExtra,
		Tables: func(b *Build) []snmp.Table {
			if len(b.vlans) > 0 {
				return nil
			}
			return []snmp.Table{{Name: "dot1qVlanCurrentTable", Entry: dot1qVlanCurrentEntry, Columns: []uint32{colCurrentEgress, colCurrentUntagged}}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				if len(r.Index) != 2 {
					continue
				}
				if v, ok := vlanIndex(r.Index[1:]); ok && r.Value(colCurrentEgress).Exists() {
					b.AddVLAN(v, "")
					b.vlans[v] = b.members(r.Value(colCurrentEgress), r.Value(colCurrentUntagged))
				}
			}
		},
	}
}

// vlanIndex reads a VLAN id as a row index.
func vlanIndex(index snmp.OID) (uint16, bool) {
	if len(index) != 1 || index[0] < firstVLAN || index[0] > lastVLAN {
		return 0, false
	}
	return uint16(index[0]), true
}

// membership gives the VLANs that leave a port untagged and tagged, ascending; told is false where the
// switch does not tell members, or the port is no bridge port.
func (b *Build) membership(p *Port) (untagged, tagged []uint16, told bool) {
	if p.Index.Bridge == 0 || len(b.vlans) == 0 {
		return nil, nil, false
	}
	for _, v := range slices.Sorted(maps.Keys(b.vlans)) {
		m := b.vlans[v]
		switch {
		case !m.egress.Has(p.Index.Bridge):
		case m.untagged.Has(p.Index.Bridge):
			untagged = append(untagged, v)
		default:
			tagged = append(tagged, v)
		}
	}
	return untagged, tagged, true
}

// table gives what is read of a vendor's VLAN table.
func (t VLANTable) table() snmp.Table {
	out := snmp.Table{Name: t.Table, Entry: snmp.MustOID(t.Entry)}
	for _, c := range []uint32{t.ID, t.Name, t.FDB, t.Tagged, t.Untagged} {
		if c != 0 {
			out.Columns = append(out.Columns, c)
		}
	}
	slices.Sort(out.Columns)
	return out
}

// fillVLANTable reads a vendor's VLAN table.
func (b *Build) fillVLANTable(t VLANTable, rows *snmp.Rows) {
	for _, r := range rows.All() {
		var v uint16
		if t.ID == 0 {
			v, _ = vlanIndex(r.Index)
		} else if n, ok := r.Int(t.ID); ok && n >= firstVLAN && n <= lastVLAN {
			v = uint16(n)
		}
		if v == 0 {
			continue
		}
		b.AddVLAN(v, r.Text(t.Name))
		if t.Tagged != 0 && r.Value(t.Tagged).Exists() {
			egress, untagged := b.textMembers(r.Text(t.Tagged)), b.textMembers(r.Text(t.Untagged))
			maps.Copy(egress.text, untagged.text)
			b.vlans[v] = &members{egress, untagged}
		}
		if id, ok := r.Int(t.FDB); t.FDB != 0 && ok && id > 0 && id <= 1<<32-1 {
			b.MapFDB(uint32(id), v)
		}
	}
}
