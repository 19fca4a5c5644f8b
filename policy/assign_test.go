package policy

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

var (
	noon  = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	desk  = Profile{Name: "desk", Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}, DataVLAN: 10, PoE: switchctl.PoEAuto}
	lobby = Profile{Name: "lobby", Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 120}}
	mac1  = discovery.MAC{0, 0x11, 0x22, 0x33, 0x44, 0x55}
)

// edge is a healthy access port.
func edge(name string) switchctl.PortState {
	return switchctl.PortState{
		Ref: switchctl.PortRef{Switch: "acc-1", Name: name}, Type: 6, Admin: switchctl.Up, Link: switchctl.Up,
		Mode: switchctl.ModeAccess, Untagged: 10, Voice: desk.Voice, Index: switchctl.Indices{PSE: [2]int{1, 1}, Proof: switchctl.ProofMIB},
	}
}

func assigner(t *testing.T, c Config) *Assigner {
	t.Helper()
	if c.Profiles == nil {
		c.Profiles = []Profile{desk, lobby}
	}
	a, err := NewAssigner(c)
	if err != nil {
		t.Fatalf("make assigner: %v", err)
	}
	return a
}

func found(sure inventory.Confidence, phone *inventory.Phone) []inventory.Binding {
	return []inventory.Binding{{
		Port: switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/1"}, MAC: mac1, Phone: phone, Model: "CP-8841", Vendor: "Cisco",
		Confidence: sure, Evidence: []inventory.Evidence{{Kind: inventory.EvidenceMED, Detail: "LLDP-MED class III"}},
	}}
}

func TestIntent(t *testing.T) {
	t.Parallel()
	phone := &inventory.Phone{MAC: mac1, Name: "SEP001122334455", Extension: "4711", Profile: "lobby", Source: "hq.csv line 7", Site: "hq"}
	type want struct {
		Profile    string
		Why        string
		NeedsPhone bool
	}
	for _, c := range []struct {
		name     string
		as       []Assignment
		port     func(*switchctl.PortState)
		bindings []inventory.Binding
		expected []inventory.Phone
		want     want
	}{
		{
			name: "by port", as: []Assignment{{Name: "a", Profile: "desk", Ports: []string{"Gi1/0/*"}}},
			want: want{"desk", `assignment "a"`, false},
		},
		{
			name: "first match wins",
			as:   []Assignment{{Name: "a", Profile: "lobby", Ports: []string{"Gi1/0/1"}}, {Name: "b", Profile: "desk", Ports: []string{"**"}}},
			want: want{"lobby", `assignment "a"`, false},
		},
		{
			name: "all selectors must match",
			as:   []Assignment{{Name: "a", Profile: "lobby", Ports: []string{"Gi1/0/1"}, Sites: []string{"branch"}}, {Name: "b", Profile: "desk", Ports: []string{"**"}, Sites: []string{"hq", "x"}}},
			want: want{"desk", `assignment "b"`, false},
		},
		{
			name: "a site is for its phones, not for its printers",
			as:   []Assignment{{Name: "a", Profile: "desk", Sites: []string{"hq"}}},
			want: want{"", "no assignment matches", false},
		},
		{
			name: "a site is for its phones",
			as:   []Assignment{{Name: "a", Profile: "desk", Sites: []string{"hq"}}}, bindings: found(inventory.Certain, nil),
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "a site is for the phones that are expected",
			as:   []Assignment{{Name: "a", Profile: "desk"}}, expected: []inventory.Phone{{MAC: mac1}},
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "by model in another spelling",
			as:   []Assignment{{Name: "a", Profile: "desk", Models: []string{"8841"}, Vendors: []string{"cisco systems, inc."}}}, bindings: found(inventory.Certain, nil),
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "by model of the expected phone",
			as:   []Assignment{{Name: "a", Profile: "desk", Models: []string{"CP-88*"}}}, expected: []inventory.Phone{{MAC: mac1, Model: "Cisco IP Phone 8841"}},
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "an unknown model is no model",
			as:   []Assignment{{Name: "a", Profile: "desk", Models: []string{"*"}}},
			want: want{"", "no assignment matches", false},
		},
		{
			name: "a port and a model need the phone",
			as:   []Assignment{{Name: "a", Profile: "desk", Ports: []string{"**"}, Models: []string{"CP-*"}}}, bindings: found(inventory.Probable, nil),
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "by the profile that the phone asks for",
			as:   []Assignment{{Name: "a", Profile: "desk", PhoneProfiles: []string{"LOB*"}}}, bindings: found(inventory.Certain, phone),
			want: want{"desk", `assignment "a"`, true},
		},
		{
			name: "the phone's own profile where nothing else matches", bindings: found(inventory.Certain, phone),
			want: want{"lobby", `phone SEP001122334455 (4711) asks for profile "lobby" (hq.csv line 7)`, true},
		},
		{
			name:     "the admin's word beats the phone's",
			as:       []Assignment{{Name: "a", Profile: "desk", Ports: []string{"*"}}},
			bindings: found(inventory.Certain, phone),
			want:     want{"desk", `assignment "a"`, false},
		},
		{
			name: "the phone asks for nonsense", expected: []inventory.Phone{{Name: "p", Profile: "nonsense", Source: "x"}},
			want: want{"", `no assignment matches; phone p asks for profile "nonsense" (x), which does not exist`, false},
		},
		{
			name: "expression about the port", as: []Assignment{{Name: "a", Profile: "desk", Expr: `alias.contains("desk") && access_vlan == 10`}},
			port: func(p *switchctl.PortState) { p.Alias = "desk 12" },
			want: want{"desk", `assignment "a"`, false},
		},
		{
			name: "expression about the phone", as: []Assignment{{Name: "a", Profile: "desk", Expr: `has_phone && phone_extension.startsWith("47")`}},
			bindings: found(inventory.Certain, phone),
			want:     want{"desk", `assignment "a"`, true},
		},
		{
			name: "expression about the phone without a phone", as: []Assignment{{Name: "a", Profile: "desk", Expr: `!has_phone`}},
			want: want{"", "no assignment matches", false},
		},
		{
			name: "expression that fails gives the reason",
			as:   []Assignment{{Name: "a", Profile: "lobby", Expr: `10 / (access_vlan - 10) == 1`}, {Name: "b", Profile: "desk", Ports: []string{"**"}}},
			want: want{"desk", `assignment "a" could not be evaluated: division by zero; assignment "b"`, false},
		},
		{
			name: "a trunk is no phone port", as: []Assignment{{Name: "a", Profile: "desk", Ports: []string{"**"}}},
			port: func(p *switchctl.PortState) { p.Mode = switchctl.ModeTrunk },
			want: want{"", `assignment "a", but it is no phone port: the port is a trunk`, false},
		},
		{
			name: "unless a phone is on it", as: []Assignment{{Name: "a", Profile: "desk", Ports: []string{"**"}}},
			port:     func(p *switchctl.PortState) { p.Mode = switchctl.ModeTrunk },
			bindings: found(inventory.Certain, nil),
			want:     want{"desk", `assignment "a"`, false},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := edge("Gi1/0/1")
			if c.port != nil {
				c.port(&p)
			}
			s := &switchctl.Snapshot{Switch: "acc-1", Ports: []switchctl.PortState{p}}
			in := assigner(t, Config{Assignments: c.as}).Intent(View{
				Now: noon, Site: "hq", Switch: s, Port: &s.Ports[0], Bindings: c.bindings, Expected: c.expected,
			})
			got := want{Why: in.Why, NeedsPhone: in.NeedsPhone}
			if in.Profile != nil {
				got.Profile = in.Profile.Name
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("intent (-want +got):\n%s", d)
			}
		})
	}
}

func TestNewAssignerTellsEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := NewAssigner(Config{
		Profiles: []Profile{
			{Name: "a", Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 5000}},
			{Name: "a", DataVLAN: 4095, PoE: switchctl.PoEOff},
			{Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone, VLAN: 3, PCP: 8, DSCP: 64}, Limit: -1},
			{Name: "both", Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 10}, DataVLAN: 10},
		},
		Assignments: []Assignment{
			{Name: "one", Profile: "nowhere", Ports: []string{"Gi["}, Expr: "port =="},
			{Name: "one", Profile: "a", Sites: []string{""}, Models: []string{""}},
			{Profile: "a", Expr: "access_vlan + 1"},
			{Name: "four", Profile: "a", Expr: `ports == "x" && port.matches("[")`},
			{Name: "five", Profile: "a", Expr: `port.matches("[")`},
		},
		Exceptions: []Exception{{Port: "Gi{", Rules: []string{"poe-of"}, Owner: " "}},
		Limits: Limits{
			PerPort: -1, Window: -1, StopUnverified: 2, Protect: []PortPattern{{Switch: "core-[", Port: "*"}},
			Hours: []Hours{{From: time.Hour, To: time.Hour}},
		},
		RuleIDs: []string{"poe-off"},
	})
	if err == nil {
		t.Fatal("all of this is accepted")
	}
	for _, want := range []string{
		`profile 1 "a": voice VLAN 5000 is not in 1..4094`,
		`profile 2 "a": is there twice`,
		`profile 2 "a": data VLAN 4095 is not in 1..4094`,
		`profile 2 "a": inline power off: phoneport never switches the power of a phone port off`,
		`profile 3 "": has no name`,
		`profile 3 "": voice VLAN 3 is given, but voice is none and not tagged`,
		`profile 3 "": voice priority 8 is not in 0..7`,
		`profile 3 "": voice DSCP 64 is not in 0..63`,
		`profile 3 "": power limit -0.0 W is not in 0..100 W`,
		`profile 4 "both": voice and data are both VLAN 10`,
		`assignment 1 "one": profile "nowhere" does not exist`,
		`assignment 1 "one": port pattern "Gi[" is malformed`,
		`assignment 1 "one": expression: line 1, column 8: `,
		`assignment 2 "one": is there twice`,
		`assignment 2 "one": site pattern is empty`,
		`assignment 2 "one": model or vendor pattern is empty`,
		`assignment 3 "": has no name`,
		`assignment 3 "": expression: must be true or false, but is int`,
		`assignment 4 "four": expression: line 1, column 1: undeclared reference to 'ports'`,
		`assignment 5 "five": expression: `,
		`exception 1: port pattern "Gi{" is malformed`,
		`exception 1: has no reason`,
		`exception 1: has no owner`,
		`exception 1: rule "poe-of" does not exist`,
		`limits: per port: -1 is negative`,
		`limits: window -1ns is negative`,
		`limits: share of unverified changes 2 is not in 0..1`,
		`limits: change window 1: 1h0m0s to 1h0m0s is no time of day`,
		`protect entry 1: switch pattern "core-[" is malformed`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("mistake is not told: %s", want)
		}
	}
	if t.Failed() {
		t.Log(err)
	}
}

