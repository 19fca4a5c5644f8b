package standard

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// IANAifType values that are ports beside the physical ones (IANAifType-MIB).
const (
	typeOther       = 1   // other: static aggregates of AlliedWare Plus
	typePropVirtual = 53  // propVirtual: port channels of older agents, logical units of Juniper
	typeLAG         = 161 // ieee8023adLag
)

// finish makes the snapshot: the ports that are ports, in natural order, and what is missing.
func (b *Build) finish(info switchctl.Info, r *reading) switchctl.Snapshot {
	sys := b.Target.System
	s := switchctl.Snapshot{
		Switch: b.Target.ID,
		BootAt: r.bootAt,
		ReadAt: r.now,
		System: switchctl.System{
			Name: string(b.Target.ID), Address: b.Target.Address, SysName: sys.Name, ObjectID: sys.ObjectID.String(),
			Descr: sys.Descr, Vendor: info.Vendor, Driver: info.Driver, Uptime: time.Duration(r.upTime) * 10 * time.Millisecond,
		},
		Power: b.Power, VLANs: b.VLANs,
	}
	slices.SortFunc(s.Power, func(a, b switchctl.PowerGroup) int { return cmp.Compare(a.Group, b.Group) })
	slices.SortFunc(s.VLANs, func(a, b switchctl.VLAN) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range b.ports {
		if p.Ref.Name == "" || !p.isPort() || len(b.Scope.Ports) > 0 && !slices.Contains(b.Scope.Ports, p.Ref.Name) {
			continue
		}
		s.Ports = append(s.Ports, p.state(r.now))
	}
	slices.SortStableFunc(s.Ports, func(a, b switchctl.PortState) int {
		return cmp.Or(naturalCompare(a.Ref.Name, b.Ref.Name), cmp.Compare(a.Index.If, b.Index.If))
	})
	if len(b.Scope.Ports) == 0 {
		b.notOffered(&s)
	}
	s.Missing = b.missing
	return s
}

// notOffered notes what a whole reading found nothing of. An agent does not tell apart a table that it lacks
// and one that is empty; who judges by the table must know in both cases.
func (b *Build) notOffered(s *switchctl.Snapshot) {
	has := func(f func(switchctl.PortState) bool) bool { return slices.ContainsFunc(s.Ports, f) }
	none := func(table, reason string, told bool) {
		if !told && !slices.ContainsFunc(b.missing, func(m switchctl.Missing) bool { return m.Table == table }) {
			b.Missing(table, reason, nil)
		}
	}
	none("ifTable", "the switch shows no port", len(s.Ports) > 0)
	if len(s.Ports) == 0 {
		return
	}
	none("lldpRemTable", "the switch tells nothing of LLDP", len(b.lldp()) > 0 || has(func(p switchctl.PortState) bool {
		return slices.ContainsFunc(p.Neighbors, func(n discovery.Neighbor) bool { return n.Protocol == discovery.LLDP })
	}))
	none("dot1qTpFdbTable", "the switch tells no learned address", has(func(p switchctl.PortState) bool { return len(p.Learned) > 0 }))
	none("dot1qVlanStaticTable", "the switch tells no VLAN", len(s.VLANs) > 0)
	none("dot1qVlanStaticTable", "the switch does not tell which VLANs a port is in", has(func(p switchctl.PortState) bool {
		return p.Mode == switchctl.ModeAccess || p.Mode == switchctl.ModeTrunk
	}))
	none("pethPsePortTable", "the switch tells nothing of inline power", has(func(p switchctl.PortState) bool { return p.PoE.Supported }))
}

// isPort reports whether an interface is shown: sockets, aggregates, and whatever else the switch bridges,
// powers, or hears a neighbour on. VLAN interfaces, loopbacks and tunnels are not, nor are the sockets of
// stack members and modules that are not there (some agents list all that could be), nor interfaces that
// have neither a name nor any use.
func (p *Port) isPort() bool {
	if p.keep || p.PoE.Supported || len(p.neighbors) > 0 || len(p.learned) > 0 && p.Physical() {
		return true
	}
	if p.Link == switchctl.NotPresent || p.nameless && p.Index.Bridge == 0 {
		return false
	}
	return p.Physical() || p.Type == typeLAG || p.Index.Bridge != 0 && (p.Type == typePropVirtual || p.Type == typeOther)
}

// state gives the finished port.
func (p *Port) state(now time.Time) switchctl.PortState {
	st := p.PortState
	st.ReadAt = now
	st.Tagged = slices.Clone(st.Tagged)
	slices.Sort(st.Tagged)
	st.Tagged = slices.Compact(st.Tagged)
	st.Neighbors = nil
	for _, n := range p.neighbors {
		st.Neighbors = append(st.Neighbors, *n)
	}
	slices.SortStableFunc(st.Neighbors, func(a, b discovery.Neighbor) int {
		return cmp.Or(cmp.Compare(b.Protocol, a.Protocol), cmp.Compare(a.ChassisID, b.ChassisID), cmp.Compare(a.PortID, b.PortID))
	})
	st.Learned = nil
	for l := range p.learned {
		if _, told := p.learned[switchctl.LearnedMAC{MAC: l.MAC, VLAN: 0}]; told && l.VLAN == 0 && p.hasVLANFor(l.MAC) {
			continue // the same address once more, from a table that does not tell the VLAN
		}
		st.Learned = append(st.Learned, l)
	}
	slices.SortFunc(st.Learned, func(a, b switchctl.LearnedMAC) int {
		return cmp.Or(slices.Compare(a.MAC[:], b.MAC[:]), cmp.Compare(a.VLAN, b.VLAN))
	})
	return st
}

// hasVLANFor reports whether the address was learned in a VLAN that is known.
func (p *Port) hasVLANFor(m discovery.MAC) bool {
	for l := range p.learned {
		if l.MAC == m && l.VLAN != 0 {
			return true
		}
	}
	return false
}

// Keep has the interface shown as a port, whatever its type.
func (p *Port) Keep() { p.keep = true }

// uniqueNames settles names that two interfaces share: ifDescr where it tells them apart, else the ifIndex
// behind the name. Such ports are shown but their names change with ifIndex, so they are best renamed by
// the switch's admin.
func (b *Build) uniqueNames() {
	count := map[string]int{}
	for _, p := range b.ports {
		count[p.Ref.Name]++
	}
	taken := map[string]bool{}
	for name, n := range count {
		if n == 1 {
			taken[name] = true
		}
	}
	var shared []string
	for _, p := range b.ports {
		name := p.Ref.Name
		if name == "" || count[name] == 1 {
			continue
		}
		if p.Physical() {
			shared = append(shared, name)
		}
		if p.Descr == "" || p.Descr == name || taken[p.Descr] || count[p.Descr] > 0 {
			name += "#" + strconv.Itoa(p.Index.If)
			for taken[name] {
				name += "'"
			}
		} else {
			name = p.Descr
		}
		taken[name] = true
		b.Rename(p, name)
	}
	if len(shared) > 0 {
		b.Missing("ifXTable", plural(len(shared), "port has", "ports have")+" a name that another interface has too, as "+strconv.Quote(shared[0]), nil)
	}
}
