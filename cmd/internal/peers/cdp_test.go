//go:build linux

package peers

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/neighbors"
	"phoneport/discovery/wire/wiretest"
)

// TestLLDPdSpeaksCDP has lldpd speak version 1 and 2 and nothing else.
func TestLLDPdSpeaksCDP(t *testing.T) {
	for name, flags := range map[string]string{"version 1": "-ccc", "version 2": "-ccccc"} {
		t.Run(name, func(t *testing.T) {
			namespace(t)
			wiretest.Cable(t, "sw0", "ph0")
			port := startPort(t, "sw0", advert(), advertise.Options{})
			peer := startLLDPd(t, "ph0", flags, "-ll", "-P", "tin phone", "-S", "tin OS 3", "-m", "192.0.2.9")
			got := port.change("a CDP speaker", func(c neighbors.Change) bool { return c.Kind == neighbors.KindNew })
			host, err := os.Hostname()
			if err != nil {
				t.Fatal(err)
			}
			want := discovery.Neighbor{
				Protocol: discovery.CDP, ChassisID: host, PortID: "ph0", MAC: phoneMAC, System: got.System,
				Platform: "tin phone", Software: "tin OS 3", Capabilities: []discovery.Capability{discovery.CapStation},
				Addresses: []string{"192.0.2.9"}, HeardAt: got.HeardAt, TTL: 120 * time.Second,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("neighbour (-want +got):\n%s", diff)
			}
			if s := port.Stats().Heard; s.BadChecksums != 0 || s.Discarded != 0 {
				t.Errorf("counters %+v", s)
			}
			_ = peer
		})
	}
}

// TestLLDPdHearsCDP wants lldpd to hold what we say by CDP.
func TestLLDPdHearsCDP(t *testing.T) {
	namespace(t)
	wiretest.Cable(t, "sw0", "ph0")
	startPort(t, "sw0", advert(), advertise.Options{LLDP: advertise.Off})
	peer := startLLDPd(t, "ph0", "-ccccc", "-ll", "-H", "0", "-m", "192.0.2.9")
	var at []tree
	for end := time.Now().Add(wait); len(at) == 0; at = peer.neighbors() {
		if time.Now().After(end) {
			t.Fatal("lldpd does not hear us, after it spoke CDP first")
		}
	}
	if len(at) != 1 {
		t.Fatalf("lldpd hears %d neighbours, want us alone", len(at))
	}
	for path, want := range map[string]string{
		"via":                        "CDPv2",
		"chassis id type":            "local",
		"chassis id value":           "closet-3",
		"chassis name value":         "closet-3",
		"chassis mgmt-ip value":      "192.0.2.3",
		"chassis capability type":    "Bridge",
		"chassis capability enabled": "yes",
		"port id type":               "ifname",
		"port id value":              "swp17",
		"port descr value":           "swp17",
		"port ttl value":             "180",
		"vlan vlan-id":               "10",
		"vlan pvid":                  "yes",
	} {
		if got := at[0].text(strings.Fields(path)...); got != want {
			t.Errorf("%s: lldpd holds %q, want %q", path, got, want)
		}
	}
	// lldpd joins platform and software to one text.
	if got := at[0].text("chassis", "descr", "value"); !strings.Contains(got, "whitebox 48P") || !strings.Contains(got, "phoneport on Linux") {
		t.Errorf("description: lldpd holds %q", got)
	}
}

// TestLadvd hears both protocols from ladvd.
func TestLadvd(t *testing.T) {
	ladvd, unshare := program(t, "ladvd"), program(t, "unshare")
	namespace(t)
	wiretest.Cable(t, "sw0", "ph0")
	port := startPort(t, "sw0", advert(), advertise.Options{})
	// Its socket has a fixed place below /run, so it gets one of its own.
	cmd := exec.Command(unshare, "--mount", "sh", "-c",
		`mount -t tmpfs -o mode=755 run /run && mkdir /run/ladvd && exec "$0" "$@"`, ladvd, "-f", "-v", "-t", "-e", "sw0", "-C", "-L", "ph0")
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log // a pipe: ladvd may write no files
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-ended:
		case <-time.After(wait):
			_ = cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			t.Logf("ladvd says:\n%s", &log)
		}
	})
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	heard := func(p discovery.Protocol) discovery.Neighbor {
		return port.change("ladvd by "+string(p), func(c neighbors.Change) bool {
			return c.Kind == neighbors.KindNew && c.Neighbor.Protocol == p
		})
	}
	lldp, cdp := heard(discovery.LLDP), heard(discovery.CDP)
	for _, d := range []struct{ name, got, want string }{
		{"LLDP chassis", lldp.ChassisID, phoneMAC.String()},
		{"LLDP port", lldp.PortID, "ph0"},
		{"LLDP name", lldp.System, host},
		{"LLDP MAC", lldp.MAC.String(), phoneMAC.String()},
		{"LLDP life", lldp.TTL.String(), "3m0s"},
		{"LLDP description", lldp.Platform, cdp.Software},
		{"LLDP inventory", lldp.Inventory.Software, lldp.Software},
		{"CDP device", cdp.ChassisID, host},
		{"CDP port", cdp.PortID, "ph0"},
		{"CDP MAC", cdp.MAC.String(), phoneMAC.String()},
		{"CDP life", cdp.TTL.String(), "3m0s"},
	} {
		if d.got != d.want || d.want == "" {
			t.Errorf("%s: %q, want %q", d.name, d.got, d.want)
		}
	}
	if lldp.MEDClass != discovery.MEDClassI || !strings.Contains(cdp.Platform, "Linux") {
		t.Errorf("LLDP %+v\nCDP %+v", lldp, cdp)
	}
	if s := port.Stats().Heard; s.BadChecksums != 0 || s.Discarded != 0 || s.TLVsDiscarded != 0 {
		t.Errorf("counters %+v", s)
	}
}
