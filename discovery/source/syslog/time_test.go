package syslog

import (
	"context"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"phoneport/discovery"
)

// pipes is a listener over connections in memory, whose time the test rules.
type pipes struct {
	conns chan net.Conn
	once  sync.Once
	gone  chan struct{}
}

func listenPipes() *pipes { return &pipes{conns: make(chan net.Conn), gone: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.gone:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { p.once.Do(func() { close(p.gone) }); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

func (p *pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p.conns <- theirs
	return ours
}

// packets is a socket in memory.
type packets struct {
	in   chan string
	once sync.Once
	gone chan struct{}
	net.PacketConn
}

func listenPackets() *packets { return &packets{in: make(chan string), gone: make(chan struct{})} }

func (p *packets) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case s := <-p.in:
		return copy(b, s), &net.UDPAddr{IP: net.IPv4(192, 0, 2, 7), Port: 514}, nil
	case <-p.gone:
		return 0, nil, net.ErrClosed
	}
}

func (p *packets) Close() error        { p.once.Do(func() { close(p.gone) }); return nil }
func (p *packets) LocalAddr() net.Addr { return &net.UDPAddr{} }

// run starts a receiver inside a bubble.
func run(ctx context.Context, t *testing.T, o Options, sink discovery.Sink) (r *Receiver, ended chan struct{}) {
	t.Helper()
	r, ended = New(o), make(chan struct{})
	go func() {
		defer close(ended)
		if err := r.Run(ctx, sink); err != nil {
			t.Errorf("Run: %v", err)
		}
	}()
	return r, ended
}

// TestSlowSenders wants that a sender that is silent, or gives a message octet by octet, loses its connection at the set
// time and not before.
func TestSlowSenders(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		says  []string // one piece a second
		after time.Duration
	}{
		"silent from the begin": {nil, 60 * time.Second},
		"silent after one":      {[]string{"<13>a\n"}, 60 * time.Second},
		"drip":                  {slices.Repeat([]string{"x"}, 30), 10 * time.Second},
		"drip of a count":       {slices.Repeat([]string{"1"}, 3), 10 * time.Second},
		"drip of counted text":  {append([]string{"100 <13>"}, slices.Repeat([]string{"x"}, 30)...), 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				l := listenPipes()
				r, ended := run(ctx, t, Options{TCP: []net.Listener{l}, Idle: 60 * time.Second, Frame: 10 * time.Second}, func(context.Context, discovery.Event) error { return nil })
				conn := l.dial()
				begun, said := time.Now(), make(chan struct{})
				go func() {
					defer close(said)
					tick := time.NewTicker(time.Second)
					defer tick.Stop()
					for i, s := range c.says {
						if i > 0 {
							<-tick.C
						}
						if _, err := io.WriteString(conn, s); err != nil {
							return
						}
					}
				}()
				_, _ = io.Copy(io.Discard, conn) // until the receiver hangs up
				if d := time.Since(begun); d != c.after {
					t.Errorf("hung up after %v, want %v", d, c.after)
				}
				<-said
				cancel()
				<-ended
				if s := r.Stats(); s.TimedOut != 1 {
					t.Errorf("%+v", s)
				}
			})
		})
	}
}

// TestSilentHandshake wants that a client that begins no TLS loses its connection.
func TestSilentHandshake(t *testing.T) {
	t.Parallel()
	conf := serverConfig(t)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := listenPipes()
		r, ended := run(ctx, t, Options{TLS: []net.Listener{l}, TLSConfig: conf, Frame: 10 * time.Second}, nil)
		conn, begun := l.dial(), time.Now()
		_, _ = io.Copy(io.Discard, conn) // until the receiver hangs up
		if d := time.Since(begun); d != 10*time.Second {
			t.Errorf("hung up after %v", d)
		}
		cancel()
		<-ended
		if s := r.Stats(); s.Handshake != 1 {
			t.Errorf("%+v", s)
		}
	})
}

