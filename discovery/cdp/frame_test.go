package cdp_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

func TestParseFrame(t *testing.T) {
	good := octets(t, replyVector)
	packet := good[22:]
	tagged := slices.Concat(good[:12], []byte{0x81, 0x00, 0xe0, 0x01}, good[12:])
	change := func(at int, octets ...byte) []byte {
		b := slices.Clone(good)
		copy(b[at:], octets)
		return b
	}
	for _, test := range []struct {
		name  string
		frame []byte
		want  []byte
		err   error
	}{
		{"plain", good, packet, nil},
		{"padding", append(slices.Clone(good), make([]byte, 20)...), packet, nil},
		{"padding that looks like a TLV", append(slices.Clone(good), 0, 1, 0, 5, 'x'), packet, nil},
		{"802.1Q tag", tagged, packet, nil},
		{"802.1Q tag and padding", append(slices.Clone(tagged), 1, 2, 3), packet, nil},
		{"two tags", slices.Concat(good[:12], []byte{0x81, 0, 0, 1, 0x81, 0, 0, 1}, good[12:]), nil, cdp.ErrNotCDP},
		{"no packet", change(12, 0, 8), []byte{}, nil},
		{"length below LLC and SNAP", change(12, 0, 7), nil, cdp.ErrNotCDP},
		{"length 0", change(12, 0, 0), nil, cdp.ErrNotCDP},
		{"cut short", good[:60], packet[:60-22], cdp.ErrTruncated},
		{"cut behind SNAP", good[:22], []byte{}, cdp.ErrTruncated},
		{"cut in SNAP", good[:21], nil, cdp.ErrNotCDP},
		{"length is one too many", change(12, 0, 0x43), packet, cdp.ErrTruncated},
		{"largest length", change(12, 0x05, 0xdc), packet, cdp.ErrTruncated},
		{"no length any more", change(12, 0x05, 0xdd), nil, cdp.ErrNotCDP},
		{"EtherType of LLDP", change(12, 0x88, 0xcc), nil, cdp.ErrNotCDP},
		{"EtherType of IPv4", change(12, 0x08, 0x00), nil, cdp.ErrNotCDP},
		{"VTP", change(20, 0x20, 0x03), nil, cdp.ErrNotCDP},
		{"DTP", change(20, 0x20, 0x04), nil, cdp.ErrNotCDP},
		{"PAgP", change(20, 0x01, 0x04), nil, cdp.ErrNotCDP},
		{"UDLD", change(20, 0x01, 0x11), nil, cdp.ErrNotCDP},
		{"PVST", change(20, 0x01, 0x0b), nil, cdp.ErrNotCDP},
		{"OUI of Ethernet", change(17, 0, 0, 0), nil, cdp.ErrNotCDP},
		{"LLC of spanning tree", change(14, 0x42, 0x42), nil, cdp.ErrNotCDP},
		{"control field", change(16, 0x13), nil, cdp.ErrNotCDP},
		{"header only", good[:14], nil, cdp.ErrNotCDP},
		{"half a header", good[:13], nil, cdp.ErrNotCDP},
		{"tag only", tagged[:16], nil, cdp.ErrNotCDP},
		{"half a tag", tagged[:15], nil, cdp.ErrNotCDP},
		{"nothing", nil, nil, cdp.ErrNotCDP},
	} {
		t.Run(test.name, func(t *testing.T) {
			dst, src, got, err := cdp.ParseFrame(test.frame)
			if !errors.Is(err, test.err) {
				t.Fatalf("error %v, want %v", err, test.err)
			}
			if !bytes.Equal(got, test.want) || (got == nil) != (test.want == nil) {
				t.Errorf("packet %x, want %x", got, test.want)
			}
			if test.want == nil {
				return
			}
			if dst != cdp.Multicast || src != vectorSource {
				t.Errorf("from %v to %v", src, dst)
			}
		})
	}
}

