package neighbors_test

import (
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// TestSteadyStateAllocatesNothing: neighbours that repeat themselves, one that the table has no room for, and
// asking when to age.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	n := neighbors.New(neighbors.Options{Limit: 2})
	p, q, c := phone(), pc(), cdpPhone()
	extra := pc(func(p *lldp.PDU) { p.Chassis = lldp.MACID(lldp.ChassisMAC, discovery.MAC{2, 1}) })
	other := cdpPhone(func(p *cdp.Packet) { p.DeviceID = "SEP001122334455" })
	now := start
	hear := func() {
		now = now.Add(time.Second)
		n.HearLLDP(p, phoneMAC, now)
		n.HearLLDP(q, pcMAC, now)
		n.HearLLDP(extra, pcMAC, now)
		n.HearCDP(c, phoneMAC, now)
		n.HearCDP(other, pcMAC, now)
		n.Age(now)
		_ = n.Next()
	}
	hear()
	if got := testing.AllocsPerRun(1000, hear); got != 0 {
		t.Errorf("%v allocations for neighbours that are known", got)
	}
	if got := len(n.All()); got != 4 {
		t.Errorf("%d neighbours, want 4", got)
	}
}

func BenchmarkHearKnown(b *testing.B) {
	n := neighbors.New(neighbors.Options{})
	p, c := phone(), cdpPhone()
	b.ReportAllocs()
	for b.Loop() {
		n.HearLLDP(p, phoneMAC, start)
		n.HearCDP(c, phoneMAC, start)
	}
}
