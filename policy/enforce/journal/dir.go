package journal

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

const (
	endedSuffix   = ".jsonl"
	runningSuffix = ".running.jsonl"
)

// Dir is a journal in a directory. Several processes may share it on one host.
type Dir struct {
	path string
	log  *slog.Logger
}

var (
	_ enforce.Journal = (*Dir)(nil)
	_ enforce.RunLog  = (*run)(nil)
)

// New names a journal; the directory is made by the first run. log is told of lines that cannot be read;
// nil discards.
func New(path string, log *slog.Logger) *Dir {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Dir{path: path, log: log}
}

// DefaultPath gives $XDG_STATE_HOME/phoneport, or ~/.local/state/phoneport (XDG Base Directory
// Specification).
func DefaultPath() (string, error) {
	if d := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "phoneport"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find state directory: %w", err)
	}
	return filepath.Join(home, ".local", "state", "phoneport"), nil
}

// Path gives the directory.
func (d *Dir) Path() string { return d.path }

func (d *Dir) runs() string { return filepath.Join(d.path, "runs") }

var runID = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,127}$`)

// file gives the file of a run.
func (d *Dir) file(run string) (string, error) {
	if !runID.MatchString(run) {
		return "", fmt.Errorf("find run %q: %w", run, enforce.ErrNoRun)
	}
	for _, suffix := range []string{endedSuffix, runningSuffix} {
		path := filepath.Join(d.runs(), run+suffix)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("find run %q: %w", run, err)
		}
	}
	return "", fmt.Errorf("find run %q: %w", run, enforce.ErrNoRun)
}

// files gives the runs' files, oldest first; only those still running where asked for.
func (d *Dir) files(runningOnly bool) ([]fs.DirEntry, error) {
	all, err := os.ReadDir(d.runs())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list runs: %w", err)
	}
	return slices.DeleteFunc(all, func(f fs.DirEntry) bool {
		suffix := endedSuffix
		if runningOnly {
			suffix = runningSuffix
		}
		return f.IsDir() || !strings.HasSuffix(f.Name(), suffix)
	}), nil
}

func runOf(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(file), endedSuffix), ".running")
}

// Load gives the entries of a run.
func (d *Dir) Load(run string) ([]enforce.Entry, error) {
	path, err := d.file(run)
	if err != nil {
		return nil, err
	}
	f, err := d.read(path)
	return f.entries, err
}

// Unfinished gives the cycles whose second half is in no journal.
func (d *Dir) Unfinished() ([]enforce.Unfinished, error) {
	files, err := d.files(true)
	if err != nil {
		return nil, err
	}
	var us []enforce.Unfinished
	for _, f := range files {
		r, err := d.read(filepath.Join(d.runs(), f.Name()))
		if err != nil {
			return us, err
		}
		us = append(us, r.unfinished()...)
	}
	return us, nil
}

// History gives the changes that were tried since a time, oldest first. A change whose outcome was never
// written counts as unverified: its process died over it.
func (d *Dir) History(since time.Time) (policy.History, error) {
	files, err := d.files(false)
	if err != nil {
		return nil, err
	}
	var h policy.History
	for _, f := range files {
		// A file that was last written to before has nothing to tell, and there may be years of them.
		if i, err := f.Info(); err == nil && i.ModTime().Before(since) {
			continue
		}
		r, err := d.read(filepath.Join(d.runs(), f.Name()))
		if errors.Is(err, fs.ErrNotExist) {
			continue // ended, and so renamed, since the directory was read
		}
		if err != nil {
			return nil, err
		}
		for _, c := range r.changes() {
			if c.At.Before(since) {
				continue
			}
			h = append(h, policy.Past{Port: c.Change.Port(), Site: c.Site, Kind: c.Change.Kind(), At: c.At, Outcome: c.Outcome.String()})
		}
	}
	slices.SortStableFunc(h, func(a, b policy.Past) int { return a.At.Compare(b.At) })
	return h, nil
}

// Runs lists the runs, newest first.
func (d *Dir) Runs() ([]enforce.RunInfo, error) {
	files, err := d.files(false)
	if err != nil {
		return nil, err
	}
	var is []enforce.RunInfo
	for _, f := range files {
		r, err := d.read(filepath.Join(d.runs(), f.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return is, err
		}
		i := r.info
		i.Run = runOf(f.Name())
		i.Outcomes = map[enforce.Outcome]int{}
		for _, c := range r.changes() {
			i.Changes++
			i.Outcomes[c.Outcome]++
		}
		is = append(is, i)
	}
	slices.SortFunc(is, func(a, b enforce.RunInfo) int { return cmp.Or(b.Started.Compare(a.Started), cmp.Compare(b.Run, a.Run)) })
	return is, nil
}

// changes gives one entry a change: its outcome, or the intent as unverified where there is none.
func (f file) changes() []enforce.Entry {
	at := map[int]int{}
	var cs []enforce.Entry
	for _, e := range f.entries {
		switch e.Stage {
		case enforce.StageIntent:
			e.Outcome = enforce.Unverified
			at[e.Seq] = len(cs)
			cs = append(cs, e)
		case enforce.StageOutcome:
			if i, ok := at[e.Seq]; ok {
				cs[i] = e
			} else {
				cs = append(cs, e)
			}
		}
	}
	return cs
}

// unfinished gives the cycles whose second half is not in the file.
func (f file) unfinished() []enforce.Unfinished {
	restored := map[int]bool{}
	for _, e := range f.entries {
		if e.Stage == enforce.StageRestored {
			restored[e.Seq] = true
		}
	}
	var us []enforce.Unfinished
	for _, e := range f.entries {
		if e.Stage != enforce.StageIntent || restored[e.Seq] {
			continue
		}
		switch e.Change.(type) {
		case switchctl.CyclePoE, switchctl.Bounce:
			us = append(us, enforce.Unfinished{Run: runOf(f.path), Intent: e})
		}
	}
	return us
}
