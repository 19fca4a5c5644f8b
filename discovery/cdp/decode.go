package cdp

import (
	"fmt"
	"slices"
)

// headerLen is version, time to live and checksum; tlvLen is type and length of a TLV, which the length field
// counts too.
const (
	headerLen = 4
	tlvLen    = 4
)

// Why a TLV is a Problem. They are constants, so that a packet full of malformed TLVs costs no formatting.
const (
	reasonHeader    = "fewer than 4 octets are left"
	reasonLength    = "length below 4"
	reasonEnd       = "length runs past the packet"
	reasonShort     = "value is too short"
	reasonLong      = "value is too long"
	reasonAddresses = "addresses do not fit their number and lengths"
	reasonLevels    = "levels are not whole numbers of 4 octets"
)

// Decode reads a CDP packet, from its version on. It keeps no reference to b. An error wraps ErrMalformed; the
// Packet is then empty. A malformed TLV is lost and named in Problems; one whose length field cannot
// hold ends the packet, which keeps what stood before it.
//
// Where a type comes more than once the first counts, and the others stand in Unknown. Octets behind those
// that a TLV of fixed size is known to have are ignored.
//
// Memory is one copy of the packet, which all strings share, and the slices of p, which are used again.
func (p *Packet) Decode(b []byte) error {
	p.Reset()
	if len(b) < headerLen {
		return fmt.Errorf("decode CDP packet: %d octets, want at least %d: %w", len(b), headerLen, ErrMalformed)
	}
	if b[0] != 1 && b[0] != 2 {
		return fmt.Errorf("decode CDP packet: unknown version %d: %w", b[0], ErrMalformed)
	}
	p.Version, p.TTL, p.Checksum = b[0], b[1], verify(b)

	s := string(b)
	for off := headerLen; off < len(s); {
		rest := s[off:]
		if len(rest) < tlvLen {
			p.problem(off, 0, reasonHeader)
			break
		}
		typ, n := be16(rest), int(be16(rest[2:]))
		if n < tlvLen {
			p.problem(off, typ, reasonLength)
			break
		}
		if n > len(rest) {
			p.problem(off, typ, reasonEnd)
			break
		}
		p.tlv(off, typ, rest[tlvLen:n])
		off += n
	}
	return nil
}

// tlv takes one TLV in.
func (p *Packet) tlv(off int, typ uint16, v string) {
	bit := fieldOf(typ)
	if bit == 0 || p.Has&bit != 0 {
		p.Unknown = append(p.Unknown, Raw{Type: typ, Value: v})
		return
	}
	if reason := p.field(bit, v); reason != "" {
		p.problem(off, typ, reason)
		return
	}
	p.Has |= bit
}

func (p *Packet) problem(off int, typ uint16, reason string) {
	p.Problems = append(p.Problems, Problem{Offset: off, Type: typ, Reason: reason})
}

// field reads the value of a TLV that is decoded, and says what is wrong with it.
func (p *Packet) field(bit Fields, v string) (reason string) {
	if len(v) < minLen(bit) {
		return reasonShort
	}
	switch bit {
	case HasDeviceID:
		p.DeviceID = v
	case HasAddresses:
		p.Addresses, reason = decodeAddresses(p.Addresses, v)
	case HasPortID:
		p.PortID = v
	case HasCapabilities:
		p.Capabilities = be32(v)
	case HasSoftware:
		p.Software = v
	case HasPlatform:
		p.Platform = v
	case HasVTPDomain:
		p.VTPDomain = v
	case HasNativeVLAN:
		p.NativeVLAN = be16(v)
	case HasDuplex:
		p.FullDuplex = v[0] != 0
	case HasVoiceVLAN:
		p.VoiceVLAN = Appliance{ID: v[0], VLAN: be16(v[1:])}
	case HasQuery:
		p.Query = v
	case HasConsumption:
		p.Consumption, reason = decodeNumber(v)
	case HasMTU:
		p.MTU = be32(v)
	case HasTrust:
		p.Trust = v[0]
	case HasUntrustedCoS:
		p.UntrustedCoS = v[0]
	case HasSystemName:
		p.SystemName = v
	case HasObjectID:
		p.ObjectID = v
	case HasManagement:
		p.Management, reason = decodeAddresses(p.Management, v)
	case HasLocation:
		p.Location = Location{Type: v[0], Text: v[1:]}
	case HasExternalPort:
		p.ExternalPort = v
	case HasRequested:
		r := &p.Requested
		r.RequestID, r.ManagementID = be16(v), be16(v[2:])
		r.Levels, reason = decodeLevels(r.Levels, v[4:])
	case HasAvailable:
		a := &p.Available
		a.RequestID, a.ManagementID = be16(v), be16(v[2:])
		a.Levels, reason = decodeLevels(a.Levels, v[4:])
	case HasUnidirectional:
		p.Unidirectional = v[0]
	case HasSparePair:
		p.SparePair = v[0]
	}
	return reason
}

