package ciscoios

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmptest"
)

// recording opens a recording of the corpus, which lies beside the repository.
func recording(t *testing.T, name string) *snmptest.Agent {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return snmptest.Open(t, filepath.Join(dir, "..", "shared", "corpus", "snmp", filepath.FromSlash(name)+".snmprec"))
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
	}
}

// open makes the driver over an agent.
func open(t *testing.T, a snmp.Session, m *switchctl.Memory) *standard.Driver {
	t.Helper()
	sys, err := snmp.ReadSystem(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Open(t.Context(), standard.Target{ID: "sw", Session: a, System: sys, Memory: m, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return d.(*standard.Driver)
}

// observe reads a whole switch.
func observe(t *testing.T, a snmp.Session) switchctl.Snapshot {
	t.Helper()
	s, err := open(t, a, nil).Observe(t.Context(), switchctl.Scope{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// where finds a port by name.
func where(t *testing.T, s *switchctl.Snapshot, name string) switchctl.PortState {
	t.Helper()
	p, ok := s.Port(name)
	if !ok {
		t.Fatalf("no port %s", name)
	}
	return *p
}

// line gives what the parts of this package tell of a port, in one line.
func line(p switchctl.PortState) string {
	poe := "no power"
	if p.PoE.Supported {
		poe = fmt.Sprintf("power %d.%d by %s: %s %s draw %d allocated %d limit %d max %d", p.Index.PSE[0], p.Index.PSE[1], p.Index.Proof,
			p.PoE.Admin, p.PoE.Detect, int64(p.PoE.Draw), int64(p.PoE.Allocated), int64(p.PoE.Limit), int64(p.PoE.MaxDraw))
	}
	return fmt.Sprintf("if %d %s lag %v untagged %d tagged %v voice %s cdp %s neighbors %d learned %d; %s", p.Index.If, p.Mode, p.LAG,
		p.Untagged, p.Tagged, p.Voice, p.CDP, len(p.Neighbors), len(p.Learned), poe)
}

func TestRecordings(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		recording string
		ports     int
		vlans     int
		powered   int            // ports with inline power
		modes     map[string]int // ports of each mode
		lines     map[string]string
		power     []switchctl.PowerGroup
	}{
		{
			// Three members; the power table says member.port, column 11 the entity, the alias table the interface.
			recording: "librenms/ios_2960x", ports: 134, vlans: 2, powered: 120,
			modes: map[string]int{"access": 115, "trunk": 6, "unknown": 13},
			lines: map[string]string{
				"Gi1/0/1":  "if 10101 access lag false untagged 525 tagged [] voice unknown cdp unknown neighbors 0 learned 0; power 1.1 by mib: auto delivering draw 2509 allocated 7000 limit 30000 max 2777",
				"Gi1/0/3":  "if 10103 trunk lag false untagged 534 tagged [] voice unknown cdp unknown neighbors 1 learned 1; power 1.3 by mib: auto delivering draw 6952 allocated 16800 limit 30000 max 8904",
				"Gi1/0/49": "if 10149 unknown lag false untagged 0 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Gi1/0/52": "if 10152 unknown lag true untagged 0 tagged [] voice unknown cdp unknown neighbors 1 learned 0; no power",
				"Gi2/0/1":  "if 10601 access lag false untagged 511 tagged [] voice unknown cdp unknown neighbors 0 learned 0; power 2.1 by mib: auto unknown draw 0 allocated 0 limit 15400 max 0",
				"Gi3/0/25": "if 11125 access lag false untagged 703 tagged [] voice unknown cdp unknown neighbors 0 learned 0; power 3.25 by mib: auto unknown draw 0 allocated 0 limit 30000 max 0",
				"Po1":      "if 5001 trunk lag true untagged 1 tagged [] voice unknown cdp unknown neighbors 0 learned 24; no power",
			},
			// One supply row for three groups of ports: it draws more than group 1 has reserved, so nothing is added up.
			power: []switchctl.PowerGroup{{Group: 1, Status: "on", Nominal: 370_000, Drawn: 115_000}},
		},
		{
			// Fa0/1 and Gi0/1 end in the same numbers; ports without a row in any table are not called anything.
			recording: "librenms/ios_c3560", ports: 53, vlans: 16, modes: map[string]int{"access": 45, "unknown": 8},
			lines: map[string]string{
				"Fa0/1":  "if 10001 unknown lag false untagged 0 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Fa0/25": "if 10025 access lag false untagged 178 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Gi0/4":  "if 10104 access lag true untagged 1 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
			},
		},
		{
			// A 2950 that lists trunks as access ports too: the encapsulation in use decides.
			recording: "librenms/ios", ports: 27, modes: map[string]int{"access": 9, "trunk": 13, "unknown": 5},
			lines: map[string]string{
				"Gi0/4":  "if 10104 trunk lag false untagged 1 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Gi0/9":  "if 10109 access lag false untagged 444 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Gi0/10": "if 10110 trunk lag false untagged 441 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
			},
		},
		{
			// Supplies only: the recording has no interface.
			recording: "librenms/iosxe_c9200l", modes: map[string]int{},
			power: []switchctl.PowerGroup{
				{Group: 1, Status: "on", Nominal: 740_000, Drawn: 9_000, Allocated: 26_100},
				{Group: 2, Status: "on", Nominal: 740_000, Drawn: 19_000, Allocated: 52_200, Threshold: 80},
				{Group: 3, Status: "on", Nominal: 740_000, Drawn: 24_000, Allocated: 89_700, Threshold: 80},
			},
		},
		{
			// Names of four numbers; the supplies are 1 and 11.
			recording: "librenms/iosxe_c9400-svl", ports: 119, vlans: 1, modes: map[string]int{"access": 6, "routed": 1, "unknown": 112},
			lines: map[string]string{
				"Gi0/0":      "if 1 routed lag false untagged 0 tagged [] voice unknown cdp unknown neighbors 1 learned 0; no power",
				"Te2/3/0/1":  "if 110 access lag false untagged 4094 tagged [] voice unknown cdp unknown neighbors 0 learned 0; no power",
				"Gi1/1/0/45": "if 47 unknown lag false untagged 0 tagged [] voice unknown cdp unknown neighbors 1 learned 0; no power",
			},
			power: []switchctl.PowerGroup{
				{Group: 1, Status: "on", Nominal: 1_965_000, Threshold: 80}, {Group: 11, Status: "on", Nominal: 1_965_000, Threshold: 80},
			},
		},
		{
			recording: "librenms/iosxe_ie32008t2s-ios17-12", ports: 10, vlans: 5, modes: map[string]int{"access": 9, "trunk": 1},
			lines: map[string]string{
				"Gi1/1": "if 1 trunk lag false untagged 1 tagged [] voice unknown cdp unknown neighbors 1 learned 0; no power",
				"Gi1/3": "if 3 access lag false untagged 200 tagged [] voice unknown cdp unknown neighbors 1 learned 0; no power",
			},
		},
		{
			// All ports are told to trunk, half of them without a link; the one VLAN context is the plain community.
			recording: "snmpsim-data/cisco-c3750", ports: 12, vlans: 274, modes: map[string]int{"trunk": 12},
			lines: map[string]string{
				"Gi1/0/2":  "if 10102 trunk lag false untagged 1 tagged [] voice none cdp up neighbors 0 learned 0; no power",
				"Gi1/0/6":  "if 10106 trunk lag false untagged 1 tagged [] voice none cdp up neighbors 45 learned 4; no power",
				"Gi1/0/12": "if 10112 trunk lag false untagged 4090 tagged [] voice none cdp up neighbors 23 learned 0; no power",
			},
		},
		{
			// NX-OS: interface indices above 2^28, and vmMembershipTable has rows for trunks too.
			recording: "snmpsim-data/cisco-n5000", ports: 42, vlans: 16, modes: map[string]int{"access": 20, "trunk": 21, "unknown": 1},
			lines: map[string]string{
				"Ethernet1/1": "if 436207616 trunk lag false untagged 1 tagged [] voice unknown cdp up neighbors 1 learned 0; no power",
				"Ethernet1/3": "if 436215808 access lag true untagged 71 tagged [] voice unknown cdp up neighbors 0 learned 0; no power",
			},
		},
	} {
		t.Run(filepath.Base(tc.recording), func(t *testing.T) {
			t.Parallel()
			s := observe(t, recording(t, tc.recording))
			modes, lines, powered := map[string]int{}, map[string]string{}, 0
			for _, p := range s.Ports {
				modes[p.Mode.String()]++
				if p.PoE.Supported {
					powered++
				}
				if _, ok := tc.lines[p.Ref.Name]; ok {
					lines[p.Ref.Name] = line(p)
				}
			}
			if len(s.Ports) != tc.ports || len(s.VLANs) != tc.vlans || powered != tc.powered {
				t.Errorf("%d ports, %d VLANs, %d powered; want %d, %d, %d", len(s.Ports), len(s.VLANs), powered, tc.ports, tc.vlans, tc.powered)
			}
			if d := cmp.Diff(tc.modes, modes); d != "" {
				t.Errorf("modes (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.lines, lines); d != "" && len(tc.lines) > 0 {
				t.Errorf("ports (-want +got):\n%s", d)
			}
			if d := cmp.Diff(tc.power, s.Power); d != "" {
				t.Errorf("power (-want +got):\n%s", d)
			}
		})
	}
}

// TestStackPowerPorts checks each of the 120 power ports of the 2960-X stack: member.port is Gi<member>/0/<port>.
func TestStackPowerPorts(t *testing.T) {
	t.Parallel()
	s := observe(t, recording(t, "librenms/ios_2960x"))
	for _, p := range s.Ports {
		if !p.PoE.Supported {
			continue
		}
		if want := fmt.Sprintf("Gi%d/0/%d", p.Index.PSE[0], p.Index.PSE[1]); p.Ref.Name != want || p.Index.Proof != switchctl.ProofMIB {
			t.Errorf("power port %d.%d is %s by %s, want %s by mib", p.Index.PSE[0], p.Index.PSE[1], p.Ref.Name, p.Index.Proof, want)
		}
	}
}

func TestRecordedNeighbors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		recording, port string
		want            []discovery.Neighbor
	}{
		{"librenms/ios_2960x", "Gi1/0/3", []discovery.Neighbor{{
			Protocol: discovery.CDP, ChassisID: "acme-fr-ap-011", PortID: "GigabitEthernet0", System: "acme-fr-ap-011",
			Platform: "cisco AIR-AP2702I-UXK9", Capabilities: []discovery.Capability{discovery.CapBridge}, Addresses: []string{"172.27.49.84"},
		}}},
		{"librenms/iosxe_c9400-svl", "Gi0/0", []discovery.Neighbor{{
			Protocol: discovery.CDP, ChassisID: "MX066-M-12-SW.cisco.com", PortID: "GigabitEthernet1/0/1", System: "MX066-M-12-SW.cisco.com",
			Platform: "cisco WS-C3750X-48", Capabilities: []discovery.Capability{discovery.CapRouter, discovery.CapBridge},
			NativeVLAN: 11, Addresses: []string{"10.31.122.72"},
		}}},
		{"snmpsim-data/cisco-n5000", "mgmt0", []discovery.Neighbor{{
			Protocol: discovery.CDP, ChassisID: "NWPU-CA-5548-02(SSI183706KA)", PortID: "mgmt0", System: "NWPU-CA-5548-02",
			Platform: "N5K-C5548UP", Capabilities: []discovery.Capability{discovery.CapRouter, discovery.CapBridge}, Addresses: []string{"10.40.1.20"},
		}}},
	} {
		t.Run(filepath.Base(tc.recording), func(t *testing.T) {
			t.Parallel()
			s := observe(t, recording(t, tc.recording))
			var got []discovery.Neighbor
			for _, n := range where(t, &s, tc.port).Neighbors {
				if n.Protocol != discovery.CDP {
					continue
				}
				if n.Software == "" || strings.HasPrefix(n.Software, `"`) {
					t.Errorf("software %q", n.Software)
				}
				n.Software = ""
				got = append(got, n)
			}
			if d := cmp.Diff(tc.want, got); d != "" {
				t.Errorf("neighbours (-want +got):\n%s", d)
			}
		})
	}
}
