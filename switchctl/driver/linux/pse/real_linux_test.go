package pse

import (
	"errors"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/sim/vm"
)

// TestKernel asks the kernel that the test runs on. It reads only, and tries to set only what no interface of
// it can be set to.
func TestKernel(t *testing.T) {
	t.Parallel()
	asks(t, "lo")
}

// TestMachine asks another kernel, Debian's, and as root: there a pair of interfaces can be made.
func TestMachine(t *testing.T) {
	t.Parallel()
	vm.Run(t, vm.Options{Run: "^TestInside", Programs: []string{"ip"}})
}

func TestInsideKernel(t *testing.T) {
	vm.Only(t)
	if out, err := exec.Command("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1").CombinedOutput(); err != nil {
		t.Fatalf("ip: %v\n%s", err, out)
	}
	asks(t, "v0")
	t.Run("ethtool", func(t *testing.T) { witness(t, "v0") })
}

// TestInsideUnprivileged tries to set power as a user without capabilities: the kernel looks at that before it
// looks for a controller.
func TestInsideUnprivileged(t *testing.T) {
	vm.Only(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// The folder of the binary is closed to others; the machine's own are not, and gone afterwards.
	binary, err := os.ReadFile(exe)
	if err != nil {
		t.Fatal(err)
	}
	copied := "/run/pse.test"
	if err := os.WriteFile(copied, binary, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(copied, "-test.run=^TestUnprivileged$", "-test.v")
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), unprivilegedEnv+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: TestUnprivileged") {
		t.Errorf("%v\n%s", err, out)
	}
}

const unprivilegedEnv = "PHONEPORT_PSE_UNPRIVILEGED"

func TestUnprivileged(t *testing.T) {
	if os.Getenv(unprivilegedEnv) == "" {
		t.Skip("runs as another user only, started by TestInsideUnprivileged")
	}
	c := Open()
	defer c.Close()
	if _, err := c.Ports(t.Context()); err != nil {
		t.Errorf("reading without privileges: %v", err)
	}
	err := c.set(t.Context(), "set inline power", "lo", attrC33AdminControl, adminEnabled)
	if !errors.Is(err, switchctl.ErrDenied) || !strings.Contains(err.Error(), "CAP_NET_ADMIN") {
		t.Errorf("got %v, want that it is denied, and CAP_NET_ADMIN", err)
	}
}

// asks wants of a kernel without power controllers that it says so in every way.
func asks(t *testing.T, ifname string) {
	t.Helper()
	c := Open()
	defer c.Close()
	if err := c.connect(); errors.Is(err, os.ErrNotExist) {
		t.Skip("SKIPPED: missing ethtool netlink in this kernel; not tested: what it says of inline power")
	}
	ports, err := c.Ports(t.Context())
	if err != nil {
		t.Fatalf("all interfaces: %v", err)
	}
	if len(ports) > 0 {
		t.Skipf("SKIPPED: this host has power controllers (%d ports); not tested: a kernel without", len(ports))
	}
	if got, err := c.Get(t.Context(), ifname); err != nil || got != (switchctl.PoEState{}) {
		t.Errorf("get %s: %+v, %v; want nothing, and no error", ifname, got, err)
	}
	_, err = c.Port(t.Context(), ifname)
	if !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "no power controller") {
		t.Errorf("port %s: %v, want that it is not supported", ifname, err)
	}
	t.Logf("%s: %v", ifname, err)
	for what, err := range map[string]error{
		"admin":    c.SetAdmin(t.Context(), ifname, switchctl.PoEOff),
		"priority": c.SetPriority(t.Context(), ifname, switchctl.PriorityLow),
		"limit":    c.SetLimit(t.Context(), ifname, 15400),
	} {
		if !errors.Is(err, switchctl.ErrUnsupported) {
			t.Errorf("set %s of %s: %v, want that it is not supported", what, ifname, err)
		}
	}
	if _, err := c.Get(t.Context(), "pp-nobody"); !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "no interface of this name") {
		t.Errorf("an interface that does not exist: %v", err)
	}
}

// witness asks ethtool the same: it must say that there is no power, by the same error of the kernel.
func witness(t *testing.T, ifname string) {
	t.Helper()
	help, err := exec.Command("ethtool", "--help").Output()
	if err != nil || !strings.Contains(string(help), "--show-pse") {
		t.Skip("SKIPPED: missing an ethtool that knows --show-pse (Debian's 6.1 does not, 6.5 and newer do); not tested: that it says the same")
	}
	out, err := exec.Command("ethtool", "--show-pse", ifname).CombinedOutput()
	if err == nil || !strings.Contains(string(out), syscall.EOPNOTSUPP.Error()) && !strings.Contains(strings.ToLower(string(out)), "no phy") {
		t.Errorf("ethtool --show-pse %s: %v, %s; want that it is not supported", ifname, err, strconv.Quote(string(out)))
	}
}
