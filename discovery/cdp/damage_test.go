package cdp_test

import (
	"slices"
	"testing"

	"phoneport/discovery/cdp"
)

// TestDamaged cuts frames at every octet and breaks every octet of them. What is left must keep the laws of the
// codec, and what stands before the damage must be read as before.
func TestDamaged(t *testing.T) {
	frames := map[string][]byte{
		"c3560": readFrame(t, "c3560.hex"), "v1": readFrame(t, "v1.hex"),
		"switch": encode(t, vectorSource, switchPacket()), "phone": encode(t, phoneSource, phonePacket()),
	}
	for name, frame := range frames {
		t.Run(name, func(t *testing.T) {
			_, _, packet, err := cdp.ParseFrame(frame)
			if err != nil {
				t.Fatal(err)
			}
			whole := decode(t, frame)
			for n := range packet {
				cut := slices.Clone(packet[:n])
				checkAppendDecode(t, cut)
				var p cdp.Packet
				if err := p.Decode(cut); (err != nil) != (n < 4) {
					t.Fatalf("%d octets: %v", n, err)
				}
				if p.Has&^whole.Has != 0 {
					t.Fatalf("%d octets: fields %#x", n, p.Has&^whole.Has)
				}
				// Every TLV that stands before the cut is there.
				if keep := (&cdp.Packet{Has: cdp.HasDeviceID, DeviceID: whole.DeviceID}); n >= 8+len(whole.DeviceID) {
					q := cdp.Packet{Has: p.Has & cdp.HasDeviceID, DeviceID: p.DeviceID}
					if !q.Equal(keep) {
						t.Fatalf("%d octets: device id %q, want %q", n, p.DeviceID, whole.DeviceID)
					}
				}
				for _, octet := range []byte{0x00, 0x01, 0x7f, 0x80, 0xff, packet[n] ^ 1, packet[n] + 1} {
					broken := slices.Clone(packet)
					broken[n] = octet
					checkAppendDecode(t, broken)
				}
			}
		})
	}
}
