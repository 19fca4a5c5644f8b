package sim

import (
	"slices"
	"strings"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

// portFaults says for each fault of a port what it does to a port with a phone, and what cures it.
var portFaults = []struct {
	fault       Fault
	personality string // catalyst where ""
	shows       func(l *lab, p *port, before *device) bool
	cure        func(l *lab, p *port) // nil = only Heal
}{
	{fault: FaultWrongVLAN, shows: func(l *lab, p *port, d *device) bool {
		return l.num(vmVoiceVlanID, p.ifIndex) == 120 && slices.Equal(l.heard(d.mac), []uint16{120})
	}, cure: func(l *lab, p *port) { l.set(snmp.Integer(110), vmVoiceVlanID, p.ifIndex) }},
	{fault: FaultWrongVLAN, personality: "procurve", shows: func(l *lab, p *port, d *device) bool {
		return l.get("1.3.6.1.2.1.17.7.1.4.3.1.2", 120).Bit(int(p.bridge)-1) && slices.Equal(l.heard(d.mac), []uint16{120})
	}},
	{fault: FaultNoVoice, shows: func(l *lab, p *port, d *device) bool {
		return l.num(vmVoiceVlanID, p.ifIndex) == voiceNone && slices.Equal(l.heard(d.mac), []uint16{10})
	}, cure: func(l *lab, p *port) { l.set(snmp.Integer(110), vmVoiceVlanID, p.ifIndex) }},
	{fault: FaultNoVoice, personality: "standard", shows: func(l *lab, p *port, d *device) bool {
		return !l.get("1.3.6.1.2.1.17.7.1.4.3.1.2", 110).Bit(int(p.bridge)-1) && slices.Equal(l.heard(d.mac), []uint16{10})
	}, cure: func(l *lab, p *port) {
		b := l.get("1.3.6.1.2.1.17.7.1.4.3.1.2", 110).Bytes()
		b[(p.bridge-1)/8] |= 0x80 >> ((p.bridge - 1) % 8)
		l.set(snmp.Octets(b), "1.3.6.1.2.1.17.7.1.4.3.1.2", 110)
	}},
	{fault: FaultPowerOff, shows: func(l *lab, p *port, d *device) bool {
		return l.num(adminEnable, 1, uint32(p.pse.port)) == 2 && l.num("1.3.6.1.4.1.9.9.402.1.2.1.1", 1, uint32(p.pse.port)) == poeNever && l.heard(d.mac) == nil
	}, cure: func(l *lab, p *port) {
		l.set(snmp.Integer(poeAuto), "1.3.6.1.4.1.9.9.402.1.2.1.1", 1, uint32(p.pse.port))
	}},
	{fault: FaultDenied, shows: func(l *lab, p *port, d *device) bool {
		return l.get("1.3.6.1.4.1.9.9.402.1.2.1.5", 1, uint32(p.pse.port)).Bit(0) && l.num("1.3.6.1.2.1.105.1.1.1.12", 1, uint32(p.pse.port)) == 1 && l.heard(d.mac) == nil
	}},
	{fault: FaultDenied, personality: "juniper", shows: func(l *lab, p *port, d *device) bool {
		return l.num(detectionStatus, 1, uint32(p.pse.port)) == detectOtherFault && l.heard(d.mac) == nil
	}},
	{fault: FaultPoE, shows: func(l *lab, p *port, d *device) bool {
		return l.num(detectionStatus, 1, uint32(p.pse.port)) == detectFault && l.num("1.3.6.1.2.1.105.1.1.1.13", 1, uint32(p.pse.port)) > 0 && l.heard(d.mac) == nil
	}, cure: cyclePower},
	{fault: FaultSilent, shows: func(l *lab, p *port, d *device) bool {
		return l.num(detectionStatus, 1, uint32(p.pse.port)) == detectDelivering && l.num(ifOperStatus, p.ifIndex) == 2 && l.heard(d.mac) == nil
	}, cure: cyclePower},
	{fault: FaultMoved, shows: func(l *lab, p *port, d *device) bool {
		q := slices.IndexFunc(l.s.ports, func(q *port) bool { return q.dev == d })
		return q >= 0 && l.s.ports[q] != p && slices.Equal(l.heard(d.mac), []uint16{110})
	}},
	{fault: FaultUnknown, shows: func(l *lab, p *port, d *device) bool {
		known := slices.ContainsFunc(l.Phones(), func(ph Phone) bool { return ph.MAC == p.dev.mac })
		return l.state(p).InService && p.dev.mac != d.mac && !known && l.heard(d.mac) == nil
	}},
	{fault: FaultMissing, shows: func(l *lab, p *port, d *device) bool {
		return l.num(detectionStatus, 1, uint32(p.pse.port)) == detectSearching && l.num(ifOperStatus, p.ifIndex) == 2 && l.heard(d.mac) == nil
	}},
	{fault: FaultDuplicate, shows: func(l *lab, _ *port, d *device) bool {
		return slices.Contains(l.heard(d.mac), 110) && slices.Contains(l.heard(d.mac), 10)
	}},
	{
		fault: FaultWrongNative, shows: func(l *lab, p *port, _ *device) bool {
			return l.num("1.3.6.1.4.1.9.9.68.1.2.2.1.2", p.ifIndex) == vlanGuest
		},
		cure: func(l *lab, p *port) { l.set(snmp.Integer(10), "1.3.6.1.4.1.9.9.68.1.2.2.1.2", p.ifIndex) },
	},
	{
		fault: FaultWrongPriority, shows: func(l *lab, p *port, _ *device) bool {
			return l.num("1.3.6.1.2.1.105.1.1.1.7", 1, uint32(p.pse.port)) == 3
		},
		cure: func(l *lab, p *port) { l.set(snmp.Integer(2), "1.3.6.1.2.1.105.1.1.1.7", 1, uint32(p.pse.port)) },
	},
	{
		fault: FaultWrongLimit, shows: func(l *lab, p *port, _ *device) bool {
			return l.num("1.3.6.1.4.1.9.9.402.1.2.1.6", 1, uint32(p.pse.port)) == 15400
		},
		cure: func(l *lab, p *port) {
			l.set(snmp.Unsigned(30000), "1.3.6.1.4.1.9.9.402.1.2.1.6", 1, uint32(p.pse.port))
		},
	},
	{fault: FaultStalePolicy, shows: func(l *lab, p *port, d *device) bool {
		return l.num(vmVoiceVlanID, p.ifIndex) == 110 && l.num(remPolicyVLAN, append(lldpIndex(&scope{s: l.s}, p), 1, 64)...) == 120 && l.heard(d.mac) == nil
	}, cure: cyclePower},
	{fault: FaultDisagree, shows: func(l *lab, p *port, _ *device) bool {
		return l.num(vmVoiceVlanID, p.ifIndex) == 110 && l.num("1.0.8802.1.1.2.1.5.4795.1.2.1.1.2", p.lldp, 1, 64) == 120
	}},
	{fault: FaultDataOnly, shows: func(l *lab, p *port, d *device) bool {
		return l.num(remPolicyVLAN, append(lldpIndex(&scope{s: l.s}, p), 1, 64)...) == 0 && slices.Equal(l.heard(d.mac), []uint16{10})
	}},
	{fault: FaultLinkNoPower, shows: func(l *lab, p *port, d *device) bool {
		return l.num(detectionStatus, 1, uint32(p.pse.port)) == detectSearching && l.num(ifOperStatus, p.ifIndex) == 1 && slices.Equal(l.heard(d.mac), []uint16{110})
	}},
}

func cyclePower(l *lab, p *port) {
	l.set(snmp.Integer(2), adminEnable, 1, uint32(p.pse.port))
	l.pass(time.Second)
	l.set(snmp.Integer(1), adminEnable, 1, uint32(p.pse.port))
}

func TestPortFaults(t *testing.T) {
	t.Parallel()
	tested := map[Fault]bool{}
	for _, tc := range portFaults {
		tested[tc.fault] = true
		if tc.personality == "" {
			tc.personality = "catalyst"
		}
		t.Run(string(tc.fault)+" on "+tc.personality, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, Options{Personalities: []string{tc.personality}, Ports: 6, Phones: 1})
			strike := func() (*port, *device) {
				p := l.phonePort(func(p *port) bool { return !p.cfg.dot1x })
				d := p.dev
				if tc.shows(l, p, d) {
					t.Fatal("shows before it was made")
				}
				l.must(l.Break(l.s.name, p.name, tc.fault))
				l.pass(2 * boot)
				if st := l.state(p); !slices.Equal(st.Faults, []Fault{tc.fault}) {
					t.Errorf("faults are %v", st.Faults)
				}
				if !tc.shows(l, p, d) {
					t.Fatalf("does not show: %+v, heard in %v", l.state(p), l.heard(d.mac))
				}
				return p, d
			}
			whole := func(p *port, d *device, how string) {
				l.pass(2 * boot)
				st := l.state(p)
				if !st.InService || st.Phone != d.mac || len(st.Faults) > 0 || !slices.Equal(l.heard(d.mac), []uint16{110}) {
					t.Fatalf("%s: %+v, heard in %v", how, st, l.heard(d.mac))
				}
			}
			p, d := strike()
			l.must(l.Heal(l.s.name, p.name))
			whole(p, d, "healed")
			for _, q := range l.s.ports {
				if q.dev != q.home || len(q.strangers) > 0 {
					t.Errorf("port %s was left with something else", q.name)
				}
			}
			if tc.cure != nil {
				p, d = strike()
				tc.cure(l, p)
				whole(p, d, "cured")
			}
		})
	}
	for _, f := range Faults() {
		if !f.OfSwitch && !tested[f.Fault] {
			t.Errorf("fault %s has no test", f.Fault)
		}
	}
}

