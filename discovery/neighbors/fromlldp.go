package neighbors

import (
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// FromLLDP tells a neighbour from an LLDPDU. Where its ids hold no address, the source address of the frame
// is taken: on a port's own wire a frame comes from who sent it.
func FromLLDP(p *lldp.PDU, src discovery.MAC, now time.Time) discovery.Neighbor {
	n := discovery.Neighbor{
		Protocol:  discovery.LLDP,
		ChassisID: lldp.ChassisText(p.Chassis),
		PortID:    lldp.PortText(p.Port),
		HeardAt:   now,
		TTL:       time.Duration(p.TTL) * time.Second,
		Draws:     lldpDraws(p),
	}
	for _, s := range [...]struct {
		has  lldp.Fields
		from string
		into *string
	}{
		{lldp.HasPortDescription, p.PortDescription, &n.PortDesc},
		{lldp.HasSystemName, p.SystemName, &n.System},
		{lldp.HasSystemDescription, p.SystemDescription, &n.Platform},
		{lldp.HasHardware, p.Hardware, &n.Inventory.Hardware},
		{lldp.HasFirmware, p.Firmware, &n.Inventory.Firmware},
		{lldp.HasSoftware, p.Software, &n.Inventory.Software},
		{lldp.HasSerial, p.Serial, &n.Inventory.Serial},
		{lldp.HasManufacturer, p.Manufacturer, &n.Inventory.Manufacturer},
		{lldp.HasModel, p.Model, &n.Inventory.Model},
		{lldp.HasAsset, p.Asset, &n.Inventory.Asset},
	} {
		if p.Has&s.has != 0 {
			*s.into = lldp.Text(s.from)
		}
	}
	n.Software = n.Inventory.Software
	if p.Has&lldp.HasCapabilities != 0 {
		if n.Capabilities = lldpCapabilities(p.Capabilities.Enabled); len(n.Capabilities) == 0 {
			n.Capabilities = lldpCapabilities(p.Capabilities.Supported)
		}
	}
	if p.Has&lldp.HasMED != 0 && p.MED.Class <= discovery.MEDClassNetwork {
		n.MEDClass = p.MED.Class
	}
	// Endpoints echo the policy that they took; a switch tells the one that they are to take.
	for _, y := range p.Policies {
		if y.Application != lldp.AppVoice {
			continue
		}
		v := y.Voice()
		if v.Mode == discovery.VoiceUnknown {
			v = discovery.VoicePolicy{} // an endpoint that needs a policy and knows none
		}
		if n.MEDClass == discovery.MEDClassNetwork {
			n.Advertised = v
		} else {
			n.Adopted = v
		}
		break
	}
	if p.Has&lldp.HasPVID != 0 && isVLAN(p.PVID) {
		n.NativeVLAN = p.PVID
	}
	for _, m := range p.Management {
		n.Addresses = addAddress(n.Addresses, managementText(m))
	}
	n.MAC = address(n, src)
	return n
}

// lldpCapability is a bit of IEEE 802.1AB table 8-4 in our words. The bits of VLAN bridges and of two-port
// relays (0x0100 and above) come beside that of a bridge and say nothing more to us.
var lldpCapability = []struct {
	bit uint16
	is  discovery.Capability
}{
	{lldp.CapOther, discovery.CapOther},
	{lldp.CapRepeater, discovery.CapRepeater},
	{lldp.CapBridge, discovery.CapBridge},
	{lldp.CapWLAN, discovery.CapWLAN},
	{lldp.CapRouter, discovery.CapRouter},
	{lldp.CapTelephone, discovery.CapTelephone},
	{lldp.CapDOCSIS, discovery.CapDOCSIS},
	{lldp.CapStation, discovery.CapStation},
}

func lldpCapabilities(bits uint16) (out []discovery.Capability) {
	for _, c := range lldpCapability {
		if bits&c.bit != 0 {
			out = append(out, c.is)
		}
	}
	return out
}

// lldpDraws gives what a powered device asks for: the request of the 802.3at and bt forms, as that is what is
// negotiated, else the extended power of LLDP-MED. Both are tenths of a watt at the device.
func lldpDraws(p *lldp.PDU) discovery.Milliwatts {
	const tenth = discovery.Milliwatts(100)
	if m := &p.Power; p.Has&lldp.HasPower != 0 && m.Form >= lldp.MDIAT && m.Support&lldp.MDIPSE == 0 {
		w := discovery.Milliwatts(m.Requested)
		if w == 0 && m.Form == lldp.MDIBT { // a dual-signature device asks per pair set
			w = discovery.Milliwatts(m.RequestedA) + discovery.Milliwatts(m.RequestedB)
		}
		if w *= tenth; w > 0 && w <= maxPower {
			return w
		}
	}
	if e := p.ExtendedPower; p.Has&lldp.HasExtendedPower != 0 && e.Type == medPD {
		if w := discovery.Milliwatts(e.Value) * tenth; w <= maxPower {
			return w
		}
	}
	return 0
}

// medPD is the power type of a powered device (TIA-1057 clause 10.2.5.1).
const medPD = 1

// maxPower is more than any power over Ethernet (802.3bt: 90 W at the switch); what is above is no power.
const maxPower discovery.Milliwatts = 120_000

// managementText gives a management address in text, "" for those that are no use: unspecified, or of a family
// that is neither IP nor MAC (IANA address family 6).
func managementText(m lldp.Management) string {
	if a, ok := m.IP(); ok && !a.IsUnspecified() {
		return a.Unmap().String()
	}
	if m.Family == 6 && len(m.Address) == len(discovery.MAC{}) {
		return discovery.MAC([]byte(m.Address)).String()
	}
	return ""
}

func addAddress(list []string, a string) []string {
	if a == "" || slices.Contains(list, a) {
		return list
	}
	return append(list, a)
}

func isVLAN(id uint16) bool { return id >= 1 && id <= 4094 }

// address gives the address of who spoke.
func address(n discovery.Neighbor, src discovery.MAC) discovery.MAC {
	if m := discovery.NeighborMAC(n); !m.IsZero() {
		return m
	}
	if src.Group() { // no station sends so
		return discovery.MAC{}
	}
	return src
}
