package pse

import (
	"context"
	"errors"
	"iter"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/genetlink/genltest"
	"github.com/mdlayher/netlink"
	"github.com/mdlayher/netlink/nltest"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// heard is what a socket of the group "monitor" receives next.
type heard struct {
	messages []netlink.Message
	err      error
}

// monitor is a socket that has the family, lets the group be joined, and then receives what next gives.
type monitor struct {
	groups  []uint32
	pending []netlink.Message
	next    chan heard
	closed  chan struct{}
}

func newMonitor() *monitor {
	return &monitor{next: make(chan heard, 8), closed: make(chan struct{})}
}

func (m *monitor) Send(req netlink.Message) error {
	family := genetlink.Family{ID: 21, Version: 1, Name: familyName, Groups: []genetlink.MulticastGroup{{ID: 4, Name: "other"}, {ID: 5, Name: monitorName}}}
	// What a socket of nltest would answer to the question for the family.
	var g genetlink.Message
	if err := g.UnmarshalBinary(req.Data); err != nil {
		return err
	}
	answers, err := genltest.ServeFamily(family, nil)(g, req)
	if err != nil {
		return err
	}
	for _, a := range answers {
		b, err := a.MarshalBinary()
		if err != nil {
			return err
		}
		m.pending = append(m.pending, netlink.Message{Header: netlink.Header{Sequence: req.Header.Sequence, PID: req.Header.PID}, Data: b})
	}
	return nil
}

func (m *monitor) SendMessages([]netlink.Message) error { return errors.ErrUnsupported }

func (m *monitor) Receive() ([]netlink.Message, error) {
	if p := m.pending; p != nil {
		m.pending = nil
		return p, nil
	}
	select {
	case h := <-m.next:
		return h.messages, h.err
	case <-m.closed:
		return nil, syscall.EBADF
	}
}

func (m *monitor) ReceiveIter() iter.Seq2[netlink.Message, error] {
	return func(yield func(netlink.Message, error) bool) {
		messages, err := m.Receive()
		if err != nil {
			yield(netlink.Message{}, err)
			return
		}
		for _, msg := range messages {
			if !yield(msg, nil) {
				return
			}
		}
	}
}

func (m *monitor) JoinGroup(group uint32) error { m.groups = append(m.groups, group); return nil }
func (m *monitor) LeaveGroup(uint32) error      { return nil }

func (m *monitor) Close() error {
	select {
	case <-m.closed:
	default:
		close(m.closed)
	}
	return nil
}

// tell lets the kernel tell something.
func (m *monitor) tell(t *testing.T, command uint8, data []byte) {
	t.Helper()
	b, err := genetlink.Message{Header: genetlink.Header{Command: command, Version: 1}, Data: data}.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	m.next <- heard{messages: []netlink.Message{{Header: netlink.Header{Type: 21}, Data: b}}}
}

func (m *monitor) conn() *Conn {
	return &Conn{dial: func() (*genetlink.Conn, error) { return genetlink.NewConn(netlink.NewConn(m, nltest.PID)), nil }}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	m := newMonitor()
	m.tell(t, msgPSENtf, notice(t, "lan1", 4, uint64(OverCurrent|Disconnection), false))
	m.tell(t, 3, notice(t, "lan1", 4, 1, false)) // LINKINFO_NTF: the group is that of all of ethtool
	m.tell(t, msgPSENtf, []byte{9, 0, 2, 0, 1})  // cut
	m.next <- heard{err: syscall.ENOBUFS}
	m.tell(t, msgPSENtf, notice(t, "lan2", 5, uint64(OverBudget), true))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var got []Notice
	err := m.conn().Watch(ctx, func(_ context.Context, n Notice) error {
		if got = append(got, n); len(got) == 4 {
			cancel()
		}
		return nil
	})
	if err != nil {
		t.Errorf("a watch whose context ended: %v", err)
	}
	want := []Notice{{Name: "lan1", Index: 4, Events: OverCurrent | Disconnection}, {Lost: true}, {Lost: true}, {Name: "lan2", Index: 5, Events: OverBudget}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint32{5}, m.groups); diff != "" {
		t.Errorf("groups joined (-want +got):\n%s", diff)
	}
	<-m.closed
}

func TestWatchEnds(t *testing.T) {
	t.Parallel()
	full := errors.New("store is full")
	m := newMonitor()
	m.tell(t, msgPSENtf, notice(t, "lan1", 4, 1, false))
	if err := m.conn().Watch(t.Context(), func(context.Context, Notice) error { return full }); !errors.Is(err, full) {
		t.Errorf("a sink that fails: %v", err)
	}
	m = newMonitor()
	m.next <- heard{err: syscall.ECONNRESET}
	if err := m.conn().Watch(t.Context(), nil); switchctl.ClassOf(err) == nil || !strings.Contains(err.Error(), "watch inline power") {
		t.Errorf("a socket that fails: %v", err)
	}
	c := &Conn{dial: func() (*genetlink.Conn, error) {
		return genltest.Dial(genltest.ServeFamily(genetlink.Family{ID: 21, Version: 1, Name: familyName}, nil)), nil
	}}
	if err := c.Watch(t.Context(), nil); !errors.Is(err, switchctl.ErrUnsupported) {
		t.Errorf("a family without the group: %v", err)
	}
}

func TestEvent(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	want := discovery.Event{At: at, Source: "netlink", Authentic: true, Kind: discovery.EventPower, IfIndex: 4, IfName: "lan1"}
	if diff := cmp.Diff(want, Notice{Name: "lan1", Index: 4, Events: OverTemp}.Event(at), cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := (Notice{Lost: true}).Event(at).Kind; got != discovery.EventResync {
		t.Errorf("a notice of something lost is %s", got)
	}
}
