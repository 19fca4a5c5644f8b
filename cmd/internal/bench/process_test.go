//go:build linux

package bench

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// usage is what one process cost, with all processes that it started and waited for.
type usage struct {
	wall time.Duration
	cpu  time.Duration // user and system
	rss  int64         // octets; the largest of its processes, not their sum
	out  []byte
}

// measure runs cmd to its end, which may be exit code 0 or, where there are findings, 1.
func measure(cmd *exec.Cmd) (usage, error) { return measureCode(cmd, 0, 1) }

// measureCode runs cmd to its end; any other exit code than these is an error.
func measureCode(cmd *exec.Cmd, codes ...int) (usage, error) {
	var stdout, stderr bytes.Buffer
	if cmd.Stdout == nil {
		cmd.Stdout = &stdout
	}
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	u := usage{wall: time.Since(start), out: stdout.Bytes()}
	if exit := (*exec.ExitError)(nil); err != nil && !errors.As(err, &exit) {
		return u, fmt.Errorf("run %s: %w", cmd.Path, err)
	}
	if code := cmd.ProcessState.ExitCode(); !slices.Contains(codes, code) {
		return u, fmt.Errorf("run %s: exit code %d: %s", cmd.Path, code, tail(stderr.String()))
	}
	// What wait4 tells on Linux includes the children that the process has waited for: xargs' programs.
	r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return u, fmt.Errorf("run %s: no resource usage", cmd.Path)
	}
	u.cpu = time.Duration(r.Utime.Nano() + r.Stime.Nano())
	u.rss = r.Maxrss << 10
	return u, nil
}

// tail gives the last lines of what a program said.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	if len(lines) > 10 {
		lines = lines[len(lines)-10:]
	}
	return strings.Join(lines, "\n")
}

// build compiles a program of this module and gives its path.
func build(tb testing.TB, pkg string) string {
	tb.Helper()
	out := filepath.Join(tb.TempDir(), filepath.Base(pkg))
	cmd := exec.Command("go", "build", "-o", out, pkg)
	cmd.Dir = root(tb)
	if b, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("build %s: %v\n%s", pkg, err, b)
	}
	return out
}

// root gives the folder of go.mod.
func root(tb testing.TB) string {
	tb.Helper()
	b, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		tb.Fatalf("go env GOMOD: %v", err)
	}
	mod := strings.TrimSpace(string(b))
	if mod == "" || mod == os.DevNull {
		tb.Fatal("not in a module")
	}
	return filepath.Dir(mod)
}
