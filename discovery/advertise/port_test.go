package advertise

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// tape is a wire end whose writes are kept with their times, and can be made to fail.
type tape struct {
	discovery.Wire
	start time.Time

	mu   sync.Mutex
	t    *testing.T
	fail error
	said []string
}

func (w *tape) Write(ctx context.Context, f discovery.Frame) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fail != nil {
		w.said = append(w.said, time.Since(w.start).String()+" failed")
		return w.fail
	}
	if err := ctx.Err(); err != nil {
		w.t.Errorf("write after the context ended: %v", err)
	}
	w.said = append(w.said, time.Since(w.start).String()+" "+decodeSaid(w.t, f.Data).text())
	return w.Wire.Write(ctx, f)
}

// take gives what was said since the last time, and forgets it.
func (w *tape) take() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	said := w.said
	w.said = nil
	return said
}

func (w *tape) failWith(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = err
}

// stand is a port that runs, and the other end of its wire.
type stand struct {
	t       *testing.T
	port    *Port
	tape    *tape
	phone   discovery.Wire
	stop    func() error // ends Run and gives what it returned
	mu      sync.Mutex
	notices []string
}

// startPort runs a port within a synctest bubble, with the link up.
func startPort(t *testing.T, o Options) *stand {
	t.Helper()
	near, far := wire.Pair("eth1", "phone", portMAC, phoneMAC)
	s := &stand{t: t, tape: &tape{Wire: near, t: t, start: time.Now()}, phone: far}
	a := advert()
	a.VoiceName = ""
	p, err := NewPort(s.tape, station(), a, o, func(port string, n Notice) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.notices = append(s.notices, port+" "+noticeText(n))
	})
	if err != nil {
		t.Fatal(err)
	}
	s.port = p
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, true) }()
	s.stop = func() error { cancel(); return <-done }
	synctest.Wait()
	return s
}

// hears has the phone send, and waits until all is quiet.
func (s *stand) hears(words string) {
	s.t.Helper()
	if err := s.phone.Write(s.t.Context(), discovery.Frame{Data: heardFrame(s.t, strings.Fields(words))}); err != nil {
		s.t.Fatal(err)
	}
	synctest.Wait()
}

