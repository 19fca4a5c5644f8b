package neighbors_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

var (
	start    = time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	phoneMAC = discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}
	pcMAC    = discovery.MAC{0x3c, 0x97, 0x0e, 0x01, 0x02, 0x03}
)

// ipID is a chassis id of a network address (IEEE 802.1AB clause 8.5.2.2, subtype 5).
func ipID(octets ...byte) lldp.ID {
	return lldp.ID{Subtype: lldp.ChassisNetwork, Value: string(append([]byte{1}, octets...))}
}

// phone is an LLDPDU as a Cisco phone says it.
func phone(change ...func(*lldp.PDU)) *lldp.PDU {
	p := &lldp.PDU{
		Chassis: ipID(10, 21, 13, 86), Port: lldp.ID{Subtype: lldp.PortLocal, Value: "0021D8BA0965:P1"}, TTL: 180,
		Has:        lldp.HasSystemName | lldp.HasCapabilities | lldp.HasMED,
		SystemName: "SEP0021D8BA0965", Capabilities: lldp.Capabilities{Supported: 0x24, Enabled: 0x24},
		MED:      lldp.MEDCapabilities{Bits: 0x33, Class: discovery.MEDClassIII},
		Policies: []lldp.NetworkPolicy{{Application: lldp.AppVoice, Tagged: true, VLAN: 110, PCP: 5, DSCP: 46}},
	}
	for _, c := range change {
		c(p)
	}
	return p
}

// pc is an LLDPDU as the PC behind the phone says it.
func pc(change ...func(*lldp.PDU)) *lldp.PDU {
	p := &lldp.PDU{
		Chassis: lldp.MACID(lldp.ChassisMAC, pcMAC), Port: lldp.MACID(lldp.PortMAC, pcMAC), TTL: 120,
		Has: lldp.HasSystemName | lldp.HasCapabilities, SystemName: "desk-7", Capabilities: lldp.Capabilities{Supported: 0x80, Enabled: 0x80},
	}
	for _, c := range change {
		c(p)
	}
	return p
}

// cdpPhone is the packet of the same phone.
func cdpPhone(change ...func(*cdp.Packet)) *cdp.Packet {
	p := &cdp.Packet{
		Version: 2, TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasPlatform | cdp.HasConsumption | cdp.HasQuery,
		DeviceID: "SEP0021D8BA0965", PortID: "Port 1", Capabilities: 0x490, Platform: "Cisco IP Phone 7962", Consumption: 6300, Query: "\x20\x02\x00\x01",
	}
	for _, c := range change {
		c(p)
	}
	return p
}

// seen is a change in few words.
type seen struct {
	Kind neighbors.Kind
	Name string
	Why  string
}

func brief(cs []neighbors.Change) (out []seen) {
	for _, c := range cs {
		out = append(out, seen{c.Kind, string(c.Neighbor.Protocol) + " " + c.Neighbor.ChassisID, c.Why})
	}
	return out
}

