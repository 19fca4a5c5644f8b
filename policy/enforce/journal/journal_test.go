package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/policy/enforce/journal"
	"phoneport/switchctl"
)

var (
	t0   = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	port = switchctl.PortRef{Switch: "hq-1", Name: "Gi1/0/7"}
)

// state is a port with every field that the journal keeps.
func state() switchctl.PortState {
	return switchctl.PortState{
		Ref: port, Admin: switchctl.Up, Link: switchctl.Down, Mode: switchctl.ModeAccess, Untagged: 10, Tagged: []uint16{110, 120},
		Index: switchctl.Indices{Proof: switchctl.ProofName},
		Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		PoE: switchctl.PoEState{
			Supported: true, Admin: switchctl.PoEStatic, Detect: switchctl.PoEDelivering, Priority: switchctl.PriorityHigh,
			Limit: 15400, Draw: 6300, Allocated: 7000, Denied: true,
		},
	}
}

func begin(t *testing.T, d *journal.Dir, run string) enforce.RunLog {
	t.Helper()
	l, err := d.Begin(run, "apply", t0)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func write(t *testing.T, l enforce.RunLog, es ...enforce.Entry) {
	t.Helper()
	for _, e := range es {
		if err := l.Write(e); err != nil {
			t.Fatal(err)
		}
	}
}

func end(t *testing.T, l enforce.RunLog) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
}

func intent(seq int, c switchctl.Change) enforce.Entry {
	return enforce.Entry{Seq: seq, Stage: enforce.StageIntent, At: t0.Add(time.Duration(seq) * time.Minute), Switch: "hq-1", Site: "hq", Change: c, Rule: "poe-off", Why: "poe-off: dark", Before: state()}
}

func outcome(seq int, c switchctl.Change, o enforce.Outcome, err string) enforce.Entry {
	e := intent(seq, c)
	e.Stage, e.Outcome, e.Error, e.After = enforce.StageOutcome, o, err, state()
	return e
}

