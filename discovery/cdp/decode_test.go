package cdp_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery/cdp"
)

func TestDecodeMalformed(t *testing.T) {
	for _, test := range []struct{ name, packet, want string }{
		{"nothing", "", "decode CDP packet: 0 octets, want at least 4: malformed CDP packet"},
		{"half a header", "02B400", "decode CDP packet: 3 octets, want at least 4: malformed CDP packet"},
		{"version 0", "00B4000000010005 41", "decode CDP packet: unknown version 0: malformed CDP packet"},
		{"version 3", "03B4000000010005 41", "decode CDP packet: unknown version 3: malformed CDP packet"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := switchPacket()
			err := p.Decode(octets(t, test.packet))
			if !errors.Is(err, cdp.ErrMalformed) || err.Error() != test.want {
				t.Errorf("error %v, want %s", err, test.want)
			}
			if p.Has != 0 || p.Version != 0 || p.DeviceID != "" || len(p.Addresses) != 0 {
				t.Errorf("packet is not empty: %+v", p)
			}
		})
	}
}

// TestDecodeProblems reads packets of a device id, one bad TLV and a platform behind it.
func TestDecodeProblems(t *testing.T) {
	const before, behind = "02B40000 00010007 737731", "00060009 4C696E7578"
	type problem = cdp.Problem
	tests := []struct {
		name, tlv string
		want      problem
		ends      bool // the bad TLV ends the packet
	}{
		{"length 0", "00030000", problem{11, 0x03, "length below 4"}, true},
		{"length 3", "00030003", problem{11, 0x03, "length below 4"}, true},
		{"length past the packet", "0003FFFF 41", problem{11, 0x03, "length runs past the packet"}, true},
		{"addresses without number", "00020007 000000", problem{11, 0x02, "value is too short"}, false},
		{
			"addresses, fewer than said", "00020011 00000002 0101CC0004C0000201",
			problem{11, 0x02, "addresses do not fit their number and lengths"},
			false,
		},
		{
			"addresses, many more than said", "00020011 FFFFFFFF 0101CC0004C0000201",
			problem{11, 0x02, "addresses do not fit their number and lengths"},
			false,
		},
		{
			"address, protocol too long", "00020011 00000001 01FFCC0004C0000201",
			problem{11, 0x02, "addresses do not fit their number and lengths"},
			false,
		},
		{
			"address too long", "00020011 00000001 0101CC0005C0000201",
			problem{11, 0x02, "addresses do not fit their number and lengths"},
			false,
		},
		{
			"address without length", "0002000C 00000001 010201CC",
			problem{11, 0x02, "addresses do not fit their number and lengths"},
			false,
		},
		{"management addresses", "00160006 0000", problem{11, 0x16, "value is too short"}, false},
		{"capabilities", "00040007 000028", problem{11, 0x04, "value is too short"}, false},
		{"native VLAN", "000A0005 0A", problem{11, 0x0a, "value is too short"}, false},
		{"duplex", "000B0004", problem{11, 0x0b, "value is too short"}, false},
		{"voice VLAN of two octets", "000E0006 0064", problem{11, 0x0e, "value is too short"}, false},
		{"voice VLAN of one octet", "000E0005 01", problem{11, 0x0e, "value is too short"}, false},
		{"consumption of none", "00100004", problem{11, 0x10, "value is too short"}, false},
		{"consumption of five", "00100009 0000001898", problem{11, 0x10, "value is too long"}, false},
		{"MTU", "00110007 0005DC", problem{11, 0x11, "value is too short"}, false},
		{"trust", "00120004", problem{11, 0x12, "value is too short"}, false},
		{"CoS", "00130004", problem{11, 0x13, "value is too short"}, false},
		{"location", "00170004", problem{11, 0x17, "value is too short"}, false},
		{"request without management id", "00190007 000100", problem{11, 0x19, "value is too short"}, false},
		{"request of half a level", "0019000A 00010002 189C", problem{11, 0x19, "levels are not whole numbers of 4 octets"}, false},
		{"available", "001A0007 000100", problem{11, 0x1a, "value is too short"}, false},
		{
			"available of half a level", "001A000D 00010002 0000189C FF",
			problem{11, 0x1a, "levels are not whole numbers of 4 octets"},
			false,
		},
		{"unidirectional", "001B0004", problem{11, 0x1b, "value is too short"}, false},
		{"spare pair", "001F0004", problem{11, 0x1f, "value is too short"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p cdp.Packet
			if err := p.Decode(octets(t, before+test.tlv+behind)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]problem{test.want}, p.Problems); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			want := &cdp.Packet{Version: 2, TTL: 180, Has: cdp.HasDeviceID, DeviceID: "sw1"}
			if !test.ends {
				want.Has |= cdp.HasPlatform
				want.Platform = "Linux"
			}
			if !p.Equal(want) {
				t.Errorf("packet (-want +got):\n%s", cmp.Diff(*want, p))
			}
		})
	}
	t.Run("octets behind the last", func(t *testing.T) {
		for _, rest := range []string{"00", "0000", "000000"} {
			var p cdp.Packet
			if err := p.Decode(octets(t, before+rest)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]problem{{11, 0, "fewer than 4 octets are left"}}, p.Problems); diff != "" || p.DeviceID != "sw1" {
				t.Errorf("device %q, problems (-want +got):\n%s", p.DeviceID, diff)
			}
		}
	})
}

