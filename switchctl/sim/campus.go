package sim

import (
	"context"
	"fmt"
	"net/netip"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
)

// Campus is a set of simulated switches with what is plugged into them, and of recordings. Its methods
// may be called at any time, from any goroutine.
type Campus struct {
	opts       Options
	config     *agent.Config
	open       *agent.Config // of recordings: any community
	switches   []*Switch
	recordings []*recorded
	line       *agent.Line
	ready      chan struct{}
	running    atomic.Bool
}

// New builds a campus. It opens nothing: Run does. The error joins all mistakes of o.
func New(o Options) (*Campus, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	for _, name := range o.Personalities {
		if err := personalityOf(name).load(); err != nil {
			return nil, err
		}
	}
	c := &Campus{opts: o, line: agent.NewLine(), ready: make(chan struct{})}
	c.config = &agent.Config{Read: []string{o.ReadCommunity}, Write: []string{o.WriteCommunity}, Users: o.Users, MaxSize: o.MaxSize, Now: o.Now}
	c.open = &agent.Config{AnyCommunity: true, Users: o.Users, MaxSize: o.MaxSize, Now: o.Now}
	if err := c.config.Check(); err != nil {
		return nil, err
	}
	temper := agent.Temper{Delay: o.Delay, PerPDU: o.PerPDU, Loss: o.Loss}
	for k := range o.Switches {
		s := build(&c.opts, k)
		s.agent = agent.New(c.config, s, s.engine())
		s.agent.SetTemper(temper)
		c.switches = append(c.switches, s)
	}
	for k, rec := range o.Recordings {
		r := newRecorded(rec, c.open, uint32(k), o.Now())
		t := temper
		t.ReadOnly = rec.ReadOnly
		r.agent.SetTemper(t)
		c.recordings = append(c.recordings, r)
	}
	return c, nil
}

// Run opens one UDP socket for each switch and recording, and answers until ctx ends, which gives nil.
// An error names the address that could not be used. A campus runs once.
func (c *Campus) Run(ctx context.Context) error {
	if c.running.Swap(true) {
		return fmt.Errorf("run lab: it ran before")
	}
	agents := make([]*agent.Agent, 0, len(c.switches)+len(c.recordings))
	for _, s := range c.switches {
		agents = append(agents, s.agent)
	}
	for _, r := range c.recordings {
		agents = append(agents, r.agent)
	}
	servers := make([]*agent.Server, 0, len(agents))
	defer func() {
		for _, s := range servers {
			s.Close()
		}
	}()
	for k, a := range agents {
		addr, err := addressAt(c.opts.Listen.Addr(), k)
		if err != nil {
			return err
		}
		server, err := agent.Listen(a, netip.AddrPortFrom(addr, c.opts.Listen.Port()), c.line, c.opts.Seed+uint64(k))
		if err != nil {
			return fmt.Errorf("run lab: %w", err)
		}
		servers = append(servers, server)
	}
	for k, s := range c.switches {
		s.mu.Lock()
		s.server = servers[k]
		s.mu.Unlock()
	}
	for k, r := range c.recordings {
		r.server.Store(servers[len(c.switches)+k])
	}
	g, ctx := errgroup.WithContext(ctx)
	for _, server := range servers {
		g.Go(func() error { return server.Serve(ctx) })
	}
	g.Go(func() error { c.line.Run(ctx); return nil })
	close(c.ready)
	c.opts.Log.Info("lab is running", "switches", len(c.switches), "recordings", len(c.recordings), "first", servers[0].Addr().String())
	return g.Wait()
}

// Ready is closed when all sockets are open.
func (c *Campus) Ready() <-chan struct{} { return c.ready }

// Start is Run in a goroutine: it comes back when all sockets are open, or with why they are not. stop
// ends the campus, waits until it has ended and gives what Run gave.
func (c *Campus) Start(ctx context.Context) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	select {
	case err := <-done:
		cancel()
		return nil, err
	case <-c.Ready():
	}
	return func() error {
		cancel()
		return <-done
	}, nil
}

