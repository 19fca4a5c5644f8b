package netlink

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
)

// fake is a kernel that says what a test has it say.
type fake struct {
	mu     sync.Mutex
	there  []packet // what dump gives
	dumps  int
	dumpFn func() ([]packet, error)
	news   chan any // []packet or error
	closed chan struct{}
	once   sync.Once
}

func newFake(there ...packet) *fake {
	return &fake{there: there, news: make(chan any, 16), closed: make(chan struct{})}
}

func (f *fake) receive() ([]packet, error) {
	select {
	case v := <-f.news:
		if err, ok := v.(error); ok {
			return nil, err
		}
		return v.([]packet), nil
	case <-f.closed:
		return nil, errors.New("closed")
	}
}

func (f *fake) dump() ([]packet, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.dumps++
	if f.dumpFn != nil {
		return f.dumpFn()
	}
	return f.there, nil
}

func (f *fake) close() error {
	f.once.Do(func() { close(f.closed) })
	return nil
}

// encode makes the packet that decode makes m of.
func encode(m message) packet {
	attr := func(typ uint16, v []byte) []byte {
		b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(v)))
		b = append(binary.NativeEndian.AppendUint16(b, typ), v...)
		return append(b, make([]byte, (4-len(b)%4)%4)...)
	}
	switch m.What {
	case learned, forgotten:
		b := make([]byte, ndmsgLen)
		b[0] = afBridge
		binary.NativeEndian.PutUint32(b[4:], uint32(m.Index))
		binary.NativeEndian.PutUint16(b[8:], 2) // NUD_REACHABLE
		typ := uint16(rtmNewNeigh)
		if m.What == forgotten {
			typ = rtmDelNeigh
		}
		return packet{typ, append(b, attr(ndaLLAddr, m.MAC[:])...)}
	}
	b := make([]byte, ifinfomsgLen)
	if m.Ether {
		binary.NativeEndian.PutUint16(b[2:], arphrdEther)
	}
	binary.NativeEndian.PutUint32(b[4:], uint32(m.Index))
	if m.Up {
		binary.NativeEndian.PutUint32(b[8:], iffLowerUp)
	}
	if m.Name != "" {
		b = append(b, attr(iflaIfname, append([]byte(m.Name), 0))...)
	}
	if m.Master != 0 {
		b = append(b, attr(iflaMaster, binary.NativeEndian.AppendUint32(nil, uint32(m.Master)))...)
	}
	if m.Kind != "" {
		b = append(b, attr(iflaLinkinfo, attr(iflaInfoKind, append([]byte(m.Kind), 0)))...)
	}
	if m.VLANs != "" {
		b = append(b, attr(iflaAFSpec|1<<15, attr(bridgeVLANInfo, []byte(m.VLANs)))...)
	}
	typ := uint16(rtmNewLink)
	switch m.What {
	case portIs:
		b[0] = afBridge
	case linkGone:
		typ = rtmDelLink
	}
	return packet{typ, b}
}

func encodeAll(ms []message) (out []packet) {
	for _, m := range ms {
		out = append(out, encode(m))
	}
	return out
}

// running is a source that runs.
type running struct {
	got  chan discovery.Event
	end  chan error
	stop context.CancelFunc
}

