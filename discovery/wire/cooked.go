package wire

import (
	"encoding/binary"

	"github.com/gopacket/gopacket/layers"
)

// uncook makes an Ethernet frame out of one that was captured on all interfaces at once, and says whether the
// host sent it. It gives nothing for what is neither LLDP nor CDP. The address of the destination is not
// captured, nor is the length field of CDP.
func (c *capture) uncook(link layers.LinkType, b []byte) (frame []byte, outgoing bool) {
	const (
		ether  = 1      // ARPHRD_ETHER
		out    = 4      // PACKET_OUTGOING
		length = 0x0004 // LINUX_SLL_P_802_2: the frame had a length, and LLC stands first
	)
	var kind, hardware, direction, addrLen uint16
	var src, payload []byte
	switch {
	case link == layers.LinkTypeLinuxSLL && len(b) >= 16:
		direction, hardware, addrLen = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:]), binary.BigEndian.Uint16(b[4:])
		src, kind, payload = b[6:12], binary.BigEndian.Uint16(b[14:]), b[16:]
	case link == layers.LinkTypeLinuxSLL2 && len(b) >= 20:
		kind, hardware, direction, addrLen = binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[8:]), uint16(b[10]), uint16(b[11])
		src, payload = b[12:18], b[20:]
	default:
		return nil, false
	}
	if hardware != ether || addrLen != 6 {
		return nil, false
	}
	dst := groups[0]
	if kind == length {
		dst = groups[3]
		payload = unpad(payload)
		kind = uint16(min(len(payload), lengthMax))
	}
	c.buf = append(c.buf[:0], dst[:]...)
	c.buf = append(c.buf, src...)
	c.buf = binary.BigEndian.AppendUint16(c.buf, kind)
	c.buf = append(c.buf, payload...)
	return c.buf, direction == out
}

// unpad takes the padding off a CDP packet with its LLC and SNAP headers, where there may be some: its TLVs
// say where it ends.
func unpad(b []byte) []byte {
	const (
		shortest = 46 // IEEE 802.3 clause 4.2.3.3: what is shorter is padded to this
		head     = 8 + 4
	)
	if len(b) > shortest || len(b) < head {
		return b
	}
	at := head
	for len(b)-at >= 4 {
		n := int(binary.BigEndian.Uint16(b[at+2:]))
		if n < 4 || n > len(b)-at {
			break
		}
		at += n
	}
	return b[:at]
}
