package neighbors

import (
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// FromCDP tells a neighbour from a CDP packet. CDP has no echo of the voice VLAN, so Adopted stays unknown: the
// query of a phone (000F) carries a constant and no VLAN.
func FromCDP(p *cdp.Packet, src discovery.MAC, now time.Time) discovery.Neighbor {
	n := discovery.Neighbor{
		Protocol:  discovery.CDP,
		ChassisID: deviceText(deviceID(p)),
		PortID:    lldp.Text(portID(p)),
		HeardAt:   now,
		TTL:       time.Duration(p.TTL) * time.Second,
		Draws:     cdpDraws(p),
	}
	n.System = systemName(n.ChassisID)
	if p.Has&cdp.HasSystemName != 0 && lldp.Text(p.SystemName) != "" {
		n.System = lldp.Text(p.SystemName)
	}
	if p.Has&cdp.HasPlatform != 0 {
		n.Platform = lldp.Text(p.Platform)
	}
	if p.Has&cdp.HasSoftware != 0 {
		n.Software = lldp.Text(p.Software)
	}
	if p.Has&cdp.HasCapabilities != 0 {
		n.Capabilities = cdp.Capabilities(p.Capabilities)
	}
	// An NEC phone of the corpus sends the TLV too, with what it uses or was set to: nobody else is to take that.
	if p.Has&cdp.HasVoiceVLAN != 0 && (n.IsNetwork() || p.Has&cdp.HasCapabilities == 0) {
		n.Advertised = p.Voice()
	}
	if p.Has&cdp.HasNativeVLAN != 0 && isVLAN(p.NativeVLAN) {
		n.NativeVLAN = p.NativeVLAN
	}
	for _, l := range [...]struct {
		has  cdp.Fields
		list []cdp.Address
	}{{cdp.HasAddresses, p.Addresses}, {cdp.HasManagement, p.Management}} {
		if p.Has&l.has == 0 {
			continue
		}
		for _, a := range l.list {
			if ip, ok := a.IP(); ok && !ip.IsUnspecified() {
				n.Addresses = addAddress(n.Addresses, ip.Unmap().String())
			}
		}
	}
	n.MAC = address(n, src)
	return n
}

// cdpDraws gives what a phone says it consumes, else the first level that it asks for: both in milliwatts at the
// switch.
func cdpDraws(p *cdp.Packet) discovery.Milliwatts {
	var w discovery.Milliwatts
	if p.Has&cdp.HasConsumption != 0 {
		w = discovery.Milliwatts(p.Consumption)
	}
	if w == 0 && p.Has&cdp.HasRequested != 0 && len(p.Requested.Levels) > 0 {
		w = discovery.Milliwatts(p.Requested.Levels[0])
	}
	if w > maxPower {
		return 0
	}
	return w
}

// deviceText gives a device id in text: a name, or the address where it is six octets that are no text.
func deviceText(id string) string {
	if len(id) == len(discovery.MAC{}) && strings.ContainsFunc(id, func(r rune) bool { return r < 0x20 || r > 0x7e }) {
		return discovery.MAC([]byte(id)).String()
	}
	return lldp.Text(id)
}

// systemName gives the device id without the serial number that NX-OS and CatOS put behind the name:
// "core-1(SSI1234567A)".
func systemName(id string) string {
	if i := strings.IndexByte(id, '('); i > 0 && strings.HasSuffix(id, ")") {
		return id[:i]
	}
	return id
}
