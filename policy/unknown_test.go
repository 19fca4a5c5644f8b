package policy_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/policy/rules"
	"phoneport/switchctl"
)

// TestUnknownIsNotWrong takes away what was read, subject by subject, and asks for the silence of the rules that
// look at it.
func TestUnknownIsNotWrong(t *testing.T) {
	t.Parallel()
	silent := map[string][]string{
		"voice": {"voice-vlan-absent", "voice-vlan-wrong", "voice-vlan-conflict", "voice-vlan-idle"},
		"data":  {"native-vlan-wrong"},
		"vlans": {"voice-vlan-missing-on-switch"},
		"poe": {
			"poe-off", "poe-denied", "poe-faulty", "poe-priority-wrong", "poe-limit-wrong", "poe-overdeclared",
			"power-forecast-denial", "powered-silent", "link-without-power", "port-map-unproven",
		},
		"heard":   {"phone-policy-differs", "phone-unknown", "phone-moved", "mac-duplicate", "phone-in-data-vlan"},
		"groups":  {"power-forecast-denial", "poe-overdeclared"},
		"profile": {"voice-vlan-absent", "voice-vlan-wrong", "native-vlan-wrong", "poe-priority-wrong", "poe-limit-wrong"},
		"failed": {
			"voice-vlan-absent", "voice-vlan-wrong", "voice-vlan-conflict", "voice-vlan-idle", "native-vlan-wrong",
			"voice-vlan-missing-on-switch", "poe-off", "poe-denied", "poe-faulty", "poe-priority-wrong", "poe-limit-wrong",
			"poe-overdeclared", "power-forecast-denial", "powered-silent", "link-without-power", "phone-policy-differs",
			"phone-in-data-vlan", "phone-missing",
		},
	}
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		what := rapid.SampledFrom([]string{"voice", "data", "vlans", "poe", "heard", "groups", "profile", "failed"}).Draw(t, "what")
		for _, s := range c.switches {
			switch what {
			case "vlans":
				s.VLANs = nil
			case "groups":
				s.Power = nil
			case "failed":
				for _, table := range []string{"lldpRemTable", "cdpCacheTable", "dot1qTpFdbTable", "dot1qVlanStaticTable", "pethPsePortTable"} {
					s.Missing = append(s.Missing, switchctl.Missing{Table: table, Reason: "timed out", Err: switchctl.ErrUnreachable})
				}
			}
			for i := range s.Ports {
				p := &s.Ports[i]
				switch what {
				case "voice":
					p.Voice, p.Tagged = discovery.VoicePolicy{}, nil
				case "data":
					p.Untagged = 0
				case "poe":
					p.PoE = switchctl.PoEState{}
				case "heard":
					p.Neighbors, p.Learned = nil, nil
				}
			}
		}
		if what == "profile" {
			cfg := c.config
			cfg.Assignments = nil
			cfg.Profiles = nil
			a, err := policy.NewAssigner(cfg)
			if err != nil {
				t.Fatal(err)
			}
			c.assigner = a
		}
		for _, f := range policy.EvaluateAll(c.look(now), rules.All()) {
			if slices.Contains(silent[what], f.Rule) {
				t.Fatalf("without %s: %s: %s", what, f.Rule, f.Message)
			}
		}
	})
}

// TestNothingKnownNothingWrong gives ports of which only the names are known.
func TestNothingKnownNothingWrong(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := draw(t)
		c.config.Exceptions = nil
		for _, s := range c.switches {
			s.VLANs, s.Power = nil, nil
			s.Missing = []switchctl.Missing{{Table: "dot1qTpFdbTable", Reason: "not offered"}}
			for i := range s.Ports {
				s.Ports[i] = switchctl.PortState{Ref: s.Ports[i].Ref}
			}
		}
		v := c.look(now)
		v.Exceptions = nil
		if fs := policy.EvaluateAll(v, rules.All()); len(fs) > 0 {
			t.Fatalf("nothing is known, but: %+v", fs)
		}
	})
}

// TestCampusCovers keeps the properties from being empty: the campuses must have everything in them that the
// properties are about.
func TestCampusCovers(t *testing.T) {
	t.Parallel()
	missing := map[string]bool{}
	for _, id := range rules.IDs() {
		missing["finding "+id] = true
	}
	for _, g := range guardWords {
		missing["hold "+g] = true
	}
	for _, k := range append([]string{"cycle-poe", "bounce"}, allKinds...) {
		missing["step "+k] = true
	}
	scenes := rapid.Custom(func(t *rapid.T) policy.Input { _, in := scene(t); return in })
	for seed := range 5000 {
		in := scenes.Example(seed)
		for _, f := range in.Findings {
			delete(missing, "finding "+f.Rule)
		}
		for _, p := range policy.Decide(in) {
			for _, s := range p.Steps {
				delete(missing, "step "+s.Change.Kind())
			}
			for _, h := range p.Held {
				delete(missing, "hold "+h.Guard)
			}
		}
		if len(missing) == 0 {
			return
		}
	}
	for what := range missing {
		t.Errorf("no campus has a %s", what)
	}
}

// guardWords are all words that a hold may give.
var guardWords = []string{
	policy.GuardProtected, policy.GuardNonPhysical, policy.GuardTrunk, policy.GuardRouted, policy.GuardUplink, policy.GuardLAG,
	policy.GuardDot1X, policy.GuardTooManyMACs, policy.GuardPortMap, policy.GuardModeUnknown, policy.GuardInUse,
	policy.GuardProtectedPhone, policy.GuardUnread, policy.HoldNotRead, policy.HoldExcepted, policy.HoldContradiction, policy.HoldRedundant,
	policy.HoldAlready, policy.HoldKind, policy.HoldUnsupported, policy.HoldConfidence, policy.HoldDuplicate,
	policy.HoldVLANMissing, policy.HoldVLANUnknown, policy.HoldBelowDraw, policy.HoldBudget, policy.HoldResting,
	policy.HoldUnverified, policy.HoldPerPort, policy.HoldPerSwitch, policy.HoldPerSite, policy.HoldTotal,
}

// TestGuardWordsAreExplained looks for each word in the page that operators read.
func TestGuardWordsAreExplained(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "let-it-fix.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range append(slices.Clone(guardWords), policy.HoldHours) {
		if !strings.Contains(string(page), "`"+g+"`") {
			t.Errorf("docs/let-it-fix.md does not explain %s", g)
		}
	}
}
