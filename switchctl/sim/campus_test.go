package sim

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp/snmprec"
)

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		first string
		k     int
		want  string
	}{
		{"127.1.0.1", 0, "127.1.0.1"},
		{"127.1.0.1", 253, "127.1.0.254"},
		{"127.1.0.1", 254, "127.1.1.1"},
		{"127.1.0.250", 5, "127.1.1.1"},
		{"127.1.0.1", 254 * 256, "127.2.0.1"},
		{"127.1.0.1", 4999, "127.1.19.174"},
	} {
		got, err := addressAt(netip.MustParseAddr(tc.first), tc.k)
		if err != nil || got.String() != tc.want {
			t.Errorf("%d from %s on: %s, %v; want %s", tc.k, tc.first, got, err, tc.want)
		}
	}
	if _, err := addressAt(netip.MustParseAddr("127.1.0.0"), 1); err == nil {
		t.Error("took an address that ends in 0")
	}
}

func TestNewJoinsMistakes(t *testing.T) {
	t.Parallel()
	_, err := New(Options{Ports: 1000, Phones: 2, Personalities: []string{"toaster"}, Listen: netip.MustParseAddrPort("10.0.0.1:161"), DataVLAN: 99, Loss: 1})
	if err == nil {
		t.Fatal("took it")
	}
	for _, want := range []string{"0 switches", "1000 ports", "share of phones is 2", `"toaster"`, "10.0.0.1:161 is no IPv4 loopback", "VLAN 99", "loss is 1"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not tell %q:\n%v", want, err)
		}
	}
	if _, err := New(Options{Switches: 1, Users: []User{{Name: "u", AuthKey: "secret-key"}}}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("user without protocol: %v", err)
	}
	if _, err := New(Options{Switches: 2000, Listen: netip.MustParseAddrPort("127.255.250.1:161")}); err == nil || !strings.Contains(err.Error(), "leave 127.0.0.0/8") {
		t.Errorf("end of the loopback net: %v", err)
	}
}

func TestRunNamesAddress(t *testing.T) {
	t.Parallel()
	c := run(t, Options{Switches: 1, Ports: 2})
	busy := netip.MustParseAddrPort(c.Switches()[0].Address)
	d, err := New(Options{Switches: 1, Ports: 2, Listen: busy})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Run(context.Background()); err == nil || !strings.Contains(err.Error(), busy.String()) {
		t.Errorf("got %v, want an error that names %s", err, busy)
	}
	if err := d.Run(context.Background()); err == nil {
		t.Error("ran twice")
	}
	select {
	case <-d.Ready():
		t.Error("is ready")
	default:
	}
}

func client(t testing.TB, address, community string) *gosnmp.GoSNMP {
	t.Helper()
	at := netip.MustParseAddrPort(address)
	g := &gosnmp.GoSNMP{Target: at.Addr().String(), Port: at.Port(), Community: community, Version: gosnmp.Version2c, Timeout: 5 * time.Second, MaxRepetitions: 50, MaxOids: 60}
	if err := g.Connect(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Conn.Close() })
	return g
}

// TestCampusRuns reads the name of each of many switches, and what was counted.
func TestCampusRuns(t *testing.T) {
	t.Parallel()
	c := run(t, Options{Switches: 20, Ports: 8})
	families := map[string]int{}
	for _, s := range c.Switches() {
		families[s.Personality]++
		got, err := client(t, s.Address, "public").Get([]string{"1.3.6.1.2.1.1.5.0"})
		if err != nil || string(got.Variables[0].Value.([]byte)) != s.Name {
			t.Errorf("%s at %s: %v, %v", s.Name, s.Address, got, err)
		}
	}
	if d := cmp.Diff(map[string]int{"catalyst": 5, "procurve": 5, "juniper": 5, "standard": 5}, families); d != "" {
		t.Error(d)
	}
	if n := c.Counters(""); n.Get != 20 || n.PDUs() != 20 || n.Variables != 20 || n.Octets == 0 {
		t.Errorf("counted %+v", n)
	}
	if n := c.Counters("acc-0003"); n.PDUs() != 1 {
		t.Errorf("acc-0003 counted %+v", n)
	}
}

