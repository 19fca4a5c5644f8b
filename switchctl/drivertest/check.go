package drivertest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Check reports what no snapshot may have: two ports of one name or number, values out of their range, and
// values that were made up where the switch told none.
func Check(t testing.TB, s switchctl.Snapshot) {
	t.Helper()
	for _, e := range Problems(s) {
		t.Error(e)
	}
}

// Problems gives what Check reports.
func Problems(s switchctl.Snapshot) []string {
	var out []string
	bad := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if s.Switch == "" || s.ReadAt.IsZero() || s.System.Driver == "" {
		bad("switch %q, driver %q, read at %s: all must be told", s.Switch, s.System.Driver, s.ReadAt)
	}
	seen := map[string]string{}
	once := func(key, name string) {
		if other, twice := seen[key]; twice {
			bad("%s is both %s and %s", key, other, name)
		}
		seen[key] = name
	}
	for _, p := range s.Ports {
		once("name "+p.Ref.Name, p.Ref.Name)
		once(fmt.Sprintf("ifIndex %d", p.Index.If), p.Ref.Name)
		for what, n := range map[string]int{"bridge port": p.Index.Bridge, "LLDP port": p.Index.LLDP} {
			if n != 0 {
				once(fmt.Sprintf("%s %d", what, n), p.Ref.Name)
			}
		}
		if p.Index.PSE != ([2]int{}) {
			once(fmt.Sprintf("power port %v", p.Index.PSE), p.Ref.Name)
		}
		if p.Ref.Switch != s.Switch {
			bad("port %s is of switch %q, the snapshot of %q", p.Ref.Name, p.Ref.Switch, s.Switch)
		}
		out = append(out, portProblems(p)...)
	}
	ids := map[uint16]bool{}
	for _, v := range s.VLANs {
		if v.ID < 1 || v.ID > 4094 || ids[v.ID] {
			bad("VLAN %d is out of range or there twice", v.ID)
		}
		ids[v.ID] = true
	}
	for _, g := range s.Power {
		if g.Nominal < 0 || g.Drawn < 0 || g.Allocated < 0 || g.Nominal > 100_000_000 || g.Drawn > 100_000_000 || g.Threshold < 0 {
			bad("power group %+v has a value out of range", g)
		}
	}
	for _, m := range s.Missing {
		if m.Table == "" || m.Reason == "" {
			bad("missing table %q without a reason (%q)", m.Table, m.Reason)
		}
	}
	return out
}

// portProblems gives the problems of one port.
func portProblems(p switchctl.PortState) []string {
	var out []string
	bad := func(format string, args ...any) {
		out = append(out, fmt.Sprintf("port %s: ", p.Ref.Name)+fmt.Sprintf(format, args...))
	}
	if p.Ref.Name == "" || p.ReadAt.IsZero() || p.Index.If < 0 {
		bad("name, time of reading and a good ifIndex (%d) must be told", p.Index.If)
	}
	for _, w := range []fmt.Stringer{p.Admin, p.Link, p.Mode, p.CDP, p.LLDPTx, p.PoE.Admin, p.PoE.Detect, p.PoE.Priority, p.Voice.Mode, p.Advert.Mode, p.Index.Proof} {
		if strings.HasPrefix(w.String(), "invalid") {
			bad("a value is %s", w)
		}
	}
	if p.Untagged > 4094 || slices.ContainsFunc(p.Tagged, func(v uint16) bool { return v < 1 || v > 4094 }) {
		bad("VLANs %d %v are out of range", p.Untagged, p.Tagged)
	}
	if !slices.IsSorted(p.Tagged) || len(slices.Compact(slices.Clone(p.Tagged))) != len(p.Tagged) {
		bad("tagged VLANs %v are not ascending, or there twice", p.Tagged)
	}
	for what, v := range map[string]discovery.VoicePolicy{"voice": p.Voice, "advertised": p.Advert} {
		if msg := policyProblem(v); msg != "" {
			bad("%s policy %+v %s", what, v, msg)
		}
	}
	out = append(out, poeProblems(p)...)
	for i, l := range p.Learned {
		if l.MAC.IsZero() || l.MAC.Group() || l.VLAN > 4094 || i > 0 && l == p.Learned[i-1] {
			bad("learned address %+v is no station, or there twice", l)
		}
	}
	for _, n := range p.Neighbors {
		if n.Protocol != discovery.LLDP && n.Protocol != discovery.CDP {
			bad("neighbour by protocol %q", n.Protocol)
		}
		if msg := policyProblem(n.Adopted); msg != "" {
			bad("adopted policy %+v %s", n.Adopted, msg)
		}
		if n.MEDClass > 4 || n.NativeVLAN > 4094 || n.Draws < 0 || n.TTL < 0 || !n.MAC.IsZero() && n.MAC.Group() {
			bad("neighbour %+v has a value out of range", n)
		}
	}
	return out
}

func poeProblems(p switchctl.PortState) []string {
	var out []string
	bad := func(format string, args ...any) {
		out = append(out, fmt.Sprintf("port %s: ", p.Ref.Name)+fmt.Sprintf(format, args...))
	}
	e := p.PoE
	if !e.Supported && e != (switchctl.PoEState{}) {
		bad("no inline power, but its state is told: %+v", e)
	}
	if p.Index.Proof == switchctl.ProofNone && p.Index.PSE != ([2]int{}) {
		bad("power port %v without proof", p.Index.PSE)
	}
	if e.Draw < 0 || e.Allocated < 0 || e.Limit < 0 || e.MaxDraw < 0 || e.Class > 8 {
		bad("inline power %+v has a value out of range", e)
	}
	if e.Draw != 0 && !e.DrawTold || e.Class != 0 && !e.ClassTold || !e.Counters.Told && e.Counters != (switchctl.PoECounters{}) {
		bad("inline power %+v has values that were not told", e)
	}
	return out
}

// policyProblem says what is wrong with a voice policy, "" where nothing is.
func policyProblem(v discovery.VoicePolicy) string {
	switch {
	case v.Mode == discovery.VoiceTagged && (v.VLAN < 1 || v.VLAN > 4094):
		return "is tagged without a VLAN"
	case v.Mode != discovery.VoiceTagged && v.VLAN != 0:
		return "has a VLAN and is not tagged"
	case v.PCP > 7 || v.DSCP > 63:
		return "has a priority out of range"
	}
	return ""
}
