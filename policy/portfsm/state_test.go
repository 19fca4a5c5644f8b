package portfsm

import (
	"encoding"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/policy"
)

type enum[T any] interface {
	*T
	encoding.TextUnmarshaler
}

// words holds every value of an enumeration to its word and back.
func words[T ~uint8, P enum[T]](t *testing.T, all []string) {
	t.Helper()
	for i, w := range all {
		v := T(i)
		b, err := any(v).(encoding.TextMarshaler).MarshalText()
		if err != nil || string(b) != w {
			t.Errorf("%T(%d) = %q, %v, want %q", v, i, b, err, w)
		}
		var back T
		if err := P(&back).UnmarshalText(b); err != nil || back != v {
			t.Errorf("%q reads as %d, %v, want %d", b, back, err, i)
		}
	}
	var v T
	if err := P(&v).UnmarshalText([]byte("nonsense")); err == nil {
		t.Errorf("%T reads nonsense", v)
	}
	if got := fmt.Sprint(T(len(all))); got != fmt.Sprintf("invalid(%d)", len(all)) {
		t.Errorf("%T(%d) = %q", v, len(all), got)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	words[Phase](t, []string{"unknown", "quiet", "suspect", "planned", "applied", "settling", "good", "cooling", "quarantined"})
	words[Mode](t, []string{"unknown", "report", "approve", "automatic"})
	words[Fix](t, []string{"none", "set", "cut"})
	words[EffectKind](t, []string{"unknown", "reconcile", "propose", "withdraw", "apply", "wake", "notify", "quarantine", "release"})
	words[Kind](t, []string{
		"unknown", "dirty", "observed", "unread", "held", "approved", "rejected", "ended", "registered", "progress",
		"pause", "resume", "timer", "reset", "configured", "restarted", "started",
	})
	words[Outcome](t, []string{"unknown", "done", "unchanged", "refused", "unverified", "undone", "failed"})
}

func TestScopes(t *testing.T) {
	t.Parallel()
	for s, want := range map[Scopes]string{0: "", PauseAll: "all", PauseSite | PausePort: "site,port", PauseSwitch: "switch"} {
		b, err := s.MarshalText()
		var back Scopes
		if err == nil {
			err = back.UnmarshalText(b)
		}
		if string(b) != want || back != s || err != nil {
			t.Errorf("%d = %q and back %d, %v, want %q", s, b, back, err, want)
		}
	}
	for _, bad := range []string{"house", "site,", ",site"} {
		var s Scopes
		if err := s.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q reads as %d", bad, s)
		}
	}
}

// TestStored pins the stored form: what an older process wrote, a newer one reads.
func TestStored(t *testing.T) {
	t.Parallel()
	at := noon.Add(123456 * time.Microsecond)
	full := State{
		Phase: Cooling, Since: at, Wake: at, Until: at, Why: ReasonRefused, Detail: "x", Rules: []string{"a", "b"}, Told: []string{"b"},
		Acted: []string{"a"}, Asked: at, Reading: true, Again: 2, Unread: 1, Seq: 9, Tries: 2, Cut: true, Cuts: []time.Time{at},
		Repairs: []time.Time{at}, Plan: "p", Approved: true, Rejected: "q", RejectAt: at, HeldAt: at, Paused: PauseSite,
	}
	const ts = `"2026-03-02T12:00:00.123456Z"`
	for _, tt := range []struct {
		name, want string
		s          State
	}{
		{"zero", `{}`, State{}},
		{"good", `{"phase":"good","since":` + ts + `}`, State{Phase: Good, Since: at}},
		{"full", strings.ReplaceAll(`{"phase":"cooling","since":T,"wake":T,"until":T,"why":"refused","detail":"x","rules":["a","b"],"told":["b"],`+
			`"acted":["a"],"asked":T,"reading":true,"again":2,"unread":1,"seq":9,"tries":2,"cut":true,"cuts":[T],"repairs":[T],`+
			`"plan":"p","approved":true,"rejected":"q","rejectAt":T,"heldAt":T,"paused":"site"}`, "T", ts), full},
	} {
		b, err := json.Marshal(tt.s)
		var back State
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, string(b)) + cmp.Diff(tt.s, back); d != "" {
			t.Errorf("%s: (-want +got):\n%s", tt.name, d)
		}
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	m, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.o != DefaultOptions() {
		t.Errorf("zero options give %+v", m.o)
	}
	if *m != standard {
		t.Errorf("the machine of Step is %+v, that of New %+v", standard, *m)
	}
	if b := policy.DefaultOptions().BootTime; m.o.Settle <= b {
		t.Errorf("settle %s is over while rules are silent, for %s", m.o.Settle, b)
	}
	m, err = New(Options{Settle: -1, Debounce: -1, CutsPerDay: -1, HintGap: time.Second, SettleMax: -1})
	if err != nil {
		t.Fatal(err)
	}
	if m.o.Settle != 0 || m.o.Debounce != 0 || m.o.CutsPerDay != 0 || m.o.HintGap != m.o.ReadGap || m.o.SettleMax != 0 {
		t.Errorf("negative options give %+v", m.o)
	}
	s, es := m.Step(State{}, Input{Kind: Observed, Findings: []Finding{cutAuto}}, noon)
	if s.Phase != Quiet || len(es) != 1 || es[0].Why != ReasonCutLimit {
		t.Errorf("without cuts: %s, %+v", s.Phase, es)
	}
	_, err = New(Options{ReadTimeout: -1, Attempts: -1, Growth: 0.5, CutsPerDay: 101})
	for _, name := range []string{"read_timeout", "attempts", "growth", "cuts_per_day"} {
		if err == nil || !strings.Contains(err.Error(), name+" is ") {
			t.Errorf("%v: nothing about %s", err, name)
		}
	}
}

// TestClockSetBack holds waiting to its length where the clock is set back by a year, and a cut to be remembered.
func TestClockSetBack(t *testing.T) {
	t.Parallel()
	cut := Input{Kind: Observed, Findings: []Finding{cutAuto}}
	s, _ := Step(State{}, cut, noon)
	s, _ = Step(s, Input{Kind: Ended, Seq: s.Seq, Outcome: Done}, noon.Add(time.Minute))
	now := noon.AddDate(-1, 0, 0)
	s, es := Step(s, Input{Kind: Timer}, now)
	if want := now.Add(standard.o.Settle); s.Phase != Settling || !s.Wake.Equal(want) || len(es) != 1 || !es[0].At.Equal(want) {
		t.Errorf("settling until %s and %+v, want %s", s.Wake, es, want)
	}
	s, _ = Step(s, Input{Kind: Timer}, s.Wake)
	s, _ = Step(s, Input{Kind: Observed}, s.Wake)
	if s, _ = Step(s, cut, s.Since.Add(time.Minute)); s.Phase != Quiet || s.Why != ReasonCutLimit {
		t.Errorf("the cut before the clock was set back is forgotten: %s %s", s.Phase, s.Why)
	}
}

func TestDetailIsCut(t *testing.T) {
	t.Parallel()
	s, _ := Step(State{}, Input{Kind: Observed, Findings: []Finding{setAuto}}, noon)
	s, _ = Step(s, Input{Kind: Ended, Seq: s.Seq, Outcome: Refused, Detail: "x" + strings.Repeat("ü", 300)}, noon)
	if want := "x" + strings.Repeat("ü", 99); s.Detail != want {
		t.Errorf("detail of %d octets, want %d", len(s.Detail), len(want))
	}
}
