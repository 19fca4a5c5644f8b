package enforce_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// The child of TestCrash finds in these what to do.
const (
	crashDir = "PHONEPORT_TEST_CRASH_DIR"
	crashAt  = "PHONEPORT_TEST_CRASH_AT"
)

// onDisk makes the power of port 1 outlive the process, as that of a real switch does.
func onDisk(f *fakeSwitch, path string) {
	f.observe = func() error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return f.port(1).PoE.Admin.UnmarshalText(b)
	}
	f.order = func(c switchctl.Change, p *switchctl.PortState) error {
		if err := obey(c, p); err != nil {
			return err
		}
		return os.WriteFile(path, []byte(p.PoE.Admin.String()), 0o600)
	}
}

// TestCrashChild is no test but the process that TestCrash kills.
func TestCrashChild(t *testing.T) {
	dir, at := os.Getenv(crashDir), os.Getenv(crashAt)
	if dir == "" {
		t.Skip("runs only as a child of TestCrash")
	}
	f := newFake("a", 1)
	onDisk(f, filepath.Join(dir, "port"))
	here := func() {
		fmt.Println("here")
		select {} // until it is killed
	}
	do := f.order
	f.order = func(c switchctl.Change, p *switchctl.PortState) error {
		off := c.Args() == "off"
		if off && at == "before-off" {
			here()
		}
		err := do(c, p)
		if off && at == "after-off" || !off && at == "after-on" {
			here()
		}
		return err
	}
	r := newRigAt(t, filepath.Join(dir, "state"), enforce.Config{}, f)
	_, err := r.Cycle(context.Background(), "a", "Gi1/0/1", enforce.CycleOptions{Off: time.Millisecond})
	t.Fatalf("the cycle came to its end: %v", err)
}

// TestCrash kills a process in the middle of a cycle, at the worst moments, and starts another.
func TestCrash(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		at     string
		left   string // the power that the dead process left
		orders []string
	}{
		{"before-off", "static", nil},
		{"after-off", "off", []string{"Gi1/0/1 set-poe static"}},
		{"after-on", "static", nil},
	} {
		t.Run(tc.at, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			port := filepath.Join(dir, "port")
			if err := os.WriteFile(port, []byte("static"), 0o600); err != nil {
				t.Fatal(err)
			}
			killChild(t, dir, tc.at)
			if b, _ := os.ReadFile(port); string(b) != tc.left {
				t.Fatalf("the dead process left power %s, want %s", b, tc.left)
			}
			f := newFake("a", 1)
			onDisk(f, port)
			r := newRigAt(t, filepath.Join(dir, "state"), enforce.Config{}, f)
			rs, err := r.Recover(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(rs) != 1 || rs[0].Err != nil || rs[0].Change.Port() != ref("a", 1) || rs[0].Before.PoE.Admin != switchctl.PoEStatic {
				t.Errorf("recovered %+v, want the port as it was", rs)
			}
			if b, _ := os.ReadFile(port); string(b) != "static" {
				t.Errorf("power is %s, want what it was before", b)
			}
			if d := cmp.Diff(tc.orders, f.orders()); d != "" {
				t.Error(d)
			}
			if rs, err := r.Recover(t.Context()); err != nil || len(rs) != 0 {
				t.Errorf("recover again: %+v, %v; want nothing left", rs, err)
			}
			is, err := r.journal.Runs()
			if err != nil {
				t.Fatal(err)
			}
			if died := is[len(is)-1]; died.Kind != "cycle" || !died.Ended.IsZero() || died.Changes != 1 {
				t.Errorf("the run that died is listed as %+v", died)
			}
		})
	}
}

// killChild runs TestCrashChild until it says that it is there, and kills it as a power failure would.
func killChild(t *testing.T, dir, at string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestCrashChild$")
	c.Env = append(os.Environ(), crashDir+"="+dir, crashAt+"="+at)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "here" {
		said.WriteString(lines.Text() + "\n")
	}
	if err := c.Process.Kill(); err != nil {
		t.Errorf("kill child: %v", err)
	}
	if err := c.Wait(); err == nil || said.Len() > 0 && strings.Contains(said.String(), "FAIL") {
		t.Fatalf("child was not killed where it should be: %v\n%s", err, said.String())
	}
}
