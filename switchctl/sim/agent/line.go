package agent

import (
	"container/heap"
	"context"
	"net"
	"net/netip"
	"sync"
	"time"
)

// lineLength bounds the answers under way of all agents of a Line. When it is full, answers are lost,
// as in the buffers of a network.
const lineLength = 1 << 16

// Line delays answers: one goroutine sends those of all agents, each when it is due.
type Line struct {
	mu    sync.Mutex
	queue flights
	seq   uint64
	wake  chan struct{}
	full  uint64
}

// NewLine makes a line; Run sends.
func NewLine() *Line { return &Line{wake: make(chan struct{}, 1)} }

// flight is one answer under way.
type flight struct {
	due  time.Time
	seq  uint64 // keeps answers that are due together in order
	conn *net.UDPConn
	to   netip.AddrPort
	data []byte
}

type flights []flight

func (f flights) Len() int { return len(f) }
func (f flights) Less(i, j int) bool {
	if f[i].due.Equal(f[j].due) {
		return f[i].seq < f[j].seq
	}
	return f[i].due.Before(f[j].due)
}
func (f flights) Swap(i, j int) { f[i], f[j] = f[j], f[i] }
func (f *flights) Push(x any)   { *f = append(*f, x.(flight)) }
func (f *flights) Pop() any {
	old := *f
	x := old[len(old)-1]
	old[len(old)-1] = flight{}
	*f = old[:len(old)-1]
	return x
}

// send takes a copy of data.
func (l *Line) send(due time.Time, conn *net.UDPConn, to netip.AddrPort, data []byte) {
	l.mu.Lock()
	if len(l.queue) >= lineLength {
		l.full++
		l.mu.Unlock()
		return
	}
	l.seq++
	heap.Push(&l.queue, flight{due, l.seq, conn, to, append([]byte(nil), data...)})
	first := l.queue[0].seq == l.seq
	l.mu.Unlock()
	if first { // it is due before all others: the sender waits for too long
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// Lost counts the answers that found the line full.
func (l *Line) Lost() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.full
}

// Run sends until ctx ends.
func (l *Line) Run(ctx context.Context) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(l.sendDue(time.Now()))
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-l.wake:
		}
	}
}

// sendDue sends what is due and gives the time to the next.
func (l *Line) sendDue(now time.Time) time.Duration {
	for {
		l.mu.Lock()
		if len(l.queue) == 0 {
			l.mu.Unlock()
			return time.Hour
		}
		if wait := l.queue[0].due.Sub(now); wait > 0 {
			l.mu.Unlock()
			return wait
		}
		f := heap.Pop(&l.queue).(flight)
		l.mu.Unlock()
		_, _ = f.conn.WriteToUDPAddrPort(f.data, f.to) // a closed socket: its agent was stopped
	}
}
