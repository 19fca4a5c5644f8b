package standard

import (
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Port is one interface while it is being put together. Parts write to the embedded PortState; neighbours
// and learned addresses go through the methods of Build, which drop doubles.
type Port struct {
	switchctl.PortState
	Descr string // ifDescr, where it was read

	nameless  bool // neither ifName nor ifDescr
	neighbors []*discovery.Neighbor
	learned   map[switchctl.LearnedMAC]struct{}
	keep      bool // a part says that this is a port, whatever its type
}

// Build is a reading in the making. Parts fill it; it is not safe for parallel use.
type Build struct {
	Target Target
	Rules  Rules // how this family numbers its ports
	Now    time.Time
	Boot   time.Time
	Scope  switchctl.Scope
	Power  []switchctl.PowerGroup
	VLANs  []switchctl.VLAN

	ports    []*Port
	byIf     map[int]*Port
	byBridge map[int]*Port
	byLLDP   map[int]*Port
	byPSE    map[[2]int]*Port
	byName   map[string]*Port // by NameKey; nil where two ports have it

	remote   map[RemoteKey]*discovery.Neighbor
	capless  []snmp.OID        // rows of lldpRemTable that have no capability enabled
	fdbVLAN  map[uint32]uint16 // dot1qFdbId → VLAN
	vlans    map[uint16]*members
	missing  []switchctl.Missing
	prior    map[string]switchctl.Indices // of the last whole reading, for scoped ones
	ifNumber int
	// remoteHint is how many rows lldpRemTable should have, by the counters of the LLDP stamp.
	remoteHint int
	notes      map[string]any // what parts tell later parts, see Note
}

// RemoteKey names a row of lldpRemTable without its time mark, which agents repeat and change.
type RemoteKey struct{ LocalPort, Index uint32 }

func newBuild(t Target, s switchctl.Scope, now time.Time) *Build {
	return &Build{
		Target: t, Rules: RulesFor(t.System.ObjectID), Now: now, Scope: s,
		byIf: map[int]*Port{}, byBridge: map[int]*Port{}, byLLDP: map[int]*Port{}, byPSE: map[[2]int]*Port{},
		byName: map[string]*Port{}, remote: map[RemoteKey]*discovery.Neighbor{}, fdbVLAN: map[uint32]uint16{},
		vlans: map[uint16]*members{}, notes: map[string]any{},
	}
}

// Note leaves something for later parts; Noted gives it back, nil where nobody left it. The key is the name
// of the part that wrote it.
func (b *Build) Note(part string, v any) { b.notes[part] = v }

// Noted gives what Note left.
func (b *Build) Noted(part string) any { return b.notes[part] }

// AddPort gives the port of an interface, making it where it is new. The name may be set later by Rename.
func (b *Build) AddPort(ifIndex int) *Port {
	if p := b.byIf[ifIndex]; p != nil {
		return p
	}
	p := &Port{learned: map[switchctl.LearnedMAC]struct{}{}}
	p.Ref.Switch, p.Index.If = b.Target.ID, ifIndex
	b.ports = append(b.ports, p)
	b.byIf[ifIndex] = p
	return p
}

// Rename gives a port its canonical name and makes it known to ByName.
func (b *Build) Rename(p *Port, name string) {
	p.Ref.Name = name
	b.AddName(p, name)
}

// AddName makes another spelling of the port's name known to ByName. A spelling that two ports have finds
// neither.
func (b *Build) AddName(p *Port, name string) {
	k := NameKey(name)
	if k == "" {
		return
	}
	if q, ok := b.byName[k]; ok && q != p {
		b.byName[k] = nil
		return
	}
	b.byName[k] = p
}

// Ports gives all interfaces, in the order of their making.
func (b *Build) Ports() []*Port { return b.ports }

// ByIf finds a port by ifIndex, nil where there is none.
func (b *Build) ByIf(i int) *Port { return b.byIf[i] }

// ByBridge finds a port by dot1dBasePort.
func (b *Build) ByBridge(i int) *Port { return b.byBridge[i] }

// ByLLDP finds a port by lldpLocPortNum.
func (b *Build) ByLLDP(i int) *Port { return b.byLLDP[i] }

// ByPSE finds a port by pethPsePortGroupIndex and pethPsePortIndex.
func (b *Build) ByPSE(group, port int) *Port { return b.byPSE[[2]int{group, port}] }

// ByName finds a port by any spelling of its name: canonical, short or long. A name that two ports share
// finds none.
func (b *Build) ByName(name string) *Port {
	k := NameKey(name)
	if k == "" {
		return nil
	}
	return b.byName[k]
}

// JoinBridge says that bridge port n is this port.
func (b *Build) JoinBridge(p *Port, n int) {
	if p.Index.Bridge == 0 {
		p.Index.Bridge = n
	}
	b.byBridge[n] = p
}

// JoinLLDP says that LLDP local port n is this port.
func (b *Build) JoinLLDP(p *Port, n int) {
	if p.Index.LLDP == 0 {
		p.Index.LLDP = n
	}
	b.byLLDP[n] = p
}

// JoinPSE says that PSE port group.port is this port. A better proof replaces a weaker one; the port's
// PoE state becomes Supported.
func (b *Build) JoinPSE(p *Port, group, port int, proof switchctl.IndexProof) {
	if p.Index.Proof > proof {
		return
	}
	if old := p.Index.PSE; old != ([2]int{}) {
		delete(b.byPSE, old)
	}
	p.Index.PSE, p.Index.Proof = [2]int{group, port}, proof
	p.PoE.Supported = true
	b.byPSE[p.Index.PSE] = p
}

// AddNeighbor puts a neighbour on a port. A neighbour that the port has already by the same protocol, with
// the same chassis and port id, is the same one in another row: what the new row tells is added to it. The
// neighbour as kept is returned, so that later parts can add to it.
func (b *Build) AddNeighbor(p *Port, n discovery.Neighbor) *discovery.Neighbor {
	if n.MAC.IsZero() {
		n.MAC = discovery.NeighborMAC(n)
	}
	for _, o := range p.neighbors {
		if o.Protocol == n.Protocol && o.ChassisID == n.ChassisID && o.PortID == n.PortID {
			mergeNeighbor(o, n)
			return o
		}
	}
	c := n
	p.neighbors = append(p.neighbors, &c)
	return &c
}

// Neighbors gives the neighbours of a port that were added so far.
func (p *Port) Neighbors() []*discovery.Neighbor { return p.neighbors }

// Remote finds the LLDP neighbour of a row of lldpRemTable; the extension tables have the same index.
func (b *Build) Remote(k RemoteKey) *discovery.Neighbor { return b.remote[k] }

// Learn puts a learned address on a port. VLAN 0 means that the switch does not tell the VLAN. Group
// addresses and the zero address are no stations and are dropped.
func (b *Build) Learn(p *Port, m discovery.MAC, vlan uint16) {
	if m.IsZero() || m.Group() {
		return
	}
	p.learned[switchctl.LearnedMAC{MAC: m, VLAN: vlan}] = struct{}{}
}

// Missing notes that a table could not be read, or not whole.
func (b *Build) Missing(table, reason string, err error) {
	for _, m := range b.missing {
		if m.Table == table && m.Reason == reason {
			return
		}
	}
	b.missing = append(b.missing, switchctl.Missing{Table: table, Reason: reason, Err: err})
}

// Expect gives how many interfaces the switch has, as a hint for Table.Rows; 0 where not known yet.
func (b *Build) Expect() int { return max(len(b.ports), b.ifNumber) }

// sockets gives how many of the interfaces are ports, as a hint for tables of ports.
func (b *Build) sockets() int {
	n := 0
	for _, p := range b.ports {
		if p.Physical() || p.Type == typeLAG {
			n++
		}
	}
	return n
}

// Space is one of the four numberings of ports.
type Space uint8

// The numberings.
const (
	ByIfIndex Space = iota
	ByBridgePort
	ByLLDPPort
	ByPSEPort
)

// Only gives the row indices of the ports in scope in one numbering, for Table.Only. It is nil (read all)
// where the scope is the whole switch or the numbering of a port in scope is not known from an earlier
// whole reading; it is empty and not nil where no port in scope has such an index.
func (b *Build) Only(s Space) []snmp.OID {
	if len(b.Scope.Ports) == 0 || b.prior == nil {
		return nil
	}
	out := []snmp.OID{}
	for _, name := range b.Scope.Ports {
		ix, ok := b.prior[name]
		if !ok {
			return nil
		}
		switch s {
		case ByIfIndex:
			out = append(out, snmp.OID{uint32(ix.If)})
		case ByBridgePort:
			out = appendIndex(out, ix.Bridge)
		case ByLLDPPort:
			out = appendIndex(out, ix.LLDP)
		case ByPSEPort:
			if ix.PSE != ([2]int{}) {
				out = append(out, snmp.OID{uint32(ix.PSE[0]), uint32(ix.PSE[1])})
			}
		}
	}
	slices.SortFunc(out, snmp.OID.Compare)
	return slices.CompactFunc(out, func(a, b snmp.OID) bool { return a.Compare(b) == 0 })
}

func appendIndex(out []snmp.OID, n int) []snmp.OID {
	if n == 0 {
		return out
	}
	return append(out, snmp.OID{uint32(n)})
}

// Scoped gives a table limited to the ports in scope, and false where none of them has a row in it.
func (b *Build) Scoped(t snmp.Table, s Space) (snmp.Table, bool) {
	t.Only = b.Only(s)
	if t.Only != nil {
		t.Rows = len(t.Only)
		return t, len(t.Only) > 0
	}
	if t.Rows == 0 {
		t.Rows = b.Expect()
		if n := b.sockets(); s != ByIfIndex && n > 0 {
			t.Rows = n
		}
	}
	return t, true
}

// virtualTypes are the IANAifType values of interfaces that a phone, or a neighbour, is never heard on: other,
// softwareLoopback, propVirtual, tunnel, l2vlan, l3ipvlan.
var virtualTypes = map[int]bool{typeOther: true, 24: true, typePropVirtual: true, 131: true, 135: true, 136: true}

// portsOnly limits a table by ifIndex to the interfaces that can be ports where most are not: logical units,
// VLANs and tunnels can be several times as many as sockets, and nobody asks for their state.
func (b *Build) portsOnly(t snmp.Table) (snmp.Table, bool) {
	if len(b.Scope.Ports) > 0 {
		return b.Scoped(t, ByIfIndex)
	}
	only := []snmp.OID{}
	for _, p := range b.ports {
		if !virtualTypes[p.Type] || p.Index.Bridge != 0 {
			only = append(only, snmp.OID{uint32(p.Index.If)})
		}
	}
	if len(only) == 0 || 3*len(only) > 2*len(b.ports) {
		return b.Scoped(t, ByIfIndex)
	}
	slices.SortFunc(only, snmp.OID.Compare)
	t.Only, t.Rows = only, len(only)
	return t, true
}

// Prior gives the indices of a port as the last whole reading found them; ok is false in a whole reading.
func (b *Build) Prior(name string) (ix switchctl.Indices, ok bool) {
	ix, ok = b.prior[name]
	return ix, ok
}
