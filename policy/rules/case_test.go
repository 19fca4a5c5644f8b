package rules_test

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

// campus is one case of testdata/<rule>.txtar: what the switches show, what the inventory says and what is
// wanted. It runs through inventory.Correlate and policy.Assigner, as a real audit does.
//
// What is left out has the value that suits a healthy phone port: access mode, up for a day, data VLAN 10,
// voice VLAN 110, power port proven by a MIB. Without profiles there is one, "desk", that wants just that;
// without assignments it is given to all ports.
type campus struct {
	Now        time.Time
	Profiles   []profileYAML
	Assign     []assignYAML
	Exceptions []exceptionYAML
	Inventory  []phoneYAML
	LastPhone  map[string]string `yaml:"last_phone"` // "acc-1 Gi1/0/1": date or never
	Unread     []switchctl.SwitchID
	BootTime   time.Duration `yaml:"boot_time"`
	IdleDays   int           `yaml:"idle_days"`
	Switches   []switchYAML
	switchYAML `yaml:",inline"` // one switch, acc-1
}

type profileYAML struct {
	Name, Voice, PoE, Priority string
	DataVLAN                   uint16 `yaml:"data_vlan"`
	LimitMW                    int64  `yaml:"limit_mw"`
	Protected                  bool
}

type assignYAML struct {
	Profile                 string
	Switches, Ports, Models []string
	Expr                    string
}

type exceptionYAML struct {
	Switch, Port, Reason, Owner string
	Rules                       []string
	Expires                     time.Time
}

type phoneYAML struct {
	MAC                    discovery.MAC
	Name, Model, Extension string
	Expected               string // "acc-1 Gi1/0/1", or "acc-1"
	Protected              bool
}

type switchYAML struct {
	Name   switchctl.SwitchID
	VLANs  []uint16      `yaml:"vlans"`
	Booted time.Duration // ago
	Failed map[string]string
	Absent []string
	Power  []struct {
		Group                     int
		Nominal, Drawn, Allocated int64
	}
	Ports []portYAML
}

type portYAML struct {
	Name, Alias, Admin, Link, Mode, Voice, Advert, Proof, CDP string
	Untagged                                                  *uint16
	Tagged                                                    []uint16
	LAG                                                       bool
	Dot1X                                                     bool
	Changed                                                   *time.Duration // ago; 0 = not told
	PoE                                                       *poeYAML
	Neighbors                                                 []neighborYAML
	MACs                                                      []string `yaml:"macs"` // "00:11:22:33:44:55 110"
}

type poeYAML struct {
	Admin, Detect, Priority         string
	Class                           *uint8
	Draw, Allocated, Limit, MaxDraw int64
	Denied                          bool
	Group                           *int
}

type neighborYAML struct {
	By, Name, Chassis, Platform, Adopted string
	MAC                                  discovery.MAC
	Caps                                 []discovery.Capability
	Class                                uint8
}

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// parse reads a case; unknown keys are errors.
func parse(t *testing.T, data []byte) *campus {
	t.Helper()
	c := &campus{}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(c); err != nil {
		t.Fatalf("parse case: %v", err)
	}
	if c.Now.IsZero() {
		c.Now = noon
	}
	if len(c.Ports) > 0 {
		if c.Name == "" {
			c.Name = "acc-1"
		}
		c.Switches = append([]switchYAML{c.switchYAML}, c.Switches...)
	}
	if c.Profiles == nil {
		c.Profiles = []profileYAML{{Name: "desk", Voice: "tagged 110", DataVLAN: 10, PoE: "auto"}}
	}
	if c.Assign == nil {
		c.Assign = []assignYAML{{Profile: c.Profiles[0].Name, Ports: []string{"**"}}}
	}
	return c
}

