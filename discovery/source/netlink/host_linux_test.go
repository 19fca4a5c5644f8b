package netlink

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
	"phoneport/discovery/wire/wiretest"
)

// Bridges that filter VLANs, which not every kernel has, are tried with the driver: switchctl/driver/linux.

// network is a network namespace of the test's own with a bridge br0.
type network struct {
	t  *testing.T
	br netlink.Link
}

func newNetwork(t *testing.T) *network {
	t.Helper()
	wiretest.Namespace(t, "events of a real kernel")
	n := &network{t: t}
	err := os.WriteFile("/proc/sys/net/ipv6/conf/default/disable_ipv6", []byte("1"), 0o644)
	if err != nil && !errors.Is(err, os.ErrNotExist) { // nobody shall send what the test did not ask for
		t.Fatal(err)
	}
	n.br = n.add(&netlink.Bridge{LinkAttrs: netlink.LinkAttrs{Name: "br0"}})
	n.must(netlink.LinkSetUp(n.br))
	return n
}

func (n *network) must(err error) {
	n.t.Helper()
	if err != nil {
		n.t.Fatal(err)
	}
}

func (n *network) add(l netlink.Link) netlink.Link {
	n.t.Helper()
	n.must(netlink.LinkAdd(l))
	return n.link(l.Attrs().Name)
}

func (n *network) link(name string) netlink.Link {
	n.t.Helper()
	l, err := netlink.LinkByName(name)
	n.must(err)
	return l
}

// cable makes a cable whose near end is up; the far end has the name with an x behind it.
func (n *network) cable(name string) (near, far netlink.Link) {
	n.t.Helper()
	near = n.add(&netlink.Veth{LinkAttrs: netlink.LinkAttrs{Name: name}, PeerName: name + "x"})
	n.must(netlink.LinkSetUp(near))
	return near, n.link(name + "x")
}

// run runs the source from the thread of the test, so that its sockets are in the namespace.
func (n *network) run(o Options, sink discovery.Sink) *running {
	n.t.Helper()
	if o.Buffer == 0 {
		o.Buffer = DefaultBuffer
	}
	sock, err := open(o.Buffer)
	n.must(err)
	r := start(n.t, New(o), begun(sock), sink)
	return r
}

// begun makes a socket whose first reading is done before the test goes on, so that what the test does is news.
func begun(s socket) socket {
	there, err := s.dump()
	return &readBefore{socket: s, there: there, err: err}
}

type readBefore struct {
	socket
	there []packet
	err   error
}

func (r *readBefore) dump() ([]packet, error) {
	if r.there == nil && r.err == nil {
		return r.socket.dump()
	}
	there, err := r.there, r.err
	r.there, r.err = nil, nil
	return there, err
}

// want waits for an event of the kind on the interface; events on the way there must be of the kinds allowed.
func (r *running) want(t *testing.T, kind discovery.EventKind, name string, allowed ...discovery.EventKind) discovery.Event {
	t.Helper()
	for {
		e := r.next(t)
		if e.Kind == kind && e.IfName == name {
			return e
		}
		ok := false
		for _, k := range allowed {
			ok = ok || e.Kind == k
		}
		if !ok {
			t.Fatalf("event %s %s, want %s %s", e.Kind, e.IfName, kind, name)
		}
	}
}

