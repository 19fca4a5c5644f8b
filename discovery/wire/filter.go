package wire

import (
	"encoding/binary"

	"golang.org/x/net/bpf"

	"phoneport/discovery"
)

// Numbers of the headers that tell LLDP and CDP from all else. The codecs have them too, with what stands
// behind the headers; here they decide before anything is decoded, most of all in the kernel.
const (
	etherLLDP = 0x88cc // IEEE 802.1AB clause 7.3
	etherVLAN = 0x8100 // IEEE 802.1Q clause 9.6
	lengthMax = 1500   // a type field up to this is a length (IEEE 802.3 clause 3.2.6)
	headerLen = 14
	tagLen    = 4

	// LLC AA AA 03, SNAP organisation 00-00-0C, protocol 2000: CDP. VTP, DTP, PAgP and UDLD differ in the
	// protocol only, PVST too.
	llcSNAP = 0xaaaa0300 // with the first octet of the organisation
	snapCDP = 0x000c2000
)

// heard reports whether a frame is LLDP or CDP, with or without one 802.1Q tag. It says the same as body.
func heard(frame []byte) bool {
	at := headerLen - 2
	if len(frame) < at+2 {
		return false
	}
	kind := binary.BigEndian.Uint16(frame[at:])
	if kind == etherVLAN {
		if at += tagLen; len(frame) < at+2 {
			return false
		}
		kind = binary.BigEndian.Uint16(frame[at:])
	}
	switch {
	case kind == etherLLDP:
		return true
	case kind > lengthMax, len(frame) < at+10:
		return false
	}
	return binary.BigEndian.Uint32(frame[at+2:]) == llcSNAP && binary.BigEndian.Uint32(frame[at+6:]) == snapCDP
}

// kernel makes the filter of a socket on an interface with address addr: what body lets through, without
// what the host sends from another address. Those frames are not from a program of this host: a bridge
// floods CDP from port to port, and the frame of the phone on one port leaves by all others.
func kernel(addr discovery.MAC) []bpf.Instruction {
	const outgoing = 4 // PACKET_OUTGOING of packet(7)
	const head = 6
	rest := body()
	drop := func(from int) uint8 { return uint8(head + len(rest) - 1 - from - 1) } // body's last instruction drops
	return append([]bpf.Instruction{
		bpf.LoadExtension{Num: bpf.ExtType},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: outgoing, SkipTrue: head - 2},
		bpf.LoadAbsolute{Off: 6, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: binary.BigEndian.Uint32(addr[:4]), SkipTrue: drop(3)},
		bpf.LoadAbsolute{Off: 10, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(binary.BigEndian.Uint16(addr[4:])), SkipTrue: drop(5)},
	}, rest...)
}

// body is the part of the filter that looks at the frame alone. The kernel takes the tag out of frames that
// come in, and the headers then stand where they do without one; the tag is looked for in what goes out.
func body() []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadConstant{Dst: bpf.RegX, Val: 0},
		bpf.LoadAbsolute{Off: headerLen - 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: etherVLAN, SkipTrue: 1},
		bpf.LoadConstant{Dst: bpf.RegX, Val: tagLen},
		bpf.LoadIndirect{Off: headerLen - 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: etherLLDP, SkipTrue: 5},
		bpf.JumpIf{Cond: bpf.JumpGreaterThan, Val: lengthMax, SkipTrue: 5},
		bpf.LoadIndirect{Off: headerLen, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: llcSNAP, SkipTrue: 3},
		bpf.LoadIndirect{Off: headerLen + 4, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: snapCDP, SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 18}, // the whole frame
		bpf.RetConstant{Val: 0},
	}
}
