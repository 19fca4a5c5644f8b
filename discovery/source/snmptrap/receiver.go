package snmptrap

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"phoneport/discovery"
)

// Receiver takes notifications in and gives events to a sink.
//
// A message that found room in the queue is not lost while Run runs: when the sink fails, the event is offered again,
// after 100 ms and then ever later up to 5 s. Meanwhile the queue fills, and what finds it full is dropped and counted; so an
// event that the sink never takes stops all senders that share its worker. What the kernel's socket buffer cannot hold
// is lost before us: the loop that empties it only copies, and Linux tells the number with the next message.
type Receiver struct {
	options     Options
	users       []*user
	communities [][sha256.Size]byte
	began       time.Time // snmpEngineTime 0
	engines     engines
	counters    *counters
	salt        atomic.Uint32
	run         string // makes event ids those of this run
	seen        atomic.Uint64
	queued      atomic.Int64 // octets
	seed        maphash.Seed
	failing     atomic.Bool // the sink
}

// New checks the options; all mistakes are in the error. Nothing is opened yet.
func New(o Options) (*Receiver, error) {
	users, err := o.check()
	if err != nil {
		return nil, err
	}
	r := &Receiver{
		options: o.defaults(), users: users, began: time.Now(), counters: newCounters(), run: rand.Text()[:10], seed: maphash.MakeSeed(),
		engines: engines{ours: string(o.EngineID), own: newEngine(Clock{}), all: make(map[string]*engine, len(o.Clocks))},
	}
	for _, c := range o.Communities {
		r.communities = append(r.communities, sha256.Sum256([]byte(c)))
	}
	for id, c := range o.Clocks {
		if len(r.engines.all) < maxEngines {
			r.engines.all[id] = newEngine(c)
		}
	}
	return r, nil
}

// Stats gives the counters.
func (r *Receiver) Stats() Stats { return r.counters.stats() }

// Clocks gives the clocks of the senders that were heard with authentication, by snmpEngineID, for Options.Clocks.
func (r *Receiver) Clocks() map[string]Clock { return r.engines.clocks() }

// datagram is a message that waits.
type datagram struct {
	b    []byte
	at   time.Time
	conn net.PacketConn
	to   net.Addr
	from netip.Addr
}

// socketBuffer is what is asked of the kernel for each socket, in octets: some 15,000 messages.
const socketBuffer = 4 << 20

// Run receives until ctx ends, then stores what waits, for Options.Drain at most, and gives nil. An error means that a socket
// could not be opened or failed. It is called once.
func (r *Receiver) Run(ctx context.Context, sink discovery.Sink) error {
	conns, err := r.open()
	if err != nil {
		return err
	}
	defer closeAll(conns)
	reading, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	storing, kill := context.WithCancel(context.WithoutCancel(ctx))
	defer kill()

	queues := make([]chan datagram, r.options.Workers)
	var workers, readers sync.WaitGroup
	for i := range queues {
		// Rounded up, so that Queue is the least there is room for.
		queues[i] = make(chan datagram, (r.options.Queue+len(queues)-1)/len(queues))
		workers.Go(func() {
			for d := range queues[i] {
				r.queued.Add(-int64(len(d.b)))
				r.handle(storing, d, sink)
			}
		})
	}
	for _, c := range conns {
		readers.Go(func() {
			if err := r.read(reading, c, queues); err != nil {
				stop(err)
			}
		})
	}
	<-reading.Done()
	for _, c := range conns { // wakes the readers; the workers still answer
		_ = c.SetReadDeadline(time.Unix(1, 0))
	}
	readers.Wait()
	for _, q := range queues {
		close(q)
	}
	timer := time.AfterFunc(r.options.Drain, kill)
	defer timer.Stop()
	workers.Wait()
	if n := r.counters.unstored.Load(); n > 0 {
		r.options.Log.Warn("traps were not stored before the stop", "messages", n)
	}
	if err := context.Cause(reading); ctx.Err() == nil {
		return err
	}
	return nil
}

func (r *Receiver) open() ([]net.PacketConn, error) {
	conns := slices.Clone(r.options.Conns)
	for _, a := range r.options.Listen {
		c, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(a))
		if err != nil {
			closeAll(conns)
			return nil, fmt.Errorf("listen for traps: %w", err)
		}
		conns = append(conns, c)
	}
	for _, c := range conns {
		if u, ok := c.(*net.UDPConn); ok {
			_ = u.SetReadBuffer(socketBuffer) // less does, too
			askForLost(u)
		}
	}
	return conns, nil
}

func closeAll(conns []net.PacketConn) {
	for _, c := range conns {
		_ = c.Close()
	}
}

