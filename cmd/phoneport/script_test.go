package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"phoneport/cmd/internal/lab"
	"phoneport/switchctl/sim"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"phoneport": main})
}

// TestScripts runs phoneport as its users do: as a process, against switches that answer SNMP.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"campus": cmdCampus, "break": cmdBreak, "heal": cmdHeal, "code": cmdCode, "start": cmdStart, "interrupt": cmdInterrupt,
			"replace": cmdReplace, "join": cmdJoin, "age": cmdAge, "frames": cmdFrames,
		},
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_STATE_HOME", filepath.Join(e.WorkDir, "state"))
			e.Setenv("HOME", e.WorkDir)
			return nil
		},
	})
}

// nextNet gives each campus loopback addresses of its own, so that scripts run side by side.
var nextNet atomic.Uint32

// cmdCampus runs a campus in the test process and writes phoneport.yaml and phones.csv:
//
//	campus [switches=N] [ports=N] [personality=A,B] [faults=LIST] [phones=SHARE]
func cmdCampus(ts *testscript.TestScript, neg bool, args []string) {
	if neg {
		ts.Fatalf("usage: campus [key=value]…")
	}
	n := nextNet.Add(1)
	o := sim.Options{
		Switches: 2, Ports: 8, Listen: netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 101, byte(n), 1}), 0), Seed: 7,
		ReadCommunity: lab.ReadCommunity, WriteCommunity: lab.WriteCommunity, Users: []sim.User{lab.User},
	}
	var faults []string
	for _, a := range args {
		k, v, _ := strings.Cut(a, "=")
		var err error
		switch k {
		case "switches":
			o.Switches, err = strconv.Atoi(v)
		case "ports":
			o.Ports, err = strconv.Atoi(v)
		case "phones":
			o.Phones, err = strconv.ParseFloat(v, 64)
		case "personality":
			o.Personalities = strings.Split(v, ",")
		case "faults":
			faults = strings.Split(v, ",")
		default:
			err = errors.New("unknown key")
		}
		if err != nil {
			ts.Fatalf("campus %s: %v", a, err)
		}
	}
	c, err := sim.New(o)
	ts.Check(err)
	stop, err := c.Start(context.Background())
	ts.Check(err)
	ts.Defer(func() { ts.Check(stop()) })
	wishes, err := lab.ParseFaults(faults)
	ts.Check(err)
	struck, err := lab.Strike(c, wishes, nil)
	ts.Check(err)
	for _, s := range struck {
		ts.Logf("broken: %+v", s)
	}
	// A boot time of a nanosecond: ports that were broken a moment ago count as settled.
	ts.Check(lab.Write(ts.MkAbs("phoneport.yaml"), c, o, time.Nanosecond))
	for i, s := range c.Switches() {
		ts.Setenv("SWITCH"+strconv.Itoa(i+1), s.Name)
		ts.Setenv("ADDR"+strconv.Itoa(i+1), s.Address)
	}
	other := ""
	for i, p := range c.Phones() {
		if i < 3 {
			k := strconv.Itoa(i + 1)
			ts.Setenv("MAC"+k, p.MAC.String())
			ts.Setenv("PHONE"+k, p.Name)
			ts.Setenv("EXT"+k, p.Extension)
			ts.Setenv("PORT"+k, p.Port)
			ts.Setenv("LONG"+k, strings.Replace(p.Port, "Gi", "gigabitethernet", 1))
		}
		if other == "" && p.Switch != c.Switches()[0].Name {
			other = p.Port
			ts.Setenv("PORTB", other)
		}
	}
	campuses.Store(ts, c)
}

// What scripts have running, by *testscript.TestScript.
var campuses, background sync.Map

func campusOf(ts *testscript.TestScript) *sim.Campus {
	v, ok := campuses.Load(ts)
	if !ok {
		ts.Fatalf("no campus is running")
	}
	return v.(*sim.Campus)
}

// cmdBreak makes a fault: break SWITCH PORT FAULT; PORT - for the whole switch.
func cmdBreak(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: break SWITCH PORT FAULT")
	}
	ts.Check(campusOf(ts).Break(args[0], strings.TrimPrefix(args[1], "-"), sim.Fault(args[2])))
}

// cmdHeal takes faults away: heal SWITCH PORT; PORT - for the whole switch.
func cmdHeal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: heal SWITCH PORT")
	}
	ts.Check(campusOf(ts).Heal(args[0], strings.TrimPrefix(args[1], "-")))
}

// cmdCode runs a program and wants an exit code: code N PROGRAM ARG…
func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: code N PROGRAM ARG…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var e *exec.ExitError
		if !errors.As(err, &e) {
			ts.Fatalf("%v", err)
		}
		got = e.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// cmdStart runs phoneport in the background until its stderr says a text: start TEXT ARG…
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: start TEXT ARG…")
	}
	bin, err := lookPath(ts.Getenv("PATH"), "phoneport")
	ts.Check(err)
	cmd := exec.Command(bin, args[1:]...)
	cmd.Dir = ts.MkAbs(".")
	out, err := os.Create(ts.MkAbs("start.out"))
	ts.Check(err)
	cmd.Stdout = out
	pipe, err := cmd.StderrPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() { _ = cmd.Process.Kill(); _ = out.Close() })
	r := bufio.NewReader(pipe)
	for {
		line, err := r.ReadString('\n')
		ts.Logf("[background] %s", line)
		if err != nil {
			ts.Fatalf("ended before it said %q: %v", args[0], err)
		}
		if strings.Contains(line, args[0]) {
			break
		}
	}
	background.Store(ts, &process{cmd, r})
}

type process struct {
	cmd *exec.Cmd
	err *bufio.Reader
}

// cmdInterrupt presses Ctrl-C for what start started, and wants the exit code 130.
func cmdInterrupt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: interrupt")
	}
	v, _ := background.Load(ts)
	p := v.(*process)
	ts.Check(p.cmd.Process.Signal(os.Interrupt))
	rest, err := io.ReadAll(p.err)
	ts.Check(err)
	ts.Logf("[background] %s", rest)
	if _ = p.cmd.Wait(); p.cmd.ProcessState.ExitCode() != exitInterrupted {
		ts.Fatalf("exit code %d, want %d", p.cmd.ProcessState.ExitCode(), exitInterrupted)
	}
}

// cmdReplace changes a file: replace FILE OLD NEW.
func cmdReplace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Replace(text, args[1], args[2], 1)), 0o600))
}

// cmdJoin writes files one after the other into another: join FILE FROM…
func cmdJoin(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: join FILE FROM…")
	}
	var b strings.Builder
	for _, from := range args[1:] {
		b.WriteString(ts.ReadFile(from))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o600))
}

// cmdAge makes a plan older: age FILE DURATION.
func cmdAge(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: age FILE DURATION")
	}
	d, err := time.ParseDuration(args[1])
	ts.Check(err)
	text := ts.ReadFile(args[0])
	_, rest, ok := strings.Cut(text, `"made_at": "`)
	at, _, _ := strings.Cut(rest, `"`)
	made, err := time.Parse(time.RFC3339Nano, at)
	if !ok || err != nil {
		ts.Fatalf("%s is no plan: %v", args[0], err)
	}
	text = strings.Replace(text, at, made.Add(-d).Format(time.RFC3339Nano), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

func lookPath(path, name string) (string, error) {
	for _, dir := range filepath.SplitList(path) {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("find %s: not in %s", name, path)
}
