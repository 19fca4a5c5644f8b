package neighbors_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// TestFromLLDP fills every field of a neighbour.
func TestFromLLDP(t *testing.T) {
	t.Parallel()
	p := phone(func(p *lldp.PDU) {
		p.Has |= lldp.HasPortDescription | lldp.HasSystemDescription | lldp.HasPVID | lldp.HasHardware | lldp.HasFirmware |
			lldp.HasSoftware | lldp.HasSerial | lldp.HasManufacturer | lldp.HasModel | lldp.HasAsset | lldp.HasExtendedPower
		p.PortDescription, p.SystemDescription = "SW PORT", "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S\x00\x00"
		p.PVID = 10
		p.Hardware, p.Firmware, p.Software, p.Serial = "12", "tnp62", "SCCP42.9-3-1ES27S ", "FCH1234ABCD"
		p.Manufacturer, p.Model, p.Asset = "Cisco Systems, Inc.", "CP-7962G", "a\xffb"
		p.ExtendedPower = lldp.ExtendedPower{Type: 1, Value: 63}
		p.Management = []lldp.Management{
			{Family: 1, Address: "\x0a\x15\x0d\x56"},
			{Family: 1, Address: "\x0a\x15\x0d\x56"},
			{Family: 1, Address: "\x00\x00\x00\x00"},
			{Family: 6, Address: string(phoneMAC[:])},
			{Family: 3, Address: "x"},
			{Family: 1, Address: "x"},
			{Family: 6, Address: "x"},
		}
	})
	want := discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.21.13.86", PortID: "0021D8BA0965:P1", PortDesc: "SW PORT", MAC: phoneMAC,
		System: "SEP0021D8BA0965", Platform: "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S", Software: "SCCP42.9-3-1ES27S",
		Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}, MEDClass: discovery.MEDClassIII,
		Adopted:    discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		NativeVLAN: 10, Addresses: []string{"10.21.13.86", "00:21:d8:ba:09:65"}, Draws: 6300, HeardAt: start, TTL: 3 * time.Minute,
		Inventory: discovery.Inventory{
			Manufacturer: "Cisco Systems, Inc.", Model: "CP-7962G", Serial: "FCH1234ABCD", Firmware: "tnp62", Hardware: "12",
			Software: "SCCP42.9-3-1ES27S", Asset: "0x61ff62",
		},
	}
	if diff := cmp.Diff(want, neighbors.FromLLDP(p, pcMAC, start)); diff != "" {
		t.Errorf("FromLLDP (-want +got):\n%s", diff)
	}
	// Without their bits in Has, the same fields tell nothing.
	p.Has = 0
	p.Management, p.Policies = nil, nil
	want = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.21.13.86", PortID: "0021D8BA0965:P1", MAC: phoneMAC, HeardAt: start, TTL: 3 * time.Minute,
	}
	if diff := cmp.Diff(want, neighbors.FromLLDP(p, pcMAC, start)); diff != "" {
		t.Errorf("FromLLDP of what is not in Has (-want +got):\n%s", diff)
	}
}

