package cdp_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"phoneport/discovery/cdp"
)

// The vectors of odd length: a device id of one octet, with the checksum that Cisco's sum gives.
var oddVectors = []struct {
	last     byte
	checksum uint16
}{
	{0x41, 0xfd04},
	{0x7f, 0xfcc6},
	{0x81, 0xfdc4},
	{0xff, 0xfd46},
}

func oddPacket(last byte, checksum uint16) []byte {
	return []byte{2, 0xb4, byte(checksum >> 8), byte(checksum), 0, 1, 0, 5, last}
}

func TestSumVectors(t *testing.T) {
	for _, v := range oddVectors {
		if got := cdp.Sum(oddPacket(v.last, 0)); got != v.checksum {
			t.Errorf("last octet %02x: %04x, want %04x", v.last, got, v.checksum)
		}
	}
	// The same packets with a blank behind have an even length, and the checksum of RFC 1071: computed by hand,
	// 02B4+0001+0005+4120 = 43DA.
	if got := cdp.Sum([]byte{2, 0xb4, 0, 0, 0, 1, 0, 5, 0x41, 0x20}); got != 0xffff-0x43da {
		t.Errorf("even: %04x", got)
	}
	if got := cdp.Sum(nil); got != 0xffff {
		t.Errorf("nothing: %04x", got)
	}
}

// TestSumCatalyst takes the frame of 450 octets that a Catalyst 2950 sent.
func TestSumCatalyst(t *testing.T) {
	corpusFiles(t)
	frames := corpusFrames(t, "assimilation/cdp_v2_voice.pcap")
	_, _, packet, err := cdp.ParseFrame(frames[0])
	if err != nil || len(packet) != 450 {
		t.Fatalf("%d octets, %v", len(packet), err)
	}
	var p cdp.Packet
	if err := p.Decode(packet); err != nil || p.Checksum != cdp.ChecksumGood {
		t.Errorf("checksum %v, %v", p.Checksum, err)
	}
	zeroed := append([]byte(nil), packet...)
	zeroed[2], zeroed[3] = 0, 0
	if got := cdp.Sum(zeroed); got != 0x8cfa {
		t.Errorf("Sum %04x", got)
	}
}

func TestChecksum(t *testing.T) {
	type test struct {
		name   string
		packet []byte
		want   cdp.Checksum
	}
	tests := []test{
		{"even", []byte{2, 0xb4, 0xbc, 0x25, 0, 1, 0, 5, 0x41, 0x20}, cdp.ChecksumGood},
		{"even, one bit wrong", []byte{2, 0xb4, 0xbc, 0x24, 0, 1, 0, 5, 0x41, 0x20}, cdp.ChecksumBad},
		{"even, zero", []byte{2, 0xb4, 0, 0, 0, 1, 0, 5, 0x41, 0x20}, cdp.ChecksumBad},
		// 02B4 + FD4B = FFFF: the checksum is 0000, which one's complement also writes FFFF.
		{"even, sum of all ones", []byte{2, 0xb4, 0, 0, 0xfd, 0x4b}, cdp.ChecksumGood},
		{"even, sum of all ones, other zero", []byte{2, 0xb4, 0xff, 0xff, 0xfd, 0x4b}, cdp.ChecksumGood},
		// 02B4+0001+0005 = 02BA; 80 as -128 in one's complement is FF7F.
		{"odd, 80 is negative", oddPacket(0x80, 0xffff-(0x02ba-0x80)), cdp.ChecksumGood},
		{"odd, 80 is positive", oddPacket(0x80, 0xffff-(0x02ba+0x80)), cdp.ChecksumGood},
		{"odd, 80 is plain", oddPacket(0x80, 0xffff-(0x02ba+0x8000)), cdp.ChecksumPlain},
		{"odd, 81 is not positive", oddPacket(0x81, 0xffff-(0x02ba+0x81)), cdp.ChecksumBad},
		{"odd, 81 is not 80", oddPacket(0x81, 0xffff-(0x02ba+0x80)), cdp.ChecksumBad},
		{"odd, 7f is plain", oddPacket(0x7f, 0xffff-(0x02ba+0x7f00)), cdp.ChecksumPlain},
		{"odd, 41 is plain", oddPacket(0x41, 0xffff-(0x02ba+0x4100)), cdp.ChecksumPlain},
		{"odd, wrong", oddPacket(0x41, 0xfd05), cdp.ChecksumBad},
	}
	for _, v := range oddVectors {
		tests = append(tests, test{fmt.Sprintf("odd, %02x", v.last), oddPacket(v.last, v.checksum), cdp.ChecksumGood})
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p cdp.Packet
			if err := p.Decode(test.packet); err != nil {
				t.Fatal(err)
			}
			if p.Checksum != test.want {
				t.Errorf("checksum %v, want %v", p.Checksum, test.want)
			}
		})
	}
}

// TestSumIsRFC1071 holds Sum against the definition, word by word.
func TestSumIsRFC1071(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOfN(rapid.Byte(), 0, 1500).Draw(t, "packet")
		b = b[:len(b)&^1]
		sum := uint32(0)
		for i := 0; i < len(b); i += 2 {
			sum += uint32(binary.BigEndian.Uint16(b[i:]))
			sum = sum>>16 + sum&0xffff
		}
		if got, want := cdp.Sum(b), ^uint16(sum); got != want {
			t.Fatalf("%04x, want %04x", got, want)
		}
	})
}

// TestOddChecksumTshark shows the vectors and other packets of odd length to tshark, which computes the checksum
// as Cisco does. Append never makes such packets where they have a device id; here they have none.
func TestOddChecksumTshark(t *testing.T) {
	var cases []spoken
	for last := range 256 {
		p := &cdp.Packet{TTL: 180, Unknown: []cdp.Raw{{Type: 0x4242, Value: string([]byte{byte(last)})}}}
		cases = append(cases, spoken{name: fmt.Sprintf("%02x", last), packet: p})
	}
	for _, v := range oddVectors {
		frame := octets(t, "01000CCCCCCC 020000000001 0011 AAAA0300000C2000")
		frame = append(frame, oddPacket(v.last, v.checksum)...)
		cases = append(cases, spoken{name: fmt.Sprintf("vector %02x", v.last), frame: frame})
	}
	for i, d := range tsharkOf(t, cases) {
		if len(d.experts) != 0 || len(d.header) != 4 || d.header[3] != "cdp.checksum.status=1" {
			t.Errorf("last octet %s: %q, %q", cases[i].name, d.header, d.experts)
		}
	}
}
