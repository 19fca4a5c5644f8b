package advertise

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// everything is a station, an advert and a state in which each field says something.
func everything() (Station, Advert, telling) {
	s := station()
	s.Capabilities = []discovery.Capability{
		discovery.CapOther, discovery.CapRepeater, discovery.CapBridge, discovery.CapWLAN,
		discovery.CapRouter, discovery.CapTelephone, discovery.CapDOCSIS, discovery.CapStation,
	}
	s.Inventory = discovery.Inventory{Manufacturer: "m", Model: "o", Serial: "s", Firmware: "f", Hardware: "h", Software: "w", Asset: "a"}
	a := advert()
	a.Voice = []discovery.VoicePolicy{
		tagged(110),
		{Application: lldp.AppVoiceSignaling, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 3, DSCP: 24},
		{Application: lldp.AppGuestVoice, Mode: discovery.VoiceUntagged, DSCP: 46},
		{Application: lldp.AppGuestVoiceSignaling, Mode: discovery.VoiceUntagged, DSCP: 46}, // as its media: not told
		{Application: lldp.AppSoftphoneVoice, Mode: discovery.VoicePriority, PCP: 6, DSCP: 40},
		{Application: lldp.AppVideoConferencing, Mode: discovery.VoiceNone},
		{Application: lldp.AppVideoSignaling, Mode: discovery.VoiceTagged, VLAN: 4094, PCP: 7, DSCP: 63},
	}
	a.Locations = []lldp.Location{elin, {Format: lldp.LocationCivic, Civic: lldp.Civic{What: 1, Country: "US", Parts: []lldp.CivicPart{{Type: 27, Value: "2"}}}}}
	a.Power = Power{Supported: true, Enabled: true, Type: 2, Class: 4, Priority: 2, Limit: 30_000}
	a.MACPHY = lldp.MACPHY{Autoneg: 3, Advertised: 0x6c01, MAU: 30}
	a.MaxFrame = 1522
	a.FileServers = []netip.Addr{netip.MustParseAddr("192.0.2.8")}
	a.TrustPC, a.CoSPC = true, 3
	return s, a, telling{med: true, avaya: true, power: a.Power, allocated: 7_000, dll: true, mirrored: 64, request: 5, manage: 9}
}

func TestComposeLLDP(t *testing.T) {
	t.Parallel()
	s, a, tell := everything()
	o := Options{}.withDefaults()
	var p lldp.PDU
	for range 2 { // the memory of the first does not show in the second
		composeLLDP(&p, &s, &a, &o, &tell)
	}
	want := lldp.PDU{
		Chassis: lldp.ID{Subtype: 4, Value: string(chassisMAC[:])}, Port: lldp.ID{Subtype: 5, Value: "eth1"}, TTL: 121,
		Has: lldp.HasPortDescription | lldp.HasSystemName | lldp.HasSystemDescription | lldp.HasCapabilities | lldp.HasPVID | lldp.HasMACPHY |
			lldp.HasMaxFrame | lldp.HasPower | lldp.HasMED | lldp.HasExtendedPower | lldp.HasHardware | lldp.HasFirmware | lldp.HasSoftware |
			lldp.HasSerial | lldp.HasManufacturer | lldp.HasModel | lldp.HasAsset | lldp.HasAvayaFraming | lldp.HasAvayaCallServers | lldp.HasAvayaFileServers,
		PortDescription: "desk 1", SystemName: "sw1", SystemDescription: "phoneport",
		Capabilities: lldp.Capabilities{Supported: 0xff, Enabled: 0xff},
		Management: []lldp.Management{
			{Family: 1, Address: "\xc0\x00\x02\x01", Interface: 2, Number: 7},
			{Family: 2, Address: "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01", Interface: 2, Number: 7},
		},
		PVID: 10, VLANNames: []lldp.VLANName{{VLAN: 110, Name: "voice"}},
		MACPHY: a.MACPHY, MaxFrame: 1522,
		Power: lldp.MDIPower{Form: lldp.MDIAT, Support: 7, Pairs: 1, Class: 5, Source: 1, Priority: 2, Requested: 64, Allocated: 64},
		MED:   lldp.MEDCapabilities{Bits: lldp.MEDCaps | lldp.MEDPolicy | lldp.MEDLocation | lldp.MEDPSE | lldp.MEDInventory, Class: 4},
		Policies: []lldp.NetworkPolicy{
			{Application: 1, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46},
			{Application: 2, Tagged: true, VLAN: 110, PCP: 3, DSCP: 24},
			{Application: 3, DSCP: 46},
			{Application: 5, Tagged: true, PCP: 6, DSCP: 40},
			{Application: 8, Tagged: true, VLAN: 4094, PCP: 7, DSCP: 63},
		},
		Locations:     a.Locations,
		ExtendedPower: lldp.ExtendedPower{Source: 1, Priority: 2, Value: 64},
		Hardware:      "h", Firmware: "f", Software: "w", Serial: "s", Manufacturer: "m", Model: "o", Asset: "a",
		Avaya: lldp.Avaya{CallServers: a.CallServers, FileServers: a.FileServers, Framing: 1},
	}
	opts := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	empty := cmp.FilterValues(func(a, b []lldp.Raw) bool { return len(a)+len(b) == 0 }, cmp.Ignore())
	if !p.Equal(&want) {
		t.Errorf("(-want +got)\n%s", cmp.Diff(want, p, opts, empty))
	}
	b, err := lldp.AppendFrame(nil, lldp.NearestBridge, portMAC, &p)
	if err != nil {
		t.Fatal(err)
	}
	if got := decodeSaid(t, b).lldp; !got.Equal(&want) {
		t.Errorf("decoded (-want +got)\n%s", cmp.Diff(want, *got, opts, empty))
	}
}

