package advertise

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
)

// goodbyeTime is how long the last frames may take to be written, when the context of Run has ended.
const goodbyeTime = time.Second

// Port runs a Machine over a wire. Its methods are safe for parallel use.
//
// Whoever has news for the machine — the goroutine that reads the wire, the one that waits for Next, the caller of Link or
// Set — steps it and writes what comes of it before anything else, under one lock: there is no queue between a
// frame that is heard and its answer.
type Port struct {
	wire   discovery.Wire
	notify func(port string, n Notice)

	mu      sync.Mutex
	m       *Machine
	state   portState
	ctx     context.Context // of Run
	timer   *time.Timer
	armed   time.Time // what the timer is set to; zero: not set
	up      bool      // told by Link before Run
	told    bool
	failing time.Time // since when no write succeeded; zero: the last one did
	loud    bool      // and that was told
	errors  uint64
}

type portState uint8

const (
	portNew portState = iota
	portRuns
	portEnded
)

// NewPort makes a port; Run starts it. notice is called for each notice, one at a time, after the frames of its
// step are written, and must not block or call the port; nil drops them.
func NewPort(w discovery.Wire, s Station, a Advert, o Options, notice func(port string, n Notice)) (*Port, error) {
	m, err := NewMachine(w.Addr(), s, a, o)
	if err != nil {
		return nil, err
	}
	if notice == nil {
		notice = func(string, Notice) {}
	}
	return &Port{wire: w, notify: notice, m: m}, nil
}

// Run hears and speaks until the context ends, then says goodbye, and closes the wire. It returns nil where the
// context ended it, else why the wire failed. The link counts as up at the start where up is true, or as Link said
// last, where that was called before. Run can be called once.
func (p *Port) Run(ctx context.Context, up bool) error {
	run, cancel := context.WithCancel(ctx)
	defer cancel()

	p.mu.Lock()
	if p.state != portNew {
		p.mu.Unlock()
		return fmt.Errorf("run port %s: it was run before", p.wire.Name())
	}
	p.state, p.ctx = portRuns, run
	p.timer = time.NewTimer(0)
	p.timer.Stop()
	if p.told {
		up = p.up
	}
	if up {
		p.step(Input{Kind: LinkUp})
	}
	p.mu.Unlock()

	var tick sync.WaitGroup
	tick.Go(p.tick)
	err := p.read(run)
	cancel()
	tick.Wait()

	p.mu.Lock()
	defer p.mu.Unlock()
	bye, done := context.WithTimeout(context.WithoutCancel(ctx), goodbyeTime)
	defer done()
	p.ctx = bye
	if !errors.Is(err, discovery.ErrWireClosed) {
		p.step(Input{Kind: Stop})
	}
	p.state = portEnded
	p.timer.Stop()
	closing := p.wire.Close()
	if ctx.Err() != nil {
		return nil // a wire that does not close well is nobody's concern any more
	}
	if errors.Is(closing, discovery.ErrWireClosed) {
		closing = nil
	}
	return fmt.Errorf("run port %s: %w", p.wire.Name(), errors.Join(err, closing))
}

// read takes what is heard until the wire fails or the context ends.
func (p *Port) read(ctx context.Context) error {
	for {
		f, err := p.wire.Read(ctx)
		if err != nil {
			return err
		}
		p.mu.Lock()
		p.step(Input{Kind: Heard, Frame: f})
		p.mu.Unlock()
	}
}

// tick wakes the machine when it wants to be.
func (p *Port) tick() {
	for {
		select {
		case <-p.ctx.Done():
			return
		case <-p.timer.C:
			p.mu.Lock()
			p.armed = time.Time{}
			if p.ctx.Err() == nil {
				p.step(Input{Kind: Tick})
			}
			p.mu.Unlock()
		}
	}
}

// step has the machine take one input, and writes what it says. The caller holds the lock.
func (p *Port) step(in Input) {
	now := time.Now()
	out := p.m.Step(in, now)
	var failed Notice
	for _, f := range out.Frames {
		if n := p.write(f, now); n.Kind == SendFailed {
			failed = n
		}
	}
	p.arm()
	for _, n := range out.Notices {
		p.notify(p.wire.Name(), n)
	}
	if failed.Kind == SendFailed {
		p.notify(p.wire.Name(), failed)
	}
}

// write sends one frame. What the wire does not take is said again soon. A row of failures is told once, when that did not
// help: a queue that was full is empty by then, and of an interface that went down the news has come, after which nothing
// is sent.
func (p *Port) write(frame []byte, now time.Time) (n Notice) {
	err := p.wire.Write(p.ctx, discovery.Frame{Data: frame})
	if err == nil {
		p.failing, p.loud = time.Time{}, false
		return n
	}
	p.errors++
	protocol := discovery.LLDP
	if len(frame) >= 6 && discovery.MAC(frame[:6]) == cdp.Multicast {
		protocol = discovery.CDP
	}
	p.m.again(protocol, now)
	if p.failing.IsZero() {
		p.failing = now
	}
	if p.loud || now.Sub(p.failing) < p.m.o.FastTx {
		return n
	}
	p.loud = true
	return Notice{Kind: SendFailed, At: now, Protocol: protocol, Detail: err.Error()}
}

// arm sets the timer to what the machine waits for.
func (p *Port) arm() {
	next := p.m.Next()
	if p.timer == nil || next.Equal(p.armed) {
		return
	}
	p.armed = next
	if next.IsZero() {
		p.timer.Stop()
		return
	}
	p.timer.Reset(time.Until(next))
}

// Link tells that the link went up or down; what is to be said is on the wire when it returns. Before Run it is only
// remembered.
func (p *Port) Link(up bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.state == portNew:
		p.up, p.told = up, true
	case p.state == portEnded:
	case up:
		p.step(Input{Kind: LinkUp})
	default:
		p.step(Input{Kind: LinkDown})
	}
}

// Set changes what is said; it is on the wire when Set returns, credits permitting (see Machine). The error is that of
// Advert.Check, or that advert and station together are too long for a frame: nothing changed.
func (p *Port) Set(a Advert) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := check(p.m.addr, &p.m.station, &a, &p.m.o); err != nil {
		return err
	}
	p.step(Input{Kind: SetAdvert, Advert: &a})
	return nil
}

// SetStation changes who speaks; neighbours are told goodbye by the old name first. An error means that nothing
// changed.
func (p *Port) SetStation(s Station) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if err := check(p.m.addr, &s, &p.m.advert, &p.m.o); err != nil {
		return err
	}
	p.step(Input{Kind: SetStation, Station: &s})
	return nil
}

// Neighbors gives who is heard.
func (p *Port) Neighbors() []discovery.Neighbor {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.m.Neighbors()
}

// Stats gives the counters.
func (p *Port) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.m.Stats()
	s.SendErrors = p.errors
	return s
}
