package advertise

import (
	"net/netip"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// Station is who speaks: the same on all ports of a switch.
type Station struct {
	Chassis      discovery.MAC // LLDP chassis id; by custom the bridge address
	Name         string        // LLDP system name and CDP device id
	Description  string        // LLDP system description and CDP software version
	Platform     string        // CDP platform
	Capabilities []discovery.Capability
	Addresses    []netip.Addr // management addresses
	Inventory    discovery.Inventory
}

// Advert is what one port says.
type Advert struct {
	PortID      string // ifName, in both protocols
	Description string
	IfIndex     int
	DataVLAN    uint16                  // untagged VLAN of the port: 802.1 PVID and CDP native VLAN; 0 = not told
	Voice       []discovery.VoicePolicy // at most one per LLDP-MED application; the one for voice is CDP's reply too; signaling is told where it differs from its media
	VoiceName   string                  // name of the voice VLAN (802.1 VLAN name); "" = not told
	Locations   []lldp.Location         // at most one per format
	Power       Power
	MACPHY      lldp.MACPHY // zero = not told
	MaxFrame    uint16      // octets; 0 = not told
	FullDuplex  bool

	// To Avaya phones, who then need no DHCP option for it.
	CallServers, FileServers []netip.Addr
	Framing                  uint8 // Avaya 802.1Q framing: 0 not told, 1 tagged, 2 untagged

	// CDP: how the phone is to treat frames of its PC port.
	TrustPC bool
	CoSPC   uint8
}

// Power is the power sourcing side of the port. All watts are at the PSE; LLDP tells them at the PD.
type Power struct {
	Supported bool // the port has a PSE; false: no power TLV is sent
	Enabled   bool
	Type      uint8                // 1 (802.3af), 2 (at), 3 or 4 (bt)
	Class     uint8                // of the PD, 0..8
	Priority  uint8                // 0 unknown, 1 critical, 2 high, 3 low
	Backup    bool                 // running on backup power
	Limit     discovery.Milliwatts // the most that the port gives; requests are granted up to it; 0: what the Type allows
	Allocated discovery.Milliwatts // what it gives now before any request; 0: Limit
}

// Mode says when a protocol is spoken.
type Mode uint8

// The modes. The zero value is Auto.
const (
	Auto   Mode = iota // LLDP: always. LLDP-MED and CDP: once an endpoint was heard speaking it on this port
	Off                // never
	Forced             // always, and also where another speaker was noticed; LLDP-MED still not towards a network device (class IV)
)

// Options say when to speak. Zero values mean the defaults.
type Options struct {
	LLDP, MED, CDP Mode

	Interval    time.Duration // LLDP msgTxInterval; 30 s
	Hold        int           // LLDP msgTxHold; 4
	FastTx      time.Duration // LLDP msgFastTx; 1 s
	FastInit    int           // LLDP txFastInit; 4
	CreditMax   int           // LLDP txCreditMax; 5
	Reinit      time.Duration // LLDP reinitDelay; 2 s
	CDPInterval time.Duration // 60 s
	CDPHold     time.Duration // 180 s
	Neighbors   neighbors.Options
	// SpeakerHold is how long another speaker keeps us silent after it was last heard. Default: its TTL.
	SpeakerHold time.Duration
}

// InputKind says what happened.
type InputKind uint8

// The inputs.
const (
	InputUnknown InputKind = iota
	LinkUp                 // the port can send
	LinkDown
	Heard      // Frame came in
	SetAdvert  // Advert is what is said from now on
	SetStation // Station is who speaks from now on
	Tick       // the time of Next has come
	Stop       // say goodbye; nothing is sent afterwards
)

// Input is one thing that happened to a port.
type Input struct {
	Kind    InputKind
	Frame   discovery.Frame // Heard; not kept
	Advert  *Advert         // SetAdvert; not changed afterwards
	Station *Station        // SetStation
}

// NoticeKind says what an operator may want to know.
type NoticeKind uint8

// The notices.
const (
	NoticeUnknown  NoticeKind = iota
	Neighbor                  // Change tells it
	Speaker                   // another sender of Protocol is on this port; ours is silent
	SpeakerGone               // ours speaks again
	Malformed                 // a frame was dropped (told once a minute at most), or a TLV of it
	PowerRequested            // a phone asked for Watts
	PowerGranted              // and was told Watts
	QueryAnswered             // a CDP voice VLAN query was answered
	MEDStarted                // a MED endpoint was heard: its policy is being told
	EncodeFailed              // the Advert or Station cannot be said; what was said before still is. Where that cannot be said any more, nothing is
	SendFailed                // Port only: the wire takes no frames, and saying them again did not help; once for a row of failures
)

// Notice is what happened beside the frames.
type Notice struct {
	Kind     NoticeKind
	At       time.Time
	Protocol discovery.Protocol
	Change   neighbors.Change     // Neighbor
	Power    discovery.Milliwatts // PowerRequested, PowerGranted: at the PSE
	Detail   string               // for people
}

// Output is what Step wants done: frames to send, in order, and notices. It is good until the next Step.
type Output struct {
	Frames  [][]byte
	Notices []Notice
}
