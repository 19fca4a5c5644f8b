package enforce

import (
	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// count compares the inventory with what was found, as far as the switches asked for tell.
func (e *Engine) count(a *Audit, asked map[switchctl.SwitchID]bool, seen map[discovery.MAC][]switchctl.PortRef) PhoneCounts {
	var n PhoneCounts
	all, sites := true, map[string]bool{}
	for _, t := range e.c.Switches.Targets() {
		if asked[t.ID] {
			sites[t.Site] = true
		} else {
			all = false
		}
	}
	sighted := len(a.Facts.Unread) == 0 && len(a.Facts.Blind) == 0
	for p := range e.c.Directory.All() {
		switch at := p.Expected.Switch; {
		case at != "" && !asked[at], at == "" && !all && !sites[p.Site]:
			continue
		}
		n.Expected++
		if len(seen[p.MAC]) > 0 {
			n.Found++
			continue
		}
		// A phone is missing only where every switch that should have it was read and could see it.
		if at := p.Expected.Switch; at != "" && a.Facts.Read[at] && a.Facts.Blind[at] == "" || at == "" && sighted {
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
