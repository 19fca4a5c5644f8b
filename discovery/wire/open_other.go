//go:build !linux

package wire

import (
	"errors"
	"fmt"
	"runtime"

	"phoneport/discovery"
)

// Open opens an interface for LLDP and CDP. It needs packet sockets, which only Linux has: elsewhere it gives
// an error that says so and wraps errors.ErrUnsupported.
func Open(name string) (discovery.Wire, error) {
	return nil, fmt.Errorf("open %s: frames are heard and sent on Linux only, this is %s; capture files can be read: %w", name, runtime.GOOS, errors.ErrUnsupported)
}
