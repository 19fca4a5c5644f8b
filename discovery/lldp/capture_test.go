package lldp_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// node is one member of an object as tshark writes it: names come more than once, and in the order of the frame.
type node struct {
	name string
	text string // where it is no object
	sub  []node
}

func (n node) find(name string) *node {
	for i := range n.sub {
		if n.sub[i].name == name {
			return &n.sub[i]
		}
	}
	return nil
}

// parseNodes reads JSON and keeps what a map would lose.
func parseNodes(d *json.Decoder, n *node) error {
	tok, err := d.Token()
	if err != nil {
		return err
	}
	open, ok := tok.(json.Delim)
	if !ok {
		n.text = fmt.Sprint(tok)
		return nil
	}
	for d.More() {
		var sub node
		if open == '{' {
			name, err := d.Token()
			if err != nil {
				return err
			}
			sub.name = name.(string)
		}
		if err := parseNodes(d, &sub); err != nil {
			return err
		}
		n.sub = append(n.sub, sub)
	}
	_, err = d.Token()
	return err
}

// dissection is tshark's view of one frame.
type dissection struct {
	number string
	lldp   *node // nil where it sees no LLDP
	layers node
}

func parseDissections(b []byte) ([]dissection, error) {
	var root node
	if err := parseNodes(json.NewDecoder(bytes.NewReader(b)), &root); err != nil {
		return nil, err
	}
	var ds []dissection
	for _, f := range root.sub {
		l := f.find("_source").find("layers")
		ds = append(ds, dissection{l.find("frame").find("frame.number").text, l.find("lldp"), *l})
	}
	return ds, nil
}

// readPcap gives the frames of a capture file and their lengths on the wire.
func readPcap(t testing.TB, path string) (frames [][]byte, wire []int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	for {
		b, ci, err := r.ReadPacketData()
		if err != nil {
			return frames, wire
		}
		frames, wire = append(frames, b), append(wire, ci.Length)
	}
}

// dissect has tshark read frames. It skips the test where there is no tshark.
func dissect(t *testing.T, frames [][]byte) []dissection {
	t.Helper()
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("tshark is missing: that it reads our frames as we mean them is not tested")
	}
	path := filepath.Join(t.TempDir(), "frames.pcap")
	var buf bytes.Buffer
	w := pcapgo.NewWriter(&buf)
	if err := w.WriteFileHeader(65535, layers.LinkTypeEthernet); err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: time.Unix(0, 0), CaptureLength: len(f), Length: len(f)}, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, buf.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), tshark, "-r", path, "-T", "json")
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "LC_ALL=C.UTF-8")
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, stderr.Bytes())
	}
	ds, err := parseDissections(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(ds) != len(frames) {
		t.Fatalf("tshark shows %d frames of %d", len(ds), len(frames))
	}
	return ds
}
