package portfsm

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// small is a machine whose numbers are a few seconds, so that the graph of its states is small enough to be walked
// whole. An hour is 3 s and a day 6 s.
func small(tb testing.TB) *Machine {
	tb.Helper()
	s := time.Second
	m, err := New(Options{
		Debounce: s, ReadGap: s, HintGap: 2 * s, ReadTimeout: s, ReadRetry: s, Unreadable: 2,
		ApplyTimeout: s, Settle: s, SettleMax: 2 * s, Cool: s, Growth: 2, CoolMax: 2 * s,
		Attempts: 2, Quarantine: 3 * s, CutsPerHour: 1, CutsPerDay: 2, Flaps: 1, FlapWindow: 3 * s,
		ApprovalFor: 3 * s, HoldRetry: s, HoldFor: 3 * s, RejectedFor: s,
	})
	if err != nil {
		tb.Fatal(err)
	}
	m.hour, m.day = 3*s, 6*s
	return m
}

// node is one state of the walk: that of the machine with times relative to now, and what the oracle knows.
type node struct {
	s    State
	cuts []time.Time // all cuts of the last day, kept by the test
	read time.Time   // the last Reconcile
}

// epoch is the now of every node.
var epoch = noon

const horizon = 12 * time.Second // older than this is old, whatever it is about

// shift moves a node so that now is the epoch.
func (n node) shift(d time.Duration) node {
	old := epoch.Add(-horizon)
	move := func(t time.Time) time.Time {
		if t.IsZero() {
			return t
		}
		if t = t.Add(-d); t.Before(old) {
			return old
		}
		return t
	}
	moveAll := func(ts []time.Time) (out []time.Time) {
		for _, t := range ts {
			out = append(out, move(t))
		}
		return out
	}
	s := n.s
	for _, t := range []*time.Time{&s.Since, &s.Wake, &s.Until, &s.Asked, &s.RejectAt, &s.HeldAt} {
		*t = move(*t)
	}
	s.Cuts, s.Repairs = moveAll(s.Cuts), moveAll(s.Repairs)
	return node{s, moveAll(n.cuts), move(n.read)}
}

// key names a node by what its future depends on: what is only told to people, what the phase does not look at, and times
// that are too old to matter are left out.
func (n node) key(m *Machine) string {
	s := n.s
	s.Seq, s.Detail, s.Paused, s.Rules = 0, "", 0, nil
	if s.Phase != Planned {
		s.Why = ""
	}
	if s.Phase != Settling && s.Phase != Applied {
		s.Acted = nil
	}
	if s.Phase != Cooling && s.Phase != Applied {
		s.Cut = false
	}
	if s.Phase.Resting() || s.Phase == Planned {
		s.Since = time.Time{}
	}
	live := func(t time.Time, d time.Duration) time.Time {
		if epoch.Sub(t) >= d {
			return time.Time{}
		}
		return t
	}
	liveAll := func(ts []time.Time, d time.Duration) (out []time.Time) {
		for _, t := range ts {
			if t = live(t, d); !t.IsZero() {
				out = append(out, t)
			}
		}
		return out
	}
	s.Asked = live(s.Asked, m.o.HintGap)
	if s.RejectAt = live(s.RejectAt, m.o.RejectedFor); s.RejectAt.IsZero() {
		s.Rejected = ""
	}
	s.Cuts, s.Repairs = liveAll(s.Cuts, m.day), liveAll(s.Repairs, m.o.FlapWindow)
	b, err := json.Marshal(struct {
		S State
		C []time.Time
		R time.Time
	}{s, liveAll(n.cuts, m.day), live(n.read, m.o.ReadGap)})
	if err != nil {
		panic(err) // times and words only
	}
	return string(b)
}

func (n node) text() string {
	b, err := json.Marshal(n.s)
	return fmt.Sprint(string(b), err)
}

type labelled struct {
	label string
	in    Input
}

var (
	setAuto = Finding{Rule: "a", Mode: Automatic, Fix: FixSet, Sure: true}
	cutAuto = Finding{Rule: "b", Mode: Automatic, Fix: FixCut, Sure: true}
	cutAsk  = Finding{Rule: "c", Mode: Approve, Fix: FixCut, Sure: true}
)

