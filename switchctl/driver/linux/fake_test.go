package linux

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// fake is a kernel in memory. It keeps to what the real one does with VLANs: a new PVID takes the place of the former
// one, which stays a member, and taking out a VLAN that is not there fails.
type fake struct {
	mu    sync.Mutex
	t     tables
	calls []string         // "add 3 110", "del 3 110", "up 3", "down 3", in order
	fail  map[string]error // call → what it fails with
	// watch is called after each write, with the port's VLANs.
	watch func([]vlan)
}

func (f *fake) Read(fdb bool) (tables, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.fail["read"]; err != nil {
		return tables{}, err
	}
	t := f.t
	t.Links = slices.Clone(t.Links)
	t.Ports = slices.Clone(t.Ports)
	for i := range t.Ports {
		t.Ports[i].VLANs = slices.Clone(t.Ports[i].VLANs)
	}
	if !fdb {
		t.FDB, t.FDBErr, t.Speeds = nil, nil, nil
	}
	return t, nil
}

func (f *fake) write(call string, do func() error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call)
	if err := f.fail[call]; err != nil {
		return err
	}
	return do()
}

func (f *fake) port(index int) *bridgePort {
	return &f.t.Ports[slices.IndexFunc(f.t.Ports, func(p bridgePort) bool { return p.Index == index })]
}

func (f *fake) AddVLAN(index int, v vlan) error {
	return f.write(fmt.Sprintf("add %d %d%s", index, v.ID, map[bool]string{true: " pvid"}[v.PVID]), func() error {
		p := f.port(index)
		for i := range p.VLANs {
			if v.PVID {
				p.VLANs[i].PVID = false
			}
		}
		p.VLANs = slices.DeleteFunc(p.VLANs, func(o vlan) bool { return o.ID == v.ID })
		p.VLANs = append(p.VLANs, v)
		slices.SortFunc(p.VLANs, func(a, b vlan) int { return int(a.ID) - int(b.ID) })
		if f.watch != nil {
			f.watch(p.VLANs)
		}
		return nil
	})
}

func (f *fake) DelVLAN(index int, id uint16) error {
	return f.write(fmt.Sprintf("del %d %d", index, id), func() error {
		p := f.port(index)
		n := len(p.VLANs)
		if p.VLANs = slices.DeleteFunc(p.VLANs, func(o vlan) bool { return o.ID == id }); len(p.VLANs) == n {
			return syscall.ENOENT
		}
		if f.watch != nil {
			f.watch(p.VLANs)
		}
		return nil
	})
}

func (f *fake) SetUp(index int, up bool) error {
	return f.write(fmt.Sprintf("%s %d", map[bool]string{true: "up", false: "down"}[up], index), func() error {
		l := &f.t.Links[slices.IndexFunc(f.t.Links, func(l link) bool { return l.Index == index })]
		l.AdminUp, l.Carrier, l.Oper = up, up, map[bool]uint8{true: operUp, false: operDown}[up]
		return nil
	})
}

func (f *fake) Close() error { return nil }

// mac gives a station's address.
func mac(n byte) discovery.MAC { return discovery.MAC{0x00, 0x04, 0x0d, 0, 0, n} }

// untagged, tagged and pvid make memberships.
func untagged(id uint16) vlan { return vlan{ID: id, Untagged: true} }
func tagged(id uint16) vlan   { return vlan{ID: id} }
func pvid(id uint16) vlan     { return vlan{ID: id, PVID: true, Untagged: true} }

