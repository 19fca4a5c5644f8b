package advertise

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

func TestAdvertCheck(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Advert)
		want   string // "" = can be said
	}{
		"as it is":             {func(*Advert) {}, ""},
		"least":                {func(a *Advert) { *a = Advert{PortID: "p"} }, ""},
		"all modes":            {func(a *Advert) { a.Voice = everyMode() }, ""},
		"no port id":           {func(a *Advert) { a.PortID = "" }, "PortID is empty"},
		"long port id":         {func(a *Advert) { a.PortID = strings.Repeat("p", 256) }, "PortID has 256 octets, want at most 255"},
		"not UTF-8":            {func(a *Advert) { a.Description = "\xff" }, "Description is not UTF-8"},
		"long description":     {func(a *Advert) { a.Description = strings.Repeat("p", 256) }, "Description has 256 octets"},
		"long VLAN name":       {func(a *Advert) { a.VoiceName = strings.Repeat("v", 33) }, "VoiceName has 33 octets, want at most 32"},
		"ifIndex":              {func(a *Advert) { a.IfIndex = -1 }, "IfIndex is -1"},
		"data VLAN":            {func(a *Advert) { a.DataVLAN = 4095 }, "DataVLAN is 4095"},
		"voice VLAN 0":         {func(a *Advert) { a.Voice[0].VLAN = 0 }, "Voice[0].VLAN is 0, want 1..4094"},
		"voice VLAN 4095":      {func(a *Advert) { a.Voice[0].VLAN = 4095 }, "Voice[0].VLAN is 4095, want 1..4094"},
		"VLAN without a tag":   {func(a *Advert) { a.Voice[0].Mode = discovery.VoiceUntagged }, "Voice[0].VLAN is 110, want 0 where the mode is untagged"},
		"no such mode":         {func(a *Advert) { a.Voice[0].Mode = 9 }, "Voice[0].Mode is invalid(9)"},
		"PCP":                  {func(a *Advert) { a.Voice[0].PCP = 8 }, "Voice[0].PCP is 8"},
		"DSCP":                 {func(a *Advert) { a.Voice[0].DSCP = 64 }, "Voice[0].DSCP is 64"},
		"application":          {func(a *Advert) { a.Voice[0].Application = 9 }, "Voice[0].Application is 9"},
		"twice":                {func(a *Advert) { a.Voice = append(a.Voice, tagged(5)) }, "Voice[1] is a second policy of application 1, the first is Voice[0]"},
		"twice, one unnamed":   {func(a *Advert) { a.Voice = append(a.Voice, discovery.VoicePolicy{}) }, "Voice[1] is a second policy of application 1"},
		"short ELIN":           {func(a *Advert) { a.Locations = []lldp.Location{{Format: lldp.LocationELIN, ELIN: "112"}} }, "Locations[0]: "},
		"no location":          {func(a *Advert) { a.Locations = []lldp.Location{{}} }, "Locations[0]: "},
		"two ELINs":            {func(a *Advert) { a.Locations = []lldp.Location{elin, elin} }, "Locations[1] is a second one of format 3"},
		"no PSE":               {func(a *Advert) { a.Power = Power{Type: 9, Class: 99} }, ""},
		"power type":           {func(a *Advert) { a.Power = Power{Supported: true} }, "Power.Type is 0"},
		"power class":          {func(a *Advert) { a.Power = Power{Supported: true, Type: 1, Class: 9} }, "Power.Class is 9"},
		"power priority":       {func(a *Advert) { a.Power = Power{Supported: true, Type: 1, Priority: 4} }, "Power.Priority is 4"},
		"power limit":          {func(a *Advert) { a.Power = Power{Supported: true, Type: 4, Limit: 100_000} }, "Power.Limit is 100.0 W"},
		"power beyond limit":   {func(a *Advert) { a.Power = Power{Supported: true, Type: 1, Allocated: 15_401} }, "Power.Allocated is 15.4 W, want 0..15.4 W"},
		"IPv6 call server":     {func(a *Advert) { a.CallServers = []netip.Addr{netip.IPv6Loopback()} }, "CallServers[0] is ::1"},
		"too many servers":     {func(a *Advert) { a.FileServers = make([]netip.Addr, 17) }, "FileServers has 17 addresses"},
		"framing":              {func(a *Advert) { a.Framing = 3 }, "Framing is 3"},
		"CoS of the PC":        {func(a *Advert) { a.CoSPC = 8 }, "CoSPC is 8"},
		"all mistakes at once": {func(a *Advert) { a.CoSPC, a.Framing, a.DataVLAN = 8, 3, 5000 }, "DataVLAN is 5000, want 1..4094, or 0 to tell none\ncheck advert: Framing is 3, want 0 (not told), 1 (tagged) or 2 (untagged)\ncheck advert: CoSPC is 8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := advert()
			tt.change(&a)
			err := a.Check()
			wantError(t, err, tt.want)
			if _, made := NewMachine(portMAC, station(), a, Options{}); (made == nil) != (err == nil) {
				t.Errorf("Check = %v, NewMachine = %v", err, made)
			}
		})
	}
}

var elin = lldp.Location{Format: lldp.LocationELIN, ELIN: "5551234567"}

// everyMode gives a policy of each mode, each for another application.
func everyMode() (out []discovery.VoicePolicy) {
	for mode := discovery.VoiceUnknown; mode <= discovery.VoiceUntagged; mode++ {
		v := discovery.VoicePolicy{Application: uint8(mode) + 1, Mode: mode, PCP: 5, DSCP: 46}
		if mode == discovery.VoiceTagged {
			v.VLAN = 4094
		}
		out = append(out, v)
	}
	return out
}

