package netlink

import (
	"cmp"
	"slices"

	"phoneport/discovery"
)

// state is what the kernel told last of all links. It is no more than a memory: it opens nothing and has no clock.
type state struct {
	bridge string // the only bridge that counts; "" = all
	links  map[int]*link
}

// link is one interface as it was told last.
type link struct {
	name, kind string
	master     int
	ether, up  bool
	vlans      string
	told       bool // vlans were told
	port       bool // of a bridge that counts, or below an aggregate that is one
}

// newState makes a state that knows nothing.
func newState(bridge string) *state { return &state{bridge: bridge, links: map[int]*link{}} }

// load takes a whole reading over in place of what was known. It gives no events: who needs them reads everything.
func (s *state) load(ms []message) {
	s.links = map[int]*link{}
	for _, m := range ms {
		s.step(m)
	}
}

// step takes one message over and gives what it changes, as events with the fields Kind, IfIndex, IfName and MAC.
func (s *state) step(m message) []discovery.Event {
	switch m.What {
	case linkIs:
		return s.linkIs(m)
	case linkGone:
		if _, known := s.links[m.Index]; !known {
			return nil
		}
		return s.ports(func() { delete(s.links, m.Index) })
	case portIs:
		return s.portIs(m)
	case learned, forgotten:
		l, known := s.links[m.Index]
		if !known || !l.port {
			return nil
		}
		kind := discovery.EventMACLearned
		if m.What == forgotten {
			kind = discovery.EventMACRemoved
		}
		e := event(kind, m.Index, l)
		e.MAC = m.MAC
		return []discovery.Event{e}
	}
	return nil
}

// linkIs takes a link over.
func (s *state) linkIs(m message) []discovery.Event {
	var out []discovery.Event
	l, known := s.links[m.Index]
	if !known {
		l = &link{}
	}
	if !known || l.master != m.Master || l.kind != m.Kind || l.name != m.Name {
		out = s.ports(func() {
			if l.master != m.Master {
				l.vlans, l.told = "", false
			}
			l.master, l.kind, l.name, l.ether = m.Master, m.Kind, m.Name, m.Ether
			s.links[m.Index] = l
		})
	}
	return append(out, s.carrier(m.Index, l, m.Up)...)
}

// portIs takes over what a bridge tells of a port. A port without any VLAN is told without them.
func (s *state) portIs(m message) []discovery.Event {
	l, known := s.links[m.Index]
	if !known || m.Master == m.Index || l.master != m.Master {
		return nil // the bridge itself, or a port that has left meanwhile: the link tells
	}
	out := s.carrier(m.Index, l, m.Up)
	if l.told && l.vlans != m.VLANs && l.port {
		out = append(out, event(discovery.EventVLANChanged, m.Index, l))
	}
	l.vlans, l.told = m.VLANs, true
	return out
}

// carrier tells of a link that came or went: of ports, and of all Ethernet links where no bridge is chosen.
func (s *state) carrier(index int, l *link, up bool) []discovery.Event {
	if l.up == up {
		return nil
	}
	l.up = up
	if !l.port && (s.bridge != "" || !l.ether) {
		return nil
	}
	kind := discovery.EventLinkDown
	if up {
		kind = discovery.EventLinkUp
	}
	return []discovery.Event{event(kind, index, l)}
}

// ports makes a change that may let ports join or leave, and tells which did, by index.
func (s *state) ports(change func()) []discovery.Event {
	type former struct {
		name string
		port bool
	}
	before := make(map[int]former, len(s.links))
	for i, l := range s.links {
		before[i] = former{l.name, l.port}
	}
	change()
	var out []discovery.Event
	for i, l := range s.links {
		l.port = s.isPort(l, 2)
		if l.port && !before[i].port {
			out = append(out, event(discovery.EventPortAdded, i, l))
		}
	}
	for i, f := range before {
		if l, there := s.links[i]; f.port && (!there || !l.port) {
			out = append(out, discovery.Event{Kind: discovery.EventPortRemoved, IfIndex: i, IfName: f.name})
		}
	}
	slices.SortFunc(out, func(a, b discovery.Event) int { return cmp.Compare(a.IfIndex, b.IfIndex) })
	return out
}

// isPort reports whether a link belongs to a bridge that counts, itself or by an aggregate; depth bounds the way up.
func (s *state) isPort(l *link, depth int) bool {
	m, ok := s.links[l.master]
	switch {
	case l.master == 0 || !ok || depth == 0:
		return false
	case m.kind == "bridge":
		return s.bridge == "" || m.name == s.bridge
	case m.kind == "bond" || m.kind == "team":
		return s.isPort(m, depth-1)
	}
	return false
}

func event(kind discovery.EventKind, index int, l *link) discovery.Event {
	return discovery.Event{Kind: kind, IfIndex: index, IfName: l.name}
}
