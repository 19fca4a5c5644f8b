package lldp_test

import (
	"net/netip"
	"slices"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

var (
	phoneMAC  = discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}
	switchMAC = discovery.MAC{0x00, 0x1b, 0x0d, 0xe7, 0x5a, 0x80}
)

// phone is what a desk phone of class III says when it is up.
func phone() *lldp.PDU {
	return &lldp.PDU{
		Chassis: lldp.ID{Subtype: lldp.ChassisNetwork, Value: "\x01\x0a\x15\x0d\x56"},
		Port:    lldp.ID{Subtype: lldp.PortLocal, Value: "0021D8BA0965:P1"},
		TTL:     180,
		Has: lldp.HasPortDescription | lldp.HasSystemName | lldp.HasSystemDescription | lldp.HasCapabilities | lldp.HasMACPHY |
			lldp.HasPower | lldp.HasMED | lldp.HasExtendedPower | lldp.HasHardware | lldp.HasFirmware | lldp.HasSoftware |
			lldp.HasSerial | lldp.HasManufacturer | lldp.HasModel | lldp.HasAsset,
		PortDescription:   "SW PORT",
		SystemName:        "SEP0021D8BA0965.example.org",
		SystemDescription: "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S",
		Capabilities:      lldp.Capabilities{Supported: lldp.CapBridge | lldp.CapTelephone, Enabled: lldp.CapBridge | lldp.CapTelephone},
		Management:        []lldp.Management{{Family: 1, Address: "\x0a\x15\x0d\x56", Interface: 2, Number: 1}},
		MACPHY:            lldp.MACPHY{Autoneg: 3, Advertised: 0x6c01, MAU: 30},
		Power: lldp.MDIPower{
			Form: lldp.MDIAT, Support: lldp.MDISupported | lldp.MDIEnabled, Pairs: 1, Class: 3,
			Type: lldp.MDIType1PD, Source: 1, Priority: 2, Requested: 63, Allocated: 63,
		},
		MED: lldp.MEDCapabilities{Bits: lldp.MEDCaps | lldp.MEDPolicy | lldp.MEDPD | lldp.MEDInventory, Class: discovery.MEDClassIII},
		Policies: []lldp.NetworkPolicy{
			{Application: lldp.AppVoice, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46},
			{Application: lldp.AppVoiceSignaling, Tagged: true, VLAN: 110, PCP: 4, DSCP: 32},
		},
		ExtendedPower: lldp.ExtendedPower{Type: 1, Source: 1, Priority: 2, Value: 63},
		Hardware:      "12", Firmware: "tnp62.8-5-3.bin", Software: "SCCP42.9-3-1ES27S", Serial: "FCH1252A7WP",
		Manufacturer: "Cisco Systems, Inc.", Model: "CP-7962G", Asset: "A0042",
	}
}

// station is the sender of the frames that show single TLVs.
func station() *lldp.PDU {
	return &lldp.PDU{
		Chassis: lldp.MACID(lldp.ChassisMAC, switchMAC),
		Port:    lldp.ID{Subtype: lldp.PortIfName, Value: "swp7"},
		TTL:     121,
	}
}

func shutdown() *lldp.PDU {
	p := station()
	p.TTL = 0
	return p
}

func with(f lldp.Fields, set func(*lldp.PDU)) *lldp.PDU {
	p := station()
	p.Has = f
	set(p)
	return p
}

func addrs(s ...string) []netip.Addr {
	var a []netip.Addr
	for _, s := range s {
		a = append(a, netip.MustParseAddr(s))
	}
	return a
}

// bt is Power via MDI of a Type 4 PSE that feeds a dual-signature PD; every field differs from its neighbours.
var bt = lldp.MDIPower{
	Form: lldp.MDIBT, Support: lldp.MDIPSE | lldp.MDISupported | lldp.MDIEnabled | lldp.MDIPairControl, Pairs: 2, Class: 5,
	Type: lldp.MDIType2PSE, Source: 1, Priority: 1, Requested: 713, Allocated: 700,
	RequestedA: 351, RequestedB: 362, AllocatedA: 340, AllocatedB: 360,
	PSEStatus: 3, PDStatus: 2, PairsExt: 3, ClassA: 4, ClassB: 5, ClassExt: 15,
	System: 1<<1 | 1, MaxPower: 900, Autoclass: 5, PowerDown: 0x1d<<18 | 4321,
}

var civic = lldp.Location{Format: lldp.LocationCivic, Civic: lldp.Civic{What: 1, Country: "US", Parts: []lldp.CivicPart{
	{Type: 1, Value: "CA"},
	{Type: 3, Value: "Springfield"},
	{Type: 6, Value: "Main S"},
	{Type: 19, Value: "742"},
	{Type: 25, Value: "Main building"},
	{Type: 27, Value: "2"},
	{Type: 28, Value: "2.117"},
}}}

