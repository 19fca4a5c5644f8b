package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// allKinds are the kinds of change that a driver may be able to carry out.
var allKinds = []string{"set-poe", "set-poe-priority", "set-poe-limit", "set-voice", "set-access-vlan", "set-admin"}

// campus is a generated fleet, with what is needed to look at it again after it has changed.
type campus struct {
	assigner *policy.Assigner
	config   policy.Config
	dir      *inventory.Directory
	infos    []switchctl.Info
	sites    []string
	switches []*switchctl.Snapshot
	last     map[switchctl.PortRef]time.Time
	unread   []switchctl.SwitchID
}

// look correlates, assigns and gathers facts, as an audit does.
func (c *campus) look(at time.Time) policy.FleetView {
	v := policy.FleetView{Now: at, Directory: c.dir, Options: policy.DefaultOptions(), Exceptions: c.config.Exceptions}
	var bs []inventory.Binding
	for _, s := range c.switches {
		bs = append(bs, inventory.Correlate(c.dir, *s, at)...)
	}
	bs, _ = inventory.Resolve(bs)
	for i, s := range c.switches {
		r := &policy.Reading{Site: c.sites[i], Info: c.infos[i], Switch: s}
		for _, b := range bs {
			if b.Port.Switch == s.Switch {
				r.Bindings = append(r.Bindings, b)
			}
		}
		c.assigner.Assign(r, c.dir, at)
		v.Readings = append(v.Readings, r)
	}
	v.Facts = policy.NewFacts(v.Readings, c.dir, c.unread, at, v.Options)
	v.Facts.LastPhone = c.last
	return v
}

// draw makes a fleet of small switches in which everything that can be is wrong somewhere.
func draw(t *rapid.T) *campus {
	g := gen{t}
	c := &campus{last: map[switchctl.PortRef]time.Time{}}
	c.config = policy.Config{
		Profiles: []policy.Profile{
			{Name: "desk", Voice: tagged(110), DataVLAN: 10, PoE: switchctl.PoEAuto, Priority: switchctl.PriorityHigh},
			{
				Name: "lobby", Voice: tagged(120), PoE: switchctl.PoEAuto, Limit: 15400, Priority: switchctl.PriorityCritical,
				Protected: g.chance(2),
			},
		},
		Limits: policy.Limits{
			MaxMACs: 3, Window: time.Hour,
			Protect: []policy.PortPattern{{Switch: "sw1", Port: "Gi1/0/3", Reason: "fire alarm"}},
		},
	}
	c.config.Assignments = pick(g, "assignments", [][]policy.Assignment{
		{{Name: "all", Profile: "desk", Ports: []string{"Gi1/0/*"}}},
		{{Name: "phones", Profile: "desk"}},
		{{Name: "odd", Profile: "lobby", Expr: `port.matches("[13579]$")`}, {Name: "rest", Profile: "desk", Switches: []string{"*"}}},
		{{Name: "cisco", Profile: "lobby", Vendors: []string{"cisco"}}, {Name: "rest", Profile: "desk", Sites: []string{"hq"}}},
		nil,
	})
	if g.chance(3) {
		c.config.Exceptions = []policy.Exception{{
			Port: "Gi1/0/2", Rules: pick(g, "excepted", [][]string{nil, {"voice-vlan-wrong", "poe-off"}}), Reason: "fax", Owner: "anna",
			Expires: pick(g, "expires", []time.Time{{}, now.AddDate(0, 0, 2), now.Add(-time.Hour)}),
		}}
	}
	var phones []inventory.Phone
	for i := range g.n("switches", 1, 3) {
		id := switchctl.SwitchID(fmt.Sprintf("sw%d", i+1))
		s := &switchctl.Snapshot{
			Switch: id, ReadAt: now,
			BootAt: pick(g, "boot", []time.Time{{}, now.Add(-time.Minute), now.Add(-1000 * time.Hour), now.Add(-1000 * time.Hour)}),
		}
		if g.chance(2) {
			s.VLANs = pick(g, "vlans", [][]switchctl.VLAN{{{ID: 10}, {ID: 110}, {ID: 120}}, {{ID: 10}, {ID: 110}}})
		}
		if g.chance(2) {
			s.Power = []switchctl.PowerGroup{{
				Group: 1, Status: "on", Nominal: pick(g, "nominal", []discovery.Milliwatts{0, 20_000, 370_000}),
				Allocated: pick(g, "reserved", []discovery.Milliwatts{0, 15_000}),
			}}
		}
		if g.chance(4) {
			table := pick(g, "failed", []string{"lldpRemTable", "dot1qTpFdbTable", "pethPsePortTable", "vmMembershipTable", "cdpCacheTable", "dot3adAggPortTable", "dot1xAuthConfigTable"})
			s.Missing = append(s.Missing, switchctl.Missing{Table: table, Reason: "timed out", Err: switchctl.ErrUnreachable})
		}
		for n := range g.n("ports", 1, 6) {
			ref := switchctl.PortRef{Switch: id, Name: fmt.Sprintf("Gi1/0/%d", n+1)}
			p, phone := g.port(ref, n+1)
			s.Ports = append(s.Ports, p)
			if phone != nil {
				phones = append(phones, *phone)
			}
			if g.chance(3) {
				c.last[ref] = pick(g, "last", []time.Time{{}, now.AddDate(0, -6, 0), now.AddDate(0, 0, -1)})
			}
		}
		info := switchctl.Info{Driver: "test", Kinds: allKinds, ShutCutsPower: g.chance(2)}
		if g.chance(5) {
			info.Kinds = info.Kinds[:g.n("kinds", 0, len(allKinds))]
		}
		c.infos = append(c.infos, info)
		c.sites = append(c.sites, pick(g, "site", []string{"hq", "branch"}))
		c.switches = append(c.switches, s)
	}
	if g.chance(4) {
		c.unread = []switchctl.SwitchID{"sw9"}
	}
	c.dir, _ = inventory.NewDirectory(phones)
	a, err := policy.NewAssigner(c.config)
	if err != nil {
		t.Fatalf("make assigner: %v", err)
	}
	c.assigner = a
	return c
}

