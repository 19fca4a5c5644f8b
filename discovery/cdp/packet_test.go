package cdp_test

import (
	"bytes"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

func TestAppendRefuses(t *testing.T) {
	long := strings.Repeat("x", 65532)
	for _, test := range []struct {
		name string
		p    cdp.Packet
		want string
	}{
		{"version", cdp.Packet{Version: 3}, "append CDP packet: unknown version 3"},
		{"fields", cdp.Packet{Has: 1 << 24}, "append CDP packet: unknown fields 0x1000000"},
		{
			"text",
			cdp.Packet{Has: cdp.HasSoftware, Software: long},
			"append CDP packet: TLV 0005 has 65536 octets, want at most 65535",
		},
		{"longest text", cdp.Packet{Has: cdp.HasDeviceID | cdp.HasDuplex, DeviceID: long[:65531]}, ""},
		{
			"text without room for its blank",
			cdp.Packet{Has: cdp.HasDeviceID, DeviceID: long[:65531]},
			"append CDP packet: TLV 0001 has 65536 octets, want at most 65535",
		},
		{
			"unknown",
			cdp.Packet{Unknown: []cdp.Raw{{Type: 0x4242, Value: long}}},
			"append CDP packet: TLV 4242 has 65536 octets, want at most 65535",
		},
		{
			"levels",
			cdp.Packet{Has: cdp.HasAvailable, Available: cdp.PowerAvailable{Levels: make([]uint32, 16382)}},
			"append CDP packet: TLV 001A has 65536 octets, want at most 65535",
		},
		{
			"address",
			cdp.Packet{Has: cdp.HasAddresses, Addresses: []cdp.Address{{Value: long}}},
			"append CDP packet: TLV 0002 has 65544 octets, want at most 65535",
		},
		{
			"address whose length would begin anew",
			cdp.Packet{Has: cdp.HasManagement, Management: []cdp.Address{{Value: long + "12345"}}},
			"append CDP packet: TLV 0016 has 65549 octets, want at most 65535",
		},
		{
			"protocol",
			cdp.Packet{Has: cdp.HasManagement, Management: []cdp.Address{{Protocol: long[:256]}}},
			"append CDP packet: TLV 0016 has an address whose protocol has more than 255 octets",
		},
		{
			"field in Unknown",
			cdp.Packet{Has: cdp.HasPortID, Unknown: []cdp.Raw{{Type: 1, Value: "sw1"}}},
			"append CDP packet: TLV 0001 in Unknown is a field",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := []byte("before")
			b, err := test.p.Append(before)
			if test.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if !bytes.Equal(b, before) {
				t.Errorf("%d octets given back", len(b))
			}
		})
	}
}