// TestRecordingIsServed serves a recording beside a switch, to any community, and keeps what is written.
func TestRecordingIsServed(t *testing.T) {
	t.Parallel()
	walk, err := snmprec.Read(strings.NewReader("1.3.6.1.2.1.1.5.0|4|old\n1.3.6.1.2.1.1.1.0|4|a box\n1.3.6.1.2.1.1.5.0|4|twice\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := run(t, Options{Switches: 1, Ports: 2, Recordings: []Recording{{Name: "rec", Walk: walk}, {Name: "fixed", Walk: walk, ReadOnly: true}}})
	sw := c.Switches()
	if sw[1].Name != "rec" || sw[1].Personality != "" {
		t.Fatalf("second is %+v", sw[1])
	}
	g := client(t, sw[1].Address, "whatever@7")
	rows, err := g.BulkWalkAll("1.3.6.1")
	if err != nil || len(rows) != 2 || string(rows[1].Value.([]byte)) != "old" {
		t.Errorf("walk gives %v, %v", rows, err)
	}
	set := gosnmp.SnmpPDU{Name: "1.3.6.1.2.1.1.5.0", Type: gosnmp.OctetString, Value: "new"}
	if got, err := g.Set([]gosnmp.SnmpPDU{set}); err != nil || got.Error != gosnmp.NoError {
		t.Errorf("set: %v, %v", got, err)
	}
	if got, err := g.Get([]string{set.Name}); err != nil || string(got.Variables[0].Value.([]byte)) != "new" {
		t.Errorf("get: %v, %v", got, err)
	}
	fixed := client(t, sw[2].Address, "public")
	if got, err := fixed.Set([]gosnmp.SnmpPDU{set}); err != nil || got.Error != gosnmp.NoAccess {
		t.Errorf("set of a read-only recording: %v, %v", got, err)
	}
	if n := c.Counters("rec"); n.Written != 1 {
		t.Errorf("counted %+v", n)
	}
}

// TestPerVLANBridges reads the forwarding database of each VLAN of a Catalyst in its own context.
func TestPerVLANBridges(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 12, Phones: 1})
	p := l.phonePort(func(p *port) bool { return !p.dev.pc.IsZero() })
	const fdbPort, basePort = "1.3.6.1.2.1.17.4.3.1.2", "1.3.6.1.2.1.17.1.4.1.2"
	for _, tc := range []struct {
		context   string
		phone, pc bool
	}{{"vlan-110", true, false}, {"vlan-10", false, true}, {"", false, false}, {"vlan-99", false, false}} {
		phone, _ := l.getIn(tc.context, fdbPort, macIndex(p.dev.mac)...).Int()
		pc, _ := l.getIn(tc.context, fdbPort, macIndex(p.dev.pc)...).Int()
		if (phone == int64(p.bridge)) != tc.phone || (pc == int64(p.bridge)) != tc.pc {
			t.Errorf("context %q: phone on port %d, PC on port %d, want %v and %v on %d", tc.context, phone, pc, tc.phone, tc.pc, p.bridge)
		}
		n, _ := l.getIn(tc.context, basePort, p.bridge).Int()
		if (n == int64(p.ifIndex)) != (tc.phone || tc.pc) {
			t.Errorf("context %q: bridge port %d is ifIndex %d", tc.context, p.bridge, n)
		}
	}
	l.s.Lock()
	defer l.s.Unlock()
	for _, context := range []string{"vlan-111", "vlan-0", "vlan-", "vlan-x", "other"} {
		if l.s.View(context) != nil {
			t.Errorf("there is a context %q", context)
		}
	}
}