func TestEntriesComeBack(t *testing.T) {
	t.Parallel()
	d := journal.New(filepath.Join(t.TempDir(), "new", "state"), nil)
	var want []enforce.Entry
	for i, c := range []switchctl.Change{
		switchctl.SetPoE{Ref: port, Admin: switchctl.PoEAuto},
		switchctl.SetPoEPriority{Ref: port, Priority: switchctl.PriorityCritical},
		switchctl.SetPoELimit{Ref: port, Limit: 30000},
		switchctl.SetVoice{Ref: port, Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 4094}},
		switchctl.SetVoice{Ref: port, Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone}},
		switchctl.SetAccessVLAN{Ref: port, VLAN: 1},
		switchctl.SetAdmin{Ref: port, Admin: switchctl.Down},
	} {
		want = append(want, intent(i+1, c), outcome(i+1, c, enforce.Unverified, "not seen \"within\"\n15s"))
	}
	cycle := switchctl.CyclePoE{Ref: port, Off: 5 * time.Second}
	restored := intent(8, cycle)
	restored.Stage = enforce.StageRestored
	want = append(want, intent(8, cycle), restored, outcome(8, cycle, enforce.Done, ""),
		enforce.Entry{Stage: enforce.StageSaved, At: t0.Add(time.Hour), Switch: "hq-1", Site: "hq"})
	l := begin(t, d, "r1")
	write(t, l, want...)
	end(t, l)
	got, err := d.Load("r1")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHistoryAndRuns(t *testing.T) {
	t.Parallel()
	d := journal.New(t.TempDir(), nil)
	on := switchctl.SetPoE{Ref: port, Admin: switchctl.PoEAuto}
	l := begin(t, d, "20260102T030405Z-aaaaaa")
	write(t, l, intent(1, on), outcome(1, on, enforce.Done, ""), intent(2, on), outcome(2, on, enforce.Refused, "no"), intent(3, on)) // died over 3
	end(t, l)
	h, err := d.History(t0.Add(2 * time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	want := policy.History{
		{Port: port, Site: "hq", Kind: "set-poe", At: t0.Add(2 * time.Minute), Outcome: "refused"},
		{Port: port, Site: "hq", Kind: "set-poe", At: t0.Add(3 * time.Minute), Outcome: "unverified"},
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Error(diff)
	}
	end(t, begin(t, d, "20260102T030500Z-bbbbbb"))
	is, err := d.Runs()
	if err != nil {
		t.Fatal(err)
	}
	if len(is) != 2 || is[0].Run != "20260102T030500Z-bbbbbb" || is[1].Kind != "apply" || !is[1].Started.Equal(t0) || is[1].Ended.IsZero() {
		t.Errorf("runs %+v, want two, newest first", is)
	}
	if diff := cmp.Diff(map[enforce.Outcome]int{enforce.Done: 1, enforce.Refused: 1, enforce.Unverified: 1}, is[1].Outcomes); diff != "" || is[1].Changes != 3 {
		t.Error(diff)
	}
}

func TestEmptyJournal(t *testing.T) {
	t.Parallel()
	d := journal.New(filepath.Join(t.TempDir(), "nosuch"), nil)
	h, err := d.History(time.Time{})
	us, err2 := d.Unfinished()
	is, err3 := d.Runs()
	if err := errors.Join(err, err2, err3); err != nil || len(h)+len(us)+len(is) != 0 {
		t.Errorf("an empty journal has %v %v %v, %v", h, us, is, err)
	}
	if _, err := d.Load("r1"); !errors.Is(err, enforce.ErrNoRun) {
		t.Errorf("Load: %v, want no such run", err)
	}
}

func TestRunIDIsNoPath(t *testing.T) {
	t.Parallel()
	d := journal.New(t.TempDir(), nil)
	for _, run := range []string{"", "..", "../x", "a/b", ".hidden", "a\x00b", strings.Repeat("x", 200)} {
		if _, err := d.Begin(run, "apply", t0); err == nil {
			t.Errorf("Begin took %q", run)
		}
		if _, err := d.Load(run); !errors.Is(err, enforce.ErrNoRun) {
			t.Errorf("Load %q: %v, want no such run", run, err)
		}
	}
}

func TestUnfinished(t *testing.T) {
	t.Parallel()
	d := journal.New(t.TempDir(), nil)
	cycle, bounce := switchctl.CyclePoE{Ref: port, Off: time.Second}, switchctl.Bounce{Ref: port, Off: time.Second}
	restored := func(seq int, c switchctl.Change) enforce.Entry {
		e := intent(seq, c)
		e.Stage = enforce.StageRestored
		return e
	}
	l := begin(t, d, "r1")
	write(t, l, intent(1, cycle), restored(1, cycle), intent(2, bounce), intent(3, switchctl.SetPoE{Ref: port, Admin: switchctl.PoEAuto}), intent(4, cycle))
	end(t, l)
	us, err := d.Unfinished()
	if err != nil {
		t.Fatal(err)
	}
	if len(us) != 2 || us[0].Run != "r1" || us[0].Intent.Seq != 2 || us[1].Intent.Seq != 4 {
		t.Fatalf("unfinished %+v, want the cycles 2 and 4", us)
	}
	if diff := cmp.Diff(state(), us[1].Intent.Before); diff != "" {
		t.Error(diff)
	}
	next := begin(t, d, "r2") // sweeps what is whole, and this is not
	for i, u := range us {
		if err := next.Finish(u, t0); err != nil {
			t.Fatal(err)
		}
		left, err := d.Unfinished()
		if err != nil || len(left) != 1-i {
			t.Errorf("after finishing %d: %+v, %v", i+1, left, err)
		}
	}
	end(t, next)
	if es, err := d.Load("r1"); err != nil || len(es) != 7 {
		t.Errorf("the finished run has %d entries, %v; want what was added to it too", len(es), err)
	}
}

// TestDamage: what a crash or a bad disk leaves must not hide the rest.
func TestDamage(t *testing.T) {
	t.Parallel()
	cycle := switchctl.CyclePoE{Ref: port, Off: time.Second}
	for _, tc := range []struct {
		name   string
		damage func(b []byte) []byte
		left   int    // entries that can still be read
		warn   string // in the log
	}{
		{"none", func(b []byte) []byte { return b }, 2, ""},
		{"torn last line", func(b []byte) []byte { return append(b, `{"stage":"restored","seq":1,"swi`...) }, 2, ""},
		{"corrupt line in the middle", func(b []byte) []byte {
			ls := bytes.SplitAfter(b, []byte("\n"))
			ls[1] = []byte("\x00\x00{{{\n")
			return bytes.Join(ls, nil)
		}, 1, "r1.running.jsonl:2"},
		{"kind that this version does not know", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"kind":"cycle-poe"`), []byte(`"kind":"make-coffee"`), 1)
		}, 1, `kind \"make-coffee\" is unknown`},
		{"stage that this version does not know", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"stage":"intent"`), []byte(`"stage":"dream"`), 1)
		}, 1, `stage \"dream\" is unknown`},
		{"line without end", func(b []byte) []byte {
			return append(append(b, bytes.Repeat([]byte("x"), 3<<20)...), '\n')
		}, 2, "r1.running.jsonl:5"},
		{"empty lines", func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\n\n")) }, 2, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			dir := t.TempDir()
			d := journal.New(dir, slog.New(slog.NewTextHandler(&log, nil)))
			l := begin(t, d, "r1")
			write(t, l, intent(1, cycle), intent(2, cycle))
			end(t, l)
			path := filepath.Join(dir, "runs", "r1.running.jsonl")
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, tc.damage(b), 0o600); err != nil {
				t.Fatal(err)
			}
			es, err := d.Load("r1")
			if err != nil || len(es) != tc.left {
				t.Errorf("%d entries, %v; want %d", len(es), err, tc.left)
			}
			if tc.warn == "" && log.Len() > 0 || !strings.Contains(log.String(), tc.warn) {
				t.Errorf("log %q, want %q in it", log.String(), tc.warn)
			}
			// Whatever the file ends in, what is added to it can be read.
			us, err := d.Unfinished()
			if err != nil || len(us) != tc.left {
				t.Fatalf("unfinished %+v, %v", us, err)
			}
			next := begin(t, d, "r2")
			for _, u := range us {
				if err := next.Finish(u, t0); err != nil {
					t.Fatal(err)
				}
			}
			end(t, next)
			if us, err := d.Unfinished(); err != nil || len(us) != 0 {
				t.Errorf("unfinished after all were finished: %+v, %v", us, err)
			}
		})
	}
}

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := journal.New(dir, nil)
	l := begin(t, d, "r1")
	_, err := journal.New(dir, nil).Begin("r2", "apply", t0)
	var locked *enforce.LockedError
	if !errors.As(err, &locked) {
		t.Fatalf("second Begin: %v, want a LockedError", err)
	}
	if locked.PID != os.Getpid() || locked.Run != "r1" || !locked.Since.Equal(t0) {
		t.Errorf("lock is held by %+v, want this process and run r1", locked)
	}
	for _, want := range []string{"another phoneport is writing to switches", fmt.Sprintf("pid %d", os.Getpid()), "2026-01-02T03:04:05Z", dir} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error %q lacks %q", err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "runs", "r2.running.jsonl")); err == nil {
		t.Error("the refused run left a file")
	}
	end(t, l)
	end(t, begin(t, d, "r2"))
}

