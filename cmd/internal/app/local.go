package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os/exec"
	"path/filepath"

	"phoneport/cmd/internal/agent"
	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/linux"
	"phoneport/switchctl/driver/linux/pse"
)

// openLocal opens the bridge of this host. No session is spoken with anybody.
func openLocal(ctx context.Context, s config.Switch, log *slog.Logger) (switchctl.Driver, error) {
	o := linux.Options{ID: s.Name, Bridge: s.Bridge, Neighbors: localNeighbors(s), PSE: pse.Open(), Log: log}
	if len(s.Save) > 0 {
		o.Save = func(ctx context.Context) error { return runSave(ctx, s.Save) }
	}
	return linux.Open(ctx, o)
}

// localNeighbors asks the agent of this host, phoneport advertise, who is heard. Where the configuration has one speak and
// none runs, that is a failure; else nobody listens, and nothing is wrong with that.
func localNeighbors(s config.Switch) func(context.Context) (map[string][]discovery.Neighbor, error) {
	return func(ctx context.Context) (map[string][]discovery.Neighbor, error) {
		heard, err := agent.Neighbors(ctx, filepath.Join(s.StateDir, agent.SocketName))
		if errors.Is(err, agent.ErrNotRunning) && !s.Advertised {
			return nil, linux.ErrNobodyListens
		}
		if errors.Is(err, agent.ErrNotRunning) {
			err = fmt.Errorf("%w: run phoneport advertise, which the configuration has speak on this host", err)
		}
		return heard, err
	}
}

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
