package agent

import (
	"context"
	"time"

	"phoneport/discovery"
)

// watch hears the kernel until the context ends. Where it cannot, it tells so and tries again.
func (a *Agent) watch(ctx context.Context) {
	retry := firstRetry
	for ctx.Err() == nil {
		began := time.Now()
		err := a.o.Host.Watch(ctx, a.heard)
		if ctx.Err() != nil {
			return
		}
		if time.Since(began) > lastRetry {
			retry = firstRetry
		}
		text := "it ended"
		if err != nil {
			text = err.Error()
		}
		a.tell(Note{Kind: NoteFailed, Text: "watch interfaces: " + text + "; trying again in " + retry.String()})
		t := time.NewTimer(retry)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-t.C:
		}
		retry = min(2*retry, lastRetry)
		a.poke() // what happened in between was not heard
	}
}

// heard takes an event of the host. A link that comes or goes is passed to its port at once, as a phone waits for the
// first frame; then the loop looks at the host, since an event is a hint and not the truth.
func (a *Agent) heard(_ context.Context, e discovery.Event) error {
	switch e.Kind {
	case discovery.EventLinkUp, discovery.EventLinkDown:
		a.mu.Lock()
		a.seq++
		seq := a.seq
		p := a.byEvent(e)
		a.mu.Unlock()
		if p != nil {
			a.link(p, e.Kind == discovery.EventLinkUp, seq)
		}
	case discovery.EventVLANChanged, discovery.EventPortAdded, discovery.EventPortRemoved, discovery.EventPower, discovery.EventResync:
	default:
		return nil // addresses that come and go change nothing that is said
	}
	a.poke()
	return nil
}

// byEvent finds the port that an event is about; a.mu is held. An index is taken before a name, which may have moved.
func (a *Agent) byEvent(e discovery.Event) *port {
	for _, p := range a.ports {
		if e.IfIndex != 0 && p.want.Link.Index == e.IfIndex || e.IfIndex == 0 && p.name == e.IfName {
			return p
		}
	}
	return nil
}
