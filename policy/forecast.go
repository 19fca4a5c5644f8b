package policy

import (
	"cmp"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// PowerForecast says what one power group of a switch would do after an outage, when everything that is
// powered now asks for power again.
type PowerForecast struct {
	Group     int
	Status    string               // on, off, faulty
	Nominal   discovery.Milliwatts // what the supply can give; 0 = not told, nothing is forecast
	Drawn     discovery.Milliwatts // measured now
	Allocated discovery.Milliwatts // reserved now; 0 = not told
	// Declared is what the devices reserve once they have negotiated, Worst what they reserve at first, by
	// their class. Both sum over Ports.
	Declared discovery.Milliwatts
	Worst    discovery.Milliwatts
	Ports    int // that are powered now, or refused
	// Denied are those that stay dark with Declared, DeniedAtStart those that must wait with Worst until
	// others have negotiated; both in the order in which they are refused.
	Denied        []PowerDemand
	DeniedAtStart []PowerDemand
	// Rough is true where some port tells neither class nor allocation, so that the sums are guesses.
	Rough bool
}

// PowerDemand is what one port asks for.
type PowerDemand struct {
	Port     switchctl.PortRef
	Priority switchctl.PoEPriority
	Declared discovery.Milliwatts
	Worst    discovery.Milliwatts
}

// classPower is the most that a class may take at the switch (IEEE 802.3 table 33-11 for classes 0 to 4, table
// 145-11 for 5 to 8), in milliwatts. Class 0 tells nothing and reserves as class 3 does.
var classPower = [...]discovery.Milliwatts{15400, 4000, 7000, 15400, 30000, 45000, 60000, 75000, 90000}

// Forecast models a start of each power group: ports get power by priority, then in the order of the ports,
// as long as the supply lasts; one that does not fit is passed over for smaller ones behind it. Groups are in
// the order of their numbers.
func Forecast(s *switchctl.Snapshot) []PowerForecast {
	fs := make([]PowerForecast, len(s.Power))
	at := make(map[int]int, len(s.Power))
	for i, g := range s.Power {
		fs[i] = PowerForecast{Group: g.Group, Status: g.Status, Nominal: g.Nominal, Drawn: g.Drawn, Allocated: g.Allocated}
		at[g.Group] = i
	}
	asked := make([][]PowerDemand, len(s.Power))
	for i := range s.Ports {
		p := &s.Ports[i]
		g, ok := at[p.Index.PSE[0]]
		if !ok && len(fs) == 1 && p.Index.PSE[0] == 0 {
			g, ok = 0, true // one supply feeds all, whatever the numbers of its ports
		}
		if !ok || !p.PoE.Supported || p.PoE.Detect != switchctl.PoEDelivering && !p.PoE.Denied {
			continue
		}
		d, told := demandOf(p)
		f := &fs[g]
		f.Ports++
		f.Declared += d.Declared
		f.Worst += d.Worst
		f.Rough = f.Rough || !told
		asked[g] = append(asked[g], d)
	}
	for i := range fs {
		f := &fs[i]
		if f.Nominal <= 0 {
			continue
		}
		slices.SortStableFunc(asked[i], func(a, b PowerDemand) int {
			return cmp.Or(cmp.Compare(turn(a.Priority), turn(b.Priority)), CompareRefs(a.Port, b.Port))
		})
		f.Denied = refused(asked[i], f.Nominal, func(d PowerDemand) discovery.Milliwatts { return d.Declared })
		f.DeniedAtStart = refused(asked[i], f.Nominal, func(d PowerDemand) discovery.Milliwatts { return d.Worst })
	}
	slices.SortFunc(fs, func(a, b PowerForecast) int { return cmp.Compare(a.Group, b.Group) })
	return fs
}

// turn gives the order of priorities; what is not told counts as low.
func turn(p switchctl.PoEPriority) switchctl.PoEPriority {
	if p == switchctl.PriorityUnknown {
		return switchctl.PriorityLow
	}
	return p
}

// demandOf gives what a port asks for; told is false where the switch tells neither class nor allocation.
func demandOf(p *switchctl.PortState) (d PowerDemand, told bool) {
	poe := p.PoE
	d = PowerDemand{Port: p.Ref, Priority: poe.Priority}
	worst := classPower[0]
	if poe.ClassTold && int(poe.Class) < len(classPower) {
		worst, told = classPower[poe.Class], true
	}
	if poe.Limit > 0 {
		worst = min(worst, poe.Limit)
	}
	d.Worst = max(worst, poe.Allocated, poe.Draw)
	d.Declared = d.Worst
	if poe.Allocated > 0 {
		d.Declared, told = max(poe.Allocated, poe.Draw), true
	}
	return d, told
}

func refused(ds []PowerDemand, nominal discovery.Milliwatts, of func(PowerDemand) discovery.Milliwatts) []PowerDemand {
	var out []PowerDemand
	left := nominal
	for _, d := range ds {
		if of(d) > left {
			out = append(out, d)
			continue
		}
		left -= of(d)
	}
	return out
}
