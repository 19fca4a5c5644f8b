package standard

import (
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Entries of the tables that tell which ports must be left alone.
var (
	dot1xPaeSystem       = snmp.MustOID("1.0.8802.1.1.1.1.1")           // IEEE8021-PAE-MIB, scalars
	dot1xAuthConfigEntry = snmp.MustOID("1.0.8802.1.1.1.1.2.1.1")       // IEEE8021-PAE-MIB
	dot3adAggPortEntry   = snmp.MustOID("1.2.840.10006.300.43.1.2.1.1") // IEEE8023-LAG-MIB
	ifStackEntry         = snmp.MustOID("1.3.6.1.2.1.31.1.2.1")         // IF-MIB
	ipAddrEntry          = snmp.MustOID("1.3.6.1.2.1.4.20.1")           // IP-MIB
	lldpPortConfigEntry  = snmp.MustOID("1.0.8802.1.1.2.1.1.6.1")       // LLDP-MIB
)

// Columns.
const (
	colSystemAuthControl = 1  // dot1xPaeSystemAuthControl: enabled(1), disabled(2)
	colPortControl       = 6  // dot1xAuthAuthControlledPortControl: forceUnauthorized(1), auto(2), forceAuthorized(3)
	colAttachedAggID     = 13 // dot3adAggPortAttachedAggID
	colStackStatus       = 3  // ifStackStatus; the index says what lies on what
	colAddrIfIndex       = 2  // ipAdEntIfIndex
	colLLDPAdmin         = 2  // lldpPortConfigAdminStatus: txOnly(1), rxOnly(2), txAndRx(3), disabled(4)
)

// dot1x reads which ports 802.1X controls. Agents list ports as "auto" also while 802.1X is off for the whole
// switch; then it controls none.
func dot1x() Part {
	return Part{
		Name: PartDot1X, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			out := []snmp.Table{{Name: "dot1xPaeSystem", Entry: dot1xPaeSystem, Columns: []uint32{colSystemAuthControl}, Rows: 1}}
			if t, ok := b.Scoped(snmp.Table{Name: "dot1xAuthConfigTable", Entry: dot1xAuthConfigEntry, Columns: []uint32{colPortControl}}, ByIfIndex); ok {
				out = append(out, t)
			}
			return out
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			if len(rows) < 2 {
				return
			}
			if r := rows[0].At(0); r != nil {
				if on, ok := r.Int(colSystemAuthControl); ok && on == 2 {
					return
				}
			}
			for _, r := range rows[1].All() {
				i, ok := oneIndex(r)
				c, _ := r.Int(colPortControl)
				if p := b.ByIf(i); ok && p != nil && (c == 1 || c == 2) {
					p.Dot1X = true
				}
			}
		},
	}
}

// lag reads which ports are members of an aggregate. It is read whole also in scoped readings, so that
// lagStack comes to the same conclusion.
func lag() Part {
	return Part{
		Name: PartLAG, Phase: PhaseState,
		Tables: func(b *Build) []snmp.Table {
			return []snmp.Table{{Name: "dot3adAggPortTable", Entry: dot3adAggPortEntry, Columns: []uint32{colAttachedAggID}, Rows: b.Expect()}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			found := map[*Port]bool{}
			for _, p := range b.ports {
				if p.Type == typeLAG {
					p.LAG = true
				}
			}
			for _, r := range rows[0].All() {
				i, ok := oneIndex(r)
				agg, _ := r.Int(colAttachedAggID)
				p, a := b.ByIf(i), b.ByIf(int(agg))
				// A port that is its own aggregator, or attached to none, is an individual link.
				if ok && p != nil && a != nil && p != a && !a.Physical() {
					p.LAG, a.LAG, found[a] = true, true, true
				}
			}
			b.Note(PartLAG, found)
		},
	}
}

// lagStack reads ifStackTable where an aggregate has no member by IEEE8023-LAG-MIB: static ones are often
// told only there.
func lagStack() Part {
	return Part{
		Name: PartStack, Phase: PhaseExtra,
		Tables: func(b *Build) []snmp.Table {
			found, _ := b.Noted(PartLAG).(map[*Port]bool)
			for _, p := range b.ports {
				if p.Type == typeLAG && !found[p] {
					return []snmp.Table{{Name: "ifStackTable", Entry: ifStackEntry, Columns: []uint32{colStackStatus}}}
				}
			}
			return nil
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				if len(r.Index) != 2 { // ifStackHigherLayer.ifStackLowerLayer
					continue
				}
				if hi, lo := b.ByIf(int(r.Index[0])), b.ByIf(int(r.Index[1])); hi != nil && lo != nil && hi.Type == typeLAG {
					lo.LAG = true
				}
			}
		},
	}
}

// routed finds ports that have an IP address of their own and are no bridge ports.
func routed() Part {
	return Part{
		Name: PartRouted, Phase: PhaseState,
		Tables: func(*Build) []snmp.Table {
			return []snmp.Table{{Name: "ipAddrTable", Entry: ipAddrEntry, Columns: []uint32{colAddrIfIndex}}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				i, _ := r.Int(colAddrIfIndex)
				p := b.ByIf(int(i))
				if p == nil {
					continue
				}
				if p = b.whole(p); p.Physical() && p.Index.Bridge == 0 {
					p.Mode = switchctl.ModeRouted
				}
			}
		},
	}
}

// lldpAdmin reads on which ports the switch sends LLDP. It explains findings and decides none, so it is kept.
func lldpAdmin() Part {
	return Part{
		Name: PartLLDPAdmin, Phase: PhaseState, Keep: StampBoot,
		Tables: func(b *Build) []snmp.Table {
			if len(b.lldp()) == 0 {
				return nil
			}
			return []snmp.Table{{Name: "lldpPortConfigTable", Entry: lldpPortConfigEntry, Columns: []uint32{colLLDPAdmin}, Rows: len(b.lldp())}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				n, ok := oneIndex(r)
				p := b.ByLLDP(n)
				if !ok || p == nil {
					continue
				}
				switch s, _ := r.Int(colLLDPAdmin); s {
				case 1, 3:
					p.LLDPTx = switchctl.Up
				case 2, 4:
					p.LLDPTx = switchctl.Down
				}
			}
		},
	}
}
