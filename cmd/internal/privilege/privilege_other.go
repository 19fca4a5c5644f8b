//go:build !linux

package privilege

import (
	"errors"
	"fmt"
	"runtime"
)

// Need says that there are no capabilities here.
func Need(needs ...Requirement) error {
	if len(needs) == 0 {
		return nil
	}
	return fmt.Errorf("%s: only Linux has it, this is %s: %w", needs[0].For, runtime.GOOS, errors.ErrUnsupported)
}

// Keep says that there are no capabilities here.
func Keep(...Capability) error {
	return fmt.Errorf("drop privileges: only Linux has capabilities, this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Become says that there are no capabilities here.
func Become(string, ...Capability) error { return Keep() }
