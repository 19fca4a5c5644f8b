package ciscoios

import (
	"iter"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// poePart reads what CISCO-POWER-ETHERNET-EXT-MIB tells of power now: what is reserved, what is drawn, and
// whether power is refused. It comes behind configPart.
func poePart() standard.Part {
	return standard.Part{
		Name: "cisco-poe", Phase: standard.PhaseState,
		Tables: func(b *standard.Build) []snmp.Table {
			main := snmp.Table{
				Name: "cpeExtMainPseTable", Entry: cpeExtMainPseEntry, Columns: []uint32{cpeExtMainPsePwrUsed, cpeExtMainPsePwrRemaining}, Rows: 1,
			}
			ports, ok := b.Scoped(snmp.Table{
				Name: "cpeExtPsePortTable", Entry: cpeExtPsePortEntry, Columns: []uint32{
					cpeExtPsePortAdditionalStatus, cpeExtPsePortPwrAllocated, cpeExtPsePortPwrConsumption, cpeExtPsePortMaxPwrDrawn,
				},
			}, standard.ByPSEPort)
			if !ok {
				return nil
			}
			return []snmp.Table{ports, main}
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			for p, r := range pseRows(b, rows[0]) {
				fillPoE(&p.PoE, r)
			}
			b.Power = powerGroups(b.Power, rows[0], rows[1])
		},
	}
}

// pseRows gives the rows of a table with the index of pethPsePortTable, with their ports.
func pseRows(b *standard.Build, rows *snmp.Rows) iter.Seq2[*standard.Port, *snmp.Row] {
	return func(yield func(*standard.Port, *snmp.Row) bool) {
		for _, r := range rows.All() {
			if len(r.Index) != 2 {
				continue
			}
			if p := b.ByPSE(int(r.Index[0]), int(r.Index[1])); p != nil && !yield(p, r) {
				return
			}
		}
	}
}

// fillPSEConfig puts what pethPsePortTable tells of the configuration into a port.
func fillPSEConfig(s *switchctl.PoEState, r *snmp.Row) {
	switch n, _ := r.Int(pethPsePortAdminEnable); n { // TruthValue
	case 1:
		s.Admin = switchctl.PoEOn
	case 2:
		s.Admin = switchctl.PoEOff
	}
	if n, ok := r.Int(pethPsePortPowerPriority); ok && n >= 1 && n <= 3 {
		s.Priority = switchctl.PoEPriority(n) // critical(1) high(2) low(3), as in the enumeration
	}
}

// fillPoEConfig puts what cpeExtPsePortTable tells of the configuration into a port.
func fillPoEConfig(s *switchctl.PoEState, r *snmp.Row) {
	if n, ok := r.Int(cpeExtPsePortEnable); ok && poeAdmins[n] != switchctl.PoEAdminUnknown {
		s.Admin = poeAdmins[n]
	}
	s.Limit = milliwatts(r, cpeExtPsePortPwrMax, s.Limit)
}

// fillPoE puts what cpeExtPsePortTable tells of the moment into a port.
func fillPoE(s *switchctl.PoEState, r *snmp.Row) {
	s.Supported = true
	s.Denied = s.Denied || r.Value(cpeExtPsePortAdditionalStatus).Bit(0)
	s.Allocated = milliwatts(r, cpeExtPsePortPwrAllocated, s.Allocated)
	s.MaxDraw = milliwatts(r, cpeExtPsePortMaxPwrDrawn, s.MaxDraw)
	if n, ok := r.Int(cpeExtPsePortPwrConsumption); ok && n >= 0 {
		s.Draw, s.DrawTold = discovery.Milliwatts(n), true
	}
	if s.Detect != switchctl.PoEDetectUnknown {
		return
	}
	// pethPsePortDetectionStatus was not told; what the rest of the row implies is better than nothing.
	switch {
	case s.Admin == switchctl.PoEOff:
		s.Detect = switchctl.PoEDisabled
	case s.Draw > 0:
		s.Detect = switchctl.PoEDelivering
	}
}

// poeAdmins are the values of cpeExtPsePortEnable.
var poeAdmins = map[int64]switchctl.PoEAdmin{1: switchctl.PoEAuto, 2: switchctl.PoEStatic, 3: switchctl.PoELimit, 4: switchctl.PoEOff}

// milliwatts gives a column of power, or old where the agent does not tell it.
func milliwatts(r *snmp.Row, col uint32, old discovery.Milliwatts) discovery.Milliwatts {
	if n, ok := r.Int(col); ok && n >= 0 {
		return discovery.Milliwatts(n)
	}
	return old
}

// powerGroups adds what is reserved to the supply groups of pethMainPseTable: cpeExtMainPsePwrUsed, or for
// agents without cpeExtMainPseTable the sum of what their ports have reserved. Stacks exist that have one
// pethMainPseTable row for three groups of ports; whose supply that is nobody tells, so nothing is added up.
func powerGroups(groups []switchctl.PowerGroup, ports, main *snmp.Rows) []switchctl.PowerGroup {
	at := map[int]int{}
	for i, g := range groups {
		at[g.Group] = i
	}
	told := map[int]bool{}
	for _, r := range main.All() {
		used, ok := r.Int(cpeExtMainPsePwrUsed)
		if len(r.Index) != 1 || !ok || used < 0 {
			continue
		}
		n := int(r.Index[0])
		i, known := at[n]
		if !known {
			i = len(groups)
			at[n] = i
			groups = append(groups, switchctl.PowerGroup{Group: n})
		}
		g := &groups[i]
		told[n] = true
		g.Allocated = discovery.Milliwatts(used)
		if left, ok := r.Int(cpeExtMainPsePwrRemaining); ok && g.Nominal == 0 && left >= 0 {
			g.Nominal = g.Allocated + discovery.Milliwatts(left)
		}
	}
	if ports.Table.Only != nil || ports.Err != nil {
		return groups // a part of the ports adds up to nothing
	}
	sums := map[int]discovery.Milliwatts{}
	for _, r := range ports.All() {
		if len(r.Index) != 2 {
			continue
		}
		n, ok := r.Int(cpeExtPsePortPwrAllocated)
		if _, known := at[int(r.Index[0])]; !known || !ok || n < 0 {
			return groups
		}
		sums[int(r.Index[0])] += discovery.Milliwatts(n)
	}
	for n, sum := range sums {
		if !told[n] {
			groups[at[n]].Allocated = sum
		}
	}
	return groups
}
