package policy

import (
	"cmp"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// Reading is one switch as it was read, with the phones found on it and what should hold on its ports.
// Build it with Site, Info, Switch and Bindings; Assigner.Assign fills the rest.
type Reading struct {
	Site     string
	Info     switchctl.Info
	Switch   *switchctl.Snapshot
	Bindings []inventory.Binding // phones found on this switch, in any order

	Intents    []Intent            // parallel to Switch.Ports
	Expected   [][]inventory.Phone // parallel to Switch.Ports: phones that the inventory expects there
	Exceptions []*Exception        // those whose switch glob matches
}

// View gives what the rules look at. Nothing is copied: the reading must not change afterwards.
func (r *Reading) View(now time.Time, facts FleetFacts, o Options) SwitchView {
	v := SwitchView{Now: now, Switch: r.Switch, Exceptions: r.Exceptions, Facts: facts, Options: o}
	v.Ports = make([]View, len(r.Switch.Ports))
	phones := r.phones()
	for i := range r.Switch.Ports {
		v.Ports[i] = View{
			Now: now, Site: r.Site, Switch: r.Switch, Port: &r.Switch.Ports[i], Bindings: phones[i],
			Fleet: facts, Options: o,
		}
		if i < len(r.Intents) {
			v.Ports[i].Intent = r.Intents[i]
		}
		if i < len(r.Expected) {
			v.Ports[i].Expected = r.Expected[i]
		}
	}
	return v
}

// phones gives the bindings of each port, parallel to Switch.Ports, the surest first.
func (r *Reading) phones() [][]inventory.Binding {
	of := make([][]inventory.Binding, len(r.Switch.Ports))
	if len(r.Bindings) == 0 {
		return of
	}
	at := make(map[string]int, len(r.Switch.Ports))
	for i := range r.Switch.Ports {
		at[r.Switch.Ports[i].Ref.Name] = i
	}
	for _, b := range r.Bindings {
		if i, ok := at[b.Port.Name]; ok && b.Port.Switch == r.Switch.Switch {
			of[i] = append(of[i], b)
		}
	}
	for _, bs := range of {
		if len(bs) > 1 {
			slices.SortFunc(bs, compareBindings)
		}
	}
	return of
}

// compareBindings puts the surest phone first, then one that the inventory knows, then by address.
func compareBindings(a, b inventory.Binding) int {
	known := func(b inventory.Binding) int {
		if b.Phone != nil {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(b.Confidence, a.Confidence),
		cmp.Compare(known(b), known(a)),
		slices.Compare(a.MAC[:], b.MAC[:]),
	)
}

// NewFacts gathers what only the whole fleet tells. The bindings of the readings must have been through
// inventory.Resolve, which drops those of uplinks; unread are the switches that could not be read; d may be nil.
// The caller adds LastPhone where a history is kept.
func NewFacts(rs []*Reading, d *inventory.Directory, unread []switchctl.SwitchID, now time.Time, o Options) FleetFacts {
	f := FleetFacts{
		Seen:       make(map[discovery.MAC][]switchctl.PortRef),
		Read:       make(map[switchctl.SwitchID]bool, len(rs)),
		Unread:     make(map[switchctl.SwitchID]bool, len(unread)),
		Blind:      make(map[switchctl.SwitchID]string),
		VoiceVLANs: make(map[uint16]bool),
		Phones:     d.Len(),
	}
	for _, id := range unread {
		f.Unread[id] = true
	}
	for _, r := range rs {
		f.Read[r.Switch.Switch] = true
		if why := blind(r.Switch, now, o); why != "" {
			f.Blind[r.Switch.Switch] = why
		}
		for _, b := range r.Bindings {
			if !b.MAC.IsZero() && !slices.Contains(f.Seen[b.MAC], b.Port) {
				f.Seen[b.MAC] = append(f.Seen[b.MAC], b.Port)
			}
		}
		for i := range r.Switch.Ports {
			addVoice(f.VoiceVLANs, r.Switch.Ports[i].Voice)
		}
		for i := range r.Intents {
			if p := r.Intents[i].Profile; p != nil {
				addVoice(f.VoiceVLANs, p.Voice)
			}
		}
	}
	for _, at := range f.Seen {
		slices.SortFunc(at, CompareRefs)
	}
	return f
}

func addVoice(to map[uint16]bool, v discovery.VoicePolicy) {
	if v.Mode == discovery.VoiceTagged && v.VLAN != 0 {
		to[v.VLAN] = true
	}
}

// blind says why phones cannot be seen on a switch now, or gives the empty string.
func blind(s *switchctl.Snapshot, now time.Time, o Options) string {
	if up := now.Sub(s.BootAt); !s.BootAt.IsZero() && up >= 0 && up < o.BootTime {
		return "restarted " + up.Round(time.Second).String() + " ago"
	}
	for _, about := range []Subject{AboutMACs, AboutLLDP} {
		if why, missing := Unseen(s, about); missing {
			return why
		}
	}
	return ""
}
