package agent

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"sync"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
)

// port is one port that speaks. Fields above done are guarded by Agent.mu.
type port struct {
	want    Want
	station advertise.Station
	up      bool
	seq     uint64                        // of the last link event
	err     error                         // why it ended
	silent  map[discovery.Protocol]string // protocols that another speaker keeps us from, and who

	name    string
	bridged bool
	run     *advertise.Port
	cancel  context.CancelFunc
	done    chan struct{}
	linking sync.Mutex // link states reach the port in the order in which they were heard
}

// ended reports whether the port stopped by itself.
func (p *port) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// mustRestart reports whether a port cannot be changed into what is wanted while it runs: another interface of
// the same name, or other rules of when to speak.
func (p *port) mustRestart(w Want) bool {
	return p.want.Link.Index != w.Link.Index || p.want.Link.Addr != w.Link.Addr || !reflect.DeepEqual(p.want.Options, w.Options)
}

// broken is a port that could not be started, and why.
type broken struct {
	want Want
	err  error
}

// begin starts a port, and keeps for the status why that failed.
func (a *Agent) begin(w Want, st advertise.Station, look uint64) error {
	err := a.start(w, st, look)
	a.mu.Lock()
	defer a.mu.Unlock()
	if delete(a.broken, w.Link.Name); err != nil {
		a.broken[w.Link.Name] = broken{w, err}
	}
	return err
}

// start opens an interface and begins to speak on it.
func (a *Agent) start(w Want, st advertise.Station, look uint64) error {
	name := w.Link.Name
	if err := a.claim(name); err != nil {
		return err
	}
	wire, err := a.o.Open(name)
	if err != nil {
		a.release(name)
		return fmt.Errorf("advertise: %w", err)
	}
	p := &port{
		want: w, station: st, up: w.Link.Up, seq: look, name: name, bridged: w.Link.Bridge != "", done: make(chan struct{}),
		silent: map[discovery.Protocol]string{},
	}
	p.run, err = advertise.NewPort(wire, st, w.Advert, w.Options, func(_ string, n advertise.Notice) { a.notice(p, n) })
	if err != nil {
		_ = wire.Close() // nothing was sent on it
		a.release(name)
		return fmt.Errorf("advertise on %s: %w", name, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.cancel = cancel
	a.mu.Lock()
	a.ports[name] = p
	a.mu.Unlock()
	a.tell(Note{Kind: NoteStarted, Port: name, Text: "tells " + Summary(w.Advert), Told: &w.Advert})
	a.warn(name, nil, w.Warnings)
	up := w.Link.Up
	go func() {
		defer close(p.done)
		if err := p.run.Run(ctx, up); err != nil {
			a.failed(p, err)
		}
	}()
	return nil
}

// failed notes that a port ended by itself, mostly since its interface is gone, and makes the loop look.
func (a *Agent) failed(p *port, err error) {
	a.mu.Lock()
	p.err = err
	a.mu.Unlock()
	if !errors.Is(err, discovery.ErrWireClosed) {
		a.tell(Note{Kind: NoteFailed, Port: p.name, Text: err.Error()})
	}
	a.poke()
}

// stop ends ports, side by side: each says goodbye.
func (a *Agent) stop(ps []*port) {
	for _, p := range ps {
		p.cancel()
	}
	for _, p := range ps {
		<-p.done
		a.mu.Lock()
		delete(a.ports, p.name)
		a.mu.Unlock()
	}
}

// stopAll says goodbye on all ports and gives up their interfaces.
func (a *Agent) stopAll() {
	a.work.Lock()
	defer a.work.Unlock()
	var ps []*port
	for _, p := range a.snapshot() {
		ps = append(ps, p)
	}
	a.stop(ps)
	a.mu.Lock()
	a.running = false
	claims := a.claims
	a.claims = map[string]func(){}
	a.mu.Unlock()
	for _, release := range claims {
		release()
	}
}

// link tells a port about its link. seq is the count of link events when that was heard or seen; what is older than
// what the port knows is dropped.
func (a *Agent) link(p *port, up bool, seq uint64) {
	p.linking.Lock()
	defer p.linking.Unlock()
	a.mu.Lock()
	was, stale := p.up, p.seq > seq
	if !stale {
		p.up, p.seq = up, seq
	}
	a.mu.Unlock()
	if stale || was == up {
		return
	}
	p.run.Link(up)
	kind, text := NoteLinkUp, "link is up"
	if !up {
		kind, text = NoteLinkDown, "link is down"
	}
	a.tell(Note{Kind: kind, Port: p.name, Text: text})
}
