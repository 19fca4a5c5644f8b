package inventory_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

// want is what a binding is expected to be, without its texts.
type want struct {
	MAC           string
	Known         bool
	Vendor, Model string
	Confidence    inventory.Confidence
	Evidence      string // kinds, strongest first
	VoiceVLAN     uint16
	InVoice       bool
	InData        bool
}

func TestCorrelate(t *testing.T) {
	t.Parallel()
	const certain, probable, unsure = inventory.Certain, inventory.Probable, inventory.Unsure
	type ns = []discovery.Neighbor
	known := func(macs ...string) (ps []inventory.Phone) {
		for _, m := range macs {
			ps = append(ps, inventory.Phone{MAC: mac(m), Name: "desk", Source: "hq.csv line 2"})
		}
		return ps
	}
	expected := func(m, port string) []inventory.Phone {
		return []inventory.Phone{{MAC: mac(m), Expected: switchctl.PortRef{Switch: "sw1", Name: port}, Source: "hq.csv line 2"}}
	}
	crowdOf := func(n int) (rows []string) {
		for i := range n {
			rows = append(rows, "3c:52:82:00:01:"+string("0123456789abcdef"[i/16])+string("0123456789abcdef"[i%16])+" 10")
		}
		return rows
	}
	tests := map[string]struct {
		phones []inventory.Phone
		port   switchctl.PortState
		want   []want
	}{
		"Cisco phone heard by both protocols, in the voice VLAN": {
			port: access(ns{ciscoLLDP, ciscoCDP}, learned(cisco+" 110", pc+" 10")),
			want: []want{{cisco, false, "Cisco", "CP-7962", certain, "lldp-med cdp voice-mac", 110, true, false}},
		},
		"Cisco phone heard by CDP only": {
			port: access(ns{ciscoCDP}, nil),
			want: []want{{cisco, false, "Cisco", "CP-7962", probable, "cdp", 0, false, false}},
		},
		"Cisco phone heard by CDP, learned nowhere, and powered": {
			port: power(access(ns{ciscoCDP}, nil), 2, 6300),
			want: []want{{cisco, false, "Cisco", "CP-7962", certain, "cdp poe", 0, false, false}},
		},
		"CDP without an address is the phone of the LLDP row": {
			port: access(ns{ciscoLLDP, with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID = "phone-17" })}, nil),
			want: []want{{cisco, false, "Cisco", "CP-7962", certain, "lldp-med cdp", 110, true, false}},
		},
		"Avaya phone that is not registered": {
			port: access(ns{avayaLLDP}, learned(avaya+" 110")),
			want: []want{{avaya, false, "Avaya", "9608", certain, "lldp-med voice-mac oui", 110, true, false}},
		},
		"Nortel phone": {
			port: access(ns{nortelLLDP}, learned(avaya+" 110")),
			want: []want{{avaya, false, "Avaya", "1140E", certain, "lldp voice-mac oui", 110, true, false}},
		},
		"Polycom phone, known": {
			phones: known(poly),
			port:   access(ns{polyLLDP}, learned(poly+" 110", poly+" 10")),
			want:   []want{{poly, true, "Poly", "VVX410", certain, "lldp voice-mac mac oui", 110, true, true}},
		},
		"Yealink phone, heard but not learned": {
			port: access(ns{yealinkLLDP}, nil),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", probable, "lldp-med oui", 0, false, false}},
		},
		"Snom phone that is expected here": {
			phones: expected(snom, "GigabitEthernet1/0/1"),
			port:   access(ns{snomLLDP}, nil),
			want:   []want{{snom, true, "Snom", "D725", certain, "lldp expected oui", 0, false, false}},
		},
		"phone that did not take the voice VLAN": {
			phones: known(cisco),
			port: access(ns{with(ciscoLLDP, func(n *discovery.Neighbor) {
				n.Adopted = discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceUntagged}
			})}, learned(cisco+" 10")),
			want: []want{{cisco, true, "Cisco", "CP-7962", certain, "lldp-med mac", 0, false, true}},
		},
		"phone that adopted another VLAN": {
			port: access(ns{with(ciscoLLDP, func(n *discovery.Neighbor) { n.Adopted.VLAN = 220 })}, nil),
			want: []want{{cisco, false, "Cisco", "CP-7962", probable, "lldp-med", 220, false, false}},
		},
		"phone learned in another VLAN": {
			port: access(ns{ciscoLLDP}, learned(cisco+" 300", cisco+" 200")),
			want: []want{{cisco, false, "Cisco", "CP-7962", certain, "lldp-med mac", 200, true, false}},
		},
		"adopted policy is enough where the forwarding table is not told": {
			port: access(ns{ciscoLLDP}, nil),
			want: []want{{cisco, false, "Cisco", "CP-7962", probable, "lldp-med", 110, true, false}},
		},
		"address only in the serial number": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.ChassisID, n.Inventory.Serial = "10.0.0.9", "805EC0000001" })}, nil),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", probable, "lldp-med oui", 0, false, false}},
		},
		"a serial number of twelve digits is not an address": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.ChassisID, n.Inventory.Serial = "10.0.0.9", "312345678901" })}, nil),
			want: []want{{"", false, "Yealink", "SIP-T46S", probable, "lldp-med", 0, false, false}},
		},
		"a phone without an address takes the one of the voice VLAN": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.ChassisID = "10.0.0.9" })}, learned(yealink+" 110", pc+" 10")),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", certain, "lldp-med voice-mac oui", 110, true, false}},
		},
		"a phone without an address does not take that of another maker": {
			port: access(ns{with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID = "phone" })}, learned(yealink+" 110")),
			want: []want{
				{"", false, "Cisco", "CP-7962", unsure, "cdp", 0, false, false},
				{yealink, false, "Yealink", "", unsure, "voice-mac oui", 110, true, false},
			},
		},
		"a phone without an address takes none of two": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.ChassisID = "10.0.0.9" })}, learned(yealink+" 110", "80:5e:c0:00:00:02 110")),
			want: []want{
				{"", false, "Yealink", "SIP-T46S", unsure, "lldp-med", 0, false, false},
				{yealink, false, "Yealink", "", unsure, "voice-mac oui", 110, true, false},
				{"80:5e:c0:00:00:02", false, "Yealink", "", unsure, "voice-mac oui", 110, true, false},
			},
		},

		"known phone, silent, in the voice VLAN": {
			phones: known(cisco),
			port:   access(nil, learned(cisco+" 110", pc+" 10")),
			want:   []want{{cisco, true, "", "", certain, "voice-mac", 110, true, false}},
		},
		"known phone in the data VLAN only": {
			phones: known(cisco),
			port:   access(nil, learned(cisco+" 10", pc+" 10")),
			want:   []want{{cisco, true, "", "", probable, "mac", 0, false, true}},
		},
		"known phone in the data VLAN, powered": {
			phones: known(cisco),
			port:   power(access(nil, learned(cisco+" 10")), 3, 7000),
			want:   []want{{cisco, true, "", "", certain, "mac poe", 0, false, true}},
		},
		"known phone in the data VLAN, expected here": {
			phones: expected(cisco, "gi1/0/1"),
			port:   access(nil, learned(cisco+" 10")),
			want:   []want{{cisco, true, "", "", certain, "mac expected", 0, false, true}},
		},
		"known phone in the data VLAN, expected elsewhere": {
			phones: expected(cisco, "Gi1/0/2"),
			port:   access(nil, learned(cisco+" 10")),
			want:   []want{{cisco, true, "", "", probable, "mac", 0, false, true}},
		},
		"stale row of the data VLAN beside the voice VLAN": {
			phones: known(cisco),
			port:   access(nil, learned(cisco+" 10", cisco+" 110")),
			want:   []want{{cisco, true, "", "", certain, "voice-mac mac", 110, true, true}},
		},
		"known phone where the switch does not tell VLANs": {
			phones: known(cisco),
			port:   access(nil, learned(cisco)),
			want:   []want{{cisco, true, "", "", probable, "mac", 0, false, false}},
		},
		"known phone whose port tells the voice VLAN untagged": {
			phones: known(cisco),
			port: func() switchctl.PortState {
				p := access(nil, learned(cisco+" 10"))
				p.Voice = discovery.VoicePolicy{Mode: discovery.VoiceUntagged}
				return p
			}(),
			want: []want{{cisco, true, "", "", certain, "voice-mac", 0, true, true}},
		},
		"known phone with an address of its own making": {
			phones: known(vm),
			port:   access(nil, learned(vm+" 110")),
			want:   []want{{vm, true, "", "", certain, "voice-mac", 110, true, false}},
		},
		"unknown address in the voice VLAN": {
			port: access(nil, learned(cisco+" 110")),
			want: []want{{cisco, false, "", "", probable, "voice-mac", 110, true, false}},
		},
		"unknown phone by prefix, voice VLAN and power": {
			port: power(access(nil, learned(yealink+" 110")), 2, 5000),
			want: []want{{yealink, false, "Yealink", "", certain, "voice-mac oui poe", 110, true, false}},
		},
		"unknown phone whose stale row of the data VLAN comes first": {
			port: access(nil, learned(cisco+" 10", cisco+" 110")),
			want: []want{{cisco, false, "", "", probable, "voice-mac mac", 110, true, true}},
		},
		"row without an address is not that of a phone which does not tell it": {
			port: access(ns{with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID = "phone" })}, []switchctl.LearnedMAC{{VLAN: 110}}),
			want: []want{{"", false, "Cisco", "CP-7962", probable, "cdp", 0, false, false}},
		},
		"prefix of a maker of phones alone": {
			port: access(nil, learned(yealink+" 10")),
			want: []want{{yealink, false, "Yealink", "", unsure, "mac oui", 0, false, true}},
		},
		"prefix and power": {
			port: power(access(nil, learned(yealink+" 10")), 2, 5000),
			want: []want{{yealink, false, "Yealink", "", probable, "mac oui poe", 0, false, true}},
		},
		"prefix of Cisco is not a sign": {port: power(access(nil, learned(cisco+" 10")), 2, 5000)},
		"power of an access point is not a sign": {
			port: power(access(nil, learned(yealink+" 10")), 5, 38000),
			want: []want{{yealink, false, "Yealink", "", unsure, "mac oui", 0, false, true}},
		},
		"power with many addresses is not a sign": {
			phones: known(cisco),
			port:   power(access(nil, learned(append(crowdOf(5), cisco+" 10")...)), 3, 7000),
			want:   []want{{cisco, true, "", "", probable, "mac", 0, false, true}},
		},

		"PC behind a phone is not a phone": {
			port: access(ns{yealinkLLDP, pcLLDP}, learned(yealink+" 110", pc+" 10", vm+" 10")),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", certain, "lldp-med voice-mac oui", 110, true, false}},
		},
		"PC with containers behind a phone": {
			port: access(ns{dockerLLDP, yealinkLLDP}, learned(yealink+" 110", pc+" 10")),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", certain, "lldp-med voice-mac oui", 110, true, false}},
		},
		"PC alone":                          {port: access(ns{pcLLDP}, learned(pc+" 10"))},
		"virtual machine in the voice VLAN": {port: access(nil, learned(vm+" 110"))},
		"powered and silent":                {port: power(access(nil, nil), 2, 5000)},
		"empty port":                        {port: access(nil, nil)},
		"known phone, but the link is down": {
			phones: known(cisco),
			port: func() switchctl.PortState {
				p := access(ns{ciscoCDP}, learned(cisco+" 110"))
				p.Link = switchctl.Down
				return p
			}(),
		},
		"group addresses are nobody": {port: access(nil, learned("01:80:c2:00:00:0e 110", "ff:ff:ff:ff:ff:ff 110"))},

		"two phones behind a hub": {
			port: access(ns{ciscoLLDP, yealinkLLDP}, learned(cisco+" 110", yealink+" 110")),
			want: []want{
				{cisco, false, "Cisco", "CP-7962", unsure, "lldp-med voice-mac", 110, true, false},
				{yealink, false, "Yealink", "SIP-T46S", unsure, "lldp-med voice-mac oui", 110, true, false},
			},
		},
		"two phones behind a hub, each by both protocols": {
			port: access(ns{
				ciscoLLDP, ciscoCDP,
				with(ciscoLLDP, func(n *discovery.Neighbor) { n.PortID, n.System = "0021D8BA0A00:P1", "SEP0021D8BA0A00" }),
				with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID = "SEP0021D8BA0A00" }),
			}, nil),
			want: []want{
				{cisco, false, "Cisco", "CP-7962", unsure, "lldp-med cdp", 110, true, false},
				{cisco2, false, "Cisco", "CP-7962", unsure, "lldp-med cdp", 110, true, false},
			},
		},
		"two known phones that only switch learned": {
			phones: known(cisco, cisco2),
			port:   access(nil, learned(cisco+" 110", cisco2+" 110")),
			want: []want{
				{cisco, true, "", "", unsure, "voice-mac", 110, true, false},
				{cisco2, true, "", "", unsure, "voice-mac", 110, true, false},
			},
		},
		"a heard phone and a known one": {
			phones: known(cisco2),
			port:   access(ns{ciscoLLDP}, learned(cisco+" 110", cisco2+" 10")),
			want: []want{
				{cisco, false, "Cisco", "CP-7962", unsure, "lldp-med voice-mac", 110, true, false},
				{cisco2, true, "", "", unsure, "mac", 0, false, true},
			},
		},
		"a heard phone and a mere prefix": {
			port: access(ns{ciscoLLDP}, learned(cisco+" 110", yealink+" 10")),
			want: []want{
				{cisco, false, "Cisco", "CP-7962", certain, "lldp-med voice-mac", 110, true, false},
				{yealink, false, "Yealink", "", unsure, "mac oui", 0, false, true},
			},
		},
		"one phone in two rows under two time marks": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.HeardAt = now }), yealinkLLDP}, nil),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", probable, "lldp-med oui", 0, false, false}},
		},
		"row that should have expired long ago": {
			port: access(ns{with(yealinkLLDP, func(n *discovery.Neighbor) { n.HeardAt, n.TTL = now.Add(-time.Hour), 2*time.Minute })}, nil),
			want: []want{{yealink, false, "Yealink", "SIP-T46S", unsure, "lldp-med oui", 0, false, false}},
		},

		"uplink: trunk towards a switch": {
			phones: known(cisco, yealink),
			port:   trunk(access(ns{switchLLDP}, learned(cisco+" 110", yealink+" 110", poly+" 110", pc+" 10"))),
		},
		"uplink whose mode is not told": {
			phones: known(cisco),
			port: func() switchctl.PortState {
				p := access(ns{switchLLDP}, learned(cisco+" 110"))
				p.Mode = switchctl.ModeUnknown
				return p
			}(),
		},
		"uplink that hears nobody: a trunk with a crowd": {
			phones: known(cisco),
			port:   trunk(access(nil, learned(append(crowdOf(20), cisco+" 110")...))),
		},
		"a crowd on an access port": {
			phones: known(cisco),
			port:   access(nil, learned(append(crowdOf(20), cisco+" 110")...)),
			want:   []want{{cisco, true, "", "", unsure, "voice-mac", 110, true, false}},
		},
		"a phone that is heard among a crowd": {
			port: access([]discovery.Neighbor{ciscoCDP}, learned(append(crowdOf(20), cisco+" 110")...)),
			want: []want{{cisco, false, "Cisco", "CP-7962", certain, "cdp voice-mac", 110, true, false}},
		},
		"link aggregate": {
			phones: known(cisco),
			port: func() switchctl.PortState {
				p := access(nil, learned(cisco+" 110"))
				p.LAG = true
				return p
			}(),
		},
		"frames of CDP that pass a switch which does not know it": {
			port: trunk(access(ns{switchLLDP, ciscoCDP}, learned(cisco+" 110", yealink+" 110"))),
			want: []want{{cisco, false, "Cisco", "CP-7962", unsure, "cdp mac", 110, false, false}},
		},
		"phone on a port that is set as trunk": {
			phones: known(cisco),
			port:   trunk(access(ns{ciscoCDP}, learned(cisco+" 110"))),
			want:   []want{{cisco, true, "Cisco", "CP-7962", certain, "cdp mac", 110, false, false}},
		},
		"access point": {port: power(access(ns{apCDP}, learned("70:01:b5:00:00:02 10", yealink+" 10")), 4, 15000)},
		"known wireless phone behind an access point": {
			phones: known(cisco),
			port:   access(ns{apCDP}, learned(cisco+" 110")),
		},
		"known phone behind a PC that bridges, in the voice VLAN": {
			phones: known(cisco),
			port: access(ns{with(dockerLLDP, func(n *discovery.Neighbor) {
				n.MEDClass, n.Capabilities = 0, []discovery.Capability{discovery.CapBridge}
			})}, learned(cisco+" 110", pc+" 10")),
			want: []want{{cisco, true, "", "", unsure, "voice-mac", 110, true, false}},
		},
		"known phone behind a switch of a desk, in the data VLAN": {
			phones: known(cisco),
			port:   access(ns{switchLLDP}, learned(cisco+" 10")),
		},
		"known phone that is silent, and a PC with containers": {
			phones: known(cisco),
			port:   access(ns{dockerLLDP}, learned(cisco+" 10", pc+" 10")),
			want:   []want{{cisco, true, "", "", probable, "mac", 0, false, true}},
		},
		"class of a screen that draws little": {
			port: power(access(nil, learned(yealink+" 10")), 6, 9000),
			want: []want{{yealink, false, "Yealink", "", unsure, "mac oui", 0, false, true}},
		},
		"CDP row and LLDP row of two phones, one of which tells its address": {
			port: access(ns{
				yealinkLLDP, ciscoCDP, with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID, n.System, n.Platform = "phone-17", "phone-17", "" }),
			}, nil),
			want: []want{
				{"", false, "", "", unsure, "cdp", 0, false, false},
				{cisco, false, "Cisco", "CP-7962", unsure, "cdp", 0, false, false},
				{yealink, false, "Yealink", "SIP-T46S", unsure, "lldp-med oui", 0, false, false},
			},
		},
		"rows without an address that name one system among several phones": {
			port: access(ns{
				yealinkLLDP, with(ciscoCDP, func(n *discovery.Neighbor) { n.ChassisID, n.System, n.Platform = "SIP-T46S", "SIP-T46S", "" }), ciscoCDP,
			}, nil),
			want: []want{
				{cisco, false, "Cisco", "CP-7962", unsure, "cdp", 0, false, false},
				{yealink, false, "Yealink", "SIP-T46S", unsure, "lldp-med cdp oui", 0, false, false},
			},
		},
		"router that announces telephony is no phone": {
			port: access(ns{{Protocol: discovery.CDP, ChassisID: "vg1", Platform: "Cisco 2911", Capabilities: []discovery.Capability{discovery.CapRouter, discovery.CapTelephone}}}, nil),
		},
		"known phone that announces only bridging": {
			phones: known(cisco),
			port:   access(ns{{Protocol: discovery.LLDP, ChassisID: cisco, PortID: "1", Capabilities: []discovery.Capability{discovery.CapBridge}}}, learned(cisco+" 10")),
			want:   []want{{cisco, true, "", "", certain, "lldp mac", 0, false, true}},
		},
		"phone by its description only": {
			port: access(ns{with(nortelLLDP, func(n *discovery.Neighbor) { n.Capabilities = nil })}, nil),
			want: []want{{avaya, false, "Avaya", "1140E", probable, "lldp oui", 0, false, false}},
		},
		"phone by its name only": {
			port: access(ns{{Protocol: discovery.CDP, ChassisID: "SEP0021D8BA0965", PortID: "Port 1"}}, nil),
			want: []want{{cisco, false, "", "", probable, "cdp", 0, false, false}},
		},
		"model of the inventory where the phone tells none": {
			phones: []inventory.Phone{{MAC: mac(cisco), Model: "Cisco 8841", Source: "cucm"}},
			port:   access(nil, learned(cisco+" 110")),
			want:   []want{{cisco, true, "Cisco", "CP-8841", certain, "voice-mac", 110, true, false}},
		},
		"model of the phone before that of the inventory": {
			phones: []inventory.Phone{{MAC: mac(cisco), Model: "Cisco 8841", Source: "cucm"}},
			port:   access(ns{ciscoCDP}, learned(cisco+" 110")),
			want:   []want{{cisco, true, "Cisco", "CP-7962", certain, "cdp voice-mac", 110, true, false}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, _ := inventory.NewDirectory(tt.phones)
			bs := inventory.Correlate(d, switchctl.Snapshot{Switch: "sw1", Ports: []switchctl.PortState{tt.port}}, now)
			if diff := cmp.Diff(tt.want, summaries(bs)); diff != "" {
				t.Errorf("Correlate (-want +got):\n%s\n%+v", diff, bs)
			}
			one := inventory.CorrelatePort(d, &tt.port, now)
			if diff := cmp.Diff(bs, one); diff != "" {
				t.Errorf("CorrelatePort differs from Correlate:\n%s", diff)
			}
		})
	}
}

func summaries(bs []inventory.Binding) (ws []want) {
	for _, b := range bs {
		var kinds []string
		for _, e := range b.Evidence {
			kinds = append(kinds, string(e.Kind))
		}
		ws = append(ws, want{
			MAC: b.MAC.String(), Known: b.Phone != nil, Vendor: b.Vendor, Model: b.Model, Confidence: b.Confidence, Evidence: strings.Join(kinds, " "),
			VoiceVLAN: b.VoiceVLAN, InVoice: b.InVoice, InData: b.InData,
		})
	}
	return ws
}
