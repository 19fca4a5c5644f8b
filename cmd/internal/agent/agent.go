package agent

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
)

// How long until something that failed is tried again, and how often the host is looked at without being told to:
// the kernel's messages can be lost.
const (
	firstRetry = time.Second
	lastRetry  = 30 * time.Second
	lookEvery  = 5 * time.Minute
)

// ErrNoPort is wrapped by the error of Run where the setup covers no interface of this host.
var ErrNoPort = errors.New("no port to speak on")

// Options of an Agent. Host and Open must be set.
type Options struct {
	Host Host
	Open func(name string) (discovery.Wire, error)
	// Claim makes an interface ours until release is called, so that two agents never speak on one; nil: no claim.
	Claim func(name string) (release func(), err error)
	// Claimed is called once all interfaces are claimed, before anything is said; its error ends Run. nil: nothing.
	Claimed func() error
	// Tell is called with each note, one at a time and in order. It may take its time: up to notesKept notes
	// wait for it, then the oldest are dropped and their number is told. nil drops all.
	Tell func(Note)
}

// Agent runs ports. New makes one, Run runs it; the other methods are safe for parallel use beside Run.
type Agent struct {
	o     Options
	since time.Time
	notes *notes

	work sync.Mutex // held while ports are brought in step; before mu

	mu      sync.Mutex
	setup   Setup
	station advertise.Station
	ports   map[string]*port
	broken  map[string]broken // ports that could not be started
	missing []string
	unread  map[string]error
	claims  map[string]func() // release, by interface: kept while a port restarts
	seq     uint64            // counts link events
	running bool

	wake chan struct{} // holds one: look again
}

// New makes an agent.
func New(o Options, s Setup) *Agent {
	return &Agent{
		o: o, setup: s, ports: map[string]*port{}, broken: map[string]broken{}, claims: map[string]func(){}, unread: map[string]error{}, wake: make(chan struct{}, 1),
		notes: newNotes(),
	}
}

// Run speaks until the context ends, then says goodbye on all ports. started is called once all ports are open; nil
// is allowed. Ports that cannot be opened, or a setup that covers no interface, end it at once; later failures are told
// and tried again.
func (a *Agent) Run(ctx context.Context, started func()) error {
	a.since = time.Now()
	told := make(chan struct{})
	go func() {
		defer close(told)
		a.notes.run(a.o.Tell)
	}()
	defer func() { a.notes.close(); <-told }()
	defer a.stopAll()
	// Watching begins before the first look, so that nothing falls between them.
	watchCtx, stopWatch := context.WithCancel(ctx)
	var watching sync.WaitGroup
	defer watching.Wait()
	defer stopWatch()
	watching.Go(func() { a.watch(watchCtx) })

	if err := a.first(ctx); err != nil {
		return err
	}
	if started != nil {
		started()
	}
	a.loop(ctx)
	return nil
}

// first opens all ports; unlike later, what fails is an error.
func (a *Agent) first(ctx context.Context) error {
	a.work.Lock()
	defer a.work.Unlock()
	plan, look, err := a.look(ctx, a.setup)
	if err != nil {
		return err
	}
	if len(a.setup.Only) > 0 && len(plan.Missing) > 0 {
		return fmt.Errorf("advertise: %s", plan.Missing[0])
	}
	for _, w := range plan.Ports { // all or none: an agent that is refused has not spoken
		err = errors.Join(err, a.claim(w.Link.Name))
	}
	if err == nil && a.o.Claimed != nil {
		err = a.o.Claimed()
	}
	if err != nil {
		return err
	}
	errs := []error{a.enforce(plan, look)}
	for name, err := range plan.Unread {
		errs = append(errs, fmt.Errorf("read bridge %s: %w", name, err))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if len(plan.Ports) == 0 {
		err := ErrNoPort
		for _, m := range plan.Missing {
			err = fmt.Errorf("%w: %s", err, m)
		}
		return err
	}
	a.mu.Lock()
	a.running = true
	a.mu.Unlock()
	return nil
}

// loop looks again when it is woken, when a retry is due, and now and then.
func (a *Agent) loop(ctx context.Context) {
	retry := firstRetry
	t := time.NewTimer(firstRetry) // what changed between the first look and the first event that was heard
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.wake:
		case <-t.C:
		}
		if err := a.again(ctx); err != nil && ctx.Err() == nil {
			t.Reset(retry)
			retry = min(2*retry, lastRetry)
			continue
		}
		retry = firstRetry
		t.Reset(lookEvery)
	}
}

// again brings the ports in step with the host. The error says that something is to be tried again; it was told.
func (a *Agent) again(ctx context.Context) error {
	a.work.Lock()
	defer a.work.Unlock()
	plan, look, err := a.look(ctx, a.current())
	if err == nil {
		err = a.enforce(plan, look)
		for name, e := range plan.Unread {
			err = errors.Join(err, fmt.Errorf("read bridge %s: %w; its ports go on with what they say", name, e))
		}
	}
	if err != nil && ctx.Err() == nil {
		a.tell(Note{Kind: NoteFailed, Text: err.Error()})
	}
	return err
}

// Set takes a new setup over, as a whole: what of it cannot be said is the error, and the old one stays. What
// changed is on the wire when Set returns.
func (a *Agent) Set(ctx context.Context, s Setup) error {
	a.work.Lock()
	defer a.work.Unlock()
	plan, look, err := a.look(ctx, s)
	if err != nil {
		return err
	}
	if len(plan.Ports) == 0 && len(plan.Unread) == 0 {
		return fmt.Errorf("%w: the new configuration covers no interface of this host", ErrNoPort)
	}
	a.mu.Lock()
	a.setup = s
	a.mu.Unlock()
	if err := a.enforce(plan, look); err != nil {
		a.tell(Note{Kind: NoteFailed, Text: err.Error()})
		a.poke() // the new setup holds; what failed is tried again
	}
	return nil
}

