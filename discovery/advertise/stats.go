package advertise

import "phoneport/discovery/neighbors"

// Stats count frames since the machine was made.
type Stats struct {
	LLDPSent, CDPSent uint64 // goodbyes among them
	SendErrors        uint64 // Port only: of those, what the wire did not take
	Heard             neighbors.Stats
}
