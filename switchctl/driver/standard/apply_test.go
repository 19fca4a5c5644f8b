package standard

import (
	"context"
	"errors"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

func tagged(v uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: v}
}

// guessedPSE names the ports of plainSwitch so that no name tells a number, and numbers the power ports by ifIndex.
const guessedPSE = `-1.3.6.1.2.1.105.1.1
1.3.6.1.2.1.31.1.1.1.1.11|4|red
1.3.6.1.2.1.31.1.1.1.1.12|4|green
1.3.6.1.2.1.31.1.1.1.1.13|4|blue
1.3.6.1.2.1.31.1.1.1.1.14|4|white
1.3.6.1.2.1.105.1.1.1.3.1.11|2|1
1.3.6.1.2.1.105.1.1.1.3.1.12|2|1
1.3.6.1.2.1.105.1.1.1.3.1.13|2|1
1.3.6.1.2.1.105.1.1.1.3.1.14|2|1`

// statusError is the error of an agent that refuses.
func statusError(class, err error) error {
	return &switchctl.Error{Op: "set", Class: class, Err: err}
}

func TestApply(t *testing.T) {
	t.Parallel()
	const egress, untagged, pvid = "1.3.6.1.2.1.17.7.1.4.3.1.2.", "1.3.6.1.2.1.17.7.1.4.3.1.4.", "1.3.6.1.2.1.17.7.1.4.5.1.1."
	tests := []struct {
		name    string
		change  switchctl.Change
		state   []string // changes to the switch
		onSet   func(a *snmptest.Agent, vars []snmp.Var) error
		want    string // requests that were accepted
		wantErr error
		wantMsg string
		notSeen bool // the change is not visible afterwards
	}{
		{name: "power off", change: switchctl.SetPoE{Ref: ref("ge2"), Admin: switchctl.PoEOff}, want: "1.3.6.1.2.1.105.1.1.1.3.1.2=2\n"},
		{name: "power auto is on", change: switchctl.SetPoE{Ref: ref("ge2"), Admin: switchctl.PoEAuto}, want: "1.3.6.1.2.1.105.1.1.1.3.1.2=1\n"},
		{
			name: "power static is no state of the standard MIB", change: switchctl.SetPoE{Ref: ref("ge2"), Admin: switchctl.PoEStatic},
			wantErr: switchctl.ErrUnsupported, wantMsg: "sw ge2: set-poe static: unsupported: the standard MIB knows on and off, not static", notSeen: true,
		},
		{name: "priority", change: switchctl.SetPoEPriority{Ref: ref("ge2"), Priority: switchctl.PriorityCritical}, want: "1.3.6.1.2.1.105.1.1.1.7.1.2=1\n"},
		{name: "admin down", change: switchctl.SetAdmin{Ref: ref("ge3"), Admin: switchctl.Down}, want: "1.3.6.1.2.1.2.2.1.7.13=2\n"},
		{
			name: "limit has no standard object", change: switchctl.SetPoELimit{Ref: ref("ge2"), Limit: 7000},
			wantErr: switchctl.ErrUnsupported, wantMsg: "the standard driver cannot do it on this switch", notSeen: true,
		},
		{
			name: "power on a guessed port is refused", change: switchctl.SetPoE{Ref: ref("green"), Admin: switchctl.PoEOff},
			state:   []string{guessedPSE},
			wantErr: switchctl.ErrUnsupported, wantMsg: "power port 1.12 is matched to the port by convention only", notSeen: true,
		},
		{
			name: "power on a port without it", change: switchctl.SetPoE{Ref: ref("ge2"), Admin: switchctl.PoEOff}, state: []string{"-1.3.6.1.2.1.105.1.1"},
			wantErr: switchctl.ErrUnsupported, wantMsg: "the port has no inline power", notSeen: true,
		},
		{name: "voice VLAN on", change: switchctl.SetVoice{Ref: ref("ge2"), Voice: tagged(20)}, want: egress + "20=d0 " + untagged + "20=00\n"},
		{name: "voice VLAN off", change: switchctl.SetVoice{Ref: ref("ge1"), Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone}}, want: egress + "20=10 " + untagged + "20=00\n"},
		{
			name: "voice VLAN moves in one request", change: switchctl.SetVoice{Ref: ref("ge1"), Voice: tagged(30)},
			want: egress + "30=90 " + untagged + "30=00 " + egress + "20=10 " + untagged + "20=00\n",
		},
		{
			name: "voice VLAN moves one by one where one request is refused", change: switchctl.SetVoice{Ref: ref("ge1"), Voice: tagged(30)},
			onSet: func(_ *snmptest.Agent, vars []snmp.Var) error {
				if len(vars) > 2 {
					return statusError(switchctl.ErrRejected, snmp.StatusError(12))
				}
				return nil
			},
			want: egress + "30=90 " + untagged + "30=00\n" + egress + "20=10 " + untagged + "20=00\n",
		},
		{name: "voice VLAN that is set already writes nothing", change: switchctl.SetVoice{Ref: ref("ge1"), Voice: tagged(20)}},
		{
			name: "voice VLAN that does not exist", change: switchctl.SetVoice{Ref: ref("ge2"), Voice: tagged(99)},
			wantErr: switchctl.ErrRejected, wantMsg: "VLAN 99 does not exist on the switch", notSeen: true,
		},
		{
			name: "voice VLAN that is the access VLAN", change: switchctl.SetVoice{Ref: ref("ge2"), Voice: tagged(10)},
			wantErr: switchctl.ErrRejected, wantMsg: "is the untagged VLAN of the port", notSeen: true,
		},
		{
			name: "priority tagging is no state of Q-BRIDGE", change: switchctl.SetVoice{Ref: ref("ge2"), Voice: discovery.VoicePolicy{Mode: discovery.VoicePriority}},
			wantErr: switchctl.ErrUnsupported, notSeen: true,
		},
		{
			name: "access VLAN in one request", change: switchctl.SetAccessVLAN{Ref: ref("ge2"), VLAN: 30},
			want: egress + "30=50 " + untagged + "30=40 " + egress + "10=b0 " + untagged + "10=b0 " + pvid + "2=30\n",
		},
		{
			name: "access VLAN of an agent that wants the old VLAN gone first", change: switchctl.SetAccessVLAN{Ref: ref("ge2"), VLAN: 30},
			onSet: func(a *snmptest.Agent, vars []snmp.Var) error {
				in10, _ := a.Walk.Find(snmp.MustOID(untagged + "10"))
				if len(vars) > 2 || strings.HasPrefix(vars[0].OID.String(), egress+"30") && in10.Bit(1) {
					return statusError(switchctl.ErrRejected, snmp.StatusError(12))
				}
				return nil
			},
			want: egress + "10=b0 " + untagged + "10=b0\n" + pvid + "2=30\n" + egress + "30=50 " + untagged + "30=40\n",
		},
		{
			name: "read-only community", change: switchctl.SetAccessVLAN{Ref: ref("ge2"), VLAN: 30},
			onSet: func(*snmptest.Agent, []snmp.Var) error {
				return statusError(switchctl.ErrDenied, snmp.ErrNoAccess)
			},
			wantErr: switchctl.ErrDenied, wantMsg: "noAccess", notSeen: true,
		},
		{
			name: "lying agent is found out", change: switchctl.SetVoice{Ref: ref("ge2"), Voice: tagged(20)},
			onSet:   func(*snmptest.Agent, []snmp.Var) error { return snmptest.ErrLie },
			want:    egress + "20=d0 " + untagged + "20=00\n",
			wantErr: switchctl.ErrUnverified, wantMsg: "accepted the membership of VLAN 20 and did not take it", notSeen: true,
		},
		{
			name: "Unsigned instead of INTEGER", change: switchctl.SetAdmin{Ref: ref("ge3"), Admin: switchctl.Down},
			state: []string{"1.3.6.1.2.1.2.2.1.7.13|66|1"}, want: "1.3.6.1.2.1.2.2.1.7.13=2\n",
		},
		{
			name: "port that is not there", change: switchctl.SetAdmin{Ref: ref("ge9"), Admin: switchctl.Down},
			wantErr: switchctl.ErrUnsupported, wantMsg: "no port of that name", notSeen: true,
		},
		{
			name: "port of another switch", change: switchctl.SetAdmin{Ref: switchctl.PortRef{Switch: "other", Name: "ge1"}, Admin: switchctl.Down},
			wantErr: switchctl.ErrUnsupported, notSeen: true,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a := newSwitch(t, tt.state...)
			a.OnSet = tt.onSet
			d := openAgent(t, a, nil)
			observe(t, d)
			err := d.Apply(context.Background(), tt.change)
			if !errors.Is(err, tt.wantErr) || tt.wantErr == nil && err != nil {
				t.Errorf("error %v, want %v", err, tt.wantErr)
			}
			if err != nil && !strings.Contains(err.Error(), tt.wantMsg) {
				t.Errorf("error %q does not say %q", err, tt.wantMsg)
			}
			if got := a.SetLog(); got != tt.want {
				t.Errorf("requests:\n%swant:\n%s", got, tt.want)
			}
			if tt.notSeen {
				return
			}
			s := observe(t, d)
			if p := port(t, s, tt.change.Port().Name); !tt.change.Seen(p) {
				t.Errorf("change is not seen on %+v", p)
			}
		})
	}
}