func expect(t *testing.T, what string, got []neighbors.Change, want ...seen) {
	t.Helper()
	if diff := cmp.Diff(want, brief(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func after(seconds int) time.Time { return start.Add(time.Duration(seconds) * time.Second) }

const (
	phoneIs = "lldp 10.21.13.86"
	pcIs    = "lldp 3c:97:0e:01:02:03"
	cdpIs   = "cdp SEP0021D8BA0965"
)

func TestNewAndAgain(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	expect(t, "first", n.HearLLDP(phone(), phoneMAC, start), seen{neighbors.KindNew, phoneIs, ""})
	expect(t, "again", n.HearLLDP(phone(), phoneMAC, after(30)))
	expect(t, "by CDP", n.HearCDP(cdpPhone(), phoneMAC, after(31)), seen{neighbors.KindNew, cdpIs, ""})
	expect(t, "by CDP again", n.HearCDP(cdpPhone(), phoneMAC, after(91)))
	got := n.All()
	if len(got) != 2 || got[0].HeardAt != after(30) || got[1].HeardAt != after(91) || got[0].MAC != phoneMAC || got[1].MAC != phoneMAC {
		t.Errorf("All() = %+v", got)
	}
}

func TestAging(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	if !n.Next().IsZero() {
		t.Errorf("Next() of an empty table = %v", n.Next())
	}
	n.HearLLDP(phone(), phoneMAC, start)
	n.HearLLDP(pc(), pcMAC, after(10))
	n.HearCDP(cdpPhone(), phoneMAC, after(20))
	if n.Next() != after(130) {
		t.Errorf("Next() = %v, want that of the PC", n.Next())
	}
	expect(t, "a moment before", n.Age(after(130).Add(-1)))
	expect(t, "at its TTL", n.Age(after(130)), seen{neighbors.KindGone, pcIs, neighbors.GoneAged})
	n.HearLLDP(phone(func(p *lldp.PDU) { p.TTL = 60 }), phoneMAC, after(150))
	if n.Next() != after(200) {
		t.Errorf("Next() = %v, want that of CDP", n.Next())
	}
	expect(t, "refreshed, with another TTL", n.Age(after(199)))
	expect(t, "both at once", n.Age(after(500)), seen{neighbors.KindGone, phoneIs, neighbors.GoneAged}, seen{neighbors.KindGone, cdpIs, neighbors.GoneAged})
	if got := n.Stats().Ageouts; got != 3 || len(n.All()) != 0 || !n.Next().IsZero() {
		t.Errorf("%d ageouts, %d neighbours left, Next() = %v", got, len(n.All()), n.Next())
	}
	expect(t, "again", n.HearLLDP(phone(), phoneMAC, after(600)), seen{neighbors.KindNew, phoneIs, ""})
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	bye := &lldp.PDU{Chassis: ipID(10, 21, 13, 86), Port: phone().Port}
	expect(t, "of nobody known", n.HearLLDP(bye, phoneMAC, start))
	n.HearLLDP(phone(), phoneMAC, start)
	n.HearLLDP(pc(), pcMAC, start)
	other := &lldp.PDU{Chassis: ipID(0, 0, 0, 0), Port: phone().Port}
	expect(t, "by another identity", n.HearLLDP(other, phoneMAC, after(1)))
	got := n.HearLLDP(bye, phoneMAC, after(1))
	expect(t, "goodbye", got, seen{neighbors.KindGone, phoneIs, neighbors.GoneShutdown})
	if got[0].Neighbor.System != "SEP0021D8BA0965" {
		t.Errorf("a shutdown frame tells no name, so the neighbour is given as it was; got %+v", got[0].Neighbor)
	}
	n.HearCDP(cdpPhone(), phoneMAC, after(2))
	expect(t, "by CDP", n.HearCDP(cdpPhone(func(p *cdp.Packet) { p.TTL = 0 }), phoneMAC, after(3)), seen{neighbors.KindGone, cdpIs, neighbors.GoneShutdown})
	if len(n.All()) != 1 || n.Stats().Ageouts != 0 {
		t.Errorf("left: %+v, %+v", n.All(), n.Stats())
	}
}

func TestLinkDown(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	expect(t, "of an empty table", n.LinkDown(start))
	n.HearLLDP(pc(), pcMAC, start)
	n.HearCDP(cdpPhone(), phoneMAC, start)
	n.HearLLDP(phone(), phoneMAC, start)
	expect(t, "phones first", n.LinkDown(after(1)), seen{neighbors.KindGone, phoneIs, neighbors.GoneLink},
		seen{neighbors.KindGone, cdpIs, neighbors.GoneLink}, seen{neighbors.KindGone, pcIs, neighbors.GoneLink})
	if len(n.All()) != 0 {
		t.Errorf("left: %+v", n.All())
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	n.HearLLDP(phone(), phoneMAC, start)
	got := n.HearLLDP(phone(func(p *lldp.PDU) { p.SystemName = "renamed"; p.Capabilities.Enabled = 0x20 }), phoneMAC, after(1))
	expect(t, "name and capabilities", got, seen{neighbors.KindChanged, phoneIs, "system name, capabilities"})
	if got[0].Was.System != "SEP0021D8BA0965" || got[0].Neighbor.System != "renamed" || got[0].Was.HeardAt != start {
		t.Errorf("was %+v, is %+v", got[0].Was, got[0].Neighbor)
	}
	expect(t, "what no field holds", n.HearLLDP(phone(func(p *lldp.PDU) {
		p.SystemName, p.Capabilities.Enabled = "renamed", 0x20
		p.Unknown = []lldp.Raw{{Type: 9, Value: "x"}}
	}), phoneMAC, after(2)), seen{neighbors.KindChanged, phoneIs, "other"})
	n.HearCDP(cdpPhone(), phoneMAC, start)
	expect(t, "CDP", n.HearCDP(cdpPhone(func(p *cdp.Packet) { p.Consumption = 4000; p.Has &^= cdp.HasQuery }), phoneMAC, after(1)),
		seen{neighbors.KindChanged, cdpIs, "voice VLAN query, power consumption"})
}

func TestNoChange(t *testing.T) {
	t.Parallel()
	measured := func(s string) func(*lldp.PDU) {
		return func(p *lldp.PDU) { p.Has |= lldp.HasMeasurements; p.Measurements = s }
	}
	n := neighbors.New(neighbors.Options{})
	n.HearLLDP(phone(measured("1")), phoneMAC, start)
	n.HearCDP(cdpPhone(), phoneMAC, start)
	expect(t, "TTL", n.HearLLDP(phone(measured("1"), func(p *lldp.PDU) { p.TTL = 90 }), phoneMAC, start))
	expect(t, "CDP TTL", n.HearCDP(cdpPhone(func(p *cdp.Packet) { p.TTL = 90 }), phoneMAC, start))
	expect(t, "measured power", n.HearLLDP(phone(measured("2")), phoneMAC, start))
	expect(t, "measurements are told no more", n.HearLLDP(phone(), phoneMAC, start), seen{neighbors.KindChanged, phoneIs, "power measurements"})
	expect(t, "problems", n.HearLLDP(phone(func(p *lldp.PDU) { p.Problems = []lldp.Problem{{Type: 127}} }), phoneMAC, start))
	expect(t, "checksum", n.HearCDP(cdpPhone(func(p *cdp.Packet) { p.Checksum = cdp.ChecksumBad }), phoneMAC, start))
	expect(t, "source address, while the ids tell one", n.HearLLDP(phone(), pcMAC, start))
}

// TestAddressOfTheFrame: where the ids tell no address, a new source address is a change.
func TestAddressOfTheFrame(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	named := func() *lldp.PDU {
		return pc(func(p *lldp.PDU) {
			p.Chassis, p.Port = lldp.ID{Subtype: lldp.ChassisLocal, Value: "desk"}, lldp.ID{Subtype: lldp.PortIfName, Value: "eth0"}
		})
	}
	if got := n.HearLLDP(named(), pcMAC, start); got[0].Neighbor.MAC != pcMAC {
		t.Errorf("MAC = %s", got[0].Neighbor.MAC)
	}
	expect(t, "another card", n.HearLLDP(named(), phoneMAC, after(1)), seen{neighbors.KindChanged, "lldp desk", "MAC address"})
	expect(t, "and again", n.HearLLDP(named(), phoneMAC, after(2)))
}

func TestAdopted(t *testing.T) {
	t.Parallel()
	policy := func(p lldp.NetworkPolicy) func(*lldp.PDU) {
		return func(d *lldp.PDU) { d.Policies = []lldp.NetworkPolicy{p} }
	}
	n := neighbors.New(neighbors.Options{})
	got := n.HearLLDP(phone(policy(lldp.NetworkPolicy{Application: 1, Unknown: true})), phoneMAC, start)
	expect(t, "needs one", got, seen{neighbors.KindNew, phoneIs, ""})
	if got[0].Neighbor.Adopted != (discovery.VoicePolicy{}) {
		t.Errorf("adopted %+v", got[0].Neighbor.Adopted)
	}
	got = n.HearLLDP(phone(), phoneMAC, after(1))
	expect(t, "took it", got, seen{neighbors.KindAdopted, phoneIs, "network policy"})
	if want := (discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46}); got[0].Neighbor.Adopted != want {
		t.Errorf("adopted %+v, want %+v", got[0].Neighbor.Adopted, want)
	}
	expect(t, "another application is no adoption", n.HearLLDP(phone(func(p *lldp.PDU) {
		p.Policies = append(p.Policies, lldp.NetworkPolicy{Application: 2, Tagged: true, VLAN: 110})
	}), phoneMAC, after(2)), seen{neighbors.KindChanged, phoneIs, "network policy"})
	expect(t, "gave it up", n.HearLLDP(phone(func(p *lldp.PDU) { p.Policies = nil }), phoneMAC, after(3)), seen{neighbors.KindAdopted, phoneIs, "network policy"})
}

// TestRenumbered: a phone that gets its address while it boots stays the same phone.
func TestRenumbered(t *testing.T) {
	t.Parallel()
	v6 := lldp.ID{Subtype: lldp.ChassisNetwork, Value: "\x02" + string(make([]byte, 16))}
	chassis := func(id lldp.ID) func(*lldp.PDU) { return func(p *lldp.PDU) { p.Chassis = id } }
	for name, before := range map[string]lldp.ID{"0.0.0.0": ipID(0, 0, 0, 0), "::": v6, "another lease": ipID(10, 1, 1, 1)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := neighbors.New(neighbors.Options{})
			n.HearLLDP(phone(chassis(before)), phoneMAC, start)
			expect(t, "got an address", n.HearLLDP(phone(), phoneMAC, after(5)), seen{neighbors.KindChanged, phoneIs, "chassis id"})
			expect(t, "goodbye by the old one", n.HearLLDP(&lldp.PDU{Chassis: before, Port: phone().Port}, phoneMAC, after(6)))
			expect(t, "nobody ages out", n.Age(after(184)))
			if got := n.All(); len(got) != 1 || got[0].ChassisID != "10.21.13.86" {
				t.Errorf("All() = %+v", got)
			}
		})
	}
	for name, other := range map[string]struct {
		p   *lldp.PDU
		src discovery.MAC
	}{
		"another phone":              {phone(chassis(ipID(10, 1, 1, 1))), pcMAC},
		"another port":               {phone(chassis(ipID(10, 1, 1, 1)), func(p *lldp.PDU) { p.Port.Value = "0021D8BA0965:P2" }), phoneMAC},
		"a chassis id that is a MAC": {phone(chassis(lldp.MACID(lldp.ChassisMAC, phoneMAC))), phoneMAC},
	} {
		t.Run("two systems: "+name, func(t *testing.T) {
			t.Parallel()
			n := neighbors.New(neighbors.Options{})
			n.HearLLDP(phone(), phoneMAC, start)
			if got := n.HearLLDP(other.p, other.src, start); len(got) != 1 || got[0].Kind != neighbors.KindNew {
				t.Errorf("got %+v", brief(got))
			}
		})
	}
}

func TestTooMany(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{Limit: 2})
	at := func(i byte, ttl uint16) *lldp.PDU {
		m := discovery.MAC{2, 0, 0, 0, 0, i}
		return pc(func(p *lldp.PDU) {
			p.Chassis, p.Port, p.TTL = lldp.MACID(lldp.ChassisMAC, m), lldp.MACID(lldp.PortMAC, m), ttl
		})
	}
	n.HearLLDP(at(1, 100), pcMAC, start)
	n.HearLLDP(at(2, 300), pcMAC, start)
	expect(t, "one more", n.HearLLDP(at(3, 120), pcMAC, after(1)), seen{neighbors.KindTooMany, "lldp 02:00:00:00:00:03", ""})
	expect(t, "told once", n.HearLLDP(at(4, 20), pcMAC, after(2)))
	expect(t, "those that are kept are heard", n.HearLLDP(at(2, 300), pcMAC, after(3)))
	expect(t, "the other protocol has its own room", n.HearCDP(cdpPhone(), phoneMAC, after(4)), seen{neighbors.KindNew, cdpIs, ""})
	expect(t, "a shorter TTL does not end it sooner", n.HearLLDP(at(4, 20), pcMAC, after(90)))
	n.Age(after(100))
	expect(t, "room again", n.HearLLDP(at(5, 300), pcMAC, after(101)), seen{neighbors.KindNew, "lldp 02:00:00:00:00:05", ""})
	expect(t, "not over yet", n.HearLLDP(at(6, 1), pcMAC, after(120)))
	expect(t, "over, and one more", n.HearLLDP(at(6, 1), pcMAC, after(121)), seen{neighbors.KindTooMany, "lldp 02:00:00:00:00:06", ""})
	s := n.Stats()
	if s.TooMany != 5 || s.Discarded != 5 || s.Frames != 10 {
		t.Errorf("Stats() = %+v", s)
	}
	n.LinkDown(after(122))
	n.HearLLDP(at(1, 100), pcMAC, after(122))
	n.HearLLDP(at(2, 100), pcMAC, after(122))
	expect(t, "after the link was down", n.HearLLDP(at(3, 100), pcMAC, after(122)), seen{neighbors.KindTooMany, "lldp 02:00:00:00:00:03", ""})
}

