package lldp

import (
	"errors"
	"net/netip"

	mdlldp "github.com/mdlayher/lldp"

	"phoneport/discovery"
)

// EtherType of LLDP (IEEE 802.1AB clause 7.3).
const EtherType = 0x88cc

// Group addresses of LLDP (IEEE 802.1AB clause 7.1).
var (
	NearestBridge         = discovery.MAC{0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e}
	NearestNonTPMRBridge  = discovery.MAC{0x01, 0x80, 0xc2, 0x00, 0x00, 0x03}
	NearestCustomerBridge = discovery.MAC{0x01, 0x80, 0xc2, 0x00, 0x00, 0x00}
)

// The organisations whose TLVs are decoded.
var (
	OUI8021  = [3]byte{0x00, 0x80, 0xc2} // IEEE 802.1
	OUI8023  = [3]byte{0x00, 0x12, 0x0f} // IEEE 802.3
	OUIMED   = [3]byte{0x00, 0x12, 0xbb} // TIA-1057
	OUIAvaya = [3]byte{0x00, 0x40, 0x0d}
	OUICisco = [3]byte{0x00, 0x01, 0x42}
)

// ErrMalformed is wrapped by the errors of frames that are to be dropped: a mandatory TLV is missing, out of
// order or malformed, or the frame ends within a TLV.
var ErrMalformed = errors.New("malformed LLDP frame")

// ErrNotLLDP is what ParseFrame gives for frames of other protocols.
var ErrNotLLDP = errors.New("not an LLDP frame")

// Subtypes of the chassis id (IEEE 802.1AB clause 8.5.2.2).
const (
	ChassisComponent     = uint8(mdlldp.ChassisIDSubtypeChassisComponenent) // the library spells it so
	ChassisIfAlias       = uint8(mdlldp.ChassisIDSubtypeInterfaceAlias)
	ChassisPortComponent = uint8(mdlldp.ChassisIDSubtypePortComponent)
	ChassisMAC           = uint8(mdlldp.ChassisIDSubtypeMACAddress)
	ChassisNetwork       = uint8(mdlldp.ChassisIDSubtypeNetworkAddress)
	ChassisIfName        = uint8(mdlldp.ChassisIDSubtypeInterfaceName)
	ChassisLocal         = uint8(mdlldp.ChassisIDSubtypeLocallyAssigned)
)

// Subtypes of the port id (IEEE 802.1AB clause 8.5.3.2).
const (
	PortIfAlias   = uint8(mdlldp.PortIDSubtypeInterfaceAlias)
	PortComponent = uint8(mdlldp.PortIDSubtypePortComponent)
	PortMAC       = uint8(mdlldp.PortIDSubtypeMACAddress)
	PortNetwork   = uint8(mdlldp.PortIDSubtypeNetworkAddress)
	PortIfName    = uint8(mdlldp.PortIDSubtypeInterfaceName)
	PortCircuit   = uint8(mdlldp.PortIDSubtypeAgentCircuitID)
	PortLocal     = uint8(mdlldp.PortIDSubtypeLocallyAssigned)
)

// ID is a chassis id or port id as it stands in the frame. It is comparable: two ids make the key of a
// neighbour (MSAP, IEEE 802.1AB clause 3).
type ID struct {
	Subtype uint8
	Value   string // the octets, not text; 1..255
}

// Fields is the set of optional TLVs that a PDU carries, of those that come at most once.
type Fields uint32

// The optional TLVs that come at most once.
const (
	HasPortDescription Fields = 1 << iota
	HasSystemName
	HasSystemDescription
	HasCapabilities
	HasPVID
	HasMACPHY
	HasAggregation
	HasMaxFrame
	HasPower
	HasMeasurements
	HasMED
	HasExtendedPower
	HasHardware
	HasFirmware
	HasSoftware
	HasSerial
	HasManufacturer
	HasModel
	HasAsset
	HasFourWire
	HasAvayaConservation
	HasAvayaFraming
	HasAvayaPhoneAddress
	HasAvayaCallServers
	HasAvayaFileServers

	fieldsEnd // one past the last
)

// PDU is one LLDPDU. Its zero value is ready for Decode, which can be called again and again on the same PDU.
//
// A field of a TLV that comes at most once counts only where its bit is in Has; Append writes exactly those.
// TLVs that can come more than once stand in slices, in the order of the frame.
type PDU struct {
	Chassis, Port ID
	TTL           uint16 // seconds; 0 = the sender goes away (shutdown)

	Has Fields

	// IEEE 802.1AB clause 8.5. Octets of the frame, by the standard UTF-8.
	PortDescription, SystemName, SystemDescription string
	Capabilities                                   Capabilities
	Management                                     []Management

	// IEEE 802.1Q annex D.
	PVID      uint16 // 0 = none
	PortVLANs []PortVLAN
	VLANNames []VLANName
	Protocols []string // protocol identities, octets

	// IEEE 802.3 clause 79.3.
	MACPHY       MACPHY
	Aggregation  Aggregation
	MaxFrame     uint16
	Power        MDIPower
	Measurements string // octets after OUI and subtype 8, not taken apart

	// TIA-1057 clause 10.2.
	MED                                                              MEDCapabilities
	Policies                                                         []NetworkPolicy
	Locations                                                        []Location
	ExtendedPower                                                    ExtendedPower
	Hardware, Firmware, Software, Serial, Manufacturer, Model, Asset string

	// Avaya 00-40-0D and Cisco 00-01-42.
	Avaya    Avaya
	FourWire uint8 // Cisco subtype 1: FourWire… bits

	Unknown  []Raw     // TLVs that no field above holds, in the order of the frame
	Problems []Problem // optional TLVs of the last Decode that are not as the standard wants them; the first 32
}

