package policy

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

var allKinds = []string{"set-poe", "set-poe-priority", "set-poe-limit", "set-voice", "set-access-vlan", "set-admin"}

func port(name string) switchctl.PortRef { return switchctl.PortRef{Switch: "acc-1", Name: name} }

// ask makes a finding that is sure and wants changes.
func ask(rule string, fix ...switchctl.Change) Finding {
	return Finding{
		Rule: rule, Port: fix[0].Port(), Severity: Warning, Message: "wrong", Confidence: inventory.Certain, Fix: fix,
	}
}

func voice(p string, id uint16) switchctl.Change {
	return switchctl.SetVoice{Ref: port(p), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: id}}
}

// TestDecide gives for each case what is planned, in order, and what is held, as "port kind args: guard".
func TestDecide(t *testing.T) {
	t.Parallel()
	on := func(p string) switchctl.Change { return switchctl.SetPoE{Ref: port(p), Admin: switchctl.PoEAuto} }
	cycle := func(p string) switchctl.Change { return switchctl.CyclePoE{Ref: port(p), Off: 5 * time.Second} }
	prio := func(p string) switchctl.Change {
		return switchctl.SetPoEPriority{Ref: port(p), Priority: switchctl.PriorityHigh}
	}
	dark := func(in *Input) { // the ports 1 to 3 are switched off and down
		for i := range 3 {
			p := &in.Readings[0].Switch.Ports[i]
			p.PoE.Admin, p.Link = switchctl.PoEOff, switchctl.Down
		}
	}
	for _, c := range []struct {
		name  string
		fs    []Finding
		make  func(*Input)
		steps []string
		held  []string
	}{
		{
			name: "order within a port",
			fs: []Finding{
				ask("a", on("1"), switchctl.SetPoELimit{Ref: port("1"), Limit: 15_400}, prio("1"), voice("1", 120), switchctl.SetAccessVLAN{Ref: port("1"), VLAN: 20}),
				ask("b", prio("2"), cycle("10")),
			},
			make: func(in *Input) { dark(in); in.Readings[0].Switch.Ports[3].Link = switchctl.Down },
			steps: []string{
				"1 set-access-vlan 20", "1 set-voice tagged 120", "1 set-poe-priority high", "1 set-poe-limit 15400 mW", "1 set-poe auto",
				"2 set-poe-priority high", "10 cycle-poe 5s",
			},
		},
		{
			name:  "the same change twice is one",
			fs:    []Finding{ask("b", voice("1", 120)), ask("a", voice("1", 120))},
			steps: []string{"1 set-voice tagged 120"},
		},
		{
			name: "contradiction holds both",
			fs:   []Finding{ask("a", voice("1", 120)), ask("b", voice("1", 130)), ask("c", voice("2", 120))},
			held: []string{
				"1 set-voice tagged 120: contradiction: a wants tagged 120, but b wants tagged 130",
				"1 set-voice tagged 130: contradiction: b wants tagged 130, but a wants tagged 120",
			},
			steps: []string{"2 set-voice tagged 120"},
		},
		{
			name: "a port that is switched on is not cycled too",
			fs:   []Finding{ask("a", on("1")), ask("b", cycle("1"))}, make: dark,
			steps: []string{"1 set-poe auto"},
			held:  []string{"1 cycle-poe 5s: redundant: set-poe does it too"},
		},
		{
			name:  "worse findings go first, plans stay in the order of ports",
			fs:    []Finding{ask("a", prio("1")), {Rule: "b", Severity: Critical, Confidence: inventory.Certain, Fix: []switchctl.Change{prio("3")}}, ask("c", prio("2"))},
			make:  func(in *Input) { in.Limits.PerSwitch = 2 },
			steps: []string{"1 set-poe-priority high", "3 set-poe-priority high"},
			held:  []string{"2 set-poe-priority high: limit-switch: limit of 2 changes of switch acc-1 in one plan is reached"},
		},
		{
			name: "limits count what was done in the window",
			fs:   []Finding{ask("a", prio("1"))},
			make: func(in *Input) {
				in.Limits.PerSite, in.Limits.Window = 2, time.Hour
				in.History = History{
					{Port: port("2"), Site: "hq", Kind: "set-voice", At: noon.Add(-2 * time.Hour), Outcome: "done"},
					{Port: port("2"), Site: "hq", Kind: "set-voice", At: noon.Add(-time.Minute), Outcome: "unchanged"},
					{Port: port("2"), Site: "branch", Kind: "set-voice", At: noon.Add(-time.Minute), Outcome: "done"},
					{Port: port("2"), Site: "hq", Kind: "set-voice", At: noon.Add(-59 * time.Minute), Outcome: "done"},
					{Port: port("3"), Site: "hq", Kind: "set-voice", At: noon, Outcome: "refused"},
				}
			},
			held: []string{"1 set-poe-priority high: limit-site: limit of 2 changes of site hq in 1h0m0s is reached"},
		},
		{
			name: "without a port limit one change of a kind in a window",
			fs:   []Finding{ask("a", prio("1"), voice("1", 120))},
			make: func(in *Input) {
				in.Limits.PerPort, in.Limits.Window = 0, time.Hour
				in.History = History{{Port: port("1"), Site: "hq", Kind: "set-voice", At: noon.Add(-time.Minute), Outcome: "done"}}
			},
			steps: []string{"1 set-poe-priority high"},
			held:  []string{"1 set-voice tagged 120: limit-port: port 1 had a change of kind set-voice already in 1h0m0s"},
		},
		{
			name: "too many unverified stop everything",
			fs:   []Finding{ask("a", prio("1"))},
			make: func(in *Input) {
				in.Limits.StopUnverified = 0.4
				for i, o := range []string{"done", "unverified", "done", "unverified", "done"} {
					in.History = append(in.History, Past{Port: port("2"), Kind: "set-voice", At: noon.Add(-time.Duration(i) * time.Hour), Outcome: o})
				}
			},
			held: []string{"1 set-poe-priority high: unverified-stop: 2 of the last 5 changes ended unverified: all changes stop until a person has looked"},
		},
		{
			name: "four unverified ones say nothing yet",
			fs:   []Finding{ask("a", prio("1"))},
			make: func(in *Input) {
				in.Limits.StopUnverified = 0.1
				for range 4 {
					in.History = append(in.History, Past{Port: port("2"), At: noon, Outcome: "unverified"})
				}
			},
			steps: []string{"1 set-poe-priority high"},
		},
		{
			name: "a cycle that did not help is not repeated",
			fs:   []Finding{ask("a", cycle("1"))},
			make: func(in *Input) {
				in.Readings[0].Switch.Ports[0].Link = switchctl.Down
				in.Limits.CycleRest = 24 * time.Hour
				in.History = History{{Port: port("1"), Kind: "cycle-poe", At: noon.Add(-23 * time.Hour), Outcome: "done"}}
			},
			held: []string{"1 cycle-poe 5s: resting: cycled on 2026-03-01T13:00:00Z and it did not help: a person must look"},
		},
		{
			name: "a bounce must be allowed by name",
			fs:   []Finding{ask("a", switchctl.Bounce{Ref: port("1"), Off: time.Second}), ask("a", prio("2"))},
			held: []string{"1 bounce 1s: kind: changes of kind bounce are not allowed by the configuration"}, steps: []string{"2 set-poe-priority high"},
		},
		{
			name: "a bounce that is allowed",
			fs:   []Finding{ask("a", switchctl.Bounce{Ref: port("1"), Off: time.Second}), ask("a", prio("2"))},
			make: func(in *Input) {
				in.Limits.Kinds = []string{"bounce"}
				in.Readings[0].Switch.Ports[0].Link = switchctl.Down
			},
			steps: []string{"1 bounce 1s"},
			held:  []string{"2 set-poe-priority high: kind: changes of kind set-poe-priority are not allowed by the configuration"},
		},
		{
			name: "a driver that cannot",
			fs:   []Finding{ask("a", cycle("1")), ask("a", prio("2"))},
			make: func(in *Input) {
				in.Readings[0].Switch.Ports[0].Link = switchctl.Down
				in.Readings[0].Info = switchctl.Info{Driver: "junos", Kinds: []string{"set-poe-priority"}}
			},
			steps: []string{"2 set-poe-priority high"},
			held:  []string{"1 cycle-poe 5s: unsupported: driver junos cannot set-poe on this switch"},
		},
		{
			name: "power needs two signs, priority one",
			fs: []Finding{
				{Rule: "a", Confidence: inventory.Probable, Fix: []switchctl.Change{on("1"), prio("1"), voice("1", 120)}},
				{Rule: "b", Confidence: inventory.Unsure, Fix: []switchctl.Change{prio("2")}},
			},
			make:  dark,
			steps: []string{"1 set-poe-priority high"},
			held: []string{
				"1 set-voice tagged 120: confidence: probable that the phone is there, certain is needed",
				"1 set-poe auto: confidence: probable that the phone is there, certain is needed",
				"2 set-poe-priority high: confidence: unsure that the phone is there, probable is needed",
			},
		},
		{
			name: "a VLAN that does not exist",
			fs:   []Finding{ask("a", voice("1", 666)), ask("a", switchctl.SetAccessVLAN{Ref: port("2"), VLAN: 667})},
			held: []string{
				"1 set-voice tagged 666: vlan-missing: VLAN 666 does not exist on the switch",
				"2 set-access-vlan 667: vlan-missing: VLAN 667 does not exist on the switch",
			},
		},
		{
			name:  "a switch that does not tell its VLANs: only those in use",
			fs:    []Finding{ask("a", voice("1", 110)), ask("a", voice("2", 120))},
			make:  func(in *Input) { in.Readings[0].Switch.VLANs = nil; in.Readings[0].Switch.Ports[0].Voice.VLAN = 1 },
			steps: []string{"1 set-voice tagged 110"},
			held:  []string{"2 set-voice tagged 120: vlan-unknown: the switch does not tell whether VLAN 120 exists, and uses it on no port"},
		},
		{
			name: "a limit below what runs",
			fs:   []Finding{ask("a", switchctl.SetPoELimit{Ref: port("1"), Limit: 7000})},
			make: func(in *Input) {
				in.Readings[0].Switch.Ports[0].PoE.Draw, in.Readings[0].Switch.Ports[0].PoE.DrawTold = 4000, true
				in.Readings[0].Switch.Ports[0].PoE.MaxDraw = 9000
			},
			held: []string{"1 set-poe-limit 7000 mW: limit-below-use: the port draws up to 9.0 W: a limit of 7.0 W would cut it off"},
		},
		{
			name: "a budget is given out once",
			fs:   []Finding{ask("a", on("1")), ask("a", on("2")), ask("a", on("3"))},
			make: func(in *Input) {
				dark(in)
				in.Readings[0].Switch.Power = []switchctl.PowerGroup{{Group: 1, Nominal: 100_000, Allocated: 85_000, Drawn: 50_000}}
			},
			steps: []string{"1 set-poe auto", "2 set-poe auto"},
			held:  []string{"3 set-poe auto: budget: power group 1 has 99.0 W of 100.0 W in use or promised: 7.0 W more do not fit"},
		},
		{
			name: "switching off is a cut",
			fs:   []Finding{ask("a", switchctl.SetPoE{Ref: port("1"), Admin: switchctl.PoEOff}), ask("b", switchctl.SetAdmin{Ref: port("2"), Admin: switchctl.Down})},
			make: func(in *Input) {
				for i := range 2 {
					in.Readings[0].Switch.Ports[i].Learned = []switchctl.LearnedMAC{{MAC: mac1}}
				}
			},
			held: []string{
				"1 set-poe off: in-use: 00:11:22:33:44:55 sends: a cut can end an emergency call",
				"2 set-admin down: in-use: 00:11:22:33:44:55 sends: a cut can end an emergency call",
			},
		},
		{
			name: "excepted, not read, and so already",
			fs: []Finding{
				{Rule: "a", Confidence: inventory.Certain, Fix: []switchctl.Change{prio("1")}, Excepted: &Exception{Reason: "fax", Owner: "anna", Expires: noon}},
				ask("b", prio("77")), ask("c", voice("2", 110)), ask("d", switchctl.SetVoice{Ref: switchctl.PortRef{Switch: "acc-9", Name: "1"}}),
			},
			held: []string{
				"1 set-poe-priority high: excepted: exception: fax (anna), until 2026-03-02",
				"2 set-voice tagged 110: already: the port is so already",
				"77 set-poe-priority high: not-read: the port was not read",
				"1 set-voice unknown: not-read: the port was not read",
			},
		},
		{
			name: "a guard of the intent",
			fs:   []Finding{ask("a", prio("1"), voice("1", 120))},
			make: func(in *Input) {
				in.Readings[0].Intents = []Intent{{Guards: []Guard{{ID: "note", Reason: "by hand", Kinds: []string{"set-voice"}}}}}
			},
			steps: []string{"1 set-poe-priority high"},
			held:  []string{"1 set-voice tagged 120: note: by hand"},
		},
		{
			name: "a phone that was found twice",
			fs:   []Finding{{Rule: "a", Phone: mac1, Confidence: inventory.Certain, Fix: []switchctl.Change{voice("1", 120)}}},
			make: func(in *Input) {
				in.Readings[0].Intents = []Intent{{NeedsPhone: true}}
				in.Facts.Seen = map[discovery.MAC][]switchctl.PortRef{mac1: {port("1"), port("2")}}
			},
			held: []string{"1 set-voice tagged 120: duplicate: phone 00:11:22:33:44:55 is found on 2 ports"},
		},
		{
			name: "outside the change window",
			fs:   []Finding{ask("a", prio("1"))},
			make: func(in *Input) { in.Limits.Hours = []Hours{{From: 13 * time.Hour, To: 14 * time.Hour}} },
			held: []string{"1 set-poe-priority high: hours: outside the change windows"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &switchctl.Snapshot{Switch: "acc-1", VLANs: []switchctl.VLAN{{ID: 10}, {ID: 20}, {ID: 110}, {ID: 120}, {ID: 130}}}
			for _, n := range []string{"1", "2", "3", "10"} {
				p := edge(n)
				p.PoE = switchctl.PoEState{Supported: true, Admin: switchctl.PoEAuto, Priority: switchctl.PriorityLow}
				s.Ports = append(s.Ports, p)
			}
			in := Input{
				Now: noon, Findings: c.fs, Limits: Limits{PerPort: 9},
				Readings: []*Reading{{Site: "hq", Info: switchctl.Info{Driver: "test", Kinds: allKinds}, Switch: s}},
			}
			if c.make != nil {
				c.make(&in)
			}
			var steps, held []string
			for _, p := range Decide(in) {
				for _, s := range p.Steps {
					steps = append(steps, s.Change.Port().Name+" "+s.Change.Kind()+" "+s.Change.Args())
				}
				for _, h := range p.Held {
					held = append(held, h.Change.Port().Name+" "+h.Change.Kind()+" "+h.Change.Args()+": "+h.Guard+": "+h.Reason)
				}
			}
			if d := cmp.Diff(c.steps, steps); d != "" {
				t.Errorf("steps (-want +got):\n%s", d)
			}
			if d := cmp.Diff(c.held, held); d != "" {
				t.Errorf("holds (-want +got):\n%s", d)
			}
		})
	}
}

