package portfsm

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the machine does into testdata")

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// TestScenarios runs testdata/scenarios.txtar: of each <name>.in the lines `<time since noon> <input> <arguments>` go in, and
// timers fire by themselves at the times that were asked for; <name>.want is what came of it, one line for each step that
// did anything. The machine has the default options.
func TestScenarios(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "scenarios.txtar")
	a, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range a.Files {
		if n, ok := strings.CutSuffix(f.Name, ".want"); ok {
			want[n] = string(f.Data)
		}
	}
	var out []txtar.File
	n := 0
	for _, f := range a.Files {
		name, ok := strings.CutSuffix(f.Name, ".in")
		if !ok {
			continue
		}
		n++
		var got string
		t.Run(name, func(t *testing.T) {
			got = scenario(t, string(f.Data))
			if d := cmp.Diff(want[name], got); d != "" && !*update {
				t.Errorf("the machine does otherwise (-want +got):\n%s", d)
			}
		})
		out = append(out, f, txtar.File{Name: name + ".want", Data: []byte(got)})
	}
	if n < 20 {
		t.Errorf("%s has %d scenarios, want at least 20", path, n)
	}
	if *update && !t.Failed() {
		a.Files = out
		if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func scenario(t *testing.T, text string) string {
	t.Helper()
	var s State
	var b strings.Builder
	var paused Scopes
	do := func(in Input, now time.Time, label string) {
		before := s
		var es []Effect
		s, es = Step(s, in, now)
		var w []string
		for _, e := range es {
			w = append(w, effectText(e))
		}
		if len(es) == 0 && before.Phase == s.Phase {
			w = append(w, "nothing")
		}
		why := ""
		if s.Why != "" {
			why = "(" + string(s.Why) + ")"
		}
		fmt.Fprintf(&b, "%-12s %-32s → %s\n", now.Sub(noon), label, strings.TrimRight(fmt.Sprintf("%-22s %s", s.Phase.String()+why, strings.Join(w, "; ")), " "))
	}
	timers := func(until time.Time) {
		for range 1000 {
			if s.Wake.IsZero() || s.Wake.After(until) {
				return
			}
			do(Input{Kind: Timer, Paused: paused}, s.Wake, "timer")
		}
		t.Fatal("a thousand timers and no end")
	}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		w := strings.Fields(line)
		if len(w) == 0 {
			continue
		}
		d, err := time.ParseDuration(w[0])
		if err != nil || len(w) < 2 {
			t.Fatalf("line %q: want time and input: %v", line, err)
		}
		now := noon.Add(d)
		timers(now)
		if w[1] == "wait" {
			continue
		}
		in := parseInput(t, w[1:], s, now)
		if in.Kind == Pause || in.Kind == Resume {
			paused = in.Paused
		}
		in.Paused = paused
		do(in, now, strings.Join(w[1:], " "))
	}
	return b.String()
}

// parseInput reads `observed poe-off:automatic:set:sure voice:report plan=p1` and the like.
func parseInput(t *testing.T, w []string, s State, now time.Time) Input {
	t.Helper()
	in := Input{Seq: s.Seq}
	must := func(err error) {
		if err != nil {
			t.Fatalf("%q: %v", w, err)
		}
	}
	must(in.Kind.UnmarshalText([]byte(w[0])))
	for _, a := range w[1:] {
		k, v, _ := strings.Cut(a, "=")
		switch {
		case k == "authentic":
			in.Authentic = true
		case k == "plan":
			in.Plan = v
		case k == "seq":
			n, err := strconv.ParseUint(v, 10, 32)
			must(err)
			in.Seq = uint32(n)
		case k == "detail":
			in.Detail = v
		case k == "until":
			d, err := time.ParseDuration(v)
			must(err)
			in.Until = noon.Add(d)
		case k == "read":
			d, err := time.ParseDuration(v)
			must(err)
			in.ReadAt = now.Add(-d)
		case k == "clean":
		case in.Kind == Pause || in.Kind == Resume:
			must(in.Paused.UnmarshalText([]byte(a)))
		case in.Kind == Ended:
			must(in.Outcome.UnmarshalText([]byte(a)))
		case in.Kind == Observed:
			p := strings.Split(a, ":")
			f := Finding{Rule: p[0]}
			for _, x := range p[1:] {
				if x == "sure" {
					f.Sure = true
				} else if f.Mode.UnmarshalText([]byte(x)) != nil {
					must(f.Fix.UnmarshalText([]byte(x)))
				}
			}
			in.Findings = append(in.Findings, f)
		default:
			t.Fatalf("%q: unknown argument %q", w, a)
		}
	}
	return in
}

func effectText(e Effect) string {
	w := []string{e.Kind.String()}
	if !e.At.IsZero() {
		w = append(w, e.At.Sub(noon).String())
	}
	if e.Seq > 0 {
		w = append(w, fmt.Sprintf("#%d", e.Seq))
	}
	if e.Plan != "" {
		w = append(w, "plan="+e.Plan)
	}
	if e.Rules != nil {
		w = append(w, strings.Join(e.Rules, ","))
	}
	if e.Cut {
		w = append(w, "cut")
	}
	if e.Why != "" {
		w = append(w, "("+string(e.Why)+")")
	}
	if e.Detail != "" {
		w = append(w, strconv.Quote(e.Detail))
	}
	return strings.Join(w, " ")
}