// Capabilities are bits of IEEE 802.1AB table 8-4; see the Cap constants.
type Capabilities struct{ Supported, Enabled uint16 }

// System capabilities (IEEE 802.1AB table 8-4).
const (
	CapOther     uint16 = 0x0001
	CapRepeater  uint16 = 0x0002
	CapBridge    uint16 = 0x0004
	CapWLAN      uint16 = 0x0008
	CapRouter    uint16 = 0x0010
	CapTelephone uint16 = 0x0020
	CapDOCSIS    uint16 = 0x0040
	CapStation   uint16 = 0x0080
	CapCVLAN     uint16 = 0x0100
	CapSVLAN     uint16 = 0x0200
	CapTPMR      uint16 = 0x0400
)

// Management is a management address (IEEE 802.1AB clause 8.5.9).
type Management struct {
	Family    uint8  // IANA address family: 1 IPv4, 2 IPv6, 6 MAC
	Address   string // octets, 1..31
	Interface uint8  // numbering: 1 unknown, 2 ifIndex, 3 system port
	Number    uint32
	OID       string // octets of the BER contents, 0..128
}

// IP gives the address where the family is IPv4 or IPv6 and its length fits.
func (m Management) IP() (netip.Addr, bool) { return ip(m.Family, m.Address) }

// PortVLAN is a port and protocol VLAN (802.1Q annex D.2.2).
type PortVLAN struct {
	Flags uint8 // 0x02 supported, 0x04 enabled
	VLAN  uint16
}

// VLANName is the name of a VLAN (802.1Q annex D.2.3).
type VLANName struct {
	VLAN uint16
	Name string // 0..32 octets
}

// MACPHY is the MAC/PHY configuration and status (802.3 clause 79.3.1).
type MACPHY struct {
	Autoneg    uint8  // bit 0 supported, bit 1 enabled
	Advertised uint16 // ifMauAutoNegCapAdvertisedBits, 0x8000 other … 0x0001 1000BASE-T full duplex
	MAU        uint16 // operational MAU type: 16 = 100BASE-TX full duplex, 30 = 1000BASE-T full duplex
}

// Aggregation is the link aggregation status (802.3 clause 79.3.3).
type Aggregation struct {
	Status uint8 // bit 0 capable, bit 1 active
	PortID uint32
}

// MDIForm tells how long a Power via MDI TLV is.
type MDIForm uint8

// The forms of the Power via MDI TLV (802.3 clause 79.3.2).
const (
	MDIAF MDIForm = iota + 1 // 802.3af: 7 octets with OUI and subtype
	MDIAT                    // 802.3at: 12 octets, with data link layer classification
	MDIBT                    // 802.3bt: 29 octets, Types 3 and 4
)

// Bits of MDIPower.Support.
const (
	MDIPSE         uint8 = 0x01 // port class PSE; 0 = PD
	MDISupported   uint8 = 0x02
	MDIEnabled     uint8 = 0x04
	MDIPairControl uint8 = 0x08
)

// Values of MDIPower.Type.
const (
	MDIType2PSE uint8 = 0
	MDIType2PD  uint8 = 1
	MDIType1PSE uint8 = 2
	MDIType1PD  uint8 = 3
)

// MDIPower is the Power via MDI TLV. All powers are tenths of a watt at the input of the powered device.
type MDIPower struct {
	Form    MDIForm
	Support uint8 // MDI… bits
	Pairs   uint8 // 1 signal pairs (Alternative A), 2 spare pairs (B)
	Class   uint8 // class + 1; 5 also stands for class 4 and above

	// At and bt forms.
	Type      uint8 // MDIType…
	Source    uint8 // PSE: 1 primary, 2 backup; PD: 1 PSE, 2 local, 3 both
	PD4PID    uint8
	Priority  uint8 // 0 unknown, 1 critical, 2 high, 3 low
	Requested uint16
	Allocated uint16

	// Bt form.
	RequestedA, RequestedB uint16
	AllocatedA, AllocatedB uint16
	PSEStatus              uint8 // 1 two-pair, 2 four-pair single-signature, 3 four-pair dual-signature
	PDStatus               uint8
	PairsExt               uint8  // 1 B, 2 A, 3 both
	ClassA, ClassB         uint8  // 7 = not dual-signature
	ClassExt               uint8  // 1..8; 15 dual-signature
	System                 uint8  // bits 3..1 type (0 Type 3 PSE, 1 Type 4 PSE, 2..5 PDs), bit 0 PD load isolated
	MaxPower               uint16 // PSE maximum available
	Autoclass              uint8  // bit 2 PSE support, bit 1 completed, bit 0 request
	PowerDown              uint32 // 24 bits: upper 6 0x1d = request, lower 18 seconds
}

