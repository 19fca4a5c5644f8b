package lldp_test

import (
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	mdlldp "github.com/mdlayher/lldp"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

func phoneFrame(tb testing.TB) []byte {
	tb.Helper()
	b, err := lldp.AppendFrame(nil, lldp.NearestBridge, phoneMAC, phone())
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestAppendAllocates: writing into a buffer that has room makes no garbage.
func TestAppendAllocates(t *testing.T) {
	for name, p := range samples() {
		b := make([]byte, 0, 1514)
		for what, run := range map[string]func() error{
			"Append":      func() error { _, err := p.Append(b); return err },
			"AppendFrame": func() error { _, err := lldp.AppendFrame(b, lldp.NearestBridge, switchMAC, p); return err },
		} {
			if err := run(); err != nil {
				t.Fatalf("%s of %s: %v", what, name, err)
			}
			if n := testing.AllocsPerRun(20, func() { _ = run() }); n != 0 {
				t.Errorf("%s of %s: %v allocations", what, name, n)
			}
		}
	}
}

// TestDecodeAllocates: a frame decoded into a PDU that held one like it makes one string and nothing else, and none at all
// where the frame is malformed beyond use except for the error.
func TestDecodeAllocates(t *testing.T) {
	for name, p := range samples() {
		b, err := p.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		var q lldp.PDU
		if n := testing.AllocsPerRun(20, func() {
			if err := q.Decode(b); err != nil {
				t.Fatal(err)
			}
		}); n != 1 {
			t.Errorf("%s: %v allocations; want 1", name, n)
		}
	}
}

// TestDecodeMemory: frames crafted to fill memory get no more than their size deserves. The worst is an empty TLV of two octets that
// becomes an entry of Unknown, in a slice that grows by doubling; of Problems only so many are kept.
func TestDecodeMemory(t *testing.T) {
	const limit = 64 // octets of memory for one of the frame
	head := unhex(t, head)
	repeat := func(tlv string) []byte {
		b, one := append([]byte(nil), head...), unhex(t, tlv)
		for len(b)+len(one) <= 9000 {
			b = append(b, one...)
		}
		return b
	}
	tests := map[string][]byte{
		"empty unknown TLVs":     repeat("1200"),
		"empty organisations":    repeat("fe00"),
		"second system names":    repeat("0a00"),
		"smallest civic":         repeat("fe09 0012bb 03 02 03 01 5553"),
		"civic of empty parts":   repeat("fe0f 0012bb 03 02 09 01 5553 0100 0200 0300"),
		"empty ELIN":             repeat("fe05 0012bb 03 03"),
		"call servers":           repeat("fe08 00400d 03 c0000201"),
		"policies":               repeat("fe08 0012bb 02 0140c96e"),
		"empty VLAN names":       repeat("fe07 0080c2 03 0001 00"),
		"smallest management":    repeat("1009 02 01 0a 02 00000001 00"),
		"protocols without text": repeat("fe05 0080c2 04 00"),
	}
	for name, b := range tests {
		var p lldp.PDU
		if err := p.Decode(b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(p.Problems) > 32 {
			t.Errorf("%s: %d problems are kept", name, len(p.Problems))
		}
	}
	check := func(t *testing.T, name string, b []byte) {
		if got := memory(b); got > uint64(len(b)*limit+512) { // the error of a malformed frame has its size whatever the frame's
			t.Errorf("%s: %d octets of memory for %d of the frame", name, got, len(b))
		} else {
			t.Logf("%s: %.1f octets of memory for one of the frame", name, float64(got)/float64(len(b)))
		}
	}
	for name, b := range tests {
		check(t, name, b)
	}
	t.Run("captures", func(t *testing.T) {
		for _, f := range corpusFrames(t) {
			_, _, payload, _ := lldp.ParseFrame(f.data)
			check(t, f.name, payload)
		}
	})
}

// memory gives what one Decode of b into a new PDU allocates, the least of some tries: other goroutines allocate too.
func memory(b []byte) uint64 {
	least := uint64(math.MaxUint64)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var p lldp.PDU
		_ = p.Decode(b)
		runtime.ReadMemStats(&after)
		least = min(least, after.TotalAlloc-before.TotalAlloc)
	}
	return least
}

// decodeGopacket is the best that gopacket offers: no copy of the frame, its layers, and then the TLVs of the organisations that
// the frame has.
func decodeGopacket(b *testing.B, frame []byte) {
	p := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.DecodeOptions{NoCopy: true, SkipDecodeRecovery: true})
	info, ok := p.Layer(layers.LayerTypeLinkLayerDiscoveryInfo).(*layers.LinkLayerDiscoveryInfo)
	if !ok {
		b.Fatal(p.ErrorLayer())
	}
	if _, err := info.Decode8021(); err != nil {
		b.Fatal(err)
	}
	if _, err := info.Decode8023(); err != nil {
		b.Fatal(err)
	}
	if m, err := info.DecodeMedia(); err != nil || m.Model != "CP-7962G" {
		b.Fatal(err, m.Model)
	}
}

// BenchmarkDecode decodes the frame of an LLDP-MED phone: with us into one PDU, with us into a new one each time, with
// gopacket, and with mdlayher/lldp, which leaves the optional TLVs as they are. The last two report how many times longer they
// take than ours into one PDU.
func BenchmarkDecode(b *testing.B) {
	frame := phoneFrame(b)
	_, _, payload, _ := lldp.ParseFrame(frame)
	decode := func(b *testing.B, p *lldp.PDU) {
		_, _, payload, err := lldp.ParseFrame(frame)
		if err == nil {
			err = p.Decode(payload)
		}
		if err != nil || p.Model != "CP-7962G" {
			b.Fatal(err)
		}
	}
	ours := func(b *testing.B) {
		b.ReportAllocs()
		var p lldp.PDU
		for b.Loop() {
			decode(b, &p)
		}
	}
	compare := func(b *testing.B, other func()) {
		b.ReportAllocs()
		for b.Loop() {
			other()
		}
		theirs := float64(b.Elapsed().Nanoseconds())
		var p lldp.PDU
		start := time.Now()
		for range b.N {
			decode(b, &p)
		}
		b.ReportMetric(theirs/float64(time.Since(start).Nanoseconds()), "times-ours")
	}
	b.Run("ours", ours)
	b.Run("ours, new PDU", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			var p lldp.PDU
			decode(b, &p)
		}
	})
	b.Run("gopacket", func(b *testing.B) { compare(b, func() { decodeGopacket(b, frame) }) })
	b.Run("mdlayher", func(b *testing.B) {
		compare(b, func() {
			var f mdlldp.Frame
			if err := f.UnmarshalBinary(payload); err != nil {
				b.Fatal(err)
			}
		})
	})
}

func BenchmarkAppendFrame(b *testing.B) {
	for name, p := range map[string]*lldp.PDU{"phone": phone(), "everything": full()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			buf := make([]byte, 0, 1514)
			for b.Loop() {
				if _, err := lldp.AppendFrame(buf, lldp.NearestBridge, discovery.MAC{2}, p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
