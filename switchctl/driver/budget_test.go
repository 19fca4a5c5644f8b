package driver

import (
	"context"
	"log/slog"
	"net/netip"
	"testing"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/sim"
	"phoneport/switchctl/snmp"
)

// TestBudget counts the requests of reading a switch with 48 ports and 48 phones, where answers are limited
// to 1,472 octets: each request costs a round trip, which is what reading a fleet takes.
func TestBudget(t *testing.T) {
	t.Parallel()
	const firstMost, againMost = 75, 25
	for _, name := range sim.Personalities() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := campus(t, sim.Options{Switches: 1, Ports: 48, Phones: 1, Personalities: []string{name}, Listen: netip.MustParseAddrPort("127.9.3.1:0"), Seed: 3})
			sw, m := c.Switches()[0], &switchctl.Memory{}
			read := func() (uint64, switchctl.Snapshot) {
				before := c.Counters(sw.Name).PDUs()
				s, err := snmp.Open(context.Background(), snmp.Config{Address: sw.Address, Community: "public", Timeout: 10 * time.Second})
				if err != nil {
					t.Fatal(err)
				}
				d, err := Open(context.Background(), "sw", sw.Address, s, m, slog.New(slog.DiscardHandler))
				if err != nil {
					t.Fatal(err)
				}
				defer d.Close()
				snap, err := d.Observe(context.Background(), switchctl.Scope{})
				if err != nil {
					t.Fatal(err)
				}
				return c.Counters(sw.Name).PDUs() - before, snap
			}
			first, snap := read()
			macs, phones := 0, 0
			for _, p := range snap.Ports {
				macs += len(p.Learned)
				for _, n := range p.Neighbors {
					if n.IsPhone() {
						phones++
						break
					}
				}
			}
			again, _ := read()
			t.Logf("%d requests, again %d; %d phones, %d addresses, %d octets", first, again, phones, macs, c.Counters(sw.Name).Octets)
			if phones < 48 || macs < 60 {
				t.Errorf("only %d phones and %d addresses were seen", phones, macs)
			}
			if first > firstMost {
				t.Errorf("%d requests for the first reading, want at most %d", first, firstMost)
			}
			if again > againMost {
				t.Errorf("%d requests for reading the unchanged switch again, want at most %d", again, againMost)
			}
		})
	}
}
