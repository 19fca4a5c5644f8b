package cdp_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"phoneport/discovery/cdp"
)

// spoken is a packet that others are to read.
type spoken struct {
	name   string
	packet *cdp.Packet
	frame  []byte            // of packets that Append does not make
	differ map[uint16]string // TLVs that tshark reads otherwise, with the reason
}

// spokenPackets are packets with every TLV, alone beside a device id and together.
func spokenPackets() []spoken {
	v4, v6 := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	full := switchPacket()
	full.Has |= cdp.HasExternalPort
	full.ExternalPort = "Gi1/0/1"
	one := replyPacket()
	one.Version = 1
	one.Has = cdp.HasDeviceID | cdp.HasAddresses | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware | cdp.HasPlatform
	one.Addresses = []cdp.Address{cdp.IPAddress(v4)}
	one.Software, one.Platform = "line one\nline two", "Linux"

	cases := []spoken{
		{name: "reply vector", packet: replyPacket()},
		{name: "phone with query", packet: phonePacket()},
		{name: "switch with everything", packet: full},
		{name: "version 1", packet: one},
		{name: "goodbye", packet: &cdp.Packet{TTL: 0, Has: cdp.HasDeviceID, DeviceID: "sw1"}},
		{name: "unknown", packet: &cdp.Packet{Unknown: []cdp.Raw{{Type: 0x4242, Value: "foo"}, {Type: 0x4243, Value: "x"}}}},
	}
	single := func(name string, bit cdp.Fields, set func(p *cdp.Packet)) {
		p := &cdp.Packet{TTL: 180, Has: cdp.HasDeviceID | bit, DeviceID: "sw1"}
		set(p)
		cases = append(cases, spoken{name: name, packet: p})
	}
	addresses := []cdp.Address{
		cdp.IPAddress(v4), cdp.IPAddress(v6), {Type: 2, Protocol: "\xaa\xaa\x03\x00\x00\x00\x60\x03", Value: "\x01\x02"},
	}
	single("addresses", cdp.HasAddresses, func(p *cdp.Packet) { p.Addresses = addresses })
	single("no addresses", cdp.HasAddresses, func(*cdp.Packet) {})
	single("management addresses", cdp.HasManagement, func(p *cdp.Packet) { p.Management = addresses })
	single("port id", cdp.HasPortID, func(p *cdp.Packet) { p.PortID = "Port 1" })
	for i := range 11 {
		single(fmt.Sprint("capability ", i), cdp.HasCapabilities, func(p *cdp.Packet) { p.Capabilities = 1 << i })
	}
	single("software", cdp.HasSoftware, func(p *cdp.Packet) { p.Software = "a\nb" })
	single("platform", cdp.HasPlatform, func(p *cdp.Packet) { p.Platform = "Linux" })
	single("VTP domain", cdp.HasVTPDomain, func(p *cdp.Packet) { p.VTPDomain = "campus" })
	single("native VLAN", cdp.HasNativeVLAN, func(p *cdp.Packet) { p.NativeVLAN = 4094 })
	single("full duplex", cdp.HasDuplex, func(p *cdp.Packet) { p.FullDuplex = true })
	single("half duplex", cdp.HasDuplex, func(*cdp.Packet) {})
	for _, v := range []uint16{1, 4094, cdp.VoiceDot1p, cdp.VoiceUntagged} {
		single(fmt.Sprint("voice VLAN ", v), cdp.HasVoiceVLAN, func(p *cdp.Packet) { p.VoiceVLAN = cdp.Appliance{ID: 1, VLAN: v} })
	}
	for _, q := range []string{"\x20\x00", "\x01\x00\x6e", "\x20\x02\x00\x01"} {
		single(fmt.Sprintf("query %x", q), cdp.HasQuery, func(p *cdp.Packet) { p.Query = q })
	}
	single("consumption", cdp.HasConsumption, func(p *cdp.Packet) { p.Consumption = 65535 })
	single("consumption of 90 W", cdp.HasConsumption, func(p *cdp.Packet) { p.Consumption = 90000 })
	cases[len(cases)-1].differ = map[uint16]string{0x10: "three octets, of which tshark reads two; tcpdump reads all"}
	single("MTU", cdp.HasMTU, func(p *cdp.Packet) { p.MTU = 9198 })
	single("trust", cdp.HasTrust, func(p *cdp.Packet) { p.Trust = 1 })
	single("CoS", cdp.HasUntrustedCoS, func(p *cdp.Packet) { p.UntrustedCoS = 7 })
	single("system name", cdp.HasSystemName, func(p *cdp.Packet) { p.SystemName = "sw1.example.net" })
	single("object id", cdp.HasObjectID, func(p *cdp.Packet) { p.ObjectID = "\x06\x03\x2b\x06\x01" })
	single("location", cdp.HasLocation, func(p *cdp.Packet) { p.Location = cdp.Location{Type: 1, Text: "floor 2"} })
	single("external port", cdp.HasExternalPort, func(p *cdp.Packet) { p.ExternalPort = "Gi1" })
	single("request", cdp.HasRequested, func(p *cdp.Packet) {
		p.Requested = cdp.PowerRequested{RequestID: 1, ManagementID: 2, Levels: []uint32{90000, 15400, 6300, 0, 0}}
	})
	single("request of nothing", cdp.HasRequested, func(p *cdp.Packet) { p.Requested.RequestID = 1 })
	single("available", cdp.HasAvailable, func(p *cdp.Packet) {
		p.Available = cdp.PowerAvailable{RequestID: 0, ManagementID: 1, Levels: []uint32{15400, cdp.PowerAny}}
	})
	single("unidirectional", cdp.HasUnidirectional, func(p *cdp.Packet) { p.Unidirectional = 1 })
	for i := range 4 {
		single(fmt.Sprint("spare pair ", i), cdp.HasSparePair, func(p *cdp.Packet) { p.SparePair = 1 << i })
	}
	return cases
}

