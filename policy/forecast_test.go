package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
)

func TestForecast(t *testing.T) {
	t.Parallel()
	type port struct {
		name      string
		group     int
		class     int // -1 = not told
		prio      switchctl.PoEPriority
		detect    switchctl.PoEDetect
		allocated discovery.Milliwatts
		draw      discovery.Milliwatts
		limit     discovery.Milliwatts
		denied    bool
	}
	on := switchctl.PoEDelivering
	type want struct {
		Ports                 int
		Declared, Worst       discovery.Milliwatts
		Denied, DeniedAtStart []string
		Rough                 bool
	}
	for _, c := range []struct {
		name    string
		nominal discovery.Milliwatts
		ports   []port
		want    want
	}{
		{
			name: "classes", nominal: 1_000_000,
			ports: []port{
				{name: "1", class: 0, detect: on},
				{name: "2", class: 1, detect: on},
				{name: "3", class: 2, detect: on},
				{name: "4", class: 3, detect: on},
				{name: "5", class: 4, detect: on},
				{name: "6", class: 5, detect: on},
				{name: "7", class: 6, detect: on},
				{name: "8", class: 7, detect: on},
				{name: "9", class: 8, detect: on},
			},
			want: want{Ports: 9, Declared: 341_800, Worst: 341_800},
		},
		{
			name: "priority goes before the order of ports, and both before size", nominal: 20_000,
			ports: []port{
				{name: "Gi1/0/1", class: 2, detect: on, prio: switchctl.PriorityLow},
				{name: "Gi1/0/2", class: 2, detect: on},
				{name: "Gi1/0/9", class: 2, detect: on, prio: switchctl.PriorityHigh},
				{name: "Gi1/0/10", class: 2, detect: on, prio: switchctl.PriorityCritical},
			},
			want: want{Ports: 4, Declared: 28_000, Worst: 28_000, Denied: []string{"Gi1/0/1", "Gi1/0/2"}, DeniedAtStart: []string{"Gi1/0/1", "Gi1/0/2"}},
		},
		{
			name: "a small one behind a big one fits", nominal: 20_000,
			ports: []port{{name: "1", class: 3, detect: on}, {name: "2", class: 3, detect: on}, {name: "3", class: 1, detect: on}},
			want:  want{Ports: 3, Declared: 34_800, Worst: 34_800, Denied: []string{"2"}, DeniedAtStart: []string{"2"}},
		},
		{
			name: "negotiated demand fits, class does not", nominal: 20_000,
			ports: []port{{name: "1", class: 3, detect: on, allocated: 6300}, {name: "2", class: 3, detect: on, allocated: 6300}},
			want:  want{Ports: 2, Declared: 12_600, Worst: 30_800, DeniedAtStart: []string{"2"}},
		},
		{
			name: "a limit bounds the class", nominal: 20_000,
			ports: []port{{name: "1", class: 4, detect: on, limit: 10_000}, {name: "2", class: 4, detect: on, limit: 10_000}},
			want:  want{Ports: 2, Declared: 20_000, Worst: 20_000},
		},
		{
			name: "what is drawn is the least", nominal: 50_000,
			ports: []port{{name: "1", class: 1, detect: on, allocated: 4000, draw: 5000}},
			want:  want{Ports: 1, Declared: 5000, Worst: 5000},
		},
		{
			name: "a port that is refused now asks again; a dark one does not", nominal: 20_000,
			ports: []port{{name: "1", class: -1, detect: switchctl.PoESearching, denied: true}, {name: "2", class: 2, detect: switchctl.PoESearching}},
			want:  want{Ports: 1, Declared: 15_400, Worst: 15_400, Rough: true},
		},
		{
			name: "a supply that is not told refuses nobody", nominal: 0,
			ports: []port{{name: "1", class: 4, detect: on}},
			want:  want{Ports: 1, Declared: 30_000, Worst: 30_000},
		},
		{
			name: "one group feeds ports whose group is not told", nominal: 20_000,
			ports: []port{{name: "1", class: 2, detect: on, group: -1}},
			want:  want{Ports: 1, Declared: 7000, Worst: 7000},
		},
		{
			name: "another group's ports are not ours", nominal: 20_000,
			ports: []port{{name: "1", class: 2, detect: on, group: 2}},
		},
		{
			name: "a class that does not exist reserves the default", nominal: 20_000,
			ports: []port{{name: "1", class: 99, detect: on}},
			want:  want{Ports: 1, Declared: 15_400, Worst: 15_400, Rough: true},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &switchctl.Snapshot{Switch: "acc-1", Power: []switchctl.PowerGroup{{Group: 1, Nominal: c.nominal}}}
			for _, p := range c.ports {
				e := edge(p.name)
				switch p.group {
				case 0:
				case -1:
					e.Index.PSE = [2]int{}
				default:
					e.Index.PSE[0] = p.group
				}
				e.PoE = switchctl.PoEState{
					Supported: true, Detect: p.detect, Priority: p.prio, Allocated: p.allocated, Draw: p.draw, DrawTold: p.draw != 0,
					Limit: p.limit, Denied: p.denied,
				}
				if p.class >= 0 {
					e.PoE.Class, e.PoE.ClassTold = uint8(p.class), true
				}
				s.Ports = append(s.Ports, e)
			}
			fs := Forecast(s)
			if len(fs) != 1 {
				t.Fatalf("%d groups", len(fs))
			}
			names := func(ds []PowerDemand) (out []string) {
				for _, d := range ds {
					out = append(out, d.Port.Name)
				}
				return out
			}
			f := fs[0]
			got := want{f.Ports, f.Declared, f.Worst, names(f.Denied), names(f.DeniedAtStart), f.Rough}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("forecast (-want +got):\n%s", d)
			}
		})
	}
}
