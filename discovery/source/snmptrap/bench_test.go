//go:build unix

package snmptrap

import (
	"context"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"phoneport/discovery"
)

func linkDown(b *testing.B) []byte {
	return encode(b, gosnmp.SNMPv2Trap, oidGeneric+"3", integer(ifEntry+".1.10105", 10105), octetsOf(ifEntry+".2.10105", []byte("GigabitEthernet1/0/5")),
		integer(ifEntry+".7.10105", 1), integer(ifEntry+".8.10105", 2))
}

// BenchmarkMessage is from the octets to the events, with who it is: the CPU time of one message but for the socket.
func BenchmarkMessage(b *testing.B) {
	for _, bb := range []struct {
		name string
		b    []byte
	}{
		{"v2c", linkDown(b)},
		{"authPriv", peer{level: gosnmp.AuthPriv}.encode(b, gosnmp.SNMPv2Trap, integer(ifEntry+".1.10105", 10105))},
	} {
		b.Run(bb.name, func(b *testing.B) {
			r := newReceiver(b, nil)
			b.ReportAllocs()
			for b.Loop() {
				a, why := r.accept(bb.b, testTime)
				if why != nil {
					b.Fatal(why)
				}
				if len(a.message.events(About{At: testTime})) != 1 {
					b.Fatal("not one event")
				}
			}
		})
	}
	b.Run("forged community", func(b *testing.B) {
		r := newReceiver(b, func(o *Options) { o.Communities = []Secret{"another"} })
		m := linkDown(b)
		b.ReportAllocs()
		for b.Loop() {
			if _, why := r.accept(m, testTime); why == nil {
				b.Fatal("accepted")
			}
		}
	})
}

// burst is how many messages go out before they are waited for: less than the queue and the kernel's buffer hold.
const burst = 4096

// BenchmarkLoopback sends traps over a socket of loopback in bursts, each as fast as it goes, and says how many a second were
// stored, how many were dropped and counted, how many the kernel lost, and the CPU time of the process for each that was
// stored. That time has the sender's in it: a write to a socket.
func BenchmarkLoopback(b *testing.B) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	r := newReceiver(b, func(o *Options) { o.Conns = []net.PacketConn{c} })
	m := linkDown(b)
	sender, err := net.Dial("udp", c.LocalAddr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer sender.Close()
	var stored, wanted atomic.Int64
	arrived := make(chan struct{}, 1)
	ctx, cancel := context.WithCancel(b.Context())
	done := make(chan error, 1)
	go func() {
		done <- r.Run(ctx, func(context.Context, discovery.Event) error {
			if stored.Add(1) == wanted.Load() {
				arrived <- struct{}{}
			}
			return nil
		})
	}()
	cpu, begun := cpuTime(b), time.Now()
	b.ResetTimer()
	for sent := 0; sent < b.N; {
		n := min(burst, b.N-sent)
		wanted.Store(int64(sent + n))
		for range n {
			if _, err := sender.Write(m); err != nil {
				b.Fatal(err)
			}
		}
		sent += n
		select {
		case <-arrived:
		case <-time.After(10 * time.Second):
			b.Fatalf("%d of %d: %+v", stored.Load(), sent, r.Stats())
		}
	}
	took, spent := time.Since(begun), cpuTime(b)-cpu
	b.StopTimer()
	cancel()
	if err := <-done; err != nil {
		b.Fatal(err)
	}
	s := r.Stats()
	b.ReportMetric(float64(stored.Load())/took.Seconds(), "stored/s")
	b.ReportMetric(float64(spent.Microseconds())/float64(stored.Load()), "µs-CPU/stored")
	b.ReportMetric(float64(s.Dropped), "dropped")
	b.ReportMetric(float64(uint64(b.N)-s.Received), "lost")
}
