package enforce_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

func TestCtrlCFinishesThePortInHand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 3)
		ctx, cancel := context.WithCancel(t.Context())
		f.order = func(c switchctl.Change, p *switchctl.PortState) error {
			cancel() // while the switch works on the first change
			return obey(c, p)
		}
		r := newRig(t, enforce.Config{}, f)
		a, err := r.Apply(ctx, r.planOf(voice("a", 1, 110), voice("a", 2, 110), voice("a", 3, 110)), enforce.ApplyOptions{Save: true})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{"Gi1/0/1 set-voice done", "Gi1/0/2 set-voice held interrupted", "Gi1/0/3 set-voice held interrupted"}
		if d := cmp.Diff(want, outcomes(a)); d != "" {
			t.Error(d)
		}
		if !a.Interrupted || f.saved != 1 {
			t.Errorf("interrupted %v, saved %d times, want what was done to be saved", a.Interrupted, f.saved)
		}
	})
}

func TestSaveFails(t *testing.T) {
	t.Parallel()
	f := newFake("a", 1)
	f.save = func() error { return rejected("save") }
	r := newRig(t, enforce.Config{}, f)
	a, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{Save: true})
	if err != nil {
		t.Fatal(err)
	}
	if s := a.Switches[0]; s.Saved || !errors.Is(s.Err, switchctl.ErrRejected) || s.Results[0].Outcome != enforce.Done {
		t.Errorf("switch %+v, want a done change that was not saved", s)
	}
}

func TestNothingIsSavedWhereNothingWasDone(t *testing.T) {
	t.Parallel()
	f := newFake("a", 1)
	f.order = func(switchctl.Change, *switchctl.PortState) error { return rejected("set") }
	r := newRig(t, enforce.Config{}, f)
	if _, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{Save: true}); err != nil {
		t.Fatal(err)
	}
	if f.saved != 0 {
		t.Errorf("saved %d times", f.saved)
	}
}

// brokenJournal cannot be written from the n-th entry on.
type brokenJournal struct {
	enforce.Journal
	n int
}

type brokenLog struct {
	enforce.RunLog
	j *brokenJournal
}

func (j *brokenJournal) Begin(run, kind string, at time.Time) (enforce.RunLog, error) {
	l, err := j.Journal.Begin(run, kind, at)
	return brokenLog{l, j}, err
}

func (l brokenLog) Write(e enforce.Entry) error {
	l.j.n--
	if l.j.n < 0 {
		return errors.New("disk full")
	}
	return l.RunLog.Write(e)
}

func TestWhatIsNotJournalledIsNotDone(t *testing.T) {
	t.Parallel()
	f := newFake("a", 3)
	r := newRig(t, enforce.Config{}, f)
	e := newRig(t, enforce.Config{Journal: &brokenJournal{r.journal, 2}}, f)
	a, err := e.Apply(t.Context(), e.planOf(voice("a", 1, 110), voice("a", 2, 110), voice("a", 3, 110)), enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"Gi1/0/1 set-voice done", "Gi1/0/2 set-voice held journal", "Gi1/0/3 set-voice held journal"}
	if d := cmp.Diff(want, outcomes(a)); d != "" {
		t.Error(d)
	}
	if len(f.orders()) != 1 {
		t.Errorf("orders %q, want one", f.orders())
	}
}

func TestOneWriterAtATime(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFake("a", 1)
	one := newRigAt(t, dir, enforce.Config{}, f)
	log, err := one.journal.Begin("20260102T030405Z-111111", "apply", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	two := newRigAt(t, dir, enforce.Config{}, f)
	_, err = two.Apply(t.Context(), two.planOf(voice("a", 1, 110)), enforce.ApplyOptions{})
	var locked *enforce.LockedError
	if !errors.As(err, &locked) || locked.PID == 0 || locked.Run != "20260102T030405Z-111111" {
		t.Fatalf("Apply beside another: %v, want who holds the lock", err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := two.Apply(t.Context(), two.planOf(voice("a", 1, 110)), enforce.ApplyOptions{}); err != nil {
		t.Errorf("Apply after the other: %v", err)
	}
}

func TestApplyNeedsAJournal(t *testing.T) {
	t.Parallel()
	r := newRig(t, enforce.Config{}, newFake("a", 1))
	e, err := enforce.New(enforce.Config{Switches: mustFleet(t)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Apply(t.Context(), r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{}); err == nil || !strings.Contains(err.Error(), "journal") {
		t.Errorf("Apply: %v, want a refusal that names the journal", err)
	}
}

func TestForeignChangeInAPlan(t *testing.T) {
	t.Parallel()
	r := newRig(t, enforce.Config{}, newFake("a", 1), newFake("b", 1))
	p := &enforce.Plan{Switches: []policy.Plan{{Switch: "a", Steps: []policy.Step{{Change: voice("b", 1, 110)}}}}}
	if _, err := r.Apply(t.Context(), p, enforce.ApplyOptions{}); err == nil {
		t.Error("Apply took a plan for a that changes b")
	}
}

func TestHistoryFollowsApply(t *testing.T) {
	t.Parallel()
	f := newFake("a", 2)
	r := newRig(t, enforce.Config{}, f)
	if _, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110), voice("a", 2, 110)), enforce.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	h, err := r.journal.History(time.Now().Add(-time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if len(h) != 2 || h[0].Site != "hq" || h[0].Kind != "set-voice" || h[0].Outcome != "done" {
		t.Errorf("history %+v", h)
	}
}

// TestPortNumbersAreReadAnewOnce in a session, and again after the switch was away.
func TestPortNumbersAreReadAnewOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFake("a", 3)
		away := false
		f.order = func(c switchctl.Change, p *switchctl.PortState) error {
			away = c.Port().Name == "Gi1/0/2"
			return obey(c, p)
		}
		f.observe = func() error {
			if away {
				away = false
				return unreachable("read")
			}
			return nil
		}
		r := newRig(t, enforce.Config{}, f)
		a, err := r.Apply(t.Context(), r.planOf(voice("a", 1, 110), voice("a", 2, 110), voice("a", 3, 110)), enforce.ApplyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if a.Count(enforce.Done) != 3 {
			t.Errorf("outcomes %v", outcomes(a))
		}
		// look, look | look, lost, look | look, look
		if d := cmp.Diff([]bool{true, false, false, false, true, false, false}, f.fresh); d != "" {
			t.Error(d)
		}
	})
}

func TestCtrlCWhileAPortIsChecked(t *testing.T) {
	t.Parallel()
	f := newFake("a", 1)
	ctx, cancel := context.WithCancel(t.Context())
	f.observe = func() error { cancel(); return nil }
	r := newRig(t, enforce.Config{}, f)
	a, err := r.Apply(ctx, r.planOf(voice("a", 1, 110)), enforce.ApplyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"Gi1/0/1 set-voice held interrupted"}, outcomes(a)); d != "" || len(f.orders()) != 0 {
		t.Error(d, f.orders())
	}
}
