package snmptrap

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	testTime = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	testFrom = netip.MustParseAddr("192.0.2.1")
)

// messages are what net-snmp's snmptrap sent, by name.
func messages(t testing.TB) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/*.hex")
	if err != nil || len(files) == 0 {
		t.Fatalf("no messages: %v", err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b, err := hex.DecodeString(strings.ReplaceAll(string(text), "\n", ""))
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		out[strings.TrimSuffix(filepath.Base(f), ".hex")] = b
	}
	return out
}

// TestGolden holds the events of messages that another implementation encoded to what was read by eye.
func TestGolden(t *testing.T) {
	for name, b := range messages(t) {
		t.Run(name, func(t *testing.T) {
			es, err := Decode(b, About{ID: "id", At: testTime, From: testFrom})
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(es, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			file := filepath.Join("testdata", name+".golden")
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}
