package ciscoios

import (
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// fdbPart reads the learned addresses. IOS has one instance of BRIDGE-MIB for each VLAN, behind a community
// name@VLAN or an SNMPv3 context vlan-VLAN; its bridge ports are those of the VLAN, so both tables are read
// in the same context. Only VLANs that live access ports use are asked for: each costs requests, and one
// without an instance a timeout.
func fdbPart() standard.Part {
	return standard.Part{
		Name: standard.PartBridgeFDB, Phase: standard.PhaseExtra,
		Tables: func(b *standard.Build) []snmp.Table {
			return []snmp.Table{
				{Name: "dot1dTpFdbTable", Entry: dot1dTpFdbEntry, Columns: []uint32{dot1dTpFdbPort}, Rows: b.Expect()},
				{Name: "dot1dBasePortTable", Entry: dot1dBasePortEntry, Columns: []uint32{dot1dBasePortIfIndex}, Rows: b.Expect()},
			}
		},
		Contexts: contexts,
		FillContext: func(b *standard.Build, vlan uint16, rows []*snmp.Rows) {
			standard.FillBridgePorts(b, rows[1])
			for _, r := range rows[0].All() {
				m, ok := macIndex(r.Index)
				n, _ := r.Int(dot1dTpFdbPort)
				if p := b.ByBridge(int(n)); ok && p != nil {
					b.Learn(p, m, vlan)
				}
			}
		},
	}
}

// contexts gives the VLANs whose forwarding database is worth reading: the data and the voice VLANs of the
// ports in scope that have a link and are no trunks. VLANs that the switch does not have are left out, as
// they have no instance and the agent would not answer at all.
func contexts(b *standard.Build) []uint16 {
	has := map[uint16]bool{}
	for _, v := range b.VLANs {
		has[v.ID] = true
	}
	var out []uint16
	add := func(v uint16) {
		if v != 0 && !legacyVLAN(v) && (len(has) == 0 || has[v]) && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, p := range b.Ports() {
		if p.Link != switchctl.Up || p.Mode != switchctl.ModeAccess || !inScope(b, p) {
			continue
		}
		add(p.Untagged)
		if p.Voice.Mode == discovery.VoiceTagged {
			add(p.Voice.VLAN)
		}
	}
	slices.Sort(out)
	return out
}

func inScope(b *standard.Build, p *standard.Port) bool {
	return len(b.Scope.Ports) == 0 || slices.Contains(b.Scope.Ports, p.Ref.Name)
}

// macIndex reads the index of dot1dTpFdbTable: the six octets of the address, one in each part.
func macIndex(index snmp.OID) (m discovery.MAC, ok bool) {
	if len(index) != len(m) {
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
