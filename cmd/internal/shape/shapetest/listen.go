package shapetest

import (
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/neighbors"
)

// heardAt is when the examples were heard.
var heardAt = time.Date(2026, 11, 22, 8, 0, 0, 123_000_000, time.UTC)

// HeardPhone is a phone as LLDP tells it; its name holds what must not reach a terminal or a spreadsheet as it is.
func HeardPhone() discovery.Neighbor {
	return discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "10.21.13.86", PortID: "0021D8BA0965:P1", PortDesc: "SW PORT",
		MAC: discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}, System: "SEP0021D8BA0965\x1b[31m", Platform: "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S",
		Software: "SCCP42.9-3-1ES27S", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}, MEDClass: discovery.MEDClassIII,
		Adopted:    discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		NativeVLAN: 10, Addresses: []string{"10.21.13.86"}, Draws: 6300, HeardAt: heardAt, TTL: 3 * time.Minute,
		Inventory: discovery.Inventory{Manufacturer: "Cisco Systems, Inc.", Model: "CP-7962G", Serial: "FCH1234ABCD"},
	}
}

// HeardSwitch is a switch as CDP tells it.
func HeardSwitch() discovery.Neighbor {
	return discovery.Neighbor{
		Protocol: discovery.CDP, ChassisID: "acc-1(SSI1234567A)", PortID: "Gi1/0/7", MAC: discovery.MAC{0x00, 0x0b, 0xbe, 0x18, 0x9a, 0x41}, System: "acc-1",
		Platform: "cisco WS-C2950-12", Capabilities: []discovery.Capability{discovery.CapBridge}, NativeVLAN: 1,
		Advertised: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}, HeardAt: heardAt, TTL: time.Minute,
	}
}

// Change is a change of kind new.
func Change(n discovery.Neighbor) neighbors.Change {
	return neighbors.Change{Kind: neighbors.KindNew, Neighbor: n}
}

// Heard is a line of each kind.
func Heard() []shape.Heard {
	phone, cdpPhone := HeardPhone(), HeardPhone()
	before := HeardPhone()
	before.Adopted = discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceUntagged, DSCP: 46}
	before.Inventory = discovery.Inventory{}
	cdpPhone.Protocol, cdpPhone.ChassisID, cdpPhone.Adopted = discovery.CDP, "SEP0021D8BA0965", discovery.VoicePolicy{}
	line := func(frame int, c neighbors.Change) shape.Heard { return shape.NewHeard(heardAt, "eth0", frame, c) }
	details := line(1, Change(before))
	details.TLVs = []shape.TLV{{Name: "system name", Value: "SEP\x1b[0m"}, {Name: "time to live", Value: "180 s"}}
	return []shape.Heard{
		details,
		line(2, neighbors.Change{Kind: neighbors.KindAdopted, Neighbor: phone, Was: before, Why: "network policy"}),
		line(3, Change(HeardSwitch())),
		line(4, neighbors.Change{Kind: neighbors.KindChanged, Neighbor: cdpPhone, Was: cdpPhone, Why: "address"}),
		line(5, neighbors.Change{Kind: neighbors.KindTooMany, Neighbor: discovery.Neighbor{Protocol: discovery.LLDP, ChassisID: "x"}}),
		line(0, neighbors.Change{Kind: neighbors.KindGone, Neighbor: HeardSwitch(), Why: neighbors.GoneAged}),
		shape.NewMalformed(heardAt, "eth0", 6, discovery.LLDP, "decode chassis id TLV at offset 0: missing"),
	}
}

// Listened is the end of it.
func Listened() shape.Listened {
	cdpPhone := HeardPhone()
	cdpPhone.Protocol, cdpPhone.ChassisID, cdpPhone.Adopted = discovery.CDP, "SEP0021D8BA0965", discovery.VoicePolicy{}
	stats := neighbors.Stats{Frames: 12, Discarded: 3, Unrecognised: 4, TLVsDiscarded: 1, Ageouts: 2, TooMany: 1, BadChecksums: 1}
	return shape.Listened{Kind: shape.HeardSummary, Interfaces: []shape.ListenedPort{
		shape.NewListenedPort("eth0", []discovery.Neighbor{HeardPhone(), cdpPhone, HeardSwitch()}, stats, 5, []shape.Reason{{Reason: "lldp: location at offset 32: lost", Count: 2}}),
		shape.NewListenedPort("eth1", nil, neighbors.Stats{}, 0, nil),
	}}
}
