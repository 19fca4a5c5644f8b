package ciscoios

import (
	"slices"

	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// configPart reads what only a change of the configuration changes: whether and how a port gives power, its
// voice VLAN, whether it is told to trunk, where CDP runs, and which ports are under access control. It is half
// of all that changes at all, so it is kept until the switch says that its configuration has changed. Access
// VLANs are not here: 802.1X assigns them without a trace in the configuration.
func configPart() standard.Part {
	byIf := []snmp.Table{
		{Name: "vmVoiceVlanTable", Entry: vmVoiceVlanEntry, Columns: []uint32{vmVoiceVlanID}},
		{Name: "vlanTrunkPortTable", Entry: vlanTrunkPortEntry, Columns: []uint32{vlanTrunkPortNativeVlan, vlanTrunkPortDynamicState}},
		{Name: "cdpInterfaceTable", Entry: cdpInterfaceEntry, Columns: []uint32{cdpInterfaceEnable}},
		{Name: "cafPortConfigTable", Entry: cafPortConfigEntry, Columns: []uint32{cafPortAuthorizeControl}},
	}
	byPSE := []snmp.Table{
		{Name: "pethPsePortTable", Entry: pethPsePortEntry, Columns: []uint32{pethPsePortAdminEnable, pethPsePortPowerPriority}},
		{Name: "cpeExtPsePortTable", Entry: cpeExtPsePortEntry, Columns: []uint32{cpeExtPsePortEnable, cpeExtPsePortPwrMax}},
	}
	return standard.Part{
		Name: "cisco-config", Phase: standard.PhaseState, Keep: standard.StampConfig,
		Tables: func(b *standard.Build) []snmp.Table {
			var out []snmp.Table
			for _, t := range byIf {
				if t, ok := b.Scoped(t, standard.ByIfIndex); ok {
					out = append(out, t)
				}
			}
			for _, t := range byPSE {
				if t, ok := b.Scoped(t, standard.ByPSEPort); ok {
					out = append(out, t)
				}
			}
			return append(out, snmp.Table{Name: "cdpGlobalRun", Entry: cdpGlobal, Columns: []uint32{cdpGlobalRun}, Rows: 1})
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			run := rows[len(rows)-1]
			for _, r := range rows {
				switch r.Table.Name {
				case "vmVoiceVlanTable":
					fillVoice(b, r)
				case "vlanTrunkPortTable":
					fillTrunkStates(b, r)
				case "cdpInterfaceTable":
					fillCDPEnable(b, r, run)
				case "cafPortConfigTable":
					fillAuth(b, r)
				case "pethPsePortTable":
					for p, row := range pseRows(b, r) {
						fillPSEConfig(&p.PoE, row)
					}
				case "cpeExtPsePortTable":
					for p, row := range pseRows(b, r) {
						fillPoEConfig(&p.PoE, row)
					}
				}
			}
		},
	}
}

// edit gives the parts with the one of this name changed.
func edit(parts []standard.Part, name string, change func(*standard.Part)) []standard.Part {
	out := slices.Clone(parts)
	for i := range out {
		if out[i].Name == name {
			change(&out[i])
		}
	}
	return out
}

// keep has a part kept until the configuration changes, for what it reads follows from it.
func keep(p *standard.Part) { p.Keep = standard.StampConfig }

// without has a part not ask for these columns of a table.
func without(table string, columns ...uint32) func(*standard.Part) {
	return func(p *standard.Part) {
		tables := p.Tables
		p.Tables = func(b *standard.Build) []snmp.Table {
			out := slices.Clone(tables(b))
			for i, t := range out {
				if t.Name == table {
					out[i].Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(c uint32) bool { return slices.Contains(columns, c) })
				}
			}
			return out
		}
	}
}