// view builds what the rules look at.
func (c *campus) view(t *testing.T) policy.FleetView {
	t.Helper()
	cfg := policy.Config{Limits: policy.DefaultLimits()}
	for _, p := range c.Profiles {
		cfg.Profiles = append(cfg.Profiles, policy.Profile{
			Name: p.Name, Voice: voice(t, p.Voice), DataVLAN: p.DataVLAN, PoE: enum[switchctl.PoEAdmin](t, p.PoE),
			Priority: enum[switchctl.PoEPriority](t, p.Priority), Limit: discovery.Milliwatts(p.LimitMW), Protected: p.Protected,
		})
	}
	for i, a := range c.Assign {
		cfg.Assignments = append(cfg.Assignments, policy.Assignment{
			Name: "a" + strconv.Itoa(i+1), Profile: a.Profile, Switches: a.Switches, Ports: a.Ports, Models: a.Models, Expr: a.Expr,
		})
	}
	for _, e := range c.Exceptions {
		cfg.Exceptions = append(cfg.Exceptions, policy.Exception{
			Switch: e.Switch, Port: e.Port, Rules: e.Rules, Reason: e.Reason, Owner: e.Owner, Expires: e.Expires,
		})
	}
	assigner, err := policy.NewAssigner(cfg)
	if err != nil {
		t.Fatalf("make assigner: %v", err)
	}
	var phones []inventory.Phone
	for i, p := range c.Inventory {
		phones = append(phones, inventory.Phone{
			MAC: p.MAC, Name: p.Name, Model: p.Model, Extension: p.Extension, Protected: p.Protected,
			Expected: ref(p.Expected), Source: fmt.Sprintf("list.csv line %d", i+2),
		})
	}
	dir, conflicts := inventory.NewDirectory(phones)
	if len(conflicts) > 0 {
		t.Fatalf("inventory of the case: %v", conflicts)
	}
	opts := policy.DefaultOptions()
	if c.BootTime != 0 {
		opts.BootTime = c.BootTime
	}
	if c.IdleDays != 0 {
		opts.IdleVoiceDays = c.IdleDays
	}
	v := policy.FleetView{Now: c.Now, Directory: dir, Options: opts, Exceptions: cfg.Exceptions}
	var bindings []inventory.Binding
	for i := range c.Switches {
		s := c.Switches[i].snapshot(t, c.Now)
		v.Readings = append(v.Readings, &policy.Reading{Site: "hq", Switch: s})
		bindings = append(bindings, inventory.Correlate(dir, *s, c.Now)...)
	}
	bindings, _ = inventory.Resolve(bindings)
	for _, r := range v.Readings {
		for _, b := range bindings {
			if b.Port.Switch == r.Switch.Switch {
				r.Bindings = append(r.Bindings, b)
			}
		}
		assigner.Assign(r, dir, c.Now)
	}
	v.Facts = policy.NewFacts(v.Readings, dir, c.Unread, c.Now, opts)
	for at, last := range c.LastPhone {
		if v.Facts.LastPhone == nil {
			v.Facts.LastPhone = make(map[switchctl.PortRef]time.Time)
		}
		when := time.Time{}
		if last != "never" {
			if when, err = time.Parse(time.DateOnly, last); err != nil {
				t.Fatal(err)
			}
		}
		v.Facts.LastPhone[ref(at)] = when
	}
	return v
}

func (y *switchYAML) snapshot(t *testing.T, now time.Time) *switchctl.Snapshot {
	t.Helper()
	s := &switchctl.Snapshot{Switch: y.Name, ReadAt: now, BootAt: now.Add(-1000 * time.Hour)}
	if y.Booted != 0 {
		s.BootAt = now.Add(-y.Booted)
	}
	for _, id := range y.VLANs {
		s.VLANs = append(s.VLANs, switchctl.VLAN{ID: id})
	}
	for table, why := range y.Failed {
		s.Missing = append(s.Missing, switchctl.Missing{Table: table, Reason: why, Err: errors.New(why)})
	}
	for _, table := range y.Absent {
		s.Missing = append(s.Missing, switchctl.Missing{Table: table, Reason: "not offered"})
	}
	for _, g := range y.Power {
		s.Power = append(s.Power, switchctl.PowerGroup{
			Group: g.Group, Status: "on", Nominal: discovery.Milliwatts(g.Nominal),
			Drawn: discovery.Milliwatts(g.Drawn), Allocated: discovery.Milliwatts(g.Allocated),
		})
	}
	for i, p := range y.Ports {
		s.Ports = append(s.Ports, p.state(t, s.Switch, i+1, now))
	}
	return s
}