func TestSwitchFaults(t *testing.T) {
	t.Parallel()
	voice := "1.3.6.1.4.1.9.9.46.1.3.1.1.2" // vtpVlanState
	tests := map[Fault]func(l *lab) bool{
		FaultVLANMissing: func(l *lab) bool { return !l.get(voice, 1, 110).Exists() },
		FaultLossy:       func(l *lab) bool { return l.s.agent.Temper().Loss > 0 },
		FaultSlow:        func(l *lab) bool { return l.s.agent.Temper().Delay > 0 },
		FaultDead:        func(l *lab) bool { return l.s.agent.Temper().Dead },
		FaultLyingSet:    func(l *lab) bool { return l.s.agent.Temper().LyingSet },
		FaultReadOnly:    func(l *lab) bool { return l.s.agent.Temper().ReadOnly },
		FaultRenumber: func(l *lab) bool {
			p := l.s.port("Gi1/0/1")
			return p.ifIndex == 10102 && l.get("1.3.6.1.2.1.31.1.1.1.1", 10102).Text() == "Gi1/0/1" &&
				l.get("1.3.6.1.2.1.47.1.3.2.1.2", 1010, 0).Text() == "1.3.6.1.2.1.2.2.1.1.10102" && l.num("1.3.6.1.2.1.1.3.0") < 100*60*10
		},
	}
	for _, f := range Faults() {
		if !f.OfSwitch {
			continue
		}
		shows := tests[f.Fault]
		if shows == nil {
			t.Errorf("fault %s has no test", f.Fault)
			continue
		}
		t.Run(string(f.Fault), func(t *testing.T) {
			t.Parallel()
			l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 6, Phones: 1})
			if shows(l) {
				t.Fatal("shows before it was made")
			}
			l.must(l.Break(l.s.name, "", f.Fault))
			l.pass(2 * boot)
			if st, err := l.State(l.s.name); err != nil || !slices.Equal(st.Faults, []Fault{f.Fault}) {
				t.Errorf("faults are %v, %v", st.Faults, err)
			}
			if !shows(l) {
				t.Error("does not show")
			}
			if f.Fault == FaultRenumber {
				return // numbers do not come back
			}
			l.must(l.Heal(l.s.name, ""))
			l.pass(2 * boot)
			if shows(l) {
				t.Error("shows after it was healed")
			}
			if p := l.phonePort(nil); !l.state(p).InService || !slices.Equal(l.heard(p.dev.mac), []uint16{110}) {
				t.Errorf("healed: %+v", l.state(p))
			}
		})
	}
}

func TestBreakRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Switches: 4, Ports: 10, Phones: 0.3}) // one of each family
	free := func(s *Switch) string {
		i := slices.IndexFunc(s.ports, func(p *port) bool { return p.role == roleAccess && p.dev == nil })
		return s.ports[i].name
	}
	for _, tc := range []struct {
		name, sw, port string
		fault          Fault
		want           string
	}{
		{"no switch", "acc-9999", "", FaultDead, "no such switch"},
		{"no port", "acc-0001", "Gi9/0/1", FaultPowerOff, "no such access port"},
		{"an uplink", "acc-0001", "Te1/1/1", FaultPowerOff, "no such access port"},
		{"no fault", "acc-0001", "Gi1/0/1", "gremlins", "no such fault"},
		{"of a port", "acc-0001", "", FaultPowerOff, "needs a port"},
		{"of a switch", "acc-0001", "Gi1/0/1", FaultDead, "of a whole switch"},
		{"no phone", "acc-0001", free(l.switches[0]), FaultSilent, "no phone"},
		{"no CDP", "acc-0002", "1", FaultDisagree, "does not speak CDP"},
		{"no limit", "acc-0004", "1/1", FaultWrongLimit, "no limit"},
		{"fixed numbers", "acc-0002", "", FaultRenumber, "keeps its ifIndexes"},
	} {
		err := l.Break(tc.sw, tc.port, tc.fault)
		if err == nil || !strings.Contains(err.Error(), tc.want) || !strings.HasPrefix(err.Error(), "break "+tc.sw) {
			t.Errorf("%s: got %v, want %q", tc.name, err, tc.want)
		}
	}
}

