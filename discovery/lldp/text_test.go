package lldp_test

import (
	"bytes"
	"errors"
	"net/netip"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

func TestIDText(t *testing.T) {
	t.Parallel()
	v6 := string(netip.MustParseAddr("2001:db8::1").AsSlice())
	tests := map[string]struct {
		chassis, port uint8 // the subtypes that mean the same
		value, want   string
	}{
		"address":               {lldp.ChassisMAC, lldp.PortMAC, string(phoneMAC[:]), "00:21:d8:ba:09:65"},
		"address of zeros":      {lldp.ChassisMAC, lldp.PortMAC, "\x00\x00\x00\x00\x00\x00", "00:00:00:00:00:00"},
		"address of 5":          {lldp.ChassisMAC, lldp.PortMAC, "\x00\x21\xd8\xba\x09", "0x0021d8ba09"},
		"address that is text":  {lldp.ChassisMAC, lldp.PortMAC, "0021d8ba0965", "0x303032316438626130393635"},
		"IPv4":                  {lldp.ChassisNetwork, lldp.PortNetwork, "\x01\x0a\x15\x0d\x56", "10.21.13.86"},
		"IPv4 not yet known":    {lldp.ChassisNetwork, lldp.PortNetwork, "\x01\x00\x00\x00\x00", "0.0.0.0"},
		"IPv6":                  {lldp.ChassisNetwork, lldp.PortNetwork, "\x02" + v6, "2001:db8::1"},
		"IPv6 not yet known":    {lldp.ChassisNetwork, lldp.PortNetwork, "\x02" + strings.Repeat("\x00", 16), "::"},
		"IPv4 of 3":             {lldp.ChassisNetwork, lldp.PortNetwork, "\x01\x0a\x15\x0d", "0x010a150d"},
		"family of IPv6, IPv4":  {lldp.ChassisNetwork, lldp.PortNetwork, "\x02\x0a\x15\x0d\x56", "0x020a150d56"},
		"family alone":          {lldp.ChassisNetwork, lldp.PortNetwork, "\x01", "0x01"},
		"family of DNS":         {lldp.ChassisNetwork, lldp.PortNetwork, "\x10abc", "0x10616263"},
		"interface":             {lldp.ChassisIfName, lldp.PortIfName, "GigabitEthernet1/0/7", "GigabitEthernet1/0/7"},
		"alias":                 {lldp.ChassisIfAlias, lldp.PortIfAlias, "desk 7, left", "desk 7, left"},
		"component":             {lldp.ChassisComponent, lldp.PortComponent, "slot 3", "slot 3"},
		"local":                 {lldp.ChassisLocal, lldp.PortLocal, "0021D8BA0965:P1", "0021D8BA0965:P1"},
		"local in UTF-8":        {lldp.ChassisLocal, lldp.PortLocal, "Büro", "Büro"},
		"local, replacement":    {lldp.ChassisLocal, lldp.PortLocal, "a\uFFFD", "a\uFFFD"},
		"local, not UTF-8":      {lldp.ChassisLocal, lldp.PortLocal, "B\xfcro", "0x42fc726f"},
		"local, octets":         {lldp.ChassisLocal, lldp.PortLocal, "\x00\x00\x00\x07", "0x00000007"},
		"local, ends with NUL":  {lldp.ChassisLocal, lldp.PortLocal, "Port 1\x00\x00", "Port 1"},
		"local, NUL within":     {lldp.ChassisLocal, lldp.PortLocal, "a\x00b", "0x610062"},
		"local, only NUL":       {lldp.ChassisLocal, lldp.PortLocal, "\x00", "0x00"},
		"local, escape":         {lldp.ChassisLocal, lldp.PortLocal, "\x1b[31m", "0x1b5b33316d"},
		"local, two lines":      {lldp.ChassisLocal, lldp.PortLocal, "a\nb", "0x610a62"},
		"nothing":               {lldp.ChassisLocal, lldp.PortLocal, "", ""},
		"network, nothing":      {lldp.ChassisNetwork, lldp.PortNetwork, "", ""},
		"address, nothing":      {lldp.ChassisMAC, lldp.PortMAC, "", ""},
		"subtypes differ: name": {lldp.ChassisPortComponent, lldp.PortCircuit, "abcdef", "abcdef"},
	}
	for name, tt := range tests {
		if got := lldp.ChassisText(lldp.ID{Subtype: tt.chassis, Value: tt.value}); got != tt.want {
			t.Errorf("%s: ChassisText = %q; want %q", name, got, tt.want)
		}
		if got := lldp.PortText(lldp.ID{Subtype: tt.port, Value: tt.value}); got != tt.want {
			t.Errorf("%s: PortText = %q; want %q", name, got, tt.want)
		}
	}
	if got := lldp.PortText(lldp.MACID(lldp.PortMAC, phoneMAC)); got != phoneMAC.String() {
		t.Errorf("PortText of MACID = %q", got)
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                        "",
		"CP-7962G":                "CP-7962G",
		" blanks\r\n":             "blanks",
		"two\r\nlines\tand tabs":  "two\r\nlines\tand tabs",
		"Summit300-48\x00":        "Summit300-48", // Extreme, in the corpus
		"1\x00\x00\n\x00\x08\xff": "1",            // Cisco SG 200, in the corpus
		"\x1b[31mred":             "0x1b5b33316d726564",
		"B\xfcro":                 "0x42fc726f",
	} {
		if got := lldp.Text(in); got != want {
			t.Errorf("Text(%q) = %q; want %q", in, got, want)
		}
	}
}

func TestManagementIP(t *testing.T) {
	t.Parallel()
	v6 := netip.MustParseAddr("2001:db8::1")
	for name, tt := range map[string]struct {
		m    lldp.Management
		want netip.Addr
	}{
		"IPv4":             {lldp.Management{Family: 1, Address: "\x0a\x15\x0d\x56"}, netip.MustParseAddr("10.21.13.86")},
		"IPv6":             {lldp.Management{Family: 2, Address: string(v6.AsSlice())}, v6},
		"MAC":              {lldp.Management{Family: 6, Address: string(phoneMAC[:])}, netip.Addr{}},
		"IPv4 of 16":       {lldp.Management{Family: 1, Address: string(v6.AsSlice())}, netip.Addr{}},
		"802 of 4 octets":  {lldp.Management{Family: 6, Address: "\x0a\x15\x0d\x56"}, netip.Addr{}},
		"without address":  {lldp.Management{Family: 1}, netip.Addr{}},
		"IPv6 of 4 octets": {lldp.Management{Family: 2, Address: "\x0a\x15\x0d\x56"}, netip.Addr{}},
	} {
		if got, ok := tt.m.IP(); got != tt.want || ok != tt.want.IsValid() {
			t.Errorf("%s: IP() = %v, %t; want %v", name, got, ok, tt.want)
		}
	}
}

func TestVoice(t *testing.T) {
	t.Parallel()
	v := func(m discovery.VoiceMode, vlan uint16, pcp, dscp uint8) discovery.VoicePolicy {
		return discovery.VoicePolicy{Application: 1, Mode: m, VLAN: vlan, PCP: pcp, DSCP: dscp}
	}
	for name, tt := range map[string]struct {
		n    lldp.NetworkPolicy
		want discovery.VoicePolicy
	}{
		"tagged":              {lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}, v(discovery.VoiceTagged, 110, 5, 46)},
		"tagged 1":            {lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 1}, v(discovery.VoiceTagged, 1, 0, 0)},
		"tagged 4094":         {lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 4094}, v(discovery.VoiceTagged, 4094, 0, 0)},
		"tagged 4095":         {lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 4095, PCP: 5, DSCP: 46}, v(discovery.VoiceUnknown, 0, 0, 0)},
		"priority":            {lldp.NetworkPolicy{Application: 1, Tagged: true, PCP: 5, DSCP: 46}, v(discovery.VoicePriority, 0, 5, 46)},
		"untagged":            {lldp.NetworkPolicy{Application: 1, DSCP: 46}, v(discovery.VoiceUntagged, 0, 0, 46)},
		"untagged, VLAN told": {lldp.NetworkPolicy{Application: 1, VLAN: 10, PCP: 5, DSCP: 46}, v(discovery.VoiceUntagged, 0, 0, 46)},
		"untagged 4095":       {lldp.NetworkPolicy{Application: 1, VLAN: 4095}, v(discovery.VoiceUntagged, 0, 0, 0)},
		"unknown":             {lldp.NetworkPolicy{Application: 1, Unknown: true}, v(discovery.VoiceUnknown, 0, 0, 0)},
		"unknown, tagged":     {lldp.NetworkPolicy{Application: 1, Unknown: true, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}, v(discovery.VoiceUnknown, 0, 0, 0)},
		"reserved bit":        {lldp.NetworkPolicy{Application: 1, Reserved: true, DSCP: 46}, v(discovery.VoiceUntagged, 0, 0, 46)},
		"of another purpose":  {lldp.NetworkPolicy{Application: 6, DSCP: 34}, discovery.VoicePolicy{Application: 6, Mode: discovery.VoiceUntagged, DSCP: 34}},
	} {
		if got := tt.n.Voice(); got != tt.want {
			t.Errorf("%s: Voice() = %+v; want %+v", name, got, tt.want)
		}
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		v    discovery.VoicePolicy
		want lldp.NetworkPolicy
		ok   bool
	}{
		"tagged":         {discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46}, lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}, true},
		"tagged by CDP":  {discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}, lldp.NetworkPolicy{Application: 1, Tagged: true, VLAN: 110}, true},
		"signalling":     {discovery.VoicePolicy{Application: 2, Mode: discovery.VoiceTagged, VLAN: 4094}, lldp.NetworkPolicy{Application: 2, Tagged: true, VLAN: 4094}, true},
		"tagged 0":       {discovery.VoicePolicy{Mode: discovery.VoiceTagged}, lldp.NetworkPolicy{}, false},
		"tagged 4095":    {discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 4095}, lldp.NetworkPolicy{}, false},
		"priority":       {discovery.VoicePolicy{Application: 1, Mode: discovery.VoicePriority, VLAN: 7, PCP: 5, DSCP: 46}, lldp.NetworkPolicy{Application: 1, Tagged: true, PCP: 5, DSCP: 46}, true},
		"untagged":       {discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceUntagged, VLAN: 7, PCP: 5, DSCP: 46}, lldp.NetworkPolicy{Application: 1, DSCP: 46}, true},
		"none":           {discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceNone}, lldp.NetworkPolicy{}, false},
		"unknown":        {discovery.VoicePolicy{Application: 1}, lldp.NetworkPolicy{}, false},
		"no mode at all": {discovery.VoicePolicy{Application: 1, Mode: 99}, lldp.NetworkPolicy{}, false},
	} {
		if got, ok := lldp.Policy(tt.v); got != tt.want || ok != tt.ok {
			t.Errorf("%s: Policy = %+v, %t; want %+v, %t", name, got, ok, tt.want, tt.ok)
		}
	}
}

