package linux

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vishvananda/netns"

	"phoneport/discovery"
	"phoneport/discovery/source/netlink"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux/pse"
	"phoneport/switchctl/drivertest"
	"phoneport/switchctl/sim/vm"
)

// TestMachine runs the tests of this file on a kernel whose bridges filter VLANs.
func TestMachine(t *testing.T) {
	t.Parallel()
	vm.Run(t, vm.Options{Run: "^(TestInside|TestWithoutCapability$)", Modules: []string{"dummy"}, Programs: []string{"ip", "bridge"}})
}

// newSwitch makes a switch with two desks and an uplink that carries VLANs 10, 20, 110 and 120 tagged.
func newSwitch(t *testing.T) *lab {
	t.Helper()
	l := newLab(t, true, "lan1", "lan2", "uplink")
	l.batch("bridge", `
		vlan add dev lan1 vid 10 pvid untagged
		vlan del dev lan1 vid 1
		vlan add dev lan1 vid 110
		vlan add dev lan2 vid 10 pvid untagged
		vlan del dev lan2 vid 1
		vlan add dev uplink vid 10
		vlan add dev uplink vid 20
		vlan add dev uplink vid 110
		vlan add dev uplink vid 120`)
	return l
}

func (l *lab) observe(d switchctl.Driver, ports ...string) switchctl.Snapshot {
	l.t.Helper()
	s, err := d.Observe(l.t.Context(), switchctl.Scope{Ports: ports})
	l.must(err)
	return s
}

// apply carries a change out and makes sure that a reading shows it.
func (l *lab) apply(d switchctl.Driver, c switchctl.Change) {
	l.t.Helper()
	l.must(d.Apply(l.t.Context(), c))
	if s := l.observe(d, c.Port().Name); len(s.Ports) != 1 || !c.Seen(s.Ports[0]) {
		l.t.Errorf("%s: accepted and not seen: %+v", c, s.Ports)
	}
}

// wantVLANs holds a port against what the bridge command tells.
func (l *lab) wantVLANs(port, want string) {
	l.t.Helper()
	if got := l.vlans(port); got != want {
		l.t.Errorf("%s: iproute2 tells VLANs %q, want %q", port, got, want)
	}
}

// wantPath holds a frame from one station to another: in which VLAN it must come, -1 for not at all.
func (l *lab) wantPath(from, to string, vlan, sure uint16, want int) {
	l.t.Helper()
	got := -1
	if as, ok := l.passes(from, to, vlan, sure); ok {
		got = int(as)
	}
	if got != want {
		l.t.Errorf("a frame with tag %d from %s comes to %s with tag %d, want %d (-1 = not)", vlan, from, to, got, want)
	}
}

func TestInsideObserve(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	l.passes("lan1", "uplink", 110, 110)
	l.passes("lan1", "uplink", 0, 0)
	// What must not be shown as learned: static addresses, the bridge's own, multicast.
	l.run("bridge fdb add 02:00:00:00:00:01 dev lan1 master static vlan 10")
	l.run("bridge fdb add 02:00:00:00:00:02 dev lan1 master permanent vlan 10")
	heard := func(context.Context) (map[string][]discovery.Neighbor, error) {
		return map[string][]discovery.Neighbor{"lan1": {{Protocol: discovery.LLDP, MEDClass: discovery.MEDClassIII}}, "lan2": nil, "uplink": {}}, nil
	}
	s := l.observe(l.driver(Options{Neighbors: heard, PSE: pse.Open()}))
	drivertest.Check(t, s)
	type row struct {
		Name, Mode, Voice string
		Untagged          uint16
		Tagged            []uint16
		Learned           []switchctl.LearnedMAC
	}
	var got []row
	for _, p := range s.Ports {
		got = append(got, row{p.Ref.Name, p.Mode.String(), p.Voice.String(), p.Untagged, p.Tagged, p.Learned})
	}
	me := l.stations["lan1"].mac
	want := []row{
		{"lan1", "access", "tagged 110", 10, []uint16{110}, []switchctl.LearnedMAC{{MAC: me, VLAN: 10}, {MAC: me, VLAN: 110}}},
		{"lan2", "access", "none", 10, nil, nil},
		{"uplink", "trunk", "unknown", 1, []uint16{10, 20, 110, 120}, nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
	l.wantVLANs("lan1", "10PU 110") // the witness agrees
	if diff := cmp.Diff([]switchctl.VLAN{{ID: 1}, {ID: 10}, {ID: 20}, {ID: 110}, {ID: 120}}, s.VLANs); diff != "" {
		t.Errorf("VLANs (-want +got):\n%s", diff)
	}
	if len(s.Missing) != 1 || s.Missing[0].Table != tablePSE {
		t.Errorf("missing %+v, want inline power only", s.Missing)
	}
}

func TestInsideVoice(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	d := l.driver(Options{})
	l.wantPath("lan1", "uplink", 110, 0, 110)
	l.wantPath("lan1", "uplink", 120, 0, -1)
	l.wantPath("uplink", "lan1", 110, 10, 110)

	l.apply(d, switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)})
	l.wantVLANs("lan1", "10PU 120")
	l.wantPath("lan1", "uplink", 120, 0, 120)
	l.wantPath("lan1", "uplink", 110, 0, -1)
	l.wantPath("uplink", "lan1", 120, 10, 120)
	l.wantPath("uplink", "lan1", 110, 10, -1)
	l.wantPath("uplink", "lan1", 10, 120, 0)

	l.apply(d, switchctl.SetVoice{Ref: ref("lan1"), Voice: noVoice})
	l.wantVLANs("lan1", "10PU")
	l.wantPath("lan1", "uplink", 120, 0, -1)

	// A voice VLAN on another port is none on this one, and neither is on the bridge itself.
	l.apply(d, switchctl.SetVoice{Ref: ref("lan2"), Voice: voice(110)})
	l.wantVLANs("lan1", "10PU")
	l.wantVLANs("lan2", "10PU 110")
	l.wantVLANs("uplink", "1PU 10 20 110 120")
	l.wantVLANs("br0", "1PU")
	l.wantPath("lan2", "uplink", 110, 0, 110)
	l.wantPath("lan1", "uplink", 110, 0, -1)

	if err := d.Apply(t.Context(), switchctl.SetVoice{Ref: ref("uplink"), Voice: voice(130)}); !errors.Is(err, switchctl.ErrUnsupported) {
		t.Errorf("a voice VLAN on a trunk: %v", err)
	}
	l.wantVLANs("uplink", "1PU 10 20 110 120")
}

