package sim

import (
	"slices"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

const (
	adminEnable     = "1.3.6.1.2.1.105.1.1.1.3"
	detectionStatus = "1.3.6.1.2.1.105.1.1.1.6"
	ifAdminStatus   = "1.3.6.1.2.1.2.2.1.7"
	ifOperStatus    = "1.3.6.1.2.1.2.2.1.8"
	lldpLastChange  = "1.0.8802.1.1.2.1.2.1.0"
	remSysName      = "1.0.8802.1.1.2.1.4.1.1.9"
	remPolicyVLAN   = "1.0.8802.1.1.2.1.5.4795.1.3.2.1.2"
	vmVoiceVlanID   = "1.3.6.1.4.1.9.9.68.1.5.1.1.1"
	cdpDeviceID     = "1.3.6.1.4.1.9.9.23.1.2.1.1.6"
)

// rows counts the rows under a column.
func (l *lab) rows(column string) (n int) {
	l.s.Lock()
	defer l.s.Unlock()
	v, root := l.s.View(""), snmp.MustOID(column)
	p := v.Seek(root)
	for oid := range walkFrom(v, p) {
		if !oid.HasPrefix(root) {
			break
		}
		n++
	}
	return n
}

// TestPowerOffAndOn follows a phone through the steps of its life on every family.
func TestPowerOffAndOn(t *testing.T) {
	t.Parallel()
	for _, name := range Personalities() {
		if name == "juniper" {
			continue // nothing can be written; TestReadOnlyFamily
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, Options{Personalities: []string{name}, Ports: 8, Phones: 1})
			p := l.phonePort(nil)
			g, n := uint32(p.pse.group), uint32(p.pse.port)
			lldp, mac := l.rows(remSysName), p.dev.mac
			if st := l.state(p); !st.InService || !slices.Equal(l.heard(mac), []uint16{110}) || !st.Delivers || !st.LinkUp {
				t.Fatalf("before: %+v, heard in %v", st, l.heard(mac))
			}
			changed := l.num(lldpLastChange)

			l.pass(time.Minute)
			if st := l.set(snmp.Integer(2), adminEnable, g, n); st != agent.NoError {
				t.Fatalf("set: status %d", st)
			}
			if d, up := l.num(detectionStatus, g, n), l.num(ifOperStatus, p.ifIndex); d != detectDisabled || up != 2 {
				t.Errorf("without power: detection status %d, link %d; want disabled and down", d, up)
			}
			if got := l.rows(remSysName); got != lldp-1 || l.heard(mac) != nil {
				t.Errorf("without power: %d neighbours, want %d; address heard in %v", got, lldp-1, l.heard(mac))
			}
			if now := l.num(lldpLastChange); now <= changed {
				t.Errorf("lldpStatsRemTablesLastChangeTime stayed at %d", now)
			}

			l.set(snmp.Integer(1), adminEnable, g, n)
			for _, step := range []struct {
				after          time.Duration
				detect, link   int64
				neighbors      int
				adopted, heard bool
				inService      bool
			}{
				{0, detectDelivering, 2, lldp - 1, false, false, false},
				{boot * 29 / 100, detectDelivering, 2, lldp - 1, false, false, false},
				{boot * 2 / 100, detectDelivering, 1, lldp - 1, false, false, false},
				{boot * 20 / 100, detectDelivering, 1, lldp, false, false, false},
				{boot * 30 / 100, detectDelivering, 1, lldp, true, true, false},
				{boot * 20 / 100, detectDelivering, 1, lldp, true, true, true},
			} {
				l.pass(step.after)
				st := l.state(p)
				if d, up := l.num(detectionStatus, g, n), l.num(ifOperStatus, p.ifIndex); d != step.detect || up != step.link {
					t.Errorf("%v later: detection status %d, link %d; want %d, %d", step.after, d, up, step.detect, step.link)
				}
				if got := l.rows(remSysName); got != step.neighbors {
					t.Errorf("%v later: %d neighbours, want %d", step.after, got, step.neighbors)
				}
				if adopted := st.Adopted.VLAN == 110; adopted != step.adopted || (l.heard(mac) != nil) != step.heard || st.InService != step.inService {
					t.Errorf("%v later: adopted %v, heard in %v, in service %v", step.after, st.Adopted, l.heard(mac), st.InService)
				}
			}
		})
	}
}

