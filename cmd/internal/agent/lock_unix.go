//go:build unix

package agent

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("is locked by another process")

// lockFile locks a file for as long as it is open. The lock ends with the process, however it ends.
func lockFile(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close() // nothing was written
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return f, nil
}

func refused(err error) bool { return errors.Is(err, syscall.ECONNREFUSED) }
