package wire

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"
	"golang.org/x/net/bpf"

	"phoneport/discovery"
)

const corpus = "../../../shared/corpus/pcap"

func vm(t testing.TB, program []bpf.Instruction) func(frame []byte) bool {
	t.Helper()
	if _, err := bpf.Assemble(program); err != nil {
		t.Fatal(err)
	}
	m, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	return func(frame []byte) bool {
		n, err := m.Run(frame)
		if err != nil {
			t.Fatal(err)
		}
		if n != 0 && n < len(frame) {
			t.Fatalf("the filter cuts a frame of %d octets to %d", len(frame), n)
		}
		return n != 0
	}
}

// TestFilterCorpus holds the filter to what tshark takes for LLDP and CDP in captures of real devices.
func TestFilterCorpus(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus, "*", "*.pcap"))
	if err != nil || len(files) == 0 {
		t.Skipf("%s holds no captures: the filter is not tested on frames of real devices", corpus)
	}
	pass := vm(t, body())
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "expected", strings.TrimSuffix(filepath.Base(file), ".pcap")+".tshark.json"))
		if err != nil {
			t.Fatal(err)
		}
		var packets []struct {
			Source struct {
				Layers struct {
					Frame struct {
						Number string `json:"frame.number"`
					} `json:"frame"`
				} `json:"layers"`
			} `json:"_source"`
		}
		if err := json.Unmarshal(text, &packets); err != nil {
			t.Fatal(err)
		}
		want := map[int]bool{}
		for _, p := range packets {
			n, err := strconv.Atoi(p.Source.Layers.Frame.Number)
			if err != nil {
				t.Fatalf("%s: frame number: %v", file, err)
			}
			want[n] = true
		}
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		r, err := pcapgo.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		got := map[int]bool{}
		for n := 1; ; n++ {
			frame, _, err := r.ReadPacketData()
			if err != nil {
				break
			}
			if pass(frame) {
				got[n] = true
			}
			if heard(frame) != pass(frame) {
				t.Errorf("%s: frame %d: heard says %t, the filter %t", file, n, heard(frame), pass(frame))
			}
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
			t.Errorf("%s: frames that pass (-tshark +ours):\n%s", file, diff)
		}
	}
}

// TestKernelFilter plays what the kernel tells of a frame's way; the namespaces test it for real.
func TestKernelFilter(t *testing.T) {
	t.Parallel()
	ours, other := discovery.MAC{2, 0, 0, 0, 0, 1}, discovery.MAC{2, 0, 0, 0, 1, 1}
	late, early := ours, ours
	late[5]++
	early[0] ^= 4
	frame := func(src discovery.MAC, kind uint16) []byte {
		b := append([]byte{1, 0x80, 0xc2, 0, 0, 0x0e}, src[:]...)
		return append(b, byte(kind>>8), byte(kind), 0, 0)
	}
	const host, multicast, outgoing = 0, 2, 4
	tests := map[string]struct {
		way   uint32
		frame []byte
		want  bool
	}{
		"comes in":                            {multicast, frame(other, etherLLDP), true},
		"comes in for this host":              {host, frame(other, etherLLDP), true},
		"comes in from our own address":       {multicast, frame(ours, etherLLDP), true},
		"comes in, other type":                {multicast, frame(other, 0x0800), false},
		"sent here":                           {outgoing, frame(ours, etherLLDP), true},
		"sent here, other type":               {outgoing, frame(ours, 0x0800), false},
		"forwarded by a bridge":               {outgoing, frame(other, etherLLDP), false},
		"forwarded, alike in the first four":  {outgoing, frame(late, etherLLDP), false},
		"forwarded, alike in the last octets": {outgoing, frame(early, etherLLDP), false},
	}
	for name, tt := range tests {
		program := kernel(ours)
		program[0] = bpf.LoadConstant{Dst: bpf.RegA, Val: tt.way}
		if got := vm(t, program)(tt.frame); got != tt.want {
			t.Errorf("%s: passes = %t, want %t", name, got, tt.want)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add([]byte{1, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x88, 0xcc, 0, 0})
	f.Add([]byte{1, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 1, 0x88, 0xcc, 0, 0})
	f.Add([]byte{1, 0, 0xc, 0xcc, 0xcc, 0xcc, 2, 0, 0, 0, 0, 1, 0, 0x20, 0xaa, 0xaa, 3, 0, 0, 0xc, 0x20, 0, 2, 0xb4})
	f.Add([]byte{1, 0, 0xc, 0xcc, 0xcc, 0xcc, 2, 0, 0, 0, 0, 1, 0x81, 0, 0, 1, 0, 0x20, 0xaa, 0xaa, 3, 0, 0, 0xc, 0x20, 0})
	f.Fuzz(func(t *testing.T, frame []byte) {
		if got, want := heard(frame), vm(t, body())(frame); got != want {
			t.Errorf("heard(%x) = %t, the filter says %t", frame, got, want)
		}
	})
}