func start(t *testing.T, s *Source, sock socket, sink discovery.Sink) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{got: make(chan discovery.Event, 64), end: make(chan error, 1), stop: cancel}
	if sink == nil {
		sink = func(ctx context.Context, e discovery.Event) error {
			select {
			case r.got <- e:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	go func() { r.end <- s.serve(ctx, sock, sink) }()
	t.Cleanup(cancel)
	return r
}

// patience is how long something may take that must come.
const patience = 30 * time.Second

// next waits for the next event.
func (r *running) next(t *testing.T) discovery.Event {
	t.Helper()
	select {
	case e := <-r.got:
		return e
	case err := <-r.end:
		t.Fatalf("ended with %v, want an event", err)
	case <-time.After(patience):
		t.Fatal("no event came")
	}
	return discovery.Event{}
}

// ended waits for the end.
func (r *running) ended(t *testing.T) error {
	t.Helper()
	select {
	case err := <-r.end:
		return err
	case <-time.After(patience):
		t.Fatal("did not end")
	}
	return nil
}

func TestRun(t *testing.T) {
	t.Parallel()
	f := newFake(encodeAll(host())...)
	at := time.Date(2031, 3, 31, 17, 0, 0, 0, time.UTC)
	r := start(t, New(Options{Bridge: "br0", Now: func() time.Time { return at }}), f, nil)
	down := encode(is(3, "lan1", "", 2, false))
	f.news <- []packet{down, encode(on(3))}
	first, second := r.next(t), r.next(t)
	if words([]discovery.Event{first, second}) != "link-down lan1 3; mac-learned lan1 3 00:04:0d:00:00:01" {
		t.Errorf("events %s", words([]discovery.Event{first, second}))
	}
	if first.Source != "netlink" || !first.Authentic || !first.At.Equal(at) || first.ID == "" || first.ID == second.ID || string(first.Raw) != string(down.data) {
		t.Errorf("event %+v", first)
	}
	r.stop()
	if err := r.ended(t); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// TestRunLost shows that lost messages are told, that everything is read again, and that what it gives is the ground of
// the events that follow.
func TestRunLost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		news any
	}{
		{"no room", errLost},
		{"unreadable", []packet{{rtmNewLink, []byte{0, 0, 0}}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFake(encodeAll(host())...)
			r := start(t, New(Options{Bridge: "br0"}), f, nil)
			f.news <- []packet{encode(is(4, "lan2", "veth", 2, true))}
			if e := r.next(t); e.Kind != discovery.EventLinkUp {
				t.Fatalf("event %+v", e)
			}
			f.mu.Lock()
			f.there = encodeAll(append(host(), is(3, "lan1", "", 2, false))) // lan1 went down meanwhile
			f.mu.Unlock()
			f.news <- tt.news
			if e := r.next(t); e.Kind != discovery.EventResync || e.ID == "" || e.Source != "netlink" {
				t.Fatalf("event %+v, want resync", e)
			}
			f.news <- []packet{encode(is(3, "lan1", "", 2, true))}
			if e := r.next(t); words([]discovery.Event{e}) != "link-up lan1 3" {
				t.Errorf("event %s, want link-up lan1 3", words([]discovery.Event{e}))
			}
			f.mu.Lock()
			if f.dumps != 2 {
				t.Errorf("everything was read %d times, want 2", f.dumps)
			}
			f.mu.Unlock()
		})
	}
}

// TestRunSinkFails shows that nothing follows an event that was not taken.
func TestRunSinkFails(t *testing.T) {
	t.Parallel()
	f := newFake(encodeAll(host())...)
	full := errors.New("store is full")
	asked := 0
	r := start(t, New(Options{}), f, func(context.Context, discovery.Event) error { asked++; return full })
	f.news <- []packet{encode(is(3, "lan1", "", 2, false)), encode(on(3))}
	if err := r.ended(t); !errors.Is(err, full) {
		t.Errorf("ended with %v, want %v", err, full)
	}
	if asked != 1 {
		t.Errorf("the sink was asked %d times, want once", asked)
	}
}

func TestRunFails(t *testing.T) {
	t.Parallel()
	boom := errors.New("no memory")
	f := newFake()
	f.dumpFn = func() ([]packet, error) { return nil, boom }
	if err := start(t, New(Options{}), f, nil).ended(t); !errors.Is(err, boom) || !strings.Contains(err.Error(), "read links") {
		t.Errorf("a reading that fails: %v", err)
	}
	f = newFake()
	f.news <- boom
	if err := start(t, New(Options{}), f, nil).ended(t); !errors.Is(err, boom) || !strings.Contains(err.Error(), "watch links") {
		t.Errorf("a socket that fails: %v", err)
	}
}

// TestRunBeside runs another source to the same sink: what it tells is stamped, and its error ends all.
func TestRunBeside(t *testing.T) {
	t.Parallel()
	tell := make(chan discovery.Event)
	broken := errors.New("bus is stuck")
	f := newFake(encodeAll(host())...)
	s := New(Options{Beside: []func(context.Context, discovery.Sink) error{
		func(ctx context.Context, sink discovery.Sink) error {
			for e := range tell {
				if err := sink(ctx, e); err != nil {
					return err
				}
			}
			return broken
		},
		func(context.Context, discovery.Sink) error { return nil }, // over at once; nothing else ends
	}})
	r := start(t, s, f, nil)
	tell <- discovery.Event{Kind: discovery.EventPower, IfName: "lan1", IfIndex: 3}
	if e := r.next(t); e.Kind != discovery.EventPower || e.ID == "" || e.At.IsZero() || e.Source != "netlink" {
		t.Errorf("event %+v", e)
	}
	f.news <- []packet{encode(on(3))}
	if e := r.next(t); e.Kind != discovery.EventMACLearned {
		t.Errorf("event %+v", e)
	}
	close(tell)
	if err := r.ended(t); !errors.Is(err, broken) {
		t.Errorf("ended with %v, want %v", err, broken)
	}
}
