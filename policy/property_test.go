package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/rules"
	"phoneport/switchctl"
)

// scene is a drawn campus with findings about it and limits that bite.
func scene(t *rapid.T) (*campus, policy.Input) {
	c := draw(t)
	g := gen{t}
	v := c.look(now)
	fs := append(policy.EvaluateAll(v, rules.All()), g.wishes(v)...)
	return c, policy.Input{
		Now: now, Readings: v.Readings, Findings: fs, Facts: v.Facts, Limits: g.limits(c.config.Limits), History: g.history(c),
	}
}

// TestNeverGuarded looks at each step with rules of its own, so that a mistake in Guards is found.
func TestNeverGuarded(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, in := scene(t)
		for _, p := range policy.Decide(in) {
			for _, s := range p.Steps {
				if why := forbidden(c, in, s.Change); why != "" {
					t.Fatalf("%s is planned: %s", s.Change, why)
				}
			}
		}
	})
}

// forbidden says in the words of the architecture why a change must not be, without asking the package.
func forbidden(c *campus, in policy.Input, ch switchctl.Change) string {
	ref := ch.Port()
	i := slices.IndexFunc(c.switches, func(s *switchctl.Snapshot) bool { return s.Switch == ref.Switch })
	if i < 0 {
		return "no such switch"
	}
	p, ok := c.switches[i].Port(ref.Name)
	if !ok {
		return "no such port"
	}
	poe := strings.Contains(ch.Kind(), "poe")
	off := ch.Args() == "off" || ch.Args() == "down"
	cut := ch.Kind() == "cycle-poe" || ch.Kind() == "bounce" || off
	macs := map[discovery.MAC]bool{}
	for _, l := range p.Learned {
		macs[l.MAC] = true
	}
	switch {
	case ref == switchctl.PortRef{Switch: "sw1", Name: "Gi1/0/3"}:
		return "on the protect list"
	case p.Type != 6 && p.Type != 117:
		return "no socket"
	case p.Mode == switchctl.ModeTrunk || p.Mode == switchctl.ModeRouted:
		return p.Mode.String()
	case p.Mode == switchctl.ModeUnknown && !poe && !cut && ch.Kind() != "set-admin":
		return "VLAN change on a port of unknown mode"
	case p.LAG, p.Dot1X:
		return "link aggregate or 802.1X"
	case len(macs) > 3:
		return "too many addresses"
	case poe && p.Index.Proof != switchctl.ProofMIB && p.Index.Proof != switchctl.ProofName:
		return "guessed port map"
	case cut && p.Link != switchctl.Down && len(p.Neighbors)+len(p.Learned) > 0:
		return "somebody works there"
	case in.Limits.Kinds == nil && ch.Kind() == "bounce":
		return "bounce is not allowed"
	case in.Limits.Kinds != nil && !slices.Contains(in.Limits.Kinds, ch.Kind()):
		return "kind is not allowed"
	}
	for _, m := range c.switches[i].Missing {
		if fdb := strings.Contains(m.Table, "Fdb"); cut && fdb || !fdb && !strings.Contains(m.Table, "peth") {
			return m.Table + " was not read"
		}
	}
	for _, n := range p.Neighbors {
		if n.System == "core" {
			return "uplink"
		}
	}
	for ph := range c.dir.All() {
		if cut && ph.Protected && inventory.SamePort(ph.Expected, ref) {
			return "a protected phone is expected there"
		}
	}
	if set, is := ch.(switchctl.SetPoELimit); is && p.PoE.DrawTold && set.Limit < p.PoE.Draw {
		return "limit below draw"
	}
	id := uint16(0)
	switch ch := ch.(type) {
	case switchctl.SetVoice:
		id = ch.Voice.VLAN
	case switchctl.SetAccessVLAN:
		id = ch.VLAN
	}
	if vlans := c.switches[i].VLANs; id != 0 && vlans != nil && !slices.ContainsFunc(vlans, func(v switchctl.VLAN) bool { return v.ID == id }) {
		return "no such VLAN"
	}
	sure := inventory.Unsure
	for _, f := range in.Findings {
		if f.Excepted == nil && slices.Contains(f.Fix, ch) {
			sure = max(sure, f.Confidence)
		}
	}
	if sure == inventory.Unsure || sure < inventory.Certain && ch.Kind() != "set-poe-priority" && ch.Kind() != "set-poe-limit" {
		return "not sure enough: " + sure.String()
	}
	return ""
}

// TestNeverPastLimits lets a campus on which nothing ever gets better be planned every few minutes for hours,
// and then looks at every window.
func TestNeverPastLimits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, in := scene(t)
		in.Limits.StopUnverified = 0
		site := map[switchctl.SwitchID]string{}
		for i, s := range c.switches {
			site[s.Switch] = c.sites[i]
		}
		in.History = nil
		every := time.Duration(rapid.IntRange(1, 40).Draw(t, "minutes between")) * time.Minute
		for range rapid.IntRange(1, 8).Draw(t, "runs") {
			n := tallyOf(nil)
			for _, p := range policy.Decide(in) {
				for _, s := range p.Steps {
					n.add(s.Change.Port(), site[p.Switch], s.Change.Kind())
					in.History = append(in.History, policy.Past{
						Port: s.Change.Port(), Site: site[p.Switch], Kind: s.Change.Kind(), At: in.Now, Outcome: "done",
					})
				}
			}
			if why := n.past(in.Limits); why != "" {
				t.Fatalf("one plan: %s", why)
			}
			in.Now = in.Now.Add(every)
		}
		if in.Limits.Window == 0 {
			return
		}
		for _, first := range in.History {
			n := tallyOf(nil)
			for _, h := range in.History {
				if !h.At.Before(first.At) && h.At.Before(first.At.Add(in.Limits.Window)) {
					n.add(h.Port, h.Site, h.Kind)
				}
			}
			if why := n.past(in.Limits); why != "" {
				t.Fatalf("window from %s: %s", first.At, why)
			}
		}
		for i, h := range in.History {
			for _, later := range in.History[i+1:] {
				if h.Port == later.Port && h.Kind == "cycle-poe" && later.Kind == h.Kind && later.At.Sub(h.At) < in.Limits.CycleRest {
					t.Fatalf("%s is cycled at %s and at %s", h.Port, h.At, later.At)
				}
			}
		}
	})
}

