package cdp_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"phoneport/discovery/cdp"
)

// fuzzSeeds gives frames: those of testdata, ours, and where it is there those of the corpus, some of which may
// not be copied into the project.
func fuzzSeeds(f *testing.F) [][]byte {
	f.Helper()
	seeds := [][]byte{readFrame(f, "c3560.hex"), readFrame(f, "v1.hex")}
	for _, s := range spokenPackets() {
		seeds = append(seeds, encode(f, vectorSource, s.packet))
	}
	if _, err := os.Stat(corpusDir); err == nil {
		paths, err := filepath.Glob(filepath.Join(corpusDir, "*", "*.pcap"))
		if err != nil {
			f.Fatal(err)
		}
		for _, path := range paths {
			name, err := filepath.Rel(corpusDir, path)
			if err != nil {
				f.Fatal(err)
			}
			seeds = append(seeds, corpusFrames(f, name)...)
		}
	}
	return seeds
}

// FuzzDecode holds the laws of the codec against any packet, and reads it into memory used before, which must
// make no difference.
func FuzzDecode(f *testing.F) {
	for _, frame := range fuzzSeeds(f) {
		if _, _, packet, err := cdp.ParseFrame(frame); err == nil {
			f.Add(packet)
		}
	}
	for _, v := range oddVectors {
		f.Add(oddPacket(v.last, v.checksum))
	}
	used := decode(f, encode(f, vectorSource, switchPacket()))
	f.Fuzz(func(t *testing.T, packet []byte) {
		var p cdp.Packet
		err := p.Decode(packet)
		if err2 := used.Decode(packet); (err == nil) != (err2 == nil) || !p.Equal(used) || p.Checksum != used.Checksum ||
			len(p.Problems) != len(used.Problems) {
			t.Fatalf("used memory makes a difference: %+v, %v; %+v, %v", p, err, used, err2)
		}
		if err != nil {
			if !errors.Is(err, cdp.ErrMalformed) {
				t.Fatal(err)
			}
			return
		}
		for _, problem := range p.Problems {
			if problem.Offset < 4 || problem.Offset >= len(packet) || problem.Reason == "" {
				t.Fatalf("problem %+v of %d octets", problem, len(packet))
			}
		}
		p.Voice()
		for _, a := range p.Addresses {
			a.IP()
		}
		checkAppendDecode(t, packet)
	})
}

// FuzzParseFrame reads any frame; what is read must be a part of it, and again a frame.
func FuzzParseFrame(f *testing.F) {
	for _, frame := range fuzzSeeds(f) {
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		_, src, packet, err := cdp.ParseFrame(frame)
		switch {
		case errors.Is(err, cdp.ErrNotCDP):
			if packet != nil {
				t.Fatalf("packet %x", packet)
			}
			return
		case err != nil && !errors.Is(err, cdp.ErrTruncated):
			t.Fatal(err)
		}
		if len(packet)+22 > len(frame) {
			t.Fatalf("packet of %d octets out of %d", len(packet), len(frame))
		}
		var p cdp.Packet
		if p.Decode(packet) != nil {
			return
		}
		again, err := cdp.AppendFrame(nil, src, &p)
		if err != nil {
			if len(packet) < 1400 { // normal forms and the blank can make a full packet too long
				t.Fatal(err)
			}
			return
		}
		dst, from, _, err := cdp.ParseFrame(again)
		if err != nil || dst != cdp.Multicast || from != src || len(again) < 60 {
			t.Fatalf("%v to %v in %d octets, %v", from, dst, len(again), err)
		}
	})
}