func (y *portYAML) state(t *testing.T, sw switchctl.SwitchID, n int, now time.Time) switchctl.PortState {
	t.Helper()
	p := switchctl.PortState{
		Ref: switchctl.PortRef{Switch: sw, Name: y.Name}, Alias: y.Alias, Type: 6, ReadAt: now,
		Admin: or(enum[switchctl.UpDown](t, y.Admin), switchctl.Up), Link: or(enum[switchctl.UpDown](t, y.Link), switchctl.Up),
		Mode: switchctl.ModeAccess, LAG: y.LAG, Dot1X: y.Dot1X, CDP: enum[switchctl.UpDown](t, y.CDP),
		Untagged: 10, Voice: voice(t, "tagged 110"), Advert: voice(t, y.Advert), Tagged: y.Tagged,
		Changed: now.Add(-24 * time.Hour), Index: switchctl.Indices{If: n, PSE: [2]int{1, n}, Proof: switchctl.ProofMIB},
	}
	if y.Mode != "" {
		p.Mode = enum[switchctl.PortMode](t, y.Mode)
	}
	if y.Voice != "" {
		p.Voice = voice(t, y.Voice)
	}
	if y.Untagged != nil {
		p.Untagged = *y.Untagged
	}
	if y.Proof != "" {
		p.Index.Proof = enum[switchctl.IndexProof](t, y.Proof)
	}
	if y.Changed != nil {
		p.Changed = time.Time{}
		if *y.Changed != 0 {
			p.Changed = now.Add(-*y.Changed)
		}
	}
	if e := y.PoE; e != nil {
		p.PoE = switchctl.PoEState{
			Supported: true, Admin: or(enum[switchctl.PoEAdmin](t, e.Admin), switchctl.PoEAuto),
			Detect:   enum[switchctl.PoEDetect](t, e.Detect),
			Priority: enum[switchctl.PoEPriority](t, e.Priority), Draw: discovery.Milliwatts(e.Draw), DrawTold: e.Draw != 0,
			Allocated: discovery.Milliwatts(e.Allocated), Limit: discovery.Milliwatts(e.Limit), MaxDraw: discovery.Milliwatts(e.MaxDraw),
			Denied: e.Denied,
		}
		if e.Class != nil {
			p.PoE.Class, p.PoE.ClassTold = *e.Class, true
		}
		if e.Group != nil {
			p.Index.PSE[0] = *e.Group
		}
	}
	for _, m := range y.MACs {
		mac, vlan, _ := strings.Cut(m, " ")
		l := switchctl.LearnedMAC{}
		if err := l.MAC.UnmarshalText([]byte(mac)); err != nil {
			t.Fatal(err)
		}
		id, err := strconv.Atoi(vlan)
		if err != nil {
			t.Fatalf("MAC %q: %v", m, err)
		}
		l.VLAN = uint16(id)
		p.Learned = append(p.Learned, l)
	}
	for _, e := range y.Neighbors {
		n := discovery.Neighbor{
			Protocol: discovery.Protocol(e.By), System: e.Name, ChassisID: e.Chassis, Platform: e.Platform, MAC: e.MAC,
			Capabilities: e.Caps, MEDClass: e.Class, Adopted: voice(t, e.Adopted), HeardAt: now, TTL: 2 * time.Minute,
		}
		if n.Protocol == "" {
			n.Protocol = discovery.LLDP
		}
		p.Neighbors = append(p.Neighbors, n)
	}
	return p
}

// voice reads "tagged 110", "tagged 110 pcp 5 dscp 46", "none", "" (unknown).
func voice(t *testing.T, s string) discovery.VoicePolicy {
	t.Helper()
	v := discovery.VoicePolicy{}
	f := strings.Fields(s)
	if len(f) == 0 {
		return v
	}
	if err := v.Mode.UnmarshalText([]byte(f[0])); err != nil {
		t.Fatal(err)
	}
	f = f[1:]
	if len(f)%2 == 1 {
		v.VLAN, f = number[uint16](t, f[0]), f[1:]
	}
	for i := 0; i < len(f); i += 2 {
		switch f[i] {
		case "pcp":
			v.PCP = number[uint8](t, f[i+1])
		case "dscp":
			v.DSCP = number[uint8](t, f[i+1])
		default:
			t.Fatalf("voice policy %q: %q is not known", s, f[i])
		}
	}
	return v
}

func number[T uint8 | uint16](t *testing.T, s string) T {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return T(n)
}

func ref(s string) switchctl.PortRef {
	sw, port, _ := strings.Cut(s, " ")
	return switchctl.PortRef{Switch: switchctl.SwitchID(sw), Name: port}
}

// enum reads a word; the empty one is unknown.
func enum[T any, P interface {
	*T
	UnmarshalText([]byte) error
}](t *testing.T, s string) T {
	t.Helper()
	var v T
	if s == "" {
		return v
	}
	if err := P(&v).UnmarshalText([]byte(s)); err != nil {
		t.Fatal(err)
	}
	return v
}

func or[T comparable](v, other T) T {
	var zero T
	if v == zero {
		return other
	}
	return v
}
