package ciscoios

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// wantsUnsigned refuses INTEGER for an object, as some images do for objects that their MIB calls INTEGER.
func wantsUnsigned(prefix string) func(*snmptest.Agent, []snmp.Var) error {
	p := snmp.MustOID(prefix)
	return func(a *snmptest.Agent, vars []snmp.Var) error {
		for _, v := range vars {
			if v.OID.HasPrefix(p) && v.Value.Kind == snmp.KindInteger {
				return &switchctl.Error{Op: "set " + v.OID.String(), Class: switchctl.ErrRejected, Err: snmp.ErrWrongType}
			}
		}
		a.Delete(vars[0].OID) // whatever type it had
		return nil
	}
}

func TestApply(t *testing.T) {
	t.Parallel()
	ref := func(name string) switchctl.PortRef { return switchctl.PortRef{Switch: "sw", Name: name} }
	one := ref("Gi1/0/1")
	tagged := func(v uint16) discovery.VoicePolicy {
		return discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: v}
	}
	const voice, access = "1.3.6.1.4.1.9.9.68.1.5.1.1.1.10101", "1.3.6.1.4.1.9.9.68.1.2.2.1.2.10101"
	for _, tc := range []struct {
		name    string
		change  switchctl.Change
		changes []string
		onSet   func(*snmptest.Agent, []snmp.Var) error
		want    []string
		class   error
	}{
		{name: "power off", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoEOff}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.1.1.1 INTEGER 4"}},
		{name: "power auto", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoEAuto}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.1.1.1 INTEGER 1"}},
		{name: "power on is auto", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoEOn}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.1.1.1 INTEGER 1"}},
		{name: "power static", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoEStatic}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.1.1.1 INTEGER 2"}},
		{name: "power limit", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoELimit}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.1.1.1 INTEGER 3"}},
		{name: "power unknown", change: switchctl.SetPoE{Ref: one}, class: switchctl.ErrUnsupported},
		{name: "power of a module port", change: switchctl.SetPoE{Ref: ref("Te1/1/1"), Admin: switchctl.PoEOff}, class: switchctl.ErrUnsupported},
		{
			name: "power of a port that is only guessed", change: switchctl.SetPoE{Ref: one, Admin: switchctl.PoEOff},
			changes: []string{"1.3.6.1.4.1.9.9.402.1.2.1.11.1.1|2|0"}, class: switchctl.ErrUnsupported,
		},
		{name: "limit", change: switchctl.SetPoELimit{Ref: one, Limit: 7000}, want: []string{"1.3.6.1.4.1.9.9.402.1.2.1.6.1.1 Unsigned32 7000"}},
		{name: "limit 0", change: switchctl.SetPoELimit{Ref: one}, class: switchctl.ErrUnsupported},
		{name: "priority", change: switchctl.SetPoEPriority{Ref: one, Priority: switchctl.PriorityHigh}, want: []string{"1.3.6.1.2.1.105.1.1.1.7.1.1 INTEGER 2"}},
		{name: "voice VLAN", change: switchctl.SetVoice{Ref: one, Voice: tagged(120)}, want: []string{voice + " INTEGER 120"}},
		{
			name: "voice VLAN as Unsigned32", change: switchctl.SetVoice{Ref: one, Voice: tagged(120)},
			onSet: wantsUnsigned(voice), want: []string{voice + " Unsigned32 120"},
		},
		{name: "voice VLAN none", change: switchctl.SetVoice{Ref: one, Voice: discovery.VoicePolicy{Mode: discovery.VoiceNone}}, want: []string{voice + " INTEGER 4096"}},
		{name: "voice dot1p", change: switchctl.SetVoice{Ref: one, Voice: discovery.VoicePolicy{Mode: discovery.VoicePriority}}, want: []string{voice + " INTEGER 0"}},
		{name: "voice untagged", change: switchctl.SetVoice{Ref: one, Voice: discovery.VoicePolicy{Mode: discovery.VoiceUntagged}}, want: []string{voice + " INTEGER 4095"}},
		{name: "voice unknown", change: switchctl.SetVoice{Ref: one}, class: switchctl.ErrUnsupported},
		{name: "voice VLAN that the switch lacks", change: switchctl.SetVoice{Ref: one, Voice: tagged(999)}, class: switchctl.ErrRejected},
		{
			name: "voice VLAN where the switch tells no VLANs", change: switchctl.SetVoice{Ref: one, Voice: tagged(999)},
			changes: []string{"- 1.3.6.1.4.1.9.9.46.1.3"}, want: []string{voice + " INTEGER 999"},
		},
		{name: "voice VLAN of a trunk", change: switchctl.SetVoice{Ref: ref("Te1/1/1"), Voice: tagged(110)}, class: switchctl.ErrUnsupported},
		{name: "voice VLAN of a routed port", change: switchctl.SetVoice{Ref: ref("Gi1/0/3"), Voice: tagged(110)}, class: switchctl.ErrUnsupported},
		{name: "access VLAN", change: switchctl.SetAccessVLAN{Ref: one, VLAN: 110}, want: []string{access + " INTEGER 110"}},
		{name: "access VLAN as Unsigned32", change: switchctl.SetAccessVLAN{Ref: one, VLAN: 110}, onSet: wantsUnsigned(access), want: []string{access + " Unsigned32 110"}},
		{name: "access VLAN that the switch lacks", change: switchctl.SetAccessVLAN{Ref: one, VLAN: 999}, class: switchctl.ErrRejected},
		{name: "access VLAN of old media", change: switchctl.SetAccessVLAN{Ref: one, VLAN: 1002}, class: switchctl.ErrUnsupported},
		{name: "access VLAN of a trunk", change: switchctl.SetAccessVLAN{Ref: ref("Te1/1/1"), VLAN: 10}, class: switchctl.ErrUnsupported},
		{name: "port down", change: switchctl.SetAdmin{Ref: one, Admin: switchctl.Down}, want: []string{"1.3.6.1.2.1.2.2.1.7.10101 INTEGER 2"}},
		{name: "no such port", change: switchctl.SetAdmin{Ref: ref("Gi9/0/1"), Admin: switchctl.Down}, class: switchctl.ErrUnsupported},
		{
			name: "read-only community", change: switchctl.SetVoice{Ref: one, Voice: tagged(120)}, class: switchctl.ErrDenied,
			onSet: func(*snmptest.Agent, []snmp.Var) error {
				return &switchctl.Error{Op: "set", Class: switchctl.ErrDenied, Err: snmp.ErrNoAccess}
			},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			a := catalyst(t, tc.changes...)
			a.OnSet = tc.onSet
			d := open(t, a, nil)
			err := d.Apply(t.Context(), tc.change)
			var e *switchctl.Error
			if tc.class == nil && err != nil || tc.class != nil && (!errors.Is(err, tc.class) || !errors.As(err, &e) || e.Switch != "sw" || e.Port != tc.change.Port().Name) {
				t.Fatalf("error is %v, want class %v, the switch and the port", err, tc.class)
			}
			if d := cmp.Diff(tc.want, sets(a)); d != "" {
				t.Errorf("SET requests (-want +got):\n%s", d)
			}
			if err != nil || tc.onSet != nil {
				return
			}
			s, err := d.Observe(t.Context(), switchctl.Scope{Ports: []string{tc.change.Port().Name}})
			if err != nil {
				t.Fatal(err)
			}
			if p := where(t, &s, tc.change.Port().Name); !tc.change.Seen(p) {
				t.Errorf("reading back does not show %s: %s", tc.change, line(p))
			}
		})
	}
}

