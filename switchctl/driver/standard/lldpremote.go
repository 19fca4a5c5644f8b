package standard

import (
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// Entries of LLDP-MIB and LLDP-V2-MIB (IEEE 802.1AB-2005 and -2009).
var (
	lldpRemEntry   = snmp.MustOID("1.0.8802.1.1.2.1.4.1.1")
	lldpV2RemEntry = snmp.MustOID("1.3.111.2.802.1.1.13.1.4.1.1")
)

// Columns of lldpRemTable, less one from those of lldpV2RemTable.
const (
	colRemChassisSubtype = 4
	colRemChassisID      = 5
	colRemPortSubtype    = 6
	colRemPortID         = 7
	colRemPortDesc       = 8
	colRemSysName        = 9
	colRemSysDesc        = 10
	colRemCapSupported   = 11
	colRemCapEnabled     = 12
)

// remColumns gives the columns of a remote table, with the shift of its version.
func remColumns(shift uint32) []uint32 {
	out := make([]uint32, 0, 9)
	for c := uint32(colRemChassisSubtype); c <= colRemCapEnabled; c++ {
		out = append(out, c+shift)
	}
	return out
}

// lldpRemote reads the neighbours. What they support is left to lldpSupported: nearly all tell what they
// have enabled, which is what counts.
func lldpRemote() Part {
	return Part{
		Name: PartLLDPRemote, Phase: PhaseState, Keep: StampLLDP,
		Tables: func(b *Build) []snmp.Table {
			columns := slices.DeleteFunc(remColumns(0), func(c uint32) bool { return c == colRemCapSupported })
			out := []snmp.Table{{Name: "lldpRemTable", Entry: lldpRemEntry, Columns: columns, Rows: b.remoteHint}}
			if c := b.Rules.NeighborPort; c != "" {
				o := snmp.MustOID(c)
				out = append(out, snmp.Table{Name: "neighbour interfaces", Entry: o[:len(o)-1], Columns: []uint32{o[len(o)-1]}})
			}
			return out
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			lost := 0
			for _, x := range newestRemote(rows[0]) {
				p := b.ByLLDPRow(int(x.key.LocalPort))
				if x.key.LocalPort == noLocalPort && len(rows) > 1 {
					p = b.neighborPort(rows[1], x.key.Index)
				}
				if p == nil {
					lost++
					continue
				}
				n := b.AddNeighbor(p, b.lldpNeighbor(x.row, x.mark, 0))
				b.remote[x.key] = n
				if len(n.Capabilities) == 0 {
					b.capless = append(b.capless, x.row.Index)
				}
			}
			if lost > 0 {
				b.Missing("lldpRemTable", plural(lost, "neighbour is", "neighbours are")+" on a local port that the switch does not name", nil)
			}
		},
	}
}

// lldpSupported reads what those neighbours support that have nothing enabled: some agents fill only one of
// the two columns.
func lldpSupported() Part {
	return Part{
		Name: PartLLDPSupported, Phase: PhaseExtra, Keep: StampLLDP,
		Tables: func(b *Build) []snmp.Table {
			if len(b.capless) == 0 {
				return nil
			}
			return []snmp.Table{{Name: "lldpRemTable", Entry: lldpRemEntry, Columns: []uint32{colRemCapSupported}, Only: b.capless}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, x := range newestRemote(rows[0]) {
				if n := b.remote[x.key]; n != nil && len(n.Capabilities) == 0 {
					n.Capabilities = capabilities(x.row.Value(colRemCapSupported))
				}
			}
		},
	}
}

// lldpV2 reads the neighbours of agents that have only LLDP-V2-MIB. Some of them answer parts of LLDP-MIB, so
// what counts is whether that had a neighbour.
func lldpV2() Part {
	return Part{
		Name: PartLLDPV2, Phase: PhaseExtra, Keep: StampNone,
		Tables: func(b *Build) []snmp.Table {
			for _, p := range b.ports {
				for _, n := range p.neighbors {
					if n.Protocol == discovery.LLDP {
						return nil
					}
				}
			}
			return []snmp.Table{{Name: "lldpV2RemTable", Entry: lldpV2RemEntry, Columns: remColumns(1)}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			type key struct{ port, dest, index uint32 }
			newest := map[key]uint32{}
			for _, r := range rows[0].All() { // lldpV2RemTimeMark, lldpV2RemLocalIfIndex, lldpV2RemLocalDestMACAddress, lldpV2RemIndex
				if len(r.Index) == 4 {
					k := key{r.Index[1], r.Index[2], r.Index[3]}
					newest[k] = max(newest[k], r.Index[0])
				}
			}
			for _, r := range rows[0].All() {
				if len(r.Index) != 4 || newest[key{r.Index[1], r.Index[2], r.Index[3]}] != r.Index[0] {
					continue
				}
				if p := b.ByIf(int(r.Index[1])); p != nil {
					b.AddNeighbor(p, b.lldpNeighbor(r, r.Index[0], 1))
				}
			}
		},
	}
}

// noLocalPort stands for a local port that the index leaves out.
const noLocalPort = 1<<32 - 1

// remoteRow is a row of lldpRemTable with its index read.
type remoteRow struct {
	key  RemoteKey
	mark uint32
	row  *snmp.Row
}

// newestRemote reads the indices lldpRemTimeMark.lldpRemLocalPortNum.lldpRemIndex and keeps, of rows that
// differ in the time mark only, the newest. The mark is a filter for queries; agents repeat rows under
// several marks. Indices of two parts lack the mark. Indices of one part (RouterOS) lack the port too; they
// get noLocalPort, which no agent uses.
func newestRemote(rows *snmp.Rows) []remoteRow {
	at := map[RemoteKey]int{}
	var out []remoteRow
	for _, r := range rows.All() {
		x, ok := remoteIndex(r.Index)
		if !ok {
			continue
		}
		x.row = r
		i, seen := at[x.key]
		switch {
		case !seen:
			at[x.key] = len(out)
			out = append(out, x)
		case out[i].mark < x.mark:
			out[i] = x
		}
	}
	return out
}

// remoteIndex reads the index of a remote table, up to the remote index.
func remoteIndex(index snmp.OID) (remoteRow, bool) {
	switch len(index) {
	case 1:
		return remoteRow{key: RemoteKey{noLocalPort, index[0]}}, true
	case 2:
		return remoteRow{key: RemoteKey{index[0], index[1]}}, true
	case 3:
		return remoteRow{key: RemoteKey{index[1], index[2]}, mark: index[0]}, true
	}
	return remoteRow{}, false
}

// lldpNeighbor reads one row of a remote table; shift is that of the columns.
func (b *Build) lldpNeighbor(r *snmp.Row, mark uint32, shift uint32) discovery.Neighbor {
	chassis, _ := r.Int(colRemChassisSubtype + shift)
	port, _ := r.Int(colRemPortSubtype + shift)
	return discovery.Neighbor{
		Protocol:     discovery.LLDP,
		ChassisID:    ChassisID(chassis, r.Value(colRemChassisID+shift)),
		PortID:       PortID(port, r.Value(colRemPortID+shift)),
		PortDesc:     nameText(r.Value(colRemPortDesc + shift)),
		System:       nameText(r.Value(colRemSysName + shift)),
		Platform:     r.Text(colRemSysDesc + shift),
		Capabilities: Capabilities(r.Value(colRemCapSupported+shift), r.Value(colRemCapEnabled+shift)),
		HeardAt:      b.at(int64(mark)),
	}
}

// neighborPort finds the port of a neighbour in the vendor's column.
func (b *Build) neighborPort(rows *snmp.Rows, index uint32) *Port {
	r := rows.At(index)
	if r == nil {
		return nil
	}
	i, _ := r.Int(rows.Table.Columns[0])
	return b.ByIf(int(i))
}
