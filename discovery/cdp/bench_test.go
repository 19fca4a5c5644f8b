package cdp_test

import (
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

// BenchmarkDecode reads frames of a phone and of a switch, from the Ethernet header to the last field, beside
// gopacket. Its CDP layers cannot be decoded into memory that is used again (they are no DecodingLayer), so
// the best that it allows is NoCopy and no recovery; Lazy saves nothing where the last layer is wanted, and is shown.
func BenchmarkDecode(b *testing.B) {
	for _, frame := range []struct {
		name string
		data []byte
	}{
		{"phone", encode(b, phoneSource, phonePacket())},
		{"switch", readFrame(b, "c3560.hex")},
	} {
		b.Run(frame.name, func(b *testing.B) {
			var ours float64 // nanoseconds
			b.Run("phoneport", func(b *testing.B) {
				b.ReportAllocs()
				var p cdp.Packet
				for b.Loop() {
					_, _, packet, err := cdp.ParseFrame(frame.data)
					if err != nil {
						b.Fatal(err)
					}
					if err := p.Decode(packet); err != nil || p.DeviceID == "" {
						b.Fatal(err)
					}
				}
				ours = float64(b.Elapsed().Nanoseconds()) / float64(b.N)
			})
			for _, option := range []struct {
				name string
				gopacket.DecodeOptions
			}{
				{"NoCopy", gopacket.DecodeOptions{NoCopy: true, SkipDecodeRecovery: true}},
				{"Lazy+NoCopy", gopacket.DecodeOptions{Lazy: true, NoCopy: true, SkipDecodeRecovery: true}},
			} {
				b.Run("gopacket/"+option.name, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						packet := gopacket.NewPacket(frame.data, layers.LayerTypeEthernet, option.DecodeOptions)
						info, ok := packet.Layer(layers.LayerTypeCiscoDiscoveryInfo).(*layers.CiscoDiscoveryInfo)
						if !ok || info.DeviceID == "" {
							b.Fatal(packet)
						}
					}
					if ours != 0 { // 0 where -bench leaves ours out
						b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/ours, "times-ours")
					}
				})
			}
		})
	}
}

// BenchmarkDecodeFresh reads into a Packet without memory from before.
func BenchmarkDecodeFresh(b *testing.B) {
	_, _, packet, err := cdp.ParseFrame(readFrame(b, "c3560.hex"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var p cdp.Packet
		if err := p.Decode(packet); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	for _, packet := range []struct {
		name string
		*cdp.Packet
		src discovery.MAC
	}{
		{"phone", phonePacket(), phoneSource},
		{"switch", switchPacket(), vectorSource},
	} {
		b.Run(packet.name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 1514)
			for b.Loop() {
				if _, err := cdp.AppendFrame(buf, packet.src, packet.Packet); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