func TestParseFrame(t *testing.T) {
	t.Parallel()
	const addrs = "0180c200000e 0021d8ba0965"
	for name, tt := range map[string]struct {
		hex, payload string
		ok           bool
	}{
		"untagged":                {addrs + "88cc 0207", "0207", true},
		"tagged":                  {addrs + "8100 e06e 88cc 0207", "0207", true},
		"nothing after the type":  {addrs + "88cc", "", true},
		"tagged, nothing after":   {addrs + "8100 0000 88cc", "", true},
		"two tags":                {addrs + "8100 0064 8100 0065 88cc 0207", "", false},
		"tag of a provider":       {addrs + "88a8 0064 88cc 0207", "", false},
		"tag cut":                 {addrs + "8100 0064 88", "", false},
		"IPv4":                    {addrs + "0800 4500", "", false},
		"802.1X":                  {addrs + "888e 0100", "", false},
		"length, CDP":             {"01000ccccccc 0021d8ba0965 0022 aaaa0300000c2000", "", false},
		"type cut":                {addrs + "88", "", false},
		"nothing":                 {"", "", false},
		"LLDP within another tag": {addrs + "8100 0064 0800 88cc", "", false},
	} {
		dst, src, payload, err := lldp.ParseFrame(unhex(t, tt.hex))
		if !tt.ok {
			if !errors.Is(err, lldp.ErrNotLLDP) || payload != nil {
				t.Errorf("%s: %x, %v; want ErrNotLLDP", name, payload, err)
			}
			continue
		}
		if err != nil || dst != lldp.NearestBridge || src != phoneMAC || !bytes.Equal(payload, unhex(t, tt.payload)) {
			t.Errorf("%s: %v %v %x, %v", name, dst, src, payload, err)
		}
	}
}