// TestLLDPAddress takes the address of a system in every form of identity.
func TestLLDPAddress(t *testing.T) {
	t.Parallel()
	src := discovery.MAC{0x00, 0x04, 0xf2, 0x0a, 0x0b, 0x0c}
	ids := func(chassis, port lldp.ID, name string) *lldp.PDU {
		return &lldp.PDU{Chassis: chassis, Port: port, TTL: 120, Has: lldp.HasSystemName, SystemName: name}
	}
	local := lldp.ID{Subtype: lldp.PortLocal, Value: "1"}
	for name, tt := range map[string]struct {
		p    *lldp.PDU
		src  discovery.MAC
		want discovery.MAC
	}{
		"port id":                    {ids(lldp.MACID(lldp.ChassisMAC, pcMAC), lldp.MACID(lldp.PortMAC, phoneMAC), ""), src, phoneMAC},
		"port id of a Cisco phone":   {ids(ipID(0, 0, 0, 0), lldp.ID{Subtype: lldp.PortLocal, Value: "0021D8BA0965:P1"}, ""), src, phoneMAC},
		"port id in text":            {ids(ipID(10, 1, 1, 1), lldp.ID{Subtype: lldp.PortIfAlias, Value: "00-21-D8-BA-09-65"}, ""), src, phoneMAC},
		"system name":                {ids(ipID(10, 1, 1, 1), local, "SEP0021D8BA0965.example.org"), src, phoneMAC},
		"chassis id":                 {ids(lldp.MACID(lldp.ChassisMAC, phoneMAC), local, "x"), src, phoneMAC},
		"chassis id as a name":       {ids(lldp.ID{Subtype: lldp.ChassisLocal, Value: "SEP0021D8BA0965"}, local, ""), src, phoneMAC},
		"frame, where ids are names": {ids(lldp.ID{Subtype: lldp.ChassisLocal, Value: "desk"}, local, "desk"), src, src},
		"frame, where ids are IP":    {ids(ipID(10, 1, 1, 1), local, "desk"), src, src},
		"frame, where ids are zero":  {ids(lldp.MACID(lldp.ChassisMAC, discovery.MAC{}), lldp.MACID(lldp.PortMAC, discovery.MAC{}), ""), src, src},
		"a group address is nobody":  {ids(ipID(10, 1, 1, 1), local, ""), lldp.NearestBridge, discovery.MAC{}},
	} {
		if got := neighbors.FromLLDP(tt.p, tt.src, start).MAC; got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestLLDPCapabilities(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		supported, enabled uint16
		want               []discovery.Capability
	}{
		"all":                       {0xffff, 0xffff, []discovery.Capability{"other", "repeater", "bridge", "wlan-ap", "router", "telephone", "docsis", "station"}},
		"enabled count":             {0x24, 0x04, []discovery.Capability{"bridge"}}, // an Avaya phone that is not registered
		"none enabled":              {0x24, 0, []discovery.Capability{"bridge", "telephone"}},
		"only enabled ones unknown": {0x20, 0x0100, []discovery.Capability{"telephone"}},
		"none":                      {0, 0, nil},
	} {
		p := phone(func(p *lldp.PDU) { p.Capabilities = lldp.Capabilities{Supported: tt.supported, Enabled: tt.enabled} })
		if diff := cmp.Diff(tt.want, neighbors.FromLLDP(p, phoneMAC, start).Capabilities); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestLLDPPolicy(t *testing.T) {
	t.Parallel()
	voice := lldp.NetworkPolicy{Application: lldp.AppVoice, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}
	signal := lldp.NetworkPolicy{Application: lldp.AppVoiceSignaling, Tagged: true, VLAN: 120}
	tagged := discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46}
	none := discovery.VoicePolicy{}
	for name, tt := range map[string]struct {
		class               uint8
		policies            []lldp.NetworkPolicy
		adopted, advertised discovery.VoicePolicy
	}{
		"phone":            {discovery.MEDClassIII, []lldp.NetworkPolicy{signal, voice}, tagged, none},
		"switch":           {discovery.MEDClassNetwork, []lldp.NetworkPolicy{voice}, none, tagged},
		"no class":         {0, []lldp.NetworkPolicy{voice}, tagged, none},
		"signalling only":  {discovery.MEDClassIII, []lldp.NetworkPolicy{signal}, none, none},
		"the first counts": {discovery.MEDClassIII, []lldp.NetworkPolicy{voice, {Application: lldp.AppVoice}}, tagged, none},
		"unknown":          {discovery.MEDClassIII, []lldp.NetworkPolicy{{Application: 1, Unknown: true, DSCP: 46}}, none, none},
		"untagged": {
			discovery.MEDClassIII,
			[]lldp.NetworkPolicy{{Application: 1, VLAN: 10, DSCP: 46}},
			discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceUntagged, DSCP: 46},
			none,
		},
		"priority": {
			discovery.MEDClassIII,
			[]lldp.NetworkPolicy{{Application: 1, Tagged: true, PCP: 5}},
			discovery.VoicePolicy{Application: 1, Mode: discovery.VoicePriority, PCP: 5},
			none,
		},
		"a class that is none": {7, []lldp.NetworkPolicy{voice}, tagged, none},
	} {
		n := neighbors.FromLLDP(phone(func(p *lldp.PDU) { p.MED.Class, p.Policies = tt.class, tt.policies }), phoneMAC, start)
		if n.Adopted != tt.adopted || n.Advertised != tt.advertised {
			t.Errorf("%s: adopted %+v, advertised %+v; want %+v, %+v", name, n.Adopted, n.Advertised, tt.adopted, tt.advertised)
		}
		if tt.class <= 4 && n.MEDClass != tt.class || tt.class > 4 && n.MEDClass != 0 {
			t.Errorf("%s: class %d", name, n.MEDClass)
		}
	}
}

func TestLLDPDraws(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		mdi  lldp.MDIPower
		med  lldp.ExtendedPower
		want discovery.Milliwatts
	}{
		"MED":                       {med: lldp.ExtendedPower{Type: 1, Value: 63}, want: 6300},
		"MED of a switch":           {med: lldp.ExtendedPower{Type: 0, Value: 154}},
		"at before MED":             {lldp.MDIPower{Form: lldp.MDIAT, Requested: 65}, lldp.ExtendedPower{Type: 1, Value: 63}, 6500},
		"af tells no watts":         {lldp.MDIPower{Form: lldp.MDIAF, Requested: 65}, lldp.ExtendedPower{Type: 1, Value: 63}, 6300},
		"PSE":                       {mdi: lldp.MDIPower{Form: lldp.MDIAT, Support: lldp.MDIPSE, Requested: 65}},
		"at without a request":      {lldp.MDIPower{Form: lldp.MDIAT}, lldp.ExtendedPower{Type: 1, Value: 63}, 6300},
		"bt":                        {mdi: lldp.MDIPower{Form: lldp.MDIBT, Requested: 600}, want: 60000},
		"bt dual-signature":         {mdi: lldp.MDIPower{Form: lldp.MDIBT, RequestedA: 200, RequestedB: 150}, want: 35000},
		"at has no pair sets":       {mdi: lldp.MDIPower{Form: lldp.MDIAT, RequestedA: 200}},
		"no power":                  {mdi: lldp.MDIPower{Form: lldp.MDIAT, Requested: 65535}},
		"no power, MED tells it":    {lldp.MDIPower{Form: lldp.MDIAT, Requested: 65535}, lldp.ExtendedPower{Type: 1, Value: 63}, 6300},
		"MED that is no power":      {med: lldp.ExtendedPower{Type: 1, Value: 65535}},
		"nothing told, all is zero": {},
	} {
		p := phone(func(p *lldp.PDU) {
			p.Has |= lldp.HasPower | lldp.HasExtendedPower
			p.Power, p.ExtendedPower = tt.mdi, tt.med
		})
		if got := neighbors.FromLLDP(p, phoneMAC, start).Draws; got != tt.want {
			t.Errorf("%s: %d mW, want %d", name, got, tt.want)
		}
	}
}

