package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLocalSwitch loads a switch that is this host beside one that is not. No credential is needed for it.
func TestLocalSwitch(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "phoneport.yaml", `
state_dir: /var/lib/phoneport
advertise: [{name: desks, bridge: br0}]
switches:
  - {name: edge-1, driver: linux, bridge: br0, site: hq, save: [/usr/local/sbin/keep-vlans, br0]}
  - {name: edge-2, driver: linux, bridge: br1}
`)
	c, err := Load(Options{Path: path, Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	want := []Switch{
		{Name: "edge-1", Site: "hq", Bridge: "br0", Save: []string{"/usr/local/sbin/keep-vlans", "br0"}, StateDir: "/var/lib/phoneport", Advertised: true},
		{Name: "edge-2", Bridge: "br1", StateDir: "/var/lib/phoneport", Advertised: true},
	}
	if diff := cmp.Diff(want, c.Switches); diff != "" {
		t.Errorf("switches (-want +got):\n%s", diff)
	}
	if s, ok := c.Switch("edge-2"); !ok || s.Bridge != "br1" {
		t.Errorf("by name: %+v %v", s, ok)
	}
	// It has no address, and is not found by the lack of one.
	if s, ok := c.Switch(""); ok {
		t.Errorf("by no address: %+v", s)
	}
}
