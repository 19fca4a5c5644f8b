package inventory

import "phoneport/discovery"

// Directory is an immutable set of phones, indexed. A new load makes a new Directory.
type Directory struct {
	phones []Phone // sorted by MAC
	byMAC  map[discovery.MAC]int
}
