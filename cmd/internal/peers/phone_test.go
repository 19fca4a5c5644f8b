//go:build linux

package peers

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
	"phoneport/discovery/wire/wiretest"
)

// startPhone runs lldpd as a phone of class III at the other end of a port of ours, and gives both when the
// phone was told its policy. Ours is started first, as switches are: lldpd speaks when it is started, and then
// after half a minute.
func startPhone(t testing.TB, a advertise.Advert) (*ourPort, *lldpd) {
	t.Helper()
	namespace(t)
	wiretest.Cable(t, "sw0", "ph0")
	port := startPort(t, "sw0", a, advertise.Options{})
	phone := startLLDPd(t, "ph0", "-M", "3", "-m", "192.0.2.7", "-S", "tin phone")
	port.await("a MED endpoint", func(n advertise.Notice) bool { return n.Kind == advertise.MEDStarted })
	return port, phone
}

// heardPolicies gives what lldpd took from us, as "application vlan/priority/dscp".
func heardPolicies(at []tree) []string {
	var out []string
	for _, n := range at {
		for _, p := range n.all("lldp-med", "policy") {
			vlan := p.text("vlan", "vid")
			if p.text("defined") != "yes" {
				vlan = "undefined"
			}
			out = append(out, fmt.Sprintf("%s %s/%s/%s", p.text("apptype"), vlan, p.text("pcp", "value"), p.text("dscp", "value")))
		}
	}
	return out
}

// within waits until lldpd holds what is wanted, no longer than the requirement allows from began.
func within(t testing.TB, phone *lldpd, began time.Time, limit time.Duration, want []string, what func([]tree) []string) {
	t.Helper()
	ctx, cancel := context.WithDeadline(context.Background(), began.Add(limit))
	defer cancel()
	for {
		asked := ctx.Err() == nil
		got := what(phone.neighbors())
		if cmp.Equal(want, got) {
			t.Logf("lldpd holds %q after %s", want, time.Since(began).Round(time.Millisecond))
			return
		}
		if !asked {
			t.Fatalf("after %s lldpd holds %q, want %q", limit, got, want)
		}
	}
}

// TestPhoneLearns wants lldpd to hold each value that we say.
func TestPhoneLearns(t *testing.T) {
	a := advert()
	// 1000BASE-T, full duplex, by auto-negotiation.
	a.MACPHY = lldp.MACPHY{Autoneg: 3, Advertised: 0x0001, MAU: 30}
	_, phone := startPhone(t, a)
	within(t, phone, time.Now(), time.Second, []string{
		"Voice 110/5/46", "Voice Signaling 110/3/24", "Guest Voice 120/4/34", "Guest Voice Signaling priority/2/18",
		"Softphone Voice /0/40", "Video Conferencing 4094/7/63", "Streaming Video 1/1/1", "Video Signaling 130/6/26",
	}, heardPolicies)
	at := phone.neighbors()
	if len(at) != 1 {
		t.Fatalf("lldpd hears %d neighbours, want us alone", len(at))
	}
	us := at[0]
	for path, want := range map[string]string{
		"chassis id type":                       "mac",
		"chassis id value":                      "02:00:00:00:10:00",
		"chassis name value":                    "closet-3",
		"chassis descr value":                   "phoneport on Linux",
		"chassis mgmt-ip value":                 "192.0.2.3",
		"chassis mgmt-iface value":              "17",
		"chassis capability type":               "Bridge",
		"chassis capability enabled":            "yes",
		"port id type":                          "ifname",
		"port id value":                         "swp17",
		"port descr value":                      "desk 3.17",
		"port ttl value":                        "121",
		"port mfs value":                        "1522",
		"port auto-negotiation supported":       "yes",
		"port auto-negotiation enabled":         "yes",
		"port auto-negotiation current":         "",
		"lldp-med device-type value":            "Network Connectivity Device",
		"lldp-med inventory manufacturer value": "Whitebox",
		"lldp-med inventory model value":        "48P",
		"lldp-med inventory serial value":       "WB0042",
		"lldp-med inventory software value":     "1.2",
		// 15.4 W at the PSE are 13 W at the phone.
		"port power supported":           "yes",
		"port power enabled":             "yes",
		"port power device-type value":   "PSE",
		"port power class value":         "class 3",
		"port power power-type value":    "2",
		"port power priority value":      "high",
		"port power requested value":     "13000",
		"port power allocated value":     "13000",
		"lldp-med poe device-type value": "PSE",
		"lldp-med poe source value":      "Primary Power Source",
		"lldp-med poe priority value":    "high",
		"lldp-med poe power value":       "13000",
	} {
		if got := us.text(strings.Fields(path)...); got != want {
			t.Errorf("%s: lldpd holds %q, want %q", path, got, want)
		}
	}
	if got := us.text("port", "auto-negotiation", "current", "value"); !strings.HasPrefix(got, "1000BaseTFD") {
		t.Errorf("MAU type: lldpd holds %q, want 1000BASE-T", got)
	}
	vlans := map[string]string{}
	for _, v := range us.all("vlan") {
		vlans[v.text("vlan-id")] = v.text("pvid") + " " + v.text("value")
	}
	if diff := cmp.Diff(map[string]string{"10": "yes ", "110": "no voice-3"}, vlans); diff != "" {
		t.Errorf("VLANs (-want +lldpd):\n%s", diff)
	}
	var locations []string
	for _, l := range us.all("lldp-med", "location") {
		text := l.text("type")
		for _, part := range []string{"geoid", "lat value", "lon value", "altitude value", "altitude unit", "country value", "city value", "street value", "number value", "floor value", "room value", "ecs value"} {
			if v := l.text(strings.Fields(part)...); v != "" {
				text += ", " + v
			}
		}
		locations = append(locations, text)
	}
	if diff := cmp.Diff([]string{
		"Coordinates, WGS84, 48.8750000N, 2.2500000W, 276.50, m",
		"Civic address, DE, Berlin, Unter den Linden, 77, 3, 3.17",
		"ELIN, 4930555123417",
	}, locations); diff != "" {
		t.Errorf("locations (-want +lldpd):\n%s", diff)
	}
}