// gen draws parts of a campus.
type gen struct{ t *rapid.T }

func (g gen) n(what string, from, to int) int { return rapid.IntRange(from, to).Draw(g.t, what) }

// chance is true once in n.
func (g gen) chance(n int) bool { return rapid.IntRange(1, n).Draw(g.t, "chance") == n }

func pick[T any](g gen, what string, of []T) T {
	return of[rapid.IntRange(0, len(of)-1).Draw(g.t, what)]
}

func tagged(id uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: id}
}

// port draws one port, most often one that a phone could be on, and the phone that the inventory has for it.
func (g gen) port(ref switchctl.PortRef, n int) (switchctl.PortState, *inventory.Phone) {
	p := switchctl.PortState{
		Ref: ref, ReadAt: now,
		Type:  pick(g, "type", []int{6, 6, 6, 6, 6, 6, 117, 53, 0}),
		Admin: pick(g, "admin", []switchctl.UpDown{switchctl.Up, switchctl.Up, switchctl.Up, switchctl.Down, switchctl.LinkUnknown}),
		Link:  pick(g, "link", []switchctl.UpDown{switchctl.Up, switchctl.Up, switchctl.Down, switchctl.LinkUnknown}),
		Mode: pick(g, "mode", []switchctl.PortMode{
			switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeTrunk,
			switchctl.ModeRouted, switchctl.ModeUnknown,
		}),
		LAG: g.chance(10), Dot1X: g.chance(10),
		Changed:  pick(g, "changed", []time.Time{{}, now.Add(-time.Minute), now.Add(-24 * time.Hour)}),
		Untagged: pick(g, "untagged", []uint16{0, 1, 10, 10}),
		Index: switchctl.Indices{
			If: n, PSE: [2]int{1, n},
			Proof: pick(g, "proof", []switchctl.IndexProof{switchctl.ProofMIB, switchctl.ProofMIB, switchctl.ProofName, switchctl.ProofConvention, switchctl.ProofNone}),
		},
		Voice: pick(g, "voice", []discovery.VoicePolicy{
			{}, {Mode: discovery.VoiceNone}, tagged(110), tagged(120), {Mode: discovery.VoicePriority}, {Mode: discovery.VoiceUntagged},
		}),
		Advert: pick(g, "advert", []discovery.VoicePolicy{{}, {}, tagged(110), tagged(120)}),
		Tagged: pick(g, "tagged", [][]uint16{nil, {110}, {110, 120}}),
	}
	if !g.chance(4) {
		p.PoE = switchctl.PoEState{
			Supported: true,
			Admin:     pick(g, "poe", []switchctl.PoEAdmin{switchctl.PoEAuto, switchctl.PoEOff, switchctl.PoEOn, switchctl.PoEStatic, switchctl.PoEAdminUnknown}),
			Detect: pick(g, "detect", []switchctl.PoEDetect{
				switchctl.PoEDelivering, switchctl.PoEDelivering, switchctl.PoESearching, switchctl.PoEDisabled, switchctl.PoEFault,
				switchctl.PoEOtherFault, switchctl.PoEDetectUnknown,
			}),
			Priority: pick(g, "priority", []switchctl.PoEPriority{switchctl.PriorityUnknown, switchctl.PriorityLow, switchctl.PriorityHigh}),
			Class:    3, ClassTold: g.chance(2),
			Draw: pick(g, "draw", []discovery.Milliwatts{0, 4100, 16_000}), DrawTold: g.chance(2),
			Allocated: pick(g, "allocated", []discovery.Milliwatts{0, 6300, 15_400}),
			Limit:     pick(g, "limit", []discovery.Milliwatts{0, 7000, 15_400, 30_000}),
			Denied:    g.chance(8),
		}
	}
	mac := discovery.MAC{0, 0x11, 0x22, byte(ref.Switch[2]), 0, byte(n)}
	if g.chance(12) {
		mac = discovery.MAC{0, 0x11, 0x22, 0, 0, 1} // the same on every switch
	}
	if g.chance(2) {
		p.Neighbors = append(p.Neighbors, discovery.Neighbor{
			Protocol: pick(g, "protocol", []discovery.Protocol{discovery.LLDP, discovery.CDP}), MAC: mac, System: "phone",
			ChassisID: mac.String(), MEDClass: discovery.MEDClassIII,
			Capabilities: []discovery.Capability{discovery.CapTelephone, discovery.CapBridge},
			Adopted:      pick(g, "adopted", []discovery.VoicePolicy{{}, {Mode: discovery.VoiceUntagged}, tagged(110), tagged(120)}),
			// HeardAt is not told: the campus is looked at hours later, too, and these phones do not fall silent.
		})
	}
	if g.chance(8) { // a second phone behind the first one
		other := discovery.MAC{0, 0x11, 0x22, byte(ref.Switch[2]), 1, byte(n)}
		p.Neighbors = append(p.Neighbors, discovery.Neighbor{
			Protocol: discovery.LLDP, MAC: other, System: "second", ChassisID: other.String(), MEDClass: discovery.MEDClassIII,
			Adopted: pick(g, "adopted", []discovery.VoicePolicy{{}, tagged(110), tagged(120)}),
		})
	}
	if g.chance(8) {
		p.Neighbors = append(p.Neighbors, discovery.Neighbor{
			Protocol: discovery.LLDP, System: "core", ChassisID: "core",
			Capabilities: []discovery.Capability{pick(g, "network", []discovery.Capability{discovery.CapBridge, discovery.CapRouter, discovery.CapWLAN})},
		})
	}
	if g.chance(2) {
		p.Learned = append(p.Learned, switchctl.LearnedMAC{MAC: mac, VLAN: pick(g, "mac vlan", []uint16{0, 10, 110, 120})})
	}
	for i := range pick(g, "others", []int{0, 0, 0, 1, 5}) {
		p.Learned = append(p.Learned, switchctl.LearnedMAC{MAC: discovery.MAC{0, 0, 0x5e, byte(ref.Switch[2]), byte(n), byte(i)}, VLAN: 10})
	}
	if g.chance(3) {
		return p, nil
	}
	return p, &inventory.Phone{
		MAC: mac, Name: "SEP" + fmt.Sprint(n), Model: "CP-8841", Vendor: "Cisco", Source: "list.csv line 2",
		Protected: g.chance(6),
		Profile:   pick(g, "asks", []string{"", "", "lobby", "nonsense"}),
		Expected: pick(g, "expected", []switchctl.PortRef{
			{}, ref, ref, {Switch: ref.Switch, Name: "Gi1/0/1"}, {Switch: "sw9", Name: "Gi1/0/1"}, {Switch: "other", Name: "x"},
		}),
	}
}

