package snmptrap

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/discovery"
)

// conn is a socket in memory.
type conn struct {
	in   chan []byte
	out  chan []byte
	stop chan struct{}
	once sync.Once
}

func newConns(n int) (out []net.PacketConn) {
	for range n {
		out = append(out, &conn{in: make(chan []byte), out: make(chan []byte, 1000), stop: make(chan struct{})})
	}
	return out
}

func (c *conn) ReadFrom(b []byte) (int, net.Addr, error) {
	select {
	case m := <-c.in:
		return copy(b, m), &net.UDPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 50000}, nil
	case <-c.stop:
		return 0, nil, os.ErrDeadlineExceeded
	}
}

func (c *conn) WriteTo(b []byte, _ net.Addr) (int, error) {
	c.out <- append([]byte(nil), b...)
	return len(b), nil
}
func (c *conn) Close() error                     { return nil }
func (c *conn) LocalAddr() net.Addr              { return &net.UDPAddr{} }
func (c *conn) SetDeadline(time.Time) error      { return nil }
func (c *conn) SetWriteDeadline(time.Time) error { return nil }
func (c *conn) SetReadDeadline(time.Time) error  { c.once.Do(func() { close(c.stop) }); return nil }

// lab is a Receiver that runs on a socket in memory, under synctest.
type lab struct {
	*Receiver
	conn *conn
	end  context.CancelFunc
	done chan error
}

func start(t *testing.T, sink discovery.Sink, change func(*Options)) *lab {
	t.Helper()
	c := newConns(1)
	l := &lab{Receiver: newReceiver(t, func(o *Options) {
		o.Conns = c
		if change != nil {
			change(o)
		}
	}), conn: c[0].(*conn), done: make(chan error, 1)}
	l.began = time.Now()
	ctx, cancel := context.WithCancel(t.Context())
	l.end = cancel
	go func() { l.done <- l.Run(ctx, sink) }()
	return l
}

func (l *lab) stop(t *testing.T) {
	t.Helper()
	l.end()
	if err := <-l.done; err != nil {
		t.Errorf("run: %v", err)
	}
}

func (l *lab) send(b []byte) {
	l.conn.in <- b
	synctest.Wait()
}

// TestAcknowledgedOnceStored: while the sink fails there is no answer to an inform, and the event is offered again with the same id.
func TestAcknowledgedOnceStored(t *testing.T) {
	for name, b := range map[string][]byte{
		"v2c": encode(t, gosnmp.InformRequest, oidGeneric+"4", integer(ifEntry+".1.5", 5)),
		"v3":  peer{level: gosnmp.AuthPriv, engine: ourEngine, boots: 3, reportable: true}.encode(t, gosnmp.InformRequest, integer(ifEntry+".1.5", 5)),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var broken atomic.Bool
				broken.Store(true)
				var ids []string // read once Run has ended
				l := start(t, func(_ context.Context, e discovery.Event) error {
					ids = append(ids, e.ID)
					if broken.Load() {
						return errors.New("disk full")
					}
					return nil
				}, nil)
				l.send(b)
				<-time.After(time.Minute) // of synctest's clock
				synctest.Wait()
				if len(l.conn.out) != 0 || l.Stats().Stored != 0 {
					t.Error("acknowledged while the sink failed")
				}
				broken.Store(false)
				<-time.After(mostPause)
				synctest.Wait()
				if len(l.conn.out) != 1 || l.Stats().Stored != 1 || l.Stats().Acknowledged != 1 {
					t.Errorf("%d answers, %+v", len(l.conn.out), l.Stats())
				}
				l.stop(t)
				if n := len(ids); n < 5 || ids[0] != ids[n-1] {
					t.Errorf("offered as %v", ids)
				}
			})
		})
	}
}

// TestV2cAnswer: the answer is the inform but for its PDU's tag.
func TestV2cAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := start(t, func(context.Context, discovery.Event) error { return nil }, nil)
		l.send(encode(t, gosnmp.SNMPv2Trap, oidGeneric+"4"))
		if len(l.conn.out) != 0 {
			t.Error("a trap was answered")
		}
		l.send(encode(t, gosnmp.InformRequest, oidGeneric+"4"))
		got, err := (&gosnmp.GoSNMP{}).SnmpDecodePacket(<-l.conn.out)
		if err != nil || got.PDUType != gosnmp.GetResponse || got.RequestID != 77 || len(got.Variables) != 2 || got.Community != "kept-secret" {
			t.Errorf("answer %+v, %v", got, err)
		}
		l.stop(t)
	})
}

