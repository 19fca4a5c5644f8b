package inventory_test

import (
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

var now = time.Date(2025, 6, 2, 8, 0, 0, 0, time.UTC)

// Addresses of the tests: a Cisco phone (a shared prefix), phones of makers with prefixes of their own,
// PCs, and what is not a phone's address.
const (
	cisco   = "00:21:d8:ba:09:65"
	cisco2  = "00:21:d8:ba:0a:00"
	avaya   = "00:1b:4f:01:02:03"
	poly    = "64:16:7f:01:02:03"
	yealink = "80:5e:c0:00:00:01"
	snom    = "00:04:13:01:02:03"
	pc      = "3c:52:82:00:00:01"
	vm      = "02:42:ac:11:00:02"
)

func mac(s string) discovery.MAC {
	if s == "" {
		return discovery.MAC{}
	}
	m, err := discovery.ParseMAC(s)
	if err != nil {
		panic(err) // a spelling mistake in this file
	}
	return m
}

// learned makes rows of the forwarding table: "address vlan".
func learned(rows ...string) []switchctl.LearnedMAC {
	var ls []switchctl.LearnedMAC
	for _, r := range rows {
		m, vlan, _ := strings.Cut(r, " ")
		var v uint16
		for _, d := range vlan {
			v = v*10 + uint16(d-'0')
		}
		ls = append(ls, switchctl.LearnedMAC{MAC: mac(m), VLAN: v})
	}
	return ls
}

// access makes a port in data VLAN 10 and voice VLAN 110 whose link is up.
func access(ns []discovery.Neighbor, ls []switchctl.LearnedMAC) switchctl.PortState {
	return switchctl.PortState{
		Ref: switchctl.PortRef{Switch: "sw1", Name: "Gi1/0/1"}, Type: 6, Admin: switchctl.Up, Link: switchctl.Up,
		Mode: switchctl.ModeAccess, Untagged: 10, Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110},
		Neighbors: ns, Learned: ls,
	}
}

// power makes a port give power.
func power(p switchctl.PortState, class uint8, draw discovery.Milliwatts) switchctl.PortState {
	p.PoE = switchctl.PoEState{
		Supported: true, Admin: switchctl.PoEAuto, Detect: switchctl.PoEDelivering, Class: class, ClassTold: true, Draw: draw, DrawTold: true,
	}
	return p
}

func trunk(p switchctl.PortState) switchctl.PortState {
	p.Mode, p.Voice = switchctl.ModeTrunk, discovery.VoicePolicy{Mode: discovery.VoiceNone}
	return p
}

func phoneCaps() []discovery.Capability {
	return []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}
}

// The rows that phones make, as the reference has them.
var (
	ciscoLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.21.13.86", PortID: "0021D8BA0965:P1", PortDesc: "SW PORT", System: "SEP0021D8BA0965.example.org",
		Platform: "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S", Capabilities: phoneCaps(), MEDClass: discovery.MEDClassIII,
		Inventory: discovery.Inventory{Manufacturer: "Cisco Systems, Inc.", Model: "CP-7962G", Serial: "FCH12345678"},
		Adopted:   discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
	}
	ciscoCDP = discovery.Neighbor{
		Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", PortID: "Port 1", Platform: "Cisco IP Phone 7962", Capabilities: []discovery.Capability{discovery.CapStation, discovery.CapTelephone},
	}
	avayaLLDP = discovery.Neighbor{ // not registered: the telephone capability is not enabled
		Protocol: discovery.LLDP, ChassisID: "10.0.0.5", PortID: avaya, System: "AVB010203", Capabilities: []discovery.Capability{discovery.CapBridge},
		MEDClass: discovery.MEDClassIII, Inventory: discovery.Inventory{Manufacturer: "Avaya", Model: "9608"},
	}
	polyLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.0.0.6", PortID: "64167F010203", System: "Polycom VVX 410", Platform: "Polycom;VVX-VVX_410;3111-46162-001,1;SIP/5.9.0.9373",
		Capabilities: phoneCaps(),
	}
	yealinkLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: yealink, PortID: "WAN PORT", System: "SIP-T46S", Platform: "66.84.0.15", Capabilities: phoneCaps(), MEDClass: discovery.MEDClassIII,
		Inventory: discovery.Inventory{Manufacturer: "Yealink", Model: "T46S"},
	}
	nortelLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.0.0.7", PortID: avaya, Platform: "Avaya IP Deskphone, 1140E, Software: 0604D97", Capabilities: phoneCaps(),
	}
	snomLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.0.0.8", PortID: "000413010203:P1", System: "snomD725", Platform: "snomD725;snomD725-SIP 8.9.3.80", Capabilities: phoneCaps(),
	}
	pcLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: pc, PortID: pc, System: "DESKTOP-17", Capabilities: []discovery.Capability{discovery.CapStation},
	}
	dockerLLDP = discovery.Neighbor{ // lldpd on a PC with containers
		Protocol: discovery.LLDP, ChassisID: pc, PortID: "eth0", System: "dev17", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapRouter, discovery.CapWLAN},
		MEDClass: discovery.MEDClassI,
	}
	switchLLDP = discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "70:01:b5:00:00:01", PortID: "Gi1/0/48", System: "core1", Platform: "Cisco IOS Software, C3750 Software", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapRouter},
	}
	apCDP = discovery.Neighbor{
		Protocol: discovery.CDP, ChassisID: "ap17.example.org", PortID: "GigabitEthernet0", Platform: "cisco AIR-CAP3702I-E-K9", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapWLAN},
	}
)

func with(n discovery.Neighbor, change func(*discovery.Neighbor)) discovery.Neighbor {
	change(&n)
	return n
}
