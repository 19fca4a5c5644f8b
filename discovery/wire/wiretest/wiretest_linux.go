package wiretest

import (
	"errors"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// wait is how long the kernel may take.
const wait = 30 * time.Second

// Namespace moves the test, not its sub-tests, into a network namespace of its own, which is gone with the test. Programs
// that the test starts and sockets that it opens are in there. Where there can be none the test is skipped;
// what says what is not tested then.
func Namespace(t testing.TB, what string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skipf("not root, so there is no network namespace: not tested: %s", what)
	}
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	ns, err := netns.New()
	if err != nil {
		t.Skipf("make a network namespace: %v: not tested: %s", err, what)
	}
	t.Cleanup(func() {
		if err := errors.Join(netns.Set(home), ns.Close(), home.Close()); err != nil {
			t.Error(err) // the thread stays locked and ends with the test
			return
		}
		runtime.UnlockOSThread()
	})
}

// Cable makes two interfaces that are the ends of a cable. Both are up, and the kernel has noticed.
func Cable(t testing.TB, near, far string) {
	t.Helper()
	LayCable(t, near, far)
	for _, name := range []string{near, far} {
		Up(t, name)
	}
	for _, name := range []string{near, far} {
		Running(t, name)
	}
}

// LayCable makes the interfaces only; both are down.
func LayCable(t testing.TB, near, far string) {
	t.Helper()
	err := netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: near, HardwareAddr: Near[:]}, PeerName: far, PeerHardwareAddr: Far[:],
	})
	if err != nil {
		t.Skipf("make a veth pair: %v: ports of this host are not tested", err)
	}
}

// Link gives an interface.
func Link(t testing.TB, name string) netlink.Link {
	t.Helper()
	l, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Up switches an interface on.
func Up(t testing.TB, name string) {
	t.Helper()
	if err := netlink.LinkSetUp(Link(t, name)); err != nil {
		t.Fatal(err)
	}
}

// Down switches it off, which the other end sees as a cable that is pulled.
func Down(t testing.TB, name string) {
	t.Helper()
	if err := netlink.LinkSetDown(Link(t, name)); err != nil {
		t.Fatal(err)
	}
}

// Running waits until the kernel has taken note of the carrier.
func Running(t testing.TB, name string) { t.Helper(); carrier(t, name, true) }

// Stopped waits until the kernel has taken note that there is none.
func Stopped(t testing.TB, name string) { t.Helper(); carrier(t, name, false) }

func carrier(t testing.TB, name string, want bool) {
	t.Helper()
	for end := time.Now().Add(wait); time.Now().Before(end); runtime.Gosched() {
		if got := Link(t, name).Attrs().RawFlags&unix.IFF_RUNNING != 0; got == want {
			return
		}
	}
	t.Fatalf("carrier of %s is not %t", name, want)
}
