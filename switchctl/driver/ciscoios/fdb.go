package ciscoios

import (
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// IOS has one instance of BRIDGE-MIB for each VLAN, behind a community name@VLAN or an SNMPv3 context
// vlan-VLAN; the plain community shows that of VLAN 1. Bridge ports are those of the VLAN, so they are read in
// the same context. They change seldom and are kept; addresses on a bridge port that is not among the kept
// ones have them read again (late).
//
// All this is for agents without an answer in Q-BRIDGE-MIB, which newer images of IOS-XE have.

// partFDBPorts is the name of the part that reads the bridge ports of each VLAN.
const (
	partFDBPorts = "cisco-bridge-ports"
	partFDBVLANs = "cisco-fdb"
	partFDBLate  = "cisco-bridge-ports-late"
)

// defaultVLAN is the VLAN whose forwarding database the plain community shows.
const defaultVLAN = 1

// fdbParts reads the learned addresses of the VLANs that live ports use.
func fdbParts() []standard.Part {
	basePorts := func(b *standard.Build) []snmp.Table {
		return []snmp.Table{{Name: "dot1dBasePortTable", Entry: dot1dBasePortEntry, Columns: []uint32{dot1dBasePortIfIndex}, Rows: b.Expect()}}
	}
	addresses := func(b *standard.Build) []snmp.Table { // a phone and what is behind it on each port
		return []snmp.Table{{Name: "dot1dTpFdbTable", Entry: dot1dTpFdbEntry, Columns: []uint32{dot1dTpFdbPort}, Rows: 2 * b.Expect()}}
	}
	return []standard.Part{
		{
			Name: standard.PartBridgeFDB, Phase: standard.PhaseExtra,
			Tables: func(b *standard.Build) []snmp.Table {
				if used := usedVLANs(b); qBridge(b) || len(used) > 0 && !slices.Contains(used, defaultVLAN) {
					return nil
				}
				return addresses(b)
			},
			Fill: func(b *standard.Build, rows []*snmp.Rows) { standard.FillFDB(b, rows[0], defaultVLAN) },
		},
		{
			Name: partFDBPorts, Phase: standard.PhaseExtra, Keep: standard.StampIfTable,
			Tables: basePorts, Contexts: contexts,
			FillContext: func(b *standard.Build, vlan uint16, rows []*snmp.Rows) { fillBridge(b, vlan, rows[0]) },
		},
		{
			Name: partFDBVLANs, Phase: standard.PhaseExtra,
			Tables: addresses, Contexts: contexts,
			FillContext: func(b *standard.Build, vlan uint16, rows []*snmp.Rows) {
				br := bridgeOf(b, vlan)
				br.late = learn(b, rows[0], vlan, br.ports)
			},
		},
		{
			Name: partFDBLate, Phase: standard.PhaseSettle,
			Tables: basePorts,
			Contexts: func(b *standard.Build) []uint16 {
				var out []uint16
				for v, br := range bridgesOf(b) {
					if len(br.late) > 0 {
						out = append(out, v)
					}
				}
				slices.Sort(out)
				return out
			},
			FillContext: func(b *standard.Build, vlan uint16, rows []*snmp.Rows) {
				fillBridge(b, vlan, rows[0])
				br := bridgeOf(b, vlan)
				for _, a := range br.late {
					if p := br.ports[a.port]; p != nil {
						b.Learn(p, a.mac, vlan)
					}
				}
			},
		},
	}
}

// bridge is the bridge instance of one VLAN.
type bridge struct {
	ports map[int]*standard.Port // by dot1dBasePort
	late  []address              // on a bridge port that is not among them
}

func bridgesOf(b *standard.Build) map[uint16]*bridge {
	m, ok := b.Noted(partFDBVLANs).(map[uint16]*bridge)
	if !ok {
		m = map[uint16]*bridge{}
		b.Note(partFDBVLANs, m)
	}
	return m
}

func bridgeOf(b *standard.Build, vlan uint16) *bridge {
	m := bridgesOf(b)
	if m[vlan] == nil {
		m[vlan] = &bridge{ports: map[int]*standard.Port{}}
	}
	return m[vlan]
}

// fillBridge reads dot1dBasePortTable of one VLAN.
func fillBridge(b *standard.Build, vlan uint16, rows *snmp.Rows) {
	br := bridgeOf(b, vlan)
	for _, r := range rows.All() {
		n, ok := oneIndex(r)
		i, _ := r.Int(dot1dBasePortIfIndex)
		if p := b.ByIf(int(i)); ok && p != nil {
			br.ports[n] = p
			if p.Index.Bridge == 0 {
				p.Index.Bridge = n
			}
		}
	}
}

// address is a row of dot1dTpFdbTable.
type address struct {
	mac  discovery.MAC
	port int
}

// learn puts the rows of dot1dTpFdbTable on their ports and gives back those on a bridge port that is not
// among ports. Port 0 means that the switch does not tell where.
func learn(b *standard.Build, rows *snmp.Rows, vlan uint16, ports map[int]*standard.Port) (late []address) {
	for _, r := range rows.All() {
		m, ok := macIndex(r.Index)
		n, ok2 := r.Int(dot1dTpFdbPort)
		if !ok || !ok2 || n <= 0 || n > 1<<31-1 {
			continue
		}
		if p := ports[int(n)]; p != nil {
			b.Learn(p, m, vlan)
			continue
		}
		late = append(late, address{m, int(n)})
	}
	return late
}

// qBridge reports whether the switch has told its addresses by Q-BRIDGE-MIB.
func qBridge(b *standard.Build) bool {
	found, _ := b.Noted(standard.PartFDB).(bool)
	return found
}

// contexts gives the VLANs whose forwarding database is to be read in a context of its own.
func contexts(b *standard.Build) []uint16 {
	if qBridge(b) {
		return nil
	}
	return slices.DeleteFunc(usedVLANs(b), func(v uint16) bool { return v == defaultVLAN })
}

// usedVLANs gives the VLANs whose forwarding database is worth reading: the data and the voice VLANs of the
// ports in scope that have a link, less the ports that are plain trunks: those lead to other switches. VLANs
// that the switch does not have are left out, as they have no instance and the agent would not answer.
func usedVLANs(b *standard.Build) []uint16 {
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
		voice := p.Voice.Mode == discovery.VoiceTagged
		if p.Link != switchctl.Up || p.Mode != switchctl.ModeAccess && !voice || !inScope(b, p) {
			continue
		}
		add(p.Untagged)
		if voice {
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
