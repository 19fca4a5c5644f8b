package discovery

import (
	"slices"
	"time"
)

// Protocol is the protocol by which a neighbour was heard.
type Protocol string

// The protocols.
const (
	LLDP Protocol = "lldp"
	CDP  Protocol = "cdp"
)

// Capability is a system capability, in the words of the command line.
type Capability string

// The capabilities that phoneport tells apart (IEEE 802.1AB clause 8.5.8; CDP TLV 0004).
const (
	CapOther     Capability = "other"
	CapRepeater  Capability = "repeater"
	CapBridge    Capability = "bridge"
	CapWLAN      Capability = "wlan-ap"
	CapRouter    Capability = "router"
	CapTelephone Capability = "telephone"
	CapDOCSIS    Capability = "docsis"
	CapStation   Capability = "station"
)

// MED device classes (TIA-1057 clause 10.2.2.3).
const (
	MEDClassUnknown uint8 = 0
	MEDClassI       uint8 = 1 // generic endpoint
	MEDClassII      uint8 = 2 // media endpoint
	MEDClassIII     uint8 = 3 // communication device: a phone
	MEDClassNetwork uint8 = 4 // network connectivity device
)

// Inventory is the LLDP-MED inventory of a neighbour (TIA-1057 clause 10.2.6). Empty means not told.
type Inventory struct {
	Manufacturer string `json:"manufacturer,omitempty"`
	Model        string `json:"model,omitempty"`
	Serial       string `json:"serial,omitempty"`
	Firmware     string `json:"firmware,omitempty"`
	Hardware     string `json:"hardware,omitempty"`
	Software     string `json:"software,omitempty"`
	Asset        string `json:"asset,omitempty"`
}

// Neighbor is one remote system heard on a port by one protocol. Fields that were not told are zero.
type Neighbor struct {
	Protocol     Protocol
	ChassisID    string // LLDP chassis id in text (MAC, IP address or name), or CDP device id
	PortID       string
	PortDesc     string
	MAC          MAC // the remote system's address as far as the identity tells it; see NeighborMAC
	System       string
	Platform     string // CDP platform or LLDP system description
	Software     string
	Capabilities []Capability // enabled ones where told, else the supported ones
	MEDClass     uint8
	Adopted      VoicePolicy // the voice policy that the neighbour says it uses; Mode VoiceUnknown when not told
	Advertised   VoicePolicy // the voice policy that a switch tells its phones to use; Mode VoiceUnknown when not told
	NativeVLAN   uint16      // CDP native VLAN or 802.1 PVID as told by the neighbour; 0 when not told
	Addresses    []string    // management addresses in text
	Inventory    Inventory
	Draws        Milliwatts // consumption or request as the neighbour tells it: at its own end by LLDP, at the port by CDP; 0 when not told
	HeardAt      time.Time
	TTL          time.Duration
}

// Has reports whether the neighbour announces capability c.
func (n Neighbor) Has(c Capability) bool { return slices.Contains(n.Capabilities, c) }

// IsPhone reports whether the neighbour says of itself that it is a phone: MED class III, or the
// telephone capability. It does not look at names or vendor prefixes; inventory.Correlate weighs those.
func (n Neighbor) IsPhone() bool { return n.MEDClass == MEDClassIII || n.Has(CapTelephone) }

// IsNetwork reports whether the neighbour is a switch, router or access point and not a phone: a port
// towards it is never a phone port. Phones with a PC port announce "bridge" too; telephone wins.
func (n Neighbor) IsNetwork() bool {
	if n.IsPhone() {
		return false
	}
	return n.MEDClass == MEDClassNetwork || n.Has(CapRouter) || n.Has(CapBridge) || n.Has(CapRepeater) || n.Has(CapWLAN)
}
