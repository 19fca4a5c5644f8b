//go:build !linux

package agent

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"

	"phoneport/discovery"
)

// thisHost is a host that is not Linux.
type thisHost struct{}

// NewHost gives the host that the process runs on. Elsewhere than on Linux nothing of it can be read.
func NewHost(*slog.Logger) Host { return thisHost{} }

// Scene says so.
func (thisHost) Scene(context.Context, []string) (Scene, error) {
	name, _ := os.Hostname() // a host without a name says none
	return Scene{Name: name, System: runtime.GOOS, Platform: runtime.GOOS + " " + runtime.GOARCH},
		fmt.Errorf("interfaces are read on Linux only, this is %s: %w", runtime.GOOS, errors.ErrUnsupported)
}

// Watch waits.
func (thisHost) Watch(ctx context.Context, _ discovery.Sink) error {
	<-ctx.Done()
	return nil
}
