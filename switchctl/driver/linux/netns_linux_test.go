package linux

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"phoneport/switchctl"
	"phoneport/switchctl/drivertest"
)

// TestPlainBridge reads and writes a real bridge that does not filter VLANs, which every kernel has. With VLANs see
// TestMachine.
func TestPlainBridge(t *testing.T) {
	l := newLab(t, false, "lan1", "uplink")
	l.run("ip link set lan1 alias desk-1")
	l.passes("lan1", "uplink", 0, 0)
	d := l.driver(Options{})
	s, err := d.Observe(t.Context(), switchctl.Scope{})
	l.must(err)
	drivertest.Check(t, s)
	if len(s.Ports) != 2 || s.Ports[0].Ref.Name != "lan1" || s.Ports[1].Ref.Name != "uplink" {
		t.Fatalf("ports %+v", s.Ports)
	}
	p := s.Ports[0]
	if !p.Physical() || p.Admin != switchctl.Up || p.Link != switchctl.Up || p.Alias != "desk-1" || p.Index.Bridge != 1 || p.Speed != 10_000_000_000 {
		t.Errorf("lan1: %+v", p)
	}
	if _, ok := p.HasMAC(l.stations["lan1"].mac); !ok || len(p.Learned) != 1 {
		t.Errorf("lan1 learned %v, want the station's %x only", p.Learned, l.stations["lan1"].mac)
	}
	var vlans error
	for _, m := range s.Missing {
		if m.Table == tableVLANs {
			vlans = m.Err
		}
	}
	if !errors.Is(vlans, switchctl.ErrUnsupported) {
		t.Errorf("missing %+v does not tell that there are no VLANs", s.Missing)
	}
	if err := d.Apply(t.Context(), switchctl.SetVoice{Ref: p.Ref, Voice: voice(110)}); !errors.Is(err, switchctl.ErrUnsupported) {
		t.Errorf("set a voice VLAN without filtering: %v", err)
	}
	for _, state := range []switchctl.UpDown{switchctl.Down, switchctl.Up} {
		c := switchctl.SetAdmin{Ref: p.Ref, Admin: state}
		l.must(d.Apply(t.Context(), c))
		s, err := d.Observe(t.Context(), switchctl.Scope{Ports: []string{"lan1"}})
		l.must(err)
		if !c.Seen(s.Ports[0]) || l.linkUp("lan1") != (state == switchctl.Up) {
			t.Errorf("%s: driver reads %s, ip %v", c, s.Ports[0].Admin, l.linkUp("lan1"))
		}
	}
	if _, err := Open(t.Context(), Options{ID: "x", Bridge: "br7"}); !errors.Is(err, switchctl.ErrUnreachable) {
		t.Errorf("open a bridge that is not there: %v", err)
	}
	if _, err := Open(t.Context(), Options{ID: "x", Bridge: "lan1"}); !errors.Is(err, switchctl.ErrUnsupported) {
		t.Errorf("open a cable: %v", err)
	}
}

// TestWithoutCapability takes CAP_NET_ADMIN from the thread: reading goes on, writing is denied and says why.
func TestWithoutCapability(t *testing.T) {
	l := newLab(t, false, "lan1")
	d := l.driver(Options{})
	dropNetAdmin(t)
	if _, err := d.Observe(t.Context(), switchctl.Scope{}); err != nil {
		t.Errorf("read without privilege: %v", err)
	}
	err := d.Apply(t.Context(), switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Down})
	if !errors.Is(err, switchctl.ErrDenied) || !strings.Contains(err.Error(), "CAP_NET_ADMIN") {
		t.Errorf("write without privilege: %v, want denied with CAP_NET_ADMIN", err)
	}
	if !l.linkUp("lan1") {
		t.Error("the link is down")
	}
}

// dropNetAdmin takes CAP_NET_ADMIN off the thread for good: it is the test's own (newLab).
func dropNetAdmin(t *testing.T) {
	t.Helper()
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&h, &data[0]); err != nil {
		t.Fatal(err)
	}
	data[0].Effective &^= 1 << unix.CAP_NET_ADMIN
	if err := unix.Capset(&h, &data[0]); err != nil {
		t.Fatal(err)
	}
}