// capture writes the packets into a capture file of one frame each.
func capture(tb testing.TB, packets []spoken) string {
	tb.Helper()
	var buf bytes.Buffer
	w := pcapgo.NewWriter(&buf)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		tb.Fatal(err)
	}
	for _, s := range packets {
		frame := s.frame
		if frame == nil {
			frame = encode(tb, vectorSource, s.packet)
		}
		info := gopacket.CaptureInfo{Timestamp: time.Unix(0, 0), CaptureLength: len(frame), Length: len(frame)}
		if err := w.WritePacket(info, frame); err != nil {
			tb.Fatal(err)
		}
	}
	path := filepath.Join(tb.TempDir(), "spoken.pcap")
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// run gives what a program writes, reading the file.
func run(tb testing.TB, file, name string, args ...string) []byte {
	tb.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		tb.Skipf("SKIPPED: %s is not installed: nothing else was asked whether our frames are right", name)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), time.Minute)
	defer cancel()
	in, err := os.Open(file)
	if err != nil {
		tb.Fatal(err)
	}
	defer in.Close()
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Stdin = in
	// No settings of who runs the test.
	cmd.Env = append(os.Environ(), "HOME="+tb.TempDir(), "XDG_CONFIG_HOME="+tb.TempDir())
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		tb.Fatalf("%s: %v\n%s", name, err, errs.String())
	}
	return out
}

// tsharkOf gives what tshark says of each packet.
func tsharkOf(tb testing.TB, cases []spoken) []*dissection {
	tb.Helper()
	out := run(tb, capture(tb, cases), "tshark", "-n", "-r", "-", "-T", "json")
	ds := readDissections(tb, bytes.NewReader(out))
	if len(ds) != len(cases) {
		tb.Fatalf("%d frames, tshark finds %d", len(cases), len(ds))
	}
	for i, d := range ds {
		if d == nil {
			tb.Fatalf("%s is no CDP frame to tshark", cases[i].name)
		}
	}
	return ds
}