// TestAppendBlank says where the blank goes that makes the length even.
func TestAppendBlank(t *testing.T) {
	all := cdp.HasDeviceID | cdp.HasSoftware | cdp.HasPlatform
	for _, test := range []struct {
		name string
		has  cdp.Fields
		want cdp.Packet
	}{
		{"software", all, cdp.Packet{DeviceID: "sw1", Software: "one ", Platform: "two"}},
		{"platform", all &^ cdp.HasSoftware, cdp.Packet{DeviceID: "sw1", Platform: "two"}},
		{"platform, odd", all&^cdp.HasSoftware | cdp.HasDuplex, cdp.Packet{DeviceID: "sw1", Platform: "two "}},
		{"device id", cdp.HasDeviceID, cdp.Packet{DeviceID: "sw1 "}},
		{"device id, even", cdp.HasDeviceID | cdp.HasDuplex, cdp.Packet{DeviceID: "sw1"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := cdp.Packet{Has: test.has, DeviceID: "sw1", Software: "one", Platform: "two"}
			b, err := p.Append(nil)
			if err != nil || len(b)%2 != 0 {
				t.Fatalf("%d octets, %v", len(b), err)
			}
			test.want.Has = test.has
			var got cdp.Packet
			if err := got.Decode(b); err != nil || !got.Equal(&test.want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	t.Run("nothing to add to", func(t *testing.T) {
		p := cdp.Packet{Has: cdp.HasDuplex}
		b, err := p.Append(nil)
		var got cdp.Packet
		if err != nil || len(b) != 9 || got.Decode(b) != nil || got.Checksum != cdp.ChecksumGood {
			t.Errorf("%x, %v", b, err)
		}
	})
}

// TestAppendConsumption says in how many octets a consumption goes.
func TestAppendConsumption(t *testing.T) {
	for _, test := range []struct {
		milliwatts uint32
		want       string
	}{
		{0, "00100006 0000"},
		{6300, "00100006 189C"},
		{0xffff, "00100006 FFFF"},
		{0x10000, "00100007 010000"},
		{0xffffff, "00100007 FFFFFF"},
		{0x1000000, "00100008 01000000"},
		{0xffffffff, "00100008 FFFFFFFF"},
	} {
		p := cdp.Packet{Has: cdp.HasConsumption, Consumption: test.milliwatts}
		b, err := p.Append(nil)
		if err != nil || !bytes.Equal(b[4:], octets(t, test.want)) {
			t.Errorf("%d mW: %x, want %s, %v", test.milliwatts, b[4:], test.want, err)
		}
	}
}

func TestAppendAllocates(t *testing.T) {
	for name, p := range map[string]*cdp.Packet{"switch": switchPacket(), "phone": phonePacket(), "reply": replyPacket()} {
		t.Run(name, func(t *testing.T) {
			buf := make([]byte, 0, 1514)
			frame := testing.AllocsPerRun(100, func() {
				if _, err := cdp.AppendFrame(buf, vectorSource, p); err != nil {
					t.Fatal(err)
				}
			})
			packet := testing.AllocsPerRun(100, func() {
				if _, err := p.Append(buf); err != nil {
					t.Fatal(err)
				}
			})
			if frame != 0 || packet != 0 {
				t.Errorf("%v allocations for a frame, %v for a packet", frame, packet)
			}
		})
	}
}

// TestEqual changes one thing at a time.
func TestEqual(t *testing.T) {
	every := func() *cdp.Packet {
		p := switchPacket()
		p.Has |= cdp.HasQuery | cdp.HasConsumption | cdp.HasRequested | cdp.HasExternalPort | cdp.HasUnidirectional
		p.Requested.Levels = []uint32{1, 2}
		p.Unknown = []cdp.Raw{{Type: 0x4242, Value: "x"}}
		return p
	}
	changes := map[string]func(p *cdp.Packet){
		"version":              func(p *cdp.Packet) { p.Version = 1 },
		"ttl":                  func(p *cdp.Packet) { p.TTL++ },
		"has":                  func(p *cdp.Packet) { p.Has &^= cdp.HasTrust },
		"device id":            func(p *cdp.Packet) { p.DeviceID += "x" },
		"address":              func(p *cdp.Packet) { p.Addresses[1].Value = "x" },
		"addresses":            func(p *cdp.Packet) { p.Addresses = p.Addresses[:1] },
		"port id":              func(p *cdp.Packet) { p.PortID = "" },
		"capabilities":         func(p *cdp.Packet) { p.Capabilities++ },
		"software":             func(p *cdp.Packet) { p.Software += " " },
		"platform":             func(p *cdp.Packet) { p.Platform += " " },
		"vtp domain":           func(p *cdp.Packet) { p.VTPDomain = "" },
		"native vlan":          func(p *cdp.Packet) { p.NativeVLAN++ },
		"duplex":               func(p *cdp.Packet) { p.FullDuplex = false },
		"appliance":            func(p *cdp.Packet) { p.VoiceVLAN.ID++ },
		"voice vlan":           func(p *cdp.Packet) { p.VoiceVLAN.VLAN++ },
		"query":                func(p *cdp.Packet) { p.Query = "x" },
		"consumption":          func(p *cdp.Packet) { p.Consumption++ },
		"mtu":                  func(p *cdp.Packet) { p.MTU++ },
		"trust":                func(p *cdp.Packet) { p.Trust++ },
		"cos":                  func(p *cdp.Packet) { p.UntrustedCoS++ },
		"system name":          func(p *cdp.Packet) { p.SystemName = "" },
		"object id":            func(p *cdp.Packet) { p.ObjectID = "" },
		"management":           func(p *cdp.Packet) { p.Management = nil },
		"location type":        func(p *cdp.Packet) { p.Location.Type++ },
		"location":             func(p *cdp.Packet) { p.Location.Text = "" },
		"external port":        func(p *cdp.Packet) { p.ExternalPort = "x" },
		"request id":           func(p *cdp.Packet) { p.Requested.RequestID++ },
		"request management":   func(p *cdp.Packet) { p.Requested.ManagementID++ },
		"requested":            func(p *cdp.Packet) { p.Requested.Levels[1]++ },
		"available request":    func(p *cdp.Packet) { p.Available.RequestID++ },
		"available management": func(p *cdp.Packet) { p.Available.ManagementID++ },
		"available":            func(p *cdp.Packet) { p.Available.Levels[0]++ },
		"unidirectional":       func(p *cdp.Packet) { p.Unidirectional++ },
		"spare pair":           func(p *cdp.Packet) { p.SparePair++ },
		"unknown":              func(p *cdp.Packet) { p.Unknown[0].Value = "" },
	}
	for name, change := range changes {
		p, q := every(), every()
		if change(q); p.Equal(q) || q.Equal(p) {
			t.Errorf("%s does not count", name)
		}
	}
	alike := map[string]func(p *cdp.Packet){
		"nothing":         func(*cdp.Packet) {},
		"default version": func(p *cdp.Packet) { p.Version = 0 },
		"checksum":        func(p *cdp.Packet) { p.Checksum = cdp.ChecksumBad },
		"problems":        func(p *cdp.Packet) { p.Problems = []cdp.Problem{{}} },
	}
	for name, change := range alike {
		p, q := every(), every()
		if change(q); !p.Equal(q) || !q.Equal(p) {
			t.Errorf("%s counts", name)
		}
	}
	if p, q := (&cdp.Packet{DeviceID: "x"}), new(cdp.Packet); !p.Equal(q) {
		t.Error("a field that is not in Has counts")
	}
}

func TestReset(t *testing.T) {
	p := decode(t, encode(t, vectorSource, switchPacket()))
	p.Unknown, p.Problems = append(p.Unknown, cdp.Raw{Type: 1}), append(p.Problems, cdp.Problem{})
	levels := cap(p.Available.Levels)
	p.Reset()
	if !p.Equal(new(cdp.Packet)) || p.Version != 0 || p.Checksum != cdp.ChecksumUnknown || p.DeviceID != "" || p.SparePair != 0 {
		t.Errorf("packet is not empty: %+v", p)
	}
	if len(p.Addresses)+len(p.Management)+len(p.Requested.Levels)+len(p.Available.Levels)+len(p.Unknown)+len(p.Problems) != 0 {
		t.Errorf("packet is not empty: %+v", p)
	}
	if cap(p.Addresses) < 2 || cap(p.Management) < 1 || cap(p.Available.Levels) != levels || cap(p.Unknown) < 1 || cap(p.Problems) < 1 {
		t.Errorf("memory is not kept: %+v", p)
	}
}

func TestIP(t *testing.T) {
	for _, s := range []string{"192.0.2.1", "0.0.0.0", "2001:db8::1", "::"} {
		a := netip.MustParseAddr(s)
		if got, ok := cdp.IPAddress(a).IP(); !ok || got != a {
			t.Errorf("%s: %v, %v", s, got, ok)
		}
	}
	if got, _ := cdp.IPAddress(netip.MustParseAddr("::ffff:192.0.2.1")).IP(); got != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("IPv4 in IPv6: %v", got)
	}
	if got, _ := cdp.IPAddress(netip.MustParseAddr("fe80::1%eth0")).IP(); got != netip.MustParseAddr("fe80::1") {
		t.Errorf("zone: %v", got)
	}
	four, six := cdp.IPAddress(netip.MustParseAddr("192.0.2.1")), cdp.IPAddress(netip.MustParseAddr("2001:db8::1"))
	for name, a := range map[string]cdp.Address{
		"nothing":                  {},
		"other protocol":           {Type: 1, Protocol: "\x81", Value: four.Value},
		"other 802.2 protocol":     {Type: 2, Protocol: "\xaa\xaa\x03\x00\x00\x00\x60\x03", Value: six.Value},
		"IPv4 of type 802.2":       {Type: 2, Protocol: four.Protocol, Value: four.Value},
		"IPv6 of type NLPID":       {Type: 1, Protocol: six.Protocol, Value: six.Value},
		"IPv4 of three octets":     {Type: 1, Protocol: four.Protocol, Value: four.Value[:3]},
		"IPv4 of sixteen octets":   {Type: 1, Protocol: four.Protocol, Value: six.Value},
		"IPv6 of four octets":      {Type: 2, Protocol: six.Protocol, Value: four.Value},
		"IPv6 of seventeen octets": {Type: 2, Protocol: six.Protocol, Value: six.Value + "x"},
	} {
		if got, ok := a.IP(); ok {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestCapabilities(t *testing.T) {
	for _, test := range []struct {
		name string
		bits uint32
		want []discovery.Capability
	}{
		{"none", 0, nil},
		{"router", cdp.CapRouter, []discovery.Capability{discovery.CapRouter}},
		{"transparent bridge", cdp.CapBridge, []discovery.Capability{discovery.CapBridge}},
		{"source route bridge", cdp.CapSourceRoute, []discovery.Capability{discovery.CapBridge}},
		{"switch", cdp.CapSwitch | cdp.CapIGMP, []discovery.Capability{discovery.CapBridge}},
		{"router and switch", cdp.CapRouter | cdp.CapSwitch, []discovery.Capability{discovery.CapBridge, discovery.CapRouter}},
		{"repeater", cdp.CapRepeater, []discovery.Capability{discovery.CapRepeater}},
		{"phone", 0x490, []discovery.Capability{discovery.CapTelephone, discovery.CapStation}},
		{"no words", cdp.CapIGMP | cdp.CapRemote | cdp.CapCVTA | cdp.CapTwoPortRelay | 1<<31, nil},
	} {
		if got := cdp.Capabilities(test.bits); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
	words := []discovery.Capability{
		discovery.CapRepeater, discovery.CapBridge, discovery.CapRouter, discovery.CapTelephone, discovery.CapStation,
	}
	for _, w := range words {
		one := []discovery.Capability{w}
		if got := cdp.Capabilities(cdp.CapabilityBits(one)); !slices.Equal(got, one) {
			t.Errorf("%s: %v", w, got)
		}
	}
	if got := cdp.CapabilityBits(words); got != cdp.CapRepeater|cdp.CapSwitch|cdp.CapRouter|cdp.CapPhone|cdp.CapHost {
		t.Errorf("bits %#x", got)
	}
	none := []discovery.Capability{discovery.CapOther, discovery.CapWLAN, discovery.CapDOCSIS, "x"}
	if got := cdp.CapabilityBits(none); got != 0 {
		t.Errorf("bits %#x", got)
	}
}
