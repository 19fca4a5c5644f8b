package standard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// RemoteTable is a vendor's own table of LLDP neighbours, in text, for agents whose lldpRemTable is empty. Its
// index is ifIndex and a number.
type RemoteTable struct {
	Table, Entry                                                 string
	ChassisID, PortID, PortDesc, System, Descr, Caps, CapsOfThem uint32 // columns; Caps enabled, CapsOfThem supported
}

// vendorRemote reads the neighbours of such agents.
func vendorRemote() Part {
	return Part{
		Name: PartVendorRemote, Phase: PhaseExtra,
		Tables: func(b *Build) []snmp.Table {
			t := b.Rules.Remote
			if t.Entry == "" || len(b.remote) > 0 {
				return nil
			}
			cols := []uint32{t.ChassisID, t.PortID, t.PortDesc, t.System, t.Descr, t.Caps, t.CapsOfThem}
			slices.Sort(cols)
			return []snmp.Table{{Name: t.Table, Entry: snmp.MustOID(t.Entry), Columns: cols}}
		},
		Fill: func(b *Build, rows []*snmp.Rows) {
			t := b.Rules.Remote
			for _, r := range rows[0].All() {
				if len(r.Index) != 2 || r.Index[0] > 1<<31-1 {
					continue
				}
				p := b.ByIf(int(r.Index[0]))
				if p == nil || r.Text(t.ChassisID) == "" {
					continue
				}
				caps := capabilityWords(r.Text(t.Caps))
				if len(caps) == 0 {
					caps = capabilityWords(r.Text(t.CapsOfThem))
				}
				b.AddNeighbor(p, discovery.Neighbor{
					Protocol: discovery.LLDP, ChassisID: macText(r.Value(t.ChassisID)), PortID: macText(r.Value(t.PortID)), PortDesc: r.Text(t.PortDesc),
					System: r.Text(t.System), Platform: r.Text(t.Descr), Capabilities: caps,
				})
			}
		},
	}
}

// capabilityWords reads capabilities in words, as IEEE 802.1AB clause 8.5.8 names them.
func capabilityWords(s string) []discovery.Capability {
	words := []struct {
		word string
		cap  discovery.Capability
	}{
		{"other", discovery.CapOther},
		{"repeater", discovery.CapRepeater},
		{"bridge", discovery.CapBridge},
		{"wlan", discovery.CapWLAN},
		{"router", discovery.CapRouter},
		{"telephone", discovery.CapTelephone},
		{"docsis", discovery.CapDOCSIS},
		{"station", discovery.CapStation},
	}
	var out []discovery.Capability
	s = strings.ToLower(s)
	for _, w := range words {
		if strings.Contains(s, w.word) {
			out = append(out, w.cap)
		}
	}
	return out
}

// maxTextPorts bounds how many ports a list in text may name: a range written wrong must not fill memory.
const maxTextPorts = 4096

// portRanges reads a list of ports in text, "1/0/1-12,1/0/14", into numbers: [1 0 1], [1 0 2] …
func portRanges(s string) [][]int {
	var out [][]int
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		first, last, isRange := strings.Cut(f, "-")
		n := nameNumbers(first)
		if len(n) == 0 || digits(first) == 0 {
			continue
		}
		to := n[len(n)-1]
		if isRange {
			end := nameNumbers(last)
			if len(end) == 0 {
				continue
			}
			to = end[len(end)-1]
		}
		for i := n[len(n)-1]; i <= to && len(out) < maxTextPorts; i++ {
			out = append(out, append(slices.Clone(n[:len(n)-1]), i))
		}
	}
	return out
}

// textMembers reads a list of ports in text as bridge ports.
func (b *Build) textMembers(s string) PortList {
	l := PortList{text: map[int]bool{}}
	if s == "" {
		return l
	}
	by := map[string]*Port{}
	for _, p := range b.ports {
		if n := nameNumbers(p.Ref.Name); p.Physical() && len(n) > 0 {
			by[fmt.Sprint(n)] = p
		}
	}
	for _, n := range portRanges(s) {
		if p := by[fmt.Sprint(n)]; p != nil && p.Index.Bridge != 0 {
			l.text[p.Index.Bridge] = true
		}
	}
	return l
}

// textList reads port numbers with commas between them.
func textList(s string) PortList {
	l := PortList{text: map[int]bool{}}
	for _, f := range strings.Split(s, ",") {
		if n, err := strconv.Atoi(strings.TrimSpace(f)); err == nil && n > 0 {
			l.text[n] = true
		}
	}
	return l
}
