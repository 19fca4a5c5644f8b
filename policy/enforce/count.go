package enforce

import (
	"strings"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

// count compares the inventory with what was found, as far as the switches asked for tell. Names of switches
// in an inventory are written by people: case does not matter.
func (e *Engine) count(a *Audit, asked map[switchctl.SwitchID]bool, seen map[discovery.MAC][]switchctl.PortRef) PhoneCounts {
	var n PhoneCounts
	all, sites, switches := true, map[string]bool{}, map[string]bool{}
	for _, t := range e.c.Switches.Targets() {
		if asked[t.ID] {
			sites[t.Site] = true
			switches[strings.ToLower(string(t.ID))] = true
		} else {
			all = false
		}
	}
	read := make(map[string]*SwitchRead, len(a.Read))
	for i := range a.Read {
		read[strings.ToLower(string(a.Read[i].Target.ID))] = &a.Read[i]
	}
	sighted := len(a.Facts.Unread) == 0 && len(a.Facts.Blind) == 0
	for p := range e.c.Directory.All() {
		at := strings.ToLower(string(p.Expected.Switch))
		if at != "" && !switches[at] && !all || at == "" && !all && !sites[p.Site] {
			continue
		}
		n.Expected++
		if len(seen[p.MAC]) > 0 {
			n.Found++
			continue
		}
		// A phone is missing only where every switch that should have it was read and could see it.
		switch r := read[at]; {
		case at == "" && sighted:
			n.Missing++
		case r != nil && a.Facts.Blind[r.Target.ID] == "" && !e.settling(r, p.Expected, a):
			n.Missing++
		}
	}
	for _, at := range seen {
		if len(at) > 1 {
			n.Duplicate++
		}
	}
	unknown := map[discovery.MAC]bool{}
	for _, b := range a.Bindings {
		switch {
		case b.Confidence < inventory.Probable:
		case b.Phone == nil && !unknown[b.MAC]:
			n.Unknown++
			if !b.MAC.IsZero() {
				unknown[b.MAC] = true
			}
		case b.Phone != nil && b.Phone.Expected.Name != "" && !inventory.SamePort(b.Phone.Expected, b.Port):
			n.Moved++
		}
	}
	return n
}

// settling reports whether a phone may just be starting where it is expected.
func (e *Engine) settling(r *SwitchRead, at switchctl.PortRef, a *Audit) bool {
	if at.Name == "" {
		return false
	}
	s := r.Reading.Switch
	for i := range s.Ports {
		if inventory.SamePort(s.Ports[i].Ref, at) {
			return policy.View{Now: a.Started, Switch: s, Port: &s.Ports[i], Options: e.c.Options}.Settling()
		}
	}
	return false
}
