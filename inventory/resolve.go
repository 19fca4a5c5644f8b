package inventory

import (
	"cmp"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// edgeMACs is the most addresses that a port at the edge has; with more, there is another switch behind it.
const edgeMACs = 8

// Resolve picks, out of the bindings of many switches, the port at which each phone really is: a phone's
// address is learned on every port on the way. A port that hears the phone itself beats one that only
// learned its address, the voice VLAN beats others, an edge port beats an uplink, and of uplinks the one
// with the fewest addresses wins. Where several ports are equally good all of them stay, as Unsure.
//
// The result has the bindings in the order in which they came; seen has the ports of each address in it,
// ordered: more than one means that an address was found twice. bs is not changed.
func Resolve(bs []Binding) (kept []Binding, seen map[discovery.MAC][]switchctl.PortRef) {
	best := make(map[discovery.MAC]rank, len(bs))
	for i := range bs {
		if m := bs[i].MAC; !m.IsZero() {
			r := rankOf(&bs[i])
			if b, ok := best[m]; !ok || r.compare(b) > 0 {
				best[m] = r
			}
		}
	}
	seen = make(map[discovery.MAC][]switchctl.PortRef, len(best))
	kept = make([]Binding, 0, len(bs))
	for i := range bs {
		b := bs[i]
		if !b.MAC.IsZero() {
			if rankOf(&b).clearlyBelow(best[b.MAC]) {
				continue
			}
			if !slices.Contains(seen[b.MAC], b.Port) {
				seen[b.MAC] = append(seen[b.MAC], b.Port)
			}
		}
		kept = append(kept, b)
	}
	for i := range kept {
		if len(seen[kept[i].MAC]) > 1 {
			kept[i].Confidence = Unsure
		}
	}
	for _, refs := range seen {
		slices.SortFunc(refs, func(a, b switchctl.PortRef) int {
			return cmp.Or(cmp.Compare(a.Switch, b.Switch), cmp.Compare(a.Name, b.Name))
		})
	}
	return kept, seen
}

// rank says how good a port is as the place of a phone.
type rank struct {
	level int
	macs  int
}

const (
	levelUplink  = iota // many addresses, or a trunk that does not hear the phone
	levelCrowded        // hears the phone among many addresses: frames of CDP pass switches that do not know it
	levelLearned        // an edge port that learned the address
	levelVoice          // an edge port that learned the address in its voice VLAN
	levelDirect         // an edge port that hears the phone
)

func rankOf(b *Binding) rank {
	r := rank{macs: b.MACs}
	many := b.MACs > edgeMACs
	switch {
	case b.Direct() && many:
		r.level = levelCrowded
	case b.Direct():
		r.level = levelDirect
	case many || b.Trunk:
		r.level = levelUplink
	case slices.ContainsFunc(b.Evidence, func(e Evidence) bool { return e.Kind == EvidenceVoiceMAC }):
		r.level = levelVoice
	default:
		r.level = levelLearned
	}
	return r
}

// compare is positive where r is the better place.
func (r rank) compare(o rank) int {
	return cmp.Or(cmp.Compare(r.level, o.level), cmp.Compare(o.macs, r.macs))
}

// clearlyBelow reports whether r is not worth mention beside the best. One address more or less tells
// nothing between two edge ports; among uplinks the nearest to the phone is the one with the fewest.
func (r rank) clearlyBelow(best rank) bool {
	if r.level != best.level {
		return r.level < best.level
	}
	return r.level <= levelCrowded && r.macs > best.macs
}