// TestReadOnlyFamily has no object that can be written.
func TestReadOnlyFamily(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"juniper"}, Ports: 4, Phones: 1})
	for _, o := range l.s.kind.schema.Objects() {
		if o.Writable {
			t.Errorf("%s can be written", o.OID)
		}
	}
	if st := l.set(snmp.Integer(2), adminEnable, 1, 1); st != agent.NotWritable {
		t.Errorf("status %d, want notWritable", st)
	}
}

// TestHealAfterSeveral heals ports whose phones were swapped and replaced.
func TestHealAfterSeveral(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"standard"}, Ports: 6, Phones: 1})
	p := l.phonePort(nil)
	for _, f := range []Fault{FaultMoved, FaultWrongVLAN, FaultPowerOff, FaultUnknown} {
		l.must(l.Break(l.s.name, p.name, f))
	}
	for _, q := range l.s.ports {
		if q.role == roleAccess {
			l.must(l.Heal(l.s.name, q.name))
		}
	}
	l.pass(2 * boot)
	seen := map[discovery.MAC]bool{}
	for _, q := range l.s.ports {
		if q.role == roleAccess {
			st := l.state(q)
			if !st.InService || seen[st.Phone] || len(st.Faults) > 0 || q.dev != q.home {
				t.Errorf("%+v", st)
			}
			seen[st.Phone] = true
		}
	}
}

// TestLastChangeOfConfiguration dates only what somebody typed: a phone that is carried away changes no
// configuration, and a reader may keep what it read of it.
func TestLastChangeOfConfiguration(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 4, Phones: 1})
	p := l.phonePort(nil)
	for f, typed := range map[Fault]bool{FaultMissing: false, FaultSilent: false, FaultWrongVLAN: true, FaultPowerOff: true} {
		before := l.num("1.3.6.1.4.1.9.9.43.1.1.1.0") // ccmHistoryRunningLastChanged
		l.pass(time.Minute)
		l.must(l.Break(l.s.name, p.name, f))
		if after := l.num("1.3.6.1.4.1.9.9.43.1.1.1.0"); (after > before) != typed {
			t.Errorf("%s: last change %d, before %d", f, after, before)
		}
		l.must(l.Heal(l.s.name, p.name))
		l.pass(2 * boot)
	}
}
