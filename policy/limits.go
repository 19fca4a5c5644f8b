package policy

import (
	"fmt"
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// DefaultLimits are careful ones, for a configuration that names none: an hour's mistakes stay few.
func DefaultLimits() Limits {
	return Limits{
		PerPort: 4, PerSwitch: 24, PerSite: 100, Total: 200, Window: time.Hour,
		CycleRest: 24 * time.Hour, MaxMACs: 8, StopUnverified: 0.2,
	}
}

// DefaultOptions are the numbers for a configuration that names none. A phone takes up to three minutes from
// power to registration, and a switch forgets an address after five.
func DefaultOptions() Options {
	return Options{IdleVoiceDays: 90, BootTime: 5 * time.Minute}
}

// minUnverified is how many changes must be known before a share of them says anything.
const minUnverified = 5

// tally counts changes against limits.
type tally struct {
	total    int
	bySite   map[string]int
	bySwitch map[switchctl.SwitchID]int
	byPort   map[switchctl.PortRef]int
	byKind   map[changeKey]int
}

func (t *tally) add(p switchctl.PortRef, site, kind string) {
	t.total++
	t.bySite[site]++
	t.bySwitch[p.Switch]++
	t.byPort[p]++
	t.byKind[changeKey{p, kind}]++
}

// count tallies the history of the window. An outcome of "unchanged" touched nothing and does not count;
// a refused change does, for a switch that refuses is not to be asked over and over.
func count(h History, l Limits, now time.Time) tally {
	t := tally{
		bySite: map[string]int{}, bySwitch: map[switchctl.SwitchID]int{},
		byPort: map[switchctl.PortRef]int{}, byKind: map[changeKey]int{},
	}
	for _, p := range h {
		if l.Window > 0 && within(p.At, now, l.Window) && p.Outcome != "unchanged" {
			t.add(p.Port, p.Site, p.Kind)
		}
	}
	return t
}

// within reports whether at lies in the window that ends now. A time to come, of a clock that was set back,
// counts as now.
func within(at, now time.Time, window time.Duration) bool { return now.Sub(at) < window }

// unverifiedStop says why everything is held, or gives the empty string: changes that switches accept and do
// not show mean that something is not as we think.
func unverifiedStop(h History, l Limits, now time.Time) string {
	if l.StopUnverified <= 0 {
		return ""
	}
	all, bad := 0, 0
	for _, p := range h {
		if p.Outcome == "unchanged" || l.Window > 0 && !within(p.At, now, l.Window) {
			continue
		}
		all++
		if p.Outcome == "unverified" {
			bad++
		}
	}
	if all < minUnverified || float64(bad) < l.StopUnverified*float64(all) {
		return ""
	}
	return fmt.Sprintf("%d of the last %d changes ended unverified", bad, all)
}

// ration looks at a change beside the others: whether there is room for one more.
func (d *decision) ration(w *want) (Hold, bool) {
	l, at := d.in.Limits, d.ports[w.key.port]
	if d.stop != "" {
		return held(HoldUnverified, "%s: all changes stop until a person has looked", d.stop)
	}
	if !open(l.Hours, d.in.Now) {
		return held(HoldHours, "outside the change windows")
	}
	if last, ok := d.lastCut(w.key.port); ok && !settable(w.change) && within(last, d.in.Now, l.CycleRest) {
		return held(HoldResting, "cycled on %s and it did not help: a person must look", last.UTC().Format(time.RFC3339))
	}
	for _, b := range []struct {
		guard, what string
		n, most     int
	}{
		{HoldPerPort, "of port " + w.key.port.Name, d.spent.byPort[w.key.port], l.PerPort},
		{HoldPerSwitch, "of switch " + string(w.key.port.Switch), d.spent.bySwitch[w.key.port.Switch], l.PerSwitch},
		{HoldPerSite, "of site " + at.reading.Site, d.spent.bySite[at.reading.Site], l.PerSite},
		{HoldTotal, "in all", d.spent.total, l.Total},
	} {
		if b.most > 0 && b.n >= b.most {
			return held(b.guard, "limit of %d changes %s%s is reached", b.most, b.what, per(l.Window))
		}
	}
	if l.PerPort == 0 && d.spent.byKind[w.key] > 0 {
		return held(HoldPerPort, "port %s had a change of kind %s already%s", w.key.port.Name, w.key.kind, per(l.Window))
	}
	return d.budget(w, at)
}

func per(window time.Duration) string {
	if window <= 0 {
		return " in one plan"
	}
	return " in " + window.String()
}

// lastCut gives when a port was last cycled or bounced.
func (d *decision) lastCut(p switchctl.PortRef) (last time.Time, ok bool) {
	for _, h := range d.in.History {
		if h.Port == p && slices.Contains(cutKinds, h.Kind) && (!ok || h.At.After(last)) {
			last, ok = h.At, true
		}
	}
	return last, ok
}

// open reports whether now is in one of the change windows.
func open(hours []Hours, now time.Time) bool {
	for _, h := range hours {
		if h.contains(now) {
			return true
		}
	}
	return len(hours) == 0
}

func (h Hours) contains(now time.Time) bool {
	zone := h.Zone
	if zone == nil {
		zone = time.UTC
	}
	now = now.In(zone)
	clock := time.Duration(now.Hour())*time.Hour + time.Duration(now.Minute())*time.Minute + time.Duration(now.Second())*time.Second
	day := func(d time.Weekday) bool { return len(h.Days) == 0 || slices.Contains(h.Days, d) }
	if h.From <= h.To {
		return day(now.Weekday()) && h.From <= clock && clock < h.To
	}
	yesterday := (now.Weekday() + 6) % 7
	return day(now.Weekday()) && clock >= h.From || day(yesterday) && clock < h.To
}

// leastDemand is what the least of the phones with a VLAN of its own asks for at start: class 2 at the switch
// (IEEE 802.3 table 33-7). What a dark phone will ask for is not known before it is on.
const leastDemand = 7000 * discovery.Milliwatts(1)

// budget keeps a port from being switched on where the supply has nothing left: by its priority it could put
// a phone out that works.
func (d *decision) budget(w *want, at place) (Hold, bool) {
	g, need, ok := demand(w.change, at.view)
	if !ok {
		return Hold{}, false
	}
	used := max(g.Allocated, g.Drawn) + d.given[powerKey{w.key.port.Switch, g.Group}]
	if used+need <= g.Nominal {
		return Hold{}, false
	}
	return held(HoldBudget, "power group %d has %s of %s in use or promised: %s more do not fit", g.Group, used, g.Nominal, need)
}

// demand gives what a change takes out of a power group; ok is false where it takes nothing, or where the
// switch does not tell the budget.
func demand(c switchctl.Change, v View) (g switchctl.PowerGroup, need discovery.Milliwatts, ok bool) {
	set, is := c.(switchctl.SetPoE)
	if !is || !set.Admin.Enabled() || v.Port.PoE.Admin.Enabled() {
		return g, 0, false
	}
	for _, g = range v.Switch.Power {
		if g.Group == v.Port.Index.PSE[0] && g.Nominal > 0 {
			need = leastDemand
			if l := v.Port.PoE.Limit; l > 0 {
				need = min(need, l)
			}
			return g, need, true
		}
	}
	return g, 0, false
}

// powerSafe looks at what a change of power would do to what runs.
func (d *decision) powerSafe(w *want, at place) (Hold, bool) {
	c, is := w.change.(switchctl.SetPoELimit)
	if poe := at.view.Port.PoE; is && poe.DrawTold && c.Limit > 0 && c.Limit < max(poe.Draw, poe.MaxDraw) {
		return held(HoldBelowDraw, "the port draws up to %s: a limit of %s would cut it off", max(poe.Draw, poe.MaxDraw), c.Limit)
	}
	return Hold{}, false
}
