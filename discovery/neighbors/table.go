package neighbors

import (
	"cmp"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// side is one protocol's part of a table.
type side struct {
	entries []entry
	// tooMany is when the condition of that name ends (tooManyNeighborsTimer of IEEE 802.1AB).
	tooMany time.Time
}

// entry is one neighbour and the frame that told it: lldp or cdp, the other is nil.
type entry struct {
	lldp     *lldp.PDU
	cdp      *cdp.Packet
	src      discovery.MAC
	neighbor discovery.Neighbor
}

// expires is when the neighbour is gone if it is not heard again.
func (e *entry) expires() time.Time { return e.neighbor.HeardAt.Add(e.neighbor.TTL) }

func (e *entry) refresh(ttl time.Duration, now time.Time) {
	e.neighbor.HeardAt, e.neighbor.TTL = now, ttl
}

// find gives the index of an entry, -1 for none.
func (s *side) find(match func(*entry) bool) int {
	for i := range s.entries {
		if match(&s.entries[i]) {
			return i
		}
	}
	return -1
}

// renumbered reports whether a frame of an unknown identity comes from a neighbour that is known by another
// address: phones give their IP address as chassis id, 0.0.0.0 or :: until DHCP has given them one. By the
// letter of the standard that is a second system, and the first would stay until it ages out.
//
// It takes network addresses on both sides: two programs that speak LLDP on one PC (a daemon, and the firmware of
// the network card) share the source address and the port id too, and differ in chassis ids of other kinds.
func renumbered(e *entry, p *lldp.PDU, src discovery.MAC) bool {
	return e.src == src && e.lldp.Port == p.Port &&
		e.lldp.Chassis.Subtype == lldp.ChassisNetwork && p.Chassis.Subtype == lldp.ChassisNetwork
}

// sameCDP reports whether a packet comes from a neighbour: by device id and port id. One that tells no device id
// is known by its address.
func sameCDP(e *entry, p *cdp.Packet, src discovery.MAC) bool {
	return deviceID(e.cdp) == deviceID(p) && portID(e.cdp) == portID(p) && (deviceID(p) != "" || e.src == src)
}

func deviceID(p *cdp.Packet) string {
	if p.Has&cdp.HasDeviceID == 0 {
		return ""
	}
	return p.DeviceID
}

func portID(p *cdp.Packet) string {
	if p.Has&cdp.HasPortID == 0 {
		return ""
	}
	return p.PortID
}

// report gives one change.
func (t *Table) report(c Change) []Change {
	t.changes = append(t.changes[:0], c)
	return t.changes
}

func (t *Table) add(s *side, e entry) []Change {
	s.entries = append(s.entries, e)
	return t.report(Change{Kind: KindNew, Neighbor: e.neighbor})
}

// update replaces what an entry says. same is true where only the source address differs.
func (t *Table) update(e *entry, n discovery.Neighbor, src discovery.MAC, same bool, why string) []Change {
	was := e.neighbor
	e.neighbor, e.src = n, src
	if was.MAC != n.MAC {
		why = join(why, "MAC address")
	} else if same {
		return nil
	}
	kind := KindChanged
	if was.Adopted != n.Adopted {
		kind = KindAdopted
	}
	return t.report(Change{Kind: kind, Neighbor: n, Was: was, Why: why})
}

// shutdown takes the neighbour away that says so. Only the very identity that says goodbye goes: a phone whose
// address changes may say goodbye by the old one after it was heard by the new one.
func (t *Table) shutdown(s *side, i int) []Change {
	if i < 0 {
		return nil
	}
	n := s.entries[i].neighbor
	s.entries = slices.Delete(s.entries, i, i+1)
	return t.report(Change{Kind: KindGone, Neighbor: n, Why: GoneShutdown})
}

// overflow counts a frame that is not kept, and reports whether the condition is a new one.
func (t *Table) overflow(s *side, ttl time.Duration, now time.Time) bool {
	t.stats.Discarded++
	t.stats.TooMany++
	first := !now.Before(s.tooMany)
	if until := now.Add(ttl); first || until.After(s.tooMany) {
		s.tooMany = until
	}
	return first
}

// Age drops who was not heard within its TTL. Its changes are in the order of All.
func (t *Table) Age(now time.Time) []Change {
	t.changes = t.changes[:0]
	for _, s := range [...]*side{&t.lldp, &t.cdp} {
		kept := s.entries[:0]
		for _, e := range s.entries {
			if now.Before(e.expires()) {
				kept = append(kept, e)
				continue
			}
			t.stats.Ageouts++
			t.changes = append(t.changes, Change{Kind: KindGone, Neighbor: e.neighbor, Why: GoneAged})
		}
		clear(s.entries[len(kept):])
		s.entries = kept
	}
	return t.sorted()
}

// Next gives the time when Age has something to do, and zero where there is none.
func (t *Table) Next() (next time.Time) {
	for _, s := range [...]*side{&t.lldp, &t.cdp} {
		for i := range s.entries {
			if at := s.entries[i].expires(); next.IsZero() || at.Before(next) {
				next = at
			}
		}
	}
	return next
}

// LinkDown drops all.
func (t *Table) LinkDown(_ time.Time) []Change {
	t.changes = t.changes[:0]
	for _, s := range [...]*side{&t.lldp, &t.cdp} {
		for _, e := range s.entries {
			t.changes = append(t.changes, Change{Kind: KindGone, Neighbor: e.neighbor, Why: GoneLink})
		}
		*s = side{}
	}
	return t.sorted()
}

func (t *Table) sorted() []Change {
	if len(t.changes) == 0 {
		return nil
	}
	slices.SortFunc(t.changes, func(a, b Change) int { return order(a.Neighbor, b.Neighbor) })
	return t.changes
}

// All gives the neighbours: phones first, then by protocol, LLDP first, and identity. The slice is the caller's.
func (t *Table) All() []discovery.Neighbor {
	all := make([]discovery.Neighbor, 0, len(t.lldp.entries)+len(t.cdp.entries))
	for _, s := range [...]*side{&t.lldp, &t.cdp} {
		for i := range s.entries {
			all = append(all, s.entries[i].neighbor)
		}
	}
	slices.SortFunc(all, order)
	return all
}

func order(a, b discovery.Neighbor) int {
	return cmp.Or(phonesFirst(a, b), cmp.Compare(b.Protocol, a.Protocol), cmp.Compare(a.ChassisID, b.ChassisID),
		cmp.Compare(a.PortID, b.PortID), slices.Compare(a.MAC[:], b.MAC[:]))
}

func phonesFirst(a, b discovery.Neighbor) int {
	switch p, q := a.IsPhone(), b.IsPhone(); {
	case p == q:
		return 0
	case p:
		return -1
	}
	return 1
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}
