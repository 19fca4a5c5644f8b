// Package shapetest makes one example of everything that commands print, with as many fields set as can be,
// for goldens of shapes and of what is rendered of them.
package shapetest

import (
	"errors"
	"time"

	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// Then is the time of all examples.
var Then = time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)

var (
	macA = discovery.MAC{0x00, 0x11, 0x22, 0x33, 0x44, 0x55}
	macB = discovery.MAC{0x64, 0x16, 0x7f, 0x01, 0x02, 0x03}
)

func ref(sw, port string) switchctl.PortRef {
	return switchctl.PortRef{Switch: switchctl.SwitchID(sw), Name: port}
}

// Snapshot is a switch with a phone port that tells everything, a dark one and an uplink.
func Snapshot() *switchctl.Snapshot {
	return &switchctl.Snapshot{
		Switch: "acc-1", ReadAt: Then, BootAt: Then.Add(-50 * time.Hour),
		System: switchctl.System{
			Name: "acc-1", Address: "192.0.2.11:161", SysName: "acc-1.example.net", ObjectID: "1.3.6.1.4.1.9.1.2494", Descr: "Cisco IOS Software",
			Vendor: "cisco", Driver: "ciscoios", Uptime: 50*time.Hour + 500*time.Millisecond,
		},
		Power: []switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 20_000, Drawn: 6_300, Allocated: 7_000}},
		VLANs: []switchctl.VLAN{{ID: 10, Name: "data"}, {ID: 110, Name: "voice"}},
		Ports: []switchctl.PortState{PhonePort(), {
			Ref: ref("acc-1", "Gi1/0/2"), Type: 6, Admin: switchctl.Up, Link: switchctl.Down, Mode: switchctl.ModeAccess, Untagged: 10,
			Index: switchctl.Indices{If: 10102, PSE: [2]int{1, 2}, Proof: switchctl.ProofConvention},
			Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone},
			PoE: switchctl.PoEState{
				Supported: true, Admin: switchctl.PoEAuto, Detect: switchctl.PoESearching, Denied: true, ClassTold: true, Class: 4, Priority: switchctl.PriorityLow,
			},
		}, {
			Ref: ref("acc-1", "Te1/1/1"), Type: 6, Admin: switchctl.Up, Link: switchctl.Up, Mode: switchctl.ModeTrunk, Untagged: 1, Tagged: []uint16{10, 110},
			LAG: true, Index: switchctl.Indices{If: 10201}, Speed: 10_000_000_000,
			Neighbors: []discovery.Neighbor{{
				Protocol: discovery.CDP, ChassisID: "core-1.example.net", System: "core-1.example.net", PortID: "Te1/0/1", Platform: "cisco C9500",
				Capabilities: []discovery.Capability{discovery.CapRouter, discovery.CapBridge}, NativeVLAN: 1, Addresses: []string{"192.0.2.1"},
			}},
		}},
		Missing: []switchctl.Missing{{Table: "lldpXMedRemInventoryTable", Reason: "not offered"}},
	}
}

// PhonePort is a port with a phone that tells everything.
func PhonePort() switchctl.PortState {
	return switchctl.PortState{
		Ref: ref("acc-1", "Gi1/0/1"), Alias: "=reception", Type: 6, Speed: 1_000_000_000, Admin: switchctl.Up, Link: switchctl.Up, Mode: switchctl.ModeAccess,
		Index: switchctl.Indices{If: 10101, Bridge: 1, LLDP: 3, PSE: [2]int{1, 1}, Proof: switchctl.ProofMIB}, Untagged: 10, Dot1X: true,
		Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}, Advert: discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		PoE: switchctl.PoEState{
			Supported: true, Admin: switchctl.PoEAuto, Detect: switchctl.PoEDelivering, Class: 2, ClassTold: true, Priority: switchctl.PriorityHigh,
			Draw: 6_300, DrawTold: true, Allocated: 7_000, Limit: 15_400, MaxDraw: 6_500, Counters: switchctl.PoECounters{Told: true, Denied: 3},
		},
		Neighbors: []discovery.Neighbor{{
			Protocol: discovery.LLDP, ChassisID: "192.0.2.99", PortID: "001122334455:P1", PortDesc: "SW PORT", MAC: macA, System: "SEP001122334455",
			Platform: "Cisco IP Phone 8841", Software: "sip88xx.12-8-1", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone},
			MEDClass: discovery.MEDClassIII, Adopted: discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
			Addresses: []string{"192.0.2.99"}, Draws: 6_500,
			Inventory: discovery.Inventory{Manufacturer: "Cisco Systems, Inc.", Model: "CP-8841", Serial: "FCH1", Firmware: "f", Hardware: "h", Software: "s", Asset: "a"},
		}},
		Learned: []switchctl.LearnedMAC{{MAC: macA, VLAN: 110}, {MAC: macB, VLAN: 10}},
	}
}