func TestStepTellsEveryRule(t *testing.T) {
	t.Parallel()
	s := &switchctl.Snapshot{Switch: "acc-1", VLANs: []switchctl.VLAN{{ID: 120}}, Ports: []switchctl.PortState{edge("1")}}
	worse := ask("b", voice("1", 120))
	worse.Severity = Critical
	ps := Decide(Input{
		Now: noon, Findings: []Finding{ask("a", voice("1", 120)), worse}, Limits: Limits{PerPort: 1},
		Readings: []*Reading{{Info: switchctl.Info{Kinds: allKinds}, Switch: s}},
	})
	if len(ps) != 1 || len(ps[0].Steps) != 1 {
		t.Fatalf("plans: %+v", ps)
	}
	got := ps[0].Steps[0]
	if got.Rule != "b" || !strings.Contains(got.Why, "a: wrong") || !strings.Contains(got.Why, "b: wrong") || got.Before.Voice.VLAN != 110 {
		t.Errorf("step %+v", got)
	}
}

func TestHours(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no time zones on this host: %v", err)
	}
	night := Hours{Days: []time.Weekday{time.Saturday}, From: 22 * time.Hour, To: 6 * time.Hour, Zone: berlin}
	day := Hours{From: 8 * time.Hour, To: 17 * time.Hour}
	for _, c := range []struct {
		hours Hours
		at    time.Time
		want  bool
	}{
		{day, time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), true},
		{day, time.Date(2026, 3, 2, 7, 59, 59, 0, time.UTC), false},
		{day, time.Date(2026, 3, 2, 16, 59, 59, 0, time.UTC), true},
		{day, time.Date(2026, 3, 2, 17, 0, 0, 0, time.UTC), false},
		// A window over midnight belongs to the day on which it begins: Saturday 22:00 to Sunday 06:00.
		{night, time.Date(2026, 3, 7, 22, 0, 0, 0, berlin), true},
		{night, time.Date(2026, 3, 8, 5, 59, 0, 0, berlin), true},
		{night, time.Date(2026, 3, 8, 6, 0, 0, 0, berlin), false},
		{night, time.Date(2026, 3, 8, 22, 0, 0, 0, berlin), false},
		{night, time.Date(2026, 3, 7, 5, 0, 0, 0, berlin), false},
		{night, time.Date(2026, 3, 7, 21, 0, 0, 0, time.UTC), true},
	} {
		if got := c.hours.contains(c.at); got != c.want {
			t.Errorf("%s in %s to %s is %t", c.at, c.hours.From, c.hours.To, got)
		}
	}
}