// read empties a socket into the queues until ctx ends.
func (r *Receiver) read(ctx context.Context, c net.PacketConn, queues []chan datagram) error {
	buffer, oob := make([]byte, 1<<16), make([]byte, 128)
	var lost uint32
	udp, _ := c.(*net.UDPConn)
	for failures := 0; ; {
		var n, beside int
		var to net.Addr
		var from netip.AddrPort
		var err error
		if udp != nil {
			n, beside, _, from, err = udp.ReadMsgUDPAddrPort(buffer, oob)
		} else if n, to, err = c.ReadFrom(buffer); err == nil {
			from, _ = netip.ParseAddrPort(to.String())
		}
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("read traps: %w", err)
		case err != nil: // such as an answer's unreachable port
			if failures++; failures > 1000 {
				return fmt.Errorf("read traps: %w", err)
			}
			continue
		}
		failures = 0
		r.counters.received.Add(1)
		if beside > 0 {
			if total, ok := lostOf(oob[:beside]); ok {
				r.counters.lost.Add(uint64(total - lost)) // it counts on from 2^32-1 to 0
				lost = total
			}
		}
		if r.queued.Add(int64(n)) > int64(r.options.QueueBytes) {
			r.drop(n)
			continue
		}
		d := datagram{b: append([]byte(nil), buffer[:n]...), at: time.Now(), conn: c, to: to, from: from.Addr().Unmap()}
		if udp != nil {
			d.to = net.UDPAddrFromAddrPort(from)
		}
		select {
		case queues[maphash.Comparable(r.seed, d.from)%uint64(len(queues))] <- d:
		default:
			r.drop(n)
		}
	}
}

func (r *Receiver) drop(n int) {
	r.queued.Add(-int64(n))
	r.counters.dropped.Add(1)
}

// handle takes one message from the queue to the sink, and answers it.
func (r *Receiver) handle(ctx context.Context, d datagram, sink discovery.Sink) {
	a, why := r.accept(d.b, d.at)
	if why != nil {
		r.counters.refused[why.why].Add(1)
		if a.header.version == version3 && why.why != Malformed {
			if b := r.report(&a.header, why.why, why.keys, d.at); b != nil && r.send(d, b) {
				r.counters.reported.Add(1)
			}
		}
		return
	}
	if !known(a.message.trap) {
		r.counters.countUnknown(a.message.trap[1:])
	}
	id := Name + "-" + r.run + "-" + strconv.FormatUint(r.seen.Add(1), 10)
	for _, e := range a.message.events(About{
		ID: id, At: d.at, From: d.from, Authentic: a.authentic, Engine: a.engine, Raw: r.raw(&a), Syslog: r.options.Syslog,
	}) {
		if !r.store(ctx, e, sink) {
			r.counters.unstored.Add(1)
			return
		}
	}
	if !a.message.inform {
		return
	}
	b, err := r.acknowledge(a, time.Now())
	if err != nil {
		r.counters.sendErrors.Add(1)
		return
	}
	if r.send(d, b) {
		r.counters.acknowledged.Add(1)
	}
}

func (r *Receiver) send(d datagram, b []byte) bool {
	if _, err := d.conn.WriteTo(b, d.to); err != nil {
		r.counters.sendErrors.Add(1)
		return false
	}
	return true
}

// raw copies what is kept of a message, without its community.
func (r *Receiver) raw(a *accepted) []byte {
	if r.options.Raw < 0 {
		return nil
	}
	raw := append([]byte(nil), a.b[:min(len(a.b), r.options.Raw)]...)
	for i := a.header.communityAt; i < a.header.communityAt+len(a.header.community) && i < len(raw); i++ {
		raw[i] = '*'
	}
	return raw
}

// The pauses between offers to a sink that fails.
const (
	firstPause = 100 * time.Millisecond
	mostPause  = 5 * time.Second
)

// store offers an event until it is taken; false when ctx ended first.
func (r *Receiver) store(ctx context.Context, e discovery.Event, sink discovery.Sink) bool {
	for pause := firstPause; ; pause = min(2*pause, mostPause) {
		err := sink(ctx, e)
		if err == nil {
			r.counters.stored.Add(1)
			if r.failing.Load() && r.failing.CompareAndSwap(true, false) {
				r.options.Log.Info("traps are stored again")
			}
			return true
		}
		r.counters.sinkErrors.Add(1)
		if r.failing.CompareAndSwap(false, true) {
			r.options.Log.Warn("traps cannot be stored; they wait", slog.Any("error", err))
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return false
		case <-timer.C:
		}
	}
}
