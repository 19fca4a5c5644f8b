package enforce_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

// drawPort draws a port in any state that a switch can be found in.
func drawPort(t *rapid.T, sw switchctl.SwitchID, n int) switchctl.PortState {
	p := deskPort(sw, n)
	p.Voice = rapid.SampledFrom([]discovery.VoicePolicy{
		{}, {Mode: discovery.VoiceNone}, {Mode: discovery.VoiceTagged, VLAN: 110}, {Mode: discovery.VoiceTagged, VLAN: 99},
	}).Draw(t, "voice")
	p.Untagged = rapid.SampledFrom([]uint16{0, 10, 11}).Draw(t, "untagged")
	p.Mode = rapid.SampledFrom([]switchctl.PortMode{switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeAccess, switchctl.ModeTrunk, switchctl.ModeUnknown}).Draw(t, "mode")
	p.PoE.Admin = rapid.SampledFrom([]switchctl.PoEAdmin{switchctl.PoEAuto, switchctl.PoEStatic, switchctl.PoEOn, switchctl.PoEOff}).Draw(t, "power")
	p.PoE.Priority = rapid.SampledFrom([]switchctl.PoEPriority{switchctl.PriorityUnknown, switchctl.PriorityLow, switchctl.PriorityHigh}).Draw(t, "priority")
	p.Index.Proof = rapid.SampledFrom([]switchctl.IndexProof{switchctl.ProofMIB, switchctl.ProofName, switchctl.ProofConvention, switchctl.ProofNone}).Draw(t, "proof")
	p.LAG = rapid.IntRange(0, 9).Draw(t, "lag") == 0
	p.Dot1X = rapid.IntRange(0, 9).Draw(t, "dot1x") == 0
	if !p.PoE.Admin.Enabled() {
		p.PoE.Detect = switchctl.PoEDisabled
	}
	switch rapid.SampledFrom([]string{"nobody", "phone", "silent phone", "switch"}).Draw(t, "there") {
	case "phone":
		if p.PoE.Admin.Enabled() {
			phoneOn(&p, mac(int(sw[0])<<8|n))
		}
	case "silent phone":
		if p.PoE.Admin.Enabled() {
			p.PoE.Detect = switchctl.PoEDelivering
		}
	case "switch":
		p.Neighbors = []discovery.Neighbor{{Protocol: discovery.LLDP, System: "core", Capabilities: []discovery.Capability{discovery.CapBridge}}}
	}
	return p
}

// TestApplyThenPlanIsEmpty: on switches that do as they are told, one round of repair leaves nothing to repair;
// no guarded port was touched; and every planned change is accounted for.
func TestApplyThenPlanIsEmpty(t *testing.T) {
	t.Parallel()
	repaired := 0
	rapid.Check(t, func(rt *rapid.T) {
		var snaps []switchctl.Snapshot
		for s := range rapid.IntRange(1, 3).Draw(rt, "switches") {
			f := newFake(switchctl.SwitchID(string(rune('a'+s))), 0)
			for n := range rapid.IntRange(1, 6).Draw(rt, "ports") {
				f.snap.Ports = append(f.snap.Ports, drawPort(rt, f.snap.Switch, n+1))
			}
			snaps = append(snaps, f.snap)
		}
		var failed string
		synctest.Test(t, func(t *testing.T) { failed = repairTwice(t, snaps, &repaired) })
		if failed != "" {
			rt.Fatal(failed)
		}
	})
	if repaired < 50 {
		t.Errorf("only %d changes in all: the property says little", repaired)
	}
}

// repairTwice audits, plans, applies and plans again, and tells what was wrong.
func repairTwice(t *testing.T, snaps []switchctl.Snapshot, repaired *int) string {
	var fakes []*fakeSwitch
	for _, s := range snaps {
		f := newFake(s.Switch, 0)
		f.snap.Ports = slices.Clone(s.Ports)
		fakes = append(fakes, f)
	}
	c := office(t)
	c.Limits = policy.Limits{MaxMACs: 8, PerPort: 10, CycleRest: 24 * time.Hour}
	r := newRig(t, c, fakes...)
	plan := func() (*enforce.Plan, *enforce.Audit) {
		a, err := r.Audit(t.Context(), enforce.Request{})
		if err != nil {
			t.Fatal(err)
		}
		p, err := r.Plan(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		return p, a
	}
	p, _ := plan()
	a, err := r.Apply(t.Context(), p, enforce.ApplyOptions{MaxUnverified: 100})
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for i, s := range a.Switches {
		tried += len(s.Results)
		if len(s.Results)+len(s.Held) != len(p.Switches[i].Steps)+len(p.Switches[i].Held) {
			return fmt.Sprintf("switch %s: %d results and %d held for %d steps and %d held", s.Target.ID, len(s.Results), len(s.Held), len(p.Switches[i].Steps), len(p.Switches[i].Held))
		}
		for _, res := range s.Results {
			cycled := res.Step.Change.Kind() == "cycle-poe" && res.Outcome == enforce.Unverified // nobody woke up
			if res.Outcome != enforce.Done && !cycled {
				return fmt.Sprintf("%s: %s: %v", res.Step.Change, res.Outcome, res.Err)
			}
		}
	}
	*repaired += tried
	for _, s := range snaps {
		for _, port := range s.Ports {
			guarded := port.Mode == switchctl.ModeTrunk || port.LAG || port.Dot1X || len(port.Neighbors) > 0 && port.Neighbors[0].IsNetwork()
			for _, o := range r.switches[s.Switch].orders() {
				name, what, _ := strings.Cut(o, " ")
				if name == port.Ref.Name && (guarded || strings.HasPrefix(what, "set-poe") && port.Index.Proof < switchctl.ProofName) {
					return fmt.Sprintf("%s is guarded, and was told %s", port.Ref, what)
				}
			}
		}
	}
	if again, _ := plan(); again.Changes() != 0 {
		return fmt.Sprintf("after apply the plan still has %+v", again.Switches)
	}
	return ""
}
