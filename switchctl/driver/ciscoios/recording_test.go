package ciscoios

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// recording opens a recording of the corpus, which lies beside the repository.
func recording(t *testing.T, name string) *snmptest.Agent {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return snmptest.Open(t, filepath.Join(dir, "..", "shared", "corpus", "snmp", filepath.FromSlash(name)+".snmprec"))
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
}

// open makes the driver over an agent.
func open(t *testing.T, a snmp.Session, m *switchctl.Memory) *standard.Driver {
	t.Helper()
	sys, err := snmp.ReadSystem(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), standard.Target{ID: "sw", Session: a, System: sys, Memory: m, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*standard.Driver)
}

// observe reads a whole switch.
func observe(t *testing.T, a snmp.Session) switchctl.Snapshot {
	t.Helper()
	s, err := open(t, a, nil).Observe(t.Context(), switchctl.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDump(t *testing.T) {
	for _, n := range []string{"librenms/ios_2960x", "librenms/ios_c3560", "librenms/ios", "librenms/iosxe_c9200l", "librenms/iosxe_c9400-svl", "librenms/iosxe_ie32008t2s-ios17-12", "snmpsim-data/cisco-c3750", "snmpsim-data/cisco-n5000"} {
		s := observe(t, recording(t, n))
		t.Logf("=== %s ports %d vlans %d power %v missing %v", n, len(s.Ports), len(s.VLANs), s.Power, s.Missing)
		for _, p := range s.Ports {
			t.Logf("%s if %d pse %v %s | %s %s lag %v %d %v voice %s cdp %s | %s %s draw %d alloc %d lim %d max %d | n %d l %d", p.Ref.Name, p.Index.If, p.Index.PSE, p.Index.Proof, p.Link, p.Mode, p.LAG, p.Untagged, p.Tagged, p.Voice, p.CDP, p.PoE.Admin, p.PoE.Detect, p.PoE.Draw, p.PoE.Allocated, p.PoE.Limit, p.PoE.MaxDraw, len(p.Neighbors), len(p.Learned))
		}
	}
}
