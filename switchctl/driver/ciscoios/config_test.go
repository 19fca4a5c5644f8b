package ciscoios

import (
	"errors"
	"testing"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// configTables are the tables of configPart and its companions, less those that others read too.
var configTables = []string{"vmVoiceVlanTable", "vlanTrunkPortTable", "cdpInterfaceTable", "cafPortConfigTable", "cdpGlobalRun"}

func TestConfigurationIsKept(t *testing.T) {
	t.Parallel()
	const lastChange = "1.3.6.1.4.1.9.9.43.1.1.1.0"
	whole := switchctl.Scope{}
	voice := discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 120}
	for _, tc := range []struct {
		name    string
		start   []string
		between func(t *testing.T, a *counted, d *standard.Driver)
		again   bool // the configuration is read again
		voice   uint16
	}{
		{name: "unchanged", voice: 110},
		{
			name: "changed, the switch says so", again: true, voice: 120,
			between: func(t *testing.T, a *counted, _ *standard.Driver) {
				change(t, a.Agent, lastChange+"|67|5001", "1.3.6.1.4.1.9.9.68.1.5.1.1.1.10101|2|120")
			},
		},
		{
			name: "changed by us, the switch does not say so", again: true, voice: 120,
			between: func(t *testing.T, _ *counted, d *standard.Driver) {
				if err := d.Apply(t.Context(), switchctl.SetVoice{Ref: switchctl.PortRef{Switch: "sw", Name: "Gi1/0/1"}, Voice: voice}); err != nil {
					t.Fatal(err)
				}
			},
		},
		{
			name: "refused, and yet done", again: true, voice: 120,
			between: func(t *testing.T, a *counted, d *standard.Driver) {
				a.OnSet = func(a *snmptest.Agent, vars []snmp.Var) error {
					a.Put(vars[0].OID, vars[0].Value)
					return &switchctl.Error{Op: "set", Class: switchctl.ErrUnreachable, Err: errors.New("no answer")}
				}
				if err := d.Apply(t.Context(), switchctl.SetVoice{Ref: switchctl.PortRef{Switch: "sw", Name: "Gi1/0/1"}, Voice: voice}); err == nil {
					t.Fatal("no error")
				}
			},
		},
		{
			name: "one port read in between", voice: 110,
			between: func(t *testing.T, _ *counted, d *standard.Driver) {
				if _, err := d.Observe(t.Context(), switchctl.Scope{Ports: []string{"Gi1/0/2"}}); err != nil {
					t.Fatal(err)
				}
			},
		},
		{name: "the switch does not tell", start: []string{"- " + lastChange}, again: true, voice: 110},
		{name: "the switch tells 0, as agents do that cannot tell", start: []string{lastChange + "|67|0"}, again: true, voice: 110},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := count(catalyst(t, tc.start...))
			m := &switchctl.Memory{}
			d := open(t, a, m)
			if _, err := d.Observe(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			if tc.between != nil {
				tc.between(t, a, d)
			}
			a.tables = map[string]int{}
			change(t, a.Agent, "1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101|2|120") // by 802.1X, without a trace
			s, err := open(t, a, m).Observe(t.Context(), whole)
			if err != nil {
				t.Fatal(err)
			}
			if p := where(t, &s, "Gi1/0/1"); p.Voice.VLAN != tc.voice || p.Untagged != 120 {
				t.Errorf("port is %s", line(p))
			}
			for _, name := range configTables {
				if got := a.tables[name] > 0; name != "vlanTrunkPortTable" && got != tc.again {
					t.Errorf("%s is read again: %v", name, got)
				}
			}
		})
	}
}
