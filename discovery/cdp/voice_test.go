package cdp_test

import (
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

func TestVoice(t *testing.T) {
	for _, test := range []struct {
		name, tlvs string
		want       discovery.VoicePolicy
	}{
		{"absent", "", discovery.VoicePolicy{Mode: discovery.VoiceNone}},
		{"query only", "000F0008 20020001", discovery.VoicePolicy{Mode: discovery.VoiceNone}},
		{"1", "000E0007 010001", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 1}},
		{"4094", "000E0007 010FFE", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 4094}},
		{"dot1p", "000E0007 010000", discovery.VoicePolicy{Mode: discovery.VoicePriority}},
		{"untagged", "000E0007 010FFF", discovery.VoicePolicy{Mode: discovery.VoiceUntagged}},
		{"4096", "000E0007 011000", discovery.VoicePolicy{}},
		{"65535", "000E0007 01FFFF", discovery.VoicePolicy{}},
		{"another appliance", "000E0007 1F0064", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 100}},
		{"malformed", "000E0006 0064", discovery.VoicePolicy{}},
		{"another TLV malformed", "000A0005 01", discovery.VoicePolicy{Mode: discovery.VoiceNone}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p cdp.Packet
			if err := p.Decode(octets(t, "02B40000"+test.tlvs)); err != nil {
				t.Fatal(err)
			}
			if got := p.Voice(); got != test.want {
				t.Errorf("%+v, want %+v", got, test.want)
			}
		})
	}
}

func TestVoiceVLANOf(t *testing.T) {
	for _, test := range []struct {
		name string
		v    discovery.VoicePolicy
		want cdp.Appliance
		ok   bool
	}{
		{"unknown", discovery.VoicePolicy{}, cdp.Appliance{}, false},
		{"none", discovery.VoicePolicy{Mode: discovery.VoiceNone}, cdp.Appliance{}, false},
		{"tagged 1", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 1}, cdp.Appliance{ID: 1, VLAN: 1}, true},
		{"tagged 4094", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 4094}, cdp.Appliance{ID: 1, VLAN: 4094}, true},
		{"tagged 0", discovery.VoicePolicy{Mode: discovery.VoiceTagged}, cdp.Appliance{}, false},
		{"tagged 4095", discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 4095}, cdp.Appliance{}, false},
		{"priority", discovery.VoicePolicy{Mode: discovery.VoicePriority, PCP: 5}, cdp.Appliance{ID: 1}, true},
		{"untagged", discovery.VoicePolicy{Mode: discovery.VoiceUntagged}, cdp.Appliance{ID: 1, VLAN: 4095}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, ok := cdp.VoiceVLANOf(test.v)
			if got != test.want || ok != test.ok {
				t.Errorf("%+v %v, want %+v %v", got, ok, test.want, test.ok)
			}
			if !ok {
				return
			}
			p := cdp.Packet{Has: cdp.HasVoiceVLAN, VoiceVLAN: got}
			if v := p.Voice(); v.Mode != test.v.Mode || v.VLAN != test.v.VLAN {
				t.Errorf("heard as %+v", v)
			}
		})
	}
}
