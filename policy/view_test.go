package policy

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

func TestPhonePort(t *testing.T) {
	t.Parallel()
	expected := []inventory.Phone{{MAC: mac1, Name: "p1"}}
	ref := switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/1"}
	was := map[switchctl.PortRef]time.Time{ref: noon}
	for _, c := range []struct {
		name string
		make func(*View)
		why  string
		sure inventory.Confidence
		ok   bool
	}{
		{name: "nothing says so", make: func(*View) {}},
		{
			name: "given to the port", make: func(v *View) { v.Intent = Intent{Profile: &desk, Why: `assignment "a"`} },
			why: `assignment "a"`, sure: inventory.Certain, ok: true,
		},
		{
			name: "given to the phone, which is certain",
			make: func(v *View) {
				v.Intent = Intent{Profile: &desk, NeedsPhone: true}
				v.Bindings = found(inventory.Certain, nil)
			},
			why: "phone 00:11:22:33:44:55 is on the port", sure: inventory.Certain, ok: true,
		},
		{
			name: "given to the phone, of which there are weak signs",
			make: func(v *View) {
				v.Intent = Intent{Profile: &desk, NeedsPhone: true}
				v.Bindings = found(inventory.Unsure, nil)
			},
			why: "there are weak signs of phone 00:11:22:33:44:55", sure: inventory.Unsure, ok: true,
		},
		{
			name: "expected, on a port without a voice VLAN", make: func(v *View) { v.Expected = expected; v.Port.Voice.VLAN = 0 },
			why: "phone p1 is expected on the port", sure: inventory.Probable, ok: true,
		},
		{
			name: "expected, on a port with a voice VLAN", make: func(v *View) { v.Expected = expected },
			why: "phone p1 is expected on the port", sure: inventory.Certain, ok: true,
		},
		{
			name: "expected, where a phone was", make: func(v *View) { v.Expected = expected; v.Port.Voice.VLAN = 0; v.Fleet.LastPhone = was },
			why: "phone p1 is expected on the port", sure: inventory.Certain, ok: true,
		},
		{
			name: "expected here and found elsewhere",
			make: func(v *View) {
				v.Expected = expected
				v.Fleet.Seen = map[discovery.MAC][]switchctl.PortRef{mac1: {{Switch: "acc-2", Name: "1"}}}
			},
		},
		{
			name: "a phone was here", make: func(v *View) { v.Fleet.LastPhone = was },
			why: "a phone was on the port at 2026-03-02 12:00", sure: inventory.Probable, ok: true,
		},
		{
			name: "no phone was ever here",
			make: func(v *View) { v.Fleet.LastPhone = map[switchctl.PortRef]time.Time{ref: {}} },
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := edge("Gi1/0/1")
			v := View{Now: noon, Port: &p}
			c.make(&v)
			why, sure, ok := v.PhonePort()
			if why != c.why || sure != c.sure || ok != c.ok {
				t.Errorf("got %q, %s, %t; want %q, %s, %t", why, sure, ok, c.why, c.sure, c.ok)
			}
		})
	}
}

func TestPhonesOfAPortAreInOrder(t *testing.T) {
	t.Parallel()
	at := switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/1"}
	known := &inventory.Phone{Name: "known"}
	b := func(last byte, sure inventory.Confidence, p *inventory.Phone) inventory.Binding {
		return inventory.Binding{Port: at, MAC: discovery.MAC{0, 0, 0, 0, 0, last}, Confidence: sure, Phone: p}
	}
	r := &Reading{
		Switch: &switchctl.Snapshot{Switch: "acc-1", Ports: []switchctl.PortState{edge("Gi1/0/1"), edge("Gi1/0/2")}},
		Bindings: []inventory.Binding{
			b(4, inventory.Unsure, known), b(3, inventory.Certain, nil), b(2, inventory.Certain, nil), b(9, inventory.Certain, known),
			{Port: switchctl.PortRef{Switch: "acc-2", Name: "Gi1/0/1"}},
			{Port: switchctl.PortRef{Switch: "acc-1", Name: "Gi9/9"}},
		},
	}
	v := r.View(noon, FleetFacts{}, Options{})
	var got []byte
	for _, b := range v.Ports[0].Bindings {
		got = append(got, b.MAC[5])
	}
	if d := cmp.Diff([]byte{9, 2, 3, 4}, got); d != "" {
		t.Errorf("surest first (-want +got):\n%s", d)
	}
	if n := len(v.Ports[1].Bindings); n != 0 {
		t.Errorf("port without phones has %d", n)
	}
}

