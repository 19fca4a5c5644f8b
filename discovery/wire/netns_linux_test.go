package wire_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"

	"phoneport/discovery"
	"phoneport/discovery/wire"
	"phoneport/discovery/wire/wiretest"
)

func open(t testing.TB, name string) discovery.Wire {
	t.Helper()
	w, err := wire.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w
}

func TestOpen(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	testWire(t, open(t, "va"), open(t, "vb"))
}

// TestOutgoing has two wires on one interface: what the one sends, the other hears as outgoing, except
// where it looks like forwarded by a bridge.
func TestOutgoing(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	ours, second, far := open(t, "va"), open(t, "va"), open(t, "vb")
	write(t, ours, lldpFrame(macA, 1))
	write(t, second, cdpFrame(discovery.MAC{0, 1, 2, 3, 4, 5}, "SEP000102030405"))
	write(t, second, tagged(lldpFrame(macA, 2), 100))
	write(t, far, lldpFrame(macB, 3))
	if f := read(t, ours); !f.Outgoing || !bytes.Equal(f.Data, tagged(lldpFrame(macA, 2), 100)) {
		t.Errorf("heard %x, outgoing %t; want the frame of the second wire", f.Data, f.Outgoing)
	}
	if f := read(t, ours); f.Outgoing || f.Data[ttlAt] != 3 {
		t.Errorf("heard %x, outgoing %t; want the frame of the other end", f.Data, f.Outgoing)
	}
	if f := read(t, second); !f.Outgoing || f.Data[ttlAt] != 1 {
		t.Errorf("the second wire heard %x, outgoing %t; want the frame of the first", f.Data, f.Outgoing)
	}
}

// TestBridgePort has a bridge flood CDP. It is heard on the port where it came in, and on the other
// it does not pass for a second speaker.
func TestBridgePort(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "phone1")
	wiretest.Cable(t, "vb", "phone2")
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}}
	if err := netlink.LinkAdd(bridge); err != nil {
		t.Skipf("make a bridge: %v: flooded frames are not tested", err)
	}
	wiretest.Up(t, "br0")
	for _, port := range []string{"va", "vb"} {
		if err := netlink.LinkSetMaster(wiretest.Link(t, port), bridge); err != nil {
			t.Fatal(err)
		}
	}
	one, two, phone1, phone2 := open(t, "va"), open(t, "vb"), open(t, "phone1"), open(t, "phone2")
	phone := discovery.MAC{2, 0, 0, 0, 0, 0x77}
	write(t, phone1, cdpFrame(phone, "SEP020000000077"))
	if f := read(t, phone2); !bytes.Equal(f.Data, cdpFrame(phone, "SEP020000000077")) {
		t.Fatalf("the bridge did not flood CDP, but %x: this test shows nothing", f.Data)
	}
	write(t, phone2, lldpFrame(phone, 9))
	if f := read(t, one); f.Outgoing || !bytes.Equal(f.Data, cdpFrame(phone, "SEP020000000077")) {
		t.Errorf("the port of the phone heard %x, outgoing %t", f.Data, f.Outgoing)
	}
	if f := read(t, two); f.Outgoing || f.Data[ttlAt] != 9 {
		t.Errorf("the other port heard %x, outgoing %t; want its own phone", f.Data, f.Outgoing)
	}
}

