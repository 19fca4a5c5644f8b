package cdp

import (
	"errors"

	"phoneport/discovery"
)

// Multicast is where CDP goes; VTP, DTP, PAgP and UDLD share it, told apart by the SNAP protocol id.
var Multicast = discovery.MAC{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}

// ProtocolID is CDP's SNAP protocol id below OUI 00-00-0C.
const ProtocolID = 0x2000

// ErrMalformed is wrapped by the errors of packets that are to be dropped.
var ErrMalformed = errors.New("malformed CDP packet")

// ErrNotCDP is what ParseFrame gives for frames of other protocols.
var ErrNotCDP = errors.New("not a CDP frame")

// Checksum says how the checksum of a received packet fits.
type Checksum uint8

// The checksums. Devices and tools disagree on packets of odd length, so a wrong one is counted and the
// packet kept.
const (
	ChecksumUnknown Checksum = iota // not decoded
	ChecksumGood                    // as Cisco computes it
	ChecksumPlain                   // odd length, summed like an Internet checksum
	ChecksumBad
)

// Fields is the set of TLVs that a packet carries.
type Fields uint32

// The TLVs that are decoded.
const (
	HasDeviceID Fields = 1 << iota
	HasAddresses
	HasPortID
	HasCapabilities
	HasSoftware
	HasPlatform
	HasVTPDomain
	HasNativeVLAN
	HasDuplex
	HasVoiceVLAN
	HasQuery
	HasConsumption
	HasMTU
	HasTrust
	HasUntrustedCoS
	HasSystemName
	HasObjectID
	HasManagement
	HasLocation
	HasExternalPort
	HasRequested
	HasAvailable
	HasUnidirectional
	HasSparePair
)

// Capabilities (TLV 0004).
const (
	CapRouter       uint32 = 0x01
	CapBridge       uint32 = 0x02 // transparent bridge
	CapSourceRoute  uint32 = 0x04
	CapSwitch       uint32 = 0x08
	CapHost         uint32 = 0x10
	CapIGMP         uint32 = 0x20
	CapRepeater     uint32 = 0x40
	CapPhone        uint32 = 0x80
	CapRemote       uint32 = 0x100 // remotely managed
	CapCVTA         uint32 = 0x200
	CapTwoPortRelay uint32 = 0x400
)

// Values of VoiceVLAN.VLAN that are no VLAN.
const (
	VoiceDot1p    uint16 = 0    // priority tagged
	VoiceUntagged uint16 = 4095 // no tag
)

// PowerAny is the level of PowerAvailable that means "no preference".
const PowerAny uint32 = 0xffffffff

// Packet is one CDP packet. Its zero value is ready for Decode, which can be called again and again on the
// same Packet; that overwrites the slices of the time before. A field counts only where its bit is in Has;
// Append writes exactly those. Texts are as they stand in the packet: some devices end them with NULs.
type Packet struct {
	Version  uint8 // 1 or 2; Append takes 0 for 2
	TTL      uint8 // seconds, mostly 180; 0 = forget me
	Checksum Checksum

	Has Fields

	DeviceID       string         // 0001; phones: SEP and twelve hex digits
	Addresses      []Address      // 0002
	PortID         string         // 0003; the network port of a phone is "Port 1"
	Capabilities   uint32         // 0004
	Software       string         // 0005
	Platform       string         // 0006
	VTPDomain      string         // 0009
	NativeVLAN     uint16         // 000A
	FullDuplex     bool           // 000B
	VoiceVLAN      Appliance      // 000E, switch to phone
	Query          string         // 000F, phone to switch: opaque octets; phones send 20 02 00 01, which is no VLAN
	Consumption    uint32         // 0010, milliwatts
	MTU            uint32         // 0011
	Trust          uint8          // 0012: bit 0 = trust the marking of the phone's PC port
	UntrustedCoS   uint8          // 0013: 0..7
	SystemName     string         // 0014
	ObjectID       string         // 0015, octets
	Management     []Address      // 0016
	Location       Location       // 0017
	ExternalPort   string         // 0018
	Requested      PowerRequested // 0019, phone to switch
	Available      PowerAvailable // 001A, switch to phone
	Unidirectional uint8          // 001B
	SparePair      uint8          // 001F: SparePair… bits

	Unknown  []Raw
	Problems []Problem // TLVs of the last Decode that were malformed and are lost
}

// Address is one of an address TLV.
type Address struct {
	Type     uint8  // 1 NLPID, 2 802.2
	Protocol string // octets: CC = IPv4; AA AA 03 00 00 00 86 DD = IPv6
	Value    string // octets
}

// Appliance is the VoIP VLAN reply (000E).
type Appliance struct {
	ID   uint8  // 1
	VLAN uint16 // 1..4094, VoiceDot1p, VoiceUntagged
}

// Location is TLV 0017.
type Location struct {
	Type uint8
	Text string
}

// PowerRequested is TLV 0019.
type PowerRequested struct {
	RequestID    uint16
	ManagementID uint16
	Levels       []uint32 // milliwatts at the PSE; phones list up to five, unused ones 0
}

// PowerAvailable is TLV 001A.
type PowerAvailable struct {
	RequestID    uint16 // the last one heard from the phone; 0 = none since link-up
	ManagementID uint16
	Levels       []uint32 // milliwatts at the PSE: available, then management power level (PowerAny)
}

// Spare-pair power (001F).
const (
	SparePairSupported uint8 = 0x01
	SparePairDetect    uint8 = 0x02
	SparePairDesired   uint8 = 0x04
	SparePairOn        uint8 = 0x08
)

// Raw is a TLV as it stands in the packet: of another type, or one of a type that came before.
type Raw struct {
	Type  uint16
	Value string // octets
}

// Problem is a TLV that was malformed and is lost, while the rest of the packet holds.
type Problem struct {
	Offset int // of the TLV in the packet
	Type   uint16
	Reason string
}
