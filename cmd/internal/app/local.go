package app

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os/exec"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux"
)

// openLocal opens the bridge of this host. No session is spoken with anybody.
func openLocal(ctx context.Context, s config.Switch, log *slog.Logger) (switchctl.Driver, error) {
	o := linux.Options{ID: s.Name, Bridge: s.Bridge, Neighbors: localNeighbors(s), PSE: localPSE(), Log: log}
	if len(s.Save) > 0 {
		o.Save = func(ctx context.Context) error { return runSave(ctx, s.Save) }
	}
	return linux.Open(ctx, o)
}

// localNeighbors gives who tells which neighbours are heard on the ports of this host: nil, nobody.
func localNeighbors(config.Switch) func(context.Context) (map[string][]discovery.Neighbor, error) {
	return nil
}

// localPSE gives inline power of this host: nil, none.
func localPSE() linux.PSE { return nil }

// runSave runs the command that makes the state of a bridge outlive a restart. No shell is involved.
func runSave(ctx context.Context, command []string) error {
	out, err := exec.CommandContext(ctx, command[0], command[1:]...).CombinedOutput()
	if err == nil {
		return nil
	}
	if words := bytes.TrimSpace(out); len(words) > 0 {
		lines := bytes.Split(words, []byte("\n"))
		return fmt.Errorf("run %s: %w: %s", command[0], err, lines[len(lines)-1])
	}
	return fmt.Errorf("run %s: %w", command[0], err)
}
