package wire_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// namespace moves the test, not its sub-tests, into a network namespace of its own, which is gone with the
// test.
func namespace(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root, so there is no network namespace: wires over AF_PACKET are not tested")
	}
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	ns, err := netns.New()
	if err != nil {
		t.Skipf("make a network namespace: %v: wires over AF_PACKET are not tested", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(netns.Set(home), ns.Close(), home.Close()); err != nil {
			t.Error(err) // the thread stays locked and ends with the test
			return
		}
		runtime.UnlockOSThread()
	})
}

// cable makes two interfaces that are the ends of a cable, both up.
func cable(t testing.TB, a, b string) {
	t.Helper()
	err := netlink.LinkAdd(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: a, HardwareAddr: macA[:]}, PeerName: b, PeerHardwareAddr: macB[:]})
	if err != nil {
		t.Skipf("make a veth pair: %v: wires over AF_PACKET are not tested", err)
	}
	for _, name := range []string{a, b} {
		up(t, name)
	}
	running(t, a)
	running(t, b)
}

func link(t testing.TB, name string) netlink.Link {
	t.Helper()
	l, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func up(t testing.TB, name string) {
	t.Helper()
	if err := netlink.LinkSetUp(link(t, name)); err != nil {
		t.Fatal(err)
	}
}

func down(t testing.TB, name string) {
	t.Helper()
	if err := netlink.LinkSetDown(link(t, name)); err != nil {
		t.Fatal(err)
	}
}

// running waits until the kernel has taken note of the carrier.
func running(t testing.TB, name string) { t.Helper(); carrier(t, name, true) }

func carrier(t testing.TB, name string, want bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); runtime.Gosched() {
		if got := link(t, name).Attrs().RawFlags&unix.IFF_RUNNING != 0; got == want {
			return
		}
	}
	t.Fatalf("carrier of %s is not %t", name, want)
}

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
	namespace(t)
	cable(t, "va", "vb")
	testWire(t, open(t, "va"), open(t, "vb"))
}

// TestOutgoing has two wires on one interface: what the one sends, the other hears as outgoing, except
// where it looks like forwarded by a bridge.
func TestOutgoing(t *testing.T) {
	namespace(t)
	cable(t, "va", "vb")
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
	namespace(t)
	cable(t, "va", "phone1")
	cable(t, "vb", "phone2")
	bridge := &netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}}
	if err := netlink.LinkAdd(bridge); err != nil {
		t.Skipf("make a bridge: %v: flooded frames are not tested", err)
	}
	up(t, "br0")
	for _, port := range []string{"va", "vb"} {
		if err := netlink.LinkSetMaster(link(t, port), bridge); err != nil {
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
	namespace(t)
	cable(t, "va", "vb")
	a, b := open(t, "va"), open(t, "vb")
	ctx := context.Background()
	heard := make(chan discovery.Frame)
	go func() {
		defer close(heard)
		for {
			f, err := a.Read(ctx)
			if err != nil {
				return
			}
			f.Data = bytes.Clone(f.Data)
			heard <- f
		}
	}()
	for i := range uint16(3) {
		down(t, "vb")
		carrier(t, "va", false)
		refused(t, a, "the link is down")
		down(t, "va")
		refused(t, a, "the interface is down")
		up(t, "va")
		up(t, "vb")
		running(t, "va")
		running(t, "vb")
		write(t, b, lldpFrame(macB, i+1))
		if f, ok := <-heard; !ok || f.Data[ttlAt] != byte(i+1) {
			t.Fatalf("after the link came back: heard %x, %t", f.Data, ok)
		}
	}

	down(t, "va")
	if err := netlink.LinkSetName(link(t, "va"), "lan1"); err != nil {
		t.Fatal(err)
	}
	up(t, "lan1")
	running(t, "lan1")
	if err := netlink.LinkSetName(link(t, "vb"), "va"); err != nil { // another has its name now
		t.Logf("rename an interface that is up: %v", err)
	}
	write(t, b, lldpFrame(macB, 50))
	if f := <-heard; f.Data[ttlAt] != 50 {
		t.Fatalf("after it was renamed: heard %x", f.Data)
	}
	write(t, a, lldpFrame(macA, 51))
	if f := read(t, b); f.Data[ttlAt] != 51 {
		t.Fatalf("after it was renamed: the other end heard %x", f.Data)
	}
	if a.Name() != "va" {
		t.Errorf("Name = %s after it was renamed, want that of Open", a.Name())
	}

	// One that is opened while it is down works once it is up.
	down(t, "lan1")
	late := open(t, "lan1")
	refused(t, late, "the interface is down")
	ended := background(ctx, late)
	up(t, "lan1")
	running(t, "lan1")
	write(t, b, lldpFrame(macB, 60))
	if err := <-ended; err != nil {
		t.Errorf("Read of a wire opened while down = %v", err)
	}
	<-heard
	if err := a.Close(); err != nil {
		t.Error(err)
	}
	if _, ok := <-heard; ok {
		t.Error("a closed wire heard a frame")
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
		"after down":     func(t *testing.T) { down(t, "va") },
		"other end down": func(t *testing.T) { down(t, "vb") },
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
			if err := netlink.LinkSetNsFd(link(t, "va"), int(other)); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _, _ = home.Close(), other.Close() })
		},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			namespace(t)
			cable(t, "va", "vb")
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
	namespace(t)
	if _, err := wire.Open("eth9"); err == nil || !strings.Contains(err.Error(), "open eth9:") || !strings.Contains(err.Error(), "no Ethernet port") {
		t.Errorf("Open on a host without ports = %v", err)
	}
	cable(t, "va", "vb")
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
	namespace(t)
	cable(t, "va", "vb")
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