func TestInsideAccess(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	d := l.driver(Options{})
	l.wantPath("lan1", "uplink", 0, 110, 10)
	l.apply(d, switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 20})
	l.wantVLANs("lan1", "20PU 110")
	l.wantPath("lan1", "uplink", 0, 110, 20)
	l.wantPath("uplink", "lan1", 20, 110, 0)
	l.wantPath("uplink", "lan1", 10, 110, -1)
	// A VLAN that was left behind untagged becomes the access VLAN, and the former one goes.
	l.run("bridge vlan add dev lan2 vid 1 untagged")
	l.apply(d, switchctl.SetAccessVLAN{Ref: ref("lan2"), VLAN: 1})
	l.wantVLANs("lan2", "1PU")
	if err := d.Apply(t.Context(), switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 110}); !errors.Is(err, switchctl.ErrRejected) {
		t.Errorf("the voice VLAN as access VLAN: %v", err)
	}
	l.wantVLANs("lan1", "20PU 110")
}

func TestInsideAdmin(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	d := l.driver(Options{})
	down, up := switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Down}, switchctl.SetAdmin{Ref: ref("lan1"), Admin: switchctl.Up}
	l.apply(d, down)
	s := l.observe(d, "lan1")
	if l.linkUp("lan1") || s.Ports[0].Link != switchctl.Down {
		t.Errorf("after %s: ip tells up=%v, the driver %s", down, l.linkUp("lan1"), s.Ports[0].Link)
	}
	l.apply(d, up)
	if !l.linkUp("lan1") {
		t.Errorf("after %s: ip tells down", up)
	}
}

// TestInsideGuards reads what keeps a port from being written to.
func TestInsideGuards(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	l.run("bridge link set dev lan2 locked on learning on")
	l.run("ip link add dummy0 type dummy")
	l.run("ip link set dummy0 master br0")
	d := l.driver(Options{})
	s := l.observe(d)
	drivertest.Check(t, s)
	var got []string
	for _, p := range s.Ports {
		got = append(got, fmt.Sprintf("%s type %d lag %v dot1x %v %s", p.Ref.Name, p.Type, p.LAG, p.Dot1X, p.Mode))
	}
	want := []string{
		"dummy0 type 53 lag false dot1x false access",
		"lan1 type 6 lag false dot1x false access", "lan2 type 6 lag false dot1x true access", "uplink type 6 lag false dot1x false trunk",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
}

// TestInsideFilteringOff turns filtering off and on by the very command that the message names.
func TestInsideFilteringOff(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	l.run("ip link set dev br0 type bridge vlan_filtering 0")
	d := l.driver(Options{})
	err := d.Apply(t.Context(), switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)})
	_, command, ok := strings.Cut(fmt.Sprint(err), "turn it on with: ")
	if !errors.Is(err, switchctl.ErrUnsupported) || !ok {
		t.Fatalf("without filtering: %v", err)
	}
	if s := l.observe(d); s.VLANs != nil || s.Ports[0].Mode != switchctl.ModeUnknown {
		t.Errorf("without filtering: VLANs %v, mode %s", s.VLANs, s.Ports[0].Mode)
	}
	l.run("%s", command)
	l.apply(d, switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)})
	l.wantVLANs("lan1", "10PU 120")
}

