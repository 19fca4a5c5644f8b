package agent

import (
	"slices"
	"strings"

	"phoneport/discovery"
)

// imagined is the address of the first interface that is made up; it is a local one.
var imagined = discovery.MAC{0x02, 0, 0, 0, 0, 0x01}

// Imagine adds to a scene the interfaces that the setup names in full and that are not there, so that a rehearsal can be held on
// any host. It gives their names. Ports of bridges are not made up: nobody knows what they carry.
func Imagine(s *Setup, sc *Scene) (names []string) {
	for _, a := range s.Adverts {
		if a.Bridge != "" {
			continue
		}
		for _, name := range a.Interfaces {
			_, there := sc.link(name)
			if there || strings.ContainsAny(name, `*?[{\`) || len(s.Only) > 0 && !slices.Contains(s.Only, name) {
				continue
			}
			mac := imagined
			mac[5] += byte(len(names))
			sc.Links = append(sc.Links, Link{Name: name, Index: len(names) + 1, Addr: mac, Up: true})
			names = append(names, name)
		}
	}
	return names
}