// Findings is one of each severity; texts try to break out of every format.
func Findings() []policy.Finding {
	return []policy.Finding{
		{
			Rule: "voice-vlan-wrong", Port: ref("acc-1", "Gi1/0/1"), Phone: macA, Severity: policy.Warning, Confidence: inventory.Certain,
			Message: "voice VLAN is tagged 120, tagged 110 is wanted", Evidence: []string{"assignment \"phones\"", "<script>alert(1)</script>"},
			Fix: []switchctl.Change{switchctl.SetVoice{Ref: ref("acc-1", "Gi1/0/1"), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}}},
		},
		{
			Rule: "poe-off", Port: ref("acc-1", "Gi1/0/2"), Severity: policy.Critical, Message: "inline power is off, auto is wanted; \x1b[31mred\x00",
			Fix: []switchctl.Change{switchctl.SetPoE{Ref: ref("acc-1", "Gi1/0/2"), Admin: switchctl.PoEAuto}},
		},
		{Rule: "phone-missing", Phone: macB, Severity: policy.Info, Message: "=HYPERLINK(\"http://x\")", Evidence: []string{"hq.csv:17"}},
		{
			Rule: "voice-vlan-idle", Port: ref("acc-2", "1"), Severity: policy.Info, Message: "no phone was ever seen",
			Excepted: &policy.Exception{Switch: "acc-2", Reason: "meeting room", Owner: "voice team", Expires: Then.AddDate(1, 0, 0)},
		},
	}
}

// Audit is an audit of three switches, one of which did not answer.
func Audit() *enforce.Audit {
	s := Snapshot()
	return &enforce.Audit{
		Run: "20260102T150405Z-1a2b3c", Started: Then, Finished: Then.Add(2500 * time.Millisecond),
		Read: []enforce.SwitchRead{
			{Target: fleet.Target{ID: "acc-1", Site: "hq"}, System: s.System, Power: s.Power, Missing: s.Missing},
			{Target: fleet.Target{ID: "acc-2", Site: "hq"}},
		},
		Unreadable: []enforce.Unreadable{{Target: fleet.Target{ID: "acc-3"}, Err: errors.New("acc-3: unreachable")}},
		Phones:     enforce.PhoneCounts{Expected: 5, Found: 3, Missing: 1, Unknown: 2, Moved: 1, Duplicate: 1},
		Findings:   Findings(),
	}
}

// Plan has a change of every kind, and one that waits.
func Plan() *enforce.Plan {
	r, before := ref("acc-1", "Gi1/0/1"), PhonePort()
	var steps []policy.Step
	for _, c := range []switchctl.Change{
		switchctl.SetPoE{Ref: r, Admin: switchctl.PoEOff},
		switchctl.SetPoEPriority{Ref: r, Priority: switchctl.PriorityCritical},
		switchctl.SetPoELimit{Ref: r, Limit: 30_000},
		switchctl.SetVoice{Ref: r, Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 120}},
		switchctl.SetVoice{Ref: r, Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone}},
		switchctl.SetAccessVLAN{Ref: r, VLAN: 20},
		switchctl.SetAdmin{Ref: r, Admin: switchctl.Down},
		switchctl.CyclePoE{Ref: r, Off: 5 * time.Second},
		switchctl.Bounce{Ref: r, Off: time.Second},
	} {
		steps = append(steps, policy.Step{Change: c, Rule: "some-rule", Why: "some-rule: because", Before: before})
	}
	held := switchctl.SetVoice{Ref: ref("acc-1", "Gi1/0/2"), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}}
	return &enforce.Plan{Run: "20260102T150405Z-1a2b3c", Made: Then, Switches: []policy.Plan{{
		Switch: "acc-1", Steps: steps,
		Held: []policy.Hold{{Change: held, Rule: "voice-vlan-absent", Guard: policy.GuardDot1X, Reason: "the port is controlled by 802.1X"}},
	}}}
}

