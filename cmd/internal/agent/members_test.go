package agent

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery/advertise"
	"phoneport/switchctl"
)

func TestMembers(t *testing.T) {
	t.Parallel()
	state := func(name string, poe switchctl.PoEState) switchctl.PortState {
		return switchctl.PortState{Ref: switchctl.PortRef{Switch: "br0", Name: name}, Untagged: 10, Tagged: []uint16{110}, PoE: poe}
	}
	snap := switchctl.Snapshot{Ports: []switchctl.PortState{
		state("plain", switchctl.PoEState{}),
		state("off", switchctl.PoEState{Supported: true, Admin: switchctl.PoEOff, Limit: 15_400}),
		state("phone", switchctl.PoEState{
			Supported: true, Admin: switchctl.PoEOn, Class: 2, ClassTold: true, Priority: switchctl.PriorityHigh, Limit: 30_000, Allocated: 7_000,
		}),
		state("no limit", switchctl.PoEState{Supported: true, Admin: switchctl.PoEOn, Class: 5, ClassTold: true}),
		state("knows nothing", switchctl.PoEState{Supported: true, Admin: switchctl.PoEOn}),
		state("more than the limit", switchctl.PoEState{Supported: true, Admin: switchctl.PoEOn, Limit: 15_400, Allocated: 30_000}),
	}}
	member := func(p *advertise.Power) Member {
		return Member{Filtering: true, PVID: 10, Tagged: []uint16{110}, Power: p}
	}
	want := Bridge{Ports: map[string]Member{
		"plain":               member(nil),
		"off":                 member(&advertise.Power{Supported: true, Type: 1, Class: 3, Limit: 15_400}),
		"phone":               member(&advertise.Power{Supported: true, Enabled: true, Type: 2, Class: 2, Priority: 2, Limit: 30_000, Allocated: 7_000}),
		"no limit":            member(&advertise.Power{Supported: true, Enabled: true, Type: 3, Class: 5}),
		"knows nothing":       member(&advertise.Power{Supported: true, Enabled: true, Type: 1, Class: 3}),
		"more than the limit": member(&advertise.Power{Supported: true, Enabled: true, Type: 1, Class: 3, Limit: 15_400, Allocated: 15_400}),
	}}
	if diff := cmp.Diff(want, members(&snap)); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	snap.Missing = []switchctl.Missing{{Table: "bridge VLAN table"}}
	if members(&snap).Ports["plain"].Filtering {
		t.Error("a bridge without a VLAN table filters")
	}
}
