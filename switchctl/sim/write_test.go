package sim

import (
	"slices"
	"testing"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
)

func TestWrites(t *testing.T) {
	t.Parallel()
	const (
		staticEgress   = "1.3.6.1.2.1.17.7.1.4.3.1.2"
		staticUntagged = "1.3.6.1.2.1.17.7.1.4.3.1.4"
		rowStatus      = "1.3.6.1.2.1.17.7.1.4.3.1.5"
		pvid           = "1.3.6.1.2.1.17.7.1.4.5.1.1"
		vmVlan         = "1.3.6.1.4.1.9.9.68.1.2.2.1.2"
	)
	ports := func(n ...int) snmp.Value {
		b := make([]byte, 2)
		for _, p := range n {
			b[(p-1)/8] |= 0x80 >> ((p - 1) % 8)
		}
		return snmp.Octets(b)
	}
	for _, tc := range []struct {
		name, family, oid string
		index             []uint32
		v                 snmp.Value
		want              agent.Status
	}{
		{"access VLAN", "catalyst", vmVlan, []uint32{10101}, snmp.Integer(20), agent.NoError},
		{"access VLAN as unsigned", "catalyst", vmVlan, []uint32{10101}, snmp.Unsigned(20), agent.WrongType},
		{"access VLAN 4095", "catalyst", vmVlan, []uint32{10101}, snmp.Integer(4095), agent.WrongValue},
		{"access VLAN of a trunk", "catalyst", vmVlan, []uint32{10149}, snmp.Integer(20), agent.NoCreation},
		{"voice VLAN 4097", "catalyst", vmVoiceVlanID, []uint32{10101}, snmp.Integer(4097), agent.WrongValue},
		{"limit", "catalyst", "1.3.6.1.4.1.9.9.402.1.2.1.6", []uint32{1, 1}, snmp.Unsigned(7000), agent.NoError},
		{"limit too low", "catalyst", "1.3.6.1.4.1.9.9.402.1.2.1.6", []uint32{1, 1}, snmp.Unsigned(100), agent.WrongValue},
		{"power of port 1.1 by ifIndex", "catalyst", adminEnable, []uint32{1, 10101}, snmp.Integer(2), agent.NoCreation},
		{"power neither true nor false", "catalyst", adminEnable, []uint32{1, 1}, snmp.Integer(0), agent.WrongValue},
		{"ifAdminStatus testing", "catalyst", ifAdminStatus, []uint32{10101}, snmp.Integer(3), agent.InconsistentValue},
		{"ifOperStatus", "catalyst", ifOperStatus, []uint32{10101}, snmp.Integer(2), agent.NotWritable},
		{"egress", "procurve", staticEgress, []uint32{110}, ports(1, 2, 3), agent.NoError},
		{"egress of a port that is not there", "procurve", staticEgress, []uint32{110}, ports(1, 16), agent.InconsistentValue},
		{"egress of a VLAN that is not there", "procurve", staticEgress, []uint32{111}, ports(1), agent.NoCreation},
		{"untagged", "standard", staticUntagged, []uint32{20}, ports(1), agent.NoError},
		{"pvid", "standard", pvid, []uint32{1}, snmp.Unsigned(20), agent.NoError},
		{"pvid of a VLAN that is not there", "standard", pvid, []uint32{1}, snmp.Unsigned(21), agent.InconsistentValue},
		{"pvid as integer", "standard", pvid, []uint32{1}, snmp.Integer(20), agent.WrongType},
		{"make a VLAN", "standard", rowStatus, []uint32{30}, snmp.Integer(rowCreateAndGo), agent.NoError},
		{"make a VLAN by active", "standard", rowStatus, []uint32{30}, snmp.Integer(rowActive), agent.WrongValue},
		{"make VLAN 5000", "standard", rowStatus, []uint32{5000}, snmp.Integer(rowCreateAndGo), agent.NoCreation},
		{"delete VLAN 1", "standard", rowStatus, []uint32{1}, snmp.Integer(rowDestroy), agent.InconsistentValue},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, Options{Personalities: []string{tc.family}, Ports: 10, Phones: 1})
			before := l.get(tc.oid, tc.index...)
			if st := l.set(tc.v, tc.oid, tc.index...); st != tc.want {
				t.Fatalf("status %d, want %d", st, tc.want)
			}
			after := l.get(tc.oid, tc.index...)
			switch {
			case tc.want != agent.NoError:
				if after != before {
					t.Errorf("refused, but %q became %q", before.Text(), after.Text())
				}
			case tc.v.Kind == snmp.KindOctets:
				if !slices.Equal(after.Bytes(), tc.v.Bytes()) {
					t.Errorf("reads back as %x, want %x", after.Bytes(), tc.v.Bytes())
				}
			case tc.v != snmp.Integer(rowCreateAndGo) && after != tc.v:
				t.Errorf("reads back as %q, want %q", after.Text(), tc.v.Text())
			case !after.Exists():
				t.Error("was not made")
			}
		})
	}
}

