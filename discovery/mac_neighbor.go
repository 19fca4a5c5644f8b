package discovery

import "strings"

// NeighborMAC gives the address of a neighbour as far as its identity tells it: out of, in this order, the
// port id (a MAC, or the MAC:P1 of Cisco and Snom), a device name that holds it (SEP and SIP names of
// Cisco, in the chassis id, which is the CDP device id, or in the system name, with or without a domain),
// and the chassis id. The zero address means that only other signs can tell, as with phones that give
// their IP address as chassis id and a name as port id.
//
// The port id comes before the chassis id as a phone with a PC port may have a chassis address of its own,
// while its frames carry that of the port. The LLDP-MED serial number, which is the MAC on some phones, is
// not looked at: which of them that holds for is known only by the maker.
func NeighborMAC(n Neighbor) MAC {
	if m, ok := unicastMAC(n.PortID); ok {
		return m
	}
	for _, s := range [...]string{n.ChassisID, n.System} {
		if m, ok := NameMAC(s); ok {
			return m
		}
	}
	m, _ := unicastMAC(n.ChassisID)
	return m
}

// NameMAC gives the address in the device name of a Cisco phone: SEP or SIP and twelve hex digits, with or
// without a domain behind them. Names of softphones and analogue gateways hold no address of a port.
func NameMAC(name string) (MAC, bool) {
	name = strings.TrimSpace(name)
	if i := strings.IndexByte(name, '.'); i >= 0 {
		name = name[:i]
	}
	if len(name) != len("SEP001122334455") || !strings.EqualFold(name[:3], "SEP") && !strings.EqualFold(name[:3], "SIP") {
		return MAC{}, false
	}
	return unicastMAC(name)
}

// unicastMAC reads the address of one device.
func unicastMAC(s string) (MAC, bool) {
	m, ok := parseMAC(s)
	if !ok || m.IsZero() || m.Group() {
		return MAC{}, false
	}
	return m, true
}
