package sim

import (
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// clock is the time of a campus under test.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const boot = 100 * time.Second

// lab is a campus of one switch that does not run: tests look at it without sockets.
type lab struct {
	*Campus
	*clock
	t *testing.T
	s *Switch
}

func newLab(t *testing.T, o Options) *lab {
	t.Helper()
	c := newClock()
	o.Now = c.Now
	if o.Switches == 0 {
		o.Switches = 1
	}
	if o.Boot == 0 {
		o.Boot = boot
	}
	campus, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return &lab{campus, c, t, campus.switches[0]}
}

// get reads one instance as an agent would answer it; KindNone where there is none.
func (l *lab) get(oid string, index ...uint32) snmp.Value { return l.getIn("", oid, index...) }

func (l *lab) getIn(context, oid string, index ...uint32) snmp.Value {
	l.t.Helper()
	l.s.Lock()
	defer l.s.Unlock()
	view := l.s.View(context)
	if view == nil {
		l.t.Fatalf("no context %q", context)
	}
	v, _ := view.Get(snmp.MustOID(oid).Append(index...))
	return v
}

func (l *lab) num(oid string, index ...uint32) int64 {
	l.t.Helper()
	n, ok := l.get(oid, index...).Int()
	if !ok {
		return -1
	}
	return n
}

// set writes one instance and gives the status.
func (l *lab) set(v snmp.Value, oid string, index ...uint32) agent.Status {
	l.t.Helper()
	l.s.Lock()
	defer l.s.Unlock()
	commit, st := l.s.View("").Check(snmp.MustOID(oid).Append(index...), v)
	if st == agent.NoError {
		commit()
	}
	return st
}

// heard gives the VLANs in which an address is learned, by what the tables say.
func (l *lab) heard(m discovery.MAC) (vlans []uint16) {
	l.s.Lock()
	defer l.s.Unlock()
	l.s.learn(func(e learned) {
		if e.mac == m {
			vlans = append(vlans, e.vlan)
		}
	})
	return vlans
}

// phonePort gives the first port with a phone that passes.
func (l *lab) phonePort(pass func(p *port) bool) *port {
	l.t.Helper()
	for _, p := range l.s.ports {
		if p.role == roleAccess && p.dev != nil && p.dev.kind == kindPhone && (pass == nil || pass(p)) {
			return p
		}
	}
	l.t.Fatal("no port with such a phone")
	return nil
}

func (l *lab) state(p *port) PortState {
	l.t.Helper()
	st, err := l.Port(l.s.name, p.name)
	if err != nil {
		l.t.Fatal(err)
	}
	return st
}

func (l *lab) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// run starts a campus on kernel-chosen ports and gives it.
func run(t testing.TB, o Options) *Campus {
	t.Helper()
	o.Listen = netip.MustParseAddrPort("127.3.0.1:0")
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := c.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// corpus gives the folder of recordings beside the repository, and skips where it is not there.
func corpus(t *testing.T, dir string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	path := filepath.Join(root, "..", "shared", "corpus", dir)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("SKIPPED: the corpus of recordings is not at %s", path)
	}
	return path
}
