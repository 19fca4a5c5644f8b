package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery/wire/wiretest"
)

// desk moves the test into a network namespace of its own, with a cable whose ends are the interfaces port and
// phone. The processes that it starts are there too.
func desk(t *testing.T) {
	t.Helper()
	wiretest.Namespace(t, "listening to real interfaces")
	wiretest.Cable(t, "port", "phone")
}

// program gives a name by which this test binary is phoneport.
func program(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "phoneport")
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// listenProcess is phoneport listening in a namespace.
type listenProcess struct {
	cmd  *exec.Cmd
	out  *bufio.Scanner
	talk *bufio.Reader
}

// startListen starts it and waits until it hears.
func startListen(t *testing.T, args ...string) *listenProcess {
	t.Helper()
	cmd := exec.Command(program(t), append([]string{"listen"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	talk, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // with the thread that has the namespace
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p := &listenProcess{cmd: cmd, out: bufio.NewScanner(out), talk: bufio.NewReader(talk)}
	p.out.Buffer(nil, 1<<20)
	line, err := p.talk.ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "listening on ") {
		_ = cmd.Process.Kill()
		rest, _ := io.ReadAll(p.talk)
		t.Fatalf("it said %q %s: %v", line, rest, err)
	}
	return p
}

// next gives the next line.
func (p *listenProcess) next(t *testing.T) shape.Heard {
	t.Helper()
	var h shape.Heard
	if !p.out.Scan() {
		_ = p.cmd.Process.Kill()
		rest, _ := io.ReadAll(p.talk)
		t.Fatalf("no further line: %v: %s", p.out.Err(), rest)
	}
	if err := json.Unmarshal(p.out.Bytes(), &h); err != nil {
		t.Fatalf("%v: %s", err, p.out.Text())
	}
	return h
}

// TestListenHearsLLDPD: lldpd as a phone comes, takes a voice VLAN, and says goodbye.
func TestListenHearsLLDPD(t *testing.T) {
	for _, need := range []string{"lldpd", "lldpcli"} {
		if _, err := exec.LookPath(need); err != nil {
			t.Skipf("%s is missing: what listen makes of a real LLDP speaker is not tested", need)
		}
	}
	desk(t)
	p := startListen(t, "port", "-o", "json", "--count", "3", "--for", "2m")
	// lldpd talks to its own socket as a user without rights, which t.TempDir does not let in.
	dir, err := os.MkdirTemp("", "lldpd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "socket")
	daemon := exec.Command("lldpd", "-d", "-M", "3", "-I", "phone", "-S", "SEP test", "-u", socket, "-O", "/dev/null")
	daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} // with the thread that has the namespace
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = daemon.Process.Kill(); _ = daemon.Wait() })

	h := p.next(t)
	if h.Kind == shape.HeardSummary {
		t.Fatal("lldpd was not heard")
	}
	if h.Kind != "new" || h.Interface != "port" || h.Frame != 1 || h.Neighbor == nil || h.Neighbor.MEDClass != 3 || !h.Neighbor.Phone ||
		h.Neighbor.Platform != "SEP test" || h.Neighbor.PortDesc != "phone" || h.Neighbor.TTLS != 120 {
		t.Errorf("first: %+v %+v", h, h.Neighbor)
	}
	out, err := exec.Command("lldpcli", "-u", socket, "configure", "med", "policy", "application", "voice", "tagged", "vlan", "110",
		"priority", "voice", "dscp", "46").CombinedOutput()
	if err != nil {
		t.Fatalf("lldpcli: %v: %s", err, out)
	}
	h = p.next(t)
	if a := h.Neighbor.Adopted; h.Kind != "adopted" || h.Why != "network policy" || a == nil || a.Mode != "tagged" || a.VLAN != 110 || *a.PCP != 5 || *a.DSCP != 46 {
		t.Errorf("second: %+v %+v", h, h.Neighbor.Adopted)
	}
	if err := daemon.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if h = p.next(t); h.Kind != "gone" || h.Why != "shutdown" {
		t.Errorf("third: %+v", h)
	}
	if h = p.next(t); h.Kind != shape.HeardSummary {
		t.Errorf("last: %+v", h)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("it ended with %v", err)
	}
}

// TestListenInterruptedProcess: without a name it hears the ports of the namespace, without privileges once they are
// open, and Ctrl-C ends it.
func TestListenInterruptedProcess(t *testing.T) {
	desk(t)
	p := startListen(t)
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(status), "CapEff:\t0000000000000000") || !strings.Contains(string(status), "NoNewPrivs:\t1") {
		t.Errorf("capabilities: %v\n%s", err, status)
	}
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(p.talk)
	if err != nil {
		t.Fatal(err)
	}
	_ = p.cmd.Wait()
	if code := p.cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(string(rest), "port: 0 frames") {
		t.Errorf("exit code %d, stderr %s", code, rest)
	}
}

// TestListenWithoutCapability: it says what is missing and how to give it.
func TestListenWithoutCapability(t *testing.T) {
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("setpriv is missing: what is said without CAP_NET_RAW is not tested")
	}
	desk(t)
	cmd := exec.Command(setpriv, "--bounding-set", "-net_raw", "--inh-caps", "-net_raw", program(t), "listen", "port")
	out, err := cmd.CombinedOutput()
	if err == nil || cmd.ProcessState.ExitCode() != exitUnread {
		t.Errorf("%v: %s", err, out)
	}
	for _, want := range []string{"phoneport: listen: open port: ", "CAP_NET_RAW", "setcap"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%q is not in %s", want, out)
		}
	}
}

// TestCompleteInterfaces offers what is there and was not named yet.
func TestCompleteInterfaces(t *testing.T) {
	desk(t)
	for _, tt := range []struct {
		args, want string
		not        string
	}{{"", "phone\t", "lo\t"}, {"port ", "phone\t", "port\t"}} {
		args := append([]string{"__complete", "listen"}, strings.Fields(tt.args)...)
		out, err := exec.Command(program(t), append(args, "")...).Output()
		if err != nil || !strings.Contains(string(out), tt.want) || strings.Contains(string(out), tt.not) {
			t.Errorf("after %q: %v: %s", tt.args, err, out)
		}
	}
}
