package standard

import (
	"slices"
	"strings"

	"phoneport/discovery"
)

// NeighborMAC gives the address of a neighbour as far as its identity tells it: the port id, the name of a
// Cisco phone (SEP and twelve hexadecimal digits), the serial number where a phone puts its address there, the
// chassis id. An address in the forwarding database would come after these; that is the correlator's.
func NeighborMAC(n discovery.Neighbor) discovery.MAC {
	for _, s := range []string{n.PortID, deviceName(n.System), deviceName(n.ChassisID), n.Inventory.Serial, n.ChassisID} {
		if s == "" {
			continue
		}
		if m, err := discovery.ParseMAC(s); err == nil && !m.Group() {
			return m
		}
	}
	return discovery.MAC{}
}

// deviceName gives the device name of a Cisco phone out of a system name or CDP device id, "" where it is
// none: SEP0011223344FF.example.com gives SEP0011223344FF.
func deviceName(s string) string {
	name, _, _ := strings.Cut(s, ".")
	if len(name) != 15 {
		return ""
	}
	if p := strings.ToUpper(name[:3]); p != "SEP" && p != "SIP" {
		return ""
	}
	return name
}

// mergeNeighbor adds to o what only n tells.
func mergeNeighbor(o *discovery.Neighbor, n discovery.Neighbor) {
	first := func(a *string, b string) {
		if *a == "" {
			*a = b
		}
	}
	first(&o.PortDesc, n.PortDesc)
	first(&o.System, n.System)
	first(&o.Platform, n.Platform)
	first(&o.Software, n.Software)
	if o.MAC.IsZero() {
		o.MAC = n.MAC
	}
	if len(o.Capabilities) == 0 {
		o.Capabilities = n.Capabilities
	}
	if o.MEDClass == 0 {
		o.MEDClass = n.MEDClass
	}
	if o.Adopted.Mode == discovery.VoiceUnknown {
		o.Adopted = n.Adopted
	}
	if o.NativeVLAN == 0 {
		o.NativeVLAN = n.NativeVLAN
	}
	if o.Draws == 0 {
		o.Draws = n.Draws
	}
	for _, a := range n.Addresses {
		if !slices.Contains(o.Addresses, a) {
			o.Addresses = append(o.Addresses, a)
		}
	}
}
