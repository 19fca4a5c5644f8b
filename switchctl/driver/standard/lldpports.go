package standard

import (
	"strconv"

	"phoneport/switchctl/snmp"
)

// lldpLocPortEntry of LLDP-MIB (IEEE 802.1AB-2005).
var lldpLocPortEntry = snmp.MustOID("1.0.8802.1.1.2.1.3.7.1")

// Columns of lldpLocPortTable.
const (
	colLocSubtype = 2 // lldpLocPortIdSubtype
	colLocID      = 3 // lldpLocPortId
	colLocDesc    = 4 // lldpLocPortDesc
)

// lldpPort is one row of lldpLocPortTable on its way to a port.
type lldpPort struct {
	num     int
	subtype int64
	id      snmp.Value
	desc    string
	port    *Port
}

// lldpPorts reads the local ports of LLDP. Which port one is follows from its id where that is a name.
func lldpPorts() Part {
	return Part{
		Name: PartLLDPPorts, Phase: PhaseIndex, Keep: StampIfTable,
		Tables: func(b *Build) []snmp.Table {
			return []snmp.Table{{Name: "lldpLocPortTable", Entry: lldpLocPortEntry, Columns: []uint32{colLocSubtype, colLocID}, Rows: b.Expect()}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			var ls []*lldpPort
			for _, r := range rows[0].All() {
				if n, ok := oneIndex(r); ok {
					t, _ := r.Int(colLocSubtype)
					ls = append(ls, &lldpPort{num: n, subtype: t, id: r.Value(colLocID)})
				}
			}
			for _, l := range ls {
				l.port = b.lldpByID(l)
			}
			b.Note(PartLLDPPorts, ls)
		},
	}
}

// lldpByID finds the port by lldpLocPortId where its subtype says that it is a name, or a number that only
// one reading fits.
func (b *Build) lldpByID(l *lldpPort) *Port {
	if l.subtype == PortIDMAC || l.subtype == PortIDNetwork {
		return nil
	}
	text := l.id.Text()
	if p := b.ByName(text); p != nil && (l.subtype == PortIDInterface || !allDigits(text)) {
		return p
	}
	return nil
}

// allDigits reports whether a text is a number: then it may be an ifIndex, a bridge port or a name.
func allDigits(s string) bool { return s != "" && digits(s) == len(s) }

// lldp gives the local ports that were read.
func (b *Build) lldp() []*lldpPort {
	ls, _ := b.Noted(PartLLDPPorts).([]*lldpPort)
	return ls
}

// lldpOpen reports whether there are local ports that no name has found a port for yet.
func (b *Build) lldpOpen() bool {
	for _, l := range b.lldp() {
		if l.port == nil {
			return true
		}
	}
	return false
}

// lldpByMAC reports whether open local ports are named by MAC address.
func (b *Build) lldpByMAC() bool {
	for _, l := range b.lldp() {
		if l.port == nil && l.subtype == PortIDMAC {
			return true
		}
	}
	return false
}

// lldpNames reads lldpLocPortDesc where the ids leave ports open.
func lldpNames() Part {
	return Part{
		Name: PartLLDPNames, Phase: PhaseJoin, Keep: StampIfTable,
		Tables: func(b *Build) []snmp.Table {
			if !b.lldpOpen() {
				return nil
			}
			return []snmp.Table{{Name: "lldpLocPortTable", Entry: lldpLocPortEntry, Columns: []uint32{colLocDesc}, Rows: len(b.lldp())}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			for _, l := range b.lldp() {
				if r := rows[0].At(uint32(l.num)); r != nil {
					l.desc = r.Text(colLocDesc)
				}
			}
		},
	}
}

// lldpJoin matches LLDP's local port numbers to ports: by names where they tell (they are right wherever a
// switch gives them), by MAC address, and for the rest by the one numbering, bridge port or ifIndex, that
// agrees with what the names told. The standard leaves the numbering to the vendor, and a wrong one often
// finds a port too.
func lldpJoin() Part {
	return Part{Name: PartLLDPJoin, Phase: PhaseJoin, Fill: func(b *Build, _ []*snmp.Rows) {
		ls := b.lldp()
		macs, _ := b.Noted(PartNames).(map[string]*Port)
		for _, l := range ls {
			if l.port == nil {
				l.port = b.lldpByText(l, macs)
			}
		}
		dropShared(ls)
		if number := b.lldpNumbering(ls); number != nil {
			taken := map[*Port]bool{}
			for _, l := range ls {
				taken[l.port] = true
			}
			for _, l := range ls {
				if p := number(l); l.port == nil && p != nil && !taken[p] {
					l.port = p
				}
			}
		}
		for _, l := range ls {
			if l.port != nil {
				b.JoinLLDP(l.port, l.num)
			}
		}
	}}
}

// lldpByText finds the port by id, description or MAC address, now that all names are known.
func (b *Build) lldpByText(l *lldpPort, macs map[string]*Port) *Port {
	if p := b.lldpByID(l); p != nil {
		return p
	}
	if l.subtype == PortIDMAC {
		if m, ok := l.id.MAC(); ok && macs[m.String()] != nil {
			return macs[m.String()]
		}
	}
	if p := b.ByName(l.desc); p != nil && !allDigits(l.desc) {
		return p
	}
	var found *Port
	for _, p := range b.ports {
		if l.desc == "" || p.Alias != l.desc {
			continue
		}
		if found != nil {
			return nil
		}
		found = p
	}
	return found
}

// dropShared opens the local ports again that texts matched to one port together: descriptions that people
// wrote need not be unique.
func dropShared(ls []*lldpPort) {
	n := map[*Port]int{}
	for _, l := range ls {
		n[l.port]++
	}
	for _, l := range ls {
		if n[l.port] > 1 && !exactID(l) {
			l.port = nil
		}
	}
}

// exactID reports whether the id itself is the name of the port that was found.
func exactID(l *lldpPort) bool {
	return l.port != nil && NameKey(l.id.Text()) == NameKey(l.port.Ref.Name)
}

// lldpNumbering gives the numbering that fits: it must agree with each local port that is matched already,
// and find Ethernet ports for the open ones. nil where none does.
func (b *Build) lldpNumbering(ls []*lldpPort) func(*lldpPort) *Port {
	readings := []func(*lldpPort) *Port{
		func(l *lldpPort) *Port { return b.byNumberText(l, b.byIf) },     // the id is an ifIndex in text
		func(l *lldpPort) *Port { return b.byNumberText(l, b.byBridge) }, // or a bridge port in text
		func(l *lldpPort) *Port { return b.byBridge[l.num] },             // lldpPortConfigPortNum of a bridge (LLDP-MIB)
		func(l *lldpPort) *Port { return b.whole(b.byIf[l.num]) },
	}
	type score struct{ agree, find int }
	best, bestScore := func(*lldpPort) *Port { return nil }, score{}
	for _, f := range readings {
		var s score
		ok := true
		seen := map[*Port]bool{}
		for _, l := range ls {
			p := f(l)
			switch {
			case p == nil:
			case seen[p], l.port != nil && l.port != p:
				ok = false
			case l.port == p:
				s.agree++
			case p.Physical():
				s.find++
			}
			seen[p] = p != nil
		}
		if ok && (s.find+s.agree > bestScore.find+bestScore.agree) {
			best, bestScore = f, s
		}
	}
	if bestScore == (score{}) {
		return nil
	}
	return best
}

// byNumberText reads the id as a number in text.
func (b *Build) byNumberText(l *lldpPort, in map[int]*Port) *Port {
	text := l.id.Text()
	if l.subtype == PortIDMAC || l.subtype == PortIDNetwork || !allDigits(text) {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		return nil
	}
	return b.whole(in[n])
}

// whole gives the port of an interface that may be a logical unit of it.
func (b *Build) whole(p *Port) *Port {
	if p == nil || !b.Rules.UnitPorts {
		return p
	}
	return b.physicalOf(p)
}

// ByLLDPRow finds the port of a local port number in the remote tables, also on agents that offer no
// lldpLocPortTable: then the number is a bridge port where there are bridge ports, else an ifIndex.
func (b *Build) ByLLDPRow(n int) *Port {
	if p := b.byLLDP[n]; p != nil {
		return p
	}
	if len(b.lldp()) > 0 {
		return nil
	}
	if p := b.byBridge[n]; p != nil {
		return p
	}
	return b.whole(b.byIf[n])
}
