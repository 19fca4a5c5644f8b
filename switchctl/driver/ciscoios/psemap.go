package ciscoios

import (
	"fmt"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// Names of the parts; later parts find the notes of earlier ones by them.
const (
	partPSEMap   = "cisco-pse-map"
	partPSENames = "cisco-pse-names"
)

// psePort is one row of cpeExtPsePortTable and the physical entity that it names (0 = none).
type psePort struct {
	group, port int
	entity      uint32
}

// pseNote is what pseMapPart leaves: how many power ports the switch told an entity for, and those not joined.
type pseNote struct {
	told int
	left []psePort
}

// pseMapPart joins power ports to interfaces, and holds as long as there are the same interfaces: cpeExtPsePortEntPhyIndex names the physical entity of the
// power port, entAliasMappingIdentifier the ifIndex of the entity. Numbers alone prove nothing on a Catalyst:
// power port 1.5 is Gi1/0/5, and Te1/1/5 has the same first and last number.
func pseMapPart() standard.Part {
	return standard.Part{
		Name: partPSEMap, Phase: standard.PhaseIndex, Keep: standard.StampIfTable,
		Tables: func(b *standard.Build) []snmp.Table {
			return []snmp.Table{
				{Name: "cpeExtPsePortTable", Entry: cpeExtPsePortEntry, Columns: []uint32{cpeExtPsePortEntPhyIndex}, Rows: b.Expect()},
				{Name: "entAliasMappingTable", Entry: entAliasMappingEntry, Columns: []uint32{entAliasMappingIdentifier}, Rows: b.Expect()},
			}
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			ports := psePorts(rows[0])
			b.Note(partPSEMap, pseNote{len(ports), joinByAlias(b, ports, aliases(rows[1]))})
		},
	}
}

// pseNamesPart joins what the alias table left over by the name of the entity, and failing that by the numbers
// in the names of the interfaces. It asks for those names only. Images that do not have cpeExtPsePortEntPhyIndex
// at all are asked for their power ports instead.
func pseNamesPart() standard.Part {
	return standard.Part{
		Name: partPSENames, Phase: standard.PhaseJoin, Keep: standard.StampIfTable,
		Tables: func(b *standard.Build) []snmp.Table {
			m, _ := b.Noted(partPSEMap).(pseNote)
			if m.told == 0 {
				return []snmp.Table{{Name: "pethPsePortTable", Entry: pethPsePortEntry, Columns: []uint32{pethPsePortAdminEnable}}}
			}
			if len(m.left) == 0 {
				return nil
			}
			only := []snmp.OID{}
			for _, p := range m.left {
				if p.entity != 0 {
					only = append(only, snmp.OID{p.entity})
				}
			}
			return []snmp.Table{{Name: "entPhysicalTable", Entry: entPhysicalEntry, Columns: []uint32{entPhysicalName}, Only: only}}
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			m, _ := b.Noted(partPSEMap).(pseNote)
			left := m.left
			if m.told == 0 {
				left = psePorts(rows[0])
			} else {
				left = joinByName(b, left, rows[0])
			}
			if left = joinByNumbers(b, left); len(left) > 0 {
				b.Missing("cpeExtPsePortTable", fmt.Sprintf("%d power ports could not be matched to an interface, the first is %d.%d",
					len(left), left[0].group, left[0].port), nil)
			}
		},
	}
}

// psePorts gives the power ports of cpeExtPsePortTable, or of pethPsePortTable, which has the same index but no
// entities.
func psePorts(rows *snmp.Rows) []psePort {
	var out []psePort
	for _, r := range rows.All() {
		if len(r.Index) != 2 {
			continue
		}
		n, _ := r.Int(cpeExtPsePortEntPhyIndex)
		if n < 0 || n > 1<<31-1 {
			n = 0
		}
		out = append(out, psePort{int(r.Index[0]), int(r.Index[1]), uint32(n)})
	}
	return out
}

// aliases gives the ifIndex of each physical entity. An entity that entAliasMappingTable gives ifIndex 0, or
// more than one, is left out: such tables exist and tell nothing.
func aliases(rows *snmp.Rows) map[uint32]int {
	out := map[uint32]int{}
	for _, r := range rows.All() {
		if len(r.Index) != 2 {
			continue
		}
		id := r.Value(entAliasMappingIdentifier).OID()
		if len(id) != len(ifIndexColumn)+1 || !id.HasPrefix(ifIndexColumn) {
			continue
		}
		entity, ifIndex := r.Index[0], int(id[len(id)-1])
		if old, ok := out[entity]; ok && old != ifIndex {
			ifIndex = 0
		}
		out[entity] = ifIndex
	}
	return out
}

// joinByAlias joins the power ports whose entity is exactly one interface, each interface once, and gives the
// others back.
func joinByAlias(b *standard.Build, ports []psePort, ifOf map[uint32]int) (left []psePort) {
	return join(b, ports, switchctl.ProofMIB, func(p psePort) *standard.Port {
		if p.entity == 0 || ifOf[p.entity] == 0 {
			return nil
		}
		return b.ByIf(ifOf[p.entity])
	})
}

// joinByName joins the power ports whose entity has the name of an interface.
func joinByName(b *standard.Build, ports []psePort, names *snmp.Rows) (left []psePort) {
	return join(b, ports, switchctl.ProofName, func(p psePort) *standard.Port {
		r := names.At(p.entity)
		if p.entity == 0 || r == nil {
			return nil
		}
		return b.ByName(r.Text(entPhysicalName))
	})
}

// joinByNumbers joins the power ports for which exactly one interface has fitting numbers in its name. It is a
// guess and marked as one: no PoE write happens on it.
func joinByNumbers(b *standard.Build, ports []psePort) (left []psePort) {
	byNumbers := map[[2]int]*standard.Port{}
	for _, p := range b.Ports() {
		g, n, ok := slotPort(p.Ref.Name)
		if !ok || !p.Physical() {
			continue
		}
		k := [2]int{g, n}
		if _, twice := byNumbers[k]; twice {
			byNumbers[k] = nil
			continue
		}
		byNumbers[k] = p
	}
	return join(b, ports, switchctl.ProofConvention, func(p psePort) *standard.Port { return byNumbers[[2]int{p.group, p.port}] })
}

// join joins each power port to the interface that find gives. Interfaces that have a power port already, or
// that find gives to two power ports, are joined to none.
func join(b *standard.Build, ports []psePort, proof switchctl.IndexProof, find func(psePort) *standard.Port) (left []psePort) {
	claims := map[*standard.Port]int{}
	found := make([]*standard.Port, len(ports))
	for i, p := range ports {
		q := find(p)
		if q == nil || q.Index.Proof >= proof && q.Index.PSE != [2]int{p.group, p.port} {
			continue
		}
		found[i] = q
		claims[q]++
	}
	for i, p := range ports {
		if q := found[i]; q != nil && claims[q] == 1 {
			b.JoinPSE(q, p.group, p.port, proof)
			continue
		}
		left = append(left, p)
	}
	return left
}

// slotPort gives the group and port that an interface name suggests: Gi2/0/5 and Gi2/5 suggest 2.5, Fa0/5
// (one box without slots) 1.5. Ports of modules (Te1/1/5) suggest nothing: power ports are in slot 0.
func slotPort(name string) (group, port int, ok bool) {
	n := nameNumbers(name)
	switch {
	case len(n) == 2 && n[0] == 0:
		return 1, n[1], true
	case len(n) == 2:
		return n[0], n[1], true
	case len(n) == 3 && n[1] == 0:
		return n[0], n[2], true
	}
	return 0, 0, false
}

// nameNumbers gives the numbers of an interface name that are parted by slashes: Gi1/0/5 gives 1 0 5. A name
// in any other form gives nil.
func nameNumbers(name string) []int {
	i := 0
	for i < len(name) && (name[i] < '0' || name[i] > '9') {
		i++
	}
	var out []int
	n, digits := 0, 0
	for ; i <= len(name); i++ {
		switch {
		case i == len(name) || name[i] == '/':
			if digits == 0 || digits > 4 {
				return nil
			}
			out = append(out, n)
			n, digits = 0, 0
		case name[i] >= '0' && name[i] <= '9':
			n, digits = 10*n+int(name[i]-'0'), digits+1
		default:
			return nil
		}
	}
	return out
}