// answers are the inputs with which the engine answers effects; what it may answer is not for the machine to choose.
func answers(s State) []labelled {
	switch {
	case s.Phase == Applied:
		out := []labelled{{"held", Input{Kind: Held, Seq: s.Seq}}}
		for _, o := range []Outcome{Done, Refused, Unverified, Failed} {
			out = append(out, labelled{"ended " + o.String(), Input{Kind: Ended, Seq: s.Seq, Outcome: o}})
		}
		return out
	case s.Reading:
		return append(readings(), labelled{"unread", Input{Kind: Unread}})
	}
	return nil
}

func readings() []labelled {
	return []labelled{
		{"clean", Input{Kind: Observed}},
		{"set", Input{Kind: Observed, Findings: []Finding{setAuto}}},
		{"cut", Input{Kind: Observed, Findings: []Finding{cutAuto}}},
		{"cut paused", Input{Kind: Observed, Findings: []Finding{cutAuto}, Paused: PauseSite}},
		{"ask", Input{Kind: Observed, Findings: []Finding{cutAsk}}},
		{"for people", Input{Kind: Observed, Findings: []Finding{
			{Rule: "d", Mode: Report, Fix: FixCut, Sure: true},
			{Rule: "e", Mode: Automatic, Fix: FixCut},
			{Rule: "f", Mode: Automatic, Sure: true},
			{Rule: "g", Fix: FixSet, Sure: true},
		}}},
	}
}

// outside are the inputs that nobody asked for.
func outside(s State) []labelled {
	return append(readings(),
		labelled{"dirty", Input{Kind: Dirty}},
		labelled{"dirty authentic", Input{Kind: Dirty, Authentic: true}},
		labelled{"approved", Input{Kind: Approved, Plan: s.Plan}},
		labelled{"rejected", Input{Kind: Rejected, Plan: s.Plan}},
		labelled{"registered", Input{Kind: Registered}},
		labelled{"progress", Input{Kind: Progress}},
		labelled{"resume", Input{Kind: Resume}},
		labelled{"reset", Input{Kind: Reset}},
		labelled{"configured", Input{Kind: Configured}},
		labelled{"restarted", Input{Kind: Restarted, Authentic: true}},
		labelled{"restarted forged", Input{Kind: Restarted}},
		labelled{"started", Input{Kind: Started}},
		labelled{"late", Input{Kind: Ended, Seq: s.Seq + 1, Outcome: Done}},
	)
}

// arrow is one step of the walk.
type arrow struct {
	from, to int
	label    string
	wait     time.Duration // before the input
	answer   bool          // of the engine or of time; false: from outside
}

type graph struct {
	nodes  []node
	arrows [][]arrow // by from
	edges  map[string]bool
	errs   []string
	whole  bool // every state that can be reached was seen
}

// explored walks the graph once for all tests.
var explored = sync.OnceValue(func() *graph { return explore(400000) })

func explore(limit int) *graph {
	m := small(discard{})
	g := &graph{edges: map[string]bool{}}
	index := map[string]int{}
	add := func(n node) int {
		k := n.key(m)
		i, ok := index[k]
		if !ok {
			i = len(g.nodes)
			index[k] = i
			g.nodes = append(g.nodes, n)
			g.arrows = append(g.arrows, nil)
		}
		return i
	}
	add(node{})
	for i := 0; i < len(g.nodes) && len(g.nodes) < limit; i++ {
		n := g.nodes[i]
		try := func(l labelled, wait time.Duration, answer bool) {
			to, es := g.step(m, n, l, wait)
			j := add(to.shift(wait))
			g.arrows[i] = append(g.arrows[i], arrow{i, j, l.label, wait, answer})
			g.edges[edgeText(n.s.Phase, l.label, to.s.Phase, es)] = true
		}
		// Time passes up to the next wake, and in rest for a second or for long.
		var waits []time.Duration
		if w := n.s.Wake; !w.IsZero() {
			d := max(0, w.Sub(epoch))
			try(labelled{"timer", Input{Kind: Timer}}, d, true)
			waits = []time.Duration{0}
			if d > time.Second && n.s.Phase == Quarantined {
				waits = append(waits, d-time.Second)
			}
		} else {
			waits = []time.Duration{0, horizon}
		}
		for _, l := range answers(n.s) {
			try(l, 0, true)
		}
		for _, w := range waits {
			for _, l := range outside(n.s) {
				try(l, w, false)
			}
		}
	}
	g.whole = len(g.nodes) < limit
	return g
}