var coordinateSouthWest = lldp.Location{Format: lldp.LocationCoordinate, Coordinate: lldp.Coordinate{
	LatResolution: 34, Latitude: -1136721920, LonResolution: 33, Longitude: -2466250752,
	AltType: 1, AltResolution: 30, Altitude: -2816, Datum: 1,
}}

// full is a switch port that says all that a PDU holds, within the 1500 octets of a frame.
func full() *lldp.PDU {
	p := phone()
	p.Chassis, p.Port, p.TTL = station().Chassis, station().Port, 121
	p.Has = lldp.FieldsEnd - 1
	p.Management = append(p.Management,
		lldp.Management{Family: 2, Address: string(netip.MustParseAddr("2001:db8::7").AsSlice()), Interface: 2, Number: 7, OID: "\x2b\x06\x01\x02\x01"},
		lldp.Management{Family: 6, Address: string(switchMAC[:]), Interface: 1})
	p.PVID = 10
	p.PortVLANs = []lldp.PortVLAN{{Flags: 6, VLAN: 10}, {Flags: 2, VLAN: 0}}
	p.VLANNames = []lldp.VLANName{{VLAN: 10, Name: "data"}, {VLAN: 110, Name: "voice"}}
	p.Protocols = []string{"\x88\x8e\x01", "\x00\x26\x42\x42\x03\x00\x00\x02"}
	p.Aggregation = lldp.Aggregation{Status: 3, PortID: 0x01020304}
	p.MaxFrame = 1522
	p.Power = bt
	p.Measurements = "\x01\x02\x03\x04"
	p.Policies = nil
	for app := lldp.AppVoice; app <= lldp.AppVideoSignaling; app++ {
		p.Policies = append(p.Policies, lldp.NetworkPolicy{Application: app, Tagged: true, VLAN: 100 + uint16(app), PCP: app % 8, DSCP: 40 + app})
	}
	p.Locations = []lldp.Location{coordinateSouthWest, civic, {Format: lldp.LocationELIN, ELIN: "5551234567"}}
	p.ExtendedPower = lldp.ExtendedPower{Type: 0, Source: 1, Priority: 1, Value: 154}
	p.MED = lldp.MEDCapabilities{Bits: 0x2f, Class: discovery.MEDClassNetwork}
	p.Avaya = lldp.Avaya{
		Conservation: "\x01\x02\x03\x04\x05\x06\x07", CallServers: addrs("192.0.2.10"), FileServers: addrs("192.0.2.20"), Framing: 1,
		PhoneAddress: netip.MustParseAddr("192.0.2.99"), PhoneMask: netip.MustParseAddr("255.255.255.0"), PhoneGateway: netip.MustParseAddr("192.0.2.1"),
	}
	p.FourWire = lldp.FourWireSupported | lldp.FourWireOn
	p.Unknown = []lldp.Raw{{Type: 9, Value: "\x01"}, {Type: 127, OUI: [3]byte{0x00, 0x00, 0x5e}, Subtype: 1, Value: "https://example.org/mud.json"}}
	return p.Clone() // its own civic address: tests decode into it
}

