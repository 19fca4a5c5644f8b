package cdp

import (
	"encoding/binary"
	"net/netip"
)

// The protocols of addresses.
const (
	protocolIPv4 = "\xcc"                             // type 1
	protocolIPv6 = "\xaa\xaa\x03\x00\x00\x00\x86\xdd" // type 2
)

// IPAddress gives the CDP address of an IPv4 or IPv6 address. A zone is left out.
func IPAddress(a netip.Addr) Address {
	if a.Unmap().Is4() {
		v := a.Unmap().As4()
		return Address{Type: 1, Protocol: protocolIPv4, Value: string(v[:])}
	}
	v := a.As16()
	return Address{Type: 2, Protocol: protocolIPv6, Value: string(v[:])}
}

// IP gives the address where it is IPv4 or IPv6.
func (a Address) IP() (netip.Addr, bool) {
	switch {
	case a.Type == 1 && a.Protocol == protocolIPv4 && len(a.Value) == 4:
		return netip.AddrFrom4([4]byte([]byte(a.Value))), true
	case a.Type == 2 && a.Protocol == protocolIPv6 && len(a.Value) == 16:
		return netip.AddrFrom16([16]byte([]byte(a.Value))), true
	default:
		return netip.Addr{}, false
	}
}

// appendAddresses adds their number and the addresses.
func appendAddresses(b []byte, as []Address) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(as)))
	for i := range as {
		a := &as[i]
		b = append(b, a.Type, byte(len(a.Protocol)))
		b = append(b, a.Protocol...)
		b = append16(b, uint16(len(a.Value)))
		b = append(b, a.Value...)
	}
	return b
}
