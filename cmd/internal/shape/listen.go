package shape

import (
	"time"

	"phoneport/discovery"
	"phoneport/discovery/neighbors"
)

// The kinds of Heard that are no change of a neighbour.
const (
	HeardMalformed = "malformed"
	HeardSummary   = "summary"
)

// Heard is one line of `phoneport listen -o json`: a change of a neighbour, or a malformed frame or TLV. The
// last line is a Listened.
type Heard struct {
	At        time.Time `json:"at,omitzero"` // absent of a frame that was not captured whole
	Interface string    `json:"interface"`
	Frame     int       `json:"frame,omitempty"` // number of the frame, counted from 1; absent where time told it
	Kind      string    `json:"kind"`
	Why       string    `json:"why,omitempty"`
	Neighbor  *Speaker  `json:"neighbor,omitempty"`
	Was       *Speaker  `json:"was,omitempty"`
	TLVs      []TLV     `json:"tlvs,omitempty"` // with --details
	Protocol  string    `json:"protocol,omitempty"`
	Error     string    `json:"error,omitempty"` // malformed: the reason
}

// Speaker is a neighbour with the age of what it says.
type Speaker struct {
	Neighbor
	Phone   bool      `json:"phone"`
	HeardAt time.Time `json:"heard_at"`
	TTLS    int64     `json:"ttl_s"`
}

// TLV is one piece of a frame in readable form.
type TLV struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// NewHeard makes the shape of a change.
func NewHeard(at time.Time, port string, frame int, c neighbors.Change) Heard {
	h := Heard{At: at.UTC(), Interface: port, Frame: frame, Kind: c.Kind.String(), Why: c.Why, Neighbor: newSpeaker(c.Neighbor)}
	if c.Kind == neighbors.KindChanged || c.Kind == neighbors.KindAdopted {
		h.Was = newSpeaker(c.Was)
	}
	return h
}

// NewMalformed makes the shape of what could not be read.
func NewMalformed(at time.Time, port string, frame int, p discovery.Protocol, reason string) Heard {
	return Heard{At: at.UTC(), Interface: port, Frame: frame, Kind: HeardMalformed, Protocol: string(p), Error: reason}
}

func newSpeaker(n discovery.Neighbor) *Speaker {
	return &Speaker{NewNeighbor(n), IsPhone(n), n.HeardAt.UTC(), int64(n.TTL / time.Second)}
}

// IsPhone reports whether a neighbour says that it is a phone, or is named as only a phone of Cisco is: old ones
// call themselves a host.
func IsPhone(n discovery.Neighbor) bool {
	_, byID := discovery.NameMAC(n.ChassisID)
	_, byName := discovery.NameMAC(n.System)
	return n.IsPhone() || byID || byName
}

// Listened is the end of listening: `phoneport listen -o json`, the last line.
type Listened struct {
	Kind       string         `json:"kind"` // summary
	Interfaces []ListenedPort `json:"interfaces"`
}

// ListenedPort is what was heard on one interface.
type ListenedPort struct {
	Interface string    `json:"interface"`
	Neighbors []Speaker `json:"neighbors"`
	Counters  Counters  `json:"counters"`
	Malformed []Reason  `json:"malformed,omitempty"`
}

// Counters count what one interface heard.
type Counters struct {
	Frames           uint64 `json:"frames"`
	Discarded        uint64 `json:"discarded"`
	LostTLVs         uint64 `json:"lost_tlvs"`
	UnrecognizedTLVs uint64 `json:"unrecognized_tlvs"`
	BadChecksums     uint64 `json:"bad_checksums"`
	AgedOut          uint64 `json:"aged_out"`
	TooMany          uint64 `json:"too_many"`
	Own              uint64 `json:"own"` // frames that other programs of this host sent; they are in no other counter
}

// Reason is why frames or TLVs were malformed, and how often.
type Reason struct {
	Reason string `json:"reason"`
	Count  uint64 `json:"count"`
}

// NewListenedPort makes the shape of what was heard on one interface.
func NewListenedPort(port string, all []discovery.Neighbor, s neighbors.Stats, own uint64, reasons []Reason) ListenedPort {
	out := ListenedPort{Interface: port, Neighbors: make([]Speaker, 0, len(all)), Malformed: reasons, Counters: Counters{
		Frames: s.Frames, Discarded: s.Discarded, LostTLVs: s.TLVsDiscarded, UnrecognizedTLVs: s.Unrecognised,
		BadChecksums: s.BadChecksums, AgedOut: s.Ageouts, TooMany: s.TooMany, Own: own,
	}}
	for _, n := range all {
		out.Neighbors = append(out.Neighbors, *newSpeaker(n))
	}
	return out
}
