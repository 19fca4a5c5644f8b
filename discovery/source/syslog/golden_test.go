package syslog

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"phoneport/discovery"
)

var update = flag.Bool("update", false, "write the goldens anew")

var (
	sender = netip.MustParseAddr("192.0.2.7")
	now    = time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
)

// golden is what a line becomes, as the golden file has it.
type golden struct {
	Kind   discovery.EventKind
	Code   string
	Host   string `json:",omitempty"`
	Port   string `json:",omitempty"`
	Other  string `json:",omitempty"`
	Index  int    `json:",omitempty"`
	MAC    string `json:",omitempty"`
	VLAN   uint16 `json:",omitempty"`
	Detail string
}

func told(e discovery.Event, other string) golden {
	return golden{e.Kind, e.Code, e.Sender.Host, e.IfName, other, e.IfIndex, e.MAC.String(), e.VLAN, e.Detail}
}

// lines gives the archive of lines: each file is lines, all of which become the event in the file of the same name with
// ".json" behind it.
func lines(t testing.TB) *txtar.Archive {
	t.Helper()
	a, err := txtar.ParseFile("testdata/lines.txtar")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestLines(t *testing.T) {
	t.Parallel()
	a := lines(t)
	out := &txtar.Archive{Comment: a.Comment}
	want := map[string][]byte{}
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".json") {
			want[strings.TrimSuffix(f.Name, ".json")] = f.Data
		}
	}
	hit := map[row]bool{} // rows of the table for which a line is there
	n := 0
	for _, f := range a.Files {
		if strings.HasSuffix(f.Name, ".json") {
			continue
		}
		var first []byte
		for _, line := range strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n") {
			n++
			e, other, err := Parse([]byte(line), sender, now)
			if err != nil {
				t.Errorf("%s: %s: %v", f.Name, line, err)
				continue
			}
			if e.Authentic || e.From != sender || !e.At.Equal(now) || e.Source != Name || string(e.Raw) != line {
				t.Errorf("%s: %s: authentic %v, from %v at %v, source %q, raw %q", f.Name, line, e.Authentic, e.From, e.At, e.Source, e.Raw)
			}
			h := readHeader(clean([]byte(line)))
			if r := find(h.code, h.text); r != nil {
				hit[r.row] = true
			}
			got, err := json.Marshal(told(e, other))
			if err != nil {
				t.Fatal(err)
			}
			if first == nil {
				first = got
			}
			if *update {
				continue
			}
			if diff := cmp.Diff(string(bytes.TrimSpace(want[f.Name])), string(got)); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", f.Name, line, diff)
			}
		}
		out.Files = append(out.Files, f, txtar.File{Name: f.Name + ".json", Data: append(first, '\n')})
	}
	for _, r := range table {
		if !hit[r] {
			t.Errorf("no line for the row %q %q %q: nothing shows that it fits", r.facility, r.mnemonic, r.has)
		}
	}
	if n < 130 {
		t.Errorf("%d lines; the test looks at the wrong place", n)
	}
	if *update {
		if err := os.WriteFile("testdata/lines.txtar", txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
