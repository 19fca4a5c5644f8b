package linux

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/drivertest"
)

func observe(t *testing.T, d *Driver, ports ...string) switchctl.Snapshot {
	t.Helper()
	s, err := d.Observe(t.Context(), switchctl.Scope{Ports: ports})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestObserve(t *testing.T) {
	t.Parallel()
	f := newFake()
	heard := func(context.Context) (map[string][]discovery.Neighbor, error) {
		return map[string][]discovery.Neighbor{
			"lan1": {{Protocol: discovery.CDP, ChassisID: "SEP00040d000001"}, {Protocol: discovery.LLDP, ChassisID: "192.0.2.9", MEDClass: discovery.MEDClassIII}},
		}, nil
	}
	d := openFake(t, f, Options{Neighbors: heard, PSE: newPSE()})
	s := observe(t, d)
	drivertest.Check(t, s)

	type row struct {
		Name     string
		If, Port int
		Type     int
		Speed    uint64
		Mode     switchctl.PortMode
		Untagged uint16
		Tagged   []uint16
		Voice    string
		LAG      bool
		Dot1X    bool
		PoE      bool
		Proof    switchctl.IndexProof
		Learned  []switchctl.LearnedMAC
		Heard    int
	}
	var got []row
	for _, p := range s.Ports {
		got = append(got, row{
			p.Ref.Name, p.Index.If, p.Index.Bridge, p.Type, p.Speed, p.Mode, p.Untagged, p.Tagged, p.Voice.String(), p.LAG, p.Dot1X,
			p.PoE.Supported, p.Index.Proof, p.Learned, len(p.Neighbors),
		})
		if p.Admin != switchctl.Up || p.Link != switchctl.Up {
			t.Errorf("%s is %s/%s, want up/up", p.Ref.Name, p.Admin, p.Link)
		}
	}
	access, trunk, unknown := switchctl.ModeAccess, switchctl.ModeTrunk, switchctl.ModeUnknown
	want := []row{
		{Name: "bond0", If: 7, Port: 5, Type: 161, Mode: trunk, Untagged: 1, Tagged: []uint16{110}, Voice: "unknown", LAG: true},
		{Name: "eth0", If: 8, Type: 6, Mode: unknown, Voice: "unknown", LAG: true},
		{Name: "eth1", If: 9, Type: 6, Mode: unknown, Voice: "unknown", LAG: true},
		{
			Name: "lan1", If: 3, Port: 1, Type: 6, Speed: 1_000_000_000, Mode: access, Untagged: 10, Tagged: []uint16{110}, Voice: "tagged 110",
			PoE: true, Proof: switchctl.ProofMIB, Learned: []switchctl.LearnedMAC{{MAC: mac(1), VLAN: 10}, {MAC: mac(1), VLAN: 110}}, Heard: 2,
		},
		{
			Name: "lan2", If: 4, Port: 2, Type: 6, Mode: access, Untagged: 10, Voice: "none", PoE: true, Proof: switchctl.ProofMIB,
			Learned: []switchctl.LearnedMAC{{MAC: mac(5), VLAN: 10}},
		},
		{Name: "lan3", If: 6, Port: 4, Type: 6, Mode: access, Untagged: 10, Voice: "none", Dot1X: true},
		{Name: "lan10", If: 5, Port: 3, Type: 6, Mode: trunk, Untagged: 1, Tagged: []uint16{10, 20, 110, 120}, Voice: "unknown"},
		{Name: "tap0", If: 10, Port: 6, Type: 53, Mode: trunk, Untagged: 10, Tagged: []uint16{110}, Voice: "unknown"},
		{Name: "wlan0", If: 13, Port: 7, Type: 71, Mode: unknown, Voice: "unknown"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ports (-want +got):\n%s", diff)
	}
	vlans := []switchctl.VLAN{{ID: 1}, {ID: 10}, {ID: 20}, {ID: 110}, {ID: 120}}
	if diff := cmp.Diff(vlans, s.VLANs); diff != "" {
		t.Errorf("VLANs (-want +got):\n%s", diff)
	}
	if p, _ := s.Port("lan1"); p.Neighbors[0].Protocol != discovery.LLDP {
		t.Error("LLDP is not first of the neighbours")
	}
	// Nobody listens on the other sockets; the tap, the wireless link and the bond itself are none.
	deaf := []switchctl.Missing{{Table: tableNeighbors, Reason: "nobody listens on eth0, eth1, lan2, lan3, lan10"}}
	if diff := cmp.Diff(deaf, s.Missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
	sys := switchctl.System{Name: "edge-1", SysName: "edge", Descr: "Linux 6.12.48, bridge br0", Vendor: "linux", Driver: "linux", Uptime: time.Hour}
	if diff := cmp.Diff(sys, s.System); diff != "" {
		t.Errorf("system (-want +got):\n%s", diff)
	}
	if d := s.ReadAt.Sub(s.BootAt); d != time.Hour {
		t.Errorf("booted %s before the reading, want 1h", d)
	}
}

// TestModes holds the conclusion from VLANs to the rules of the package comment.
func TestModes(t *testing.T) {
	t.Parallel()
	bridge := discovery.Neighbor{Protocol: discovery.LLDP, Capabilities: []discovery.Capability{discovery.CapBridge}}
	phone := discovery.Neighbor{Protocol: discovery.LLDP, Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}}
	tests := []struct {
		name  string
		vlans []vlan
		heard []discovery.Neighbor
		mode  switchctl.PortMode
		pvid  uint16
		voice string
	}{
		{"no VLAN", nil, nil, switchctl.ModeUnknown, 0, "unknown"},
		{"data only", []vlan{pvid(10)}, nil, switchctl.ModeAccess, 10, "none"},
		{"data and voice", []vlan{pvid(10), tagged(110)}, nil, switchctl.ModeAccess, 10, "tagged 110"},
		{"voice below data", []vlan{tagged(5), pvid(10)}, nil, switchctl.ModeAccess, 10, "tagged 5"},
		{"left in the default VLAN", []vlan{untagged(1), pvid(10), tagged(110)}, nil, switchctl.ModeAccess, 10, "tagged 110"},
		{"no PVID", []vlan{untagged(10)}, nil, switchctl.ModeAccess, 0, "none"},
		{"only tagged", []vlan{tagged(110)}, nil, switchctl.ModeTrunk, 0, "unknown"},
		{"two tagged", []vlan{pvid(10), tagged(110), tagged(120)}, nil, switchctl.ModeTrunk, 10, "unknown"},
		{"PVID leaves tagged", []vlan{{ID: 10, PVID: true}}, nil, switchctl.ModeTrunk, 10, "unknown"},
		{"towards a switch", []vlan{pvid(1), tagged(110)}, []discovery.Neighbor{bridge}, switchctl.ModeTrunk, 1, "unknown"},
		{"a phone that bridges", []vlan{pvid(10), tagged(110)}, []discovery.Neighbor{phone}, switchctl.ModeAccess, 10, "tagged 110"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			st := switchctl.PortState{Type: typeEthernet, Neighbors: tt.heard}
			setVLANs(&st, tt.vlans)
			if st.Mode != tt.mode || st.Untagged != tt.pvid || st.Voice.String() != tt.voice {
				t.Errorf("%s: %s, untagged %d, voice %s; want %s, %d, %s", vlanText(tt.vlans), st.Mode, st.Untagged, st.Voice, tt.mode, tt.pvid, tt.voice)
			}
		})
	}
}

func TestLinkStates(t *testing.T) {
	t.Parallel()
	for oper, want := range map[uint8]switchctl.UpDown{
		operUp: switchctl.Up, operDown: switchctl.Down, operLowerLayerDown: switchctl.Down, operDormant: switchctl.Dormant,
		operTesting: switchctl.Testing, operNotPresent: switchctl.NotPresent,
	} {
		if got := (port{link: link{Oper: oper, Carrier: true}}).oper(); got != want {
			t.Errorf("operational state %d is %s, want %s", oper, got, want)
		}
	}
	if got := (port{link: link{Carrier: true}}).oper(); got != switchctl.Up {
		t.Errorf("unknown with carrier is %s, want up", got)
	}
	if got := (port{}).oper(); got != switchctl.Down {
		t.Errorf("unknown without carrier is %s, want down", got)
	}
}

// TestMissing shows what a reading says of what it could not read. An error there has the guards of policy hold writes.
func TestMissing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*fake, *Options)
		table  string
		want   string // in the reason
		holds  bool   // Missing.Err is set
	}{
		{"filtering off", func(f *fake, _ *Options) { f.t.Links[1].Filters = false }, tableVLANs, "ip link set dev br0 type bridge vlan_filtering 1", true},
		{"kernel without VLANs", func(f *fake, _ *Options) { f.t.Links[1].NoVLANs, f.t.Links[1].Filters = true, false }, tableVLANs, "CONFIG_BRIDGE_VLAN_FILTERING", true},
		{"FDB", func(f *fake, _ *Options) { f.t.FDB, f.t.FDBErr = nil, errors.New("out of memory") }, tableFDB, "out of memory", true},
		{"nobody listens", func(*fake, *Options) {}, tableNeighbors, "phoneport advertise", false},
		{"listener is silent", func(_ *fake, o *Options) {
			o.Neighbors = func(context.Context) (map[string][]discovery.Neighbor, error) {
				return nil, errors.New("connection refused")
			}
		}, tableNeighbors, "connection refused", true},
		{"agent does not run", func(_ *fake, o *Options) {
			o.Neighbors = func(context.Context) (map[string][]discovery.Neighbor, error) {
				return nil, fmt.Errorf("%w: ask agent", ErrNobodyListens)
			}
		}, tableNeighbors, "phoneport advertise", false},
		{"nobody listens on many", func(f *fake, o *Options) {
			for i := 20; i < 30; i++ {
				f.t.Links = append(f.t.Links, link{Index: i, Name: fmt.Sprintf("z%d", i), Kind: "veth", Encap: "ether", Master: 2})
			}
			o.Neighbors = func(context.Context) (map[string][]discovery.Neighbor, error) {
				return map[string][]discovery.Neighbor{}, nil
			}
		}, tableNeighbors, "z21 and 8 more", false},
		{"no power", func(*fake, *Options) {}, tablePSE, "no controller", false},
		{"power cannot be read", func(_ *fake, o *Options) { p := newPSE(); p.err = errors.New("bus is stuck"); o.PSE = p }, tablePSE, "bus is stuck", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f, o := newFake(), Options{}
			tt.change(f, &o)
			s := observe(t, openFake(t, f, o))
			drivertest.Check(t, s)
			found := false
			for _, m := range s.Missing {
				found = found || m.Table == tt.table && strings.Contains(m.Reason, tt.want) && (m.Err != nil) == tt.holds
			}
			if !found {
				t.Errorf("missing %+v has no %s with reason %q and error %v", s.Missing, tt.table, tt.want, tt.holds)
			}
			for _, p := range s.Ports {
				if tt.table == tableVLANs && (p.Mode != switchctl.ModeUnknown || s.VLANs != nil) {
					t.Errorf("%s: mode %s without VLANs", p.Ref.Name, p.Mode)
				}
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		bridge, want string
		class        error
	}{
		{"br7", "ip link add name br7 type bridge vlan_filtering 1", switchctl.ErrUnreachable},
		{"lan1", `"lan1" is a device and no bridge`, switchctl.ErrUnsupported},
	} {
		_, err := open(t.Context(), Options{ID: "edge-1", Bridge: tt.bridge}, newFake())
		if !errors.Is(err, tt.class) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("open %s: %v, want %v with %q", tt.bridge, err, tt.class, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	order := []string{"bond0", "eth1", "eth01a", "lan2", "lan2.5", "lan10", "swp1s0", "swp1s10", "swp2"}
	for i := range order {
		for j := range order {
			got := compareNames(order[i], order[j])
			if (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("compare %s with %s: %d", order[i], order[j], got)
			}
		}
	}
}
