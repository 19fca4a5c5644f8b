package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"phoneport/cmd/internal/shape"
)

// cable is two network namespaces with a virtual cable between them, and phoneport as a program to run in each.
type cable struct {
	t   *testing.T
	bin string
	dir string
}

// side is one end: its namespace and its interface.
type side struct{ ns, dev string }

func (c *cable) side(letter string) side {
	return side{ns: fmt.Sprintf("pp%dadv%s", os.Getpid(), letter), dev: fmt.Sprintf("pp%d%s", os.Getpid()%100000, letter)}
}

func newCable(t *testing.T) *cable {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("not root: advertise and listen as programs, reload, goodbye and dropped capabilities on real interfaces are not tested")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		t.Skip("ip (iproute2) is missing: advertise and listen as programs on real interfaces are not tested")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	// Short, as the name of a socket is to fit.
	dir, err := os.MkdirTemp("", "pp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	c := &cable{t: t, bin: filepath.Join(dir, "phoneport"), dir: dir}
	if err := os.Symlink(self, c.bin); err != nil { // the test program is phoneport under this name
		t.Fatal(err)
	}
	a, b := c.side("a"), c.side("b")
	for _, s := range []side{a, b} {
		if out, err := exec.Command("ip", "netns", "add", s.ns).CombinedOutput(); err != nil {
			t.Skipf("network namespaces cannot be made (%v: %s): advertise and listen as programs are not tested", err, out)
		}
		t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", s.ns).Run() })
	}
	c.ip("link", "add", a.dev, "netns", a.ns, "type", "veth", "peer", "name", b.dev, "netns", b.ns)
	c.ip("-n", a.ns, "link", "set", a.dev, "up")
	c.ip("-n", b.ns, "link", "set", b.dev, "up")
	return c
}

func (c *cable) ip(args ...string) {
	c.t.Helper()
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		c.t.Fatalf("ip %s: %v: %s", strings.Join(args, " "), err, out)
	}
}

func (c *cable) command(s side, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(c.t.Context(), "ip", append([]string{"netns", "exec", s.ns, c.bin}, args...)...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "HOME="+c.dir, "XDG_STATE_HOME="+c.dir)
	return cmd
}

// speaking is phoneport that runs in the background.
type speaking struct {
	t     *testing.T
	cmd   *exec.Cmd
	lines chan string // of stdout; closed at its end
}

// start runs phoneport until its stderr says a text.
func (c *cable) start(s side, says string, args ...string) *speaking {
	c.t.Helper()
	p := &speaking{t: c.t, cmd: c.command(s, args...), lines: make(chan string, 1000)}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	go func() {
		defer close(p.lines)
		for in := bufio.NewScanner(stdout); in.Scan(); {
			p.lines <- in.Text()
		}
	}()
	in := bufio.NewReader(stderr)
	for {
		line, err := in.ReadString('\n')
		c.t.Logf("[%s] %s", args[0], strings.TrimSpace(line))
		if err != nil {
			c.t.Fatalf("%s ended before it said %q: %v", args[0], says, err)
		}
		if strings.Contains(line, says) {
			break
		}
	}
	go func() { _, _ = io.Copy(io.Discard, in) }() // so that it never waits for a reader
	return p
}

// awaited reads lines until one fits. The test's own time limit ends it.
func awaited[T any](p *speaking, what string, fits func(T) bool) T {
	p.t.Helper()
	for line := range p.lines {
		var v T
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			p.t.Fatalf("%q: %v", line, err)
		}
		p.t.Logf("%s", line)
		if fits(v) {
			return v
		}
	}
	p.t.Fatalf("it ended without %s", what)
	panic("unreachable")
}

func (p *speaking) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exitCode waits for the end.
func exitCode(t *testing.T, err error) int {
	t.Helper()
	var e *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &e):
		return e.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// TestAdvertiseAndListen: two phoneports talk to each other over a cable.