func TestParseFrameSaysHowMuchIsMissing(t *testing.T) {
	_, _, _, err := cdp.ParseFrame(octets(t, replyVector)[:60])
	if want := "parse CDP frame: length field says 66 octets, there are 46: CDP frame is cut short"; err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// TestParseFrameCut cuts frames at every octet.
func TestParseFrameCut(t *testing.T) {
	good := octets(t, replyVector)
	for _, test := range []struct {
		frame   []byte
		headers int
	}{
		{good, 22},
		{slices.Concat(good[:12], []byte{0x81, 0x00, 0xe0, 0x01}, good[12:]), 26},
	} {
		for n := range test.frame {
			want := cdp.ErrNotCDP
			if n >= test.headers {
				want = cdp.ErrTruncated
			}
			if _, _, _, err := cdp.ParseFrame(test.frame[:n:n]); !errors.Is(err, want) {
				t.Errorf("%d octets: error %v, want %v", n, err, want)
			}
		}
	}
}

// TestTruncatedFrame reads what there is of a frame that was captured in part: all TLVs but the last.
func TestTruncatedFrame(t *testing.T) {
	frame := octets(t, replyVector)
	_, _, packet, err := cdp.ParseFrame(frame[:len(frame)-1])
	if !errors.Is(err, cdp.ErrTruncated) {
		t.Fatal(err)
	}
	var p cdp.Packet
	if err := p.Decode(packet); err != nil {
		t.Fatal(err)
	}
	want := replyPacket()
	want.Has &^= cdp.HasUntrustedCoS
	if !p.Equal(want) || len(p.Problems) != 1 || p.Problems[0].Type != 0x13 {
		t.Errorf("packet %+v", p)
	}
}

func TestAppendFrame(t *testing.T) {
	t.Run("padded to 60 octets", func(t *testing.T) {
		frame := encode(t, vectorSource, &cdp.Packet{Has: cdp.HasDeviceID, DeviceID: "s1"})
		if len(frame) != 60 || binary.BigEndian.Uint16(frame[12:]) != 8+4+6 {
			t.Errorf("%d octets, %x", len(frame), frame)
		}
		if !bytes.Equal(frame[32:], make([]byte, 28)) {
			t.Errorf("padding %x", frame[32:])
		}
	})
	t.Run("behind what is there", func(t *testing.T) {
		b, err := cdp.AppendFrame([]byte("before"), vectorSource, replyPacket())
		if err != nil || !bytes.Equal(b, append([]byte("before"), octets(t, replyVector)...)) {
			t.Errorf("%x, %v", b, err)
		}
		small := &cdp.Packet{Has: cdp.HasDeviceID, DeviceID: "s1"}
		if b, err = cdp.AppendFrame([]byte("before"), vectorSource, small); err != nil || len(b) != 66 {
			t.Errorf("%d octets, %v", len(b), err)
		}
	})
	t.Run("largest and one more", func(t *testing.T) {
		p := &cdp.Packet{Has: cdp.HasDeviceID, DeviceID: strings.Repeat("x", 1500-8-4-4)}
		frame := encode(t, vectorSource, p)
		if len(frame) != 1514 || !p.Equal(decode(t, frame)) {
			t.Errorf("%d octets", len(frame))
		}
		p.DeviceID += "x"
		before := []byte("before")
		b, err := cdp.AppendFrame(before, vectorSource, p)
		if err == nil || string(b) != "before" {
			t.Errorf("%q, %v", b, err)
		}
	})
	t.Run("one more, of odd length", func(t *testing.T) {
		p := &cdp.Packet{Unknown: []cdp.Raw{{Type: 0x4242, Value: strings.Repeat("x", 1500-8-4-4+1)}}}
		want := "append CDP frame: packet has 1493 octets, want at most 1492"
		if _, err := cdp.AppendFrame(nil, vectorSource, p); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("packet that is refused", func(t *testing.T) {
		b, err := cdp.AppendFrame([]byte("before"), discovery.MAC{}, &cdp.Packet{Version: 3})
		if err == nil || string(b) != "before" {
			t.Errorf("%q, %v", b, err)
		}
	})
}
