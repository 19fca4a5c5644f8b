//go:build !unix || solaris || aix

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"phoneport/policy/enforce"
)

// lock is a file that exists while it is held. A process that dies leaves it behind; the error that
// the next one gets names the file.
type lock struct{ path string }

func takeLock(path, run string, at time.Time) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		e := &enforce.LockedError{Path: path}
		if b, err := os.ReadFile(path); err == nil {
			var since string
			if n, _ := fmt.Sscan(string(b), &e.PID, &e.Run, &since); n == 3 {
				e.Since, _ = time.Parse(time.RFC3339, since)
			}
		}
		return nil, e
	}
	if err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	_, err = fmt.Fprintln(f, os.Getpid(), run, at.UTC().Format(time.RFC3339))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, errors.Join(fmt.Errorf("take lock %s: %w", path, err), os.Remove(path))
	}
	return &lock{path}, nil
}

func (l *lock) release() error { return os.Remove(l.path) }

// syncDir does nothing: these systems cannot sync a directory, or need not.
func syncDir(string) error { return nil }