// minLen is the least number of octets in the value of a TLV.
func minLen(bit Fields) int {
	switch bit {
	case HasDuplex, HasConsumption, HasTrust, HasUntrustedCoS, HasLocation, HasUnidirectional, HasSparePair:
		return 1
	case HasNativeVLAN:
		return 2
	case HasVoiceVLAN:
		return 3
	case HasAddresses, HasManagement, HasCapabilities, HasMTU, HasRequested, HasAvailable:
		return 4
	default:
		return 0
	}
}

// decodeNumber reads a number of 1 to 4 octets: devices write the power consumption in 2, and some in others.
func decodeNumber(v string) (n uint32, reason string) {
	if len(v) > 4 {
		return 0, reasonLong
	}
	for i := range len(v) {
		n = n<<8 | uint32(v[i])
	}
	return n, ""
}

// decodeLevels reads the list of power levels behind the two ids. Where it is malformed, levels stays empty.
func decodeLevels(levels []uint32, v string) ([]uint32, string) {
	if len(v)%4 != 0 {
		return levels, reasonLevels
	}
	levels = slices.Grow(levels, len(v)/4)
	for ; len(v) >= 4; v = v[4:] {
		levels = append(levels, be32(v))
	}
	return levels, ""
}

// decodeAddresses reads a number of addresses and the addresses. Where they are malformed, as stays empty.
func decodeAddresses(as []Address, v string) ([]Address, string) {
	count := be32(v)
	v = v[4:]
	const least = 4 // octets of an address with nothing in it
	if uint64(count)*least > uint64(len(v)) {
		return as, reasonAddresses
	}
	as = slices.Grow(as, int(count))
	for range count {
		if len(v) < 2 {
			return as[:0], reasonAddresses
		}
		a := Address{Type: v[0]}
		n := int(v[1])
		v = v[2:]
		if len(v) < n+2 {
			return as[:0], reasonAddresses
		}
		a.Protocol = v[:n]
		size := int(be16(v[n:]))
		v = v[n+2:]
		if len(v) < size {
			return as[:0], reasonAddresses
		}
		a.Value = v[:size]
		v = v[size:]
		as = append(as, a)
	}
	return as, ""
}

func be16(s string) uint16 { return uint16(s[1]) | uint16(s[0])<<8 }

func be32(s string) uint32 {
	return uint32(s[3]) | uint32(s[2])<<8 | uint32(s[1])<<16 | uint32(s[0])<<24
}

// fieldOf gives the field of a TLV type, 0 for those that are kept raw.
func fieldOf(typ uint16) Fields {
	if int(typ) < len(fields) {
		return fields[typ]
	}
	return 0
}

// fields are the TLV types that are decoded.
var fields = [...]Fields{
	typDeviceID:       HasDeviceID,
	typAddresses:      HasAddresses,
	typPortID:         HasPortID,
	typCapabilities:   HasCapabilities,
	typSoftware:       HasSoftware,
	typPlatform:       HasPlatform,
	typVTPDomain:      HasVTPDomain,
	typNativeVLAN:     HasNativeVLAN,
	typDuplex:         HasDuplex,
	typVoiceVLAN:      HasVoiceVLAN,
	typQuery:          HasQuery,
	typConsumption:    HasConsumption,
	typMTU:            HasMTU,
	typTrust:          HasTrust,
	typUntrustedCoS:   HasUntrustedCoS,
	typSystemName:     HasSystemName,
	typObjectID:       HasObjectID,
	typManagement:     HasManagement,
	typLocation:       HasLocation,
	typExternalPort:   HasExternalPort,
	typRequested:      HasRequested,
	typAvailable:      HasAvailable,
	typUnidirectional: HasUnidirectional,
	typSparePair:      HasSparePair,
}

// The types of TLVs.
const (
	typDeviceID       = 0x0001
	typAddresses      = 0x0002
	typPortID         = 0x0003
	typCapabilities   = 0x0004
	typSoftware       = 0x0005
	typPlatform       = 0x0006
	typVTPDomain      = 0x0009
	typNativeVLAN     = 0x000a
	typDuplex         = 0x000b
	typVoiceVLAN      = 0x000e
	typQuery          = 0x000f
	typConsumption    = 0x0010
	typMTU            = 0x0011
	typTrust          = 0x0012
	typUntrustedCoS   = 0x0013
	typSystemName     = 0x0014
	typObjectID       = 0x0015
	typManagement     = 0x0016
	typLocation       = 0x0017
	typExternalPort   = 0x0018
	typRequested      = 0x0019
	typAvailable      = 0x001a
	typUnidirectional = 0x001b
	typSparePair      = 0x001f
)
