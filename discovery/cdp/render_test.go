package cdp_test

import (
	"encoding/hex"
	"fmt"
	"strings"

	"phoneport/discovery/cdp"
)

// render gives the fields of a packet as tshark 4.0 names and writes them, by TLV. TLVs that are kept raw have
// the field that tshark gives for types it does not know.
func render(p *cdp.Packet) map[uint16][]string {
	m := map[uint16][]string{}
	put := func(bit cdp.Fields, typ uint16, format string, v ...any) {
		if p.Has&bit != 0 {
			m[typ] = append(m[typ], fmt.Sprintf(format, v...))
		}
	}
	put(cdp.HasDeviceID, 0x01, "cdp.deviceid=%s", p.DeviceID)
	if p.Has&cdp.HasAddresses != 0 {
		m[0x02] = renderAddresses(p.Addresses)
	}
	put(cdp.HasPortID, 0x03, "cdp.portid=%s", p.PortID)
	put(cdp.HasCapabilities, 0x04, "cdp.capabilities=0x%08x", p.Capabilities)
	for i, name := range []string{
		"router", "trans_bridge", "src_bridge", "switch", "host", "igmp_capable", "repeater", "voip_phone",
		"remote", "cvta", "mac_relay",
	} {
		put(cdp.HasCapabilities, 0x04, "cdp.capabilities.%s=%d", name, p.Capabilities>>i&1)
	}
	for line := range strings.SplitSeq(p.Software, "\n") {
		put(cdp.HasSoftware, 0x05, "cdp.software_version=%s", line)
	}
	put(cdp.HasPlatform, 0x06, "cdp.platform=%s", p.Platform)
	put(cdp.HasVTPDomain, 0x09, "cdp.vtp_management_domain=%s", p.VTPDomain)
	put(cdp.HasNativeVLAN, 0x0a, "cdp.native_vlan=%d", p.NativeVLAN)
	put(cdp.HasDuplex, 0x0b, "cdp.duplex=%d", map[bool]int{true: 1}[p.FullDuplex])
	put(cdp.HasVoiceVLAN, 0x0e, "cdp.data=%02x", p.VoiceVLAN.ID)
	put(cdp.HasVoiceVLAN, 0x0e, "cdp.voice_vlan=%d", p.VoiceVLAN.VLAN)
	if q := p.Query; len(q) >= 3 {
		put(cdp.HasQuery, 0x0f, "cdp.data=%02x", q[0])
		put(cdp.HasQuery, 0x0f, "cdp.voice_vlan=%d", int(q[1])<<8|int(q[2]))
	} else {
		put(cdp.HasQuery, 0x0f, "cdp.data=%s", renderOctets(q))
	}
	put(cdp.HasConsumption, 0x10, "cdp.power_consumption=%d", p.Consumption)
	put(cdp.HasMTU, 0x11, "cdp.mtu=%d", p.MTU)
	put(cdp.HasTrust, 0x12, "cdp.trust_bitmap=0x%02x", p.Trust)
	put(cdp.HasUntrustedCoS, 0x13, "cdp.untrusted_port_cos=0x%02x", p.UntrustedCoS)
	put(cdp.HasSystemName, 0x14, "cdp.system_name=%s", p.SystemName)
	put(cdp.HasObjectID, 0x15, "cdp.system_object_identifier=%s", renderOctets(p.ObjectID))
	if p.Has&cdp.HasManagement != 0 {
		m[0x16] = renderAddresses(p.Management)
	}
	put(cdp.HasLocation, 0x17, "cdp.location.unknown=0x%02x", p.Location.Type)
	put(cdp.HasLocation, 0x17, "cdp.location=%s", p.Location.Text)
	put(cdp.HasExternalPort, 0x18, "cdp.data=%s", renderOctets(p.ExternalPort))
	put(cdp.HasRequested, 0x19, "cdp.request_id=%d", p.Requested.RequestID)
	put(cdp.HasRequested, 0x19, "cdp.management_id=%d", p.Requested.ManagementID)
	for _, l := range p.Requested.Levels {
		put(cdp.HasRequested, 0x19, "cdp.power_requested=%d", l)
	}
	put(cdp.HasAvailable, 0x1a, "cdp.request_id=%d", p.Available.RequestID)
	put(cdp.HasAvailable, 0x1a, "cdp.management_id=%d", p.Available.ManagementID)
	for _, l := range p.Available.Levels {
		put(cdp.HasAvailable, 0x1a, "cdp.power_available=%d", l)
	}
	put(cdp.HasUnidirectional, 0x1b, "cdp.data=%02x", p.Unidirectional)
	put(cdp.HasSparePair, 0x1f, "cdp.spare_poe_tlv=0x%02x", p.SparePair)
	for i, name := range []string{"poe", "spare_pair_arch", "req_spare_pair_poe", "pse_spare_pair_poe"} {
		put(cdp.HasSparePair, 0x1f, "cdp.spare_poe_tlv.%s=%d", name, p.SparePair>>i&1)
	}
	for _, r := range p.Unknown {
		m[r.Type] = append(m[r.Type], "cdp.data="+renderOctets(r.Value))
	}
	return m
}

func renderAddresses(as []cdp.Address) []string {
	fields := []string{fmt.Sprintf("cdp.number_of_addresses=%d", len(as))}
	for _, a := range as {
		fields = append(fields,
			fmt.Sprintf("cdp.protocol_type=0x%02x", a.Type),
			fmt.Sprintf("cdp.protocol_length=%d", len(a.Protocol)),
			"cdp.protocol="+renderOctets(a.Protocol),
			fmt.Sprintf("cdp.address_length=%d", len(a.Value)))
		switch ip, ok := a.IP(); {
		case ok && ip.Is4():
			fields = append(fields, "cdp.nrgyz.ip_address="+ip.String())
		case ok:
			fields = append(fields, "cdp.nrgyz.ipv6_address="+ip.String())
		default:
			fields = append(fields, "cdp.address="+renderOctets(a.Value))
		}
	}
	return fields
}

// renderOctets gives octets as hex, parted by colons.
func renderOctets(s string) string {
	digits := make([]string, len(s))
	for i := range len(s) {
		digits[i] = hex.EncodeToString([]byte{s[i]})
	}
	return strings.Join(digits, ":")
}