// history draws what was done lately.
func (g gen) history(c *campus) policy.History {
	var h policy.History
	for range g.n("past", 0, 12) {
		i := g.n("past switch", 0, len(c.switches)-1)
		s := c.switches[i]
		h = append(h, policy.Past{
			Port: s.Ports[g.n("past port", 0, len(s.Ports)-1)].Ref, Site: c.sites[i],
			Kind:    pick(g, "past kind", append([]string{"cycle-poe"}, allKinds...)),
			At:      now.Add(-time.Duration(g.n("minutes ago", 0, 180)) * time.Minute),
			Outcome: pick(g, "outcome", []string{"done", "done", "done", "unchanged", "refused", "unverified"}),
		})
	}
	slices.SortStableFunc(h, func(a, b policy.Past) int { return a.At.Compare(b.At) })
	return h
}

// limits draws limits small enough to be reached.
func (g gen) limits(base policy.Limits) policy.Limits {
	base.PerPort, base.PerSwitch = g.n("per port", 0, 3), g.n("per switch", 0, 5)
	base.PerSite, base.Total = g.n("per site", 0, 6), g.n("total", 0, 8)
	base.Window = pick(g, "window", []time.Duration{0, 30 * time.Minute, time.Hour})
	base.CycleRest = pick(g, "rest", []time.Duration{0, 2 * time.Hour})
	base.StopUnverified = pick(g, "stop", []float64{0, 0.5})
	base.Kinds = pick(g, "allowed", [][]string{nil, nil, {"set-voice", "set-poe"}, {"cycle-poe", "bounce", "set-poe"}, {}})
	return base
}