// TestMemberships moves a port from VLAN to VLAN by PortLists, in both orders of the two lists.
func TestMemberships(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"standard"}, Ports: 8, Phones: 1})
	p := l.s.port("1/3")
	put := func(column string, vlan uint32, in bool) {
		b := l.get(column, vlan).Bytes()
		b[0] &^= 0x80 >> 2
		if in {
			b[0] |= 0x80 >> 2
		}
		if st := l.set(snmp.Octets(b), column, vlan); st != agent.NoError {
			t.Fatalf("status %d", st)
		}
	}
	const egress, untagged = "1.3.6.1.2.1.17.7.1.4.3.1.2", "1.3.6.1.2.1.17.7.1.4.3.1.4"
	check := func(when string, pvid uint16, tagged ...uint16) {
		t.Helper()
		st := l.state(p)
		if st.Untagged != pvid || !slices.Equal(st.Tagged, tagged) {
			t.Errorf("%s: untagged %d, tagged %v; want %d, %v", when, st.Untagged, st.Tagged, pvid, tagged)
		}
		if got := l.num("1.3.6.1.2.1.17.7.1.4.5.1.1", 3); got != int64(pvid) {
			t.Errorf("%s: dot1qPvid is %d, want %d", when, got, pvid)
		}
	}
	check("at first", 10, 110)
	put(egress, 20, true)
	check("tagged in 20", 10, 20, 110)
	put(untagged, 20, true)
	check("untagged in 20", 20, 110)
	put(egress, 110, false)
	check("out of 110", 20)
	put(egress, 20, false)
	check("out of 20", vlanDefault)
	if st := l.set(snmp.Integer(rowDestroy), "1.3.6.1.2.1.17.7.1.4.3.1.5", 10); st != agent.NoError {
		t.Fatalf("status %d", st)
	}
	if q := l.s.port("1/4"); q.cfg.pvid != vlanDefault {
		t.Errorf("port of a deleted VLAN is in %d", q.cfg.pvid)
	}
}

// TestVlanCreation makes a VLAN by a typo, as a Catalyst does unless it is told not to.
func TestVlanCreation(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 4, Phones: 1})
	vmVlan, state := "1.3.6.1.4.1.9.9.68.1.2.2.1.2", "1.3.6.1.4.1.9.9.46.1.3.1.1.4"
	l.set(snmp.Integer(33), vmVlan, 10101)
	if got := l.get(state, 1, 33).Text(); got != "VLAN0033" {
		t.Errorf("VLAN 33 is %q", got)
	}
	l.set(snmp.Integer(2), "1.3.6.1.4.1.9.9.68.1.2.4.0")
	if st := l.set(snmp.Integer(34), vmVlan, 10101); st != agent.InconsistentValue || l.get(state, 1, 34).Exists() {
		t.Errorf("status %d with vmVlanCreationMode manual", st)
	}
}

// TestConfigCopy saves with CISCO-CONFIG-COPY-MIB as a manager does: all columns in one PDU, then
// polling.
func TestConfigCopy(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 4, Phones: 1})
	column := func(n uint32) snmp.OID { return snmp.MustOID("1.3.6.1.4.1.9.9.96.1.1.1.1").Append(n, 77) }
	l.set(snmp.Integer(120), vmVoiceVlanID, 10101)
	saved := func() bool {
		st, err := l.State(l.s.name)
		l.must(err)
		return st.Saved
	}
	if saved() {
		t.Fatal("saved before it was saved")
	}
	row := func(from, to int64) {
		l.s.Lock()
		defer l.s.Unlock()
		var commits []func()
		for _, c := range []struct{ col, v uint32 }{{14, rowCreateAndGo}, {3, uint32(from)}, {4, uint32(to)}} {
			commit, st := l.s.View("").Check(column(c.col), snmp.Integer(int64(c.v)))
			if st != agent.NoError {
				t.Fatalf("column %d: status %d", c.col, st)
			}
			commits = append(commits, commit)
		}
		for _, commit := range commits {
			commit()
		}
	}
	row(fileRunning, fileStartup)
	if got := l.num(column(10).String()); got != copyRunning || saved() {
		t.Errorf("at once: state %d, saved %v; want running", got, saved())
	}
	l.pass(copyTime)
	if got := l.num(column(10).String()); got != copySuccessful || !saved() {
		t.Errorf("later: state %d, saved %v; want successful", got, saved())
	}
	if st := l.set(snmp.Integer(fileStartup), column(3).String()); st != agent.InconsistentValue {
		t.Errorf("changing a row that ran: status %d", st)
	}
	l.set(snmp.Integer(rowDestroy), column(14).String())
	if l.get(column(10).String()).Exists() {
		t.Error("the row is still there")
	}
	row(fileStartup, 1)
	if got := l.num(column(10).String()); got != copyFailed {
		t.Errorf("copy to a network file: state %d, want failed", got)
	}
}

// TestFlashWrites counts what SETs cost on AOS-S.
func TestFlashWrites(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"procurve"}, Ports: 8, Phones: 1})
	const implicit = "1.3.6.1.4.1.11.2.14.11.5.1.7.1.29.1.11.0"
	writes := func() int {
		st, err := l.State(l.s.name)
		l.must(err)
		return st.FlashWrites
	}
	l.set(snmp.Integer(2), adminEnable, 1, 1)
	l.set(snmp.Integer(1), adminEnable, 1, 1)
	if writes() != 2 {
		t.Errorf("%d writes, want 2", writes())
	}
	l.set(snmp.Integer(2), implicit)
	l.set(snmp.Integer(2), adminEnable, 1, 1)
	if st, err := l.State(l.s.name); err != nil || st.FlashWrites != 2 || st.Saved {
		t.Errorf("with the guard: %d writes, saved %v, %v", st.FlashWrites, st.Saved, err)
	}
	l.must(l.Reboot(l.s.name))
	if l.num(implicit) != 1 || l.num(adminEnable, 1, 1) != 1 {
		t.Errorf("after a restart: implicit save %d, power %d; want both back", l.num(implicit), l.num(adminEnable, 1, 1))
	}
}
