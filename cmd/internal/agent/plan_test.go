package agent

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

var station0 = config.Station{Name: "acc-1", Capabilities: []discovery.Capability{discovery.CapBridge}}

func mac(n int) discovery.MAC { return discovery.MAC{2, 0, 0, 0, byte(n >> 8), byte(n)} }

func voice(vlan uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: vlan, PCP: 5, DSCP: 46}
}

// asked is the policy of a bridge's entry that leaves the VLAN to the bridge.
var asked = discovery.VoicePolicy{Application: lldp.AppVoice, PCP: 5, DSCP: 46}

func eth(name string, index int) Link {
	return Link{Name: name, Index: index, Addr: mac(index), Up: true}
}

func said(vs ...discovery.VoicePolicy) advertise.Advert { return advertise.Advert{Voice: vs} }

// TestPlanPorts: which interfaces speak, and by which entry.
func TestPlanPorts(t *testing.T) {
	t.Parallel()
	lo := Link{Name: "lo", Index: 1, Loopback: true}
	br := Link{Name: "br0", Index: 9, Addr: mac(9), Kind: "bridge"}
	member := func(name string, i int) Link { l := eth(name, i); l.Bridge = "br0"; return l }
	vlan := eth("eth1.10", 8)
	vlan.Kind = "vlan"
	links := []Link{lo, eth("eth1", 2), eth("eth2", 3), member("lan1", 4), member("lan2", 5), vlan, br}
	bridges := map[string]Bridge{"br0": {Ports: map[string]Member{"lan1": {Filtering: true, PVID: 1}, "lan2": {Filtering: true, PVID: 1}}}}
	one := func(name string, patterns ...string) config.Advert {
		return config.Advert{Name: name, Interfaces: patterns}
	}
	tests := []struct {
		name    string
		setup   Setup
		want    string
		missing string
	}{
		{"by name", Setup{Adverts: []config.Advert{one("a", "eth1")}}, "eth1=a", ""},
		{"by pattern", Setup{Adverts: []config.Advert{one("a", "eth*")}}, "eth1=a eth2=a", ""},
		{"everything that is a socket", Setup{Adverts: []config.Advert{one("a", "*")}}, "eth1=a eth2=a lan1=a lan2=a", ""},
		{"a virtual one by its name", Setup{Adverts: []config.Advert{one("a", "eth1.10")}}, "eth1.10=a", ""},
		{"the first that covers", Setup{Adverts: []config.Advert{one("a", "eth2"), one("b", "eth*")}}, "eth1=b eth2=a", ""},
		{"bridge", Setup{Adverts: []config.Advert{{Name: "a", Bridge: "br0"}}}, "lan1=a lan2=a", ""},
		{"some of a bridge", Setup{Adverts: []config.Advert{{Name: "a", Bridge: "br0", Interfaces: []string{"lan2"}}, {Name: "b", Bridge: "br0"}}}, "lan1=b lan2=a", ""},
		{"only", Setup{Adverts: []config.Advert{one("a", "*")}, Only: []string{"eth2"}}, "eth2=a", ""},
		{"only what is not there", Setup{Adverts: []config.Advert{one("a", "*")}, Only: []string{"eth9"}}, "", "there is no interface eth9"},
		{"only what is not covered", Setup{Adverts: []config.Advert{one("a", "eth1")}, Only: []string{"eth2"}}, "", "nothing is configured for eth2"},
		{"not there", Setup{Adverts: []config.Advert{one("a", "eth1", "eth9", "x*")}}, "eth1=a", "there is no interface eth9"},
		{"no bridge", Setup{Adverts: []config.Advert{{Name: "a", Bridge: "br7"}, one("b", "eth1")}}, "eth1=b", "there is no bridge br7"},
		{"no port of the bridge", Setup{Adverts: []config.Advert{{Name: "a", Bridge: "br0", Interfaces: []string{"eth1"}}}}, "", "eth1 is no port of the bridge br0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.setup.Station = station0
			p, err := Plan(tt.setup, Scene{Links: links, Bridges: bridges})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, w := range p.Ports {
				got = append(got, w.Link.Name+"="+w.Entry)
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("ports %q, want %q", s, tt.want)
			}
			if s := strings.Join(p.Missing, "; "); s != tt.missing {
				t.Errorf("missing %q, want %q", s, tt.missing)
			}
		})
	}
}