func TestKernel(t *testing.T) {
	n := newNetwork(t)
	lan1, far := n.cable("lan1")
	r := n.run(Options{Bridge: "br0"}, nil)

	// Of a link outside the bridge nothing is told; the first word is that it is a port.
	n.must(netlink.LinkSetUp(far))
	n.must(netlink.LinkSetMaster(lan1, n.br))
	e := r.want(t, discovery.EventPortAdded, "lan1")
	if e.IfIndex != lan1.Attrs().Index || !e.Authentic || len(e.Raw) == 0 {
		t.Errorf("event %+v", e)
	}

	n.must(netlink.LinkSetDown(far))
	r.want(t, discovery.EventLinkDown, "lan1", discovery.EventLinkUp) // the kernel may tell late that it came up
	n.must(netlink.LinkSetUp(far))
	r.want(t, discovery.EventLinkUp, "lan1")
	n.must(netlink.LinkSetDown(lan1))
	r.want(t, discovery.EventLinkDown, "lan1")
	n.must(netlink.LinkSetUp(lan1))
	r.want(t, discovery.EventLinkUp, "lan1")

	// A frame from the far end is learned; then it is forgotten.
	station := discovery.MAC(far.Attrs().HardwareAddr)
	if e := r.sending(t, far); e.Kind != discovery.EventMACLearned || e.IfName != "lan1" || e.MAC != station {
		t.Errorf("event %+v, want %s learned on lan1", e, station)
	}
	n.must(netlink.NeighDel(&netlink.Neigh{
		LinkIndex: lan1.Attrs().Index, Family: unix.AF_BRIDGE, Flags: netlink.NTF_MASTER, HardwareAddr: net.HardwareAddr(station[:]),
	}))
	if e := r.want(t, discovery.EventMACRemoved, "lan1"); e.MAC != station {
		t.Errorf("forgot %s, want %s", e.MAC, station)
	}
	// A static address is not learned: the next event is of something else.
	n.must(netlink.NeighSet(&netlink.Neigh{
		LinkIndex: lan1.Attrs().Index, Family: unix.AF_BRIDGE, Flags: netlink.NTF_MASTER, State: netlink.NUD_NOARP,
		HardwareAddr: net.HardwareAddr{2, 0, 0, 0, 0, 1},
	}))

	n.must(netlink.LinkSetNoMaster(lan1))
	r.want(t, discovery.EventPortRemoved, "lan1")
	n.must(netlink.LinkSetMaster(lan1, n.br))
	r.want(t, discovery.EventPortAdded, "lan1")
	n.must(netlink.LinkDel(lan1))
	r.want(t, discovery.EventPortRemoved, "lan1", discovery.EventLinkDown)

	r.stop()
	if err := r.ended(t); err != nil {
		t.Errorf("ended with %v", err)
	}
}

// sending sends frames until an event comes. One is not enough: the kernel tells of a carrier at once, but lets the queue
// of one end and the bridge at the other know a little later (linkwatch), and drops what comes before.
func (r *running) sending(t *testing.T, from netlink.Link) discovery.Event {
	t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for begin := time.Now(); time.Since(begin) < patience; {
		send(t, from)
		select {
		case e := <-r.got:
			return e
		case <-again.C:
		}
	}
	t.Fatal("no event came")
	return discovery.Event{}
}

// send sends one frame from the far end of a cable.
func send(t *testing.T, from netlink.Link) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(fd)
	f := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, from.Attrs().HardwareAddr...)
	f = append(f, 0x88, 0xb5) // local experimental
	f = append(f, make([]byte, 46)...)
	if err := unix.Sendto(fd, f, 0, &unix.SockaddrLinklayer{Ifindex: from.Attrs().Index, Halen: 6}); err != nil {
		t.Fatal(err)
	}
}

// TestKernelNoRoom fills the kernel's buffer while the sink is busy: it must say that events were lost, and go on from
// what is, whatever older messages still waited.
func TestKernelNoRoom(t *testing.T) {
	n := newNetwork(t)
	lan1, far := n.cable("lan1")
	n.must(netlink.LinkSetUp(far))
	n.must(netlink.LinkSetMaster(lan1, n.br))
	learn := func(last ...byte) {
		t.Helper()
		n.must(netlink.NeighSet(&netlink.Neigh{
			LinkIndex: lan1.Attrs().Index, Family: unix.AF_BRIDGE, Flags: netlink.NTF_MASTER | netlink.NTF_EXT_LEARNED,
			State: netlink.NUD_REACHABLE, HardwareAddr: append(net.HardwareAddr{2, 0, 0}, last...),
		}))
	}
	busy, free := make(chan struct{}), make(chan struct{})
	got := make(chan discovery.Event, 1<<16)
	first := true
	r := n.run(Options{Bridge: "br0", Buffer: 64 << 10}, func(ctx context.Context, e discovery.Event) error {
		if first {
			first = false
			close(busy)
			select {
			case <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		got <- e
		return nil
	})
	r.got = got
	n.must(netlink.LinkSetDown(lan1))
	<-busy
	n.must(netlink.LinkSetUp(lan1)) // waits
	for i := range 1000 {           // some 800 octets each, in twice the buffer that was asked for
		learn(0, byte(i>>8), byte(i))
	}
	n.must(netlink.LinkSetDown(lan1)) // is lost
	close(free)
	link := []discovery.EventKind{discovery.EventLinkUp, discovery.EventLinkDown}
	r.want(t, discovery.EventResync, "", append(link, discovery.EventMACLearned)...)
	// Nothing of what waited comes after it: neither the link that was up meanwhile, nor an address.
	learn(1, 2, 3)
	if e := r.want(t, discovery.EventMACLearned, "lan1"); e.MAC != (discovery.MAC{2, 0, 0, 1, 2, 3}) {
		t.Errorf("learned %s after the loss", e.MAC)
	}
	n.must(netlink.LinkSetUp(lan1))
	r.want(t, discovery.EventLinkUp, "lan1")
}
