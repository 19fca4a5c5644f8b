package driver

import (
	"context"
	"log/slog"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/drivertest"
	"phoneport/switchctl/sim"
	"phoneport/switchctl/snmp"
)

// TestSimulated runs the conformance suite on each family that the lab can play, over SNMP on loopback.
func TestSimulated(t *testing.T) {
	t.Parallel()
	for _, name := range sim.Personalities() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drivertest.Run(t, func(t *testing.T) drivertest.Switch { return simulated(t, name, 12) })
		})
	}
}

// campus runs simulated switches until the test ends.
func campus(t *testing.T, o sim.Options) *sim.Campus {
	t.Helper()
	c, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	stop, err := c.Start(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// simulated makes a campus of one switch whose phones have booted.
func simulated(t *testing.T, personality string, ports int) drivertest.Switch {
	t.Helper()
	var ahead atomic.Int64 // how far the campus's clock is ahead
	c := campus(t, sim.Options{
		Switches: 1, Ports: ports, Phones: 0.6, Personalities: []string{personality}, Listen: netip.MustParseAddrPort("127.9.2.1:0"), Seed: 7,
		Boot: sim.DefaultBoot, Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
	})
	settle := func() { ahead.Add(int64(time.Minute)) }
	settle()
	sw := c.Switches()[0]
	return drivertest.Switch{
		Open: func(m *switchctl.Memory) (switchctl.Driver, error) {
			s, err := snmp.Open(context.Background(), snmp.Config{Address: sw.Address, Community: "private"})
			if err != nil {
				return nil, err
			}
			return Open(context.Background(), switchctl.SwitchID(sw.Name), sw.Address, s, m, slog.New(slog.DiscardHandler))
		},
		Restart: func() {
			if err := c.Reboot(sw.Name); err != nil {
				t.Error(err)
			}
			settle()
		},
		Settle: settle,
	}
}
