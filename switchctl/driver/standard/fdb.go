package standard

import (
	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// Entries of the forwarding databases.
var (
	dot1qTpFdbEntry = snmp.MustOID("1.3.6.1.2.1.17.7.1.2.2.1") // Q-BRIDGE-MIB
	dot1dTpFdbEntry = snmp.MustOID("1.3.6.1.2.1.17.4.3.1")     // BRIDGE-MIB
)

// Columns of both tables.
const (
	colFdbPort   = 2
	colFdbStatus = 3
)

// Values of dot1qTpFdbStatus and dot1dTpFdbStatus that are no station on a port.
const (
	fdbInvalid = 2
	fdbSelf    = 4 // an address of the switch itself
)

// fdb reads the learned addresses, with their VLANs.
func fdb() Part {
	return Part{
		Name: PartFDB, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			return []snmp.Table{{Name: "dot1qTpFdbTable", Entry: dot1qTpFdbEntry, Columns: []uint32{colFdbPort, colFdbStatus}}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			stray := 0
			for _, r := range rows[0].All() {
				id, m, ok := FDBIndex(r.Index)
				if !ok {
					continue
				}
				if !b.learnRow(r, m, b.fdbVLANOf(id)) {
					stray++
				}
			}
			b.strayFDB("dot1qTpFdbTable", stray, rows[0].Len())
			b.Note(PartFDB, rows[0].Len() > 0)
		},
	}
}

// bridgeFDB reads the learned addresses of agents without Q-BRIDGE; it tells no VLAN.
func bridgeFDB() Part {
	return Part{
		Name: PartBridgeFDB, Phase: PhaseExtra,
		Tables: func(b *Build) []snmp.Table {
			if found, _ := b.Noted(PartFDB).(bool); found {
				return nil
			}
			return []snmp.Table{{Name: "dot1dTpFdbTable", Entry: dot1dTpFdbEntry, Columns: []uint32{colFdbPort, colFdbStatus}}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) { FillFDB(b, rows[0], 0) },
	}
}

// FillFDB puts the rows of dot1dTpFdbTable on their ports, as learned in one VLAN: that of the context they
// were read in, or 0.
func FillFDB(b *Build, rows *snmp.Rows, vlan uint16) {
	stray := 0
	for _, r := range rows.All() {
		if m, ok := macIndex(r.Index); ok && !b.learnRow(r, m, vlan) {
			stray++
		}
	}
	b.strayFDB("dot1dTpFdbTable", stray, rows.Len())
}

// learnRow puts one row on its port. It is false where the row names a port that nobody knows.
func (b *Build) learnRow(r *snmp.Row, m discovery.MAC, vlan uint16) bool {
	n, ok := r.Int(colFdbPort)
	if !ok || n <= 0 { // port 0: learned, but the switch does not say where
		return true
	}
	if s, _ := r.Int(colFdbStatus); s == fdbInvalid || s == fdbSelf {
		return true
	}
	p := b.fdbPort(int(n))
	if p == nil {
		return false
	}
	b.Learn(p, m, vlan)
	return true
}

// fdbPort finds the port of a forwarding database row. Both MIBs say that the number is a bridge port. Agents
// without dot1dBasePortTable number by ifIndex; others (TP-Link) list ifIndices there and number the database
// by their own port numbers, which are LLDP's.
func (b *Build) fdbPort(n int) *Port {
	switch {
	case len(b.byBridge) == 0:
		return b.ByIf(n)
	case b.Rules.FDBByLLDP:
		return b.ByLLDP(n)
	}
	return b.ByBridge(n)
}

// strayFDB notes addresses whose port nobody knows, unless they are few: each switch has some on ports of its
// own inside.
func (b *Build) strayFDB(table string, n, all int) {
	if 4*n > all {
		b.Missing(table, plural(n, "address is", "addresses are")+" on a bridge port that the switch does not list", nil)
	}
}

// fdbVLANOf gives the VLAN of a filtering database. Where the switch maps none at all the id is the VLAN, as
// with independent learning on most switches; where it maps some but not this one, the VLAN is unknown.
func (b *Build) fdbVLANOf(id uint32) uint16 {
	if v, ok := b.fdbVLAN[id]; ok {
		return v
	}
	if len(b.fdbVLAN) == 0 && id >= firstVLAN && id <= lastVLAN {
		return uint16(id)
	}
	return 0
}

// FDBIndex reads the index of dot1qTpFdbTable: dot1qFdbId and the six octets of the address.
func FDBIndex(index snmp.OID) (id uint32, m discovery.MAC, ok bool) {
	if len(index) != 7 {
		return 0, m, false
	}
	m, ok = macIndex(index[1:])
	return index[0], m, ok
}

// macIndex reads an address as a row index.
func macIndex(index snmp.OID) (m discovery.MAC, ok bool) {
	if len(index) != 6 {
		return m, false
	}
	for i, n := range index {
		if n > 255 {
			return discovery.MAC{}, false
		}
		m[i] = byte(n)
	}
	return m, !m.IsZero()
}
