package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"phoneport/policy/enforce"
)

// run is one run that is being written.
type run struct {
	dir  *Dir
	id   string
	lock *lock
	file *os.File

	mu      sync.Mutex // one line at a time
	written int
	open    map[int]bool // cycles begun and not restored

	syncing sync.Mutex // one fsync at a time; who waits for it often finds its line on the disk already
	synced  int
	// finishing keeps two ends of one earlier run apart.
	finishing sync.Mutex
	broken    error // the first fsync that failed: after that nothing can be believed (fsync(2), notes)
}

// Begin takes the lock and starts the file of a run. kind is a word for people: apply, undo, cycle, recover.
func (d *Dir) Begin(id, kind string, at time.Time) (enforce.RunLog, error) {
	if !runID.MatchString(id) {
		return nil, fmt.Errorf("begin run: %q is no run id", id)
	}
	if err := os.MkdirAll(d.runs(), 0o700); err != nil {
		return nil, fmt.Errorf("begin run: make state directory: %w", err)
	}
	l, err := takeLock(filepath.Join(d.path, "lock"), id, at)
	if err != nil {
		return nil, err
	}
	d.sweep()
	f, err := os.OpenFile(filepath.Join(d.runs(), id+runningSuffix), os.O_CREATE|os.O_EXCL|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin run: %w", err), l.release())
	}
	r := &run{dir: d, id: id, lock: l, file: f, open: map[int]bool{}}
	err = r.append(record{Stage: stageBegin, At: at.UTC(), Run: id, Act: kind, PID: os.Getpid()})
	if err == nil {
		err = syncDir(d.runs())
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("begin run: %w", err), f.Close(), l.release())
	}
	return r, nil
}

// sweep ends the runs of processes that died and left nothing to recover. Its caller holds the lock. It
// is housekeeping: what goes wrong here is found again by the next run.
func (d *Dir) sweep() {
	files, err := d.files(true)
	if err != nil {
		d.log.Warn("sweep journal", "err", err)
		return
	}
	for _, f := range files {
		path := filepath.Join(d.runs(), f.Name())
		r, err := d.read(path)
		if err == nil && len(r.unfinished()) == 0 {
			err = os.Rename(path, filepath.Join(d.runs(), runOf(path)+endedSuffix))
		}
		if err != nil {
			d.log.Warn("sweep journal", "err", err)
		}
	}
}

// Write appends an entry and returns once it is on the disk.
func (r *run) Write(e enforce.Entry) error {
	rec := entryToRecord(e)
	if err := r.append(rec); err != nil {
		return fmt.Errorf("write journal %s: %w", r.file.Name(), err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case e.Stage == enforce.StageIntent && (rec.Kind == "cycle-poe" || rec.Kind == "bounce"):
		r.open[e.Seq] = true
	case e.Stage == enforce.StageRestored:
		delete(r.open, e.Seq)
	}
	return nil
}

func (r *run) append(rec record) error {
	line, err := rec.line()
	if err != nil {
		return err
	}
	r.mu.Lock()
	_, err = r.file.Write(line) // one write: a crash tears at most this line
	r.written++
	mine := r.written
	r.mu.Unlock()
	if err != nil {
		return err
	}
	r.syncing.Lock()
	defer r.syncing.Unlock()
	if r.broken != nil {
		return r.broken
	}
	if r.synced >= mine {
		return nil // the fsync of another writer took this line along
	}
	r.mu.Lock()
	upto := r.written
	r.mu.Unlock()
	if err := r.file.Sync(); err != nil {
		r.broken = err
		return err
	}
	r.synced = upto
	return nil
}

// Finish appends to an earlier run that its cycle was finished, and ends that run where it was the last.
func (r *run) Finish(u enforce.Unfinished, at time.Time) error {
	if !runID.MatchString(u.Run) {
		return fmt.Errorf("finish cycle: %q is no run id", u.Run)
	}
	r.finishing.Lock()
	defer r.finishing.Unlock()
	path := filepath.Join(r.dir.runs(), u.Run+runningSuffix)
	e := u.Intent
	e.Stage, e.At = enforce.StageRestored, at
	if err := appendTo(path, entryToRecord(e)); err != nil {
		return fmt.Errorf("finish cycle of run %s: %w", u.Run, err)
	}
	f, err := r.dir.read(path)
	if err != nil || len(f.unfinished()) > 0 {
		return err
	}
	if err := os.Rename(path, filepath.Join(r.dir.runs(), u.Run+endedSuffix)); err != nil {
		return fmt.Errorf("finish cycle of run %s: %w", u.Run, err)
	}
	return syncDir(r.dir.runs())
}

// appendTo adds a line to a file that may end in a torn one.
func appendTo(path string, rec record) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	line, err := rec.line()
	if err != nil {
		return err
	}
	if end, err := f.Seek(0, io.SeekEnd); err != nil {
		return err
	} else if end > 0 {
		var last [1]byte
		if _, err := f.ReadAt(last[:], end-1); err != nil {
			return err
		}
		if last[0] != '\n' {
			line = append([]byte{'\n'}, line...)
		}
	}
	if _, err := f.Write(line); err != nil {
		return err
	}
	return f.Sync()
}

// Close ends the run. A run with a cycle that could not be finished stays among the running ones, where
// Unfinished finds it.
func (r *run) Close() error {
	err := r.append(record{Stage: stageEnd, At: time.Now().UTC()})
	err = errors.Join(err, r.file.Close())
	r.mu.Lock()
	left := len(r.open)
	r.mu.Unlock()
	if err == nil && left == 0 {
		err = os.Rename(filepath.Join(r.dir.runs(), r.id+runningSuffix), filepath.Join(r.dir.runs(), r.id+endedSuffix))
		if err == nil {
			err = syncDir(r.dir.runs())
		}
	}
	if err = errors.Join(err, r.lock.release()); err != nil {
		return fmt.Errorf("end run %s: %w", r.id, err)
	}
	return nil
}
