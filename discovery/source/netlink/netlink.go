package netlink

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"phoneport/discovery"
)

// Name is the name of the source in its events.
const Name = "netlink"

// DefaultBuffer is how many octets of messages the kernel keeps while the sink is busy: some 8,000 learned addresses.
const DefaultBuffer = 4 << 20

// Options make a Source.
type Options struct {
	// Bridge is the bridge whose ports are told of. Empty: the ports of all bridges, and the links of all Ethernet
	// interfaces.
	Bridge string
	// Beside run as long as the source does and give events to the same sink: inline power of this host, which the
	// kernel tells in another way. One that ends without error leaves the others running.
	Beside []func(context.Context, discovery.Sink) error
	// Buffer is how many octets of messages the kernel keeps while the sink is busy; 0 = DefaultBuffer. When it is full
	// the kernel throws messages away, and discovery.EventResync follows.
	Buffer int
	Log    *slog.Logger // nil = discard
	Now    func() time.Time
}

// Source tells what changes on the ports of this host.
type Source struct {
	o    Options
	run  string // tells the events of this run from those of others
	mu   sync.Mutex
	seen uint64 // events given out
}

// New makes a Source. It opens nothing.
func New(o Options) *Source {
	if o.Buffer <= 0 {
		o.Buffer = DefaultBuffer
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	var id [4]byte
	_, _ = rand.Read(id[:]) // never fails (crypto/rand)
	return &Source{o: o, run: hex.EncodeToString(id[:])}
}

// socket is where messages come from: netlink, or a test.
type socket interface {
	// receive waits for messages. errLost says that some were lost, and that nothing older waits any more; the next call
	// goes on.
	receive() ([]packet, error)
	// dump reads all links, then all ports of bridges.
	dump() ([]packet, error)
	// close ends receive.
	close() error
}

// packet is one rtnetlink message.
type packet struct {
	typ  uint16
	data []byte
}

// Run tells sink what changes, one event at a time and in order, until ctx ends; then it gives nil. It stops with the
// error of the sink: an event that was not taken is not followed by another. It must be called on a thread that is
// in the network namespace to be watched; the sockets stay in it.
func (s *Source) Run(ctx context.Context, sink discovery.Sink) error {
	sock, err := open(s.o.Buffer)
	if err != nil {
		return fmt.Errorf("watch links: %w", err)
	}
	return s.serve(ctx, sock, sink)
}

func (s *Source) serve(ctx context.Context, sock socket, sink discovery.Sink) error {
	g, inner := errgroup.WithContext(ctx)
	give := s.oneByOne(sink)
	g.Go(func() error {
		stop := context.AfterFunc(inner, func() { _ = sock.close() })
		defer stop()
		err := s.listen(inner, sock, give)
		_ = sock.close() // it may be closed already
		return err
	})
	for _, run := range s.o.Beside {
		g.Go(func() error { return run(inner, give) })
	}
	return ended(ctx, g.Wait())
}

// oneByOne gives a sink that stamps events and takes them one at a time. Events of Beside keep what they have.
func (s *Source) oneByOne(sink discovery.Sink) discovery.Sink {
	return func(ctx context.Context, e discovery.Event) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.seen++
		if e.ID == "" {
			e.ID = Name + "-" + s.run + "-" + strconv.FormatUint(s.seen, 10)
		}
		if e.At.IsZero() {
			e.At = s.o.Now()
		}
		if e.Source == "" {
			e.Source, e.Authentic = Name, true // the kernel of this very host
		}
		return sink(ctx, e)
	}
}

// listen tells what messages change.
func (s *Source) listen(ctx context.Context, sock socket, give discovery.Sink) error {
	st := newState(s.o.Bridge)
	if err := s.reload(ctx, st, sock); err != nil {
		return err
	}
	for {
		packets, err := sock.receive()
		if ctx.Err() != nil {
			return nil
		}
		if err == errLost {
			if err := s.resync(ctx, st, sock, give); err != nil {
				return err
			}
			continue
		}
		if err != nil {
			return fmt.Errorf("watch links: %w", err)
		}
		for _, p := range packets {
			m, err := decode(p.typ, p.data)
			if err != nil {
				// Something happened that cannot be read: the same remedy as for something lost.
				s.o.Log.Warn("message of the kernel cannot be read", "err", err)
				if err := s.resync(ctx, st, sock, give); err != nil {
					return err
				}
				continue
			}
			for _, e := range st.step(m) {
				e.Raw = p.data
				if err := give(ctx, e); err != nil {
					return err
				}
			}
		}
	}
}

// resync says that events were lost, and reads anew what is there.
func (s *Source) resync(ctx context.Context, st *state, sock socket, give discovery.Sink) error {
	if err := s.reload(ctx, st, sock); err != nil {
		return err
	}
	return give(ctx, discovery.Event{Kind: discovery.EventResync})
}

// reload takes over what is there now.
func (s *Source) reload(ctx context.Context, st *state, sock socket) error {
	packets, err := sock.dump()
	if ctx.Err() != nil {
		return context.Cause(ctx) // the socket was closed
	}
	if err != nil {
		return fmt.Errorf("read links: %w", err)
	}
	ms := make([]message, 0, len(packets))
	for _, p := range packets {
		m, err := decode(p.typ, p.data)
		if err != nil {
			return fmt.Errorf("read links: %w", err)
		}
		ms = append(ms, m)
	}
	st.load(ms)
	return nil
}

// ended gives nil in place of an error that the end of ctx made.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil && (errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Cause(ctx))) {
		return nil
	}
	return err
}