func (s *stand) wants(what string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(want, s.tape.take()); diff != "" {
		s.t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func (s *stand) passes(d time.Duration) {
	timer := time.NewTimer(d)
	<-timer.C
	synctest.Wait()
}

const (
	plainText = "lldp ff eth1 ttl 121 | pvid 10"
	medText   = "lldp ff eth1 ttl 121 | pvid 10 | med 23 | app 1 tagged 110 pcp 5 dscp 46"
	cdpSaid   = "cdp sw1 eth1 ttl 180 | native 10 | voice 110"
)

// TestPortHours gives the times of all frames over three hours of a port with a phone that speaks both
// protocols as phones do.
func TestPortHours(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := startPort(t, Options{})
		s.wants("at link-up", "0s "+plainText)

		s.passes(4 * time.Second)
		s.hears("phone")
		s.wants("to the phone's first frame", "4s "+medText)
		s.hears("cdp-phone")
		s.wants("to the phone's query", "4s "+cdpSaid)

		var want []string
		for at := 5 * time.Second; at <= 7*time.Second; at += time.Second {
			want = append(want, at.String()+" "+medText)
		}
		// From here on the phone says the same again and again: nothing is sent for its LLDP, and its query each 59 s
		// is answered, so that our own 60 s never end.
		const hours = 3 * time.Hour
		const lldpEvery, cdpEvery = 30 * time.Second, 59 * time.Second
		heard, asked, said := 34*time.Second, 62500*time.Millisecond, 37*time.Second
		for {
			at := min(heard, asked, said)
			if at > hours {
				break
			}
			s.passes(at - time.Since(s.tape.start))
			switch at {
			case heard:
				heard += lldpEvery
				s.hears("phone")
			case asked:
				asked += cdpEvery
				s.hears("cdp-phone")
				want = append(want, at.String()+" "+cdpSaid)
			case said:
				said += lldpEvery
				want = append(want, at.String()+" "+medText)
			}
		}
		s.passes(hours - time.Since(s.tape.start))
		s.wants("in three hours", want...)
		if n := len(s.port.Neighbors()); n != 2 {
			t.Errorf("%d neighbours, want the phone by both protocols", n)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		s.wants("at the end", hours.String()+" lldp ff eth1 ttl 0 goodbye", hours.String()+" cdp sw1 eth1 ttl 0 goodbye")
	})
}

func TestPortSet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := startPort(t, Options{MED: Forced, CDP: Forced, LLDP: Forced})
		s.tape.take()
		s.passes(10 * time.Second)

		a := advert()
		a.VoiceName, a.CallServers, a.Framing = "", nil, 0
		a.Voice = []discovery.VoicePolicy{tagged(120)}
		if err := s.port.Set(a); err != nil {
			t.Fatal(err)
		}
		// No synctest.Wait: the frames are out when Set returns.
		s.wants("changed", "10s lldp ff eth1 ttl 121 | pvid 10 | med 23 | app 1 tagged 120 pcp 5 dscp 46", "10s cdp sw1 eth1 ttl 180 | native 10 | voice 120")

		a.Voice = nil
		if err := s.port.Set(a); err != nil {
			t.Fatal(err)
		}
		s.wants("withdrawn", "10s lldp ff eth1 ttl 121 | pvid 10 | med 21", "10s cdp sw1 eth1 ttl 180 | native 10")

		bad := a
		bad.Voice = []discovery.VoicePolicy{tagged(5000)}
		if err := s.port.Set(bad); err == nil || !strings.Contains(err.Error(), "Voice[0].VLAN is 5000") {
			t.Errorf("Set(VLAN 5000) = %v", err)
		}
		st := station()
		st.Name = strings.Repeat("x", 256)
		if err := s.port.SetStation(st); err == nil || !strings.Contains(err.Error(), "Name has 256 octets") {
			t.Errorf("SetStation(long name) = %v", err)
		}
		s.wants("refused", []string(nil)...)

		st.Name = "sw2"
		if err := s.port.SetStation(st); err != nil {
			t.Fatal(err)
		}
		s.wants("renamed", "10s cdp sw1 eth1 ttl 0 goodbye", "10s lldp ff eth1 ttl 121 | pvid 10 | med 21", "10s cdp sw2 eth1 ttl 180 | native 10")

		s.port.Link(false)
		s.passes(time.Hour)
		s.wants("link down", []string(nil)...)
		s.port.Link(true)
		s.wants("link up", "1h0m10s lldp ff eth1 ttl 121 | pvid 10 | med 21", "1h0m10s cdp sw2 eth1 ttl 180 | native 10")

		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.tape.take()
		s.port.Link(false)
		s.port.Link(true)
		if err := s.port.Set(advert()); err != nil {
			t.Error(err)
		}
		s.wants("after the end", []string(nil)...)
		if err := s.port.Run(t.Context(), true); err == nil || !strings.Contains(err.Error(), "run before") {
			t.Errorf("Run again = %v", err)
		}
	})
}