// TestBounce takes the link down: on a Catalyst that takes power too, on AOS-S it does not.
func TestBounce(t *testing.T) {
	t.Parallel()
	for name, delivers := range map[string]bool{"catalyst": false, "procurve": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, Options{Personalities: []string{name}, Ports: 4, Phones: 1})
			p := l.phonePort(nil)
			l.set(snmp.Integer(2), ifAdminStatus, p.ifIndex)
			if st := l.state(p); st.LinkUp || st.Delivers != delivers || l.heard(p.dev.mac) != nil {
				t.Errorf("down: %+v, want power %v", st, delivers)
			}
			l.set(snmp.Integer(1), ifAdminStatus, p.ifIndex)
			l.pass(boot)
			if st := l.state(p); !st.InService || !slices.Equal(l.heard(p.dev.mac), []uint16{110}) {
				t.Errorf("up again: %+v, heard in %v", st, l.heard(p.dev.mac))
			}
		})
	}
}

// TestPhoneFollowsItsSwitch changes the voice VLAN while the phone runs.
func TestPhoneFollowsItsSwitch(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 12, Phones: 1})
	for _, speaksCDP := range []bool{true, false} {
		p := l.phonePort(func(p *port) bool { return p.dev.model.cdp == speaksCDP })
		index := append(lldpIndex(&scope{s: l.s}, p), 1, 64)
		for _, tc := range []struct {
			voice    int64
			vlan     int64
			heard    uint16
			untagged bool
		}{{120, 120, 120, false}, {voiceNone, 0, 10, true}, {voiceUntagged, 0, 10, true}, {voiceDot1p, 0, 10, false}, {110, 110, 110, false}} {
			if st := l.set(snmp.Integer(tc.voice), vmVoiceVlanID, p.ifIndex); st != agent.NoError {
				t.Fatalf("set: status %d", st)
			}
			before := l.heard(p.dev.mac)
			l.pass(boot / 10)
			if d := l.heard(p.dev.mac); len(before) > 0 && tc.voice != 120 && len(d) > 0 && d[0] == tc.heard && tc.heard != before[0] {
				t.Errorf("voice %d: adopted at once", tc.voice)
			}
			l.pass(boot)
			if got := l.num(remPolicyVLAN, index...); got != tc.vlan || !slices.Equal(l.heard(p.dev.mac), []uint16{tc.heard}) {
				t.Errorf("CDP %v, voice %d: says VLAN %d, heard in %v; want %d and %d", speaksCDP, tc.voice, got, l.heard(p.dev.mac), tc.vlan, tc.heard)
			}
		}
	}
}

// TestCDPSwitchedOff leaves LLDP-MED to a phone that prefers CDP.
func TestCDPSwitchedOff(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 12, Phones: 1})
	p := l.phonePort(func(p *port) bool { return p.dev.model.cdp })
	if l.get(cdpDeviceID, p.ifIndex, p.dev.cdpIdx).Text() != p.dev.phone.Name {
		t.Fatalf("CDP neighbour is %q", l.get(cdpDeviceID, p.ifIndex, p.dev.cdpIdx).Text())
	}
	l.set(snmp.Integer(2), "1.3.6.1.4.1.9.9.23.1.1.1.1.2", p.ifIndex)
	l.pass(boot)
	if st := l.state(p); st.Adopted.VLAN != 110 || l.get(cdpDeviceID, p.ifIndex, p.dev.cdpIdx).Exists() {
		t.Errorf("adopted %v; CDP neighbour still there: %v", st.Adopted, l.get(cdpDeviceID, p.ifIndex, p.dev.cdpIdx).Exists())
	}
	l.set(snmp.Integer(4), "1.0.8802.1.1.2.1.1.6.1.2", p.lldp)
	l.pass(boot)
	if st := l.state(p); st.Adopted.Mode != discovery.VoiceUntagged {
		t.Errorf("with nothing told: adopted %v, want untagged", st.Adopted)
	}
}

