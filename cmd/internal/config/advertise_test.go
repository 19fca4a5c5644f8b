package config

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/spf13/pflag"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

func TestAdvertise(t *testing.T) {
	t.Parallel()
	const head = "advertise:\n  - {name: a, interfaces: eth1, "
	tests := []struct {
		name, text string
		want       advertise.Advert
		given      bool
	}{
		{"nothing", "lldp: auto}", advertise.Advert{}, false},
		{"voice", "voice: {vlan: 110}}", advertise.Advert{Voice: []discovery.VoicePolicy{{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46}}}, false},
		{"marks", "voice: {vlan: 110, pcp: 0, dscp: 0}}", advertise.Advert{Voice: []discovery.VoicePolicy{{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110}}}, false},
		{"none", "voice: {mode: none}}", advertise.Advert{}, false},
		{"priority", "voice: {mode: priority, pcp: 6}}", advertise.Advert{Voice: []discovery.VoicePolicy{{Application: 1, Mode: discovery.VoicePriority, PCP: 6, DSCP: 46}}}, false},
		{"untagged", "voice: {mode: untagged}, data_vlan: 10}", advertise.Advert{DataVLAN: 10, Voice: []discovery.VoicePolicy{{Application: 1, Mode: discovery.VoiceUntagged, DSCP: 46}}}, false},
		{"signaling", "applications: [{name: voice-signaling, vlan: 111}]}", advertise.Advert{Voice: []discovery.VoicePolicy{{Application: 2, Mode: discovery.VoiceTagged, VLAN: 111, PCP: 3, DSCP: 24}}}, false},
		{"servers", "call_servers: [192.0.2.1, 192.0.2.2], file_servers: 192.0.2.3, framing: untagged}", advertise.Advert{
			CallServers: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")},
			FileServers: []netip.Addr{netip.MustParseAddr("192.0.2.3")}, Framing: 2,
		}, false},
		{"power", "power: {limit: 30W, priority: high}}", advertise.Advert{Power: advertise.Power{
			Supported: true, Enabled: true, Type: 2, Class: 4, Priority: 2, Limit: 30_000,
		}}, true},
		{"little power", "power: {limit: 15.4W}}", advertise.Advert{Power: advertise.Power{Supported: true, Enabled: true, Type: 1, Class: 3, Limit: 15_400}}, true},
		{"much power", "power: {limit: 90W, allocated: 60W, class: 0, backup: true}}", advertise.Advert{Power: advertise.Power{
			Supported: true, Enabled: true, Type: 4, Backup: true, Limit: 90_000, Allocated: 60_000,
		}}, true},
		{"power off", "power: {off: true}}", advertise.Advert{Power: advertise.Power{Supported: true, Type: 1, Class: 3}}, true},
		{"ELIN and civic", "location: {elin: \"5551234567\", civic: {country: us, floor: 2, street: Main S}}}", advertise.Advert{Locations: []lldp.Location{
			{Format: lldp.LocationCivic, Civic: lldp.Civic{What: 2, Country: "US", Parts: []lldp.CivicPart{{Type: 6, Value: "Main S"}, {Type: 27, Value: "2"}}}},
			{Format: lldp.LocationELIN, ELIN: "5551234567"},
		}}, false},
		// The example of RFC 6225, the Sears Tower at 41.87884 N, 87.63602 W, floor 103; the longitude is rounded here and
		// cut off there.
		{"coordinates", "location: {coordinates: {latitude: 41.87884, longitude: -87.63602, altitude: 103, altitude_in: floors, datum: nad83-navd88}}}", advertise.Advert{
			Locations: []lldp.Location{{Format: lldp.LocationCoordinate, Coordinate: lldp.Coordinate{
				LatResolution: 34, LonResolution: 34, AltResolution: 30, Latitude: 0x053c1f751, Longitude: 0x3f50ba5b96 - 1<<38, AltType: 2, Altitude: 103 << 8, Datum: 2,
			}}},
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := parse("phoneport.yaml", []byte(head+tt.text), Options{Getenv: noEnv})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, c.Advertise[0].Says, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("says (-want +got):\n%s", diff)
			}
			if c.Advertise[0].PowerGiven != tt.given {
				t.Errorf("power given: %v", c.Advertise[0].PowerGiven)
			}
		})
	}
}

func TestBridgeAsksForItsVLAN(t *testing.T) {
	t.Parallel()
	c, err := parse("phoneport.yaml", []byte("advertise: [{name: a, bridge: br0, voice: {pcp: 6}}, {name: b, bridge: br0, interfaces: lan9, voice: {mode: none}}]"), Options{Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	want := []discovery.VoicePolicy{{Application: 1, Mode: discovery.VoiceUnknown, PCP: 6, DSCP: 46}}
	if diff := cmp.Diff(want, c.Advertise[0].Says.Voice); diff != "" {
		t.Errorf("first (-want +got):\n%s", diff)
	}
	if len(c.Advertise[1].Says.Voice) != 0 {
		t.Errorf("mode none is told: %+v", c.Advertise[1].Says.Voice)
	}
}

func TestCovers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		a    Advert
		port string
		want bool
	}{
		{"name", Advert{Interfaces: []string{"eth1"}}, "eth1", true},
		{"other name", Advert{Interfaces: []string{"eth1"}}, "eth10", false},
		{"pattern", Advert{Interfaces: []string{"lan[1-4]", "eth*"}}, "lan4", true},
		{"other pattern", Advert{Interfaces: []string{"lan[1-4]"}}, "lan5", false},
		{"all of a bridge", Advert{Bridge: "br0"}, "x", true},
		{"some of a bridge", Advert{Bridge: "br0", Interfaces: []string{"lan*"}}, "x", false},
		{"neither", Advert{}, "x", false},
	} {
		if got := tt.a.Covers(tt.port); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

// TestCheckAdvert: mistakes of flags are told by the name of the flag.
func TestCheckAdvert(t *testing.T) {
	t.Parallel()
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.Int("voice-vlan", 0, "")
	set.String("elin", "", "")
	if err := set.Parse([]string{"--voice-vlan=5000", "--elin=911"}); err != nil {
		t.Fatal(err)
	}
	text := AdvertText{Name: "flags", DataVLAN: 9999, Interfaces: []string{"eth1"}}
	text.Voice.VLAN, text.Location.ELIN = 5000, "911"
	_, err := CheckAdvert(text, map[string]*pflag.Flag{"voice.vlan": set.Lookup("voice-vlan"), "location.elin": set.Lookup("elin")})
	want := `--voice-vlan: 5000 is not in 1 to 4094
--elin: "911" is no emergency number: 10 to 25 digits and nothing else
command line: data_vlan: 9999 is not in 1 to 4094`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if _, err := CheckAdvert(AdvertText{Name: "flags"}, nil); err == nil || err.Error() != "command line: interfaces and bridge are missing: name interfaces, patterns of them, or a Linux bridge" {
		t.Errorf("nothing: %v", err)
	}
}

func TestStation(t *testing.T) {
	t.Parallel()
	c, err := parse("phoneport.yaml", []byte("station: {name: acc-1, chassis: 0200.0000.0001, addresses: 192.0.2.9}"), Options{Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	want := Station{
		Name: "acc-1", Chassis: discovery.MAC{2, 0, 0, 0, 0, 1}, Addresses: []netip.Addr{netip.MustParseAddr("192.0.2.9")},
		Capabilities: []discovery.Capability{discovery.CapBridge},
	}
	if diff := cmp.Diff(want, c.Station, cmpopts.EquateComparable(netip.Addr{})); diff != "" {
		t.Errorf("station (-want +got):\n%s", diff)
	}
}
