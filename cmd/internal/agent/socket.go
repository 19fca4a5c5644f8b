package agent

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
)

// SocketName is the name of the socket in the state folder.
const SocketName = "advertise.sock"

// The bounds of one question: whoever asks reads at once, or is sent away.
const (
	answerWithin = 5 * time.Second
	atOnce       = 8
	maxStatus    = 64 << 20
	// maxPath is the longest name of a socket on Linux (sun_path of unix(7), with its NUL).
	maxPath = 107
)

// ErrNotRunning is wrapped by the error of Ask where no agent answers.
var ErrNotRunning = errors.New("no agent is running")

// Server answers questions about an agent over a Unix socket that only its user may open: one connection, one JSON
// document.
type Server struct {
	path string
	l    *net.UnixListener
	lock *os.File
}

// Listen opens the socket in a state folder, which is made where it is missing. What an agent that was killed left
// there is replaced; where one runs, the error says so.
func Listen(dir string) (*Server, error) {
	path := filepath.Join(dir, SocketName)
	if len(path) > maxPath {
		return nil, fmt.Errorf("open status socket: %s is %d octets long, and a socket's name has at most %d: choose a shorter state folder", path, len(path), maxPath)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open status socket: %w", err)
	}
	lock, err := lockFile(path + ".lock")
	if errors.Is(err, errLocked) {
		return nil, fmt.Errorf("open status socket: another agent%s runs with the state folder %s: stop it, or give this one a --state-dir of its own", pidOf(path), dir)
	}
	if err != nil {
		return nil, fmt.Errorf("open status socket: %w", err)
	}
	l, err := bind(path)
	if err != nil {
		_ = lock.Close() // nothing was written to it
		return nil, fmt.Errorf("open status socket: %w", err)
	}
	return &Server{path: path, l: l, lock: lock}, nil
}

// bind makes the socket in a folder that nobody else may enter, and moves it to its place once its mode is set:
// there is no moment in which others could open it.
func bind(path string) (*net.UnixListener, error) {
	dir, err := os.MkdirTemp(filepath.Dir(path), "s")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	tmp := filepath.Join(dir, "s")
	if len(tmp) > maxPath {
		return nil, fmt.Errorf("%s is too long a name for a socket", tmp)
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: tmp, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false) // it will have another name
	if err = os.Chmod(tmp, 0o600); err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		_ = l.Close() // nobody knows it
		return nil, err
	}
	return l, nil
}

// pidOf names the process that answers on a socket.
func pidOf(path string) string {
	ctx, cancel := context.WithTimeout(context.Background(), answerWithin)
	defer cancel()
	s, err := Ask(ctx, path)
	if err != nil {
		return ""
	}
	return fmt.Sprintf(" (process %d)", s.PID)
}

// Run answers until the context ends, then takes the socket away. status is called for each question.
func (s *Server) Run(ctx context.Context, status func() shape.Agent) error {
	stop := context.AfterFunc(ctx, func() { _ = s.l.Close() })
	defer stop()
	var open sync.WaitGroup
	defer open.Wait()
	places := make(chan struct{}, atOnce)
	for {
		conn, err := s.l.AcceptUnix()
		if err != nil {
			if ctx.Err() != nil {
				return s.Close()
			}
			return errors.Join(fmt.Errorf("answer status: %w", err), s.Close())
		}
		select {
		case places <- struct{}{}:
		default:
			_ = conn.Close() // too many ask at once; whoever is left out asks again
			continue
		}
		open.Go(func() {
			defer func() { <-places }()
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(answerWithin)) // fails only on a closed connection
			_ = json.NewEncoder(conn).Encode(status())         // who asked has gone
		})
	}
}

// Close takes the socket away.
func (s *Server) Close() error {
	_ = s.l.Close() // it may be closed already
	err := os.Remove(s.path)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, s.lock.Close())
}

// Ask asks the agent behind a socket how things are. The error wraps ErrNotRunning where none answers.
func Ask(ctx context.Context, socket string) (shape.Agent, error) {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", socket)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) || refused(err) {
			return shape.Agent{}, fmt.Errorf("ask agent: %w: nobody answers on %s", ErrNotRunning, socket)
		}
		return shape.Agent{}, fmt.Errorf("ask agent: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	_ = conn.SetDeadline(time.Now().Add(2 * answerWithin)) // fails only on a closed connection
	var s shape.Agent
	if err := json.NewDecoder(io.LimitReader(conn, maxStatus)).Decode(&s); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return shape.Agent{}, fmt.Errorf("ask agent: read answer: %w", err)
	}
	return s, nil
}

// Neighbors asks the agent behind a socket who is heard, by name of the port. Ports without a neighbour have an
// empty list: they were listened on. The error wraps ErrNotRunning where none answers.
func Neighbors(ctx context.Context, socket string) (map[string][]discovery.Neighbor, error) {
	s, err := Ask(ctx, socket)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]discovery.Neighbor, len(s.Ports))
	for _, p := range s.Ports {
		if out[p.Name], err = heard(p); err != nil {
			return nil, fmt.Errorf("ask agent: %w", err)
		}
	}
	return out, nil
}