// wishes draws findings that no rule makes, for Decide must be safe whatever it is given.
func (g gen) wishes(v policy.FleetView) []policy.Finding {
	var fs []policy.Finding
	for range g.n("wishes", 0, 6) {
		r := v.Readings[g.n("wish switch", 0, len(v.Readings)-1)]
		ref := r.Switch.Ports[g.n("wish port", 0, len(r.Switch.Ports)-1)].Ref
		if g.chance(10) {
			ref.Name = "Gi9/9/9"
		}
		fs = append(fs, policy.Finding{
			Rule: "wish", Port: ref, Severity: policy.Critical, Message: "an operator's wish",
			Confidence: pick(g, "wish confidence", []inventory.Confidence{inventory.Certain, inventory.Certain, inventory.Probable, inventory.Unsure}),
			Fix: []switchctl.Change{pick(g, "wish", []switchctl.Change{
				switchctl.SetPoE{Ref: ref, Admin: switchctl.PoEOff},
				switchctl.SetPoE{Ref: ref, Admin: switchctl.PoEAuto},
				switchctl.SetVoice{Ref: ref, Voice: tagged(120)},
				switchctl.SetVoice{Ref: ref, Voice: tagged(666)},
				switchctl.SetAccessVLAN{Ref: ref, VLAN: 10},
				switchctl.SetPoELimit{Ref: ref, Limit: 4000},
				switchctl.SetPoEPriority{Ref: ref, Priority: switchctl.PriorityCritical},
				switchctl.CyclePoE{Ref: ref, Off: 5 * time.Second},
				switchctl.Bounce{Ref: ref, Off: 5 * time.Second},
				switchctl.SetAdmin{Ref: ref, Admin: switchctl.Down},
			})},
		})
	}
	return fs
}

// shuffled gives the same things in another order.
func shuffled[T any](seed uint64, s []T) []T {
	s = slices.Clone(s)
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(s), func(i, j int) { s[i], s[j] = s[j], s[i] })
	return s
}