func (a *Agent) current() Setup {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.setup
}

// look reads the host and plans. look is the count of link events from before: what was heard since then is
// newer than the scene.
func (a *Agent) look(ctx context.Context, s Setup) (p Planned, look uint64, err error) {
	a.mu.Lock()
	look = a.seq
	a.mu.Unlock()
	sc, err := a.o.Host.Scene(ctx, s.bridges())
	if err != nil {
		return p, look, fmt.Errorf("read interfaces: %w", err)
	}
	p, err = Plan(s, sc)
	return p, look, err
}

// enforce brings the ports in step with a plan. It goes on after a port that fails; the error joins all.
func (a *Agent) enforce(plan Planned, look uint64) error {
	wanted := map[string]Want{}
	for _, w := range plan.Ports {
		wanted[w.Link.Name] = w
	}
	a.adopt(plan)
	a.mu.Lock()
	maps.DeleteFunc(a.broken, func(name string, _ broken) bool { _, ok := wanted[name]; return !ok })
	a.mu.Unlock()
	// Ports that go say goodbye side by side, then the rest change, then new ones begin.
	var gone []*port
	for name, p := range a.snapshot() {
		w, ok := wanted[name]
		switch {
		case !ok && plan.Unread[p.want.Link.Bridge] != nil && p.bridged:
		case !ok:
			gone = append(gone, p)
			a.tell(Note{Kind: NoteStopped, Port: name, Text: "no longer speaks here"})
			a.release(name)
		case p.ended() || p.mustRestart(w):
			gone = append(gone, p)
		}
	}
	a.stop(gone)
	var errs []error
	for _, w := range plan.Ports {
		p, ok := a.find(w.Link.Name)
		if !ok {
			errs = append(errs, a.begin(w, plan.Station, look))
			continue
		}
		errs = append(errs, a.change(p, w, plan.Station, look))
	}
	return errors.Join(errs...)
}

// adopt keeps what of a plan is not of one port, and tells what is new in it.
func (a *Agent) adopt(plan Planned) {
	a.mu.Lock()
	before := a.missing
	a.station, a.missing, a.unread = plan.Station, plan.Missing, plan.Unread
	a.mu.Unlock()
	for _, m := range plan.Missing {
		if !slices.Contains(before, m) {
			a.tell(Note{Kind: NoteWarning, Text: m + "; it is waited for"})
		}
	}
}

// change makes a running port say what is wanted.
func (a *Agent) change(p *port, w Want, st advertise.Station, look uint64) error {
	name := w.Link.Name
	a.mu.Lock()
	was, stationWas := p.want, p.station
	p.want, p.station = w, st // notices that follow are about what is told now
	a.mu.Unlock()
	if !reflect.DeepEqual(stationWas, st) {
		if err := p.run.SetStation(st); err != nil {
			a.mu.Lock()
			p.want, p.station = was, stationWas
			a.mu.Unlock()
			return fmt.Errorf("%s: change station: %w", name, err)
		}
	}
	if !reflect.DeepEqual(was.Advert, w.Advert) {
		if err := p.run.Set(w.Advert); err != nil {
			a.mu.Lock()
			p.want = was
			a.mu.Unlock()
			return fmt.Errorf("%s: change what is told: %w", name, err)
		}
		a.tell(Note{Kind: NoteChanged, Port: name, Text: "tells now: " + Summary(w.Advert), Told: &w.Advert})
	}
	a.warn(name, was.Warnings, w.Warnings)
	a.link(p, w.Link.Up, look)
	return nil
}

// warn tells the warnings that a port did not have before.
func (a *Agent) warn(name string, before, now []string) {
	for _, text := range now {
		if !slices.Contains(before, text) {
			a.tell(Note{Kind: NoteWarning, Port: name, Text: text})
		}
	}
}

func (a *Agent) find(name string) (*port, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	p, ok := a.ports[name]
	return p, ok
}

func (a *Agent) snapshot() map[string]*port {
	a.mu.Lock()
	defer a.mu.Unlock()
	return maps.Clone(a.ports)
}

// poke makes the loop look again.
func (a *Agent) poke() {
	select {
	case a.wake <- struct{}{}:
	default: // it will
	}
}

// claim makes an interface ours.
func (a *Agent) claim(name string) error {
	a.mu.Lock()
	_, ours := a.claims[name]
	a.mu.Unlock()
	if ours || a.o.Claim == nil {
		return nil
	}
	release, err := a.o.Claim(name)
	if err != nil {
		return err
	}
	a.mu.Lock()
	a.claims[name] = release
	a.mu.Unlock()
	return nil
}

// release gives up the claim on an interface.
func (a *Agent) release(name string) {
	a.mu.Lock()
	f := a.claims[name]
	delete(a.claims, name)
	a.mu.Unlock()
	if f != nil {
		f()
	}
}

// Config gives the path of the configuration, "" for none.
func (a *Agent) Config() string { return a.current().Path }

// Reloaded tells what came of reading the configuration again.
func (a *Agent) Reloaded(err error) {
	if err != nil {
		a.tell(Note{Kind: NoteRefused, Text: "the new configuration is refused, the old one goes on: " + err.Error()})
		return
	}
	a.tell(Note{Kind: NoteReloaded, Text: "the configuration was read again"})
}
