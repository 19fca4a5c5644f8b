package advertise

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// BenchmarkPorts runs a thousand ports with their goroutines and timers over wires in memory, thirty times as fast as
// in life: each op is one second, in which each port speaks LLDP once and hears its phone once, as it does in 30 s with the
// default interval. core% is the share of one core for the default interval, by the CPU time of the process: wires
// in memory and the phones are in it, system calls are not. With -benchtime=5x it takes five seconds.
func BenchmarkPorts(b *testing.B) {
	const ports, faster = 1000, 30
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	phone := discovery.Frame{Data: heardFrame(b, strings.Fields("phone req=65 vlan=110"))}
	far := make([]discovery.Wire, ports)
	done := make(chan error, ports)
	running := make([]*Port, ports)
	for i := range far {
		var near discovery.Wire
		near, far[i] = wire.Pair(fmt.Sprint("eth", i), "phone", portMAC, phoneMAC)
		p, err := NewPort(near, station(), full(), Options{Interval: 30 * time.Second / faster}, nil)
		if err != nil {
			b.Fatal(err)
		}
		running[i] = p
		go func() { done <- p.Run(ctx, true) }()
	}
	second := time.NewTicker(time.Second)
	defer second.Stop()
	begin := cpuTime(b)
	b.ResetTimer()
	for range b.N { // not b.Loop, as the CPU time is measured over all of it
		for _, w := range far {
			if err := w.Write(ctx, phone); err != nil {
				b.Fatal(err)
			}
		}
		<-second.C
	}
	b.StopTimer()
	b.ReportMetric(float64(cpuTime(b)-begin)/float64(b.Elapsed())*100/faster, "core%")
	var sent uint64
	for _, p := range running {
		sent += p.Stats().LLDPSent
	}
	b.ReportMetric(float64(sent)/ports/b.Elapsed().Seconds(), "frames/port-s")
	cancel()
	for range ports {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnswer is the way of a phone's first frame through a running port: from the phone's Write to its Read of the
// answer, over a wire in memory. The link goes down and up in between, as credits allow no flood.
func BenchmarkAnswer(b *testing.B) {
	for name, words := range map[string]string{"policy": "phone req=65", "query": "cdp-phone"} {
		b.Run(name, func(b *testing.B) {
			ctx, cancel := context.WithCancel(context.Background())
			near, far := wire.Pair("eth1", "phone", portMAC, phoneMAC)
			p, err := NewPort(near, station(), full(), Options{}, nil)
			if err != nil {
				b.Fatal(err)
			}
			done := make(chan error, 1)
			go func() { done <- p.Run(ctx, true) }()
			first := discovery.Frame{Data: heardFrame(b, strings.Fields(words))}
			wants := func(f discovery.Frame) bool {
				s := decodeSaid(b, f.Data)
				return s.cdp != nil && words == "cdp-phone" || s.lldp != nil && len(s.lldp.Policies) > 0
			}
			var took []time.Duration
			for range b.N {
				p.Link(false)
				p.Link(true)
				begin := time.Now()
				if err := far.Write(ctx, first); err != nil {
					b.Fatal(err)
				}
				for {
					f, err := far.Read(ctx)
					if err != nil {
						b.Fatal(err)
					}
					now := time.Now()
					if f.At.After(begin) && wants(f) { // what was said before is not the answer
						took = append(took, now.Sub(begin))
						break
					}
				}
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs-median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs-p99")
			cancel()
			if err := <-done; err != nil {
				b.Fatal(err)
			}
		})
	}
}

// cpuTime is what the process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
