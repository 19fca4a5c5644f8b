package ciscoios

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

func TestVoicePolicy(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]discovery.VoicePolicy{
		1:     {Mode: discovery.VoiceTagged, VLAN: 1},
		110:   {Mode: discovery.VoiceTagged, VLAN: 110},
		4094:  {Mode: discovery.VoiceTagged, VLAN: 4094},
		0:     {Mode: discovery.VoicePriority},
		4095:  {Mode: discovery.VoiceUntagged},
		4096:  {Mode: discovery.VoiceNone},
		-1:    {},
		4097:  {},
		70000: {},
	} {
		got := voicePolicy(n)
		if got != want {
			t.Errorf("vmVoiceVlanId %d is read as %+v, want %+v", n, got, want)
		}
		if back, ok := voiceVlanID(got); ok != (want.Mode != discovery.VoiceUnknown) || ok && back != n {
			t.Errorf("%+v is written as %d, %v", got, back, ok)
		}
	}
	for _, bad := range []discovery.VoicePolicy{{}, {Mode: discovery.VoiceTagged}, {Mode: discovery.VoiceTagged, VLAN: 4095}} {
		if n, ok := voiceVlanID(bad); ok {
			t.Errorf("%+v is written as %d", bad, n)
		}
	}
}

func TestCapabilities(t *testing.T) {
	t.Parallel()
	router, bridge, station, phone := discovery.CapRouter, discovery.CapBridge, discovery.CapStation, discovery.CapTelephone
	for _, tc := range []struct {
		name string
		v    snmp.Value
		want []discovery.Capability
	}{
		{"phone", snmp.Octets([]byte{0, 0, 0x04, 0x90}), []discovery.Capability{station, phone}},
		{"phone with host bit only", snmp.Octets([]byte{0, 0, 0, 0x90}), []discovery.Capability{station, phone}},
		{"layer 3 switch", snmp.Octets([]byte{0, 0, 0, 0x29}), []discovery.Capability{router, bridge}},
		{"access point: both kinds of bridge are one", snmp.Octets([]byte{0, 0, 0, 0x26}), []discovery.Capability{bridge}},
		{"repeater", snmp.Octets([]byte{0, 0, 0, 0x40}), []discovery.Capability{discovery.CapRepeater}},
		{"three octets", snmp.Octets([]byte{0, 0, 0x80}), []discovery.Capability{phone}},
		{"hexadecimal text", snmp.Text("00000490"), []discovery.Capability{station, phone}},
		{"hexadecimal text in groups", snmp.Text("00 00 00 29"), []discovery.Capability{router, bridge}},
		{"hexadecimal text with 0x", snmp.Text("0x90"), []discovery.Capability{station, phone}},
		{"words", snmp.Text("Host Phone Two-port Mac Relay"), []discovery.Capability{station, phone}},
		{"words with commas", snmp.Text("Router, Switch, IGMP"), []discovery.Capability{router, bridge}},
		{"number", snmp.Integer(0x28), []discovery.Capability{bridge}},
		{"none", snmp.Octets(nil), nil},
		{"missing", snmp.Value{}, nil},
		{"nonsense", snmp.Text("<private>"), nil},
	} {
		if d := cmp.Diff(tc.want, capabilities(tc.v)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// cdpRow makes a row of cdpCacheTable.
func cdpRow(cells map[uint32]snmp.Value) *snmp.Row {
	cols := []uint32{
		cdpCacheAddress, cdpCacheVersion, cdpCacheDeviceID, cdpCacheDevicePort, cdpCachePlatform, cdpCacheCapabilities, cdpCacheNativeVLAN,
		cdpCachePowerConsumption,
	}
	rows := snmp.NewRows(snmp.Table{Columns: cols})
	for _, c := range cols {
		rows.Put(c, snmp.OID{1, 1}, cells[c])
	}
	return rows.At(1, 1)
}

func TestNeighbor(t *testing.T) {
	t.Parallel()
	mac := discovery.MAC{0x00, 0x21, 0xd8, 0xba, 0x09, 0x65}
	for _, tc := range []struct {
		name  string
		cells map[uint32]snmp.Value
		want  discovery.Neighbor
		none  bool
	}{
		{
			name: "SIP phone of the old kind", cells: map[uint32]snmp.Value{cdpCacheDeviceID: snmp.Text("SIP0021D8BA0965")},
			want: discovery.Neighbor{ChassisID: "SIP0021D8BA0965", System: "SIP0021D8BA0965", MAC: mac},
		},
		{
			name: "device id is a bare address", cells: map[uint32]snmp.Value{cdpCacheDeviceID: snmp.Text("0021d8ba0965")},
			want: discovery.Neighbor{ChassisID: "0021d8ba0965", System: "0021d8ba0965", MAC: mac},
		},
		{
			name: "device id is six octets", cells: map[uint32]snmp.Value{cdpCacheDeviceID: snmp.Octets(mac[:])},
			want: discovery.Neighbor{ChassisID: "00:21:d8:ba:09:65", System: "00:21:d8:ba:09:65", MAC: mac},
		},
		{
			name: "device id is a name of six letters", cells: map[uint32]snmp.Value{cdpCacheDeviceID: snmp.Text("core-1")},
			want: discovery.Neighbor{ChassisID: "core-1", System: "core-1"},
		},
		{
			name:  "phone without an address yet, absurd power, native VLAN 0",
			cells: map[uint32]snmp.Value{cdpCacheDeviceID: snmp.Text("SEP0021D8BA0965"), cdpCacheAddress: snmp.Octets([]byte{0, 0, 0, 0}), cdpCachePowerConsumption: snmp.Unsigned(4_000_000_000), cdpCacheNativeVLAN: snmp.Integer(0)},
			want:  discovery.Neighbor{ChassisID: "SEP0021D8BA0965", System: "SEP0021D8BA0965", MAC: mac},
		},
		{
			name: "IPv6 address, quotes of a recorder",
			cells: map[uint32]snmp.Value{
				cdpCacheDeviceID: snmp.Text(`"sw 1"`), cdpCacheVersion: snmp.Text("\"Cisco IOS Software\nline 2\""),
				cdpCacheAddress: snmp.Octets([]byte{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
			},
			want: discovery.Neighbor{ChassisID: "sw 1", System: "sw 1", Software: "Cisco IOS Software\nline 2", Addresses: []string{"2001:db8::1"}},
		},
		{name: "empty row", cells: map[uint32]snmp.Value{cdpCachePlatform: snmp.Text("cisco")}, none: true},
	} {
		got, ok := neighbor(cdpRow(tc.cells))
		if ok == tc.none {
			t.Errorf("%s: ok is %v", tc.name, ok)
			continue
		}
		if tc.none {
			continue
		}
		tc.want.Protocol = discovery.CDP
		if d := cmp.Diff(tc.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

func TestSlotPort(t *testing.T) {
	t.Parallel()
	type sp struct {
		group, port int
		ok          bool
	}
	for name, want := range map[string]sp{
		"Gi1/0/5":               {1, 5, true},
		"GigabitEthernet2/0/48": {2, 48, true},
		"Fa0/5":                 {1, 5, true},
		"Gi3/7":                 {3, 7, true},
		"Te1/1/5":               {}, // an uplink module: no power there
		"Gi1/1/0/5":             {}, // a chassis of two
		"Vl10":                  {},
		"Gi1/0/5.100":           {},
		"":                      {},
		"Gi":                    {},
		"Gi1//5":                {},
		"Gi1/0/99999":           {},
	} {
		g, p, ok := slotPort(name)
		if got := (sp{g, p, ok}); got != want {
			t.Errorf("%q suggests %+v, want %+v", name, got, want)
		}
	}
}

func TestPowerGroups(t *testing.T) {
	t.Parallel()
	table := func(col uint32, cells map[uint32]int64, parts ...uint32) *snmp.Rows {
		rows := snmp.NewRows(snmp.Table{Columns: []uint32{col, cpeExtMainPsePwrRemaining}})
		for i, n := range cells {
			rows.Put(col, snmp.OID{i}.Append(parts...), snmp.Unsigned(uint32(n)))
		}
		return rows
	}
	none := table(cpeExtMainPsePwrUsed, nil)
	for _, tc := range []struct {
		name        string
		groups      []switchctl.PowerGroup
		ports, main *snmp.Rows
		want        []switchctl.PowerGroup
	}{
		{
			name: "told", groups: []switchctl.PowerGroup{{Group: 1, Nominal: 370_000}}, ports: table(cpeExtPsePortPwrAllocated, map[uint32]int64{1: 5000}, 1),
			main: table(cpeExtMainPsePwrUsed, map[uint32]int64{1: 6300}), want: []switchctl.PowerGroup{{Group: 1, Nominal: 370_000, Allocated: 6300}},
		},
		{
			name: "not told, added up", groups: []switchctl.PowerGroup{{Group: 1, Nominal: 370_000}}, ports: table(cpeExtPsePortPwrAllocated, map[uint32]int64{1: 5000}, 1),
			main: none, want: []switchctl.PowerGroup{{Group: 1, Nominal: 370_000, Allocated: 5000}},
		},
		{
			name: "ports of a group without a supply", groups: []switchctl.PowerGroup{{Group: 1}}, ports: table(cpeExtPsePortPwrAllocated, map[uint32]int64{1: 5000, 2: 5000}, 1),
			main: none, want: []switchctl.PowerGroup{{Group: 1}},
		},
		{
			name: "told only here", ports: table(cpeExtPsePortPwrAllocated, nil), main: table(cpeExtMainPsePwrUsed, map[uint32]int64{2: 6300}),
			want: []switchctl.PowerGroup{{Group: 2, Allocated: 6300}},
		},
	} {
		if d := cmp.Diff(tc.want, powerGroups(tc.groups, tc.ports, tc.main)); d != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, d)
		}
	}
}

// FuzzRows puts values of every kind into the columns that this package reads: no decoder may panic, and what
// it gives stays within its bounds.
func FuzzRows(f *testing.F) {
	f.Add(int64(110), []byte("SEP0021D8BA0965"), "1.3.6.1.2.1.2.2.1.1.10101", "Gi1/0/5")
	f.Add(int64(-1), []byte{0, 0, 4, 0x90}, "1.3", "Te1/1/5")
	f.Add(int64(1)<<40, []byte{}, "2.999.4294967295", "")
	f.Fuzz(func(t *testing.T, n int64, octets []byte, oid, name string) {
		id, err := snmp.ParseOID(oid)
		if err != nil {
			id = snmp.OID{1}
		}
		for _, v := range []snmp.Value{snmp.Integer(n), snmp.Octets(octets), snmp.ObjectID(id), snmp.Number(snmp.KindUnsigned, uint64(n)), {}} {
			cells := map[uint32]snmp.Value{}
			for _, c := range []uint32{
				cdpCacheAddress, cdpCacheVersion, cdpCacheDeviceID, cdpCacheDevicePort, cdpCachePlatform, cdpCacheCapabilities, cdpCacheNativeVLAN,
				cdpCachePowerConsumption,
			} {
				cells[c] = v
			}
			if nb, ok := neighbor(cdpRow(cells)); ok && (nb.ChassisID == "" || nb.NativeVLAN > 4094 || nb.Draws < 0) {
				t.Fatalf("%v gives %+v", v, nb)
			}
			if m, err := v.Int(); err {
				if p := voicePolicy(m); p.VLAN > 4094 {
					t.Fatalf("%d gives %+v", m, p)
				}
			}
			rows := snmp.NewRows(snmp.Table{Columns: []uint32{entAliasMappingIdentifier, cpeExtPsePortEntPhyIndex, dot1dTpFdbPort, vtpVlanName}})
			for _, c := range rows.Table.Columns {
				rows.Put(c, id, v)
			}
			aliases(rows)
			psePorts(rows)
			vlans(rows)
			trunking(rows.At(id...))
			macIndex(id)
			var s switchctl.PoEState
			poe := snmp.NewRows(snmp.Table{Columns: []uint32{cpeExtPsePortEnable, cpeExtPsePortAdditionalStatus, cpeExtPsePortPwrMax, cpeExtPsePortPwrAllocated, cpeExtPsePortPwrConsumption}})
			for _, c := range poe.Table.Columns {
				poe.Put(c, snmp.OID{1, 1}, v)
			}
			fillPSEConfig(&s, poe.At(1, 1))
			fillPoEConfig(&s, poe.At(1, 1))
			fillPoE(&s, poe.At(1, 1))
			if s.Draw < 0 || s.Limit < 0 || s.Allocated < 0 {
				t.Fatalf("%v gives %+v", v, s)
			}
		}
		slotPort(name)
		portChannel(name)
	})
}