// TestApplyStaleIndex checks that a write never hits a port that took the interface index of another.
func TestApplyStaleIndex(t *testing.T) {
	t.Parallel()
	a := newSwitch(t)
	d := openAgent(t, a, nil)
	observe(t, d)
	a.Put(snmp.MustOID("1.3.6.1.2.1.31.1.1.1.1.12"), snmp.Text("ge3"))
	a.Put(snmp.MustOID("1.3.6.1.2.1.31.1.1.1.1.13"), snmp.Text("ge2"))
	err := d.Apply(context.Background(), switchctl.SetAdmin{Ref: ref("ge2"), Admin: switchctl.Down})
	if !errors.Is(err, switchctl.ErrRejected) || !strings.Contains(err.Error(), "renumbered") {
		t.Errorf("error %v, want a refusal that says renumbered", err)
	}
	if a.SetLog() != "" {
		t.Errorf("written: %s", a.SetLog())
	}
}

// TestApplyPutsBack checks that a move that is refused half way leaves the switch as it was.
func TestApplyPutsBack(t *testing.T) {
	t.Parallel()
	a := newSwitch(t)
	before := observe(t, openAgent(t, a, nil))
	a.OnSet = func(_ *snmptest.Agent, vars []snmp.Var) error {
		// The lists can be changed one VLAN at a time, the PVID not at all.
		if len(vars) > 2 || strings.HasPrefix(vars[0].OID.String(), "1.3.6.1.2.1.17.7.1.4.5") {
			return statusError(switchctl.ErrRejected, snmp.ErrNotWritable)
		}
		return nil
	}
	d := openAgent(t, a, nil)
	if err := d.Apply(context.Background(), switchctl.SetAccessVLAN{Ref: ref("ge2"), VLAN: 30}); !errors.Is(err, switchctl.ErrRejected) {
		t.Errorf("error %v, want a refusal", err)
	}
	if diff := sameSnapshot(before, observe(t, openAgent(t, a, nil))); diff != "" {
		t.Errorf("the switch is not as before (-before +after):\n%s", diff)
	}
}