// TestPlanCarries: a VLAN that a port of a bridge does not carry is never told.
func TestPlanCarries(t *testing.T) {
	t.Parallel()
	sig := discovery.VoicePolicy{Application: lldp.AppVoiceSignaling, Mode: discovery.VoiceTagged, VLAN: 120, PCP: 3, DSCP: 24}
	untagged := discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoiceUntagged, DSCP: 46}
	priority := discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoicePriority, PCP: 5, DSCP: 46}
	tests := []struct {
		name    string
		says    []discovery.VoicePolicy
		carries Member
		want    []discovery.VoicePolicy
		data    uint16
		warning string // part of the only one; "" = none
	}{
		{"the tagged one", []discovery.VoicePolicy{asked}, Member{Filtering: true, PVID: 10, Tagged: []uint16{110}}, []discovery.VoicePolicy{voice(110)}, 10, ""},
		{"none is tagged", []discovery.VoicePolicy{asked}, Member{Filtering: true, PVID: 10}, nil, 10, ""},
		{"several are tagged", []discovery.VoicePolicy{asked}, Member{Filtering: true, PVID: 10, Tagged: []uint16{110, 120}}, nil, 10, "several VLANs are tagged (untagged 10; tagged 110, 120)"},
		{"one of several", []discovery.VoicePolicy{voice(120)}, Member{Filtering: true, PVID: 10, Tagged: []uint16{110, 120}}, []discovery.VoicePolicy{voice(120)}, 10, ""},
		{"not carried", []discovery.VoicePolicy{voice(130)}, Member{Filtering: true, PVID: 10, Tagged: []uint16{110}}, nil, 10, "voice VLAN 130 is configured and the port does not carry it (untagged 10; tagged 110): it is not told"},
		{"carried without a tag", []discovery.VoicePolicy{voice(10)}, Member{Filtering: true, PVID: 10}, nil, 10, "carries it without a tag"},
		{"no VLAN at all", []discovery.VoicePolicy{voice(10)}, Member{Filtering: true}, nil, 0, "does not carry it (no VLAN)"},
		{"signaling not carried", []discovery.VoicePolicy{asked, sig}, Member{Filtering: true, PVID: 10, Tagged: []uint16{110}}, []discovery.VoicePolicy{voice(110)}, 10, "voice-signaling VLAN 120"},
		{"untagged", []discovery.VoicePolicy{untagged}, Member{Filtering: true, PVID: 10}, []discovery.VoicePolicy{untagged}, 10, ""},
		{"untagged into nothing", []discovery.VoicePolicy{untagged}, Member{Filtering: true, Tagged: []uint16{110}}, nil, 0, "voice is to be untagged and the port drops frames without a VLAN"},
		{"priority into nothing", []discovery.VoicePolicy{priority}, Member{Filtering: true, Tagged: []uint16{110}}, nil, 0, "voice is to be priority"},
		{"no filtering, configured", []discovery.VoicePolicy{voice(110)}, Member{}, []discovery.VoicePolicy{voice(110)}, 0, ""},
		{"no filtering, asked", []discovery.VoicePolicy{asked}, Member{}, nil, 0, "does not filter VLANs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := eth("lan1", 2)
			l.Bridge = "br0"
			says := said(tt.says...)
			says.VoiceName = "voice"
			s := Setup{Station: station0, Adverts: []config.Advert{{Name: "a", Bridge: "br0", Says: says}}}
			p, err := Plan(s, Scene{Links: []Link{l}, Bridges: map[string]Bridge{"br0": {Ports: map[string]Member{"lan1": tt.carries}}}})
			if err != nil {
				t.Fatal(err)
			}
			w := p.Ports[0]
			if diff := cmp.Diff(tt.want, w.Advert.Voice); diff != "" {
				t.Errorf("policies (-want +got):\n%s", diff)
			}
			if w.Advert.DataVLAN != tt.data {
				t.Errorf("data VLAN %d, want %d", w.Advert.DataVLAN, tt.data)
			}
			if named := w.Advert.VoiceName != ""; named != voiceTagged(tt.want) {
				t.Errorf("voice name %q", w.Advert.VoiceName)
			}
			switch {
			case tt.warning == "" && len(w.Warnings) > 0:
				t.Errorf("warnings %q", w.Warnings)
			case tt.warning != "" && (len(w.Warnings) != 1 || !strings.Contains(w.Warnings[0], tt.warning)):
				t.Errorf("warnings %q, want one with %q", w.Warnings, tt.warning)
			}
		})
	}
}

