package inventory_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

func at(sw, port string) switchctl.PortRef {
	return switchctl.PortRef{Switch: switchctl.SwitchID(sw), Name: port}
}

// sighting makes a binding of a Certain phone.
func sighting(ref switchctl.PortRef, m string, macs int, kinds ...inventory.EvidenceKind) inventory.Binding {
	b := inventory.Binding{Port: ref, MAC: mac(m), MACs: macs, Confidence: inventory.Certain}
	for _, k := range kinds {
		b.Evidence = append(b.Evidence, inventory.Evidence{Kind: k})
	}
	return b
}

func TestResolve(t *testing.T) {
	t.Parallel()
	const (
		med, cdp, voice, data = inventory.EvidenceMED, inventory.EvidenceCDP, inventory.EvidenceVoiceMAC, inventory.EvidenceMAC
	)
	onTrunk := func(b inventory.Binding) inventory.Binding {
		b.Trunk = true
		return b
	}
	edge, edge2, up, core := at("sw1", "Gi1/0/1"), at("sw2", "Gi1/0/9"), at("sw1", "Gi1/0/48"), at("core", "Te1/1")
	tests := map[string]struct {
		in   []inventory.Binding
		want []switchctl.PortRef
		sure bool
	}{
		"one port":                              {[]inventory.Binding{sighting(edge, cisco, 2, med)}, []switchctl.PortRef{edge}, true},
		"direct neighbour beats an uplink":      {[]inventory.Binding{sighting(core, cisco, 3, voice), sighting(edge, cisco, 3, cdp)}, []switchctl.PortRef{edge}, true},
		"edge beats an uplink":                  {[]inventory.Binding{sighting(core, cisco, 200, voice), sighting(edge, cisco, 2, data)}, []switchctl.PortRef{edge}, true},
		"edge beats a trunk with few addresses": {[]inventory.Binding{onTrunk(sighting(core, cisco, 2, data)), sighting(edge, cisco, 2, data)}, []switchctl.PortRef{edge}, true},
		"of uplinks the one with the fewest":    {[]inventory.Binding{sighting(core, cisco, 200, voice), sighting(up, cisco, 48, voice)}, []switchctl.PortRef{up}, true},
		"voice VLAN beats a stale row of a data VLAN": {
			[]inventory.Binding{sighting(edge, cisco, 1, data), sighting(edge2, cisco, 3, voice)}, []switchctl.PortRef{edge2}, true,
		},
		"heard among a crowd, by frames that pass a switch": {
			[]inventory.Binding{sighting(core, cisco, 200, cdp), sighting(edge, cisco, 2, voice)}, []switchctl.PortRef{edge}, true,
		},
		"heard on two ports": {
			[]inventory.Binding{sighting(edge, cisco, 2, med), sighting(edge2, cisco, 2, cdp)}, []switchctl.PortRef{edge, edge2}, false,
		},
		"learned on two edge ports": {
			[]inventory.Binding{sighting(edge2, cisco, 3, voice), sighting(edge, cisco, 1, voice)}, []switchctl.PortRef{edge2, edge}, false,
		},
		"equal uplinks": {
			[]inventory.Binding{sighting(up, cisco, 48, voice), sighting(core, cisco, 48, voice)}, []switchctl.PortRef{up, core}, false,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := append([]inventory.Binding{}, tt.in...)
			kept, seen := inventory.Resolve(in)
			if d := cmp.Diff(tt.in, in); d != "" {
				t.Errorf("Resolve changed its argument:\n%s", d)
			}
			var got []switchctl.PortRef
			for _, b := range kept {
				got = append(got, b.Port)
				if (b.Confidence == inventory.Certain) != tt.sure {
					t.Errorf("binding at %s is %s", b.Port, b.Confidence)
				}
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Errorf("ports (-want +got):\n%s", d)
			}
			if n := len(seen[mac(cisco)]); n != len(tt.want) {
				t.Errorf("seen on %d ports, want %d", n, len(tt.want))
			}
		})
	}
}

func TestResolveKeepsPhonesWithoutAddress(t *testing.T) {
	t.Parallel()
	in := []inventory.Binding{sighting(at("sw1", "1"), "", 1, inventory.EvidenceCDP), sighting(at("sw2", "1"), "", 1, inventory.EvidenceCDP)}
	kept, seen := inventory.Resolve(in)
	if d := cmp.Diff(in, kept); d != "" {
		t.Errorf("Resolve (-want +got):\n%s", d)
	}
	if len(seen) != 0 {
		t.Errorf("seen = %v, want nothing", seen)
	}
}

// TestResolveFindsTheEdge: the phone of the edge switch is learned by the distribution and the core, too,
// and only the edge port is left, whatever those in between hear.
func TestResolveFindsTheEdge(t *testing.T) {
	t.Parallel()
	d, _ := inventory.NewDirectory([]inventory.Phone{{MAC: mac(yealink)}})
	snapshot := func(id switchctl.SwitchID, p switchctl.PortState, name string) []inventory.Binding {
		p.Ref = switchctl.PortRef{Switch: id, Name: name}
		return inventory.Correlate(d, switchctl.Snapshot{Switch: id, Ports: []switchctl.PortState{p}}, now)
	}
	var bs []inventory.Binding
	bs = append(bs, snapshot("core", trunk(access(nil, learned(yealink+" 110", pc+" 10", cisco2+" 110"))), "Te1/1")...)
	bs = append(bs, snapshot("dist", trunk(access([]discovery.Neighbor{switchLLDP}, learned(yealink+" 110", pc+" 10"))), "Gi1/0/48")...)
	bs = append(bs, snapshot("edge", access(nil, learned(yealink+" 110", pc+" 10")), "Gi1/0/1")...)
	kept, seen := inventory.Resolve(bs)
	if len(kept) != 1 || kept[0].Port.Switch != "edge" || kept[0].Confidence != inventory.Certain {
		t.Errorf("kept %+v, want the edge port alone", kept)
	}
	if d := cmp.Diff(map[discovery.MAC][]switchctl.PortRef{mac(yealink): {at("edge", "Gi1/0/1")}}, seen); d != "" {
		t.Errorf("seen (-want +got):\n%s", d)
	}
}