func TestTshark(t *testing.T) {
	cases := spokenPackets()
	ds := tsharkOf(t, cases)
	for i, s := range cases {
		t.Run(s.name, func(t *testing.T) {
			d := ds[i]
			if len(d.experts) != 0 {
				t.Errorf("remarks of tshark: %q", d.experts)
			}
			frame := encode(t, vectorSource, s.packet)
			_, _, packet, err := cdp.ParseFrame(frame)
			if err != nil {
				t.Fatal(err)
			}
			version := s.packet.Version
			if version == 0 {
				version = 2
			}
			header := []string{
				fmt.Sprintf("cdp.version=%d", version),
				fmt.Sprintf("cdp.ttl=%d", s.packet.TTL),
				fmt.Sprintf("cdp.checksum=0x%02x%02x", packet[2], packet[3]),
				"cdp.checksum.status=1", // good
			}
			if diff := cmp.Diff(header, d.header); diff != "" {
				t.Errorf("header (-want +tshark):\n%s", diff)
			}
			got := render(withBlank(s.packet, decode(t, frame)))
			for typ := range d.tlvs {
				if _, ok := got[typ]; !ok {
					t.Errorf("TLV %04X: only tshark has it", typ)
				}
			}
			for typ, fields := range got {
				diff := cmp.Diff(fields, d.tlvs[typ])
				switch reason := s.differ[typ]; {
				case diff != "" && reason == "":
					t.Errorf("TLV %04X (-want +tshark):\n%s", typ, diff)
				case diff == "" && reason != "":
					t.Errorf("TLV %04X is listed as different: %s", typ, reason)
				}
			}
		})
	}
}

// TestTcpdump asks a second witness, who reads what tshark does not: a consumption above 65.5 W.
func TestTcpdump(t *testing.T) {
	cases := spokenPackets()
	out := string(run(t, capture(t, cases), "tcpdump", "-tvvn", "-r", "-"))
	frames := strings.Split(strings.TrimSpace(out), "CDPv")[1:]
	if len(frames) != len(cases) {
		t.Fatalf("%d frames, tcpdump finds %d:\n%s", len(cases), len(frames), out)
	}
	want := map[string][]string{
		"reply vector": {
			"2, ttl: 180s", "Device-ID (0x01), value length: 3 bytes: 'sw1'", "'Gi1/0/1'",
			"(0x00000028): L2 Switch, IGMP snooping", "Native VLAN ID (0x0a), value length: 2 bytes: 10", "full",
			"(0x0e), value length: 3 bytes: app 1, vlan 100",
			"(0x12), value length: 1 byte: 0x00", "(0x13), value length: 1 byte: 0x00",
		},
		"phone with query":    {"'SEP0021D8BA0965'", "IPv4 (1) 192.0.2.33", "6.30W"},
		"consumption of 90 W": {"value length: 3 bytes: 90.00W"},
		"version 1":           {"1, ttl: 180s"},
		"location":            {"0x01/floor 2"},
		"MTU":                 {"9198 bytes"},
		"query 2000":          {"value length: 2 bytes: unknown 0x2000"},
	}
	// A query of four octets is what phones send, and tcpdump knows two and three.
	malformed := map[string]string{
		"phone with query": "value length: 4 bytes:  (malformed TLV)\n\t  0x0000:  2002 0001",
		"query 20020001":   "value length: 4 bytes:  (malformed TLV)\n\t  0x0000:  2002 0001",
	}
	seen := 0
	for i, s := range cases {
		rest := frames[i]
		if listed := malformed[s.name]; listed != "" {
			var found bool
			if rest, found = cut(rest, listed); !found {
				t.Errorf("%s: tcpdump now reads what is listed as malformed to it: %s", s.name, frames[i])
			}
		}
		if strings.Contains(rest, "malformed") || strings.Contains(rest, "[|") {
			t.Errorf("%s: %s", s.name, frames[i])
		}
		for _, text := range want[s.name] {
			if !strings.Contains(frames[i], text) {
				t.Errorf("%s: no %q in %s", s.name, text, frames[i])
			}
		}
		if want[s.name] != nil {
			seen++
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d expectations have a frame", seen, len(want))
	}
}

// cut takes part out of s.
func cut(s, part string) (string, bool) {
	before, after, found := strings.Cut(s, part)
	return before + after, found
}
