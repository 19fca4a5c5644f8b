//go:build !unix

package agent

import (
	"errors"
	"os"
)

// errLocked says that another process holds a lock.
var errLocked = errors.New("is locked by another process")

// lockFile opens a file; systems without flock have no interfaces to speak on either.
func lockFile(path string) (*os.File, error) { return os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) }

func refused(error) bool { return false }