func TestDecodeLenient(t *testing.T) {
	for _, test := range []struct {
		name, tlvs string
		want       cdp.Packet
	}{
		{"no TLV", "", cdp.Packet{}},
		{"consumption of one octet", "00100005 FF", cdp.Packet{Has: cdp.HasConsumption, Consumption: 255}},
		{"consumption of two", "00100006 189C", cdp.Packet{Has: cdp.HasConsumption, Consumption: 6300}},
		{"consumption of three", "00100007 015F90", cdp.Packet{Has: cdp.HasConsumption, Consumption: 90000}},
		{"consumption of four", "00100008 00015F90", cdp.Packet{Has: cdp.HasConsumption, Consumption: 90000}},
		{"query of two octets", "000F0006 2000", cdp.Packet{Has: cdp.HasQuery, Query: "\x20\x00"}},
		{"query of three", "000F0007 01006E", cdp.Packet{Has: cdp.HasQuery, Query: "\x01\x00\x6e"}},
		{"query of four", "000F0008 20020001", cdp.Packet{Has: cdp.HasQuery, Query: "\x20\x02\x00\x01"}},
		{"query of none", "000F0004", cdp.Packet{Has: cdp.HasQuery}},
		{"duplex of another value", "000B0005 07", cdp.Packet{Has: cdp.HasDuplex, FullDuplex: true}},
		{
			"voice VLAN of another appliance", "000E0007 020064",
			cdp.Packet{Has: cdp.HasVoiceVLAN, VoiceVLAN: cdp.Appliance{ID: 2, VLAN: 100}},
		},
		{
			"voice VLAN with more", "000E0009 01006400AA",
			cdp.Packet{Has: cdp.HasVoiceVLAN, VoiceVLAN: cdp.Appliance{ID: 1, VLAN: 100}},
		},
		{"the first counts", "00010005 41 00010005 42 00010005 41", cdp.Packet{
			Has: cdp.HasDeviceID, DeviceID: "A", Unknown: []cdp.Raw{{Type: 1, Value: "B"}, {Type: 1, Value: "A"}},
		}},
		{"a malformed one is not the first", "000A0005 01 000A0006 0002", cdp.Packet{Has: cdp.HasNativeVLAN, NativeVLAN: 2}},
		{
			"malformed addresses before good ones",
			"00020012 00000002 01010000 00 01010005 00 0002000D 00000001 01010000 00",
			cdp.Packet{
				Has: cdp.HasAddresses, Addresses: []cdp.Address{{Type: 1, Protocol: "\x00"}},
			},
		},
		{
			"addresses with half of the second before good ones",
			"00020010 00000002 0101CC0002AABB 01 0002000D 00000001 01010000 00",
			cdp.Packet{
				Has: cdp.HasAddresses, Addresses: []cdp.Address{{Type: 1, Protocol: "\x00"}},
			},
		},
		{
			"addresses with a protocol too long before good ones",
			"00020012 00000002 01010000 00 01FF0000 00 0002000D 00000001 01010000 00",
			cdp.Packet{
				Has: cdp.HasAddresses, Addresses: []cdp.Address{{Type: 1, Protocol: "\x00"}},
			},
		},
		{"malformed levels before good ones", "0019000D 00010002 0000189C 00 0019000C 00010002 0000189C", cdp.Packet{
			Has:       cdp.HasRequested,
			Requested: cdp.PowerRequested{RequestID: 1, ManagementID: 2, Levels: []uint32{6300}},
		}},
		{"empty texts", "00010004 00170005 01", cdp.Packet{
			Has: cdp.HasDeviceID | cdp.HasLocation, Location: cdp.Location{Type: 1},
		}},
		{"types that are not decoded", "00070005 01 00080005 02 000C0004 001D0005 03 10010005 41 FFFF0004", cdp.Packet{
			Unknown: []cdp.Raw{{7, "\x01"}, {8, "\x02"}, {0xc, ""}, {0x1d, "\x03"}, {0x1001, "A"}, {0xffff, ""}},
		}},
		{
			"request without levels", "00190008 00010002",
			cdp.Packet{Has: cdp.HasRequested, Requested: cdp.PowerRequested{RequestID: 1, ManagementID: 2}},
		},
		{"addresses of none", "00020008 00000000", cdp.Packet{Has: cdp.HasAddresses}},
		{"addresses with more behind", "0002000E 00000001 01010000 00 AA", cdp.Packet{
			Has: cdp.HasAddresses, Addresses: []cdp.Address{{Type: 1, Protocol: "\x00"}},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var p cdp.Packet
			packet := octets(t, "01140000"+test.tlvs)
			if err := p.Decode(packet); err != nil {
				t.Fatal(err)
			}
			test.want.Version, test.want.TTL = 1, 20
			if !p.Equal(&test.want) {
				t.Errorf("packet (-want +got):\n%s", cmp.Diff(test.want, p))
			}
			checkAppendDecode(t, packet)
		})
	}
}

