package advertise

import (
	"math"
	"net/netip"
	"strings"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// telling is what decides, beside station and advert, what is said: what was heard, and what came of it.
type telling struct {
	med   bool // the gate is open: LLDP-MED TLVs are told
	avaya bool // an Avaya phone is heard

	power     Power                // that counts now
	allocated discovery.Milliwatts // what the port gives, at the PSE
	dll       bool                 // a device negotiates power by LLDP (802.3 clause 33.6)
	mirrored  uint16               // what it asked for, in tenths of a watt at its end
	request   uint16               // CDP: the last request id heard, 0 = none since link-up
	manage    uint16               // CDP: management id
}

// capBits is one system capability in both protocols.
type capBits struct {
	lldp uint16
	cdp  uint32
}

// capabilities in the bits of IEEE 802.1AB table 8-4 and of CDP TLV 0004. A bridge is a switch to CDP.
var capabilities = map[discovery.Capability]capBits{
	discovery.CapOther:     {lldp.CapOther, 0},
	discovery.CapRepeater:  {lldp.CapRepeater, cdp.CapRepeater},
	discovery.CapBridge:    {lldp.CapBridge, cdp.CapSwitch},
	discovery.CapWLAN:      {lldp.CapWLAN, cdp.CapBridge},
	discovery.CapRouter:    {lldp.CapRouter, cdp.CapRouter},
	discovery.CapTelephone: {lldp.CapTelephone, cdp.CapPhone},
	discovery.CapDOCSIS:    {lldp.CapDOCSIS, 0},
	discovery.CapStation:   {lldp.CapStation, cdp.CapHost},
}

// application gives the LLDP-MED application of a policy; one that did not come by LLDP has none and is for voice.
func application(v discovery.VoicePolicy) uint8 {
	if v.Application == 0 {
		return lldp.AppVoice
	}
	return v.Application
}

// voice gives the policy of one application, mode unknown where there is none.
func (a *Advert) voice(app uint8) discovery.VoicePolicy {
	for _, v := range a.Voice {
		if application(v) == app {
			return v
		}
	}
	return discovery.VoicePolicy{}
}

// signalingOf gives the media application that a signaling application goes with. TIA-1057 clause 10.2.3.1: the signaling
// application should not be told where its policy is that of the media.
var signalingOf = map[uint8]uint8{
	lldp.AppVoiceSignaling:      lldp.AppVoice,
	lldp.AppGuestVoiceSignaling: lldp.AppGuestVoice,
	lldp.AppVideoSignaling:      lldp.AppVideoConferencing,
}

func chassisID(s *Station) lldp.ID { return lldp.MACID(lldp.ChassisMAC, s.Chassis) }
func portID(a *Advert) lldp.ID     { return lldp.ID{Subtype: lldp.PortIfName, Value: a.PortID} }

// deviceID is the name by which CDP knows the station.
func deviceID(s *Station) string {
	if s.Name != "" {
		return s.Name
	}
	return s.Chassis.String()
}

// software is never empty: it is what the codec lengthens by a blank where a packet would have an odd length, and
// else that would be the device id, by which neighbours know us.
func software(s *Station) string {
	switch {
	case s.Description != "":
		return s.Description
	case s.Platform != "":
		return s.Platform
	default:
		return "phoneport"
	}
}

// composeLLDP fills p with what a port says by LLDP.
func composeLLDP(p *lldp.PDU, s *Station, a *Advert, o *Options, t *telling) {
	p.Reset()
	p.Chassis, p.Port, p.TTL = chassisID(s), portID(a), o.ttl()
	tell(&p.Has, lldp.HasPortDescription, &p.PortDescription, a.Description)
	tell(&p.Has, lldp.HasSystemName, &p.SystemName, s.Name)
	tell(&p.Has, lldp.HasSystemDescription, &p.SystemDescription, s.Description)
	if len(s.Capabilities) > 0 {
		p.Has |= lldp.HasCapabilities
		var bits uint16
		for _, c := range s.Capabilities {
			bits |= capabilities[c].lldp
		}
		p.Capabilities = lldp.Capabilities{Supported: bits, Enabled: bits}
	}
	for _, addr := range s.Addresses {
		p.Management = append(p.Management, management(addr, a.IfIndex))
	}
	if a.DataVLAN != 0 {
		p.Has |= lldp.HasPVID
		p.PVID = a.DataVLAN
	}
	if v := a.voice(lldp.AppVoice); v.Mode == discovery.VoiceTagged && a.VoiceName != "" {
		p.VLANNames = append(p.VLANNames, lldp.VLANName{VLAN: v.VLAN, Name: a.VoiceName})
	}
	if a.MACPHY != (lldp.MACPHY{}) {
		p.Has |= lldp.HasMACPHY
		p.MACPHY = a.MACPHY
	}
	if a.MaxFrame != 0 {
		p.Has |= lldp.HasMaxFrame
		p.MaxFrame = a.MaxFrame
	}
	if t.power.Supported {
		p.Has |= lldp.HasPower
		p.Power = mdi(t)
	}
	if t.med {
		composeMED(p, s, a, t)
	}
	if t.avaya {
		composeAvaya(p, a)
	}
}

func tell(has *lldp.Fields, bit lldp.Fields, into *string, s string) {
	if s != "" {
		*has |= bit
		*into = s
	}
}

// management gives a management address; the interface is told by its ifIndex where that is known.
func management(addr netip.Addr, ifIndex int) lldp.Management {
	m := lldp.Management{Family: 2, Interface: 1}
	if addr = addr.Unmap(); addr.Is4() {
		m.Family = 1
	}
	m.Address = string(addr.AsSlice())
	if ifIndex > 0 {
		m.Interface, m.Number = 2, uint32(ifIndex)
	}
	return m
}

// composeMED adds the TLVs of TIA-1057. Its capabilities name those that follow.
func composeMED(p *lldp.PDU, s *Station, a *Advert, t *telling) {
	p.Has |= lldp.HasMED
	p.MED = lldp.MEDCapabilities{Bits: lldp.MEDCaps, Class: discovery.MEDClassNetwork}
	for _, v := range a.Voice {
		n, ok := lldp.Policy(v)
		if media := signalingOf[n.Application]; media != 0 {
			same, told := lldp.Policy(a.voice(media))
			same.Application = n.Application
			ok = ok && (!told || same != n)
		}
		if ok {
			p.Policies = append(p.Policies, n)
			p.MED.Bits |= lldp.MEDPolicy
		}
	}
	if len(a.Locations) > 0 {
		p.Locations = append(p.Locations, a.Locations...)
		p.MED.Bits |= lldp.MEDLocation
	}
	if t.power.Supported && t.power.Enabled {
		p.Has |= lldp.HasExtendedPower
		p.ExtendedPower = lldp.ExtendedPower{Source: source(t.power), Priority: t.power.Priority, Value: tenths(t.allocated)}
		p.MED.Bits |= lldp.MEDPSE
	}
	had := p.Has
	tell(&p.Has, lldp.HasHardware, &p.Hardware, s.Inventory.Hardware)
	tell(&p.Has, lldp.HasFirmware, &p.Firmware, s.Inventory.Firmware)
	tell(&p.Has, lldp.HasSoftware, &p.Software, s.Inventory.Software)
	tell(&p.Has, lldp.HasSerial, &p.Serial, s.Inventory.Serial)
	tell(&p.Has, lldp.HasManufacturer, &p.Manufacturer, s.Inventory.Manufacturer)
	tell(&p.Has, lldp.HasModel, &p.Model, s.Inventory.Model)
	tell(&p.Has, lldp.HasAsset, &p.Asset, s.Inventory.Asset)
	if p.Has != had {
		p.MED.Bits |= lldp.MEDInventory
	}
}

// composeAvaya adds the TLVs that spare an Avaya phone its DHCP options.
func composeAvaya(p *lldp.PDU, a *Advert) {
	if len(a.CallServers) > 0 {
		p.Has |= lldp.HasAvayaCallServers
		p.Avaya.CallServers = append(p.Avaya.CallServers[:0], a.CallServers...)
	}
	if len(a.FileServers) > 0 {
		p.Has |= lldp.HasAvayaFileServers
		p.Avaya.FileServers = append(p.Avaya.FileServers[:0], a.FileServers...)
	}
	if a.Framing != 0 {
		p.Has |= lldp.HasAvayaFraming
		p.Avaya.Framing = a.Framing
	}
}

// composeCDP fills p with what a port says by CDP.
func composeCDP(p *cdp.Packet, s *Station, a *Advert, o *Options, t *telling) {
	p.Reset()
	p.Version, p.TTL = 2, uint8(o.CDPHold.Seconds())
	p.Has = cdp.HasDeviceID | cdp.HasPortID | cdp.HasDuplex | cdp.HasTrust | cdp.HasUntrustedCoS
	p.DeviceID, p.PortID, p.FullDuplex = deviceID(s), a.PortID, a.FullDuplex
	for _, addr := range s.Addresses {
		p.Has |= cdp.HasAddresses | cdp.HasManagement
		p.Addresses = append(p.Addresses, cdp.IPAddress(addr))
		p.Management = append(p.Management, cdp.IPAddress(addr))
	}
	if len(s.Capabilities) > 0 {
		p.Has |= cdp.HasCapabilities
		for _, c := range s.Capabilities {
			p.Capabilities |= capabilities[c].cdp
		}
	}
	p.Has |= cdp.HasSoftware
	p.Software = software(s)
	if s.Platform != "" {
		p.Has |= cdp.HasPlatform
		p.Platform = s.Platform
	}
	if s.Name != "" {
		p.Has |= cdp.HasSystemName
		p.SystemName = s.Name
	}
	if a.DataVLAN != 0 {
		p.Has |= cdp.HasNativeVLAN
		p.NativeVLAN = a.DataVLAN
	}
	if v, ok := cdp.VoiceVLANOf(a.voice(lldp.AppVoice)); ok {
		p.Has |= cdp.HasVoiceVLAN
		p.VoiceVLAN = v
	}
	if a.TrustPC {
		p.Trust = 1
	}
	p.UntrustedCoS = a.CoSPC
	if t.power.Supported {
		p.Has |= cdp.HasAvailable
		p.Available.RequestID, p.Available.ManagementID = t.request, t.manage
		p.Available.Levels = append(p.Available.Levels[:0], uint32(min(t.allocated, math.MaxUint32)), cdp.PowerAny)
	}
}

// isAvaya reports whether an LLDPDU comes from an Avaya phone: it speaks Avaya's own TLVs or names its maker.
func isAvaya(p *lldp.PDU) bool {
	const own = lldp.HasAvayaConservation | lldp.HasAvayaFraming | lldp.HasAvayaPhoneAddress | lldp.HasAvayaCallServers | lldp.HasAvayaFileServers
	if p.Has&own != 0 {
		return true
	}
	for i := range p.Unknown {
		if p.Unknown[i].Type == 127 && p.Unknown[i].OUI == lldp.OUIAvaya {
			return true
		}
	}
	return p.Has&lldp.HasManufacturer != 0 && strings.HasPrefix(strings.ToLower(p.Manufacturer), "avaya")
}