// TestBudgetDenies has power for fewer phones than there are, and deals it out by priority.
func TestBudgetDenies(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 24, Phones: 1, PoEBudget: 40})
	var denied []*port
	reserved := uint32(0)
	for _, p := range l.s.ports {
		if p.pse.group == 0 {
			continue
		}
		reserved += p.pse.alloc
		bits := l.get("1.3.6.1.4.1.9.9.402.1.2.1.5", 1, uint32(p.pse.port))
		if count := l.num("1.3.6.1.2.1.105.1.1.1.12", 1, uint32(p.pse.port)); p.pse.refused && count == 0 || bits.Bit(0) != p.pse.refused {
			t.Errorf("port %s: refused %v, counter %d, cpeExtPsePortAdditionalStatus deny %v", p.name, p.pse.refused, count, bits.Bit(0))
		}
		if p.pse.refused {
			denied = append(denied, p)
		}
	}
	if len(denied) == 0 || reserved > 40_000 {
		t.Fatalf("%d denied, %d mW reserved of 40 W", len(denied), reserved)
	}
	if used := l.num("1.3.6.1.4.1.9.9.402.1.3.1.4", 1); used != int64(reserved) {
		t.Errorf("cpeExtMainPseUsedPower is %d, want %d", used, reserved)
	}
	p := denied[len(denied)-1]
	l.set(snmp.Integer(1), "1.3.6.1.2.1.105.1.1.1.7", 1, uint32(p.pse.port))
	l.pass(boot)
	if st := l.state(p); !st.InService || st.Denied {
		t.Errorf("critical port: %+v", st)
	}
}

func TestRebootLosesWhatWasNotSaved(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 4, Phones: 1})
	p := l.phonePort(nil)
	l.set(snmp.Integer(120), vmVoiceVlanID, p.ifIndex)
	l.must(l.Reboot(l.s.name))
	if up := l.num("1.3.6.1.2.1.1.3.0"); up != 0 {
		t.Errorf("sysUpTime is %d", up)
	}
	if st := l.state(p); st.Voice.VLAN != 110 || st.InService || st.LinkUp {
		t.Errorf("after a restart: %+v", st)
	}
	l.pass(boot)
	if st := l.state(p); !st.InService {
		t.Errorf("booted: %+v", st)
	}
	l.set(snmp.Integer(120), vmVoiceVlanID, p.ifIndex)
	l.set(snmp.Integer(1), "1.3.6.1.4.1.9.2.1.54.0") // writeMem
	l.must(l.Reboot(l.s.name))
	if st := l.state(p); st.Voice.VLAN != 120 {
		t.Errorf("saved before the restart: voice VLAN %d, want 120", st.Voice.VLAN)
	}
}

// TestLateReaderSeesTheSame reads one campus at every step and another only at the end.
func TestLateReaderSeesTheSame(t *testing.T) {
	t.Parallel()
	var heard [2]int64
	for i, steps := range []int{50, 1} {
		l := newLab(t, Options{Personalities: []string{"standard"}, Ports: 4, Phones: 1})
		p := l.phonePort(nil)
		l.set(snmp.Integer(2), adminEnable, 1, uint32(p.pse.port))
		l.set(snmp.Integer(1), adminEnable, 1, uint32(p.pse.port))
		for range steps {
			l.pass(2 * boot / time.Duration(steps))
			heard[i] = l.num(lldpLastChange)
		}
	}
	if heard[0] != heard[1] {
		t.Errorf("last change of the LLDP tables: %d read often, %d read once", heard[0], heard[1])
	}
}

func TestSameSeedSameCampus(t *testing.T) {
	t.Parallel()
	o := Options{Switches: 3, Seed: 5, Ports: 24}
	a, b := newLab(t, o), newLab(t, o)
	if !slices.Equal(a.Phones(), b.Phones()) {
		t.Error("the same seed gives other phones")
	}
	o.Seed = 6
	if c := newLab(t, o); slices.Equal(a.Phones(), c.Phones()) {
		t.Error("another seed gives the same phones")
	}
	seen := map[discovery.MAC]bool{}
	for _, p := range a.Phones() {
		if seen[p.MAC] || p.Port == "" || p.Switch == "" || p.Extension == "" || p.Model == "" {
			t.Errorf("phone %+v", p)
		}
		seen[p.MAC] = true
	}
}
