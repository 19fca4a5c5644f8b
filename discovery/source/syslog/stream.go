package syslog

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"
)

// conns are the connections that are open.
type conns struct {
	mu     sync.Mutex
	all    map[net.Conn]netip.Addr
	from   map[netip.Addr]int
	closed bool
}

// add takes a connection unless it is over a limit.
func (c *conns) add(conn net.Conn, from netip.Addr, total, perHost int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || len(c.all) >= total || c.from[from] >= perHost {
		return false
	}
	if c.all == nil {
		c.all, c.from = map[net.Conn]netip.Addr{}, map[netip.Addr]int{}
	}
	c.all[conn] = from
	c.from[from]++
	return true
}

func (c *conns) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.all[conn]
	delete(c.all, conn)
	if c.from[from]--; c.from[from] <= 0 {
		delete(c.from, from)
	}
}

func (c *conns) open() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.all)
}

// closeAll ends all connections and refuses further ones.
func (c *conns) closeAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	for conn := range c.all {
		_ = conn.Close() // its reader ends
	}
}

// accept takes connections until ctx ends; with conf it speaks TLS. It returns once its connections have ended.
func (r *Receiver) accept(ctx context.Context, l net.Listener, conf *tls.Config) error {
	var readers sync.WaitGroup
	defer readers.Wait()
	for {
		conn, err := l.Accept()
		if ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return fmt.Errorf("accept at %s: %w", l.Addr(), err)
		}
		if err != nil { // out of files, or the peer was gone
			r.o.Log.Warn("connection not accepted", "addr", l.Addr(), "err", err)
			timer := time.NewTimer(r.o.Retry)
			select {
			case <-ctx.Done():
			case <-timer.C:
			}
			timer.Stop()
			continue
		}
		from := host(conn.RemoteAddr())
		if !r.conns.add(conn, from, r.o.Conns, r.o.PerHost) {
			_ = conn.Close()
			r.counts.refused.Add(1)
			continue
		}
		readers.Go(func() {
			defer r.conns.remove(conn)
			defer func() { _ = conn.Close() }() // it may be closed already
			r.serve(ctx, conn, from, conf)
		})
	}
}

// serve reads one connection to its end.
func (r *Receiver) serve(ctx context.Context, conn net.Conn, from netip.Addr, conf *tls.Config) {
	o := origin{addr: from}
	if conf != nil {
		t := tls.Server(conn, conf)
		_ = conn.SetDeadline(time.Now().Add(r.o.Frame)) // on error the read fails
		if err := t.HandshakeContext(ctx); err != nil {
			if !errors.Is(err, context.Canceled) && !errors.Is(err, net.ErrClosed) { // our own end
				r.counts.handshake.Add(1)
				r.o.Log.Debug("TLS handshake failed", "from", from, "err", err)
			}
			return
		}
		_ = conn.SetDeadline(time.Time{})
		o = proven(from, t.ConnectionState().VerifiedChains, r.o.Relays)
		conn = t
	}
	p := &patient{conn: conn, idle: r.o.Idle, frame: r.o.Frame}
	f := &frames{r: bufio.NewReaderSize(p, 16<<10), begun: p.begin}
	for {
		text, cut, err := f.next()
		if err != nil {
			r.ended(ctx, from, err)
			return
		}
		r.counts.frames.Add(1)
		if cut {
			r.counts.cut.Add(1)
		}
		m := message{text: append([]byte(nil), text...), origin: o, at: r.o.Now()}
		select { // the queue takes it at once or holds the sender back
		case r.queue(from) <- m:
		case <-ctx.Done():
			select {
			case r.queue(from) <- m:
			default:
				r.counts.lost.Add(1)
			}
			return
		}
	}
}

// ended counts why a connection ended.
func (r *Receiver) ended(ctx context.Context, from netip.Addr, err error) {
	var t net.Error
	switch {
	case ctx.Err() != nil, err == io.EOF:
		return
	case err == errFraming, err == errTooLong:
		r.counts.framing.Add(1)
	case errors.As(err, &t) && t.Timeout():
		r.counts.timedOut.Add(1)
	default:
		r.counts.broken.Add(1)
	}
	r.o.Log.Debug("connection ended", "from", from, "err", err)
}

// patient reads a connection with a time limit: idle between messages; within one, until frame after its begin,
// however often a little of it comes.
type patient struct {
	conn        net.Conn
	idle, frame time.Duration
	until       time.Time // the end of the message that has begun; zero between messages
}

// begin marks the begin and the end of a message.
func (p *patient) begin(yes bool) {
	p.until = time.Time{}
	if yes {
		p.until = time.Now().Add(p.frame)
	}
}

func (p *patient) Read(b []byte) (int, error) {
	until := p.until
	if until.IsZero() {
		until = time.Now().Add(p.idle)
	}
	if err := p.conn.SetReadDeadline(until); err != nil {
		return 0, err
	}
	return p.conn.Read(b)
}
