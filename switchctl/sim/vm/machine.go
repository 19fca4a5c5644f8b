package vm

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// machine is one virtual machine.
type machine struct {
	host
	initrd        string
	cpus, memory  int           // megabytes
	boot, timeout time.Duration // until the first test starts; from there until the last ends
	started       func(pid int)
}

// times are how long a machine took, from its start.
type times struct{ boot, total time.Duration }

// args gives the command line of qemu. Its first serial line is file descriptor 3, the kernel's console; the
// second is 4, what the tests say.
func (m *machine) args() []string {
	kernel := []string{
		"console=ttyS0", "loglevel=4", "rdinit=/init",
		"panic=-1", "oops=panic", // a kernel that stumbles ends the machine, which is a failure
		"nokaslr", "mitigations=off", "random.trust_cpu=on", "tsc=reliable", "no_timer_check",
	}
	return []string{
		"-machine", "pc", "-accel", "tcg", "-cpu", "qemu64,+rdrand",
		"-smp", strconv.Itoa(m.cpus), "-m", strconv.Itoa(m.memory),
		"-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-chardev", "file,id=console,path=/dev/fd/3", "-serial", "chardev:console",
		"-chardev", "file,id=tests,path=/dev/fd/4", "-serial", "chardev:tests",
		"-fsdev", "local,id=root,path=/,security_model=none,readonly=on,multidevs=remap",
		"-device", "virtio-9p-pci,fsdev=root,mount_tag=root",
		"-kernel", m.kernel, "-initrd", m.initrd, "-append", strings.Join(kernel, " "),
	}
}

// errSilent is why a machine was stopped.
var errSilent = errors.New("no end")

// run runs the machine until it ends or has to be stopped, and hands what its tests say to out. It gives
// the exit status of the test binary. The process of qemu is gone when it returns.
func (m *machine) run(ctx context.Context, out *parser) (times, int, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	cmd := exec.CommandContext(ctx, m.qemu, m.args()...)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said

	consoleR, consoleW, err := os.Pipe()
	if err != nil {
		return times{}, 0, err
	}
	defer consoleR.Close()
	testsR, testsW, err := os.Pipe()
	if err != nil {
		consoleW.Close()
		return times{}, 0, err
	}
	defer testsR.Close()
	cmd.ExtraFiles = []*os.File{consoleW, testsW}

	begin := time.Now()
	ended, err := start(cmd)
	consoleW.Close()
	testsW.Close()
	if err != nil {
		return times{}, 0, err
	}
	if m.started != nil {
		m.started(cmd.Process.Pid)
	}

	watchdog := time.AfterFunc(m.boot, func() { stop(fmt.Errorf("%w of its start within %s", errSilent, m.boot)) })
	defer watchdog.Stop()
	consoleDone := make(chan []string)
	go func() { consoleDone <- lastLines(consoleR) }()

	var tm times
	exit, over := 0, false
	in := bufio.NewReader(testsR)
	for {
		line, err := in.ReadString('\n')
		if word, ok := strings.CutPrefix(line, "\x16=== VM "); ok {
			switch word = strings.TrimSpace(word); {
			case word == "start":
				tm.boot = time.Since(begin)
				watchdog.Stop()
				watchdog = time.AfterFunc(m.timeout, func() { stop(fmt.Errorf("%w of its tests within %s", errSilent, m.timeout)) })
			case strings.HasPrefix(word, "end "):
				exit, over = number(strings.TrimPrefix(word, "end ")), true
			}
		} else {
			out.line(line)
		}
		if err != nil {
			break // qemu is gone: the pipe has no writer
		}
	}
	out.console = <-consoleDone
	err = <-ended
	tm.total = time.Since(begin)
	switch {
	case over:
		return tm, exit, nil
	case context.Cause(ctx) != nil:
		return tm, 0, context.Cause(ctx)
	case err != nil:
		return tm, 0, fmt.Errorf("%s: %w\n%s", m.qemu, err, &said)
	}
	return tm, 0, errors.New("the machine went off in the middle of its tests\n" + said.String())
}

// number gives a number, or -1 for what is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// start starts cmd on a thread that lives as long as it does: the kernel ends a child with the thread that
// started it (PR_SET_PDEATHSIG), so that no machine outlives a test that was killed. The channel gives what
// Wait gives.
func start(cmd *exec.Cmd) (<-chan error, error) {
	dieWithParent(cmd)
	started, ended := make(chan error), make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			ended <- cmd.Wait()
		}
	}()
	return ended, <-started
}

// keepLines is how much of the console and of a broken run's output is told.
const keepLines = 80 // a kernel's last words are about 50

// lastLines reads r to its end and gives the last lines.
func lastLines(r *os.File) []string {
	var lines []string
	in := bufio.NewReader(r)
	for {
		line, err := in.ReadString('\n')
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = keep(lines, line)
		}
		if err != nil {
			return lines
		}
	}
}

// keep appends a line and forgets those of long ago.
func keep(lines []string, line string) []string {
	if len(lines) >= keepLines {
		lines = append(lines[:0], lines[len(lines)-keepLines+1:]...)
	}
	return append(lines, line)
}