// discard takes the place of a test in which nothing can fail.
type discard struct{ testing.TB }

func (discard) Helper() {}

// step makes one step and holds it to what must be so in each. The oracle counts cuts and readings by itself.
func (g *graph) step(m *Machine, n node, l labelled, wait time.Duration) (node, []Effect) {
	now := epoch.Add(wait)
	s, es := m.Step(n.s, l.in, now)
	to := node{s, n.cuts, n.read}
	fail := func(format string, args ...any) {
		if len(g.errs) < 5 {
			g.errs = append(g.errs, fmt.Sprintf("%s after %s in\n  %s\n  gives %s and %v", fmt.Sprintf(format, args...), l.label, n.text(), to.text(), es))
		}
	}
	if bad := badStep(n.s, l.in, now, s, es); bad != "" {
		fail("%s", bad)
	}
	for _, e := range es {
		switch e.Kind {
		case Reconcile:
			if !n.read.IsZero() && now.Sub(n.read) < m.o.ReadGap {
				fail("read again after %s", now.Sub(n.read))
			}
			to.read = now
		case Apply:
			if e.Cut {
				to.cuts = append(slices.Clone(n.cuts), now)
			}
		}
	}
	if l.in.Kind == Held && n.s.Phase == Applied && n.s.Cut {
		to.cuts = slices.Clone(n.cuts[:len(n.cuts)-1]) // it was not begun
	}
	for _, w := range []struct {
		d time.Duration
		n int
	}{{m.hour, m.o.CutsPerHour}, {m.day, m.o.CutsPerDay}} {
		c := 0
		for _, t := range to.cuts {
			if now.Sub(t) < w.d {
				c++
			}
		}
		if c > w.n {
			fail("%d cuts in %s", c, w.d)
		}
	}
	to.cuts = slices.DeleteFunc(slices.Clone(to.cuts), func(t time.Time) bool { return now.Sub(t) >= m.day })
	return to, es
}

// badStep says what is wrong with a step by itself, or gives the empty string.
func badStep(was State, in Input, now time.Time, s State, es []Effect) string {
	applies, woken, quarantined, released := 0, time.Time{}, false, false
	for _, e := range es {
		switch e.Kind {
		case Apply:
			applies++
			if in.Kind != Observed {
				return "apply without a reading"
			}
			if in.Paused != 0 {
				return "apply in a pause"
			}
			for _, r := range e.Rules {
				i := slices.IndexFunc(in.Findings, func(f Finding) bool { return f.Rule == r })
				switch {
				case i < 0:
					return "apply for a rule that was not found"
				case !in.Findings[i].Sure, in.Findings[i].Fix == FixNone:
					return "apply without two signs or a fix"
				case in.Findings[i].Fix == FixCut && !e.Cut:
					return "a cut that was not counted"
				case in.Findings[i].Mode == Approve && !was.Approved, in.Findings[i].Mode < Approve:
					return "apply without consent"
				}
			}
			if len(e.Rules) == 0 || was.Phase == Quarantined || was.Phase == Applied || s.Phase != Applied {
				return "apply out of " + was.Phase.String() + " into " + s.Phase.String()
			}
		case Wake:
			woken = e.At
		case Quarantine:
			quarantined = true
		case Release:
			released = true
		case EffectUnknown:
			return "an effect without a kind"
		}
	}
	switch {
	case applies > 1:
		return "two applies at once"
	case s.Phase == Applied && was.Phase != Applied && applies == 0:
		return "applied without an apply"
	case quarantined != (s.Phase == Quarantined && was.Phase != Quarantined):
		return "quarantine without a word"
	case released != (was.Phase == Quarantined && s.Phase != Quarantined):
		return "release without a word"
	case released && in.Kind != Reset && in.Kind != Configured && (in.Kind != Timer || now.Before(was.Until)):
		return "quarantine ended by " + in.Kind.String()
	case !s.Wake.IsZero() && !s.Wake.Equal(was.Wake) && !woken.Equal(s.Wake):
		return "the wake of the state was not asked for"
	case s.Wake.IsZero() && (!s.Phase.Resting() || s.Phase == Quarantined):
		return "nothing would ever happen in " + s.Phase.String()
	case s.Reading && (s.Phase.Resting() || s.Phase == Applied):
		return "reading in " + s.Phase.String()
	case s.Plan != "" && s.Phase != Planned && s.Phase != Applied:
		return "a proposal is open in " + s.Phase.String()
	}
	return ""
}

