package lldp

import "fmt"

// Types of TLVs (IEEE 802.1AB table 8-1).
const (
	typeEnd = iota
	typeChassis
	typePort
	typeTTL
	typePortDescription
	typeSystemName
	typeSystemDescription
	typeCapabilities
	typeManagement
	typeOrg = 127
)

// Organisation and subtype of a TLV of type 127, as they stand in the frame.
const (
	orgPVID       = 0x0080c2_01 // IEEE 802.1Q table D.1
	orgPortVLAN   = 0x0080c2_02
	orgVLANName   = 0x0080c2_03
	orgProtocol   = 0x0080c2_04
	orgMACPHY     = 0x00120f_01 // IEEE 802.3 table 79-1
	orgPower      = 0x00120f_02
	orgAggregate  = 0x00120f_03
	orgMaxFrame   = 0x00120f_04
	orgMeasure    = 0x00120f_08
	orgMED        = 0x0012bb_01 // TIA-1057 table 5
	orgPolicy     = 0x0012bb_02
	orgLocation   = 0x0012bb_03
	orgExtPower   = 0x0012bb_04
	orgHardware   = 0x0012bb_05
	orgFirmware   = 0x0012bb_06
	orgSoftware   = 0x0012bb_07
	orgSerial     = 0x0012bb_08
	orgMaker      = 0x0012bb_09
	orgModel      = 0x0012bb_0a
	orgAsset      = 0x0012bb_0b
	orgConserve   = 0x00400d_01 // numbers of Avaya: as tshark has them
	orgCallServer = 0x00400d_03
	orgPhone      = 0x00400d_04
	orgFileServer = 0x00400d_06
	orgFraming    = 0x00400d_07
	orgFourWire   = 0x000142_01
)

// Sizes. Text of 802.1AB clause 8.5.5 to 8.5.7 is 0..255 octets; inventory 0..32 (TIA-1057 clause 10.2.6);
// names of VLANs 0..32 (802.1Q annex D.2.3).
const (
	maxValue     = 511 // 9 bits of length
	maxID        = 255
	maxText      = 255
	maxInventory = 32
	maxVLANName  = 32
	maxAddress   = 31
	maxOID       = 128
	minELIN      = 10
	maxELIN      = 25
	mdiAF        = 3 // octets after OUI and subtype
	mdiAT        = 8
	mdiBT        = 25
	coordinate   = 16
	maxProblems  = 32 // more than that are only in crafted frames
	civicFixed   = 3  // what and country, the least that the length of a civic address counts
)

// orgKey is the organisation and subtype of a TLV of type 127 in one number.
func orgKey(oui [3]byte, subtype uint8) uint32 {
	return uint32(oui[0])<<24 | uint32(oui[1])<<16 | uint32(oui[2])<<8 | uint32(subtype)
}

// named tells whether a field of PDU holds the TLVs of this type, organisation and subtype.
func named(typ uint8, key uint32) bool { return tlvName(typ, key) != "" }

// tlvName gives the name of a TLV that a field of PDU holds, else "".
func tlvName(typ uint8, key uint32) string {
	switch typ {
	case typeEnd:
		return "end"
	case typeChassis:
		return "chassis id"
	case typePort:
		return "port id"
	case typeTTL:
		return "time to live"
	case typePortDescription:
		return "port description"
	case typeSystemName:
		return "system name"
	case typeSystemDescription:
		return "system description"
	case typeCapabilities:
		return "system capabilities"
	case typeManagement:
		return "management address"
	case typeOrg:
		return orgName(key)
	}
	return ""
}

func orgName(key uint32) string {
	switch key {
	case orgPVID:
		return "port VLAN id"
	case orgPortVLAN:
		return "port and protocol VLAN id"
	case orgVLANName:
		return "VLAN name"
	case orgProtocol:
		return "protocol identity"
	case orgMACPHY:
		return "MAC/PHY status"
	case orgPower:
		return "power via MDI"
	case orgAggregate:
		return "link aggregation"
	case orgMaxFrame:
		return "maximum frame size"
	case orgMeasure:
		return "power via MDI measurements"
	case orgMED:
		return "LLDP-MED capabilities"
	case orgPolicy:
		return "network policy"
	case orgLocation:
		return "location"
	case orgExtPower:
		return "extended power via MDI"
	case orgHardware:
		return "hardware revision"
	case orgFirmware:
		return "firmware revision"
	case orgSoftware:
		return "software revision"
	case orgSerial:
		return "serial number"
	case orgMaker:
		return "manufacturer"
	case orgModel:
		return "model"
	case orgAsset:
		return "asset id"
	case orgConserve:
		return "Avaya power conservation"
	case orgCallServer:
		return "Avaya call servers"
	case orgPhone:
		return "Avaya phone address"
	case orgFileServer:
		return "Avaya file servers"
	case orgFraming:
		return "Avaya 802.1Q framing"
	case orgFourWire:
		return "Cisco four-wire power"
	}
	return ""
}

// String gives a problem for people: "network policy at offset 61: shorter than its fields; lost".
func (p Problem) String() string {
	name := tlvName(p.Type, orgKey(p.OUI, p.Subtype))
	switch {
	case name != "":
	case p.Type == typeOrg:
		name = fmt.Sprintf("TLV %02x-%02x-%02x/%d", p.OUI[0], p.OUI[1], p.OUI[2], p.Subtype)
	default:
		name = fmt.Sprintf("TLV of type %d", p.Type)
	}
	fate := "lost"
	if p.Kept {
		fate = "kept as far as known"
	}
	return fmt.Sprintf("%s at offset %d: %s; %s", name, p.Offset, p.Reason, fate)
}
