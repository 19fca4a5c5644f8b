package wire

import (
	"context"
	"fmt"
	"sync"
	"time"

	"phoneport/discovery"
)

// pairHolds is how many frames wait for a reader.
const pairHolds = 64

// Pair gives two ends of a wire in memory. Each holds up to 64 frames; a Write beyond that drops the oldest,
// as a busy port does. It works under testing/synctest, where it is made within the bubble.
//
// As on a real wire, frames of other protocols are not heard. A frame that is written with Outgoing is
// heard with it: so a test plays another program on the host of the other end. What is written to an end
// that is closed is lost.
func Pair(a, b string, addrA, addrB discovery.MAC) (discovery.Wire, discovery.Wire) {
	left := &end{name: a, addr: addrA, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	right := &end{name: b, addr: addrB, wake: make(chan struct{}, 1), closed: make(chan struct{})}
	left.peer, right.peer = right, left
	return left, right
}

// end is one end of a Pair.
type end struct {
	name   string
	addr   discovery.MAC
	peer   *end
	wake   chan struct{} // holds a token where frames may wait
	once   sync.Once
	closed chan struct{}

	mu    sync.Mutex
	queue [pairHolds]discovery.Frame // a ring that owns the memory of its frames
	first int
	n     int
	given []byte // what the last Read gave
}

func (e *end) Name() string        { return e.name }
func (e *end) Addr() discovery.MAC { return e.addr }

func (e *end) Close() error {
	e.once.Do(func() { close(e.closed) })
	return nil
}

func (e *end) isClosed() bool {
	select {
	case <-e.closed:
		return true
	default:
		return false
	}
}

func (e *end) Read(ctx context.Context) (discovery.Frame, error) {
	for {
		if err := ctx.Err(); err != nil {
			return discovery.Frame{}, err
		}
		if e.isClosed() {
			return discovery.Frame{}, fmt.Errorf("read %s: %w", e.name, discovery.ErrWireClosed)
		}
		if f, ok := e.pop(); ok {
			return f, nil
		}
		select {
		case <-e.wake:
		case <-e.closed:
		case <-ctx.Done():
		}
	}
}

func (e *end) pop() (discovery.Frame, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.n == 0 {
		return discovery.Frame{}, false
	}
	f := e.queue[e.first]
	e.queue[e.first].Data, e.given = e.given, f.Data
	e.first = (e.first + 1) % pairHolds
	e.n--
	return f, true
}

func (e *end) Write(ctx context.Context, f discovery.Frame) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if e.isClosed() {
		return fmt.Errorf("write %s: %w", e.name, discovery.ErrWireClosed)
	}
	if len(f.Data) < headerLen {
		return fmt.Errorf("write %s: %d octets are no frame", e.name, len(f.Data))
	}
	if heard(f.Data) && !e.peer.isClosed() {
		e.peer.push(f)
	}
	return nil
}

func (e *end) push(f discovery.Frame) {
	e.mu.Lock()
	if e.n == pairHolds {
		e.first = (e.first + 1) % pairHolds
		e.n--
	}
	slot := &e.queue[(e.first+e.n)%pairHolds]
	slot.Data = append(slot.Data[:0], f.Data...)
	slot.At = time.Now()
	slot.Outgoing = f.Outgoing
	e.n++
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

var _ discovery.Wire = (*end)(nil)
