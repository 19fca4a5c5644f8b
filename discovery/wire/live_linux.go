package wire

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mdlayher/packet"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// How long after an interface went down, or was removed, Read first looks which of the two it was, and
// longest between looks: the kernel tells a socket of a removal only where the interface was up.
const (
	recheckFirst = 10 * time.Millisecond
	recheckMost  = 2 * time.Second
)

// past is a deadline that ends what is under way.
var past = time.Unix(1, 0)

// live is a wire over AF_PACKET.
type live struct {
	name  string
	index int
	addr  discovery.MAC

	conn    *packet.Conn
	raw     syscall.RawConn
	closed  atomic.Bool
	removed atomic.Bool // the kernel says so once

	// Of the one goroutine that reads.
	in      received
	recv    func(fd uintptr) bool // made once, as a closure for each Read would be garbage
	recheck time.Duration         // 0: the interface is up as far as is known

	mu     sync.Mutex      // guards what follows, and the order of read deadlines
	done   <-chan struct{} // of the context that ends Read
	unhook func() bool     // forgets that context
	doubt  bool            // Write was told that the interface went down; Read is to look

	ctl sync.Mutex // guards what follows
	ifr *unix.Ifreq

	out   sync.Mutex // guards what follows
	frame []byte
	send  func(fd uintptr) bool
	sent  error
	ask   func(fd uintptr)
	flags uint16
	lost  error // there is no such interface any more
}

func newLive(c *packet.Conn, ifi *net.Interface, addr discovery.MAC) (*live, error) {
	w := &live{name: ifi.Name, index: ifi.Index, addr: addr, conn: c}
	var err error
	if w.raw, err = c.SyscallConn(); err != nil {
		return nil, err
	}
	if w.ifr, err = unix.NewIfreq(ifi.Name); err != nil {
		return nil, err
	}
	for _, g := range groups {
		if err := c.JoinGroup(g[:]); err != nil {
			return nil, fmt.Errorf("join group %s: %w", g, err)
		}
	}
	var option error
	if err := w.raw.Control(func(fd uintptr) {
		option = errors.Join(
			os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1)),
			os.NewSyscallError("setsockopt", unix.SetsockoptInt(int(fd), unix.SOL_PACKET, unix.PACKET_AUXDATA, 1)))
	}); err != nil {
		return nil, err
	}
	if option != nil {
		return nil, option
	}
	w.in.init()
	w.recv = w.in.recv
	w.send = func(fd uintptr) bool {
		for {
			_, w.sent = unix.Write(int(fd), w.frame)
			if w.sent != unix.EINTR {
				return true // a full queue too: what is said next replaces this frame, so it is not waited for
			}
		}
	}
	w.ask = func(fd uintptr) {
		w.flags, w.lost = w.state(int(fd))
		if w.lost == nil && w.flags&(unix.IFF_UP|unix.IFF_RUNNING) == unix.IFF_UP && carrier(int(fd), w.ifr.Name()) {
			w.flags |= unix.IFF_RUNNING
		}
	}
	return w, nil
}

func (w *live) Name() string        { return w.name }
func (w *live) Addr() discovery.MAC { return w.addr }

func (w *live) Close() error {
	w.mu.Lock()
	w.closed.Store(true)
	if w.unhook != nil {
		w.unhook()
	}
	w.unhook, w.done = nil, nil
	w.mu.Unlock()
	return w.conn.Close()
}

func (w *live) Read(ctx context.Context) (discovery.Frame, error) {
	if err := w.arm(ctx); err != nil {
		return discovery.Frame{}, err
	}
	for {
		err := w.raw.Read(w.recv)
		switch {
		case w.over("read") != nil:
			return discovery.Frame{}, w.over("read")
		case errors.Is(err, os.ErrDeadlineExceeded), err == nil && w.in.err == unix.ENETDOWN:
			if err := w.look(ctx); err != nil {
				return discovery.Frame{}, err
			}
		case err != nil:
			return discovery.Frame{}, fmt.Errorf("read %s: %w", w.name, err)
		case w.in.err != 0:
			return discovery.Frame{}, fmt.Errorf("read %s: %w", w.name, os.NewSyscallError("recvmsg", w.in.err))
		default:
			if f, ok := w.in.take(); ok && heard(f.Data) {
				return f, nil
			}
		}
	}
}

// arm makes Read end with the context. What it does is kept for the next Read with the same context.
func (w *live) arm(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.over("read"); err != nil {
		return err
	}
	if ctx.Done() == w.done {
		return nil
	}
	if w.unhook != nil {
		w.unhook()
	}
	done := ctx.Done()
	w.done, w.unhook = done, nil
	if done != nil {
		w.unhook = context.AfterFunc(ctx, func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.done == done { // else the next Read has another context already
				_ = w.conn.SetReadDeadline(past)
			}
		})
	}
	return w.deadline()
}

