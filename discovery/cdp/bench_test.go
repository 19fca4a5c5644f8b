package cdp_test

import (
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

// contender is a way to read a frame, from the Ethernet header to the last field of the packet.
type contender struct {
	name string
	read func(frame []byte) bool
}

// contenders are ours and the best that gopacket allows: its CDP layers cannot be decoded into memory that is
// used again (they are no DecodingLayer), so that is to copy nothing and recover from nothing. Lazy saves
// nothing where the last layer is wanted, but is allowed to win.
func contenders() []contender {
	var p cdp.Packet
	cs := []contender{{"phoneport", func(frame []byte) bool {
		_, _, packet, err := cdp.ParseFrame(frame)
		return err == nil && p.Decode(packet) == nil && p.DeviceID != ""
	}}}
	for _, lazy := range []bool{false, true} {
		options := gopacket.DecodeOptions{Lazy: lazy, NoCopy: true, SkipDecodeRecovery: true}
		name := map[bool]string{false: "gopacket/NoCopy", true: "gopacket/Lazy+NoCopy"}[lazy]
		cs = append(cs, contender{name, func(frame []byte) bool {
			packet := gopacket.NewPacket(frame, layers.LayerTypeEthernet, options)
			info, ok := packet.Layer(layers.LayerTypeCiscoDiscoveryInfo).(*layers.CiscoDiscoveryInfo)
			return ok && info.DeviceID != ""
		}})
	}
	return cs
}

// BenchmarkDecode reads frames of a phone and of a switch, beside gopacket.
//
// "ratio" lets the contenders take turns, a few hundred frames each, and compares the quickest turn of each: what
// else the machine does hits a whole benchmark of one of them, but never all its turns. One iteration is one
// turn of each.
func BenchmarkDecode(b *testing.B) {
	for _, frame := range []struct {
		name string
		data []byte
	}{
		{"phone", encode(b, phoneSource, phonePacket())},
		{"switch", readFrame(b, "c3560.hex")},
	} {
		for _, c := range contenders() {
			b.Run(frame.name+"/"+c.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if !c.read(frame.data) {
						b.Fatal("not read")
					}
				}
			})
		}
		b.Run(frame.name+"/ratio", func(b *testing.B) {
			const turn = 300
			cs := contenders()
			best := make([]time.Duration, len(cs))
			for b.Loop() {
				for i, c := range cs {
					start := time.Now()
					for range turn {
						if !c.read(frame.data) {
							b.Fatal("not read")
						}
					}
					if took := time.Since(start); best[i] == 0 || took < best[i] {
						best[i] = took
					}
				}
			}
			theirs := min(best[1], best[2])
			b.ReportMetric(float64(best[0].Nanoseconds())/turn, "ours-ns/frame")
			b.ReportMetric(float64(theirs.Nanoseconds())/turn, "gopacket-ns/frame")
			b.ReportMetric(float64(theirs)/float64(best[0]), "times-faster")
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