// samples are the frames of every kind: each TLV alone, and together as they are sent.
func samples() map[string]*lldp.PDU {
	s := map[string]*lldp.PDU{"phone": phone(), "mandatory only": station(), "shutdown": shutdown(), "everything": full()}
	for name, id := range map[string]lldp.ID{
		"component": {Subtype: 1, Value: "chassis 1"}, "alias": {Subtype: 2, Value: "uplink"}, "port component": {Subtype: 3, Value: "slot 3"},
		"IPv4": {Subtype: 5, Value: "\x01\xc0\x00\x02\x07"}, "IPv6": {Subtype: 5, Value: "\x02" + string(netip.MustParseAddr("2001:db8::1").AsSlice())},
		"interface": {Subtype: 6, Value: "eth0"}, "local": {Subtype: 7, Value: "core-1"},
	} {
		s["chassis "+name] = with(0, func(p *lldp.PDU) { p.Chassis = id })
	}
	for name, id := range map[string]lldp.ID{
		"alias": {Subtype: 1, Value: "uplink"}, "component": {Subtype: 2, Value: "slot 3"}, "MAC": lldp.MACID(lldp.PortMAC, phoneMAC),
		"IPv4": {Subtype: 4, Value: "\x01\xc0\x00\x02\x07"}, "IPv6": {Subtype: 4, Value: "\x02" + string(netip.MustParseAddr("2001:db8::1").AsSlice())},
		"circuit": {Subtype: 6, Value: "circuit 9"}, "local": {Subtype: 7, Value: "7"},
	} {
		s["port "+name] = with(0, func(p *lldp.PDU) { p.Port = id })
	}
	for name, m := range map[string]lldp.MDIPower{
		"af": {Form: lldp.MDIAF, Support: 0x0f, Pairs: 1, Class: 4},
		"at": {Form: lldp.MDIAT, Support: 0x07, Pairs: 1, Class: 5, Source: 1, Priority: 2, Requested: 255, Allocated: 254},
		"at of a PD": {
			Form: lldp.MDIAT, Support: 0, Pairs: 2, Class: 1, Type: lldp.MDIType1PD, Source: 3, PD4PID: 1, Priority: 3,
			Requested: 65, Allocated: 0,
		},
		"bt": bt,
		"bt of a single-signature PD": {
			Form: lldp.MDIBT, Support: 0, Pairs: 1, Class: 5, Type: lldp.MDIType2PD, Source: 1, Priority: 3, Requested: 510, Allocated: 510,
			PSEStatus: 2, PDStatus: 1, PairsExt: 1, ClassA: 7, ClassB: 7, ClassExt: 6, System: 2 << 1, MaxPower: 0, Autoclass: 3, PowerDown: 0,
		},
	} {
		s["power "+name] = with(lldp.HasPower, func(p *lldp.PDU) { p.Power = m })
	}
	voice := func(n ...lldp.NetworkPolicy) *lldp.PDU {
		return with(lldp.HasMED, func(p *lldp.PDU) {
			p.MED = lldp.MEDCapabilities{Bits: 3, Class: discovery.MEDClassNetwork}
			p.Policies = n
		})
	}
	s["policy priority"] = voice(lldp.NetworkPolicy{Application: 1, Tagged: true, PCP: 6, DSCP: 34})
	s["policy untagged"] = voice(lldp.NetworkPolicy{Application: 1, DSCP: 46})
	s["policy unknown"] = voice(lldp.NetworkPolicy{Application: 6, Unknown: true})
	s["policy limits"] = voice(lldp.NetworkPolicy{Application: 255, Tagged: true, VLAN: 4094, PCP: 7, DSCP: 63})
	f := full()
	for i, l := range f.Locations {
		s["location "+[]string{"coordinate", "civic", "ELIN"}[i]] = with(lldp.HasMED, func(p *lldp.PDU) {
			p.MED, p.Locations = f.MED, []lldp.Location{l}
		})
	}
	s["location north-east, in floors"] = with(lldp.HasMED, func(p *lldp.PDU) {
		p.MED = f.MED
		p.Locations = []lldp.Location{{Format: lldp.LocationCoordinate, Coordinate: lldp.Coordinate{
			LatResolution: 20, Latitude: 1<<33 - 1, LonResolution: 63, Longitude: 1 << 32, AltType: 2, AltResolution: 9, Altitude: 1<<29 - 1, Datum: 3,
		}}}
	})
	s["Avaya servers"] = with(lldp.HasAvayaCallServers|lldp.HasAvayaFileServers, func(p *lldp.PDU) {
		p.Avaya.CallServers, p.Avaya.FileServers = addrs("192.0.2.10", "192.0.2.11"), addrs("192.0.2.20", "192.0.2.21")
	})
	for name, e := range map[string]lldp.ExtendedPower{"PSE": f.ExtendedPower, "PD": {Type: 1, Source: 3, Priority: 3, Value: 1023}} {
		s["extended power "+name] = with(lldp.HasMED|lldp.HasExtendedPower, func(p *lldp.PDU) { p.MED, p.ExtendedPower = f.MED, e })
	}
	return s
}

// fieldNames are the bits of Has in their order.
var fieldNames = []string{
	"port description", "system name", "system description", "capabilities", "PVID", "MAC/PHY", "aggregation", "maximum frame", "power",
	"measurements", "MED", "extended power", "hardware", "firmware", "software", "serial", "manufacturer", "model", "asset", "four-wire",
	"Avaya conservation", "Avaya framing", "Avaya phone address", "Avaya call servers", "Avaya file servers",
}

// eachField gives PDUs with one bit of Has each, with the contents of full.
func eachField() map[string]*lldp.PDU {
	m := map[string]*lldp.PDU{}
	for i, name := range fieldNames {
		p := full()
		p.Management, p.PortVLANs, p.VLANNames, p.Protocols, p.Policies, p.Locations, p.Unknown = nil, nil, nil, nil, nil, nil, nil
		p.Has = 1 << i
		m["only "+name] = p
	}
	return m
}

// sampleNames gives the names in order, so that frames keep their numbers.
func sampleNames(s map[string]*lldp.PDU) []string {
	var names []string
	for n := range s {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