func wantError(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Errorf("error %v, want none", err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want one with %q", err, want)
	}
}

func TestStationCheck(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*Station)
		want   string
	}{
		"as it is":     {func(*Station) {}, ""},
		"least":        {func(s *Station) { *s = Station{Chassis: chassisMAC} }, ""},
		"no chassis":   {func(s *Station) { s.Chassis = discovery.MAC{} }, `Chassis is ""`},
		"group":        {func(s *Station) { s.Chassis[0] = 1 }, "Chassis is"},
		"long name":    {func(s *Station) { s.Name = strings.Repeat("n", 256) }, "Name has 256 octets"},
		"long model":   {func(s *Station) { s.Inventory.Model = strings.Repeat("n", 33) }, "Inventory.Model has 33 octets, want at most 32"},
		"capability":   {func(s *Station) { s.Capabilities = []discovery.Capability{"x"} }, `Capabilities[0] is "x"`},
		"address":      {func(s *Station) { s.Addresses = []netip.Addr{{}} }, "Addresses[0] is invalid IP"},
		"any address":  {func(s *Station) { s.Addresses = []netip.Addr{netip.IPv4Unspecified()} }, "Addresses[0] is 0.0.0.0"},
		"for a frame":  {func(s *Station) { s.Addresses = manyAddresses(60) }, "longer than 1500 octets"},
		"two mistakes": {func(s *Station) { s.Chassis, s.Name = discovery.MAC{}, "\xff" }, "want the address of one device\ncheck station: Name is not UTF-8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := station()
			tt.change(&s)
			_, err := NewMachine(portMAC, s, advert(), Options{})
			wantError(t, err, tt.want)
		})
	}
}

func manyAddresses(n int) (out []netip.Addr) {
	a := netip.MustParseAddr("2001:db8::1")
	for range n {
		out = append(out, a)
		a = a.Next()
	}
	return out
}

// TestSetRefused: what cannot be said changes nothing.
func TestSetRefused(t *testing.T) {
	t.Parallel()
	m, err := NewMachine(portMAC, station(), advert(), Options{CDP: Forced})
	if err != nil {
		t.Fatal(err)
	}
	before := m.Step(Input{Kind: LinkUp}, base)
	want := []string{decodeSaid(t, before.Frames[0]).text(), decodeSaid(t, before.Frames[1]).text()}
	bad := advert()
	bad.DataVLAN = 5000
	s := station()
	s.Addresses = manyAddresses(60)
	for _, in := range []Input{{Kind: SetAdvert, Advert: &bad}, {Kind: SetStation, Station: &s}, {Kind: SetAdvert}, {Kind: SetStation}, {}} {
		out := m.Step(in, base)
		refused := in.Advert != nil || in.Station != nil
		if len(out.Frames) != 0 || refused != (len(out.Notices) == 2) || refused && out.Notices[0].Kind != EncodeFailed {
			t.Errorf("%v: %d frames, notices %v", in.Kind, len(out.Frames), out.Notices)
		}
	}
	after := m.Step(Input{Kind: Tick}, base.Add(time.Minute))
	for i, f := range after.Frames {
		if got := decodeSaid(t, f).text(); got != want[i] {
			t.Errorf("said is %s, before it was %s", got, want[i])
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		o    Options
		want string
	}{
		"defaults":    {Options{}, ""},
		"mode":        {Options{CDP: 3}, "CDP is invalid(3)"},
		"interval":    {Options{Interval: time.Millisecond}, "Interval is 1ms, want 1s..1h0m0s"},
		"hold":        {Options{Hold: 101}, "Hold is 101, want 1..100"},
		"fast":        {Options{FastInit: 9}, "FastInit is 9, want 1..8"},
		"credits":     {Options{CreditMax: -1}, "CreditMax is -1, want 1..100"},
		"CDP hold":    {Options{CDPHold: 256 * time.Second}, "CDPHold is 4m16s"},
		"CDP expires": {Options{CDPInterval: 200 * time.Second}, "CDPHold is 3m0s, want more than CDPInterval, which is 3m20s"},
		"speaker":     {Options{SpeakerHold: -1}, "SpeakerHold is -1ns"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := NewMachine(portMAC, station(), advert(), tt.o)
			wantError(t, err, tt.want)
		})
	}
	for _, c := range []struct {
		o    Options
		want uint16
	}{
		{Options{}, 121},
		{Options{Interval: 1500 * time.Millisecond, Hold: 3}, 6}, // rounded up, and one
		{Options{Interval: time.Hour, Hold: 100}, 65535},
	} {
		if got := c.o.withDefaults().ttl(); got != c.want {
			t.Errorf("TTL of %+v = %d, want %d", c.o, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for m, w := range map[Mode]string{Auto: "auto", Off: "off", Forced: "forced"} {
		b, err := m.MarshalText()
		var back Mode
		if err != nil || string(b) != w || back.UnmarshalText(b) != nil || back != m {
			t.Errorf("mode %d is %q, and back %v", m, b, back)
		}
	}
	var m Mode
	if err := m.UnmarshalText([]byte("on")); err == nil || !strings.Contains(err.Error(), `"on"`) {
		t.Errorf(`UnmarshalText("on") = %v`, err)
	}
	if got := Mode(9).String(); got != "invalid(9)" {
		t.Errorf("String = %q", got)
	}
	if got := NoticeKind(SendFailed).String(); got != "send-failed" || len(noticeKinds) != int(SendFailed)+1 {
		t.Errorf("the last notice is %q", got)
	}
}