// SwitchInfo is how a switch or recording is reached.
type SwitchInfo struct {
	Name        string // acc-0001; of a recording the name that it was given
	Address     string // host:port; of a campus that does not run with port 0 as asked for
	Personality string // "" for a recording
	Vendor      string
	Site        string
	Ports       int // access ports; 0 for a recording
}

// Switches gives all switches, then all recordings, in the order of their addresses.
func (c *Campus) Switches() []SwitchInfo {
	out := make([]SwitchInfo, 0, len(c.switches)+len(c.recordings))
	for k, s := range c.switches {
		s.mu.Lock()
		server := s.server
		s.mu.Unlock()
		out = append(out, SwitchInfo{s.name, c.address(k, server), s.kind.name, s.kind.vendor, s.site, c.opts.Ports})
	}
	for k, r := range c.recordings {
		out = append(out, SwitchInfo{Name: r.name, Address: c.address(len(c.switches)+k, r.server.Load())})
	}
	return out
}

func (c *Campus) address(k int, server *agent.Server) string {
	if server != nil {
		return server.Addr().String()
	}
	addr, err := addressAt(c.opts.Listen.Addr(), k)
	if err != nil {
		return "" // cannot be: check saw all addresses
	}
	return netip.AddrPortFrom(addr, c.opts.Listen.Port()).String()
}

// Phone is one phone as a provisioning system knows it.
type Phone struct {
	MAC       discovery.MAC
	Name      string // SEP…, AVX…
	Extension string
	Model     string
	Vendor    string
	Site      string
	Switch    string // where it should be
	Port      string
}

// Phones gives all phones that were plugged in when the campus was built, where they should be: what an
// inventory holds. No fault changes it.
func (c *Campus) Phones() []Phone {
	var out []Phone
	for _, s := range c.switches {
		s.mu.Lock()
		for _, p := range s.ports {
			if p.home != nil && p.home.kind == kindPhone {
				phone := *p.home.phone
				phone.Port = p.name
				out = append(out, phone)
			}
		}
		s.mu.Unlock()
	}
	return out
}

// Counters are what the agents of the campus did.
type Counters struct {
	Get, Next, Bulk, Set uint64 // request PDUs carried out
	Variables            uint64 // variables in answers
	Written              uint64 // variables set
	Octets               uint64 // of answers, UDP payload
	Dropped              uint64 // requests without answer: malformed, unknown community, lost on purpose
	Reports              uint64 // SNMPv3 reports
}

// PDUs is the number of request PDUs carried out.
func (n Counters) PDUs() uint64 { return n.Get + n.Next + n.Bulk + n.Set }

func (n *Counters) add(a *agent.Counters) {
	n.Get += a.Get.Load()
	n.Next += a.Next.Load()
	n.Bulk += a.Bulk.Load()
	n.Set += a.Set.Load()
	n.Variables += a.Variables.Load()
	n.Written += a.Written.Load()
	n.Octets += a.Octets.Load()
	n.Dropped += a.Dropped.Load()
	n.Reports += a.Reports.Load()
}

// Counters gives the counters of one switch or recording, or with "" the sum of all.
func (c *Campus) Counters(name string) Counters {
	var n Counters
	for _, s := range c.switches {
		if name == "" || s.name == name {
			n.add(&s.agent.Counters)
		}
	}
	for _, r := range c.recordings {
		if name == "" || r.name == name {
			n.add(&r.agent.Counters)
		}
	}
	return n
}

func (c *Campus) find(name string) (*Switch, error) {
	for _, s := range c.switches {
		if s.name == name {
			return s, nil
		}
	}
	return nil, fmt.Errorf("find switch %s: the lab has no such switch", name)
}

// Reboot restarts a switch: what was not saved is lost, all phones start anew.
func (c *Campus) Reboot(name string) error {
	s, err := c.find(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reboot(false)
	return nil
}
