package cdp_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

// octets reads hex digits; blanks part them.
func octets(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// vectorSource is where the frames of the vectors come from.
var vectorSource = discovery.MAC{0x02, 0, 0, 0, 0, 0x01}

// replyVector is a switch's answer to a phone at port Gi1/0/1: native VLAN 10, voice VLAN 100. tshark has
// verified it; TestTshark and TestTcpdump do so again.
const replyVector = `01000CCCCCCC 020000000001 0042 AAAA0300000C2000
	02B45418 00010007737731 0003000B4769312F302F31 0004000800000028 000A0006000A 000B000501
	000E0007010064 0012000500 0013000500`

func replyPacket() *cdp.Packet {
	return &cdp.Packet{
		TTL: 180,
		Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasNativeVLAN | cdp.HasDuplex |
			cdp.HasVoiceVLAN | cdp.HasTrust | cdp.HasUntrustedCoS,
		DeviceID:     "sw1",
		PortID:       "Gi1/0/1",
		Capabilities: cdp.CapSwitch | cdp.CapIGMP,
		NativeVLAN:   10,
		FullDuplex:   true,
		VoiceVLAN:    cdp.Appliance{ID: 1, VLAN: 100},
	}
}

func TestReplyVector(t *testing.T) {
	want := octets(t, replyVector)
	if len(want) != 80 {
		t.Fatalf("vector has %d octets", len(want))
	}
	got, err := cdp.AppendFrame(nil, vectorSource, replyPacket())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(hex.Dump(want), hex.Dump(got)); diff != "" {
		t.Errorf("frame (-want +got):\n%s", diff)
	}

	dst, src, packet, err := cdp.ParseFrame(want)
	if err != nil || dst != cdp.Multicast || src != vectorSource {
		t.Fatalf("ParseFrame: %v to %v, %v", src, dst, err)
	}
	var p cdp.Packet
	if err := p.Decode(packet); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(replyPacket(), &p); diff != "" {
		t.Errorf("packet (-want +got):\n%s", diff)
	}
	if p.Checksum != cdp.ChecksumGood || len(p.Problems) != 0 {
		t.Errorf("checksum %v, problems %v", p.Checksum, p.Problems)
	}
	if v := p.Voice(); v.Mode != discovery.VoiceTagged || v.VLAN != 100 {
		t.Errorf("voice %v", v)
	}
}