func TestAdvertiseAndListen(t *testing.T) {
	c := newCable(t)
	a, b := c.side("a"), c.side("b")
	file := filepath.Join(c.dir, "phoneport.yaml")
	configure := func(vlan string) {
		t.Helper()
		text := fmt.Sprintf("state_dir: state\nstation: {name: acc-1}\nadvertise:\n  - {name: desk, interfaces: %s, voice: {%s}, med: force, cdp: force}\n", a.dev, vlan)
		if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			t.Fatal(err)
		}
	}
	configure("vlan: 110")
	phone := c.start(b, "listening on", "listen", b.dev, "-o", "json")
	agent := c.start(a, "advertising until", "advertise", "-c", file, "-o", "json")
	note := func(kind string) shape.AgentNote {
		t.Helper()
		return awaited(agent, kind, func(n shape.AgentNote) bool { return n.Kind == kind })
	}
	told := func(protocol, kind string, fits func(*shape.Speaker) bool) {
		t.Helper()
		awaited(phone, protocol+" "+kind, func(h shape.Heard) bool {
			return h.Kind == kind && h.Neighbor.Protocol == protocol && h.Neighbor.System == "acc-1" && fits(h.Neighbor)
		})
	}
	uses := func(vlan uint16) func(*shape.Speaker) bool {
		return func(s *shape.Speaker) bool { return s.Advertised != nil && s.Advertised.VLAN == vlan }
	}
	told("lldp", "new", uses(110))
	told("cdp", "new", uses(110))

	// Another VLAN, then none, as soon as the file says so.
	configure("vlan: 120, dscp: 34")
	told("lldp", "changed", func(s *shape.Speaker) bool { return uses(120)(s) && *s.Advertised.DSCP == 34 })
	told("cdp", "changed", uses(120))
	note("reloaded")
	configure("mode: none")
	told("lldp", "changed", func(s *shape.Speaker) bool { return s.Advertised == nil || s.Advertised.Mode == "none" })
	told("cdp", "changed", func(s *shape.Speaker) bool { return s.Advertised == nil || s.Advertised.Mode == "none" })
	note("reloaded")
	// What is faulty is refused, and SIGHUP reads again.
	configure("vlan: 9999")
	if n := note("refused"); !strings.Contains(n.Text, "9999 is not in 1 to 4094") {
		t.Errorf("refused: %s", n.Text)
	}
	agent.signal(syscall.SIGHUP)
	note("refused")
	configure("vlan: 130")
	told("lldp", "changed", uses(130))

	// The status, over the socket, which is for its user only.
	out, err := c.command(a, "advertise", "status", "-c", file, "-o", "json").Output()
	var s shape.Agent
	if err := errors.Join(err, json.Unmarshal(out, &s)); err != nil {
		t.Fatal(err)
	}
	if len(s.Ports) != 1 || s.Ports[0].Name != a.dev || s.Ports[0].Told.Policies[0].VLAN != 130 || s.Ports[0].Counters.LLDPSent < 4 || s.PID != agent.cmd.Process.Pid {
		t.Errorf("status: %s", out)
	}
	if info, err := os.Stat(filepath.Join(c.dir, "state", "advertise.sock")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("socket: %v, %v", info, err)
	}
	// A second agent is refused, whatever its folder, and says nothing.
	for _, args := range [][]string{{"--state-dir", "other"}, {"--state-dir", "state"}} {
		out, err := c.command(a, append([]string{"advertise", a.dev, "--voice-vlan", "99"}, args...)...).CombinedOutput()
		want := fmt.Sprintf("claim interface %s: another phoneport (process %d) speaks on it already", a.dev, agent.cmd.Process.Pid)
		if exitCode(t, err) != exitUsage || !strings.Contains(string(out), want) {
			t.Errorf("second agent: %v: %s", err, out)
		}
	}
	// One capability is left: CAP_NET_RAW, number 13.
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", agent.cmd.Process.Pid))
	if err != nil || !strings.Contains(string(status), "CapEff:\t0000000000002000") || !strings.Contains(string(status), "CapBnd:\t0000000000002000") {
		t.Errorf("capabilities: %v\n%s", err, status)
	}
	// The cable is pulled, and put in again: what changed meanwhile is told.
	c.ip("-n", a.ns, "link", "set", a.dev, "down")
	note("link-down")
	configure("vlan: 140")
	note("reloaded")
	c.ip("-n", a.ns, "link", "set", a.dev, "up")
	note("link-up")
	told("lldp", "changed", uses(140))

	// SIGTERM: goodbye.
	agent.signal(syscall.SIGTERM)
	told("lldp", "gone", func(*shape.Speaker) bool { return true })
	for range agent.lines { // to the end of its output, before Wait closes it
	}
	if code := exitCode(t, agent.cmd.Wait()); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if _, err := os.Stat(filepath.Join(c.dir, "state", "advertise.sock")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is left: %v", err)
	}
	phone.signal(os.Interrupt)
	for range phone.lines {
	}
	_ = phone.cmd.Wait() // its exit code is tested with listen
}