// TestPortLinkBeforeRun: the news of a link can be quicker than the goroutine that runs the port.
func TestPortLinkBeforeRun(t *testing.T) {
	t.Parallel()
	for _, up := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			near, _ := wire.Pair("eth1", "phone", portMAC, phoneMAC)
			w := &tape{Wire: near, t: t, start: time.Now()}
			p, err := NewPort(w, station(), advert(), Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			p.Link(up)
			if got := w.take(); len(got) != 0 {
				t.Errorf("said before Run: %v", got)
			}
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() { done <- p.Run(ctx, !up) }()
			synctest.Wait()
			if got := w.take(); (len(got) == 1) != up {
				t.Errorf("the link is up: %t, said is %q", up, got)
			}
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPortWriteFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := startPort(t, Options{CDP: Forced})
		s.tape.take()
		fails := fmt.Errorf("send: %w", syscall.ENOBUFS)

		s.passes(29500 * time.Millisecond)
		s.tape.failWith(fails)
		s.passes(2 * time.Second)
		s.tape.failWith(nil)
		s.passes(time.Second)
		s.wants("said again each second until it gets out", "30s failed", "31s failed", "32s "+plainText)
		s.passes(28 * time.Second)
		s.wants("then as ever", "1m0s "+cdpSaid)

		want := []string{"eth1 ! send-failed lldp: " + fails.Error()}
		if diff := cmp.Diff(want, s.notices); diff != "" {
			t.Errorf("one notice for a row of failures, once a second try failed (-want +got)\n%s", diff)
		}
		s.tape.failWith(fails)
		s.passes(2 * time.Second)
		s.tape.failWith(nil)
		s.passes(3 * time.Second)
		s.wants("one that is made good", "1m2s failed", "1m3s "+plainText)
		s.tape.failWith(fails)
		s.passes(10 * time.Minute)
		if len(s.notices) != 2 {
			t.Errorf("notices %q", s.notices)
		}
		if got := s.port.Stats().SendErrors; got < 500 {
			t.Errorf("SendErrors = %d", got)
		}
		// What was never heard of needs no goodbye, but neighbours know us from before.
		s.tape.failWith(nil)
		s.tape.take()
		if err := s.stop(); err != nil {
			t.Error(err)
		}
		if got := s.tape.take(); len(got) != 2 {
			t.Errorf("goodbyes %q", got)
		}
	})
}

// TestPortWireEnds: what ends the wire ends Run, and nothing is written to it then.
func TestPortWireEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		near, _ := wire.Pair("eth1", "phone", portMAC, phoneMAC)
		w := &tape{Wire: near, t: t, start: time.Now()}
		p, err := NewPort(w, station(), advert(), Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan error, 1)
		go func() { done <- p.Run(t.Context(), true) }()
		synctest.Wait()
		w.take()
		if err := near.Close(); err != nil {
			t.Fatal(err)
		}
		err = <-done
		if !errors.Is(err, discovery.ErrWireClosed) || !strings.HasPrefix(err.Error(), "run port eth1: ") {
			t.Errorf("Run = %v", err)
		}
		if got := w.take(); len(got) != 0 {
			t.Errorf("written to a wire that is closed: %q", got)
		}
	})
}

// TestPortParallel has everything called beside everything; it is for the race detector.
func TestPortParallel(t *testing.T) {
	t.Parallel()
	near, far := wire.Pair("eth1", "phone", portMAC, phoneMAC)
	p, err := NewPort(near, station(), advert(), Options{}, func(string, Notice) {})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- p.Run(ctx, true) }()
	frames := [][]byte{heardFrame(t, []string{"phone"}), heardFrame(t, []string{"cdp-phone"}), heardFrame(t, []string{"phone", "ttl=0"})}
	var all sync.WaitGroup
	for _, f := range []func(int){
		func(i int) { p.Link(i%7 != 0) },
		func(i int) {
			a := advert()
			a.Voice = []discovery.VoicePolicy{tagged(uint16(1 + i))}
			if err := p.Set(a); err != nil {
				t.Error(err)
			}
		},
		func(i int) {
			s := station()
			s.Name = fmt.Sprint("sw", i)
			if err := p.SetStation(s); err != nil {
				t.Error(err)
			}
		},
		func(int) { p.Neighbors(); p.Stats() },
		func(i int) {
			if err := far.Write(ctx, discovery.Frame{Data: frames[i%len(frames)]}); err != nil {
				t.Error(err)
			}
		},
	} {
		all.Go(func() {
			for i := range 300 {
				f(i)
			}
		})
	}
	all.Wait()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
