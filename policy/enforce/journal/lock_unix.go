//go:build unix && !solaris && !aix

package journal

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"phoneport/policy/enforce"
)

// lock is flock(2) on a file: the kernel lets go of it when the process dies, however it dies.
type lock struct{ file *os.File }

// holder is what the file says of who holds it.
type holder struct {
	PID   int       `json:"pid"`
	Run   string    `json:"run"`
	Since time.Time `json:"since"`
}

func takeLock(path, run string, at time.Time) (*lock, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take lock: %w", err)
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			break
		}
	}
	if errors.Is(err, syscall.EWOULDBLOCK) {
		var h holder
		_ = json.NewDecoder(f).Decode(&h) // who holds it may be writing its name just now; it is only for the message
		return nil, errors.Join(&enforce.LockedError{Path: path, PID: h.PID, Run: h.Run, Since: h.Since}, f.Close())
	}
	if err == nil {
		err = writeHolder(f, holder{os.Getpid(), run, at.UTC()})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("take lock %s: %w", path, err), f.Close())
	}
	return &lock{f}, nil
}

func writeHolder(f *os.File, h holder) error {
	b, err := json.Marshal(h)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(b, '\n'), 0)
	return err
}

// release keeps the file: removing it would let two processes lock two files of the same name.
func (l *lock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}

// syncDir makes the directory's names durable: a file whose name is lost is lost.
func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