// TestDecodeKeepsNothing overwrites what was decoded.
func TestDecodeKeepsNothing(t *testing.T) {
	_, _, packet, err := cdp.ParseFrame(encode(t, vectorSource, switchPacket()))
	if err != nil {
		t.Fatal(err)
	}
	var p cdp.Packet
	if err := p.Decode(packet); err != nil {
		t.Fatal(err)
	}
	clear(packet)
	if want := withBlank(switchPacket(), &p); !want.Equal(&p) {
		t.Errorf("packet (-want +got):\n%s", cmp.Diff(*want, p))
	}
}

// TestDecodeMemory reads packets that are made to cost memory. What a packet costs is bounded by its size: a TLV
// of four octets makes at most a Problem or Raw, an address of four octets an Address; slices grow by doubling.
func TestDecodeMemory(t *testing.T) {
	const perOctet, base = 32, 4096
	header := "\x02\xb4\x00\x00"
	for _, test := range []struct{ name, packet string }{
		{"unknown TLVs", header + strings.Repeat("\x42\x42\x00\x04", 370)},
		{"device ids", header + strings.Repeat("\x00\x01\x00\x04", 370)},
		{"problems", header + strings.Repeat("\x00\x0b\x00\x04", 370)},
		{"addresses that say they are 4 billion", header + "\x00\x02\x05\xdc\xff\xff\xff\xff" + strings.Repeat("\x00", 1492)},
		{"addresses of nothing", header + "\x00\x02\x05\xdc\x00\x00\x01\x75" + strings.Repeat("\x00", 1492)},
		{"addresses that end in a bad one", header + "\x00\x02\x05\xdc\x00\x00\x01\x75" + strings.Repeat("\x00", 1491) + "\xff"},
		{"addresses that say more than is there", header + strings.Repeat("\x00\x02\x00\x0c\x00\x00\x00\x01\x00\xff\x00\x00", 120)},
		{"levels", header + "\x00\x19\x05\xdc" + strings.Repeat("\x00", 1496)},
		{"large", header + strings.Repeat("\x42\x42\x00\x04", 16000)},
	} {
		t.Run(test.name, func(t *testing.T) {
			packet := []byte(test.packet)
			least := ^uint64(0)
			for range 5 { // other goroutines allocate too
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				var p cdp.Packet
				if err := p.Decode(packet); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				least = min(least, after.TotalAlloc-before.TotalAlloc)
			}
			t.Logf("%d octets for each of the packet", least/uint64(len(packet)))
			if limit := uint64(len(packet)*perOctet + base); least > limit {
				t.Errorf("%d octets of memory for %d of the packet, want at most %d", least, len(packet), limit)
			}
		})
	}
}

// TestDecodeSteady reads again into the memory of the time before: all that is new is the copy of the packet.
func TestDecodeSteady(t *testing.T) {
	for name, frame := range map[string][]byte{
		"switch": encode(t, vectorSource, switchPacket()),
		"phone":  encode(t, phoneSource, phonePacket()),
		"c3560":  readFrame(t, "c3560.hex"),
	} {
		t.Run(name, func(t *testing.T) {
			var p cdp.Packet
			allocs := testing.AllocsPerRun(100, func() {
				_, _, packet, err := cdp.ParseFrame(frame)
				if err != nil {
					t.Fatal(err)
				}
				if err := p.Decode(packet); err != nil {
					t.Fatal(err)
				}
			})
			if allocs != 1 {
				t.Errorf("%v allocations, want 1", allocs)
			}
		})
	}
}
