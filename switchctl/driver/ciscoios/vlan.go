package ciscoios

import (
	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// partMembership is the name of the part that reads CISCO-VLAN-MEMBERSHIP-MIB.
const partMembership = "cisco-vlans"

// portTables is what vlansPart leaves for trunksPart: which ports are in the tables, by ifIndex.
type portTables struct {
	access map[int]bool  // has a row in vmMembershipTable
	trunk  map[int]int64 // vlanTrunkPortDynamicState, 0 = has a row without it
	whole  bool          // the tables were read without error
	scoped bool          // for some ports only: no row in a table does not mean that the switch has no such table
}

// vlansPart reads the access and the voice VLAN of each port, what each port is told about trunking, and
// the VLANs of the switch.
func vlansPart() standard.Part {
	return standard.Part{
		Name: partMembership, Phase: standard.PhaseState,
		Tables: func(b *standard.Build) []snmp.Table {
			tables := []snmp.Table{
				{Name: "vmMembershipTable", Entry: vmMembershipEntry, Columns: []uint32{vmVlan}},
				{Name: "vmVoiceVlanTable", Entry: vmVoiceVlanEntry, Columns: []uint32{vmVoiceVlanID}},
				{Name: "vlanTrunkPortTable", Entry: vlanTrunkPortEntry, Columns: []uint32{vlanTrunkPortDynamicState}},
			}
			for i := range tables {
				t, ok := b.Scoped(tables[i], standard.ByIfIndex)
				if !ok {
					return nil
				}
				tables[i] = t
			}
			return append(tables, snmp.Table{Name: "vtpVlanTable", Entry: vtpVlanEntry, Columns: []uint32{vtpVlanName}, Rows: 16})
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			fillAccess(b, rows[0])
			fillVoice(b, rows[1])
			b.VLANs = vlans(rows[3])
			t := portTables{access: map[int]bool{}, trunk: map[int]int64{}, whole: true, scoped: rows[0].Table.Only != nil}
			for _, r := range rows[0].All() {
				if i, ok := oneIndex(r); ok {
					t.access[i] = true
				}
			}
			for _, r := range rows[2].All() {
				if i, ok := oneIndex(r); ok {
					t.trunk[i], _ = r.Int(vlanTrunkPortDynamicState)
				}
			}
			for _, r := range rows[:3] {
				t.whole = t.whole && r.Err == nil
			}
			b.Note(partMembership, t)
			for _, p := range b.Ports() {
				p.Mode = portMode(p, t, nil) // as far as can be said before trunksPart
			}
		},
	}
}

// fillAccess reads vmVlan. VLAN 0 means that the port is in no VLAN yet (dynamic membership).
func fillAccess(b *standard.Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		i, ok := oneIndex(r)
		p := b.ByIf(i)
		if !ok || p == nil {
			continue
		}
		if v, ok := r.Int(vmVlan); ok && v >= 1 && v <= 4094 {
			p.Untagged = uint16(v)
		}
	}
}

// fillVoice reads vmVoiceVlanId.
func fillVoice(b *standard.Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		i, ok := oneIndex(r)
		p := b.ByIf(i)
		if !ok || p == nil {
			continue
		}
		n, ok := r.Int(vmVoiceVlanID)
		if !ok {
			continue
		}
		if p.Voice = voicePolicy(n); p.Voice.Mode == discovery.VoiceTagged {
			p.Tagged = append(p.Tagged, p.Voice.VLAN)
		}
	}
}

// voicePolicy gives the meaning of a value of vmVoiceVlanId.
func voicePolicy(n int64) discovery.VoicePolicy {
	switch {
	case n >= 1 && n <= 4094:
		return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: uint16(n)}
	case n == 0:
		return discovery.VoicePolicy{Mode: discovery.VoicePriority}
	case n == 4095:
		return discovery.VoicePolicy{Mode: discovery.VoiceUntagged}
	case n == 4096:
		return discovery.VoicePolicy{Mode: discovery.VoiceNone}
	}
	return discovery.VoicePolicy{}
}

// voiceVlanID is the inverse of voicePolicy; ok is false where vmVoiceVlanId has no such value.
func voiceVlanID(v discovery.VoicePolicy) (n int64, ok bool) {
	switch v.Mode {
	case discovery.VoiceTagged:
		return int64(v.VLAN), v.VLAN >= 1 && v.VLAN <= 4094
	case discovery.VoicePriority:
		return 0, true
	case discovery.VoiceUntagged:
		return 4095, true
	case discovery.VoiceNone:
		return 4096, true
	}
	return 0, false
}

