package syslog

import (
	"context"
	"net/netip"
	"strconv"
	"time"

	"phoneport/discovery"
)

// maxRetry is the longest wait before a message is given to the sink again.
const maxRetry = 10 * time.Second

// queue gives the queue of a sender: always the same, so that its messages stay in order.
func (r *Receiver) queue(from netip.Addr) chan message {
	h := uint32(2166136261) // FNV-1a
	for _, b := range from.As16() {
		h = (h ^ uint32(b)) * 16777619
	}
	return r.queues[h%uint32(len(r.queues))]
}

// work gives the messages of a queue to the sink. Once ctx has ended it counts what is left as lost.
func (r *Receiver) work(ctx context.Context, q <-chan message, sink discovery.Sink) {
	for m := range q {
		e, other, err := Parse(m.text, m.origin.addr, m.at)
		if err != nil {
			r.counts.empty.Add(1)
			continue
		}
		m.origin.sign(&e)
		r.counts.kind(e)
		r.give(ctx, e, sink)
		if other != "" {
			e.IfName = other
			r.give(ctx, e, sink)
		}
	}
}

// give gives one event to the sink until it takes it.
func (r *Receiver) give(ctx context.Context, e discovery.Event, sink discovery.Sink) {
	e.ID = Name + "-" + r.run + "-" + strconv.FormatUint(r.counts.events.Add(1), 10)
	for wait := r.o.Retry; ctx.Err() == nil; wait = min(2*wait, maxRetry) {
		err := sink(ctx, e)
		if err == nil {
			r.counts.stored.Add(1)
			return
		}
		r.counts.retries.Add(1)
		if wait == r.o.Retry {
			r.o.Log.Warn("event not stored, trying again", "id", e.ID, "err", err)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
		case <-timer.C:
		}
	}
	r.counts.lost.Add(1)
}