func TestExpressionHasALimit(t *testing.T) {
	t.Parallel()
	list := "[" + strings.TrimSuffix(strings.Repeat("1,", 60), ",") + "]"
	e, err := compileExpression(fmt.Sprintf("%s.all(a, %s.all(b, %s.all(c, a + b + c + access_vlan > 0)))", list, list, list))
	if err != nil {
		t.Fatal(err)
	}
	p := edge("Gi1/0/1")
	s := &switchctl.Snapshot{Ports: []switchctl.PortState{p}}
	_, err = e.eval(View{Switch: s, Port: &s.Ports[0]}, facts{})
	if err == nil || !strings.Contains(err.Error(), "cost limit") {
		t.Errorf("an expression of 216,000 steps gives %v", err)
	}
}

// TestVariables uses each variable, so that none is declared with a type that its value has not.
func TestVariables(t *testing.T) {
	t.Parallel()
	p := edge("Gi1/0/1")
	p.PoE.ClassTold = true
	s := &switchctl.Snapshot{Switch: "acc-1", Ports: []switchctl.PortState{p}}
	v := View{Site: "hq", Switch: s, Port: &s.Ports[0]}
	for _, x := range Variables {
		test := map[string]string{"string": x.Name + ` != "no such"`, "int": x.Name + " > -2", "bool": x.Name + " || !" + x.Name}[x.Type]
		e, err := compileExpression(test)
		if err != nil {
			t.Errorf("variable %s: %v", x.Name, err)
			continue
		}
		if ok, err := e.eval(v, factsOf(v)); err != nil || !ok {
			t.Errorf("variable %s: %s gives %t, %v", x.Name, test, ok, err)
		}
		if e.phone != x.Phone || x.Doc == "" {
			t.Errorf("variable %s: about a phone is %t, doc is %q", x.Name, e.phone, x.Doc)
		}
	}
}

func TestAssignFindsExceptions(t *testing.T) {
	t.Parallel()
	a := assigner(t, Config{Exceptions: []Exception{
		{Port: "Gi1/0/1", Reason: "fax", Owner: "anna"},
		{Switch: "acc-*", Reason: "old switch", Owner: "bert", Rules: []string{"x"}},
		{Switch: "core-*", Reason: "core", Owner: "bert"},
	}})
	s := &switchctl.Snapshot{Switch: "acc-1", Ports: []switchctl.PortState{edge("Gi1/0/1"), edge("Gi1/0/2")}}
	r := &Reading{Switch: s}
	a.Assign(r, nil, noon)
	reasons := func(es []*Exception) (out []string) {
		for _, e := range es {
			out = append(out, e.Reason)
		}
		return out
	}
	if d := cmp.Diff([]string{"fax", "old switch"}, reasons(r.Exceptions)); d != "" {
		t.Errorf("exceptions of the switch: %s", d)
	}
	if d := cmp.Diff([]string{"fax", "old switch"}, reasons(r.Intents[0].Exceptions)); d != "" {
		t.Errorf("exceptions of Gi1/0/1: %s", d)
	}
	if d := cmp.Diff([]string{"old switch"}, reasons(r.Intents[1].Exceptions)); d != "" {
		t.Errorf("exceptions of Gi1/0/2: %s", d)
	}
}
