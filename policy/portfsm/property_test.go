package portfsm

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// walk drives a machine with real times at random and keeps its own books.
type walk struct {
	t     *rapid.T
	m     *Machine
	s     State
	now   time.Time
	cuts  []time.Time
	reads []time.Time
}

func (w *walk) do(in Input) []Effect {
	before, err := json.Marshal(w.s)
	if err != nil {
		w.t.Fatal(err)
	}
	s, es := w.m.Step(w.s, in, w.now)
	if again, _ := json.Marshal(w.s); string(again) != string(before) {
		w.t.Fatalf("%s changed the state that was put in:\n%s\n%s", in.Kind, before, again)
	}
	// What is stored and read back is the same, and goes on in the same way.
	var stored State
	b, err := json.Marshal(w.s)
	if err == nil {
		err = json.Unmarshal(b, &stored)
	}
	if err != nil {
		w.t.Fatalf("round trip of %s: %v", b, err)
	}
	s2, es2 := w.m.Step(stored, in, w.now.In(time.FixedZone("", 3600)))
	if d := cmp.Diff(s, s2) + cmp.Diff(es, es2); d != "" {
		w.t.Fatalf("%s goes on otherwise from the stored state (-kept +stored):\n%s", in.Kind, d)
	}
	if bad := badStep(w.s, in, exact(w.now), s, es); bad != "" {
		w.t.Fatalf("%s in %s gives %+v: %s", in.Kind, before, es, bad)
	}
	if in.Kind == Held && w.s.Phase == Applied && in.Seq == w.s.Seq && w.s.Cut {
		w.cuts = w.cuts[:len(w.cuts)-1]
	}
	for _, e := range es {
		switch {
		case e.Kind == Apply && e.Cut:
			w.cuts = append(w.cuts, exact(w.now)) // as precise as what is stored
		case e.Kind == Reconcile:
			w.reads = append(w.reads, exact(w.now))
		}
	}
	if len(s.Cuts) > w.m.o.CutsPerDay+1 || len(s.Repairs) > w.m.o.Flaps {
		w.t.Fatalf("the state grows: %d cuts, %d repairs", len(s.Cuts), len(s.Repairs))
	}
	w.s = s
	return es
}

// most gives how many of the times, in any order, lie in one window.
func mostIn(ts []time.Time, d time.Duration) (n int) {
	for _, from := range ts {
		c := 0
		for _, t := range ts {
			if !t.Before(from) && t.Sub(from) < d {
				c++
			}
		}
		n = max(n, c)
	}
	return n
}

func options(t *rapid.T) Options {
	o := DefaultOptions()
	o.CutsPerHour = rapid.IntRange(1, 3).Draw(t, "perHour")
	o.CutsPerDay = rapid.IntRange(1, 4).Draw(t, "perDay")
	o.Attempts = rapid.IntRange(1, 9).Draw(t, "attempts")
	o.Flaps = rapid.IntRange(1, 9).Draw(t, "flaps")
	o.Cool = rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute}).Draw(t, "cool")
	o.Settle = rapid.SampledFrom([]time.Duration{-1, time.Second, 5 * time.Minute}).Draw(t, "settle")
	o.Growth = 1
	return o
}

func draw(t *rapid.T, s State) Input {
	in := Input{
		Kind: Kind(rapid.IntRange(0, int(Started)+1).Draw(t, "kind")), Authentic: rapid.Bool().Draw(t, "authentic"),
		Paused: Scopes(rapid.SampledFrom([]int{0, 0, 0, 1, 8}).Draw(t, "paused")), Seq: s.Seq,
		Plan: rapid.SampledFrom([]string{s.Plan, "p1", "p2", ""}).Draw(t, "plan"),
	}
	if (s.Reading || s.Phase.Resting()) && rapid.IntRange(0, 2).Draw(t, "answer") > 0 {
		in.Kind = Observed
	}
	if s.Phase == Applied && rapid.IntRange(0, 2).Draw(t, "answer") > 0 {
		in.Kind = Ended
	}
	switch in.Kind {
	case Observed:
		for range rapid.IntRange(0, 3).Draw(t, "findings") {
			in.Findings = append(in.Findings, Finding{
				Rule: rapid.StringMatching(`[a-h]`).Draw(t, "rule"),
				Mode: Automatic - Mode(rapid.SampledFrom([]int{0, 0, 0, 1, 1, 2, 3}).Draw(t, "mode")),
				Fix:  FixCut - Fix(rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "fix")), Sure: rapid.IntRange(0, 4).Draw(t, "sure") > 0,
			})
		}
		// A rule has one finding here, as badStep looks findings up by their rule.
		seen := map[string]bool{}
		fs := in.Findings[:0]
		for _, f := range in.Findings {
			if !seen[f.Rule] {
				fs = append(fs, f)
			}
			seen[f.Rule] = true
		}
		in.Findings = fs
	case Ended:
		in.Outcome = Outcome(rapid.IntRange(0, int(Failed)).Draw(t, "outcome"))
	}
	return in
}

