package shape_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/shape"
	"phoneport/cmd/internal/shape/shapetest"
	"phoneport/discovery"
)

// TestListenGolden holds the lines that listen writes.
func TestListenGolden(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, h := range shapetest.Heard() {
		if err := enc.Encode(h); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Encode(shapetest.Listened()); err != nil {
		t.Fatal(err)
	}
	if err := enc.Encode(shape.Listened{Kind: shape.HeardSummary, Interfaces: []shape.ListenedPort{}}); err != nil {
		t.Fatal(err)
	}
	goldenText(t, "listen.jsonl", b.String())
}

func TestListenTimesAreUTC(t *testing.T) {
	t.Parallel()
	here := time.Date(2026, 11, 22, 8, 0, 0, 0, time.FixedZone("here", 7200))
	h := shape.NewHeard(here, "eth0", 1, shapetest.Change(discovery.Neighbor{HeardAt: here}))
	for what, at := range map[string]time.Time{
		"change": h.At, "neighbor": h.Neighbor.HeardAt, "malformed": shape.NewMalformed(here, "eth0", 1, "lldp", "x").At,
	} {
		if _, offset := at.Zone(); offset != 0 {
			t.Errorf("%s: %v", what, at)
		}
	}
}

// TestIsPhone: what says that it is one, and what is named as one.
func TestIsPhone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		n    discovery.Neighbor
		want bool
	}{
		"capability":        {discovery.Neighbor{Capabilities: []discovery.Capability{discovery.CapTelephone}}, true},
		"class III":         {discovery.Neighbor{MEDClass: discovery.MEDClassIII}, true},
		"CDP device id":     {discovery.Neighbor{ChassisID: "SIP001122334455", Capabilities: []discovery.Capability{discovery.CapStation}}, true},
		"LLDP system name":  {discovery.Neighbor{ChassisID: "10.1.1.1", System: "SEP001122334455.example.org"}, true},
		"PC":                {discovery.Neighbor{System: "desk", Capabilities: []discovery.Capability{discovery.CapStation}}, false},
		"a name that seems": {discovery.Neighbor{System: "September"}, false},
	} {
		if got := shape.IsPhone(tt.n); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func goldenText(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}
