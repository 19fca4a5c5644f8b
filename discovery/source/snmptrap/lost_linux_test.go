package snmptrap

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/discovery"
)

// TestLost: what the kernel drops before we read it is counted. The storm goes out while nobody reads, so that the
// socket's buffer must overflow, and the message after it carries the number.
func TestLost(t *testing.T) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = c.(*net.UDPConn).SetReadBuffer(1 << 15)
	sender, err := net.Dial("udp", c.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	r := newReceiver(t, func(o *Options) { o.Conns = []net.PacketConn{c} })
	const storm = 2000
	for range storm {
		if _, err := sender.Write(encode(t, gosnmp.SNMPv2Trap, oidGeneric+"3")); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done, drained, last := make(chan error, 1), make(chan struct{}, storm+1), make(chan struct{}, 1)
	go func() {
		done <- r.Run(ctx, func(_ context.Context, e discovery.Event) error {
			if e.Kind == discovery.EventRestarted {
				last <- struct{}{}
			} else {
				drained <- struct{}{}
			}
			return nil
		})
	}()
	<-drained // the loop runs, so the option is set and there is room again soon
	if _, err := sender.Write(encode(t, gosnmp.SNMPv2Trap, oidGeneric+"1")); err != nil {
		t.Fatal(err)
	}
	select {
	case <-last:
	case <-time.After(10 * time.Second): // only against a test that hangs
		t.Fatalf("the last message did not come: %+v", r.Stats())
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if s := r.Stats(); s.Lost == 0 || s.Lost+s.Received != storm+1 || s.Stored != s.Received {
		t.Errorf("of %d: %+v", storm+1, s)
	}
}