func TestLinkDown(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	a, b := open(t, "va"), open(t, "vb")
	ctx := context.Background()
	heard := make(chan discovery.Frame)
	var ended error
	go func() {
		defer close(heard)
		for {
			f, err := a.Read(ctx)
			if err != nil {
				ended = err
				return
			}
			f.Data = bytes.Clone(f.Data)
			heard <- f
		}
	}()
	for i := range uint16(3) {
		wiretest.Down(t, "vb")
		wiretest.Stopped(t, "va")
		refused(t, a, "the link is down")
		wiretest.Down(t, "va")
		refused(t, a, "the interface is down")
		wiretest.Up(t, "va")
		wiretest.Up(t, "vb")
		wiretest.Running(t, "va")
		wiretest.Running(t, "vb")
		write(t, b, lldpFrame(macB, i+1))
		hears(t, heard, &ended, byte(i+1))
	}

	wiretest.Down(t, "va")
	if err := netlink.LinkSetName(wiretest.Link(t, "va"), "lan1"); err != nil {
		t.Fatal(err)
	}
	wiretest.Up(t, "lan1")
	wiretest.Down(t, "vb")
	if err := netlink.LinkSetName(wiretest.Link(t, "vb"), "va"); err != nil { // another has its name now
		t.Fatal(err)
	}
	wiretest.Up(t, "va")
	wiretest.Running(t, "va")
	wiretest.Running(t, "lan1")
	write(t, b, lldpFrame(macB, 50))
	hears(t, heard, &ended, 50)
	write(t, a, lldpFrame(macA, 51))
	if f := read(t, b); f.Data[ttlAt] != 51 {
		t.Fatalf("after it was renamed: the other end heard %x", f.Data)
	}
	if a.Name() != "va" {
		t.Errorf("Name = %s after it was renamed, want that of Open", a.Name())
	}

	// One that is opened while it is down works once it is up.
	wiretest.Down(t, "lan1")
	late := open(t, "lan1")
	refused(t, late, "the interface is down")
	first := background(ctx, late)
	wiretest.Up(t, "lan1")
	wiretest.Running(t, "lan1")
	wiretest.Running(t, "va")
	write(t, b, lldpFrame(macB, 60))
	if err := <-first; err != nil {
		t.Errorf("Read of a wire opened while down = %v", err)
	}
	hears(t, heard, &ended, 60)
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if _, ok := <-heard; ok || !errors.Is(ended, discovery.ErrWireClosed) {
		t.Errorf("after Close it heard a frame: %t, %v", ok, ended)
	}
}

// hears wants a frame with that TTL to be the next.
func hears(t *testing.T, heard <-chan discovery.Frame, ended *error, ttl byte) {
	t.Helper()
	select {
	case f, ok := <-heard:
		if !ok {
			t.Fatalf("Read ended with %v", *ended)
		}
		if f.Data[ttlAt] != ttl {
			t.Fatalf("heard %x, want TTL %d", f.Data, ttl)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("the frame with TTL %d is not heard", ttl)
	}
}

// TestErrorTaken has somebody else take the error by which the kernel tells that an interface went down, as Write
// may. The wire must notice all the same that the interface is removed afterwards, of which nothing tells.
func TestErrorTaken(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	w := open(t, "va")
	wiretest.Down(t, "va")
	if err := wire.TakeError(w); !errors.Is(err, syscall.ENETDOWN) {
		t.Fatalf("the kernel told %v", err)
	}
	ended := background(context.Background(), w)
	wire.Poke(w)
	if err := netlink.LinkDel(wiretest.Link(t, "va")); err != nil {
		t.Fatal(err)
	}
	closed(t, ended)
}

// TestGroups looks up what the interface takes frames for; veth itself takes all.
func TestGroups(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	groups := func() (n int) {
		text, err := os.ReadFile("/proc/thread-self/net/dev_mcast")
		if err != nil {
			t.Skipf("%v: group memberships are not tested", err)
		}
		for _, g := range []string{"0180c200000e", "0180c2000003", "0180c2000000", "01000ccccccc"} {
			for line := range strings.Lines(string(text)) {
				if f := strings.Fields(line); f[1] == "va" && f[len(f)-1] == g {
					n++
				}
			}
		}
		return n
	}
	w := open(t, "va")
	if n := groups(); n != 4 {
		t.Errorf("the interface takes frames for %d of 4 groups", n)
	}
	if l := wiretest.Link(t, "va"); l.Attrs().Promisc != 0 {
		t.Error("the interface is promiscuous")
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if n := groups(); n != 0 {
		t.Errorf("after Close the interface takes frames for %d groups", n)
	}
}

func refused(t *testing.T, w discovery.Wire, why string) {
	t.Helper()
	err := w.Write(context.Background(), discovery.Frame{Data: lldpFrame(macA, 1)})
	if !errors.Is(err, syscall.ENETDOWN) || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), w.Name()) {
		t.Errorf("Write = %v; want one that says: %s", err, why)
	}
	if errors.Is(err, discovery.ErrWireClosed) {
		t.Errorf("Write = %v, as if the wire would never work again", err)
	}
}

