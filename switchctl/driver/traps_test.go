package driver

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// recorded reads one recording by name.
func recorded(t *testing.T, name string) switchctl.Snapshot {
	t.Helper()
	for _, path := range walks(t) {
		if strings.TrimSuffix(filepath.Base(path), ".snmprec") == name {
			return observe(t, path)
		}
	}
	t.Skipf("SKIPPED: the recording %s is not there", name)
	return switchctl.Snapshot{}
}

// at gives a port that must be there.
func at(t *testing.T, s switchctl.Snapshot, name string) switchctl.PortState {
	t.Helper()
	p, ok := s.Port(name)
	if !ok {
		t.Fatalf("no port %s", name)
	}
	return *p
}

// The tests below have one name for each trap of the recordings: joins that go wrong and still find a port.

// TestTrapStackPowerByEntity: PSE 1.3 of a 2960X stack is Gi1/0/3 by ENTITY-MIB, and each member counts from 1.
func TestTrapStackPowerByEntity(t *testing.T) {
	t.Parallel()
	s := recorded(t, "ios_2960x")
	for name, want := range map[string][2]int{"Gi1/0/3": {1, 3}, "Gi1/0/48": {1, 48}, "Gi3/0/3": {3, 3}} {
		if p := at(t, s, name); p.Index.PSE != want || p.Index.Proof != switchctl.ProofMIB {
			t.Errorf("%s has power port %v by %s, want %v by mib", name, p.Index.PSE, p.Index.Proof, want)
		}
	}
	for _, p := range s.Ports {
		if strings.HasPrefix(p.Ref.Name, "Te") && p.PoE.Supported {
			t.Errorf("uplink %s has power port %v", p.Ref.Name, p.Index.PSE)
		}
	}
}

// TestTrapLLDPPortIsNoIfIndex: LLDP port 14 is GigabitEthernet0/0/14, though ifIndex 14 is another port.
func TestTrapLLDPPortIsNoIfIndex(t *testing.T) {
	t.Parallel()
	s := recorded(t, "vrp_5720")
	p := at(t, s, "GigabitEthernet0/0/14")
	if p.Index.LLDP != 14 || p.Index.If == 14 || len(p.Neighbors) != 1 || p.Neighbors[0].System != "LNS-Huawei" {
		t.Errorf("port %+v: want LLDP port 14 with neighbour LNS-Huawei", p.Index)
	}
	if !p.PoE.Supported {
		t.Error("the vendor's power table, which is by ifIndex, does not reach the port")
	}
}

// TestTrapLLDPPortsFromOne: LLDP ports count from 1, interfaces from 10101.
func TestTrapLLDPPortsFromOne(t *testing.T) {
	t.Parallel()
	if p := at(t, recorded(t, "cisco-c3750"), "Gi1/0/6"); p.Index.If != 10106 || p.Index.LLDP == 0 || p.Index.LLDP > 1000 {
		t.Errorf("Gi1/0/6 has indices %+v", p.Index)
	}
	if p := at(t, recorded(t, "ios_c3560"), "Gi0/1"); p.Index.If != 10101 || p.Index.LLDP == 0 || p.Index.LLDP > 1000 {
		t.Errorf("Gi0/1 has indices %+v", p.Index)
	}
}

// TestTrapPowerPortIsIfIndex: on Cisco SB and Linksys the power port is unit.ifIndex.
func TestTrapPowerPortIsIfIndex(t *testing.T) {
	t.Parallel()
	if p := at(t, recorded(t, "ciscosb_cbs350-4x"), "gi2/0/1"); p.Index.PSE != [2]int{2, 53} || p.Index.If != 53 {
		t.Errorf("gi2/0/1 has indices %+v, want ifIndex 53 and power port 2.53", p.Index)
	}
	if p := at(t, recorded(t, "linksys-ss_lgs318p"), "gi1"); p.Index.PSE != [2]int{1, 49} || p.Index.Proof != switchctl.ProofName {
		t.Errorf("gi1 has indices %+v, want power port 1.49 by name", p.Index)
	}
}

// TestTrapFourNumberings: TP-Link numbers power, LLDP and addresses from 1, bridge ports by ifIndex.
func TestTrapFourNumberings(t *testing.T) {
	t.Parallel()
	p := at(t, recorded(t, "jetstream_sg2218p"), "gigabitEthernet 1/0/16")
	if p.Index.If != 49168 || p.Index.Bridge != 49168 || p.Index.LLDP != 16 || !p.PoE.Supported {
		t.Errorf("indices %+v, power %t", p.Index, p.PoE.Supported)
	}
	if _, ok := p.HasMAC(discovery.MAC{0x48, 0xa9, 0x8a, 0xc0, 0x3c, 0x40}); !ok {
		t.Error("the address on database port 16 is not on the port")
	}
}

