package agent

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// serve answers in a folder of its own until the test ends.
func serve(t *testing.T, dir string, s shape.Agent) {
	t.Helper()
	srv, err := Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Run(ctx, func() shape.Agent { return s }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("server ended: %v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, SocketName)); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the socket is left: %v", err)
		}
	})
}

// short gives a folder whose name leaves room for that of a socket.
func short(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pp")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestSocket(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(short(t), "state") // it is made
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	phone := discovery.Neighbor{
		Protocol: discovery.LLDP, ChassisID: "192.0.2.50", PortID: "020000000050:P1", MAC: mac(0x50), System: "SEP020000000050", MEDClass: 3,
		Capabilities: []discovery.Capability{discovery.CapTelephone}, Adopted: discovery.VoicePolicy{Application: lldp.AppVoice, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		Inventory: discovery.Inventory{Model: "CP-8841"}, Draws: 6300, HeardAt: at, TTL: 3 * time.Minute,
	}
	serve(t, dir, shape.Agent{PID: 42, Ports: []shape.AgentPort{
		{Name: "eth1", Neighbors: []shape.Speaker{shape.NewSpeaker(phone)}},
		{Name: "eth2", Neighbors: []shape.Speaker{}},
	}})
	socket := filepath.Join(dir, SocketName)
	info, err := os.Stat(socket)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for range 3 {
		got, err := Neighbors(t.Context(), socket)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string][]discovery.Neighbor{"eth1": {phone}, "eth2": nil}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("neighbours (-want +got):\n%s", diff)
		}
	}
	_, err = Listen(dir)
	if err == nil || !strings.Contains(err.Error(), "another agent (process 42) runs with the state folder "+dir) {
		t.Errorf("a second agent: %v", err)
	}
}

// TestSocketStale: what an agent that was killed left does not keep the next one away.
func TestSocketStale(t *testing.T) {
	t.Parallel()
	dir := short(t)
	socket := filepath.Join(dir, SocketName)
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: socket, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	l.SetUnlinkOnClose(false)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Ask(t.Context(), socket); !errors.Is(err, ErrNotRunning) {
		t.Errorf("a stale socket: %v", err)
	}
	serve(t, dir, shape.Agent{PID: 7})
	if s, err := Ask(t.Context(), socket); err != nil || s.PID != 7 {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestAskNobody(t *testing.T) {
	t.Parallel()
	dir := short(t)
	if _, err := Ask(t.Context(), filepath.Join(dir, SocketName)); !errors.Is(err, ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	if _, err := Listen(filepath.Join(dir, strings.Repeat("x", 100))); err == nil || !strings.Contains(err.Error(), "choose a shorter state folder") {
		t.Errorf("a long name: %v", err)
	}
	// Somebody who is no agent, and says nothing, or nonsense.
	for _, says := range []string{"", "nonsense\n", `{"ports": [{"name": "eth1", "neighbors": [{"mac": "zz"}]}]}`} {
		socket := filepath.Join(dir, "other")
		l, err := net.Listen("unix", socket)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			if c, err := l.Accept(); err == nil {
				_, _ = c.Write([]byte(says)) // the test looks at what is read
				_ = c.Close()
			}
		}()
		if _, err := Neighbors(t.Context(), socket); err == nil || errors.Is(err, ErrNotRunning) {
			t.Errorf("%q: %v", says, err)
		}
		<-done
		_ = l.Close()
	}
	// Somebody who never answers.
	socket := filepath.Join(dir, "mute")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		if c, err := l.Accept(); err == nil {
			defer c.Close()
			cancel()
			<-t.Context().Done()
		}
	}()
	if _, err := Ask(ctx, socket); !errors.Is(err, context.Canceled) {
		t.Errorf("a mute one: %v", err)
	}
}

// TestStatus: the agent's own status goes through the socket and back.
func TestStatusShape(t *testing.T) {
	t.Parallel()
	if s := New(Options{}, Setup{}).Status(); s.Ports == nil {
		t.Error("no ports must be an empty list")
	}
}