func TestInfo(t *testing.T) {
	t.Parallel()
	want := switchctl.Info{
		Driver: "ciscoios", Vendor: "cisco", NeedsSave: true, ShutCutsPower: true,
		Kinds: []string{"set-access-vlan", "set-admin", "set-poe", "set-poe-limit", "set-poe-priority", "set-voice"},
	}
	if d := cmp.Diff(want, open(t, catalyst(t), nil).Info()); d != "" {
		t.Errorf("info (-want +got):\n%s", d)
	}
}

// copier plays CISCO-CONFIG-COPY-MIB: it goes through the states when it is asked, one for each wait.
type copier struct {
	states []int64 // the last one stays
	cause  int64
	waits  []time.Duration
	refuse error // of the row
	old    error // of writeMem
	gone   bool  // the row disappears
	stop   context.CancelFunc
}

func (c *copier) saver() saver {
	return saver{index: func() uint32 { return 77 }, wait: func(ctx context.Context, d time.Duration) error {
		c.waits = append(c.waits, d)
		if c.stop != nil && len(c.waits) == 3 {
			c.stop()
		}
		return ctx.Err()
	}}
}

func (c *copier) onSet(a *snmptest.Agent, vars []snmp.Var) error {
	switch {
	case vars[0].OID.Compare(writeMem) == 0:
		return c.old
	case c.refuse != nil:
		return c.refuse
	case len(vars) == 3 && !c.gone:
		a.Put(ccCopyEntry.Append(ccCopyState, 77), snmp.Integer(c.states[0]))
	case len(vars) == 1:
		a.Delete(ccCopyEntry.Append(ccCopyState, 77))
	}
	return nil
}

