package peers

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// Addresses of the two ends of a cable.
var (
	switchMAC = discovery.MAC{0x02, 0, 0, 0, 0x10, 0x01}
	phoneMAC  = discovery.MAC{0x02, 0, 0, 0, 0x20, 0x01}
)

// wait is how long a test waits for what must come, before it fails. What must come within some time by
// requirement has a limit of its own.
const wait = 30 * time.Second

// namespace moves the test, not its sub-tests, into a network namespace of its own, which is gone with the
// test. Programs that the test starts and sockets that it opens are in there.
func namespace(t testing.TB) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root, so there is no network namespace: phoneport is not tested against other programs")
	}
	runtime.LockOSThread()
	home, err := netns.Get()
	if err != nil {
		t.Fatal(err)
	}
	ns, err := netns.New()
	if err != nil {
		t.Skipf("make a network namespace: %v: phoneport is not tested against other programs", err)
	}
	t.Cleanup(func() {
		if err := errors.Join(netns.Set(home), ns.Close(), home.Close()); err != nil {
			t.Error(err) // the thread stays locked and ends with the test
			return
		}
		runtime.UnlockOSThread()
	})
}

// program finds one, or skips.
func program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		for _, dir := range []string{"/usr/sbin/", "/sbin/"} {
			if _, err := os.Stat(dir + name); err == nil {
				return dir + name
			}
		}
		t.Skipf("%s is missing: phoneport is not tested against it", name)
	}
	return path
}

// cable makes two interfaces that are the ends of a cable. Both are up, and the kernel has noticed.
func cable(t testing.TB, ours, theirs string) {
	t.Helper()
	layCable(t, ours, theirs)
	for _, name := range []string{ours, theirs} {
		setLink(t, name, true)
	}
	for _, name := range []string{ours, theirs} {
		running(t, name)
	}
}

// layCable makes the interfaces only.
func layCable(t testing.TB, ours, theirs string) {
	t.Helper()
	err := netlink.LinkAdd(&netlink.Veth{
		LinkAttrs: netlink.LinkAttrs{Name: ours, HardwareAddr: switchMAC[:]}, PeerName: theirs, PeerHardwareAddr: phoneMAC[:],
	})
	if err != nil {
		t.Skipf("make a veth pair: %v: phoneport is not tested against other programs", err)
	}
}

func setLink(t testing.TB, name string, up bool) {
	t.Helper()
	l, err := netlink.LinkByName(name)
	if err != nil {
		t.Fatal(err)
	}
	set := netlink.LinkSetDown
	if up {
		set = netlink.LinkSetUp
	}
	if err := set(l); err != nil {
		t.Fatal(err)
	}
}

func running(t testing.TB, name string) {
	t.Helper()
	for end := time.Now().Add(wait); time.Now().Before(end); runtime.Gosched() {
		l, err := netlink.LinkByName(name)
		if err != nil {
			t.Fatal(err)
		}
		if l.Attrs().RawFlags&unix.IFF_RUNNING != 0 {
			return
		}
	}
	t.Fatalf("%s has no carrier", name)
}