// TestFromCDP fills every field of a neighbour.
func TestFromCDP(t *testing.T) {
	t.Parallel()
	a := func(s string) cdp.Address { return cdp.IPAddress(netip.MustParseAddr(s)) }
	p := cdpPhone(func(p *cdp.Packet) {
		p.Has |= cdp.HasSoftware | cdp.HasNativeVLAN | cdp.HasAddresses | cdp.HasManagement | cdp.HasRequested | cdp.HasVoiceVLAN
		p.Software, p.NativeVLAN = "SCCP42.9-3-1ES27S\n", 10
		p.Addresses = []cdp.Address{a("10.21.13.86"), a("0.0.0.0"), {Type: 1, Protocol: "x", Value: "y"}}
		p.Management = []cdp.Address{a("10.21.13.86"), a("2001:db8::1")}
		p.Requested = cdp.PowerRequested{RequestID: 1, ManagementID: 1, Levels: []uint32{12000, 6300}}
		p.VoiceVLAN = cdp.Appliance{ID: 1, VLAN: 110}
	})
	want := discovery.Neighbor{
		Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", PortID: "Port 1", MAC: phoneMAC, System: "SEP0021D8BA0965",
		Platform: "Cisco IP Phone 7962", Software: "SCCP42.9-3-1ES27S",
		Capabilities: []discovery.Capability{discovery.CapTelephone, discovery.CapStation},
		NativeVLAN:   10,
		Addresses:    []string{"10.21.13.86", "2001:db8::1"}, Draws: 6300, HeardAt: start, TTL: 3 * time.Minute,
	}
	if diff := cmp.Diff(want, neighbors.FromCDP(p, pcMAC, start)); diff != "" {
		t.Errorf("FromCDP (-want +got):\n%s", diff)
	}
	p.Has = cdp.HasDeviceID
	want = discovery.Neighbor{Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", MAC: phoneMAC, System: "SEP0021D8BA0965", HeardAt: start, TTL: 3 * time.Minute}
	if diff := cmp.Diff(want, neighbors.FromCDP(p, pcMAC, start)); diff != "" {
		t.Errorf("FromCDP of what is not in Has (-want +got):\n%s", diff)
	}
}

func TestCDPDetails(t *testing.T) {
	t.Parallel()
	get := func(change func(*cdp.Packet)) discovery.Neighbor {
		return neighbors.FromCDP(cdpPhone(change), pcMAC, start)
	}
	for name, tt := range map[string]struct {
		change func(*cdp.Packet)
		got    func(discovery.Neighbor) any
		want   any
	}{
		"serial number behind the name": {func(p *cdp.Packet) { p.DeviceID = "core-1(SSI1234567A)" }, func(n discovery.Neighbor) any { return n.System }, "core-1"},
		"the id keeps it":               {func(p *cdp.Packet) { p.DeviceID = "core-1(SSI1234567A)" }, func(n discovery.Neighbor) any { return n.ChassisID }, "core-1(SSI1234567A)"},
		"system name":                   {func(p *cdp.Packet) { p.Has |= cdp.HasSystemName; p.SystemName = "n" }, func(n discovery.Neighbor) any { return n.System }, "n"},
		"system name that is empty":     {func(p *cdp.Packet) { p.Has |= cdp.HasSystemName }, func(n discovery.Neighbor) any { return n.System }, "SEP0021D8BA0965"},
		"device id of six octets":       {func(p *cdp.Packet) { p.DeviceID = string(phoneMAC[:]) }, func(n discovery.Neighbor) any { return n.ChassisID + n.MAC.String() }, "00:21:d8:ba:09:6500:21:d8:ba:09:65"},
		"device id of six letters":      {func(p *cdp.Packet) { p.DeviceID = "switch" }, func(n discovery.Neighbor) any { return n.ChassisID }, "switch"},
		"address of the frame":          {func(p *cdp.Packet) { p.DeviceID = "switch" }, func(n discovery.Neighbor) any { return n.MAC }, pcMAC},
		"consumption of nothing":        {func(p *cdp.Packet) { p.Consumption = 0 }, func(n discovery.Neighbor) any { return n.Draws }, discovery.Milliwatts(0)},
		"native VLAN that is none":      {func(p *cdp.Packet) { p.Has |= cdp.HasNativeVLAN; p.NativeVLAN = 4095 }, func(n discovery.Neighbor) any { return n.NativeVLAN }, uint16(0)},
		"consumption that is no power":  {func(p *cdp.Packet) { p.Consumption = 4_000_000_000 }, func(n discovery.Neighbor) any { return n.Draws }, discovery.Milliwatts(0)},
		"no reply is no policy":         {func(*cdp.Packet) {}, func(n discovery.Neighbor) any { return n.Advertised }, discovery.VoicePolicy{}},
		"the query tells no VLAN":       {func(*cdp.Packet) {}, func(n discovery.Neighbor) any { return n.Adopted }, discovery.VoicePolicy{}},
		"a switch tells its phones": {func(p *cdp.Packet) {
			p.Capabilities, p.Has, p.VoiceVLAN = cdp.CapSwitch, p.Has|cdp.HasVoiceVLAN, cdp.Appliance{ID: 1, VLAN: 110}
		}, func(n discovery.Neighbor) any { return n.Advertised }, discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}},
		"so does who tells no capabilities": {func(p *cdp.Packet) {
			p.Has, p.VoiceVLAN = p.Has&^cdp.HasCapabilities|cdp.HasVoiceVLAN, cdp.Appliance{ID: 1, VLAN: cdp.VoiceUntagged}
		}, func(n discovery.Neighbor) any { return n.Advertised }, discovery.VoicePolicy{Mode: discovery.VoiceUntagged}},
		"a switch is a bridge only once": {func(p *cdp.Packet) { p.Capabilities = 0x4f }, func(n discovery.Neighbor) any { return len(n.Capabilities) }, 3},
		"request without consumption": {func(p *cdp.Packet) {
			p.Has = p.Has&^cdp.HasConsumption | cdp.HasRequested
			p.Requested.Levels = []uint32{12000, 6300}
		}, func(n discovery.Neighbor) any { return n.Draws }, discovery.Milliwatts(12000)},
		"request of nothing": {func(p *cdp.Packet) { p.Has = p.Has&^cdp.HasConsumption | cdp.HasRequested }, func(n discovery.Neighbor) any { return n.Draws }, discovery.Milliwatts(0)},
	} {
		if diff := cmp.Diff(tt.want, tt.got(get(tt.change))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
