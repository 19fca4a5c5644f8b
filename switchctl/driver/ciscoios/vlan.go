package ciscoios

import (
	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// partMembership is the name of the part that reads access VLANs, partTrunks of the one that reads trunk states.
const (
	partMembership = "cisco-vlans"
	partTrunks     = "cisco-trunks"
)

// portTables is what the parts before trunkParts have found, by ifIndex.
type portTables struct {
	access map[int]bool  // has a row in vmMembershipTable
	trunk  map[int]int64 // vlanTrunkPortDynamicState, 0 where the row does not tell it
	native map[int]uint16
	told   bool // some row tells vlanTrunkPortDynamicState
	whole  bool // the tables were read without error
	scoped bool // for some ports only: no row in a table does not mean that the switch has no such table
}

// tablesOf gives what is noted so far.
func tablesOf(b *standard.Build) *portTables {
	t, ok := b.Noted(partMembership).(*portTables)
	if !ok {
		t = &portTables{access: map[int]bool{}, trunk: map[int]int64{}, native: map[int]uint16{}, whole: true, scoped: len(b.Scope.Ports) > 0}
		b.Note(partMembership, t)
	}
	return t
}

// vlansPart reads the access VLAN of each port, which 802.1X may change at any time, and the VLANs of the
// switch, which VTP may.
func vlansPart() standard.Part {
	return standard.Part{
		Name: partMembership, Phase: standard.PhaseState,
		Tables: func(b *standard.Build) []snmp.Table {
			out := []snmp.Table{{Name: "vtpVlanTable", Entry: vtpVlanEntry, Columns: []uint32{vtpVlanName}, Rows: 16}}
			if t, ok := b.Scoped(snmp.Table{Name: "vmMembershipTable", Entry: vmMembershipEntry, Columns: []uint32{vmVlan}}, standard.ByIfIndex); ok {
				out = append(out, t)
			}
			return out
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			b.VLANs = vlans(rows[0])
			if len(rows) < 2 {
				return
			}
			t := tablesOf(b)
			t.whole = t.whole && rows[1].Err == nil
			for _, r := range rows[1].All() {
				if i, ok := oneIndex(r); ok {
					t.access[i] = true
				}
			}
			fillAccess(b, rows[1])
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

// fillTrunkStates notes what vlanTrunkPortTable says of the configuration, and gives each port the mode that can
// be told so far.
func fillTrunkStates(b *standard.Build, rows *snmp.Rows) {
	t := tablesOf(b)
	t.whole = t.whole && rows.Err == nil
	for _, r := range rows.All() {
		i, ok := oneIndex(r)
		if !ok {
			continue
		}
		state, told := r.Int(vlanTrunkPortDynamicState)
		t.trunk[i], t.told = state, t.told || told
		if n, ok := r.Int(vlanTrunkPortNativeVlan); ok && n >= 1 && n <= 4094 {
			t.native[i] = uint16(n)
		}
	}
	for _, p := range b.Ports() {
		p.Mode = portMode(p, t, nil)
	}
}

// trunkParts read whether the ports that may become a trunk by negotiation are one now, and settle the mode of
// each port.
func trunkParts() []standard.Part {
	return []standard.Part{
		{
			Name: partTrunks, Phase: standard.PhaseExtra,
			Tables: func(b *standard.Build) []snmp.Table {
				t := snmp.Table{Name: "vlanTrunkPortTable", Entry: vlanTrunkPortEntry, Columns: []uint32{vlanTrunkPortDynamicStatus}}
				found := tablesOf(b)
				if !found.told {
					// Agents of old images tell no more than the encapsulation in use.
					t.Columns = append(t.Columns, vlanTrunkPortEncapsulationOperType)
					t, ok := b.Scoped(t, standard.ByIfIndex)
					if !ok {
						return nil
					}
					return []snmp.Table{t}
				}
				for _, p := range b.Ports() {
					if state, ok := found.trunk[p.Index.If]; ok && state != dynamicOff && !fixedTrunk(state) {
						t.Only = append(t.Only, snmp.OID{uint32(p.Index.If)})
					}
				}
				if t.Only == nil {
					return nil
				}
				return []snmp.Table{t}
			},
			Fill: func(b *standard.Build, rows []*snmp.Rows) { b.Note(partTrunks, rows[0]) },
		},
		{
			Name: "cisco-modes", Phase: standard.PhaseSettle,
			Fill: func(b *standard.Build, _ []*snmp.Rows) {
				t := tablesOf(b)
				states, _ := b.Noted(partTrunks).(*snmp.Rows)
				for _, p := range b.Ports() {
					var row *snmp.Row
					if states != nil {
						row = states.At(uint32(p.Index.If))
					}
					if p.Mode = portMode(p, t, row); p.Mode == switchctl.ModeTrunk && t.native[p.Index.If] != 0 {
						p.Untagged = t.native[p.Index.If]
					}
				}
			},
		},
	}
}

// fixedTrunk reports whether a port is told to be a trunk whatever its neighbour says.
func fixedTrunk(state int64) bool { return state == dynamicOn || state == dynamicOnNoNegotiate }

// Values of vlanTrunkPortDynamicState.
const (
	dynamicOn            = 1
	dynamicOff           = 2
	dynamicOnNoNegotiate = 5
)

// portMode settles how a port treats VLANs. A port that is told to be a trunk is one also while its link is
// down, when no table shows it as trunking. A socket that has been told not to trunk, and is in no access
// VLAN, and in no aggregate, is routed.
func portMode(p *standard.Port, t *portTables, row *snmp.Row) switchctl.PortMode {
	state, inTrunkTable := t.trunk[p.Index.If]
	switch {
	case fixedTrunk(state) || trunking(row):
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