func TestTooManyCDP(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{Limit: 1})
	n.HearLLDP(phone(), phoneMAC, start)
	n.HearCDP(cdpPhone(), phoneMAC, start)
	more := cdpPhone(func(p *cdp.Packet) { p.DeviceID = "SEP001122334455" })
	expect(t, "one more", n.HearCDP(more, pcMAC, start), seen{neighbors.KindTooMany, "cdp SEP001122334455", ""})
	expect(t, "told once", n.HearCDP(more, pcMAC, start))
}

func TestDefaultLimit(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int]int{0: neighbors.DefaultLimit, -1: neighbors.DefaultLimit, 20: 20} {
		n := neighbors.New(neighbors.Options{Limit: limit})
		for i := range byte(30) {
			n.HearLLDP(pc(func(p *lldp.PDU) { p.Chassis = lldp.MACID(lldp.ChassisMAC, discovery.MAC{2, 0, 0, 0, 0, i}) }), pcMAC, start)
		}
		if got := len(n.All()); got != want {
			t.Errorf("Limit %d keeps %d, want %d", limit, got, want)
		}
	}
}

// TestCDPIdentity: device id and port id; the address only where there is no device id.
func TestCDPIdentity(t *testing.T) {
	t.Parallel()
	nameless := func(p *cdp.Packet) { p.Has &^= cdp.HasDeviceID }
	for name, tt := range map[string]struct {
		a, b       *cdp.Packet
		srcA, srcB discovery.MAC
		same       bool
	}{
		"other port id":              {cdpPhone(), cdpPhone(func(p *cdp.Packet) { p.PortID = "Port 2" }), phoneMAC, phoneMAC, false},
		"no port id":                 {cdpPhone(), cdpPhone(func(p *cdp.Packet) { p.Has &^= cdp.HasPortID }), phoneMAC, phoneMAC, false},
		"other device id":            {cdpPhone(), cdpPhone(func(p *cdp.Packet) { p.DeviceID = "x" }), phoneMAC, phoneMAC, false},
		"other source":               {cdpPhone(), cdpPhone(), phoneMAC, pcMAC, true},
		"nameless":                   {cdpPhone(nameless), cdpPhone(nameless), phoneMAC, phoneMAC, true},
		"nameless from another":      {cdpPhone(nameless), cdpPhone(nameless), phoneMAC, pcMAC, false},
		"nameless beside named":      {cdpPhone(), cdpPhone(nameless), phoneMAC, phoneMAC, false},
		"what is not in Has is none": {cdpPhone(nameless), cdpPhone(nameless, func(p *cdp.Packet) { p.DeviceID = "x" }), phoneMAC, phoneMAC, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := neighbors.New(neighbors.Options{})
			n.HearCDP(tt.a, tt.srcA, start)
			n.HearCDP(tt.b, tt.srcB, start)
			if got := len(n.All()) == 1; got != tt.same {
				t.Errorf("one neighbour: %v, want %v: %+v", got, tt.same, n.All())
			}
		})
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	n.HearLLDP(phone(func(p *lldp.PDU) {
		p.Unknown, p.Problems = make([]lldp.Raw, 2), []lldp.Problem{{}, {}, {}, {Kept: true}}
	}), phoneMAC, start)
	n.HearCDP(cdpPhone(func(p *cdp.Packet) {
		p.Unknown, p.Problems, p.Checksum = make([]cdp.Raw, 4), make([]cdp.Problem, 5), cdp.ChecksumBad
	}), phoneMAC, start)
	n.HearCDP(cdpPhone(func(p *cdp.Packet) { p.Checksum = cdp.ChecksumPlain }), phoneMAC, start)
	n.Malformed()
	want := neighbors.Stats{Frames: 4, Discarded: 1, Unrecognised: 6, TLVsDiscarded: 8, BadChecksums: 1}
	if diff := cmp.Diff(want, n.Stats()); diff != "" {
		t.Errorf("Stats() (-want +got):\n%s", diff)
	}
}

func TestAllIsTheCallers(t *testing.T) {
	t.Parallel()
	n := neighbors.New(neighbors.Options{})
	n.HearLLDP(pc(), pcMAC, start)
	n.HearLLDP(phone(), phoneMAC, start)
	n.HearCDP(cdpPhone(), phoneMAC, start)
	all := n.All()
	clear(all)
	var got []string
	for _, x := range n.All() {
		got = append(got, string(x.Protocol)+" "+x.ChassisID)
	}
	if want := []string{phoneIs, cdpIs, pcIs}; !slices.Equal(got, want) {
		t.Errorf("All() = %q, want %q", got, want)
	}
}

func TestKindText(t *testing.T) {
	t.Parallel()
	for k, want := range map[neighbors.Kind]string{
		neighbors.KindUnknown: "unknown", neighbors.KindNew: "new", neighbors.KindChanged: "changed", neighbors.KindAdopted: "adopted",
		neighbors.KindGone: "gone", neighbors.KindTooMany: "too-many", 99: "invalid(99)",
	} {
		if got, err := k.MarshalText(); err != nil || string(got) != want || k.String() != want {
			t.Errorf("MarshalText(%d) = %q, %v; want %q", uint8(k), got, err, want)
		}
	}
}
