package lldp

import (
	"net/netip"

	"phoneport/discovery"
)

// ParseFrame checks the Ethernet header of a frame, with or without one 802.1Q tag, and gives its addresses
// and what follows the EtherType, with padding. The error is ErrNotLLDP for other frames.
func ParseFrame(frame []byte) (dst, src discovery.MAC, payload []byte, err error) {
	panic("contract")
}

// Decode reads an LLDPDU, the payload of an Ethernet frame; what follows the End TLV is padding. It keeps no
// reference to b. An error wraps ErrMalformed and names the TLV and its offset; the PDU is then of no use. A
// malformed optional TLV is lost and named in Problems.
func (p *PDU) Decode(b []byte) error { panic("contract") }

// Append adds the LLDPDU to b, with the End TLV. TLVs come in this order: the mandatory ones, those of
// clause 8.5, 802.1, 802.3, LLDP-MED (its capabilities first), Avaya, Cisco, Unknown. It refuses what Decode would lose or the standard forbids, and
// then gives b as it was.
func (p *PDU) Append(b []byte) ([]byte, error) { panic("contract") }

// AppendFrame adds an Ethernet frame with the LLDPDU to b, padded to 60 octets.
func AppendFrame(b []byte, dst, src discovery.MAC, p *PDU) ([]byte, error) { panic("contract") }

// Reset makes p empty and keeps its memory for the next Decode.
func (p *PDU) Reset() { panic("contract") }

// Equal reports whether two PDUs say the same; Problems do not count.
func (p *PDU) Equal(q *PDU) bool { panic("contract") }

// ChassisText gives a chassis id as people write it: an address as aa:bb:cc:dd:ee:ff or IP address, a name as
// it is, other octets as hex.
func ChassisText(id ID) string { panic("contract") }

// PortText is ChassisText for port ids, whose subtypes have other numbers.
func PortText(id ID) string { panic("contract") }

// MACID gives the id for an address: subtype ChassisMAC or PortMAC.
func MACID(subtype uint8, m discovery.MAC) ID { return ID{subtype, string(m[:])} }

// Voice gives a network policy as a voice policy.
func (p NetworkPolicy) Voice() discovery.VoicePolicy { panic("contract") }

// Policy gives the network policy that tells a phone v, and false where there is nothing to tell (mode
// unknown or none).
func Policy(v discovery.VoicePolicy) (NetworkPolicy, bool) { panic("contract") }

func ip(family uint8, octets string) (netip.Addr, bool) { panic("contract") }