// MEDCapabilities is the LLDP-MED capabilities TLV (TIA-1057 clause 10.2.2).
type MEDCapabilities struct {
	Bits  uint16 // MED… bits
	Class uint8  // discovery.MEDClass…
}

// LLDP-MED capabilities (TIA-1057 table 10).
const (
	MEDCaps      uint16 = 0x01
	MEDPolicy    uint16 = 0x02
	MEDLocation  uint16 = 0x04
	MEDPSE       uint16 = 0x08
	MEDPD        uint16 = 0x10
	MEDInventory uint16 = 0x20
)

// Applications of a network policy (TIA-1057 table 12).
const (
	AppVoice               uint8 = 1
	AppVoiceSignaling      uint8 = 2
	AppGuestVoice          uint8 = 3
	AppGuestVoiceSignaling uint8 = 4
	AppSoftphoneVoice      uint8 = 5
	AppVideoConferencing   uint8 = 6
	AppStreamingVideo      uint8 = 7
	AppVideoSignaling      uint8 = 8
)

// NetworkPolicy is the network policy TLV (TIA-1057 clause 10.2.3).
type NetworkPolicy struct {
	Application uint8
	Unknown     bool   // the endpoint needs a policy and knows none
	Tagged      bool   // false: VLAN and PCP do not count
	Reserved    bool   // the X bit, 0 by the standard
	VLAN        uint16 // 12 bits; 0 with Tagged = priority tagged
	PCP         uint8  // 3 bits
	DSCP        uint8  // 6 bits
}

// Formats of a location (TIA-1057 table 16).
const (
	LocationCoordinate uint8 = 1
	LocationCivic      uint8 = 2
	LocationELIN       uint8 = 3
)

// Location is the location identification TLV (TIA-1057 clause 10.2.4). One of the parts counts, by Format.
type Location struct {
	Format     uint8
	Coordinate Coordinate
	Civic      Civic
	ELIN       string // 10..25 digits
}

// Coordinate is a coordinate-based location (RFC 6225 clause 2.2).
type Coordinate struct {
	LatResolution, LonResolution, AltResolution uint8 // 6 bits each: how many bits count
	Latitude, Longitude                         int64 // 34-bit two's complement, 2^-25 degrees
	AltType                                     uint8 // 4 bits: 1 metres, 2 floors
	Altitude                                    int32 // 30-bit two's complement, 2^-8 metres or floors
	Datum                                       uint8 // 1 WGS84, 2 NAD83 with NAVD88, 3 NAD83 with MLLW
}

// Civic is a civic address (RFC 4776 without its DHCP header).
type Civic struct {
	What    uint8  // whose place: 0 DHCP server, 1 network device, 2 client
	Country string // 2 letters
	Parts   []CivicPart
}

// CivicPart is one element of a civic address.
type CivicPart struct {
	Type  uint8 // CAtype: 1 state, 3 city, 6 street, 19 number, 25 building, 27 floor, 28 room, …
	Value string
}

// ExtendedPower is the extended power via MDI TLV (TIA-1057 clause 10.2.5).
type ExtendedPower struct {
	Type     uint8  // 0 PSE, 1 PD
	Source   uint8  // PSE: 1 primary, 2 backup; PD: 1 PSE, 2 local, 3 both
	Priority uint8  // 0 unknown, 1 critical, 2 high, 3 low
	Value    uint16 // tenths of a watt
}

// Cisco four-wire power (subtype 1 of 00-01-42).
const (
	FourWireSupported uint8 = 0x01
	FourWireDetect    uint8 = 0x02 // the spare pair needs detection
	FourWireDesired   uint8 = 0x04 // the PD wants the spare pair
	FourWireOn        uint8 = 0x08 // the PSE powers the spare pair
)

// Avaya holds the TLVs of 00-40-0D.
type Avaya struct {
	Conservation                          string       // octets after subtype 1
	CallServers                           []netip.Addr // subtype 3, IPv4
	PhoneAddress, PhoneMask, PhoneGateway netip.Addr   // subtype 4
	FileServers                           []netip.Addr // subtype 6, IPv4
	Framing                               uint8        // subtype 7: 1 tagged, 2 untagged
}

// Raw is a TLV as it stands in the frame: an unknown type, or an unknown organisation or subtype.
type Raw struct {
	Type    uint8
	OUI     [3]byte // type 127
	Subtype uint8   // type 127
	Value   string  // octets; after OUI and subtype for type 127
}

// Problem is an optional TLV that is not as the standard wants it, while the rest of the frame holds. Without Kept
// it is malformed, or the second of a TLV that comes at most once, and lost. With Kept its field counts: it was longer
// than its standard says, as later standards may make it, or its text is not what it should be.
type Problem struct {
	Offset  int // of the TLV in the LLDPDU
	Type    uint8
	OUI     [3]byte // type 127
	Subtype uint8   // type 127
	Kept    bool
	Reason  string
}
