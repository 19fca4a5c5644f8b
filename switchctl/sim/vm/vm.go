package vm

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// insideEnv tells a test binary that it runs in the machine.
const insideEnv = "PHONEPORT_VM"

// DefaultTimeout is how long the tests of one machine may take, counted from the first.
const DefaultTimeout = 90 * time.Second

// bootTimeout is how long the kernel may take until it starts the tests: about 3 s on an idle machine,
// times what others may do to a busy one.
const bootTimeout = 2 * time.Minute

// grace is what is added to the timeout before the machine is stopped from outside: the test binary ends
// by itself after its -test.timeout, and tells with the stacks of all goroutines where it hung.
const grace = 5 * time.Second

// Options say what runs inside.
type Options struct {
	// Run is the regular expression of the tests to run inside, as for go test -run. Empty means the test
	// that calls Run itself, which then has to ask Inside.
	Run string
	// Timeout is how long the tests may take once the machine is up; 0 means DefaultTimeout.
	Timeout time.Duration
	// Modules are loaded beside BaseModules, with what they need: "dummy", "macvlan".
	Modules []string
	// Programs are what the tests inside call. They are looked for outside, in PATH and the sbin folders.
	Programs []string
	// Env is added to the environment inside, KEY=VALUE.
	Env []string
	// CPUs is how many processors the machine has; 0 means 1.
	CPUs int
	// MemoryMB is the memory of the machine; 0 means 512.
	MemoryMB int
}

// Inside reports whether the program runs in the machine.
func Inside() bool { return os.Getenv(insideEnv) != "" }

// Only skips a test that is not inside.
func Only(t testing.TB) {
	t.Helper()
	if !Inside() {
		t.Skip("runs in a virtual machine only, started by another test of this package (vm.Run)")
	}
}

// Run runs tests of the running test binary in a machine of their own and gives their results as subtests
// of t. It skips, and says what is missing, where the machine cannot be started.
func Run(t *testing.T, o Options) {
	t.Helper()
	if Inside() {
		t.Fatal("vm.Run called in the machine that it starts: the expression of Options.Run matches the test that calls it")
	}
	Need(t, o.Programs...)
	if o.Run == "" {
		o.Run = "^" + regexp.QuoteMeta(t.Name()) + "$"
	}
	res, err := execute(t.Context(), t.TempDir(), o, nil)
	if res != nil {
		t.Logf("virtual machine: Linux %s, up after %.1f s, over after %.1f s", res.release, res.boot.Seconds(), res.total.Seconds())
		replay(t, res.root)
		if len(res.root.lines) > 0 {
			t.Log("said beside the tests:\n" + strings.Join(res.root.lines, "\n"))
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// Need skips a test, and says what is missing, where Run would: for a door that has costly things to prepare.
func Need(t testing.TB, programs ...string) {
	t.Helper()
	if raceDetector {
		t.Skip("runs without the race detector only, which is too slow in an emulated machine")
	}
	if _, err := findHost(programs); err != nil {
		t.Skipf("SKIPPED: %v; not tested: %s on a kernel with VLAN-filtering bridges", err, t.Name())
	}
}

// result is what came out of one machine.
type result struct {
	release     string
	boot, total time.Duration
	root        *test
}

// execute runs one machine to its end. The result is not nil as soon as the machine was started; an error
// of type *missingError says that it could not be, every other one that the run as a whole failed.
// started, if not nil, is called with the process id of qemu.
func execute(ctx context.Context, dir string, o Options, started func(pid int)) (*result, error) {
	h, err := findHost(o.Programs)
	if err != nil {
		return nil, err
	}
	timeout := o.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	m := machine{host: h, cpus: max(o.CPUs, 1), memory: o.MemoryMB, boot: bootTimeout, timeout: timeout + grace, started: started}
	if m.memory == 0 {
		m.memory = 512
	}
	cmd, err := command(o, timeout)
	if err != nil {
		return nil, err
	}
	if m.initrd, err = writeInitramfs(dir, h, cmd, append(BaseModules(), o.Modules...)); err != nil {
		return nil, err
	}
	out := newParser()
	times, exit, err := m.run(ctx, out)
	res := &result{release: h.release, boot: times.boot, total: times.total, root: out.root}
	if err != nil {
		return res, fmt.Errorf("run virtual machine: %w%s", err, out.story())
	}
	return res, judge(out, exit, o.Run)
}

// judge says what is wrong with the run as a whole, beyond the failures that its tests have already told.
func judge(out *parser, exit int, run string) error {
	unfinished := out.root.unfinished()
	switch {
	case len(unfinished) > 0:
		return fmt.Errorf("run tests inside: the test binary ended with %d in the middle of %s%s", exit, strings.Join(unfinished, ", "), out.story())
	case len(out.root.children) == 0:
		return fmt.Errorf("run tests inside: no test matches %q%s", run, out.story())
	case exit != 0 && !out.root.failed():
		return fmt.Errorf("run tests inside: every test passed, but the test binary ended with %d%s", exit, out.story())
	}
	return nil
}

// command gives the shell commands that run the test binary inside, in the folder that it runs in now.
func command(o Options, timeout time.Duration) (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find test binary: %w", err)
	}
	wd, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("find test folder: %w", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cd %s || exit 125\n", quote(wd))
	env := append([]string{
		insideEnv + "=1", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/run/home",
		"TMPDIR=/run/tmp", "LC_ALL=C", "GOTRACEBACK=all",
	}, o.Env...)
	for _, kv := range env {
		fmt.Fprintf(&b, "export %s\n", quote(kv))
	}
	fmt.Fprintf(&b, "exec %s -test.v=test2json -test.paniconexit0 -test.count=1 -test.timeout=%s -test.run=%s\n", quote(exe), timeout, quote(o.Run))
	return b.String(), nil
}

// quote quotes for the shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// missingError says what the machine cannot be started without.
type missingError struct{ what []string }

func (e *missingError) Error() string {
	return "virtual machine: missing " + strings.Join(e.what, "; ")
}

// lookPath finds a program as exec.LookPath does, and in the folders of the system's own programs, which
// are not in an ordinary user's PATH.
func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err == nil {
		return path, nil
	}
	for _, dir := range []string{"/usr/local/sbin", "/usr/sbin", "/sbin"} {
		if path, err := exec.LookPath(dir + "/" + name); err == nil {
			return path, nil
		}
	}
	return "", err
}
