package cdp_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

// readFrame gives a frame of testdata.
func readFrame(tb testing.TB, name string) []byte {
	tb.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		tb.Fatal(err)
	}
	return octets(tb, string(text))
}

// phonePacket is what a phone with a PC port sends on booting: query, consumption and request for power.
func phonePacket() *cdp.Packet {
	return &cdp.Packet{
		Version: 2,
		TTL:     180,
		Has: cdp.HasDeviceID | cdp.HasAddresses | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware |
			cdp.HasPlatform | cdp.HasDuplex | cdp.HasQuery | cdp.HasConsumption | cdp.HasTrust |
			cdp.HasUntrustedCoS | cdp.HasRequested,
		DeviceID:     "SEP0021D8BA0965",
		Addresses:    []cdp.Address{cdp.IPAddress(netip.MustParseAddr("192.0.2.33"))},
		PortID:       "Port 1",
		Capabilities: cdp.CapHost | cdp.CapPhone | cdp.CapTwoPortRelay,
		Software:     "sip78xx.12-8-1-0001-455",
		Platform:     "Cisco IP Phone 8841",
		FullDuplex:   true,
		Query:        "\x20\x02\x00\x01",
		Consumption:  6300,
		Trust:        0,
		Requested:    cdp.PowerRequested{RequestID: 21153, ManagementID: 4, Levels: []uint32{6300, 0, 0, 0, 0}},
	}
}

// phoneSource is the address of that phone.
var phoneSource = discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}

// switchPacket is everything that a switch tells a phone.
func switchPacket() *cdp.Packet {
	return &cdp.Packet{
		Version: 2,
		TTL:     180,
		Has: cdp.HasDeviceID | cdp.HasAddresses | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware |
			cdp.HasPlatform | cdp.HasVTPDomain | cdp.HasNativeVLAN | cdp.HasDuplex | cdp.HasVoiceVLAN | cdp.HasMTU |
			cdp.HasTrust | cdp.HasUntrustedCoS | cdp.HasSystemName | cdp.HasObjectID | cdp.HasManagement |
			cdp.HasLocation | cdp.HasAvailable | cdp.HasSparePair,
		DeviceID: "access-1.example.net",
		Addresses: []cdp.Address{
			cdp.IPAddress(netip.MustParseAddr("192.0.2.1")),
			cdp.IPAddress(netip.MustParseAddr("2001:db8::1")),
		},
		PortID:       "GigabitEthernet1/0/1",
		Capabilities: cdp.CapSwitch | cdp.CapIGMP,
		Software:     "phoneport 0.1",
		Platform:     "Linux 6.1 x86_64",
		VTPDomain:    "campus",
		NativeVLAN:   10,
		FullDuplex:   true,
		VoiceVLAN:    cdp.Appliance{ID: 1, VLAN: 110},
		MTU:          1500,
		Trust:        1,
		UntrustedCoS: 3,
		SystemName:   "access-1",
		ObjectID:     "\x06\x09\x2b\x06\x01\x04\x01\xbf\x08\x03\x02",
		Management:   []cdp.Address{cdp.IPAddress(netip.MustParseAddr("192.0.2.1"))},
		Location:     cdp.Location{Type: 0, Text: "Building 3, floor 2"},
		Available: cdp.PowerAvailable{
			RequestID: 21153, ManagementID: 5, Levels: []uint32{6300, cdp.PowerAny},
		},
		SparePair: cdp.SparePairSupported | cdp.SparePairOn,
	}
}

// encode gives the frame of a packet.
func encode(tb testing.TB, src discovery.MAC, p *cdp.Packet) []byte {
	tb.Helper()
	frame, err := cdp.AppendFrame(nil, src, p)
	if err != nil {
		tb.Fatal(err)
	}
	return frame
}

// decode reads the packet of a frame.
func decode(tb testing.TB, frame []byte) *cdp.Packet {
	tb.Helper()
	_, _, packet, err := cdp.ParseFrame(frame)
	if err != nil {
		tb.Fatal(err)
	}
	p := new(cdp.Packet)
	if err := p.Decode(packet); err != nil {
		tb.Fatal(err)
	}
	return p
}
