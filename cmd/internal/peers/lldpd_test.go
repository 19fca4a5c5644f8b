//go:build linux

package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// lldpd is one that runs.
type lldpd struct {
	t      testing.TB
	cli    string
	socket string
	cmd    *exec.Cmd
	log    *bytes.Buffer
	done   chan error
}

// startLLDPd starts one on an interface, with a socket and a pid file of its own and without the
// configuration of the host. It answers when this returns.
func startLLDPd(t testing.TB, iface string, args ...string) *lldpd {
	t.Helper()
	path, cli := program(t, "lldpd"), program(t, "lldpcli")
	dir, err := os.MkdirTemp("", "pp") // the path of a socket is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil { // lldpcli gives up root before it looks for the socket
		t.Fatal(err)
	}
	d := &lldpd{t: t, cli: cli, socket: filepath.Join(dir, "s"), log: &bytes.Buffer{}, done: make(chan error, 1)}
	d.cmd = exec.Command(path, append([]string{
		"-dd", "-u", d.socket, "-p", filepath.Join(dir, "pid"), "-L", "", "-O", "/dev/null", "-I", iface, "-C", iface,
	}, args...)...)
	d.cmd.Stdout, d.cmd.Stderr = d.log, d.log
	d.cmd.WaitDelay = 5 * time.Second
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	started := d.cmd
	go func() { d.done <- started.Wait() }()
	t.Cleanup(d.stop)
	for end := time.Now().Add(wait); ; {
		if _, err := d.try("show", "chassis"); err == nil {
			return d
		}
		if time.Now().After(end) {
			d.stop()
			t.Fatalf("lldpd does not answer:\n%s", d.log)
		}
	}
}

// stop ends it as an operator does; it says goodbye to its neighbours.
func (d *lldpd) stop() {
	if d.cmd == nil {
		return
	}
	cmd := d.cmd
	d.cmd = nil
	_ = cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.done:
	case <-time.After(wait):
		d.t.Errorf("lldpd does not end on SIGTERM:\n%s", d.log)
		_ = cmd.Process.Kill()
		<-d.done
	}
}

func (d *lldpd) try(args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	return exec.CommandContext(ctx, d.cli, append([]string{"-u", d.socket, "-f", "json0"}, args...)...).Output()
}

// do runs a command of lldpcli.
func (d *lldpd) do(args ...string) []byte {
	d.t.Helper()
	out, err := d.try(args...)
	if err != nil {
		d.t.Fatalf("lldpcli %q: %v", args, err)
	}
	return out
}

// tree is JSON of lldpcli, in the form where each element is a list.
type tree struct{ v any }

func parse(t testing.TB, b []byte) tree {
	t.Helper()
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatalf("lldpcli: %v\n%s", err, b)
	}
	return tree{v}
}

// all gives the elements at a path.
func (n tree) all(path ...string) []tree {
	if list, ok := n.v.([]any); ok {
		var out []tree
		for _, e := range list {
			out = append(out, tree{e}.all(path...)...)
		}
		return out
	}
	if len(path) == 0 {
		return []tree{n}
	}
	m, ok := n.v.(map[string]any)
	if !ok || m[path[0]] == nil {
		return nil
	}
	return tree{m[path[0]]}.all(path[1:]...)
}

// text gives the only value at a path, and "" where there is none or more than one.
func (n tree) text(path ...string) string {
	found := n.all(path...)
	if len(found) != 1 {
		return ""
	}
	switch v := found[0].v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	}
	return ""
}

// neighbors gives whom lldpd hears.
func (d *lldpd) neighbors() []tree {
	d.t.Helper()
	return parse(d.t, d.do("show", "neighbors", "details")).all("lldp", "interface")
}
