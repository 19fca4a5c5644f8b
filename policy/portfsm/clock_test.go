package portfsm

import (
	"testing"
	"time"
)

// TestTimesAreStorable holds times to what comes back from a database, not merely to the same instant.
func TestTimesAreStorable(t *testing.T) {
	t.Parallel()
	s, es := Step(State{}, Input{Kind: Dirty}, noon.Add(1999*time.Nanosecond).In(time.FixedZone("", 3600)))
	if want := noon.Add(time.Microsecond); s.Since != want || len(es) != 1 || es[0].At != want.Add(standard.o.Debounce) {
		t.Errorf("since %v, effects %+v, want %v", s.Since, es, want)
	}
}

// TestRepairsFromTheFuture holds flapping to its window where the clock was set back by a year.
func TestRepairsFromTheFuture(t *testing.T) {
	t.Parallel()
	s := State{Phase: Good, Since: noon, Repairs: []time.Time{noon, noon, noon}}
	now := noon.AddDate(-1, 0, 0)
	s, _ = Step(s, Input{Kind: Timer}, now)
	wrong := Input{Kind: Observed, Findings: []Finding{setAuto}}
	if s, _ := Step(s, wrong, now.Add(time.Hour)); s.Phase != Quarantined || s.Why != ReasonFlapping {
		t.Errorf("within the window: %s %s", s.Phase, s.Why)
	}
	if s, _ := Step(s, wrong, now.Add(7*time.Hour)); s.Phase != Applied {
		t.Errorf("after the window: %s %s", s.Phase, s.Why)
	}
}

// TestCutFromTheFuture holds a cut of a clock that was wrong by a year to a day.
func TestCutFromTheFuture(t *testing.T) {
	t.Parallel()
	wrong := Input{Kind: Observed, Findings: []Finding{cutAuto}}
	s := State{Cuts: []time.Time{noon.AddDate(1, 0, 0), noon.AddDate(1, 0, 0)}}
	s, _ = Step(s, wrong, noon)
	if s.Phase != Quiet || s.Why != ReasonCutLimit {
		t.Errorf("at once: %s %s", s.Phase, s.Why)
	}
	if s, _ = Step(s, wrong, noon.Add(24*time.Hour)); s.Phase != Applied {
		t.Errorf("a day later: %s %s", s.Phase, s.Why)
	}
}

// TestCutTakenBack keeps an older cut in mind where a later one was not begun and the clock goes back.
func TestCutTakenBack(t *testing.T) {
	t.Parallel()
	m, err := New(Options{CutsPerDay: 1})
	if err != nil {
		t.Fatal(err)
	}
	wrong := Input{Kind: Observed, Findings: []Finding{cutAuto}}
	s := State{Cuts: []time.Time{noon}}
	s, _ = m.Step(s, wrong, noon.Add(25*time.Hour))
	s, _ = m.Step(s, Input{Kind: Held, Seq: s.Seq}, noon.Add(25*time.Hour))
	if s, _ = m.Step(s, wrong, noon.Add(2*time.Hour)); s.Phase != Quiet || s.Why != ReasonCutLimit {
		t.Errorf("two hours after a cut, one a day: %s %s", s.Phase, s.Why)
	}
}

// TestCoolingAfterACut leaves a phone that may be starting its time, however short the cool-down is.
func TestCoolingAfterACut(t *testing.T) {
	t.Parallel()
	m, err := New(Options{Cool: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		f    Finding
		want time.Duration
	}{{cutAuto, m.o.Settle}, {setAuto, time.Second}} {
		s, _ := m.Step(State{}, Input{Kind: Observed, Findings: []Finding{tt.f}}, noon)
		s, _ = m.Step(s, Input{Kind: Ended, Seq: s.Seq, Outcome: Unverified}, noon)
		if got := s.Wake.Sub(noon); got != tt.want {
			t.Errorf("after a %s the next look comes after %s, want %s", tt.f.Fix, got, tt.want)
		}
	}
}

// TestGrown lets the wait grow, and not beyond its limit.
func TestGrown(t *testing.T) {
	t.Parallel()
	for n, want := range []time.Duration{10 * time.Minute, 30 * time.Minute, 90 * time.Minute, 4 * time.Hour, 4 * time.Hour} {
		if got := grown(10*time.Minute, 3, n, 4*time.Hour); got != want {
			t.Errorf("wait %d is %s, want %s", n, got, want)
		}
	}
	if got := grown(time.Hour, 1e300, 1<<20, 2*time.Hour); got != 2*time.Hour {
		t.Errorf("a wait that outgrows all numbers is %s", got)
	}
}