// deadline sets that of the next look at the interface. It is called with mu held, so that it does not come
// behind the one that ends Read.
func (w *live) deadline() error {
	var at time.Time
	switch {
	case w.doubt:
		at = past
	case w.recheck > 0:
		at = time.Now().Add(w.recheck)
	}
	if err := w.conn.SetReadDeadline(at); err != nil && !w.closed.Load() {
		return fmt.Errorf("read %s: %w", w.name, err)
	}
	return nil
}

// look finds out why there was no frame: the context ended, the interface is down, or it is gone.
func (w *live) look(ctx context.Context) error {
	var (
		flags uint16
		state error
		bound bool
	)
	err := w.raw.Control(func(fd uintptr) {
		flags, state = w.state(int(fd))
		bound = w.bound(int(fd))
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubt = false
	if err == nil && (state != nil || !bound) {
		w.removed.Store(true)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case w.over("read") != nil:
		return w.over("read")
	case err != nil:
		return fmt.Errorf("read %s: %w", w.name, err)
	case flags&unix.IFF_UP != 0:
		w.recheck = 0
	default:
		w.recheck = min(max(recheckFirst, 2*w.recheck), recheckMost)
	}
	return w.deadline()
}

// bound reports whether the socket still has its interface: the kernel unbinds those of what it removes.
func (w *live) bound(fd int) bool {
	sa, err := unix.Getsockname(fd)
	if err != nil {
		return false
	}
	ll, ok := sa.(*unix.SockaddrLinklayer)
	return ok && ll.Ifindex == w.index
}

// state gives the flags of the interface, and an error where there is no such interface any more. It asks by
// number, as the name may be another's by now. While an interface is renamed the kernel finds none of its names for some
// milliseconds; it counts as down then.
func (w *live) state(fd int) (uint16, error) {
	w.ctl.Lock()
	defer w.ctl.Unlock()
	w.ifr.SetUint32(uint32(w.index))
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFNAME, w.ifr); err != nil {
		return 0, err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, w.ifr); err != nil {
		return 0, nil
	}
	return w.ifr.Uint16(), nil
}

// over gives an error where the wire is closed, or its interface is removed.
func (w *live) over(op string) error {
	switch {
	case w.closed.Load():
		return fmt.Errorf("%s %s: %w", op, w.name, discovery.ErrWireClosed)
	case w.removed.Load():
		return fmt.Errorf("%s %s: the interface was removed: %w", op, w.name, discovery.ErrWireClosed)
	}
	return nil
}

func (w *live) Write(ctx context.Context, f discovery.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(f.Data) < headerLen {
		return fmt.Errorf("write %s: %d octets are no frame", w.name, len(f.Data))
	}
	w.out.Lock()
	defer w.out.Unlock()
	// A port that is up and has no carrier may take frames and drop them: ask before.
	if err := w.raw.Control(w.ask); err == nil && w.lost != nil {
		w.removed.Store(true)
	}
	if err := w.over("write"); err != nil {
		return err
	}
	switch {
	case w.flags&unix.IFF_UP == 0:
		return fmt.Errorf("write %s: the interface is down: %w", w.name, unix.ENETDOWN)
	case w.flags&unix.IFF_RUNNING == 0:
		return fmt.Errorf("write %s: the link is down: %w", w.name, unix.ENETDOWN)
	}
	w.frame = f.Data
	err := w.raw.Write(w.send)
	if err == nil && w.sent == unix.ENETDOWN {
		// Most often this is what Read was to be told: that the interface was down some time ago.
		w.poke()
		err = w.raw.Write(w.send)
	}
	w.frame = nil
	if err == nil && w.sent == unix.ENXIO {
		w.removed.Store(true)
	}
	if over := w.over("write"); over != nil {
		return over
	}
	switch {
	case err != nil:
		return fmt.Errorf("write %s: %w", w.name, err)
	case w.sent == unix.ENOBUFS, w.sent == unix.EAGAIN:
		return fmt.Errorf("write %s: the link went down just now, or the queue of the port is full: %w", w.name, w.sent)
	case w.sent != nil:
		return fmt.Errorf("write %s: frame of %d octets: %w", w.name, len(f.Data), w.sent)
	}
	return nil
}

// poke makes Read look at the interface.
func (w *live) poke() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.doubt = true
	_ = w.conn.SetReadDeadline(past)
}

var _ discovery.Wire = (*live)(nil)
