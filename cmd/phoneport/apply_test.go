package main

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"phoneport/cmd/internal/lab"
	"phoneport/cmd/internal/shape"
	"phoneport/cmd/internal/shape/shapetest"
	"phoneport/policy/enforce/journal"
	"phoneport/switchctl/sim"
)

// inLab starts a campus and gives its configuration.
func inLab(t *testing.T, o sim.Options) (c *sim.Campus, config string) {
	t.Helper()
	o.ReadCommunity, o.WriteCommunity = lab.ReadCommunity, lab.WriteCommunity
	o.Listen = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 101, byte(nextNet.Add(1)), 1}), 0)
	c, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := c.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	config = filepath.Join(t.TempDir(), "phoneport.yaml")
	if err := lab.Write(config, c, o, time.Nanosecond); err != nil {
		t.Fatal(err)
	}
	return c, config
}

// FuzzReadPlan: whatever a file holds, reading it ends in a plan or in an error that names the file.
func FuzzReadPlan(f *testing.F) {
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	dir := f.TempDir()
	path := filepath.Join(dir, "plan.json")
	if err := writePlan(path, "hash", shape.NewPlan(shapetest.Plan())); err != nil {
		f.Fatal(err)
	}
	seed, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(seed)
	f.Add([]byte(`{"format":"phoneport-plan/1","config_hash":"hash","plan":{"made_at":"2026-01-02T15:04:05Z","switches":[{"switch":"a","held":[{"port":"1"}]}]}}`))
	f.Add([]byte(`{}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := decodePlan("plan.json", bytes.NewReader(data), "hash", time.Hour, now)
		if err != nil {
			if !strings.Contains(err.Error(), "plan.json") {
				t.Fatalf("does not name the file: %v", err)
			}
			return
		}
		for _, s := range p.Switches {
			for _, st := range s.Steps {
				if st.Change == nil || st.Change.Port().Switch != s.Switch || st.Change.Port().Name == "" {
					t.Fatalf("accepted step %+v", st)
				}
			}
		}
	})
}

// trigger calls f once, when the text was written.
type trigger struct {
	mu   sync.Mutex
	b    bytes.Buffer
	text string
	f    func()
}

func (w *trigger) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	n, err := w.b.Write(p)
	if w.f != nil && strings.Contains(w.b.String(), w.text) {
		w.f()
		w.f = nil
	}
	return n, err
}

// TestInterruptedApply presses Ctrl-C after the first change: the change in hand is finished, the others are
// held, the exit code is 130, and no port is left half changed.
func TestInterruptedApply(t *testing.T) {
	t.Parallel()
	c, config := inLab(t, sim.Options{Switches: 1, Ports: 12, Personalities: []string{"catalyst"}, Delay: 20 * time.Millisecond})
	broken, err := lab.Strike(c, []lab.Wish{{Fault: sim.FaultWrongVLAN, Count: 6}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	s, out, _ := pretend("")
	// The progress bar says 1/6 when the first change is done.
	s.err, s.errTerm = &trigger{text: "1/6", f: func() { cancel(errInterrupted) }}, true
	code := run(ctx, []string{"apply", "--yes", "-c", config, "-o", "json"}, s)
	if code != exitInterrupted {
		t.Errorf("exit code %d, want %d\n%s", code, exitInterrupted, out)
	}
	done, held := strings.Count(out.String(), `"outcome": "done"`), strings.Count(out.String(), `"guard": "interrupted"`)
	if done == 0 || held == 0 || done+held != len(broken) {
		t.Errorf("%d done, %d held, want %d together\n%s", done, held, len(broken), out)
	}
	right := 0
	for _, b := range broken {
		p, err := c.Port(b.Switch, b.Port)
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Faults) == 0 {
			right++
		}
	}
	if right != done {
		t.Errorf("%d ports are right, %d are said to be done", right, done)
	}
}

// TestInterruptedAudit ends the reading, prints what was read, and says so by the exit code.
func TestInterruptedAudit(t *testing.T) {
	t.Parallel()
	_, config := inLab(t, sim.Options{Switches: 6, Ports: 4, Delay: 30 * time.Millisecond})
	ctx, cancel := context.WithCancelCause(t.Context())
	s, out, _ := pretend("")
	s.getenv = func(n string) (string, bool) { return "1", n == "PHONEPORT_FLEET_PARALLEL" }
	s.err, s.errTerm = &trigger{text: "1/6", f: func() { cancel(errInterrupted) }}, true
	code := run(ctx, []string{"audit", "-c", config, "-o", "json"}, s)
	if code != exitInterrupted || !strings.Contains(out.String(), `"interrupted": true`) {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestOneWriterAtATime: a second apply is refused, and told who is at work.
func TestOneWriterAtATime(t *testing.T) {
	t.Parallel()
	c, config := inLab(t, sim.Options{Switches: 1, Ports: 6, Personalities: []string{"catalyst"}})
	if _, err := lab.Strike(c, []lab.Wish{{Fault: sim.FaultWrongVLAN, Count: 1}}, nil); err != nil {
		t.Fatal(err)
	}
	first, err := journal.New(filepath.Join(filepath.Dir(config), "state"), nil).Begin("20260102T150405Z-000000", "apply", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	s, out, talk := pretend("")
	code := run(t.Context(), []string{"apply", "--yes", "-c", config}, s)
	if code != exitFindings || !strings.Contains(talk.String(), "another phoneport is writing to switches") || out.Len() > 0 {
		t.Errorf("exit code %d\n%s%s", code, out, talk)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	s, out, talk = pretend("")
	if code := run(t.Context(), []string{"apply", "--yes", "-c", config}, s); code != exitClean {
		t.Errorf("after it has ended: exit code %d\n%s%s", code, out, talk)
	}
}

// TestApplyAsks: on a terminal the plan is shown and asked about, and no means no.
func TestApplyAsks(t *testing.T) {
	t.Parallel()
	c, config := inLab(t, sim.Options{Switches: 1, Ports: 6, Personalities: []string{"catalyst"}})
	broken, err := lab.Strike(c, []lab.Wish{{Fault: sim.FaultWrongVLAN, Count: 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		answer      string
		code, wrong int
	}{{"n\n", exitFindings, 1}, {"y\n", exitClean, 0}} {
		s, out, talk := pretend(tt.answer)
		s.inTerm = true
		code := run(t.Context(), []string{"apply", "-c", config}, s)
		if code != tt.code {
			t.Errorf("answer %q: exit code %d, want %d\n%s%s", tt.answer, code, tt.code, out, talk)
		}
		if !strings.Contains(talk.String(), "set-voice") || !strings.Contains(talk.String(), "apply 1 change on 1 switch [y/N] ") {
			t.Errorf("answer %q: the plan was not shown or asked about: %s", tt.answer, talk)
		}
		p, err := c.Port(broken[0].Switch, broken[0].Port)
		if err != nil || len(p.Faults) != tt.wrong {
			t.Errorf("answer %q: the port has %v, %v", tt.answer, p.Faults, err)
		}
	}
}

// TestLyingSwitch: what is accepted and cannot be seen is never called done.
func TestLyingSwitch(t *testing.T) {
	t.Parallel()
	c, config := inLab(t, sim.Options{Switches: 1, Ports: 6, Personalities: []string{"catalyst"}})
	if _, err := lab.Strike(c, []lab.Wish{{Fault: sim.FaultWrongVLAN, Count: 1}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := c.Break("acc-0001", "", sim.FaultLyingSet); err != nil {
		t.Fatal(err)
	}
	s, out, talk := pretend("")
	code := run(t.Context(), []string{"apply", "--yes", "-c", config, "--wait", "200ms"}, s)
	if code != exitFindings || !strings.Contains(out.String(), "unverified") || strings.Contains(out.String(), "done") {
		t.Errorf("exit code %d\n%s%s", code, out, talk)
	}
}