// TestFullQueue wants counted drops of datagrams while the sink is blocked, and a connection that waits and loses nothing.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l, u := listenPipes(), listenPackets()
		open := make(chan struct{})
		var stored []string
		r, ended := run(ctx, t, Options{TCP: []net.Listener{l}, UDP: []net.PacketConn{u}, Queue: 4, Workers: 1}, func(_ context.Context, e discovery.Event) error {
			<-open
			stored = append(stored, string(e.Raw))
			return nil
		})
		for range 10 {
			u.in <- "udp"
		}
		synctest.Wait()
		// One is with the sink, four wait.
		if s := r.Stats(); s.Datagrams != 10 || s.Dropped != 5 || s.Stored != 0 {
			t.Errorf("with a full queue: %+v", s)
		}
		conn := l.dial()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for range 20 {
				_, _ = io.WriteString(conn, "<13>tcp\n") // a pipe takes all or the receiver is gone
			}
			_ = conn.Close()
		}()
		synctest.Wait()
		select {
		case <-sent:
			t.Error("the connection took all while nothing was stored")
		default:
		}
		close(open)
		<-sent
		synctest.Wait()
		cancel()
		<-ended
		if s := r.Stats(); s.Stored != 25 || s.Frames != 20 || s.Dropped != 5 || s.Lost != 0 || len(stored) != 25 {
			t.Errorf("at the end %d stored: %+v", len(stored), s)
		}
	})
}

// TestSinkFails wants that each event is given until it is stored, in order and with the same ID.
func TestSinkFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		u := listenPackets()
		var mu sync.Mutex
		fails, tries := 3, map[string]int{}
		var stored []string
		r, ended := run(ctx, t, Options{UDP: []net.PacketConn{u}}, func(_ context.Context, e discovery.Event) error {
			mu.Lock()
			defer mu.Unlock()
			tries[e.ID]++
			if fails > 0 {
				fails--
				return errors.New("no database")
			}
			stored = append(stored, e.Detail)
			return nil
		})
		begun := time.Now()
		u.in <- "a b"
		u.in <- "c d"
		u.in <- "e f"
		synctest.Wait()
		if n := r.Stats().Stored; n != 0 {
			t.Errorf("%d stored before the wait was over", n)
		}
		<-time.After(time.Minute)
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"a b", "c d", "e f"}; !slices.Equal(stored, want) || len(tries) != 3 {
			t.Errorf("stored %q, want %q; tries %v", stored, want, tries)
		}
		cancel()
		<-ended
		if s := r.Stats(); s.Retries != 3 || s.Stored != 3 || s.Lost != 0 {
			t.Errorf("after %v: %+v", time.Since(begun), s)
		}
	})
}

// TestDrain wants that what was accepted is still stored after the end, and that a sink that stays broken does not hold
// the end up for longer than Drain.
func TestDrain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		heals        time.Duration
		stored, lost uint64
		took         time.Duration
	}{
		"heals in time": {700 * time.Millisecond, 5, 0, 700 * time.Millisecond}, // tries at 0, 100, 300 and 700 ms
		"stays broken":  {time.Hour, 0, 5, 5 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				u := listenPackets()
				begun := time.Now()
				r, ended := run(ctx, t, Options{UDP: []net.PacketConn{u}}, func(context.Context, discovery.Event) error {
					if time.Since(begun) < c.heals {
						return errors.New("no database")
					}
					return nil
				})
				for range 5 {
					u.in <- "a b"
				}
				cancel()
				<-ended
				if s := r.Stats(); s.Stored != c.stored || s.Lost != c.lost || time.Since(begun) != c.took {
					t.Errorf("after %v: %+v", time.Since(begun), s)
				}
			})
		})
	}
}

// TestSinkHangs wants that a sink that waits for its context does not hold the end up.
func TestSinkHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		u := listenPackets()
		r, ended := run(ctx, t, Options{UDP: []net.PacketConn{u}}, func(ctx context.Context, _ discovery.Event) error {
			<-ctx.Done()
			return ctx.Err()
		})
		u.in <- "a b"
		begun := time.Now()
		cancel()
		<-ended
		if s := r.Stats(); s.Lost != 1 || time.Since(begun) != 5*time.Second {
			t.Errorf("after %v: %+v", time.Since(begun), s)
		}
	})
}
