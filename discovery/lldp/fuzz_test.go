package lldp_test

import (
	"os"
	"path/filepath"
	"testing"

	"phoneport/discovery/lldp"
)

// seeds are frames as they were captured, and our own.
func seeds(f *testing.F) [][]byte {
	var all [][]byte
	files, err := filepath.Glob(filepath.Join("testdata", "frames", "*.bin"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, b)
	}
	for name, p := range samples() {
		b, err := lldp.AppendFrame(nil, lldp.NearestBridge, switchMAC, p)
		if err != nil {
			f.Fatalf("%s: %v", name, err)
		}
		all = append(all, b)
	}
	for _, v := range vectors {
		b, err := v.pdu.Append(make([]byte, 14))
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// FuzzDecode: no panic; no memory beyond the frame's proportion; what is decoded can be written again and is then the same (see
// checkPayload); mdlayher/lldp sees the same frame (see witness).
func FuzzDecode(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b[14:])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := checkPayload(b); err != nil {
			t.Fatal(err)
		}
		if err := witness(b); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzParseFrame: no panic, and the payload is part of the frame.
func FuzzParseFrame(f *testing.F) {
	for _, b := range seeds(f) {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		dst, src, payload, err := lldp.ParseFrame(b)
		if err != nil {
			if err != lldp.ErrNotLLDP || payload != nil {
				t.Fatalf("%x, %v", payload, err)
			}
			return
		}
		if string(dst[:])+string(src[:]) != string(b[:12]) || string(payload) != string(b[len(b)-len(payload):]) {
			t.Fatalf("%v %v %x of %x", dst, src, payload, b)
		}
	})
}
