package standard

import (
	"fmt"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// pseMap is a way to match power ports to ports.
type pseMap map[[2]int]*Port

// joinPSE matches the power ports of the standard table to ports. POWER-ETHERNET-MIB has no object for it, so
// a rule of the family is tried and checked against this very switch: each power port must come out at an
// Ethernet port of its own, and powered ports must mostly have link. A rule that the names of the ports
// confirm counts as ProofName, one that nothing contradicts as ProofConvention; a contradicted one is not used.
//
// Power ports that a vendor's part has joined by an object of its MIB stay as they are.
func joinPSE(b *Build, rows *snmp.Rows) {
	var open []*snmp.Row
	for _, r := range rows.All() {
		if len(r.Index) == 2 && b.ByPSE(int(r.Index[0]), int(r.Index[1])) == nil {
			open = append(open, r)
		}
	}
	if len(open) == 0 {
		return
	}
	if b.joinPrior(open) {
		return
	}
	m, proof, why := b.matchPSE(open)
	if why != "" {
		b.Missing("pethPsePortTable", why, nil)
	}
	for ix, p := range m {
		b.JoinPSE(p, ix[0], ix[1], proof)
	}
}

// joinPrior takes the joins of the last whole reading in a scoped one: a part of the table proves nothing.
func (b *Build) joinPrior(open []*snmp.Row) bool {
	if b.prior == nil {
		return false
	}
	by := map[[2]int]*Port{}
	for _, p := range b.ports {
		if ix, ok := b.prior[p.Ref.Name]; ok && ix.PSE != ([2]int{}) {
			by[ix.PSE] = p
		}
	}
	for _, r := range open {
		if p := by[[2]int{int(r.Index[0]), int(r.Index[1])}]; p != nil {
			b.JoinPSE(p, int(r.Index[0]), int(r.Index[1]), b.prior[p.Ref.Name].Proof)
		}
	}
	return true
}

// matchPSE finds the match for a whole table. why says what an admin should know where it is not proved.
func (b *Build) matchPSE(open []*snmp.Row) (m pseMap, proof switchctl.IndexProof, why string) {
	rule := b.Rules.PSE
	if rule == PSEVendor {
		return nil, switchctl.ProofNone, "the family's own table tells which port a power port is, and it was not there"
	}
	if rule != PSEGeneric {
		m, unmatched, bad := b.tryPSE(open, rule)
		switch {
		case bad != "":
			return nil, switchctl.ProofNone, "power ports are matched to no port: " + bad
		case len(m) == 0:
			return nil, switchctl.ProofNone, "power ports are matched to no port: none has the number that this family gives"
		case unmatched > 0:
			return m, switchctl.ProofConvention, fmt.Sprintf("%d power ports have no port by the numbering of this family", unmatched)
		case rule == PSEUnitPort || rule == PSEJunos || parallelNames(m):
			return m, switchctl.ProofName, ""
		}
		return m, switchctl.ProofConvention, "power ports are matched by the numbering of this family only; the names of the ports do not confirm it"
	}
	byName, left, bad := b.tryPSE(open, PSEUnitPort)
	named := bad == "" && left == 0
	oneGroup := true
	for _, r := range open {
		oneGroup = oneGroup && r.Index[0] == 1
	}
	byIndex, left, bad := b.tryPSE(open, PSEIfIndex)
	indexed := bad == "" && left == 0 && oneGroup
	switch {
	case named && indexed && !sameMatch(byName, byIndex):
		return nil, switchctl.ProofNone, "power ports are matched to no port: their numbers fit names and interface indices of different ports"
	case named:
		return byName, switchctl.ProofName, ""
	case indexed:
		return byIndex, switchctl.ProofConvention, "power ports are matched to ports by ifIndex only; nothing on this switch confirms it"
	}
	return nil, switchctl.ProofNone, "power ports are matched to no port: neither names nor interface indices fit"
}

// tryPSE applies one rule to a whole table. bad says what on this switch contradicts the rule; unmatched
// counts power ports for which the rule finds no port at all.
func (b *Build) tryPSE(open []*snmp.Row, rule PSERule) (m pseMap, unmatched int, bad string) {
	m = pseMap{}
	units := b.unitPorts(rule)
	taken := map[*Port][2]int{}
	powered, linked := 0, 0
	for _, r := range open {
		ix := [2]int{int(r.Index[0]), int(r.Index[1])}
		var p *Port
		switch rule {
		case PSEBridge:
			p = b.ByBridge(ix[1])
		case PSEThousand:
			p = b.ByIf(ix[0]*1000 + ix[1])
		case PSEIfIndex:
			p = b.ByIf(ix[1])
		default:
			p = units[ix]
		}
		if p == nil {
			unmatched++
			continue
		}
		if !p.Physical() {
			return nil, 0, fmt.Sprintf("power port %s would be %s, which is no Ethernet port", pseName(ix), p.Ref.Name)
		}
		if other, twice := taken[p]; twice {
			return nil, 0, fmt.Sprintf("power ports %s and %s would both be %s", pseName(other), pseName(ix), p.Ref.Name)
		}
		taken[p], m[ix] = ix, p
		if n, _ := r.Int(colPSEDetect); n == int64(switchctl.PoEDelivering) && p.Link != switchctl.LinkUnknown {
			powered++
			if p.Link == switchctl.Up {
				linked++
			}
		}
	}
	// A few powered devices without link are normal (they boot, or wait for a wall switch); most of them
	// without link means that the match is shifted.
	if powered >= 4 && linked*2 < powered {
		return nil, 0, fmt.Sprintf("only %d of %d powered ports would have link", linked, powered)
	}
	return m, unmatched, ""
}

// unitPorts gives the ports by the numbers in their names, as the rule reads them: first and last number
// for PSEUnitPort (a name with one number is unit 1), F/PIC/P plus one for PSEJunos. Numbers that two ports
// have find neither.
func (b *Build) unitPorts(rule PSERule) map[[2]int]*Port {
	if rule != PSEUnitPort && rule != PSEJunos {
		return nil
	}
	out := map[[2]int]*Port{}
	for _, p := range b.ports {
		n := nameNumbers(p.Ref.Name)
		if !p.Physical() || len(n) == 0 {
			continue
		}
		ix := [2]int{n[0], n[len(n)-1]}
		if rule == PSEJunos {
			if len(n) != 3 || n[1] != 0 { // PIC 0 has the copper ports; other PICs are uplink modules
				continue
			}
			ix = [2]int{n[0] + 1, n[2] + 1}
		} else if len(n) == 1 {
			ix[0] = 1
		}
		if _, twice := out[ix]; twice {
			out[ix] = nil
			continue
		}
		out[ix] = p
	}
	return out
}

// parallelNames reports whether the names count on as the power ports do: within each group the number at
// the end of the name is the power port's number plus one and the same offset.
func parallelNames(m pseMap) bool {
	offset := map[int]int{}
	for ix, p := range m {
		n := nameNumbers(p.Ref.Name)
		if len(n) == 0 {
			return false
		}
		d := ix[1] - n[len(n)-1]
		if o, ok := offset[ix[0]]; ok && o != d {
			return false
		}
		offset[ix[0]] = d
	}
	return len(m) > 0
}

func sameMatch(a, b pseMap) bool {
	for ix, p := range a {
		if b[ix] != p {
			return false
		}
	}
	return len(a) == len(b)
}
