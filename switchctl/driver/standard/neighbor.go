package standard

import (
	"slices"

	"phoneport/discovery"
)

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
