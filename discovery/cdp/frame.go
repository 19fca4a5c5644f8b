package cdp

import (
	"encoding/binary"
	"errors"
	"fmt"

	"phoneport/discovery"
)

// ErrTruncated is wrapped by the error of ParseFrame for a CDP frame of which the end is missing: it was captured
// in part, or its length field is wrong.
var ErrTruncated = errors.New("CDP frame is cut short")

const (
	// snap is LLC for SNAP, OUI 00-00-0C and ProtocolID.
	snap    = "\xaa\xaa\x03\x00\x00\x0c\x20\x00"
	snapLen = len(snap)

	maxLength = 1500   // the largest length field (IEEE 802.3 clause 3.2.6); from 0600 on it is an EtherType
	minFrame  = 60     // the smallest frame, without FCS
	tpid      = 0x8100 // of an 802.1Q tag
)

// ParseFrame checks the 802.3, LLC and SNAP headers of a frame, with or without one 802.1Q tag, and gives
// its addresses and the CDP packet, cut to the length field: what follows is padding. The destination is not
// checked. The error is ErrNotCDP for other frames, those of VTP, DTP, PAgP and UDLD among them.
//
// Where the length field says more than there is, the error wraps ErrTruncated, and the addresses and what
// there is of the packet are given all the same. Its last TLV will be a Problem.
func ParseFrame(frame []byte) (dst, src discovery.MAC, packet []byte, err error) {
	if len(frame) < 14 {
		return dst, src, nil, ErrNotCDP
	}
	rest := frame[12:]
	if binary.BigEndian.Uint16(rest) == tpid && len(rest) >= 6 {
		rest = rest[4:]
	}
	n := int(binary.BigEndian.Uint16(rest))
	rest = rest[2:]
	if n > maxLength || n < snapLen || len(rest) < snapLen || string(rest[:snapLen]) != snap {
		return dst, src, nil, ErrNotCDP
	}
	dst, src = discovery.MAC(frame[:6]), discovery.MAC(frame[6:12])
	if n > len(rest) {
		return dst, src, rest[snapLen:], fmt.Errorf("parse CDP frame: length field says %d octets, there are %d: %w",
			n, len(rest), ErrTruncated)
	}
	return dst, src, rest[snapLen:n], nil
}
