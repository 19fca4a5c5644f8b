package standard

import (
	"strings"

	"phoneport/switchctl/snmp"
)

// dot1dBasePortEntry of BRIDGE-MIB (RFC 4188).
var dot1dBasePortEntry = snmp.MustOID("1.3.6.1.2.1.17.1.4.1")

// colBasePortIfIndex is dot1dBasePortIfIndex.
const colBasePortIfIndex = 2

// bridgePorts joins bridge ports to interfaces. The MIB tells the join.
func bridgePorts() Part {
	return Part{
		Name: PartBridgePorts, Phase: PhaseIndex, Keep: StampIfTable,
		Tables: func(b *Build) []snmp.Table {
			return []snmp.Table{{Name: "dot1dBasePortTable", Entry: dot1dBasePortEntry, Columns: []uint32{colBasePortIfIndex}, Rows: b.Expect()}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) { FillBridgePorts(b, rows[0]) },
	}
}

// FillBridgePorts joins the rows of dot1dBasePortTable, also those of a VLAN's context.
func FillBridgePorts(b *Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		n, ok := oneIndex(r)
		i, ok2 := r.Int(colBasePortIfIndex)
		if !ok || !ok2 || i <= 0 {
			continue
		}
		p := b.ByIf(int(i))
		if p == nil {
			continue
		}
		b.JoinBridge(b.whole(p), n)
	}
}

// physicalOf gives the port that a logical unit is part of: ge-0/0/5 for ge-0/0/5.0. An interface that is
// no unit is given back.
func (b *Build) physicalOf(p *Port) *Port {
	name, _, unit := strings.Cut(p.Ref.Name, ".")
	if !unit {
		return p
	}
	if q := b.ByName(name); q != nil {
		return q
	}
	return p
}
