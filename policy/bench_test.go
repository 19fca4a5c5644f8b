package policy_test

import (
	"fmt"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/rules"
	"phoneport/switchctl"
)

// large makes a fleet of healthy switches of 48 phone ports, with something wrong on every tenth port.
func large(b *testing.B, switches int) *campus {
	b.Helper()
	c := &campus{config: policy.Config{
		Profiles: []policy.Profile{
			{Name: "desk", Voice: tagged(110), DataVLAN: 10, PoE: switchctl.PoEAuto, Priority: switchctl.PriorityHigh},
			{Name: "lobby", Voice: tagged(120), DataVLAN: 10, PoE: switchctl.PoEAuto},
		},
		Assignments: []policy.Assignment{
			{Name: "lobby", Profile: "lobby", Ports: []string{"Gi1/0/4[78]"}},
			{Name: "old", Profile: "lobby", Models: []string{"CP-79*"}},
			{Name: "by expression", Profile: "lobby", Expr: `alias.startsWith("lobby") || phone_extension == "9999"`},
			{Name: "rest", Profile: "desk", Ports: []string{"Gi1/0/*"}},
		},
		Exceptions: []policy.Exception{{Switch: "acc-7", Port: "Gi1/0/*", Rules: []string{"poe-off"}, Reason: "x", Owner: "y"}},
		Limits:     policy.DefaultLimits(),
	}}
	var phones []inventory.Phone
	for n := range switches {
		id := switchctl.SwitchID(fmt.Sprintf("acc-%d", n+1))
		s := &switchctl.Snapshot{
			Switch: id, ReadAt: now, BootAt: now.AddDate(0, -1, 0), VLANs: []switchctl.VLAN{{ID: 10}, {ID: 110}, {ID: 120}},
			Power: []switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 370_000, Allocated: 302_400, Drawn: 201_600}},
		}
		for i := range 48 {
			mac := discovery.MAC{0, 0x1b, 0x4f, byte(n >> 8), byte(n), byte(i)}
			p := switchctl.PortState{
				Ref: switchctl.PortRef{Switch: id, Name: fmt.Sprintf("Gi1/0/%d", i+1)}, Type: 6, Admin: switchctl.Up, Link: switchctl.Up,
				Mode: switchctl.ModeAccess, Untagged: 10, Voice: tagged(110), Changed: now.AddDate(0, 0, -3),
				Index: switchctl.Indices{If: i + 1, PSE: [2]int{1, i + 1}, Proof: switchctl.ProofMIB},
				PoE: switchctl.PoEState{
					Supported: true, Admin: switchctl.PoEAuto, Detect: switchctl.PoEDelivering, Class: 2, ClassTold: true, Draw: 4200, DrawTold: true,
					Allocated: 6300, Priority: switchctl.PriorityHigh,
				},
				Neighbors: []discovery.Neighbor{{
					Protocol: discovery.LLDP, MAC: mac, System: "AVX" + mac.String(), ChassisID: mac.String(), MEDClass: discovery.MEDClassIII,
					Capabilities: []discovery.Capability{discovery.CapTelephone, discovery.CapBridge}, Adopted: tagged(110),
				}},
				Learned: []switchctl.LearnedMAC{{MAC: mac, VLAN: 110}, {MAC: discovery.MAC{2, 0, byte(n >> 8), byte(n), 0, byte(i)}, VLAN: 10}},
			}
			switch i % 10 {
			case 9:
				p.Voice = discovery.VoicePolicy{Mode: discovery.VoiceNone}
			case 8:
				p.PoE.Priority = switchctl.PriorityLow
			}
			s.Ports = append(s.Ports, p)
			phones = append(phones, inventory.Phone{MAC: mac, Extension: fmt.Sprint(n*48 + i), Model: "9608", Vendor: "Avaya", Expected: p.Ref, Source: "list.csv"})
		}
		c.switches = append(c.switches, s)
		c.sites = append(c.sites, fmt.Sprintf("site-%d", n%20))
		c.infos = append(c.infos, switchctl.Info{Driver: "ciscoios", Kinds: allKinds})
	}
	c.dir, _ = inventory.NewDirectory(phones)
	a, err := policy.NewAssigner(c.config)
	if err != nil {
		b.Fatal(err)
	}
	c.assigner = a
	return c
}

// BenchmarkAssign chooses the profiles of 24,000 ports, with four assignments, one of them an expression.
func BenchmarkAssign(b *testing.B) {
	c := large(b, 500)
	v := c.look(now)
	b.ReportAllocs()
	for b.Loop() {
		for _, r := range v.Readings {
			c.assigner.Assign(r, c.dir, now)
		}
	}
	report(b, 500*48)
}

// BenchmarkEvaluateDecide runs all rules over 24,000 ports and plans what they ask for.
func BenchmarkEvaluateDecide(b *testing.B) {
	c := large(b, 500)
	v := c.look(now)
	all := rules.All()
	b.ReportAllocs()
	findings, steps := 0, 0
	for b.Loop() {
		fs := policy.EvaluateAll(v, all)
		ps := policy.Decide(policy.Input{
			Now: now, Readings: v.Readings, Findings: fs, Facts: v.Facts, Limits: policy.Limits{PerPort: 4, MaxMACs: 8, Window: time.Hour},
		})
		findings, steps = len(fs), 0
		for _, p := range ps {
			steps += len(p.Steps)
		}
	}
	if findings == 0 || steps == 0 {
		b.Fatalf("%d findings, %d steps", findings, steps)
	}
	report(b, 500*48)
	b.ReportMetric(float64(findings), "findings")
	b.ReportMetric(float64(steps), "steps")
}

func report(b *testing.B, ports int) {
	b.ReportMetric(float64(ports*b.N)/b.Elapsed().Seconds(), "ports/s")
}
