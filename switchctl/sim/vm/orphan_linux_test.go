package vm

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// orphanEnv makes TestOrphan start a machine.
const orphanEnv = "PHONEPORT_VM_ORPHAN"

// TestOrphan starts a machine that does not end, and tells its process. TestKilled kills it.
func TestOrphan(t *testing.T) {
	if os.Getenv(orphanEnv) == "" {
		t.Skip("does nothing unless TestKilled asks")
	}
	o := Options{Run: "^TestHelper$", Env: []string{helperEnv + "=stop"}}
	_, err := execute(t.Context(), t.TempDir(), o, func(pid int) { fmt.Printf("qemu %d\n", pid) })
	t.Errorf("the machine ended: %v", err)
}

// TestKilled shows that no machine stays behind a test that was killed.
func TestKilled(t *testing.T) {
	t.Parallel()
	Need(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe, "-test.run=^TestOrphan$")
	cmd.Env = append(os.Environ(), orphanEnv+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	pid, perr := strconv.Atoi(strings.TrimSpace(strings.TrimPrefix(line, "qemu ")))
	if perr != nil {
		cmd.Process.Kill()
		cmd.Wait()
		t.Fatalf("the test told no process: %q, %v", line, err)
	}
	gone := watch(t, pid)
	select {
	case <-gone:
		t.Error("qemu ended before its test was killed")
	default:
	}
	cmd.Process.Kill()
	cmd.Wait()
	select {
	case <-gone:
	case <-time.After(time.Minute):
		t.Errorf("qemu, process %d, is still there a minute after its test was killed", pid)
		unix.Kill(pid, unix.SIGKILL)
	}
}

// TestCanceled shows the same of a test whose context ends.
func TestCanceled(t *testing.T) {
	t.Parallel()
	Need(t)
	ctx, cancel := context.WithCancel(t.Context())
	var gone <-chan struct{}
	_, err := execute(ctx, t.TempDir(), Options{Run: "^TestHelper$"}, func(pid int) {
		gone = watch(t, pid)
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was canceled", err)
	}
	<-gone
}

// watch gives a channel that is closed when the process is gone.
func watch(t *testing.T, pid int) <-chan struct{} {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		t.Fatalf("watch process %d: %v", pid, err)
	}
	gone := make(chan struct{})
	go func() {
		defer unix.Close(fd)
		for {
			n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, -1)
			if n > 0 || err != nil && !errors.Is(err, unix.EINTR) {
				close(gone)
				return
			}
		}
	}()
	return gone
}