// TestRandomWalks holds a machine with the times of real life to its limits: cuts in any hour and day, readings, and the stored
// form. Also with a clock that is set back now and then, in all by less than a day.
func TestRandomWalks(t *testing.T) {
	t.Parallel()
	cuts := 0
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(options(t))
		if err != nil {
			t.Fatal(err)
		}
		w := &walk{t: t, m: m, now: noon.Add(123456789)}
		back, latest := rapid.Bool().Draw(t, "back"), w.now
		for range rapid.IntRange(50, 200).Draw(t, "steps") {
			switch k := rapid.IntRange(0, 9).Draw(t, "time"); {
			case k < 6 && !w.s.Wake.IsZero() && !w.s.Phase.Resting():
				if w.s.Wake.After(w.now) {
					w.now = w.s.Wake
				}
				w.do(Input{Kind: Timer})
			case k < 9:
				w.now = w.now.Add(rapid.SampledFrom([]time.Duration{0, time.Millisecond, time.Second, time.Minute, 20 * time.Minute, 7 * time.Hour}).Draw(t, "later"))
			case back:
				w.now = w.now.Add(-rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 23 * time.Hour}).Draw(t, "earlier"))
				if least := latest.Add(-23 * time.Hour); w.now.Before(least) {
					w.now = least
				}
			}
			if w.now.After(latest) {
				latest = w.now
			}
			w.do(draw(t, w.s))
		}
		if n := mostIn(w.cuts, time.Hour); n > m.o.CutsPerHour {
			t.Fatalf("%d cuts in an hour, at most %d: %v", n, m.o.CutsPerHour, w.cuts)
		}
		if n := mostIn(w.cuts, 24*time.Hour); n > m.o.CutsPerDay {
			t.Fatalf("%d cuts in a day, at most %d: %v", n, m.o.CutsPerDay, w.cuts)
		}
		if n := mostIn(w.reads, m.o.ReadGap); n > 1 && !back {
			t.Fatalf("%d readings in %s", n, m.o.ReadGap)
		}
		cuts += len(w.cuts)
	})
	if cuts == 0 {
		t.Error("no walk cut anything: the limits were not tried")
	}
}

// TestRestInRealTimes lets a port run after a random walk, with an engine that answers at random or not at all.
func TestRestInRealTimes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		m, err := New(options(t))
		if err != nil {
			t.Fatal(err)
		}
		w := &walk{t: t, m: m, now: noon}
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			w.now = w.now.Add(rapid.SampledFrom([]time.Duration{0, time.Second, time.Hour}).Draw(t, "later"))
			w.do(draw(t, w.s))
		}
		stopped, paused := w.now, PauseAll*Scopes(rapid.IntRange(0, 1).Draw(t, "paused"))
		for n := 0; !w.s.Phase.Resting(); n++ {
			if n > 5000 {
				t.Fatalf("no rest after %s and %d steps: %+v", w.now.Sub(stopped), n, w.s)
			}
			in := Input{Kind: Timer}
			answer := rapid.IntRange(0, 3).Draw(t, "answer") > 0
			switch {
			case w.s.Phase == Applied && answer:
				in = Input{Kind: Ended, Seq: w.s.Seq, Outcome: Outcome(rapid.IntRange(0, int(Failed)).Draw(t, "outcome"))}
				if rapid.Bool().Draw(t, "held") {
					in.Kind = Held
				}
			case w.s.Reading && answer:
				in = draw(t, w.s)
				in.Kind = Observed
			default:
				if w.s.Wake.After(w.now) {
					w.now = w.s.Wake
				}
			}
			in.Paused = paused
			w.do(in)
		}
		if d := w.now.Sub(stopped); d > 60*24*time.Hour {
			t.Fatalf("rest only after %s", d)
		}
	})
}

// TestStorm puts hints in at a hundred a second for an hour of a port that is read at once and found well.
func TestStorm(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		authentic bool
		most      int
	}{
		{"forged", false, 3600/15 + 1},
		{"authentic", true, 3600/5 + 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var s State
			reads := 0
			for now := noon; now.Before(noon.Add(time.Hour)); now = now.Add(10 * time.Millisecond) {
				ins := []Input{{Kind: Dirty, Authentic: tt.authentic}}
				if !s.Wake.IsZero() && !now.Before(s.Wake) {
					ins = append([]Input{{Kind: Timer}}, ins...)
				}
				if s.Reading {
					ins = append(ins, Input{Kind: Observed})
				}
				for _, in := range ins {
					var es []Effect
					s, es = Step(s, in, now)
					for _, e := range es {
						switch e.Kind {
						case Reconcile:
							reads++
						case Wake:
						default:
							t.Fatalf("a storm of hints leads to %s", e.Kind)
						}
					}
				}
			}
			if reads > tt.most || reads < tt.most*9/10 {
				t.Errorf("%d readings in an hour, want about %d and not more", reads, tt.most)
			}
		})
	}
}