// newFake gives a host with bridge br0: lan1 with data and voice, lan2 with data, lan10 as an uplink, lan3 locked, a
// bond of two, a tap; and a second bridge that must be left alone.
func newFake() *fake {
	l := func(i int, name, kind string, master int) link {
		return link{Index: i, Name: name, Kind: kind, Encap: "ether", Master: master, AdminUp: true, Carrier: true, Oper: operUp}
	}
	f := &fake{fail: map[string]error{}, t: tables{
		Host: "edge", Kernel: "Linux 6.12.48", Uptime: time.Hour,
		Links: []link{
			{Index: 1, Name: "lo", Kind: "device", Encap: "loopback", AdminUp: true, Carrier: true},
			l(2, "br0", "bridge", 0), l(3, "lan1", "device", 2), l(4, "lan2", "dsa", 2), l(5, "lan10", "device", 2), l(6, "lan3", "veth", 2),
			l(7, "bond0", "bond", 2), l(8, "eth0", "device", 7), l(9, "eth1", "device", 7), l(10, "tap0", "tun", 2),
			l(11, "br1", "bridge", 0), l(12, "other", "device", 11), l(13, "wlan0", "device", 2),
		},
		Ports: []bridgePort{
			{Index: 2, Master: 2, VLANs: []vlan{pvid(1)}},
			{Index: 3, Master: 2, No: 1, VLANs: []vlan{pvid(10), tagged(110)}},
			{Index: 4, Master: 2, No: 2, VLANs: []vlan{untagged(1), pvid(10)}},
			{Index: 5, Master: 2, No: 3, VLANs: []vlan{pvid(1), tagged(10), tagged(20), tagged(110), tagged(120)}},
			{Index: 6, Master: 2, No: 4, Locked: true, VLANs: []vlan{pvid(10)}},
			{Index: 7, Master: 2, No: 5, VLANs: []vlan{pvid(1), tagged(110)}},
			{Index: 10, Master: 2, No: 6, VLANs: []vlan{pvid(10), tagged(110)}},
			{Index: 12, Master: 11, No: 1, VLANs: []vlan{pvid(666)}},
			{Index: 13, Master: 2, No: 7},
		},
		FDB: []fdbEntry{
			{3, mac(1), 110, nudReachable},
			{3, mac(1), 10, nudReachable},
			{3, mac(1), 0, nudReachable}, // the same, told by hardware without VLAN
			{3, mac(2), 10, 0x04},        // NUD_STALE: older than the ageing time
			{3, mac(3), 10, 0x40},        // NUD_NOARP: static
			{3, mac(4), 10, 0x80},        // NUD_PERMANENT: the port's own
			{3, discovery.MAC{0x33, 0x33, 0, 0, 0, 1}, 0, nudReachable},
			{4, mac(5), 10, nudReachable},
			{12, mac(6), 666, nudReachable},
		},
		Speeds: map[int]uint64{3: 1_000_000_000},
	}}
	f.t.Links[len(f.t.Links)-1].Wireless = true
	f.t.Links[1].Filters = true
	return f
}

func openFake(t *testing.T, f *fake, o Options) *Driver {
	t.Helper()
	if o.ID == "" {
		o.ID = "edge-1"
	}
	if o.Bridge == "" {
		o.Bridge = "br0"
	}
	d, err := open(t.Context(), o, f)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// fakePSE gives power on some ports.
type fakePSE struct {
	mu    sync.Mutex
	ports map[string]switchctl.PoEState
	err   error // what Get fails with
}

func (f *fakePSE) Get(_ context.Context, name string) (switchctl.PoEState, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ports[name], f.err
}

func (f *fakePSE) set(name string, do func(*switchctl.PoEState)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s, ok := f.ports[name]
	if !ok {
		return errors.New("no such power port")
	}
	do(&s)
	f.ports[name] = s
	return nil
}

func (f *fakePSE) SetAdmin(_ context.Context, name string, a switchctl.PoEAdmin) error {
	return f.set(name, func(s *switchctl.PoEState) { s.Admin = a })
}

func (f *fakePSE) SetPriority(_ context.Context, name string, p switchctl.PoEPriority) error {
	return f.set(name, func(s *switchctl.PoEState) { s.Priority = p })
}

func (f *fakePSE) SetLimit(_ context.Context, name string, l discovery.Milliwatts) error {
	return f.set(name, func(s *switchctl.PoEState) { s.Limit = l })
}

func newPSE() *fakePSE {
	return &fakePSE{ports: map[string]switchctl.PoEState{
		"lan1": {Supported: true, Admin: switchctl.PoEOn, Detect: switchctl.PoEDelivering, Class: 2, ClassTold: true, Priority: switchctl.PriorityLow, Draw: 3200, DrawTold: true, Limit: 15400},
		"lan2": {Supported: true, Admin: switchctl.PoEOn, Detect: switchctl.PoESearching, Priority: switchctl.PriorityLow, Limit: 15400},
	}}
}

// vlansOf gives the VLANs of a port of the fake as text: "1U 10PU 110".
func (f *fake) vlansOf(index int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return vlanText(f.port(index).VLANs)
}

func vlanText(vs []vlan) string {
	var out []string
	for _, v := range vs {
		s := fmt.Sprint(v.ID)
		if v.PVID {
			s += "P"
		}
		if v.Untagged {
			s += "U"
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}
