package agent

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
)

func sysName(t testing.TB) []byte {
	return request(t, gosnmp.Version2c, "public", gosnmp.GetRequest, 0, 0, null(snmp.OID{1, 3, 6, 1, 2, 1, 1, 1, 0}))
}

// ask sends n requests and reads answers until none comes any more for a while that is long beside
// what loopback takes.
func ask(t *testing.T, at netip.AddrPort, n int, patience time.Duration) (answers int) {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 2000)
	for range n {
		if _, err := c.Write(sysName(t)); err != nil {
			t.Fatal(err)
		}
	}
	for answers < n {
		if err := c.SetReadDeadline(time.Now().Add(patience)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(buf); err != nil {
			return answers
		}
		answers++
	}
	return answers
}

func TestDeadAgentIsSilent(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 1, "row"), 0)
	at := serve(t, a, nil)
	a.SetTemper(Temper{Dead: true})
	if n := ask(t, at, 3, 300*time.Millisecond); n != 0 {
		t.Errorf("%d answers", n)
	}
	a.SetTemper(Temper{})
	if n := ask(t, at, 3, 5*time.Second); n != 3 {
		t.Errorf("alive again: %d answers, want 3", n)
	}
}

// TestLoss counts, over many requests, how many were lost and how many of the lost ones were carried
// out: half of them, for answers get lost as requests do.
func TestLoss(t *testing.T) {
	t.Parallel()
	const n = 400
	a := newAgent(t, newBox(t, 1, "row"), 0)
	a.SetTemper(Temper{Loss: 0.5})
	s, err := Listen(a, netip.MustParseAddrPort("127.0.0.1:0"), nil, 7)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for range n {
		s.serveOne(sysName(t), s.Addr())
	}
	lost, done := int(a.Counters.Dropped.Load()), int(a.Counters.Get.Load())
	if lost < n/3 || lost > 2*n/3 || done != n-(lost+1)/2 {
		t.Errorf("of %d requests %d were lost and %d carried out", n, lost, done)
	}
}

// TestLineKeepsOrderAndTime lets answers fall due in another order than they were sent in.
func TestLineKeepsOrderAndTime(t *testing.T) {
	t.Parallel()
	from, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer to.Close()
	addr := to.LocalAddr().(*net.UDPAddr).AddrPort()
	line := NewLine()
	now := time.Now()
	for i, word := range []string{"last", "second", "third", "first"} {
		line.send(now.Add([]time.Duration{3, 2, 2, 1}[i]*time.Millisecond), from, addr, []byte(word))
	}
	if wait := line.sendDue(now); wait != time.Millisecond {
		t.Errorf("waits %v for the first, want 1ms", wait)
	}
	if wait := line.sendDue(now.Add(2 * time.Millisecond)); wait != time.Millisecond {
		t.Errorf("waits %v for the last, want 1ms", wait)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go line.Run(ctx)
	var got []string
	buf := make([]byte, 20)
	for range 4 {
		if err := to.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := to.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, string(buf[:n]))
	}
	if s := strings.Join(got, " "); s != "first second third last" {
		t.Errorf("got %s", s)
	}
}

func TestLineIsBounded(t *testing.T) {
	t.Parallel()
	line := NewLine()
	for range lineLength + 5 {
		line.send(time.Now().Add(time.Hour), nil, netip.AddrPort{}, nil)
	}
	if n := line.Lost(); n != 5 {
		t.Errorf("%d lost, want 5", n)
	}
}

// TestDelay has answers of many requests under way at once: they do not wait for each other.
func TestDelay(t *testing.T) {
	t.Parallel()
	line := NewLine()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go line.Run(ctx)
	a := newAgent(t, newBox(t, 1, "row"), 0)
	a.SetTemper(Temper{Delay: 50 * time.Millisecond})
	at := serve(t, a, line)
	start := time.Now()
	if n := ask(t, at, 50, 5*time.Second); n != 50 {
		t.Errorf("%d answers, want 50", n)
	}
	if d := time.Since(start); d < 50*time.Millisecond {
		t.Errorf("50 answers took %v: they came before they were due", d)
	}
}

func TestPerPDUQueues(t *testing.T) {
	t.Parallel()
	s := &Server{}
	temper := Temper{PerPDU: time.Second, Delay: time.Minute}
	first, late := s.due(temper)
	second, _ := s.due(temper)
	if !late || second.Sub(first) != time.Second {
		t.Errorf("second answer %v behind the first, want 1s", second.Sub(first))
	}
}

func TestListenNamesAddress(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 1, "row"), 0)
	at := serve(t, a, nil)
	_, err := Listen(a, at, nil, 1)
	if err == nil || !strings.Contains(err.Error(), at.String()) {
		t.Errorf("got %v, want an error that names %s", err, at)
	}
}

func TestHostileAgentsAnswer(t *testing.T) {
	t.Parallel()
	for _, kind := range Hostilities() {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			h, err := Hostile(kind)
			if err != nil {
				t.Fatal(err)
			}
			defer h.Close()
			c, err := net.Dial("udp", h.Addr())
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			buf := make([]byte, 1<<16)
			for _, tag := range []gosnmp.PDUType{gosnmp.GetRequest, gosnmp.GetNextRequest, gosnmp.GetBulkRequest} {
				if _, err := c.Write(request(t, gosnmp.Version2c, "public", tag, 0, 10, null(entry), null(entry.Append(2)))); err != nil {
					t.Fatal(err)
				}
				if err := c.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
					t.Fatal(err)
				}
				if n, err := c.Read(buf); err != nil || n == 0 {
					t.Fatalf("%d octets, %v", n, err)
				}
			}
			if h.Requests() == 0 {
				t.Error("counted no request")
			}
		})
	}
	if _, err := Hostile("friendly"); err == nil {
		t.Error("took an unknown way")
	}
}

func BenchmarkBulk(b *testing.B) {
	a := newAgent(b, newBox(b, 300, "row of a table"), 0)
	req := request(b, gosnmp.Version2c, "public", gosnmp.GetBulkRequest, 0, 100, null(entry.Append(3)))
	out := make([]byte, 0, 2000)
	in := make([]byte, len(req))
	b.ReportAllocs()
	for b.Loop() {
		copy(in, req)
		out = a.Handle(out[:0], in)
	}
	b.ReportMetric(float64(len(decode(b, out).Variables)), "variables")
}