func TestSubject(t *testing.T) {
	t.Parallel()
	for table, want := range map[string]Subject{
		"lldpRemTable": AboutLLDP, "lldpV2RemTable": AboutLLDP, "lldpXMedRemXPoEPDTable": AboutLLDP, "lldpXdot1RemTable (VLAN)": AboutLLDP,
		"cdpCacheTable": AboutCDP, "dot1qTpFdbTable": AboutMACs, "dot1dTpFdbTable": AboutMACs, "show mac address-table": AboutMACs,
		"dot1qVlanStaticTable": AboutVLANs, "dot1qPortVlanTable": AboutVLANs, "vtpVlanTable": AboutVLANs, "vlanTrunkPortTable": AboutVLANs,
		"vmVoiceVlanTable": AboutVLANs, "vmMembershipTable": AboutVLANs, "pethPsePortTable": AboutPoE, "pethMainPseTable": AboutPoE,
		"cpeExtPsePortTable": AboutPoE, "show power inline": AboutPoE, "ifTable": AboutOther, "dot3adAggPortTable": AboutLAGs, "ifStackTable": AboutLAGs,
		"dot1xAuthConfigTable": AboutDot1X, "dot1xPaeSystem": AboutDot1X, "cafPortConfigTable": AboutDot1X, "cpeExtMainPseTable": AboutPoE,
		"lldpXMedLocMediaPolicyTable": AboutLLDP, "entPhysicalTable": AboutOther,
	} {
		if got := subjectOf(table); got != want {
			t.Errorf("table %s is about %d, not %d", table, got, want)
		}
	}
}

func TestUnseen(t *testing.T) {
	t.Parallel()
	s := &switchctl.Snapshot{Missing: []switchctl.Missing{
		{Table: "lldpRemTable", Reason: "not offered"},
		{Table: "cdpCacheTable", Reason: "timed out", Err: errors.New("x")},
		{Table: "dot1qTpFdbTable", Reason: "not offered"},
	}}
	for about, want := range map[Subject]string{
		AboutLLDP: "", AboutCDP: "cdpCacheTable: timed out", AboutMACs: "dot1qTpFdbTable: not offered", AboutVLANs: "", AboutPoE: "",
	} {
		if why, missing := Unseen(s, about); why != want || missing != (want != "") {
			t.Errorf("subject %d: %q, %t", about, why, missing)
		}
	}
}

func TestEvaluateFillsIn(t *testing.T) {
	t.Parallel()
	old := &Exception{Reason: "old", Expires: noon}
	live := &Exception{Reason: "live", Rules: []string{"r"}, Port: "Gi1/0/*"}
	rule := Rule{ID: "r", Severity: Warning, Check: func(v View) []Finding {
		return []Finding{{Message: "b"}, {Message: "a", Severity: Critical, Port: switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/0"}}}
	}}
	p := edge("Gi1/0/1")
	got := Evaluate(View{Now: noon, Port: &p, Intent: Intent{Exceptions: []*Exception{old, live}}}, []Rule{rule, {ID: "other"}})
	want := []Finding{
		{Rule: "r", Message: "a", Severity: Critical, Port: switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/0"}, Excepted: live},
		{Rule: "r", Message: "b", Severity: Warning, Port: p.Ref, Excepted: live},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("findings (-want +got):\n%s", d)
	}
}

func TestExceptionOfPortsIsNotOfTheSwitch(t *testing.T) {
	t.Parallel()
	of := func(e Exception) *Exception { return &e }
	at := Finding{Rule: "r", Port: switchctl.PortRef{Switch: "acc-1", Name: "Gi1/0/1"}}
	whole := Finding{Rule: "r", Port: switchctl.PortRef{Switch: "acc-1"}}
	nowhere := Finding{Rule: "r"}
	for _, c := range []struct {
		e    *Exception
		f    Finding
		want bool
	}{
		{of(Exception{}), at, true},
		{of(Exception{}), whole, true},
		{of(Exception{}), nowhere, true},
		{of(Exception{Port: "Gi1/0/1"}), at, true},
		{of(Exception{Port: "Gi1/0/1"}), whole, false},
		{of(Exception{Port: "*"}), whole, true},
		{of(Exception{Switch: "acc-*"}), whole, true},
		{of(Exception{Switch: "acc-*"}), nowhere, false},
		{of(Exception{Rules: []string{"q"}}), at, false},
		{of(Exception{Expires: noon.Add(1)}), at, true},
		{of(Exception{Expires: noon}), at, false},
	} {
		if got := c.e.covers(c.f, noon); got != c.want {
			t.Errorf("exception %+v of %+v is %t", *c.e, c.f.Port, got)
		}
	}
}

func TestSeverityText(t *testing.T) {
	t.Parallel()
	for _, s := range []Severity{Info, Warning, Critical} {
		b, err := s.MarshalText()
		var back Severity
		if err != nil || back.UnmarshalText(b) != nil || back != s {
			t.Errorf("severity %s comes back as %s", s, back)
		}
	}
	var s Severity
	for _, bad := range []string{"", "unknown", "fatal"} {
		if err := s.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("severity %q is accepted", bad)
		}
	}
}

func TestDefaultsAreValid(t *testing.T) {
	t.Parallel()
	if _, err := NewAssigner(Config{Limits: DefaultLimits()}); err != nil {
		t.Error(err)
	}
}