// TestUplinks looks for what marks ports that must be left alone.
func TestUplinks(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 12})
	var up, members, controlled int
	ports, err := l.Ports(l.s.name)
	l.must(err)
	for _, st := range ports {
		i := uint32(st.IfIndex)
		up += b2i(st.Uplink && st.LinkUp)
		members += b2i(st.LAG)
		controlled += b2i(st.Dot1X)
		if trunk := l.num("1.3.6.1.4.1.9.9.46.1.6.1.1.14", i) == 1; trunk != (st.Uplink && st.LinkUp) {
			t.Errorf("%s: trunking %v", st.Name, trunk)
		}
		if lag := l.num("1.2.840.10006.300.43.1.2.1.1.13", i) == 5001; lag != st.LAG {
			t.Errorf("%s: member of the aggregate %v", st.Name, lag)
		}
		if auto := l.num("1.0.8802.1.1.1.1.2.1.1.6", i) == 2; auto != st.Dot1X {
			t.Errorf("%s: 802.1X %v", st.Name, auto)
		}
	}
	if up != 2 || members != 2 || controlled != 1 {
		t.Errorf("%d uplinks up, %d members, %d under 802.1X; want 2, 2, 1", up, members, controlled)
	}
	if n := l.heard(macOf(ouiCore, 0xfe0000+110)); len(n) != 1 || n[0] != 110 {
		t.Errorf("router of the voice VLAN heard in %v", n)
	}
}

// TestStack has the numbers of a stack of three as a recorded one has them.
func TestStack(t *testing.T) {
	t.Parallel()
	l := newLab(t, Options{Personalities: []string{"catalyst"}, Ports: 144, Phones: 0.5})
	p := l.s.port("Gi2/0/25")
	if p == nil || p.ifIndex != 10625 || p.bridge != 81 || p.ent != 2034 || p.pse != (pse{group: 2, port: 25, detect: p.pse.detect, alloc: p.pse.alloc, maxDrawn: p.pse.maxDrawn}) {
		t.Errorf("Gi2/0/25 is %+v", p)
	}
	if n := l.rows("1.3.6.1.2.1.105.1.3.1.1.2"); n != 3 {
		t.Errorf("%d power groups", n)
	}
}

func BenchmarkFullBulk(b *testing.B) {
	c, err := New(Options{Switches: 1, Ports: 48, Phones: 1, Personalities: []string{"catalyst"}})
	if err != nil {
		b.Fatal(err)
	}
	for _, table := range []struct{ name, oid string }{
		{"ifTable", "1.3.6.1.2.1.2.2.1.7"}, {"lldpRemTable", "1.0.8802.1.1.2.1.4.1.1.9"}, {"cpeExtPsePortTable", "1.3.6.1.4.1.9.9.402.1.2.1.7"},
	} {
		b.Run(table.name, func(b *testing.B) {
			p := gosnmp.SnmpPacket{
				Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.GetBulkRequest, RequestID: 1, MaxRepetitions: 100,
				Variables: []gosnmp.SnmpPDU{{Name: table.oid, Type: gosnmp.Null}}, Logger: gosnmp.NewLogger(nil),
			}
			req, err := p.MarshalMsg()
			if err != nil {
				b.Fatal(err)
			}
			in, out := make([]byte, len(req)), make([]byte, 0, 2000)
			before := c.Counters("")
			b.ReportAllocs()
			for b.Loop() {
				copy(in, req)
				out = c.switches[0].agent.Handle(out[:0], in)
			}
			n := c.Counters("")
			b.ReportMetric(float64(n.Variables-before.Variables)/float64(n.Bulk-before.Bulk), "variables/op")
			b.ReportMetric(float64(len(out)), "octets")
		})
	}
}

// BenchmarkNew tells what a campus of 500 switches costs to build.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := New(Options{Switches: 500, Ports: 48, Phones: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