// Applied has one change of every outcome.
func Applied() *enforce.Applied {
	p := Plan().Switches[0]
	out := enforce.SwitchApplied{Target: fleet.Target{ID: "acc-1"}, Held: p.Held, Saved: true, Err: errors.New("save: rejected")}
	for i, o := range []enforce.Outcome{enforce.Done, enforce.Unchanged, enforce.Refused, enforce.Unverified, enforce.Undone} {
		r := enforce.Result{Step: p.Steps[i], Before: p.Steps[i].Before, After: p.Steps[i].Before, Outcome: o, Started: Then, Took: 1234 * time.Millisecond}
		if o != enforce.Done && o != enforce.Unchanged {
			r.Err = errors.New("acc-1 Gi1/0/1: " + o.String())
		}
		out.Results = append(out.Results, r)
	}
	return &enforce.Applied{
		Run: "20260102T150500Z-aabbcc", Of: "20260102T150405Z-1a2b3c", Started: Then, Finished: Then.Add(time.Minute), Switches: []enforce.SwitchApplied{out},
		Recovered: []enforce.Recovered{{Run: "20260101T000000Z-000000", Change: p.Steps[7].Change, Err: errors.New("denied")}},
	}
}

// Cycled is a power cycle whose phone was not waited for.
func Cycled() *enforce.Cycled {
	st := Plan().Switches[0].Steps[7]
	return &enforce.Cycled{Run: "20260102T150500Z-ddeeff", Result: enforce.Result{
		Step: st, Before: st.Before, After: st.Before, Outcome: enforce.Done, Took: 9 * time.Second,
		Cycle: []enforce.CycleStep{
			{Name: "off", State: enforce.StepOK, At: Then},
			{Name: "on", State: enforce.StepOK, At: Then.Add(5 * time.Second), Detail: "after 5s"},
			{Name: "neighbor", State: enforce.StepSkipped, At: Then.Add(9 * time.Second), Detail: "not waited for"},
		},
	}}
}

// Runs are two runs, one of a process that died.
func Runs() []enforce.RunInfo {
	return []enforce.RunInfo{
		{Run: "20260102T150500Z-aabbcc", Kind: "apply", Started: Then, Ended: Then.Add(time.Minute), Changes: 3, Outcomes: map[enforce.Outcome]int{enforce.Done: 2, enforce.Refused: 1}},
		{Run: "20260101T000000Z-000000", Kind: "cycle", Started: Then.AddDate(0, 0, -1), Changes: 1, Outcomes: map[enforce.Outcome]int{enforce.Unverified: 1}},
	}
}

// Phones is a phone that moved and one that is missing.
func Phones() []shape.Phone {
	p := inventory.Phone{
		MAC: macA, Name: "SEP001122334455", Extension: "1001", Model: "CP-8841", Vendor: "cisco", Profile: "desk", Site: "hq", Expected: ref("acc-1", "Gi1/0/7"),
		Protected: true, Source: "hq.csv:17",
	}
	moved := shape.NewPhone(p)
	moved.State = shape.StateMoved
	moved.Found = append(moved.Found, shape.NewFound(inventory.Binding{
		Port: ref("acc-1", "Gi1/0/1"), MAC: macA, Phone: &p, Confidence: inventory.Certain, VoiceVLAN: 110, InVoice: true,
		Evidence: []inventory.Evidence{{Kind: inventory.EvidenceMED, Detail: "class III, CP-8841"}, {Kind: inventory.EvidenceVoiceMAC, Detail: "learned in VLAN 110"}},
	}))
	missing := shape.NewPhone(inventory.Phone{MAC: macB, Extension: "1002", Source: "hq.csv:18"})
	missing.State = shape.StateMissing
	return []shape.Phone{moved, missing}
}

// Whereabouts is where the phone that moved is, and was.
func Whereabouts() []shape.Whereabouts {
	return []shape.Whereabouts{{Phone: Phones()[0], History: []shape.History{
		{At: Then, Place: shape.NewPlace(ref("acc-1", "Gi1/0/1")), What: "seen"},
		{At: Then.AddDate(0, 0, -7), Place: shape.NewPlace(ref("acc-1", "Gi1/0/7")), What: "seen since 2025-11-01 08:00"},
	}}}
}