func TestRemoved(t *testing.T) {
	tests := map[string]func(t *testing.T){
		"up":             func(*testing.T) {},
		"after down":     func(t *testing.T) { wiretest.Down(t, "va") },
		"other end down": func(t *testing.T) { wiretest.Down(t, "vb") },
		"to another namespace": func(t *testing.T) {
			home, err := netns.Get()
			if err != nil {
				t.Fatal(err)
			}
			other, err := netns.New()
			if err != nil {
				t.Fatal(err)
			}
			if err := netns.Set(home); err != nil {
				t.Fatal(err)
			}
			if err := netlink.LinkSetNsFd(wiretest.Link(t, "va"), int(other)); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = home.Close(), other.Close() })
		},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			wiretest.Namespace(t, "wires over AF_PACKET")
			wiretest.Cable(t, "va", "vb")
			w := open(t, "va")
			ended := background(context.Background(), w)
			before(t)
			if l, err := netlink.LinkByName("vb"); err == nil {
				if name == "to another namespace" {
					l = nil
				}
				if l != nil {
					if err := netlink.LinkDel(l); err != nil {
						t.Fatal(err)
					}
				}
			}
			closed(t, ended)
			if _, err := w.Read(context.Background()); !errors.Is(err, discovery.ErrWireClosed) || !strings.Contains(err.Error(), "removed") {
				t.Errorf("Read = %v", err)
			}
			err := w.Write(context.Background(), discovery.Frame{Data: lldpFrame(macA, 1)})
			if !errors.Is(err, discovery.ErrWireClosed) || !strings.Contains(err.Error(), "va") {
				t.Errorf("Write = %v", err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	if _, err := wire.Open("eth9"); err == nil || !strings.Contains(err.Error(), "open eth9:") || !strings.Contains(err.Error(), "no Ethernet port") {
		t.Errorf("Open on a host without ports = %v", err)
	}
	wiretest.Cable(t, "va", "vb")
	for name, want := range map[string]string{
		"eth9":               "there are va, vb",
		"lo":                 "open lo: it is no Ethernet port",
		"":                   "there are va, vb",
		"a-name-of-too-many": "there are va, vb",
	} {
		if w, err := wire.Open(name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Open(%q) = %v, %v; want an error with %q", name, w, err, want)
		}
	}
}

// TestOpenWithoutPrivilege runs this test again as a user without capabilities.
func TestOpenWithoutPrivilege(t *testing.T) {
	if os.Getenv("WIRE_TEST_UNPRIVILEGED") != "" {
		_, err := wire.Open(os.Getenv("WIRE_TEST_UNPRIVILEGED"))
		self, _ := os.Executable()
		for _, want := range []string{"open va:", "CAP_NET_RAW", "setcap cap_net_raw+ep " + self, "AmbientCapabilities=CAP_NET_RAW", "as root"} {
			if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, os.ErrPermission) {
				t.Errorf("Open = %v; want os.ErrPermission that says %q", err, want)
			}
		}
		return
	}
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	program, err := os.Open("/proc/self/exe") // its folder may be closed to others, what is open is not
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	cmd := exec.Command("/proc/self/fd/3", "-test.run=^TestOpenWithoutPrivilege$", "-test.v")
	cmd.ExtraFiles = []*os.File{program}
	cmd.Env = append(os.Environ(), "WIRE_TEST_UNPRIVILEGED=va")
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestOpenWithoutPrivilege")) {
		t.Errorf("as a user without capabilities: %v\n%s", err, out)
	}
}
