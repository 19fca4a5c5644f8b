package switchctl

import (
	"context"
	"sync"
)

// Scope says what Observe reads.
type Scope struct {
	Ports []string // canonical names; empty = all ports
	Fresh bool     // read everything again, whatever Memory holds
}

// Info says what a driver can do on this switch.
type Info struct {
	Driver string // folder name
	Vendor string
	// Kinds of Change that Apply can carry out here (Change.Kind); a plan holds back the others.
	Kinds []string
	// KeepsRunning is true where a change is lost at restart unless Save is called.
	NeedsSave bool
	// ShutCutsPower is true where taking a port down also takes its power.
	ShutCutsPower bool
}

// Driver speaks to one switch over one session. It is not safe for parallel use; fleet.With gives each
// user its turn.
type Driver interface {
	Info() Info
	// Observe reads the switch. It fails only where nothing useful could be read (Class ErrUnreachable,
	// ErrDenied); a table that failed is in Snapshot.Missing.
	Observe(ctx context.Context, s Scope) (Snapshot, error)
	// Apply carries one change out. A nil error means that the switch accepted it, not that it is so:
	// the caller reads back.
	Apply(ctx context.Context, c Change) error
	// Save makes the running configuration the startup configuration.
	Save(ctx context.Context) error
	Close() error
}

// Memory is where a driver keeps what it may use again in its next session with the same switch: index
// maps, slow columns and the last-change objects that prove them current. fleet owns one per switch and
// gives it to each session; what is in it is the driver's own business. Safe for parallel use.
type Memory struct {
	mu    sync.Mutex
	value any
}

// Load gives what Store kept, or nil. A nil Memory holds nothing.
func (m *Memory) Load() any {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value
}

// Store keeps v for the next session. v must not be changed afterwards.
func (m *Memory) Store(v any) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.value = v
}
