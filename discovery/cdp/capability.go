package cdp

import "phoneport/discovery"

// capabilities are those that have a word, with the bits that mean it; the first bit is the one to send.
var capabilities = [...]struct {
	word discovery.Capability
	send uint32
	mean uint32
}{
	{discovery.CapRepeater, CapRepeater, CapRepeater},
	{discovery.CapBridge, CapSwitch, CapSwitch | CapBridge | CapSourceRoute},
	{discovery.CapRouter, CapRouter, CapRouter},
	{discovery.CapTelephone, CapPhone, CapPhone},
	{discovery.CapStation, CapHost, CapHost},
}

// Capabilities gives the words of capability bits (TLV 0004), in the order of LLDP's bits. IGMP, remote management,
// CVTA and the relay of a phone's two ports have no word.
func Capabilities(bits uint32) []discovery.Capability {
	var cs []discovery.Capability
	for _, w := range capabilities {
		if bits&w.mean != 0 {
			cs = append(cs, w.word)
		}
	}
	return cs
}

// CapabilityBits gives the bits to send for words; a bridge is sent as a switch. Words that CDP has no bit for
// are left out.
func CapabilityBits(cs []discovery.Capability) uint32 {
	var bits uint32
	for _, c := range cs {
		for _, w := range capabilities {
			if w.word == c {
				bits |= w.send
			}
		}
	}
	return bits
}