// TestFullQueue: what is accepted is stored, what is not is counted, informs that are dropped are not acknowledged.
func TestFullQueue(t *testing.T) {
	inform := encode(t, gosnmp.InformRequest, oidGeneric+"4")
	for name, change := range map[string]func(*Options){
		"messages": func(o *Options) { o.Queue, o.Workers = 10, 1 },
		"octets":   func(o *Options) { o.QueueBytes, o.Workers = 10*len(inform), 1 },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				open := make(chan struct{})
				l := start(t, func(context.Context, discovery.Event) error { <-open; return nil }, change)
				for range 50 {
					l.send(inform)
				}
				close(open)
				synctest.Wait()
				s := l.Stats()
				if s.Received != 50 || s.Dropped != 39 || s.Stored != 11 || s.Acknowledged != 11 || len(l.conn.out) != 11 {
					t.Errorf("%d answers, %+v", len(l.conn.out), s)
				}
				if n := l.queued.Load(); n != 0 {
					t.Errorf("%d octets wait", n)
				}
				l.stop(t)
			})
		})
	}
}

// TestStop: what waits is stored before Run ends, unless that takes longer than Drain.
func TestStop(t *testing.T) {
	for _, tt := range []struct {
		name     string
		each     time.Duration
		unstored uint64
	}{{"in time", 100 * time.Millisecond, 0}, {"too slow", time.Second, 5}} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := start(t, func(ctx context.Context, _ discovery.Event) error {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(tt.each):
						return nil
					}
				}, func(o *Options) { o.Drain = 5500 * time.Millisecond })
				for range 10 {
					l.send(encode(t, gosnmp.InformRequest, oidGeneric+"4"))
				}
				l.stop(t)
				if s := l.Stats(); s.Stored+s.Unstored != 10 || s.Unstored != tt.unstored || len(l.conn.out) != int(s.Stored) {
					t.Errorf("%d answers, %+v", len(l.conn.out), s)
				}
			})
		})
	}
}

// TestRefused: each reason has its counter, and gives no event.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := start(t, func(_ context.Context, e discovery.Event) error {
			t.Errorf("event %+v", e)
			return nil
		}, nil)
		foreign := gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.SNMPv2Trap, Variables: head(oidGeneric + "4")}
		b, err := foreign.MarshalMsg()
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range [][]byte{
			b, []byte("GET / HTTP/1.1"), encode(t, gosnmp.GetRequest, oidGeneric+"4"),
			peer{level: gosnmp.AuthPriv, user: "nobody"}.encode(t, gosnmp.SNMPv2Trap),
			peer{level: gosnmp.AuthPriv, auth: "not-this-one"}.encode(t, gosnmp.SNMPv2Trap),
			peer{level: gosnmp.AuthPriv, priv: "not-this-one"}.encode(t, gosnmp.SNMPv2Trap),
			peer{user: "open", engine: []byte{}, reportable: true}.encode(t, gosnmp.InformRequest),
		} {
			l.send(b)
		}
		s := l.Stats()
		for _, r := range []Refusal{UnknownCommunity, Malformed, NotNotification, UnknownUser, WrongDigest, Decryption, UnknownEngine} {
			if s.Refused[r] != 1 {
				t.Errorf("%s: %d", r, s.Refused[r])
			}
		}
		if s.Reported != 1 || len(l.conn.out) != 1 {
			t.Errorf("%d reports", s.Reported)
		}
		l.stop(t)
	})
}

// TestEvent: what the loop adds to an event, and that no community is kept.
func TestEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var got []discovery.Event
		l := start(t, func(_ context.Context, e discovery.Event) error { got = append(got, e); return nil }, func(o *Options) { o.Raw = 40 })
		for i := range maxUnknown + 5 {
			l.send(encode(t, gosnmp.SNMPv2Trap, fmt.Sprintf(".1.3.6.1.4.1.99999.0.%d", i+1)))
		}
		l.send(peer{level: gosnmp.AuthPriv}.encode(t, gosnmp.SNMPv2Trap))
		l.stop(t)
		e, last := got[0], got[len(got)-1]
		if !e.At.Equal(time.Now()) || e.From.String() != "192.0.2.1" || e.Authentic || !last.Authentic || e.ID == "" || e.ID == got[1].ID {
			t.Errorf("event %+v", e)
		}
		if len(e.Raw) != 40 || strings.Contains(string(e.Raw), "kept") || !strings.Contains(string(e.Raw), "***********") {
			t.Errorf("raw %q", e.Raw)
		}
		if s := l.Stats(); len(s.Unknown) != maxUnknown || s.UnknownOther != 5 || s.Unknown["1.3.6.1.4.1.99999.0.1"] != 1 {
			t.Errorf("unknown %d, others %d", len(s.Unknown), s.UnknownOther)
		}
	})
}

// TestListen: a socket that cannot be opened ends Run; one that is lost, too.
func TestListen(t *testing.T) {
	used, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	taken := used.LocalAddr().(*net.UDPAddr).AddrPort()
	r := newReceiver(t, func(o *Options) { o.Conns, o.Listen = nil, append(o.Listen, taken) })
	if err := r.Run(t.Context(), nil); err == nil || !strings.Contains(err.Error(), "listen for traps") {
		t.Errorf("error %v", err)
	}
	_ = used.Close()
	r = newReceiver(t, func(o *Options) { o.Conns = []net.PacketConn{used} })
	if err := r.Run(t.Context(), nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("error %v", err)
	}
}