// vlans gives the VLANs of vtpVlanTable less 1002 to 1005, which every Cisco switch has for media that are
// gone. A VLAN is in the list whatever vtpVlanState says: agents exist that call VLANs in use suspended.
func vlans(rows *snmp.Rows) []switchctl.VLAN {
	seen := map[uint32]bool{}
	var out []switchctl.VLAN
	for _, r := range rows.All() {
		if len(r.Index) != 2 {
			continue
		}
		id := r.Index[1]
		if id < 1 || id > 4094 || legacyVLAN(uint16(id)) || seen[id] {
			continue
		}
		seen[id] = true // once, though a switch in several VTP domains has it several times
		out = append(out, switchctl.VLAN{ID: uint16(id), Name: r.Text(vtpVlanName)})
	}
	return out
}

// legacyVLAN reports whether id is one of the FDDI and Token Ring VLANs.
func legacyVLAN(id uint16) bool { return id >= 1002 && id <= 1005 }

// trunksPart reads, for the ports that are not fixed as access ports, whether they trunk now and which
// VLAN is native.
func trunksPart() standard.Part {
	return standard.Part{
		Name: "cisco-trunks", Phase: standard.PhaseExtra,
		Tables: func(b *standard.Build) []snmp.Table {
			t, _ := b.Noted(partMembership).(portTables)
			table := snmp.Table{
				Name: "vlanTrunkPortTable", Entry: vlanTrunkPortEntry, Columns: []uint32{vlanTrunkPortNativeVlan, vlanTrunkPortDynamicStatus},
			}
			if len(t.trunk) == 0 {
				// No port told vlanTrunkPortDynamicState. Agents of old images have no more than the encapsulation in use.
				table.Columns = append(table.Columns, vlanTrunkPortEncapsulationOperType)
				table, ok := b.Scoped(table, standard.ByIfIndex)
				if !ok {
					return nil
				}
				return []snmp.Table{table}
			}
			table.Only = []snmp.OID{} // empty where all are access ports: nothing to ask, but the modes are still to be settled
			for _, p := range b.Ports() {
				if state, ok := t.trunk[p.Index.If]; ok && state != dynamicOff {
					table.Only = append(table.Only, snmp.OID{uint32(p.Index.If)})
				}
			}
			return []snmp.Table{table}
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			t, _ := b.Noted(partMembership).(portTables)
			for _, p := range b.Ports() {
				row := rows[0].At(uint32(p.Index.If))
				p.Mode = portMode(p, t, row)
				if p.Mode != switchctl.ModeTrunk || row == nil {
					continue
				}
				if n, ok := row.Int(vlanTrunkPortNativeVlan); ok && n >= 1 && n <= 4094 {
					p.Untagged = uint16(n)
				}
			}
		},
	}
}

// Values of vlanTrunkPortDynamicState.
const (
	dynamicOn            = 1
	dynamicOff           = 2
	dynamicOnNoNegotiate = 5
)

// portMode settles how a port treats VLANs. A port that is told to be a trunk is one also while its link is
// down, when no table shows it as trunking. A socket that has been told not to trunk, and is in no access
// VLAN, and in no aggregate, is routed.
func portMode(p *standard.Port, t portTables, row *snmp.Row) switchctl.PortMode {
	state, inTrunkTable := t.trunk[p.Index.If]
	switch {
	case state == dynamicOn || state == dynamicOnNoNegotiate || trunking(row):
		return switchctl.ModeTrunk
	case t.access[p.Index.If]:
		return switchctl.ModeAccess
	case p.Mode == switchctl.ModeRouted:
		return switchctl.ModeRouted
	case t.whole && (t.scoped || len(t.access) > 0) && inTrunkTable && state == dynamicOff && p.Physical() && !p.LAG:
		return switchctl.ModeRouted
	}
	return switchctl.ModeUnknown
}

// trunking reports whether a row of vlanTrunkPortTable shows a port that trunks now.
func trunking(r *snmp.Row) bool {
	if r == nil {
		return false
	}
	if n, ok := r.Int(vlanTrunkPortDynamicStatus); ok {
		return n == 1
	}
	switch n, _ := r.Int(vlanTrunkPortEncapsulationOperType); n {
	case 1, 2, 3, 4:
		return true
	}
	return false
}

// oneIndex reads the index of a row that is one positive number.
func oneIndex(r *snmp.Row) (int, bool) {
	if len(r.Index) != 1 || r.Index[0] == 0 || r.Index[0] > 1<<31-1 {
		return 0, false
	}
	return int(r.Index[0]), true
}