type tally map[string]int

func tallyOf(h policy.History) tally {
	n := tally{}
	for _, p := range h {
		n.add(p.Port, p.Site, p.Kind)
	}
	return n
}

func (n tally) add(p switchctl.PortRef, site, kind string) {
	n["total"]++
	n["site "+site]++
	n["switch "+string(p.Switch)]++
	n["port "+p.String()]++
	n["kind "+p.String()+" "+kind]++
}

func (n tally) past(l policy.Limits) string {
	for what, count := range n {
		most := 0
		switch strings.Fields(what)[0] {
		case "total":
			most = l.Total
		case "site":
			most = l.PerSite
		case "switch":
			most = l.PerSwitch
		case "port":
			most = l.PerPort
		case "kind":
			if l.PerPort == 0 {
				most = 1
			}
		}
		if most > 0 && count > most {
			return fmt.Sprintf("%s: %d changes, %d are allowed", what, count, most)
		}
	}
	return ""
}

// TestHistoryCounts starts with a history that may be past the limits already.
func TestHistoryCounts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, in := scene(t)
		site := map[switchctl.SwitchID]string{}
		for i, s := range c.switches {
			site[s.Switch] = c.sites[i]
		}
		before, steps := tally{}, tally{}
		bad, all := 0, 0
		for _, h := range in.History {
			if h.Outcome == "unchanged" || in.Limits.Window > 0 && in.Now.Sub(h.At) >= in.Limits.Window {
				continue
			}
			all++
			if h.Outcome == "unverified" {
				bad++
			}
			if in.Limits.Window > 0 {
				before.add(h.Port, h.Site, h.Kind)
			}
		}
		for _, p := range policy.Decide(in) {
			for _, s := range p.Steps {
				steps.add(s.Change.Port(), site[p.Switch], s.Change.Kind())
			}
		}
		if in.Limits.StopUnverified > 0 && all >= 5 && float64(bad) >= in.Limits.StopUnverified*float64(all) && steps["total"] > 0 {
			t.Fatalf("%d of %d changes are unverified, and %d more are planned", bad, all, steps["total"])
		}
		for what, n := range steps {
			one := tally{what: before[what] + n}
			if why := one.past(in.Limits); why != "" {
				t.Fatalf("with the history: %s", why)
			}
		}
	})
}

// TestDeterministic gives the same things in another order.
func TestDeterministic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, in := scene(t)
		seed := rapid.Uint64().Draw(t, "seed")
		want := policy.Decide(in)
		other := in
		other.Findings = shuffled(seed, in.Findings)
		other.Readings = shuffled(seed, in.Readings)
		other.History = shuffled(seed, in.History)
		opts := []cmp.Option{cmpopts.EquateEmpty()}
		if d := cmp.Diff(want, policy.Decide(other), opts...); d != "" {
			t.Fatalf("another order gives another plan:\n%s", d)
		}
		v := c.look(now)
		again := c.look(now)
		again.Readings = shuffled(seed, again.Readings)
		for _, r := range again.Readings {
			r.Bindings = shuffled(seed, r.Bindings)
		}
		if d := cmp.Diff(policy.EvaluateAll(v, rules.All()), policy.EvaluateAll(again, rules.All()), opts...); d != "" {
			t.Fatalf("another order gives other findings:\n%s", d)
		}
	})
}

// TestNothingIsDropped looks for each wanted change among steps and holds.
func TestNothingIsDropped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		_, in := scene(t)
		type act struct {
			sw   switchctl.SwitchID
			port string
			kind string
			args string
		}
		of := func(c switchctl.Change) act { return act{c.Port().Switch, c.Port().Name, c.Kind(), c.Args()} }
		planned, held := map[act]int{}, map[act]int{}
		for _, p := range policy.Decide(in) {
			for i, s := range p.Steps {
				planned[of(s.Change)]++
				if s.Change.Port().Switch != p.Switch || s.Why == "" || s.Rule == "" || s.Before.Ref != s.Change.Port() {
					t.Fatalf("step is not whole: %+v", s)
				}
				if i > 0 && policy.CompareRefs(p.Steps[i-1].Change.Port(), s.Change.Port()) > 0 {
					t.Fatalf("steps are not by port: %s after %s", s.Change, p.Steps[i-1].Change)
				}
			}
			for _, h := range p.Held {
				held[of(h.Change)]++
				if h.Guard == "" || h.Reason == "" || h.Rule == "" {
					t.Fatalf("hold gives no reason: %+v", h)
				}
			}
		}
		wanted := map[act]bool{}
		for _, f := range in.Findings {
			for _, c := range f.Fix {
				a := of(c)
				wanted[a] = true
				if planned[a]+held[a] == 0 {
					t.Fatalf("%s is neither planned nor held", c)
				}
			}
		}
		for a, n := range planned {
			if n > 1 || !wanted[a] {
				t.Fatalf("%v is planned %d times, wanted: %t", a, n, wanted[a])
			}
		}
	})
}