// TestSpareFlash checks that a ProCurve is kept from writing its flash with each SET of a batch, and gets its
// setting back.
func TestSpareFlash(t *testing.T) {
	t.Parallel()
	const procurve = "1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.11.2.3.7.11.118"
	const implicit = "1.3.6.1.4.1.11.2.14.11.5.1.7.1.29.1.11.0"
	tests := []struct {
		name  string
		state string
		want  string
	}{
		{name: "off for the batch and on again", state: implicit + "|2|1", want: implicit + "=2\n1.3.6.1.2.1.2.2.1.7.13=2\n1.3.6.1.2.1.2.2.1.7.13=1\n" + implicit + "=1\n"},
		{name: "off already stays off", state: implicit + "|2|2", want: "1.3.6.1.2.1.2.2.1.7.13=2\n1.3.6.1.2.1.2.2.1.7.13=1\n"},
		{name: "absent is left alone", state: "-" + implicit, want: "1.3.6.1.2.1.2.2.1.7.13=2\n1.3.6.1.2.1.2.2.1.7.13=1\n"},
	}
	for _, tt := range tests {
		for _, end := range []string{"save", "close"} {
			t.Run(tt.name+" with "+end, func(t *testing.T) {
				t.Parallel()
				a := newSwitch(t, procurve, tt.state)
				d := openAgent(t, a, nil)
				if !d.Info().NeedsSave {
					t.Error("a ProCurve needs a save")
				}
				for _, to := range []switchctl.UpDown{switchctl.Down, switchctl.Up} {
					if err := d.Apply(context.Background(), switchctl.SetAdmin{Ref: ref("ge3"), Admin: to}); err != nil {
						t.Fatal(err)
					}
				}
				if end == "save" {
					if err := d.Save(context.Background()); err != nil {
						t.Fatal(err)
					}
				}
				if err := d.Close(); err != nil {
					t.Fatal(err)
				}
				if got := a.SetLog(); got != tt.want {
					t.Errorf("requests:\n%swant:\n%s", got, tt.want)
				}
			})
		}
	}
}

func TestInfoKinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		state []string
		want  string
	}{
		{name: "all tables", want: "set-access-vlan set-admin set-poe set-poe-priority set-voice"},
		{name: "no PoE", state: []string{"-1.3.6.1.2.1.105"}, want: "set-access-vlan set-admin set-voice"},
		{name: "no Q-BRIDGE", state: []string{"-1.3.6.1.2.1.17.7.1.4.3"}, want: "set-admin set-poe set-poe-priority"},
		{name: "Juniper takes no SET", state: []string{"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.2636.1.1.1.2.30"}, want: ""},
		{name: "Netgear ignores VLAN writes", state: []string{"1.3.6.1.2.1.1.2.0|6|1.3.6.1.4.1.4526.100.1"}, want: "set-admin set-poe set-poe-priority"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := openAgent(t, newSwitch(t, tt.state...), nil)
			observe(t, d)
			if got := strings.Join(d.Info().Kinds, " "); got != tt.want {
				t.Errorf("kinds %q, want %q", got, tt.want)
			}
		})
	}
}
