package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"phoneport/cmd/internal/agent"
	"phoneport/cmd/internal/config"
	"phoneport/switchctl/driver/linux"
)

// TestLocalNeighbors: an agent that should speak and does not is a failure; none that was asked for is none.
func TestLocalNeighbors(t *testing.T) {
	t.Parallel()
	s := config.Switch{Name: "edge-1", Bridge: "br0", StateDir: t.TempDir()}
	if _, err := localNeighbors(s)(t.Context()); !errors.Is(err, linux.ErrNobodyListens) {
		t.Errorf("nobody was asked to listen: %v", err)
	}
	s.Advertised = true
	_, err := localNeighbors(s)(t.Context())
	if errors.Is(err, linux.ErrNobodyListens) || !errors.Is(err, agent.ErrNotRunning) || !strings.Contains(err.Error(), "run phoneport advertise") {
		t.Errorf("the agent does not run: %v", err)
	}
}

func TestRunSave(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("SKIPPED: needs /bin/sh; not tested: the command that saves")
	}
	file := filepath.Join(t.TempDir(), "a file; with $signs")
	if err := runSave(t.Context(), []string{"/bin/sh", "-c", `: >"$1"`, "sh", file}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Errorf("arguments do not come as they are: %v", err)
	}
	for _, tt := range []struct{ script, want string }{
		{"echo first; echo no space >&2; exit 3", "run /bin/sh: exit status 3: no space"},
		{"exit 4", "run /bin/sh: exit status 4"},
	} {
		if err := runSave(t.Context(), []string{"/bin/sh", "-c", tt.script}); err == nil || err.Error() != tt.want {
			t.Errorf("%s: %v, want %q", tt.script, err, tt.want)
		}
	}
	if err := runSave(t.Context(), []string{"/no/such/program"}); err == nil || !strings.HasPrefix(err.Error(), "run /no/such/program") {
		t.Errorf("no program: %v", err)
	}
}