// TestTrapDatabaseIsNoVLAN: dot1qVlanFdbId tells the VLAN of an address; the id of the database is not it.
func TestTrapDatabaseIsNoVLAN(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"procurve_2520", "hpe-procurve-516733-b21"} {
		s := recorded(t, name)
		known, n := map[uint16]bool{}, 0
		for _, v := range s.VLANs {
			known[v.ID] = true
		}
		for _, p := range s.Ports {
			for _, l := range p.Learned {
				n++
				if !known[l.VLAN] {
					t.Errorf("%s: %s on %s is in VLAN %d, which the switch does not have", name, l.MAC, p.Ref.Name, l.VLAN)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no address", name)
		}
	}
}

// TestTrapPortZero: addresses on port 0 are nowhere; nearly all of these recordings are.
func TestTrapPortZero(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{"slxos_slx9150": 0, "junos_qfx5100": 2} {
		got := 0
		for _, p := range recorded(t, name).Ports {
			got += len(p.Learned)
		}
		if got != want {
			t.Errorf("%s: %d addresses are on ports, want %d", name, got, want)
		}
	}
}

// TestTrapMACSpellings: chassis and port ids that are MAC addresses come in octets and in many spellings, and
// leave in one.
func TestTrapMACSpellings(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"aos6", "arubaos-cx", "dnos", "edgeswitch_us-8", "fortiswitch_148f-fpoe", "zynos_gs1900-fdb", "aos", "ciscosb_cbs350-4x"} {
		n := 0
		for _, p := range recorded(t, name).Ports {
			for _, nb := range p.Neighbors {
				for _, id := range []string{nb.ChassisID, nb.PortID} {
					m, err := discovery.ParseMAC(id)
					if err != nil {
						continue
					}
					if n++; id != m.String() && len(id) != 12 { // twelve digits may be a name
						t.Errorf("%s: id %q of a neighbour on %s is not spelled %s", name, id, p.Ref.Name, m)
					}
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no neighbour is named by a MAC address", name)
		}
	}
}

// TestTrapNoLocalPort: RouterOS leaves time mark and local port out of the index; its own table tells the
// interface of a neighbour.
func TestTrapNoLocalPort(t *testing.T) {
	t.Parallel()
	s := recorded(t, "routeros")
	want := map[string][]string{"wlan1": {"6c:3b:6b:e4:21:3e"}, "WAN": {"20:67:7c:97:a3:48", "3c:e5:a6:37:df:da"}, "wlan2": {"6c:3b:6b:e4:21:3e"}}
	for name, ids := range want {
		var got []string
		for _, n := range at(t, s, name).Neighbors {
			got = append(got, n.ChassisID)
		}
		for _, id := range ids {
			if !slices.Contains(got, id) {
				t.Errorf("%s hears %q, not %s", name, got, id)
			}
		}
	}
}

// TestTrapYealink: a phone that is named only by what it says itself.
func TestTrapYealink(t *testing.T) {
	t.Parallel()
	phones := 0
	for _, p := range recorded(t, "fortiswitch_148f-fpoe").Ports {
		for _, n := range p.Neighbors {
			if strings.Contains(n.System+n.Platform, "SIP-T") || strings.Contains(strings.ToLower(n.System+n.Platform), "yealink") {
				phones++
				if n.MAC.IsZero() || !n.IsPhone() {
					t.Errorf("%s: phone %+v has no address or is none", p.Ref.Name, n)
				}
			}
		}
	}
	if phones == 0 {
		t.Error("no Yealink phone found")
	}
}

// TestTrapNoVoiceVLAN: 4096 is no voice VLAN, on any of the recordings.
func TestTrapNoVoiceVLAN(t *testing.T) {
	t.Parallel()
	told := 0
	for _, p := range recorded(t, "cisco-c3750").Ports {
		if p.Voice.Mode == discovery.VoiceTagged {
			t.Errorf("%s has voice VLAN %d", p.Ref.Name, p.Voice.VLAN)
		}
		if p.Voice.Mode == discovery.VoiceNone {
			told++
		}
	}
	if told == 0 {
		t.Error("no port tells that it has no voice VLAN")
	}
}

// TestTrapTextPortLists: Junos writes PortLists as numbers with commas.
func TestTrapTextPortLists(t *testing.T) {
	t.Parallel()
	for _, p := range recorded(t, "junos_qfx5100").Ports {
		if p.Index.Bridge == 4097 {
			if want := []uint16{23, 3856, 3884, 4002, 4004, 4005}; !slices.Equal(p.Tagged, want) {
				t.Errorf("bridge port 4097 is tagged in %v, want %v", p.Tagged, want)
			}
			return
		}
	}
	t.Error("no bridge port 4097")
}