func TestSave(t *testing.T) {
	t.Parallel()
	const (
		create   = "1.3.6.1.4.1.9.9.96.1.1.1.1.3.77 INTEGER 4 1.3.6.1.4.1.9.9.96.1.1.1.1.4.77 INTEGER 3 1.3.6.1.4.1.9.9.96.1.1.1.1.14.77 INTEGER 4"
		takeAway = "1.3.6.1.4.1.9.9.96.1.1.1.1.14.77 INTEGER 6"
		old      = "1.3.6.1.4.1.9.2.1.54.0 INTEGER 1"
	)
	refused := func(class, err error) error { return &switchctl.Error{Op: "set", Class: class, Err: err} }
	for _, tc := range []struct {
		name  string
		c     copier
		want  []string
		class error
		text  string
	}{
		{name: "at once", c: copier{states: []int64{copySuccessful}}, want: []string{create, takeAway}},
		{name: "after a while", c: copier{states: []int64{1, 2, 2, 2, copySuccessful}}, want: []string{create, takeAway}},
		{
			name: "failed", c: copier{states: []int64{2, copyFailed}, cause: 4}, want: []string{create, takeAway}, class: switchctl.ErrRejected,
			text: "sw: save configuration: rejected: the copy to the startup configuration failed: no memory",
		},
		{
			name: "failed for a cause that the MIB does not have", c: copier{states: []int64{copyFailed}, cause: 42}, want: []string{create, takeAway}, class: switchctl.ErrRejected,
			text: "sw: save configuration: rejected: the copy to the startup configuration failed: cause 42",
		},
		{
			name: "never ends", c: copier{states: []int64{2}, stop: func() {}}, want: []string{create, takeAway}, class: switchctl.ErrUnverified,
			text: "sw: save configuration: unverified: the copy to the startup configuration has not ended: context canceled",
		},
		{
			name: "row gone", c: copier{gone: true}, want: []string{create, takeAway}, class: switchctl.ErrUnverified,
			text: "sw: save configuration: unverified: the row of the copy is gone before it told how it ended",
		},
		{name: "old image", c: copier{refuse: refused(switchctl.ErrUnsupported, snmp.ErrNoCreation)}, want: []string{old}},
		{
			name: "neither", c: copier{refuse: refused(switchctl.ErrUnsupported, snmp.ErrNoCreation), old: refused(switchctl.ErrRejected, snmp.ErrNotWritable)},
			class: switchctl.ErrUnsupported,
			text: "sw: save configuration: unsupported: the switch takes neither ccCopyTable (set: unsupported: noCreation: the agent makes no such instance)" +
				" nor writeMem (set: rejected: notWritable: the object cannot be written)",
		},
		{name: "denied", c: copier{refuse: refused(switchctl.ErrDenied, snmp.ErrNoAccess)}, class: switchctl.ErrDenied},
		{name: "no answer", c: copier{refuse: refused(switchctl.ErrUnreachable, errors.New("timeout"))}, class: switchctl.ErrUnreachable},
		{
			name: "old image denies", c: copier{refuse: refused(switchctl.ErrUnsupported, snmp.ErrNoSuchName), old: refused(switchctl.ErrDenied, snmp.ErrNoAccess)},
			class: switchctl.ErrDenied,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			c := tc.c
			if c.stop != nil {
				c.stop = cancel
			}
			a := catalyst(t)
			a.OnSet = c.onSet
			a.Put(ccCopyEntry.Append(ccCopyFailCause, 77), snmp.Integer(c.cause))
			s := &stepping{Agent: a, c: &c}
			d := open(t, s, nil)
			d.SaveWith(c.saver().save)
			err := d.Save(ctx)
			if tc.class == nil && err != nil || tc.class != nil && !errors.Is(err, tc.class) {
				t.Fatalf("error is %v, want class %v", err, tc.class)
			}
			if tc.text != "" && err.Error() != tc.text {
				t.Errorf("error is\n%s\nwant\n%s", err, tc.text)
			}
			if d := cmp.Diff(tc.want, sets(a)); d != "" {
				t.Errorf("SET requests (-want +got):\n%s", d)
			}
			for i, w := range c.waits {
				if w < savePoll || w > savePollMost || i > 0 && w < c.waits[i-1] {
					t.Errorf("waits are %v", c.waits)
				}
			}
		})
	}
}

// stepping moves the copy one state on each time it is asked for.
type stepping struct {
	*snmptest.Agent
	c *copier
}

func (s *stepping) Get(ctx context.Context, oids ...snmp.OID) ([]snmp.Value, error) {
	v, err := s.Agent.Get(ctx, oids...)
	state := ccCopyEntry.Append(ccCopyState, 77)
	if err == nil && oids[0].Compare(state) == 0 && len(s.c.states) > 1 {
		s.c.states = s.c.states[1:]
		s.Agent.Put(state, snmp.Integer(s.c.states[0]))
	}
	return v, err
}

func TestNewSaver(t *testing.T) {
	t.Parallel()
	s := newSaver()
	for range 1000 {
		if i := s.index(); i < 1 || i > 1<<31-1 {
			t.Fatalf("row number %d", i)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.wait(ctx, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("wait gives %v after its context ended", err)
	}
	if err := s.wait(t.Context(), 0); err != nil {
		t.Error(err)
	}
}
