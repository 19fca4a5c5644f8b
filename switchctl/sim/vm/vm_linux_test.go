package vm

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestMachine runs what is behind this door in one machine: tests of the machine itself.
func TestMachine(t *testing.T) {
	t.Parallel()
	Run(t, Options{Run: "^TestInside", Programs: []string{"ip", "bridge"}})
}

func TestInsideIsAnotherMachine(t *testing.T) {
	Only(t)
	if os.Getpid() == 1 || os.Getuid() != 0 {
		t.Errorf("process %d of user %d, want an ordinary process of root", os.Getpid(), os.Getuid())
	}
	if err := os.WriteFile("/etc/phoneport-vm", nil, 0o600); err != nil {
		t.Errorf("the root inside is not writable: %v", err)
	}
	if _, err := os.Stat("vm.go"); err != nil {
		t.Errorf("the folder of the package is not the working folder: %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), []byte("x"), 0o600); err != nil {
		t.Error(err)
	}
}

// TestWritesStayInside looks outside for what TestInsideIsAnotherMachine writes inside, after TestMachine
// or before: neither may find it.
func TestWritesStayInside(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/etc/phoneport-vm"); !Inside() && !errors.Is(err, os.ErrNotExist) {
		t.Errorf("what was written inside is on the host: %v", err)
	}
}

// helperEnv names the outcome that TestHelper is to have, inside.
const helperEnv = "PHONEPORT_VM_HELPER"

// TestHelper fails in the way that the environment names. TestFailures runs it.
func TestHelper(t *testing.T) {
	Only(t)
	t.Run("good", func(t *testing.T) { t.Log("said by good") })
	switch how := os.Getenv(helperEnv); how {
	case "":
		t.Skip("does nothing unless TestFailures asks")
	case "panic":
		t.Run("skips", func(t *testing.T) { t.Skip("said by skips") })
		t.Run("fails", func(t *testing.T) { t.Error("said by fails") })
		t.Run("deep", func(t *testing.T) { t.Run("er", func(t *testing.T) { t.Error("said by deeper") }) })
		t.Run("panics", func(*testing.T) { panic("said by panics") })
	case "stop":
		// No -test.timeout ends a process that is stopped: the machine has to be.
		t.Run("stops", func(t *testing.T) { t.Error(syscall.Kill(os.Getpid(), syscall.SIGSTOP)) })
	case "oops":
		t.Run("oopses", func(t *testing.T) { t.Error(os.WriteFile("/proc/sysrq-trigger", []byte("c"), 0)) })
	default:
		t.Fatalf("no such way: %q", how)
	}
}

// TestFailures shows that each way in which tests inside can fail is a failure outside, with what a reader
// needs to see. A door that fails is run in a process of its own, this test binary's, as `go test` would.
func TestFailures(t *testing.T) {
	t.Parallel()
	Need(t)
	tests := []struct {
		how  string
		want []string
	}{
		{"panic", []string{
			"--- PASS: TestDoor/TestHelper/good", "said by good", "--- SKIP: TestDoor/TestHelper/skips", "said by skips",
			"--- FAIL: TestDoor/TestHelper/fails", "said by fails", "--- FAIL: TestDoor/TestHelper/deep/er", "said by deeper",
			"--- FAIL: TestDoor/TestHelper/panics", "panic: said by panics", "inside, 0.0",
		}},
		{"stop", []string{"no end of its tests within 8s", "--- FAIL: TestDoor/TestHelper/stops"}},
		{"oops", []string{"went off in the middle", "last lines of the console", "Kernel panic", "--- FAIL: TestDoor/TestHelper/oopses"}},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			t.Parallel()
			out, err := door(t, "^TestHelper$", helperEnv+"="+tt.how)
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 1 {
				t.Errorf("the door ended with %v, want exit status 1", err)
			}
			for _, w := range tt.want {
				if !strings.Contains(out, w) {
					t.Errorf("no %q in the output", w)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// doorEnv holds what TestDoor runs inside: a regular expression, then the environment, line by line.
const doorEnv = "PHONEPORT_VM_DOOR"

// TestDoor is a door for TestFailures, and nothing otherwise.
func TestDoor(t *testing.T) {
	spec, ok := os.LookupEnv(doorEnv)
	if !ok {
		t.Skip("does nothing unless another test asks")
	}
	run, env, _ := strings.Cut(spec, "\n")
	Run(t, Options{Run: run, Env: strings.Fields(env), Timeout: 3 * time.Second})
}

// door runs TestDoor in a process of its own.
func door(t *testing.T, run string, env ...string) (string, error) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, "-test.run=^TestDoor$", "-test.v")
	cmd.Env = append(os.Environ(), doorEnv+"="+run+"\n"+strings.Join(env, "\n"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestMissing shows that what is missing is named, and skips.
func TestMissing(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("PHONEPORT_KERNEL", t.TempDir())
	_, err := findHost([]string{"no-such-program"})
	var missing *missingError
	if !errors.As(err, &missing) {
		t.Fatalf("got %v, want what is missing", err)
	}
	for _, w := range []string{".ci/kernel fetches one", "no-such-program"} {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("no %q in %q", w, err)
		}
	}
	if !t.Run("door", func(t *testing.T) {
		defer func() {
			if !t.Skipped() {
				t.Error("the door did not skip")
			}
		}()
		Run(t, Options{Run: "^TestInside"})
	}) {
		t.Error("the door failed")
	}
}
