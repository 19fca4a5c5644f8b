package driver

import (
	"log/slog"
	"testing"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/sim"
	"phoneport/switchctl/snmp"
)

// TestHostileAgents reads agents that break the protocol in every way that the lab knows, with each driver
// and version. The end is a snapshot or a classed error, and classed errors for what is missing of it; never
// a panic, and never a wait without end.
func TestHostileAgents(t *testing.T) {
	t.Parallel()
	for _, kind := range sim.Hostilities() {
		for _, version := range []snmp.Version{snmp.V1, snmp.V2c} {
			t.Run(string(kind)+"/v"+string(version), func(t *testing.T) {
				t.Parallel()
				h, err := sim.Hostile(kind)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { h.Close() })
				s, err := snmp.Open(t.Context(), snmp.Config{Address: h.Addr(), Version: version, Community: "public", Timeout: 10 * time.Millisecond, Retries: 1})
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				rows, err := s.Read(t.Context(), hostileTables...)
				if err != nil {
					classed(t, err)
				}
				for _, r := range rows {
					if r.Err != nil {
						classed(t, r.Err)
					}
				}
				for _, o := range Openers() {
					s, err := snmp.Open(t.Context(), snmp.Config{Address: h.Addr(), Version: version, Community: "public", Timeout: 10 * time.Millisecond, Retries: 1})
					if err != nil {
						t.Fatal(err)
					}
					// What it says of itself chooses no driver: each gets its turn.
					if _, err := snmp.ReadSystem(t.Context(), s); err != nil {
						classed(t, err)
					}
					d, err := o.Open(t.Context(), standard.Target{
						ID: "sw", Address: h.Addr(), Session: s, Memory: &switchctl.Memory{}, Log: slog.New(slog.DiscardHandler),
						System: snmp.System{ObjectID: snmp.MustOID("1.3.6.1.4.1.9.1.1208"), UpTime: 4711},
					})
					if err != nil {
						classed(t, err)
						s.Close()
						continue
					}
					snap, err := d.Observe(t.Context(), switchctl.Scope{})
					if err != nil {
						classed(t, err)
					}
					for _, m := range snap.Missing {
						if m.Err != nil {
							classed(t, m.Err)
						}
					}
					d.Close()
				}
			})
		}
	}
}

// hostileTables are read straight away: an agent whose first answer is bad is not read further by a driver.
var hostileTables = []snmp.Table{
	{Name: "ifTable", Entry: snmp.MustOID("1.3.6.1.2.1.2.2.1"), Columns: []uint32{3, 7, 8}, Rows: 50},
	{Name: "lldpRemTable", Entry: snmp.MustOID("1.0.8802.1.1.2.1.4.1.1"), Columns: []uint32{4, 5, 6, 7}},
	{Name: "pethPsePortTable", Entry: snmp.MustOID("1.3.6.1.2.1.105.1.1.1"), Columns: []uint32{3, 6}, Only: []snmp.OID{{1, 1}, {1, 2}}},
}

func classed(t *testing.T, err error) {
	t.Helper()
	if switchctl.ClassOf(err) == nil {
		t.Errorf("no class: %v", err)
	}
}
