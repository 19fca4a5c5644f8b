package cdp

import (
	"net/netip"

	"phoneport/discovery"
)

// ParseFrame checks the 802.3, LLC and SNAP headers of a frame, with or without one 802.1Q tag, and gives
// its addresses and the CDP packet, cut to the length field: what follows is padding. The error is
// ErrNotCDP for other frames, those of VTP, DTP, PAgP and UDLD among them.
func ParseFrame(frame []byte) (dst, src discovery.MAC, packet []byte, err error) { panic("contract") }

// Decode reads a CDP packet, from its version on. It keeps no reference to b. An error wraps ErrMalformed; the
// Packet is then of no use. A malformed TLV is lost and named in Problems; one whose length field cannot
// hold ends the packet, which keeps what stood before it.
func (p *Packet) Decode(b []byte) error { panic("contract") }

// Append adds the packet to b, with its checksum. It always has an even length, as implementations disagree on the
// checksum of odd ones: where needed, a blank is added to the software version, or else to the platform, or the
// device id. It refuses what the fields cannot hold, and then gives b as it was.
func (p *Packet) Append(b []byte) ([]byte, error) { panic("contract") }

// AppendFrame adds an 802.3 frame with LLC, SNAP and the packet to b, padded to 60 octets.
func AppendFrame(b []byte, src discovery.MAC, p *Packet) ([]byte, error) { panic("contract") }

// Reset makes p empty and keeps its memory for the next Decode.
func (p *Packet) Reset() { panic("contract") }

// Equal reports whether two packets say the same; Checksum and Problems do not count.
func (p *Packet) Equal(q *Packet) bool { panic("contract") }

// Sum computes the checksum over a packet whose checksum field is zero, as Cisco does.
func Sum(b []byte) uint16 { panic("contract") }

// IP gives the address where it is IPv4 or IPv6.
func (a Address) IP() (netip.Addr, bool) { panic("contract") }

// Voice gives the VoIP VLAN reply as a voice policy: mode none where the packet has none.
func (p *Packet) Voice() discovery.VoicePolicy { panic("contract") }

// VoiceVLANOf gives the reply that tells a phone v, and false where there is nothing to tell (mode unknown or
// none).
func VoiceVLANOf(v discovery.VoicePolicy) (Appliance, bool) { panic("contract") }