func TestSameRunTwice(t *testing.T) {
	t.Parallel()
	d := journal.New(t.TempDir(), nil)
	cycle := switchctl.CyclePoE{Ref: port, Off: time.Second}
	l := begin(t, d, "r1")
	write(t, l, intent(1, cycle))
	end(t, l)
	if _, err := d.Begin("r1", "apply", t0); err == nil {
		t.Error("a run was begun over another")
	}
	end(t, begin(t, d, "r2")) // and the failed one let go of the lock
}

// TestSweep: runs of processes that died, with nothing to recover, are not read again at every start.
func TestSweep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := journal.New(dir, nil)
	runs := filepath.Join(dir, "runs")
	if err := os.MkdirAll(runs, 0o700); err != nil {
		t.Fatal(err)
	}
	line := `{"stage":"begin","at":"2026-01-02T03:04:05Z","run":"died","act":"apply","pid":1}` + "\n"
	if err := os.WriteFile(filepath.Join(runs, "died.running.jsonl"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	end(t, begin(t, d, "r2"))
	if _, err := os.Stat(filepath.Join(runs, "died.jsonl")); err != nil {
		t.Errorf("the dead run was not put away: %v", err)
	}
	is, err := d.Runs()
	if err != nil || len(is) != 2 || !is[0].Ended.After(is[0].Started) && is[0].Run == "died" {
		t.Errorf("runs %+v, %v", is, err)
	}
}

func TestManyWriters(t *testing.T) {
	t.Parallel()
	d := journal.New(t.TempDir(), nil)
	l := begin(t, d, "r1")
	var wg sync.WaitGroup
	const writers, each = 16, 20
	for w := range writers {
		wg.Go(func() {
			for n := range each {
				if err := l.Write(intent(w*each+n+1, switchctl.SetPoE{Ref: port, Admin: switchctl.PoEAuto})); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	end(t, l)
	es, err := d.Load("r1")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for _, e := range es {
		seen[e.Seq] = true
	}
	if len(es) != writers*each || len(seen) != writers*each {
		t.Errorf("%d entries of %d changes, want %d", len(es), len(seen), writers*each)
	}
}

func TestFilesAreTheOwners(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	end(t, begin(t, journal.New(dir, nil), "r1"))
	for path, want := range map[string]os.FileMode{"runs": 0o700, "runs/r1.jsonl": 0o600, "lock": 0o600} {
		i, err := os.Stat(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		if got := i.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
}

func TestDefaultPath(t *testing.T) {
	for _, tc := range []struct{ name, xdg, home, want string }{
		{"XDG", "/var/lib/x", "/users/u", "/var/lib/x/phoneport"},
		{"home", "", "/users/u", "/users/u/.local/state/phoneport"},
		{"XDG paths must be absolute", "state", "/users/u", "/users/u/.local/state/phoneport"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Setenv("XDG_STATE_HOME", tc.xdg)
			t.Setenv("HOME", tc.home)
			if got, err := journal.DefaultPath(); err != nil || got != tc.want {
				t.Errorf("DefaultPath: %q, %v; want %q", got, err, tc.want)
			}
		})
	}
}
