package syslog

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"phoneport/discovery"
)

const (
	up1 = "<187>60: %LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up"
	up2 = "<187>61: %LINK-3-UPDOWN: Interface Gi1/0/2, changed state to up"
)

// catch is a sink that tells what it took.
type catch chan discovery.Event

func (c catch) sink(ctx context.Context, e discovery.Event) error {
	select {
	case c <- e:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next waits for an event; the test binary's time limit ends a wait for one that does not come.
func (c catch) next(t *testing.T) discovery.Event {
	t.Helper()
	select {
	case e := <-c:
		return e
	case <-t.Context().Done():
		t.Fatal("no event")
		return discovery.Event{}
	}
}

// start runs a receiver until the test ends, or stop is called.
func start(t *testing.T, o Options, sink discovery.Sink) (r *Receiver, stop func()) {
	t.Helper()
	r = New(o)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx, sink) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	t.Cleanup(stop)
	return r, stop
}

func udp(t *testing.T) net.PacketConn {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tcp(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func dial(t *testing.T, a net.Addr) net.Conn {
	t.Helper()
	c, err := net.Dial(a.Network(), a.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func say(t *testing.T, w io.Writer, s string) {
	t.Helper()
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
}

func TestTransports(t *testing.T) {
	t.Parallel()
	u, l := udp(t), tcp(t)
	got := make(catch, 16)
	r, stop := start(t, Options{UDP: []net.PacketConn{u}, TCP: []net.Listener{l}}, got.sink)

	d := dial(t, u.LocalAddr())
	ids := map[string]bool{}
	check := func(what, port string) {
		t.Helper()
		e := got.next(t)
		if e.IfName != port || e.Kind != discovery.EventLinkUp || e.From.String() != "127.0.0.1" || e.Authentic || e.Source != Name || e.At.IsZero() || e.ID == "" || ids[e.ID] {
			t.Errorf("%s: %+v", what, e)
		}
		ids[e.ID] = true
	}
	say(t, d, up1)
	check("datagram", "Gi1/0/1")
	say(t, d, up2+"\n")
	check("datagram with line feed", "Gi1/0/2")

	c := dial(t, l.Addr())
	say(t, c, up1+"\n"+up2+"\n")
	check("line", "Gi1/0/1")
	check("line", "Gi1/0/2")

	c = dial(t, l.Addr())
	say(t, c, fmt.Sprintf("%d %s%d %s", len(up2), up2, len(up1), up1))
	check("counted", "Gi1/0/2")
	check("counted", "Gi1/0/1")

	stop()
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("listens after the end: %v", err)
	}
	if _, _, err := u.ReadFrom(nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("reads after the end: %v", err)
	}
	s := r.Stats()
	if s.Datagrams != 2 || s.Frames != 4 || s.Stored != 6 || s.Known != 6 || s.Lost != 0 || s.Dropped != 0 || s.Conns != 0 {
		t.Errorf("%+v", s)
	}
}

// TestTwoPorts wants an event for each port between which an address flaps.
func TestTwoPorts(t *testing.T) {
	t.Parallel()
	u := udp(t)
	got := make(catch, 2)
	start(t, Options{UDP: []net.PacketConn{u}}, got.sink)
	say(t, dial(t, u.LocalAddr()), "%SW_MATM-4-MACFLAP_NOTIF: Host f03a.b216.7ad7 in vlan 10 is flapping between port Gi0/5 and port Gi0/15")
	a, b := got.next(t), got.next(t)
	if a.IfName != "Gi0/5" || b.IfName != "Gi0/15" || a.ID == b.ID || a.MAC != b.MAC || b.Kind != discovery.EventMACMoved {
		t.Errorf("%+v\n%+v", a, b)
	}
}

// TestBadStreams wants that a bad stream costs its sender the connection, is counted, and that others go on.
func TestBadStreams(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in    string
		half  bool // the sender ends its side
		count func(Stats) uint64
	}{
		"huge count":    {"99999999 <13>x", false, func(s Stats) uint64 { return s.Framing }},
		"count lost":    {"4 <1>a<13>x\n", false, func(s Stats) uint64 { return s.Framing }},
		"endless line":  {strings.Repeat("x", 2*maxFrame), false, func(s Stats) uint64 { return s.Framing }},
		"cut off":       {"400 <13>x", true, func(s Stats) uint64 { return s.Broken }},
		"cut by length": {fmt.Sprintf("%d <%s", MaxLine+2, strings.Repeat("y", MaxLine+1)), true, func(s Stats) uint64 { return s.Cut }},
		"nothing in it": {" \n", true, func(s Stats) uint64 { return s.Empty }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tcp(t)
			got := make(catch, 16)
			r, stop := start(t, Options{TCP: []net.Listener{l}}, got.sink)
			bad, good := dial(t, l.Addr()), dial(t, l.Addr())
			_, _ = io.WriteString(bad, c.in) // the receiver may hang up before all is written
			if c.half {
				if err := bad.(*net.TCPConn).CloseWrite(); err != nil {
					t.Fatal(err)
				}
			}
			_, _ = io.Copy(io.Discard, bad) // until the receiver hangs up
			say(t, good, up1+"\n")
			for e := got.next(t); e.IfName != "Gi1/0/1"; {
				e = got.next(t)
			}
			stop()
			if s := r.Stats(); c.count(s) != 1 {
				t.Errorf("%+v", s)
			}
		})
	}
}

func TestConnectionLimits(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{"in all": {Conns: 1}, "from one host": {PerHost: 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tcp(t)
			o.TCP = []net.Listener{l}
			got := make(catch, 4)
			r, _ := start(t, o, got.sink)
			first := dial(t, l.Addr())
			say(t, first, up1+"\n")
			got.next(t)
			second := dial(t, l.Addr())
			if _, err := io.Copy(io.Discard, second); err != nil && !errors.Is(err, io.EOF) && !strings.Contains(err.Error(), "reset") {
				t.Error(err)
			}
			if s := r.Stats(); s.Refused != 1 || s.Conns != 1 {
				t.Errorf("%+v", s)
			}
			say(t, first, up2+"\n")
			if e := got.next(t); e.IfName != "Gi1/0/2" {
				t.Errorf("the first connection gave %+v", e)
			}
		})
	}
}

// TestSocketLost wants the error of a socket that fails before the end.
func TestSocketLost(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"UDP":            {UDP: []net.PacketConn{udp(t)}},
		"TCP":            {TCP: []net.Listener{tcp(t)}},
		"TLS unprepared": {TLS: []net.Listener{tcp(t)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range o.UDP {
				_ = c.Close()
			}
			for _, l := range o.TCP {
				_ = l.Close()
			}
			if err := New(o).Run(t.Context(), make(catch).sink); err == nil || !strings.HasPrefix(err.Error(), "receive syslog: ") {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestUnknownIsBounded(t *testing.T) {
	t.Parallel()
	var c counts
	for i := range 2 * maxUnknown {
		for range 2 {
			c.kind(discovery.Event{Kind: discovery.EventUnknown, Code: fmt.Sprint("A-1-", i)})
		}
	}
	c.kind(discovery.Event{Kind: discovery.EventLinkUp})
	if len(c.unknown) != maxUnknown+1 || c.unknown["A-1-0"] != 2 || c.unknown["other"] != 2*maxUnknown || c.known.Load() != 1 {
		t.Errorf("%d codes, %d of the first, %d others, %d known", len(c.unknown), c.unknown["A-1-0"], c.unknown["other"], c.known.Load())
	}
}

func TestTLS(t *testing.T) {
	t.Parallel()
	ours, theirs := authority(t), authority(t)
	for name, c := range map[string]struct {
		client    *tls.Certificate
		auth      tls.ClientAuthType
		relays    []string
		refused   bool
		authentic bool
		host      string
	}{
		"no certificate":                  {nil, tls.VerifyClientCertIfGiven, nil, false, false, "claims"},
		"no certificate, needed":          {nil, tls.RequireAndVerifyClientCert, nil, true, false, ""},
		"certificate":                     {ours.issue(t, "sw-1.example", "cn"), tls.RequireAndVerifyClientCert, nil, false, true, "sw-1.example"},
		"common name":                     {ours.issue(t, "", "sw-2"), tls.VerifyClientCertIfGiven, nil, false, true, "sw-2"},
		"certificate without a name":      {ours.issue(t, "", ""), tls.RequireAndVerifyClientCert, nil, false, false, "claims"},
		"relay":                           {ours.issue(t, "relay.example", ""), tls.RequireAndVerifyClientCert, []string{"relay.example"}, false, true, "claims"},
		"certificate of others":           {theirs.issue(t, "sw-1.example", ""), tls.VerifyClientCertIfGiven, nil, true, false, ""},
		"certificate that nobody checked": {theirs.issue(t, "sw-1.example", ""), tls.RequireAnyClientCert, nil, false, false, "claims"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := tcp(t)
			got := make(catch, 4)
			r, stop := start(t, Options{TLS: []net.Listener{l}, Relays: c.relays, TLSConfig: &tls.Config{
				Certificates: []tls.Certificate{*ours.issue(t, "collector.example", "")}, ClientAuth: c.auth, ClientCAs: ours.pool,
			}}, got.sink)
			conf := &tls.Config{RootCAs: ours.pool, ServerName: "collector.example"}
			if c.client != nil {
				// Whatever the server asks for, as a stranger would.
				conf.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return c.client, nil }
			}
			conn := tls.Client(dial(t, l.Addr()), conf)
			line := "<187>60: claims: *Mar  1 18:46:11: %LINK-3-UPDOWN: Interface Gi1/0/1, changed state to up"
			_, _ = fmt.Fprintf(conn, "%d %s", len(line), line) // refused: some of it may be gone already
			if c.refused {
				if _, err := io.Copy(io.Discard, conn); err == nil {
					t.Error("the connection ended without an error")
				}
				stop()
				if s := r.Stats(); s.Handshake != 1 || s.Frames != 0 {
					t.Errorf("%+v", s)
				}
				return
			}
			if e := got.next(t); e.Authentic != c.authentic || e.Sender.Host != c.host || e.IfName != "Gi1/0/1" {
				t.Errorf("authentic %v, want %v; host %q, want %q", e.Authentic, c.authentic, e.Sender.Host, c.host)
			}
		})
	}
}

// BenchmarkReceive sends datagrams over loopback as fast as they are stored.
func BenchmarkReceive(b *testing.B) {
	u, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	stored := make(chan struct{}, 1<<16)
	r := New(Options{UDP: []net.PacketConn{u}})
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() {
		done <- r.Run(ctx, func(context.Context, discovery.Event) error { stored <- struct{}{}; return nil })
	}()
	c, err := net.Dial("udp", u.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	line := []byte("<189>237: acc-3: *Mar  1 18:46:11.123: %ILPOWER-5-POWER_GRANTED: Interface GigabitEthernet1/0/12: Power granted")
	begun, open := time.Now(), 0
	for range b.N {
		if _, err := c.Write(line); err != nil {
			b.Fatal(err)
		}
		if open++; open == 512 { // what the queue and the kernel hold for sure
			<-stored
			open--
		}
	}
	for ; open > 0; open-- {
		<-stored
	}
	b.ReportMetric(float64(b.N)/time.Since(begun).Seconds(), "lines/s")
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	if s := r.Stats(); s.Dropped > 0 {
		b.Errorf("%+v", s)
	}
}
