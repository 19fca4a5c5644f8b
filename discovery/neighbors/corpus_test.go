package neighbors_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/pcapgo"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

var update = flag.Bool("update", false, "write the goldens anew")

const corpus = "../../../shared/corpus/pcap"

// captures gives the capture files of the corpus, none where there is no corpus.
func captures(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob(corpus + "/*/*.pcap")
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func readCapture(path string) (frames []discovery.Frame, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	for {
		data, info, err := r.ReadPacketData()
		if err != nil {
			return frames, nil // a capture that was cut off: what stands before the cut counts
		}
		frames = append(frames, discovery.Frame{Data: data, At: info.Timestamp.UTC()})
	}
}

// TestCorpus replays captures of real devices: what changed at which frame, and who is there at the end.
func TestCorpus(t *testing.T) {
	t.Parallel()
	files := captures(t)
	if len(files) == 0 {
		t.Skipf("%s is not there: no capture of a real device is heard", corpus)
	}
	heard := 0
	for _, path := range files {
		frames, err := readCapture(path)
		if err != nil {
			t.Fatal(err)
		}
		heard += len(frames)
		name := filepath.Base(filepath.Dir(path)) + "-" + strings.TrimSuffix(filepath.Base(path), ".pcap")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden(t, name+".txt", replay(t, frames))
		})
	}
	if heard < 20 {
		t.Errorf("%d frames; the test looks at the wrong place", heard)
	}
}

// replay gives a line for each change and the table at the end.
func replay(t *testing.T, frames []discovery.Frame) []byte {
	t.Helper()
	var (
		b      bytes.Buffer
		pdu    lldp.PDU
		packet cdp.Packet
	)
	n := neighbors.New(neighbors.Options{})
	for i, f := range frames {
		note := func(cs []neighbors.Change) {
			for _, c := range cs {
				fmt.Fprintf(&b, "frame %d: %s %s %s %s\n", i+1, c.Kind, c.Neighbor.Protocol, c.Neighbor.ChassisID, c.Why)
			}
		}
		note(n.Age(f.At))
		if _, _, _, err := lldp.ParseFrame(f.Data); err != nil {
			if _, _, _, err := cdp.ParseFrame(f.Data); err != nil {
				continue
			}
		}
		hear(t, n, &pdu, &packet, f.Data, f.At, note)
	}
	fmt.Fprintf(&b, "%+v\n", n.Stats())
	for _, x := range n.All() {
		x.HeardAt = x.HeardAt.Truncate(time.Second)
		text, err := json.MarshalIndent(x, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(text, '\n'))
	}
	return b.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", "corpus", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
