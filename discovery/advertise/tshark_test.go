package advertise

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/wire"
)

// TestTshark has another program read every frame that any scenario says, and those that say everything in each form: it is
// to find no fault, and to know each as what it is.
func TestTshark(t *testing.T) {
	t.Parallel()
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Skip("no tshark: that another program reads our frames without complaint is not tested")
	}
	frames := everyFrame(t)
	path := filepath.Join(t.TempDir(), "said.pcapng")
	var file bytes.Buffer
	r, err := wire.NewRecorder(&file)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := r.Record("eth1", discovery.Frame{Data: []byte(f), At: base}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path, file.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tshark, "-r", path, "-T", "fields", "-E", "separator=|",
		"-e", "frame.protocols", "-e", "_ws.expert.message", "-e", "_ws.malformed", "-e", "cdp.checksum.status").Output()
	if err != nil {
		t.Fatalf("tshark: %v", err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(frames) || len(frames) < 50 {
		t.Fatalf("tshark reads %d of %d frames", len(lines), len(frames))
	}
	for i, line := range lines {
		switch {
		case strings.HasPrefix(line, "eth:ethertype:lldp|||"), strings.HasPrefix(line, "eth:llc:cdp|||1"): // status 1: good
		default:
			t.Errorf("%s\ntshark: %s", decodeSaid(t, []byte(frames[i])).text(), line)
		}
	}
}

// everyFrame gives the frames of all scenarios, each once, and those of everything with each form of power.
func everyFrame(t *testing.T) (frames []string) {
	t.Helper()
	seen := map[string]bool{}
	add := func(f []byte) {
		if !seen[string(f)] {
			seen[string(f)] = true
			frames = append(frames, string(f))
		}
	}
	files, err := filepath.Glob("testdata/scenario/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		a, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		play(t, string(a.Files[0].Data), add)
	}
	s, a, tell := everything()
	o := Options{}.withDefaults()
	for typ := range uint8(4) {
		for class := range uint8(9) {
			tell.power.Type, tell.power.Class = typ+1, class
			tell.dll = class%2 == 0
			var (
				p lldp.PDU
				q cdp.Packet
			)
			composeLLDP(&p, &s, &a, &o, &tell)
			composeCDP(&q, &s, &a, &o, &tell)
			b, err := lldp.AppendFrame(nil, lldp.NearestBridge, portMAC, &p)
			if err != nil {
				t.Fatal(err)
			}
			add(b)
			if b, err = cdp.AppendFrame(nil, portMAC, &q); err != nil {
				t.Fatal(err)
			}
			add(b)
		}
	}
	return frames
}
