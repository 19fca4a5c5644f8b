package cdp

import (
	"encoding/binary"
	"fmt"
	"math"

	"phoneport/discovery"
)

// allFields are the bits of Fields that mean something.
const allFields = HasSparePair<<1 - 1

// Append adds the packet to b, with its checksum. Implementations disagree on the checksum of packets of odd
// length, so it has an even one: where needed, a blank is added to the software version, or else to the
// platform, or the device id. A packet that has none of them is left odd, with the checksum as Cisco computes
// it. Append refuses what the fields cannot hold, and then gives b as it was.
//
// TLVs come in the order of their types, Unknown behind. Unknown may hold a type that is decoded only where
// the field is in Has, or else Decode would take it for the field.
func (p *Packet) Append(b []byte) ([]byte, error) {
	version := p.Version
	switch version {
	case 0:
		version = 2
	case 1, 2:
	default:
		return b, fmt.Errorf("append CDP packet: unknown version %d", version)
	}
	if extra := p.Has &^ allFields; extra != 0 {
		return b, fmt.Errorf("append CDP packet: unknown fields %#x", uint32(extra))
	}

	out := append(b, version, p.TTL, 0, 0)
	var pad span // the TLV that a blank can be added to
	for typ, bit := range fields {
		if p.Has&bit == 0 {
			continue
		}
		if !fits(p, bit) {
			return b, fmt.Errorf("append CDP packet: TLV %04X has an address whose protocol has more than %d octets",
				typ, math.MaxUint8)
		}
		start := len(out)
		out = p.appendField(append16(out, uint16(typ), 0), bit)
		if err := closeTLV(out, start); err != nil {
			return b, err
		}
		if bit == HasSoftware || bit == HasPlatform && p.Has&HasSoftware == 0 || bit == HasDeviceID {
			pad = span{start, len(out)}
		}
	}
	for i := range p.Unknown {
		r := &p.Unknown[i]
		if bit := fieldOf(r.Type); bit != 0 && p.Has&bit == 0 {
			return b, fmt.Errorf("append CDP packet: TLV %04X in Unknown is a field", r.Type)
		}
		start := len(out)
		out = append(append16(out, r.Type, 0), r.Value...)
		if err := closeTLV(out, start); err != nil {
			return b, err
		}
	}

	if odd := (len(out)-len(b))%2 != 0; odd && pad.end != 0 {
		out = append(out, 0)
		copy(out[pad.end+1:], out[pad.end:])
		out[pad.end] = ' '
		if err := closeTLV(out[:pad.end+1], pad.start); err != nil {
			return b, err
		}
	}
	packet := out[len(b):]
	binary.BigEndian.PutUint16(packet[2:], Sum(packet))
	return out, nil
}

type span struct{ start, end int }

// closeTLV writes the length of the TLV that goes from start to the end of b.
func closeTLV(b []byte, start int) error {
	n := len(b) - start
	if n > math.MaxUint16 {
		return fmt.Errorf("append CDP packet: TLV %04X has %d octets, want at most %d",
			binary.BigEndian.Uint16(b[start:]), n, math.MaxUint16)
	}
	binary.BigEndian.PutUint16(b[start+2:], uint16(n))
	return nil
}

// appendField adds the value of one TLV.
func (p *Packet) appendField(b []byte, bit Fields) []byte {
	switch bit {
	case HasDeviceID:
		return append(b, p.DeviceID...)
	case HasAddresses:
		return appendAddresses(b, p.Addresses)
	case HasPortID:
		return append(b, p.PortID...)
	case HasCapabilities:
		return binary.BigEndian.AppendUint32(b, p.Capabilities)
	case HasSoftware:
		return append(b, p.Software...)
	case HasPlatform:
		return append(b, p.Platform...)
	case HasVTPDomain:
		return append(b, p.VTPDomain...)
	case HasNativeVLAN:
		return append16(b, p.NativeVLAN)
	case HasDuplex:
		if p.FullDuplex {
			return append(b, 1)
		}
		return append(b, 0)
	case HasVoiceVLAN:
		return append16(append(b, p.VoiceVLAN.ID), p.VoiceVLAN.VLAN)
	case HasQuery:
		return append(b, p.Query...)
	case HasConsumption:
		// Two octets are what devices send; more only where the number asks for it. tcpdump reads up to three.
		switch {
		case p.Consumption <= math.MaxUint16:
			return append16(b, uint16(p.Consumption))
		case p.Consumption < 1<<24:
			return append16(append(b, byte(p.Consumption>>16)), uint16(p.Consumption))
		}
		return binary.BigEndian.AppendUint32(b, p.Consumption)
	case HasMTU:
		return binary.BigEndian.AppendUint32(b, p.MTU)
	case HasTrust:
		return append(b, p.Trust)
	case HasUntrustedCoS:
		return append(b, p.UntrustedCoS)
	case HasSystemName:
		return append(b, p.SystemName...)
	case HasObjectID:
		return append(b, p.ObjectID...)
	case HasManagement:
		return appendAddresses(b, p.Management)
	case HasLocation:
		return append(append(b, p.Location.Type), p.Location.Text...)
	case HasExternalPort:
		return append(b, p.ExternalPort...)
	case HasRequested:
		return appendLevels(append16(b, p.Requested.RequestID, p.Requested.ManagementID), p.Requested.Levels)
	case HasAvailable:
		return appendLevels(append16(b, p.Available.RequestID, p.Available.ManagementID), p.Available.Levels)
	case HasUnidirectional:
		return append(b, p.Unidirectional)
	case HasSparePair:
		return append(b, p.SparePair)
	default:
		return b
	}
}

// fits reports whether one octet can hold the lengths of the protocols of an address TLV.
func fits(p *Packet, bit Fields) bool {
	var as []Address
	switch bit {
	case HasAddresses:
		as = p.Addresses
	case HasManagement:
		as = p.Management
	}
	for i := range as {
		if len(as[i].Protocol) > math.MaxUint8 {
			return false
		}
	}
	return true
}

func appendLevels(b []byte, levels []uint32) []byte {
	for _, l := range levels {
		b = binary.BigEndian.AppendUint32(b, l)
	}
	return b
}

func append16(b []byte, vs ...uint16) []byte {
	for _, v := range vs {
		b = append(b, byte(v>>8), byte(v))
	}
	return b
}

// AppendFrame adds an 802.3 frame with LLC, SNAP and the packet to b, padded to 60 octets. It refuses a packet
// that one frame cannot hold, and then gives b as it was.
func AppendFrame(b []byte, src discovery.MAC, p *Packet) ([]byte, error) {
	start := len(b)
	out := append(b, Multicast[:]...)
	out = append(out, src[:]...)
	out = append(out, 0, 0)
	out = append(out, snap...)
	out, err := p.Append(out)
	if err != nil {
		return b, err
	}
	n := len(out) - start - 14
	if n > maxLength {
		return b, fmt.Errorf("append CDP frame: packet has %d octets, want at most %d", n-snapLen, maxLength-snapLen)
	}
	binary.BigEndian.PutUint16(out[start+12:], uint16(n))
	for len(out)-start < minFrame {
		out = append(out, 0)
	}
	return out, nil
}
