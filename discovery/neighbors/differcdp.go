package neighbors

import (
	"slices"

	"phoneport/discovery/cdp"
)

// cdpFields are the parts of a packet by which people read what changed. has is 0 for parts that are always there.
var cdpFields = []struct {
	name string
	has  cdp.Fields
	same func(a, b *cdp.Packet) bool
}{
	{"version", 0, func(a, b *cdp.Packet) bool { return a.Version == b.Version }},
	{"device id", cdp.HasDeviceID, func(a, b *cdp.Packet) bool { return a.DeviceID == b.DeviceID }},
	{"address", cdp.HasAddresses, func(a, b *cdp.Packet) bool { return slices.Equal(a.Addresses, b.Addresses) }},
	{"port id", cdp.HasPortID, func(a, b *cdp.Packet) bool { return a.PortID == b.PortID }},
	{"capabilities", cdp.HasCapabilities, func(a, b *cdp.Packet) bool { return a.Capabilities == b.Capabilities }},
	{"software", cdp.HasSoftware, func(a, b *cdp.Packet) bool { return a.Software == b.Software }},
	{"platform", cdp.HasPlatform, func(a, b *cdp.Packet) bool { return a.Platform == b.Platform }},
	{"VTP domain", cdp.HasVTPDomain, func(a, b *cdp.Packet) bool { return a.VTPDomain == b.VTPDomain }},
	{"native VLAN", cdp.HasNativeVLAN, func(a, b *cdp.Packet) bool { return a.NativeVLAN == b.NativeVLAN }},
	{"duplex", cdp.HasDuplex, func(a, b *cdp.Packet) bool { return a.FullDuplex == b.FullDuplex }},
	{"voice VLAN", cdp.HasVoiceVLAN, func(a, b *cdp.Packet) bool { return a.VoiceVLAN == b.VoiceVLAN }},
	{"voice VLAN query", cdp.HasQuery, func(a, b *cdp.Packet) bool { return a.Query == b.Query }},
	{"power consumption", cdp.HasConsumption, func(a, b *cdp.Packet) bool { return a.Consumption == b.Consumption }},
	{"frame size", cdp.HasMTU, func(a, b *cdp.Packet) bool { return a.MTU == b.MTU }},
	{"trust", cdp.HasTrust, func(a, b *cdp.Packet) bool { return a.Trust == b.Trust }},
	{"untrusted CoS", cdp.HasUntrustedCoS, func(a, b *cdp.Packet) bool { return a.UntrustedCoS == b.UntrustedCoS }},
	{"system name", cdp.HasSystemName, func(a, b *cdp.Packet) bool { return a.SystemName == b.SystemName }},
	{"object id", cdp.HasObjectID, func(a, b *cdp.Packet) bool { return a.ObjectID == b.ObjectID }},
	{"management address", cdp.HasManagement, func(a, b *cdp.Packet) bool { return slices.Equal(a.Management, b.Management) }},
	{"location", cdp.HasLocation, func(a, b *cdp.Packet) bool { return a.Location == b.Location }},
	{"external port", cdp.HasExternalPort, func(a, b *cdp.Packet) bool { return a.ExternalPort == b.ExternalPort }},
	{"power requested", cdp.HasRequested, func(a, b *cdp.Packet) bool {
		return a.Requested.RequestID == b.Requested.RequestID && a.Requested.ManagementID == b.Requested.ManagementID &&
			slices.Equal(a.Requested.Levels, b.Requested.Levels)
	}},
	{"power available", cdp.HasAvailable, func(a, b *cdp.Packet) bool {
		return a.Available.RequestID == b.Available.RequestID && a.Available.ManagementID == b.Available.ManagementID &&
			slices.Equal(a.Available.Levels, b.Available.Levels)
	}},
	{"unidirectional", cdp.HasUnidirectional, func(a, b *cdp.Packet) bool { return a.Unidirectional == b.Unidirectional }},
	{"spare-pair power", cdp.HasSparePair, func(a, b *cdp.Packet) bool { return a.SparePair == b.SparePair }},
	{otherwise, 0, func(a, b *cdp.Packet) bool { return slices.Equal(a.Unknown, b.Unknown) }},
}

// differCDP names what differs between two packets, in the order of their numbers.
func differCDP(a, b *cdp.Packet) (names string) {
	for _, f := range cdpFields {
		told := f.has == 0 || a.Has&b.Has&f.has != 0
		if (a.Has^b.Has)&f.has != 0 || told && !f.same(a, b) {
			names = join(names, f.name)
		}
	}
	if names == "" {
		return otherwise
	}
	return names
}