func TestAppendFrame(t *testing.T) {
	t.Parallel()
	got, err := lldp.AppendFrame([]byte("kept"), lldp.NearestBridge, switchMAC, shutdown())
	want := "kept" + string(unhex(t, "0180c200000e 001b0de75a80 88cc 0207 04 001b0de75a80 0405 05 73777037 0602 0000 0000")) + strings.Repeat("\x00", 24)
	if err != nil || string(got) != want {
		t.Errorf("AppendFrame = %x, %v; want %x", got, err, want)
	}
	p := station()
	for range 3 {
		p.Unknown = append(p.Unknown, lldp.Raw{Type: 9, Value: strings.Repeat("A", 480)})
	}
	room := 1500 - 20 - 2 - 3*482
	p.Unknown = append(p.Unknown, lldp.Raw{Type: 9, Value: strings.Repeat("A", room-2)})
	b, err := lldp.AppendFrame(nil, lldp.NearestBridge, switchMAC, p)
	if err != nil || len(b) != 1514 {
		t.Errorf("the longest frame: %d octets, %v", len(b), err)
	}
	p.Unknown[3].Value += "A"
	if b, err := lldp.AppendFrame([]byte("kept"), lldp.NearestBridge, switchMAC, p); err == nil || string(b) != "kept" {
		t.Errorf("a frame that is too long: %d octets, %v", len(b), err)
	}
}