// TestPhoneFollows changes the policy and takes it back. The phone is to know within a second, by the issue that
// asked for it; the limit is that requirement.
func TestPhoneFollows(t *testing.T) {
	a := advert()
	a.Voice = a.Voice[:1]
	port, phone := startPhone(t, a)
	within(t, phone, time.Now(), time.Second, []string{"Voice 110/5/46"}, heardPolicies)
	for _, step := range []struct {
		voice []discovery.VoicePolicy
		want  []string
	}{
		{[]discovery.VoicePolicy{{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: 210, PCP: 6, DSCP: 34}}, []string{"Voice 210/6/34"}},
		{nil, nil},
		{a.Voice, []string{"Voice 110/5/46"}},
	} {
		b := advert()
		b.Voice = step.voice
		began := time.Now()
		if err := port.Set(b); err != nil {
			t.Fatal(err)
		}
		within(t, phone, began, time.Second, step.want, heardPolicies)
	}
	// When we end, the phone forgets us at once and does not wait for the lifetime.
	port.stop()
	within(t, phone, time.Now(), time.Second, nil, func(at []tree) []string {
		var out []string
		for _, n := range at {
			out = append(out, n.text("chassis", "name", "value"))
		}
		return out
	})
}

// TestPhoneIsHeard is the other way round: what lldpd says stands in our table.
func TestPhoneIsHeard(t *testing.T) {
	port, phone := startPhone(t, advert())
	for _, command := range [][]string{
		{"inventory", "manufacturer", "Tin & Co"},
		{"inventory", "model", "T-1"},
		{"inventory", "serial-number", "TIN0001"},
		{"inventory", "firmware-revision", "2.3"},
		{"inventory", "hardware-revision", "A4"},
		{"inventory", "software-revision", "5.6.7"},
		{"inventory", "asset", "desk 3.17"},
		{"med", "power", "pd", "source", "pse", "priority", "high", "value", "6300"},
		{"system", "capabilities", "enabled", "bridge,telephone"},
		{"med", "policy", "application", "voice", "tagged", "vlan", "110", "priority", "voice", "dscp", "46"},
	} {
		phone.do(append([]string{"configure"}, command...)...)
	}
	phone.do("update")
	adopted := discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46}
	port.change("the policy is adopted", func(c neighbors.Change) bool {
		return c.Kind == neighbors.KindAdopted && c.Neighbor.Adopted == adopted
	})
	last := port.change("all is told", func(c neighbors.Change) bool {
		return c.Neighbor.Adopted == adopted && c.Neighbor.Inventory.Asset != "" && c.Neighbor.Draws != 0 && c.Neighbor.Has(discovery.CapBridge)
	})
	want := discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: phoneMAC.String(), PortID: phoneMAC.String(), PortDesc: "ph0", MAC: phoneMAC,
		System: last.System, Platform: "tin phone", Software: "5.6.7",
		Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone},
		MEDClass:     discovery.MEDClassIII, Adopted: adopted, Advertised: last.Advertised, Addresses: []string{"192.0.2.7"},
		Inventory: discovery.Inventory{
			Manufacturer: "Tin & Co", Model: "T-1", Serial: "TIN0001", Firmware: "2.3", Hardware: "A4", Software: "5.6.7", Asset: "desk 3.17",
		},
		Draws: 6300, HeardAt: last.HeardAt, TTL: 120 * time.Second,
	}
	all := port.Neighbors()
	if len(all) != 1 {
		t.Fatalf("we hear %d neighbours, want the phone alone: %+v", len(all), all)
	}
	want.HeardAt = all[0].HeardAt
	if diff := cmp.Diff(want, all[0]); diff != "" {
		t.Errorf("neighbour (-want +got):\n%s", diff)
	}
	if all[0].System == "" || !all[0].IsPhone() || all[0].HeardAt.IsZero() {
		t.Errorf("neighbour %+v", all[0])
	}

	phone.stop()
	gone := port.await("the phone is gone", func(n advertise.Notice) bool {
		return n.Kind == advertise.Neighbor && n.Change.Kind == neighbors.KindGone
	})
	if gone.Change.Why != "shutdown" || gone.Change.Neighbor.MAC != phoneMAC {
		t.Errorf("gone: %+v", gone.Change)
	}
	if all := port.Neighbors(); len(all) != 0 {
		t.Errorf("still heard: %+v", all)
	}
}