// TestComposeLeast: what is not known is not told.
func TestComposeLeast(t *testing.T) {
	t.Parallel()
	s, a := Station{Chassis: chassisMAC}, Advert{PortID: "p"}
	o := Options{}.withDefaults()
	tell := telling{med: true, avaya: true}
	var p lldp.PDU
	composeLLDP(&p, &s, &a, &o, &tell)
	want := lldp.PDU{
		Chassis: lldp.ID{Subtype: 4, Value: string(chassisMAC[:])}, Port: lldp.ID{Subtype: 5, Value: "p"}, TTL: 121,
		Has: lldp.HasMED, MED: lldp.MEDCapabilities{Bits: lldp.MEDCaps, Class: 4},
	}
	if !p.Equal(&want) {
		t.Errorf("LLDP says %+v", p)
	}
	var q cdp.Packet
	composeCDP(&q, &s, &a, &o, &tell)
	if want := (cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasSoftware | cdp.HasDuplex | cdp.HasTrust | cdp.HasUntrustedCoS,
		DeviceID: chassisMAC.String(), PortID: "p", Software: "phoneport",
	}); !q.Equal(&want) {
		t.Errorf("CDP says %+v", q)
	}
	a.IfIndex, s.Addresses = 0, []netip.Addr{netip.MustParseAddr("::ffff:192.0.2.1")}
	composeLLDP(&p, &s, &a, &o, &tell)
	if got := p.Management; len(got) != 1 || got[0] != (lldp.Management{Family: 1, Address: "\xc0\x00\x02\x01", Interface: 1}) {
		t.Errorf("management address without ifIndex: %+v", got)
	}
}

func TestComposeCDP(t *testing.T) {
	t.Parallel()
	s, a, tell := everything()
	o := Options{}.withDefaults()
	var p cdp.Packet
	for range 2 {
		composeCDP(&p, &s, &a, &o, &tell)
	}
	addresses := []cdp.Address{cdp.IPAddress(s.Addresses[0]), cdp.IPAddress(s.Addresses[1])}
	want := cdp.Packet{
		Version: 2, TTL: 180,
		Has: cdp.HasDeviceID | cdp.HasAddresses | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware | cdp.HasPlatform | cdp.HasNativeVLAN |
			cdp.HasDuplex | cdp.HasVoiceVLAN | cdp.HasTrust | cdp.HasUntrustedCoS | cdp.HasSystemName | cdp.HasManagement | cdp.HasAvailable,
		DeviceID: "sw1", Addresses: addresses, PortID: "eth1",
		Capabilities: cdp.CapRepeater | cdp.CapSwitch | cdp.CapBridge | cdp.CapRouter | cdp.CapPhone | cdp.CapHost,
		Software:     "phoneport", Platform: "Linux", NativeVLAN: 10, FullDuplex: true, VoiceVLAN: cdp.Appliance{ID: 1, VLAN: 110},
		Trust: 1, UntrustedCoS: 3, SystemName: "sw1", Management: addresses,
		Available: cdp.PowerAvailable{RequestID: 5, ManagementID: 9, Levels: []uint32{7_000, cdp.PowerAny}},
	}
	if !p.Equal(&want) {
		t.Errorf("CDP says %+v", p)
	}
}

// TestCDPIdentity: whatever the lengths, neighbours hear the same device id in each frame and in the goodbye.
func TestCDPIdentity(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "s", "sw"} {
		for _, text := range []string{"", "d", "de"} {
			for _, platform := range []string{"", "p", "pl"} {
				s := Station{Chassis: chassisMAC, Name: name, Description: text, Platform: platform}
				m, err := NewMachine(portMAC, s, Advert{PortID: "p"}, Options{CDP: Forced, LLDP: Off})
				if err != nil {
					t.Fatal(err)
				}
				hello := m.Step(Input{Kind: LinkUp}, base).Frames[0]
				said, bye := decodeSaid(t, hello).cdp, decodeSaid(t, m.Step(Input{Kind: Stop}, base).Frames[0]).cdp
				if want := deviceID(&s); said.DeviceID != want || bye.DeviceID != want || bye.TTL != 0 {
					t.Errorf("%+v is %q and says goodbye as %q", s, said.DeviceID, bye.DeviceID)
				}
			}
		}
	}
}

func TestIsAvaya(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		p    lldp.PDU
		want bool
	}{
		"maker":         {lldp.PDU{Has: lldp.HasManufacturer, Manufacturer: "AVAYA Inc."}, true},
		"own TLV":       {lldp.PDU{Has: lldp.HasAvayaConservation}, true},
		"unknown TLV":   {lldp.PDU{Unknown: []lldp.Raw{{Type: 127, OUI: lldp.OUIAvaya, Subtype: 5}}}, true},
		"other":         {lldp.PDU{Has: lldp.HasManufacturer, Manufacturer: "Example"}, false},
		"what is unset": {lldp.PDU{Manufacturer: "Avaya"}, false},
	} {
		if got := isAvaya(&tt.p); got != tt.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}