// TestInsideDenied takes the privilege away: the VLANs stay as they are.
func TestInsideDenied(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	d := l.driver(Options{})
	dropNetAdmin(t)
	for _, c := range []switchctl.Change{
		switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)},
		switchctl.SetVoice{Ref: ref("lan1"), Voice: noVoice},
		switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 20},
	} {
		if err := d.Apply(t.Context(), c); !errors.Is(err, switchctl.ErrDenied) || !strings.Contains(err.Error(), "CAP_NET_ADMIN") {
			t.Errorf("%s: %v, want denied with CAP_NET_ADMIN", c, err)
		}
	}
	l.wantVLANs("lan1", "10PU 110")
}

func TestInsideConformance(t *testing.T) {
	vm.Only(t)
	drivertest.Run(t, func(t *testing.T) drivertest.Switch {
		l := newSwitch(t)
		l.passes("lan1", "uplink", 110, 110)
		return drivertest.Switch{Open: func(*switchctl.Memory) (switchctl.Driver, error) {
			return l.open(Options{Save: func(context.Context) error { return nil }})
		}}
	})
}

// TestInsideCDP shows that a bridge floods CDP to all ports in the VLAN, and that the command of the
// documentation keeps it with the host.
func TestInsideCDP(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	cdp := [6]byte{0x01, 0x00, 0x0c, 0xcc, 0xcc, 0xcc}
	reaches := func() bool {
		l.send("lan1", cdp, 0, 1)
		l.send("lan1", broadcast, 0, 2)
		_, number := l.hear("lan2")
		if number == 1 {
			l.hear("lan2")
		}
		return number == 1
	}
	if !reaches() {
		t.Error("CDP of lan1 does not come to lan2: bridges have learned better, and the documentation is wrong")
	}
	l.run("bridge mdb add dev br0 port br0 grp 01:00:0c:cc:cc:cc permanent vid 10")
	if reaches() {
		t.Error("CDP of lan1 comes to lan2 all the same")
	}
}

// TestInsideEvents has the source of events tell what the driver does, and what others do.
func TestInsideEvents(t *testing.T) {
	vm.Only(t)
	l := newSwitch(t)
	d := l.driver(Options{})
	ctx, cancel := context.WithCancel(t.Context())
	got, end := make(chan discovery.Event, 256), make(chan error, 1)
	ready := make(chan struct{})
	go func() {
		runtime.LockOSThread() // never unlocked: it is in the namespace of the switch
		if err := netns.Set(l.sw); err != nil {
			end <- err
			return
		}
		s := netlink.New(netlink.Options{Bridge: "br0", Beside: []func(context.Context, discovery.Sink) error{
			func(context.Context, discovery.Sink) error { close(ready); return nil },
		}})
		end <- s.Run(ctx, func(_ context.Context, e discovery.Event) error { got <- e; return nil })
	}()
	<-ready
	next := func() discovery.Event {
		t.Helper()
		select {
		case e := <-got:
			return e
		case err := <-end:
			t.Fatalf("ended with %v", err)
		case <-time.After(patience):
			t.Fatal("no event came")
		}
		return discovery.Event{}
	}
	// The source reads everything when it begins, and what is done meanwhile is no news: so do something until it tells.
	for on := true; len(got) == 0; on = !on {
		l.run("bridge vlan %s dev lan2 vid 120", map[bool]string{true: "add", false: "del"}[on])
	}
	beginning := true
	want := func(kind discovery.EventKind, port string) {
		t.Helper()
		e := next()
		for ; beginning && e.Kind == discovery.EventVLANChanged && e.IfName == "lan2"; e = next() {
		}
		beginning = false
		if e.Kind != kind || e.IfName != port || !e.Authentic {
			t.Errorf("event %s %s, want %s %s", e.Kind, e.IfName, kind, port)
		}
	}
	l.apply(d, switchctl.SetVoice{Ref: ref("lan1"), Voice: voice(120)})
	want(discovery.EventVLANChanged, "lan1") // in
	want(discovery.EventVLANChanged, "lan1") // out
	l.apply(d, switchctl.SetAccessVLAN{Ref: ref("lan1"), VLAN: 20})
	want(discovery.EventVLANChanged, "lan1")
	want(discovery.EventVLANChanged, "lan1")
	l.run("bridge vlan del dev lan1 vid 120")
	want(discovery.EventVLANChanged, "lan1")
	l.run("bridge vlan del dev lan1 vid 20") // the last one
	want(discovery.EventVLANChanged, "lan1")
	l.passes("lan2", "uplink", 0, 0)
	want(discovery.EventMACLearned, "lan2")
	l.apply(d, switchctl.SetAdmin{Ref: ref("lan2"), Admin: switchctl.Down})
	kinds := map[discovery.EventKind]bool{next().Kind: true, next().Kind: true}
	if !kinds[discovery.EventLinkDown] || !kinds[discovery.EventMACRemoved] {
		t.Errorf("events %v, want link-down and mac-removed", kinds)
	}
	l.run("ip link del lan2")
	want(discovery.EventPortRemoved, "lan2")
	cancel()
	if err := <-end; err != nil {
		t.Errorf("ended with %v", err)
	}
}