func TestPlanBridgeUnread(t *testing.T) {
	t.Parallel()
	l := eth("lan1", 2)
	l.Bridge = "br0"
	s := Setup{Station: station0, Adverts: []config.Advert{{Name: "a", Bridge: "br0", Says: said(voice(110))}}}
	p, err := Plan(s, Scene{Links: []Link{l}, Bridges: map[string]Bridge{"br0": {Err: errors.New("busy")}}})
	if err != nil || len(p.Ports) != 0 || p.Unread["br0"] == nil {
		t.Errorf("%+v, %v", p, err)
	}
	// A port that the bridge does not tell of carries nothing.
	if p, err = Plan(s, Scene{Links: []Link{l}, Bridges: map[string]Bridge{"br0": {}}}); err != nil || len(p.Ports) != 1 || len(p.Ports[0].Advert.Voice) != 0 || len(p.Ports[0].Warnings) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestPlanPower(t *testing.T) {
	t.Parallel()
	driver := advertise.Power{Supported: true, Enabled: true, Type: 1, Class: 2, Limit: 7000}
	given := advertise.Power{Supported: true, Enabled: true, Type: 2, Class: 4, Limit: 30000}
	l := eth("lan1", 2)
	l.Bridge = "br0"
	sc := Scene{Links: []Link{l}, Bridges: map[string]Bridge{"br0": {Ports: map[string]Member{"lan1": {Filtering: true, PVID: 1, Power: &driver}}}}}
	for _, given := range []*advertise.Power{nil, &given} {
		a, want := config.Advert{Name: "a", Bridge: "br0"}, driver
		if given != nil {
			a.PowerGiven, a.Says.Power, want = true, *given, *given
		}
		p, err := Plan(Setup{Station: station0, Adverts: []config.Advert{a}}, sc)
		if err != nil || p.Ports[0].Advert.Power != want {
			t.Errorf("%+v, %v; want %+v", p.Ports[0].Advert.Power, err, want)
		}
	}
}

// TestPlanRefuses: what cannot be said is an error that names the port, all at once.
func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	s := Setup{Station: station0, Adverts: []config.Advert{
		{Name: "a", Interfaces: []string{"eth1"}, Says: said(voice(5000))}, {Name: "b", Interfaces: []string{"eth2"}, Says: advertise.Advert{CoSPC: 9}},
	}}
	_, err := Plan(s, Scene{Links: []Link{eth("eth1", 2), eth("eth2", 3)}})
	for _, want := range []string{`eth1, by "a"`, "5000", `eth2, by "b"`, "9"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

func TestPlanStation(t *testing.T) {
	t.Parallel()
	ip := func(ss ...string) (out []netip.Addr) {
		for _, s := range ss {
			out = append(out, netip.MustParseAddr(s))
		}
		return out
	}
	lo := Link{Name: "lo", Index: 1, Loopback: true, Addresses: ip("127.0.0.1", "192.0.2.99")}
	e1, e2 := eth("eth1", 2), eth("eth2", 3)
	e1.Addresses, e2.Addresses = ip("fe80::1", "192.0.2.1", "192.0.2.2"), ip("2001:db8::1", "192.0.2.3")
	br := Link{Name: "br0", Index: 9, Addr: mac(9), Kind: "bridge", Addresses: ip("192.0.2.9")}
	sc := Scene{Name: "host", System: "Linux 6", Platform: "Linux x86_64", Links: []Link{lo, e1, e2, br}, Bridges: map[string]Bridge{"br0": {}}}
	caps := []discovery.Capability{discovery.CapBridge}
	tests := []struct {
		name  string
		setup Setup
		want  advertise.Station
	}{
		{"from the host", Setup{Station: config.Station{Capabilities: caps}}, advertise.Station{
			Chassis: mac(2), Name: "host", Description: "Linux 6", Platform: "Linux x86_64", Capabilities: caps, Addresses: ip("192.0.2.1", "2001:db8::1"),
		}},
		{"from the bridge", Setup{Adverts: []config.Advert{{Bridge: "br0"}}, Station: config.Station{Capabilities: caps}}, advertise.Station{
			Chassis: mac(9), Name: "host", Description: "Linux 6", Platform: "Linux x86_64", Capabilities: caps, Addresses: ip("192.0.2.9", "2001:db8::1"),
		}},
		{"as configured", Setup{Station: config.Station{Name: "n", Description: "d", Platform: "p", Chassis: mac(77), Addresses: ip("192.0.2.77"), Capabilities: caps}}, advertise.Station{
			Chassis: mac(77), Name: "n", Description: "d", Platform: "p", Capabilities: caps, Addresses: ip("192.0.2.77"),
		}},
	}
	for _, tt := range tests {
		p, err := Plan(tt.setup, sc)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, p.Station, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
			t.Errorf("%s: station (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestPlanThousand: a look at many ports stays in their order and finds each.
func TestPlanThousand(t *testing.T) {
	t.Parallel()
	var links []Link
	for i := range 1000 {
		links = append(links, eth(fmt.Sprintf("lan%d", i+1), i+2))
	}
	p, err := Plan(Setup{Station: station0, Adverts: []config.Advert{{Name: "a", Interfaces: []string{"lan*"}, Says: said(voice(110))}}}, Scene{Links: links})
	if err != nil || len(p.Ports) != 1000 || p.Ports[999].Advert.PortID != "lan1000" || p.Ports[999].Advert.IfIndex != 1001 {
		t.Errorf("%d ports, %v", len(p.Ports), err)
	}
}
