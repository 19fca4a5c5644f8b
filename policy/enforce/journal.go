package enforce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"phoneport/policy"
	"phoneport/switchctl"
)

// Journal is where the engine writes down what it is about to do and what came of it;
// policy/enforce/journal keeps it in files.
type Journal interface {
	// Begin starts a run and takes the sole right to write, or fails with a *LockedError.
	Begin(run, kind string, at time.Time) (RunLog, error)
	// Unfinished gives the entries of cycles that were begun and not finished. Only who holds the right
	// to write can tell them from those of a process that is at work.
	Unfinished() ([]Unfinished, error)
	// Load gives the entries of a run in the order of writing. ErrNoRun where there is none.
	Load(run string) ([]Entry, error)
	// History gives changes since a time, oldest first.
	History(since time.Time) (policy.History, error)
}

// RunLog is the journal of one run. It is safe for parallel use.
type RunLog interface {
	Write(Entry) error // the entry is on the disk when Write returns nil
	// Finish writes down that an unfinished cycle of an earlier run was finished.
	Finish(u Unfinished, at time.Time) error
	Close() error // ends the run and gives the right to write back
}

// ErrNoRun says that the journal has no such run.
var ErrNoRun = errors.New("no such run")

// LockedError says who has the right to write.
type LockedError struct {
	Path  string
	PID   int // 0 where not known
	Run   string
	Since time.Time
}

// Stage says what an Entry tells.
type Stage string

// The stages.
const (
	StageIntent   Stage = "intent"   // about to be done
	StageRestored Stage = "restored" // the second half of a cycle was seen; it needs no recovery
	StageOutcome  Stage = "outcome"  // done, whatever came of it
	StageSaved    Stage = "saved"    // the switch's running configuration was saved
)

// Entry is one line of the journal. Change, Before and Site are set at every stage but StageSaved.
type Entry struct {
	Seq     int // of the change in its run, from 1; the entries of one change share it
	Stage   Stage
	At      time.Time
	Switch  switchctl.SwitchID
	Site    string
	Change  switchctl.Change
	Rule    string
	Why     string
	Before  switchctl.PortState // as read just before the change
	After   switchctl.PortState // with StageOutcome; zero Ref where it could not be read
	Outcome Outcome             // with StageOutcome
	Error   string              // with StageOutcome and StageSaved
}

// Unfinished is a cycle whose second half is not in the journal.
type Unfinished struct {
	Run    string
	Intent Entry
}

// RunInfo describes one run of the journal.
type RunInfo struct {
	Run      string
	Kind     string // apply, undo, cycle, recover
	Started  time.Time
	Ended    time.Time // zero: the process died, or is at work
	Changes  int
	Outcomes map[Outcome]int
}

// needsJournal is what every writing method begins with.
func (e *Engine) needsJournal(ctx context.Context) error {
	if e.c.Journal == nil {
		return errors.New("write to switches: no journal is configured")
	}
	return ctx.Err()
}

func (e *LockedError) Error() string {
	s := "lock " + e.Path + ": another phoneport is writing to switches"
	if e.PID != 0 {
		s += fmt.Sprintf(" (pid %d, run %s, since %s)", e.PID, e.Run, e.Since.UTC().Format(time.RFC3339))
	}
	return s
}