// edgeText gives an arrow of the diagram.
func edgeText(from Phase, label string, to Phase, es []Effect) string {
	var w []string
	for _, e := range es {
		if e.Kind != Wake && !slices.Contains(w, e.Kind.String()) {
			w = append(w, e.Kind.String())
		}
	}
	if from == to && len(w) == 0 {
		return ""
	}
	act := ""
	if len(w) > 0 {
		act = " / " + strings.Join(w, ", ")
	}
	return fmt.Sprintf("    %s --> %s: %s%s", from, to, label, act)
}

// TestEveryStep holds each step of the whole graph to what must always be so.
func TestEveryStep(t *testing.T) {
	t.Parallel()
	g := explored()
	n, seen := 0, map[Phase]int{}
	for i := range g.nodes {
		n += len(g.arrows[i])
		seen[g.nodes[i].s.Phase]++
	}
	t.Logf("%d states, %d steps, %v, whole: %v", len(g.nodes), n, seen, g.whole)
	if !g.whole {
		t.Errorf("%d states and no end: the graph was not walked whole", len(g.nodes))
	}
	for p := range phases {
		if seen[Phase(p)] == 0 {
			t.Errorf("no state in %s was reached", Phase(p))
		}
	}
	for _, e := range g.errs {
		t.Error(e)
	}
}

// TestRest shows that without inputs from outside each port comes to rest, whatever the engine answers and also where it never
// does: the graph of answers and timers has no circle outside quiet, good and quarantined, nor a dead end. Times are relative, so
// that a circle would be a path that never ends.
func TestRest(t *testing.T) {
	t.Parallel()
	g := explored()
	const (
		white = iota
		grey
		black
	)
	color := make([]uint8, len(g.nodes))
	depth := make([]int, len(g.nodes)) // steps to rest at most
	var visit func(i int) bool
	visit = func(i int) bool {
		if g.nodes[i].s.Phase.Resting() {
			return true
		}
		color[i] = grey
		ways := 0
		for _, a := range g.arrows[i] {
			if !a.answer {
				continue
			}
			ways++
			if color[a.to] == grey {
				t.Errorf("%s leads in a circle back to\n  %s\nfrom\n  %s", a.label, g.nodes[a.to].text(), g.nodes[i].text())
				return false
			}
			if color[a.to] == white && !visit(a.to) {
				return false
			}
			depth[i] = max(depth[i], depth[a.to]+1)
		}
		color[i] = black
		if ways == 0 && g.whole {
			t.Errorf("nothing leads out of\n  %s", g.nodes[i].text())
			return false
		}
		return true
	}
	longest := 0
	for i := range g.nodes {
		if color[i] == white && !visit(i) {
			return
		}
		longest = max(longest, depth[i])
	}
	t.Logf("at most %d answers and timers to rest", longest)
}

// TestDiagram compares all arrows between phases with testdata/transitions.mmd.
func TestDiagram(t *testing.T) {
	t.Parallel()
	g := explored()
	// The arrows of one pair of phases with the same effects become one line.
	joined := map[[2]string][]string{}
	for e := range g.edges {
		ends, label, _ := strings.Cut(e, ": ")
		in, act, _ := strings.Cut(label, " / ")
		if e != "" {
			k := [2]string{ends, act}
			joined[k] = append(joined[k], in)
		}
	}
	var lines []string
	for k, ins := range joined {
		slices.Sort(ins)
		line := k[0] + ": " + strings.Join(ins, " | ")
		if k[1] != "" {
			line += " / " + k[1]
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	got := "%% Every arrow between the phases of a port, with inputs / effects. Made by `go test ./policy/portfsm -update`\n" +
		"%% from a walk over all states; wakes are left out.\nstateDiagram-v2\n" + strings.Join(lines, "\n") + "\n"
	path := filepath.Join("testdata", "transitions.mmd")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
		t.Errorf("the arrows are others (-want +got):\n%s", d)
	}
}
