package advertise

import (
	"context"
	"fmt"
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
// in memory and the phones are in it, system calls are not.
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

// cpuTime is what the process has used.
func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
