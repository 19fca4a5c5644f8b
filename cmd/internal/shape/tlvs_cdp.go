package shape

import (
	"fmt"
	"strconv"
	"strings"

	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// NewCDPTLVs gives every TLV of a CDP packet in readable form, by their numbers.
func NewCDPTLVs(p *cdp.Packet) []TLV {
	var t tlvs
	t.add("version", strconv.Itoa(int(p.Version)))
	t.add("time to live", strconv.Itoa(int(p.TTL))+" s")
	if p.Checksum == cdp.ChecksumBad {
		t.add("checksum", "wrong")
	}
	for _, f := range [...]struct {
		has   cdp.Fields
		name  string
		value func() string
	}{
		{cdp.HasDeviceID, "device id", func() string { return lldp.Text(p.DeviceID) }},
		{cdp.HasAddresses, "addresses", func() string { return cdpAddresses(p.Addresses) }},
		{cdp.HasPortID, "port id", func() string { return lldp.Text(p.PortID) }},
		{cdp.HasCapabilities, "capabilities", func() string { return bits(p.Capabilities, cdpCapabilityBits) }},
		{cdp.HasSoftware, "software version", func() string { return lldp.Text(p.Software) }},
		{cdp.HasPlatform, "platform", func() string { return lldp.Text(p.Platform) }},
		{cdp.HasVTPDomain, "VTP domain", func() string { return strconv.Quote(lldp.Text(p.VTPDomain)) }},
		{cdp.HasNativeVLAN, "native VLAN", func() string { return strconv.Itoa(int(p.NativeVLAN)) }},
		{cdp.HasDuplex, "duplex", func() string { return when(p.FullDuplex, "full", "half") }},
		{cdp.HasVoiceVLAN, "voice VLAN", func() string { return appliance(p.VoiceVLAN) }},
		{cdp.HasQuery, "voice VLAN query", func() string { return octets(p.Query) }},
		{cdp.HasConsumption, "power consumption", func() string { return milliwatts(p.Consumption) }},
		{cdp.HasMTU, "MTU", func() string { return strconv.FormatUint(uint64(p.MTU), 10) }},
		{cdp.HasTrust, "trust", func() string {
			return when(p.Trust&1 != 0, "marking of the PC port is trusted", "marking of the PC port is not trusted") + fmt.Sprintf(" (%#02x)", p.Trust)
		}},
		{cdp.HasUntrustedCoS, "CoS of the PC port", func() string { return strconv.Itoa(int(p.UntrustedCoS)) }},
		{cdp.HasSystemName, "system name", func() string { return lldp.Text(p.SystemName) }},
		{cdp.HasObjectID, "system object id", func() string { return objectID(p.ObjectID) }},
		{cdp.HasManagement, "management addresses", func() string { return cdpAddresses(p.Management) }},
		{cdp.HasLocation, "location", func() string { return fmt.Sprintf("type %d: %s", p.Location.Type, lldp.Text(p.Location.Text)) }},
		{cdp.HasExternalPort, "external port id", func() string { return lldp.Text(p.ExternalPort) }},
		{cdp.HasRequested, "power requested", func() string {
			return fmt.Sprintf("%s; request %d, management %d", levels(p.Requested.Levels), p.Requested.RequestID, p.Requested.ManagementID)
		}},
		{cdp.HasAvailable, "power available", func() string {
			return fmt.Sprintf("%s; request %d, management %d", levels(p.Available.Levels), p.Available.RequestID, p.Available.ManagementID)
		}},
		{cdp.HasUnidirectional, "unidirectional", func() string { return strconv.Itoa(int(p.Unidirectional)) }},
		{cdp.HasSparePair, "spare-pair power", func() string { return bits(uint32(p.SparePair), fourWireBits) }},
	} {
		if p.Has&f.has != 0 {
			t.add(f.name, f.value())
		}
	}
	for _, u := range p.Unknown {
		t.add(fmt.Sprintf("type %#04x", u.Type), octets(u.Value))
	}
	return t
}

// cdpCapabilityBits are those of TLV 0004.
var cdpCapabilityBits = []bit{
	{cdp.CapRouter, "router"},
	{cdp.CapBridge, "transparent-bridge"},
	{cdp.CapSourceRoute, "source-route-bridge"},
	{cdp.CapSwitch, "switch"},
	{cdp.CapHost, "host"},
	{cdp.CapIGMP, "igmp"},
	{cdp.CapRepeater, "repeater"},
	{cdp.CapPhone, "phone"},
	{cdp.CapRemote, "remotely-managed"},
	{cdp.CapCVTA, "cvta"},
	{cdp.CapTwoPortRelay, "two-port-relay"},
}

func cdpAddresses(as []cdp.Address) string {
	var out []string
	for _, a := range as {
		if ip, ok := a.IP(); ok {
			out = append(out, ip.String())
		} else {
			out = append(out, fmt.Sprintf("%s of protocol %s (type %d)", octets(a.Value), octets(a.Protocol), a.Type))
		}
	}
	return when(len(out) == 0, "none", strings.Join(out, ", "))
}

func appliance(a cdp.Appliance) string {
	vlan := strconv.Itoa(int(a.VLAN))
	switch a.VLAN {
	case cdp.VoiceDot1p:
		vlan = "priority tagged"
	case cdp.VoiceUntagged:
		vlan = "untagged"
	}
	return fmt.Sprintf("%s (appliance %d)", vlan, a.ID)
}

func levels(ls []uint32) string {
	var out []string
	for _, l := range ls {
		out = append(out, when(l == cdp.PowerAny, "no preference", milliwatts(l)))
	}
	return when(len(out) == 0, "none", strings.Join(out, ", "))
}
