package lldp

import (
	"errors"

	"phoneport/discovery"
)

const (
	ethHeader = 14     // two addresses and the EtherType
	ethMin    = 60     // shortest Ethernet frame, without FCS (802.3 clause 3.2.8)
	ethMax    = 1500   // longest payload of an Ethernet frame
	vlanType  = 0x8100 // 802.1Q tag
)

var errFrameTooLong = errors.New("encode LLDP: longer than 1500 octets, the payload of an Ethernet frame")

// ParseFrame checks the Ethernet header of a frame, with or without one 802.1Q tag, and gives its addresses
// and what follows the EtherType, with padding. The payload is part of frame, not a copy. The error is ErrNotLLDP
// for other frames. Any destination is taken: whether it is one of the group addresses is for the caller to judge.
func ParseFrame(frame []byte) (dst, src discovery.MAC, payload []byte, err error) {
	if len(frame) < ethHeader {
		return dst, src, nil, ErrNotLLDP
	}
	head := 12
	if frame[12] == vlanType>>8 && frame[13] == vlanType&0xff {
		head = 16
	}
	if len(frame) < head+2 || frame[head] != EtherType>>8 || frame[head+1] != EtherType&0xff {
		return dst, src, nil, ErrNotLLDP
	}
	copy(dst[:], frame)
	copy(src[:], frame[6:])
	return dst, src, frame[head+2:], nil
}

// AppendFrame adds an Ethernet frame with the LLDPDU to b, padded to 60 octets. Like Append it gives b as it was
// where it fails, and it allocates nothing where b has room.
func AppendFrame(b []byte, dst, src discovery.MAC, p *PDU) ([]byte, error) {
	start := len(b)
	out := append(b, dst[:]...)
	out = append(out, src[:]...)
	out = append(out, EtherType>>8, EtherType&0xff)
	out, err := p.Append(out)
	if err != nil {
		return b, err
	}
	if len(out)-start > ethHeader+ethMax {
		return b, errFrameTooLong
	}
	for len(out)-start < ethMin {
		out = append(out, 0)
	}
	return out, nil
}
