package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/switchctl"
)

func TestGuards(t *testing.T) {
	t.Parallel()
	neighbor := func(n discovery.Neighbor) func(*View) {
		return func(v *View) {
			n.Protocol = discovery.LLDP
			v.Port.Neighbors = []discovery.Neighbor{n}
		}
	}
	for _, c := range []struct {
		name string
		make func(*View)
		want []Guard
	}{
		{name: "a healthy edge port has none", make: func(*View) {}},
		{
			name: "protect list",
			make: func(v *View) { v.Port.Ref.Name = "Gi1/0/48" },
			want: []Guard{{ID: GuardProtected, Reason: "protect list: lift telephone"}},
		},
		{
			name: "virtual interface", make: func(v *View) { v.Port.Type = 53 },
			want: []Guard{{ID: GuardNonPhysical, Reason: "interface type 53 is no Ethernet socket"}},
		},
		{
			name: "unknown interface", make: func(v *View) { v.Port.Type = 0 },
			want: []Guard{{ID: GuardNonPhysical, Reason: "the switch does not tell what kind of interface it is"}},
		},
		{
			name: "trunk", make: func(v *View) { v.Port.Mode, v.Port.Tagged = switchctl.ModeTrunk, []uint16{10, 110} },
			want: []Guard{{ID: GuardTrunk, Reason: "the port is a trunk with 2 tagged VLANs"}},
		},
		{
			name: "routed", make: func(v *View) { v.Port.Mode, v.Port.Type = switchctl.ModeRouted, 136 },
			want: []Guard{{ID: GuardRouted, Reason: "the port is routed"}},
		},
		{
			name: "mode not told", make: func(v *View) { v.Port.Mode = switchctl.ModeUnknown },
			want: []Guard{{ID: GuardModeUnknown, Kinds: vlanKinds, Reason: "the switch does not tell whether the port is a trunk"}},
		},
		{
			name: "uplink", make: neighbor(discovery.Neighbor{System: "core-1", Capabilities: []discovery.Capability{discovery.CapBridge}}),
			want: []Guard{
				{ID: GuardUplink, Reason: `LLDP neighbour "core-1" is a bridge`},
				{ID: GuardInUse, Kinds: cutKinds, Reason: `"core-1" is heard: a cut can end an emergency call`},
			},
		},
		{
			name: "access point", make: neighbor(discovery.Neighbor{
				System: "ap-7", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapWLAN},
			}),
			want: []Guard{
				{ID: GuardUplink, Reason: `LLDP neighbour "ap-7" is a wireless access point`},
				{ID: GuardInUse, Kinds: cutKinds, Reason: `"ap-7" is heard: a cut can end an emergency call`},
			},
		},
		{
			name: "a phone bridges and is no uplink",
			make: neighbor(discovery.Neighbor{System: "p", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapTelephone}}),
			want: []Guard{{ID: GuardInUse, Kinds: cutKinds, Reason: `"p" is heard: a cut can end an emergency call`}},
		},
		{
			name: "a PC with containers is no uplink",
			make: neighbor(discovery.Neighbor{System: "pc", Capabilities: []discovery.Capability{discovery.CapBridge, discovery.CapStation}}),
			want: []Guard{{ID: GuardInUse, Kinds: cutKinds, Reason: `"pc" is heard: a cut can end an emergency call`}},
		},
		{
			name: "a phone that does not say so, but is known, is no uplink",
			make: func(v *View) {
				neighbor(discovery.Neighbor{MAC: mac1, Capabilities: []discovery.Capability{discovery.CapBridge}})(v)
				v.Bindings = found(inventory.Certain, nil)
			},
			want: []Guard{{ID: GuardInUse, Kinds: cutKinds, Reason: "phone 00:11:22:33:44:55 is heard: a cut can end an emergency call"}},
		},
		{
			name: "link aggregate", make: func(v *View) { v.Port.LAG, v.Port.Type = true, 161 },
			want: []Guard{{ID: GuardLAG, Reason: "the port belongs to a link aggregate"}},
		},
		{
			name: "802.1X", make: func(v *View) { v.Port.Dot1X = true },
			want: []Guard{{ID: GuardDot1X, Reason: "the port is controlled by 802.1X: RADIUS decides its VLANs"}},
		},
		{
			name: "too many addresses", make: func(v *View) {
				for i := range 3 {
					v.Port.Learned = append(v.Port.Learned, switchctl.LearnedMAC{MAC: discovery.MAC{2, 0, 0, 0, 0, byte(i)}})
				}
			},
			want: []Guard{
				{ID: GuardTooManyMACs, Reason: "3 addresses are learned on the port, more than 2: it is no desk"},
				{ID: GuardInUse, Kinds: cutKinds, Reason: "02:00:00:00:00:00 sends: a cut can end an emergency call"},
			},
		},
		{
			name: "one address in three VLANs is one", make: func(v *View) {
				v.Port.Link = switchctl.Down
				for i := range 3 {
					v.Port.Learned = append(v.Port.Learned, switchctl.LearnedMAC{MAC: mac1, VLAN: uint16(i)})
				}
			},
		},
		{
			name: "port map by convention", make: func(v *View) { v.Port.Index.Proof = switchctl.ProofConvention },
			want: []Guard{{ID: GuardPortMap, Kinds: poeKinds, Reason: "which power port feeds this port is known by convention only"}},
		},
		{
			name: "port map not known", make: func(v *View) { v.Port.Index.Proof = switchctl.ProofNone },
			want: []Guard{{ID: GuardPortMap, Kinds: poeKinds, Reason: "which power port feeds this port is not known"}},
		},
		{
			name: "protected phone that is silent", make: func(v *View) {
				v.Expected = []inventory.Phone{{Name: "gate", Extension: "112", Protected: true}}
			},
			want: []Guard{{ID: GuardProtectedPhone, Kinds: cutKinds, Reason: "phone gate (112) is expected here and protected: its power is never cut"}},
		},
		{
			name: "protected phone", make: func(v *View) {
				v.Port.Link = switchctl.Down
				v.Bindings = found(inventory.Certain, &inventory.Phone{Name: "gate", Protected: true})
			},
			want: []Guard{{ID: GuardProtectedPhone, Kinds: cutKinds, Reason: "phone gate is protected: its power is never cut"}},
		},
		{
			name: "protected profile", make: func(v *View) { v.Intent.Profile = &Profile{Name: "lift", Protected: true} },
			want: []Guard{{ID: GuardProtectedPhone, Kinds: cutKinds, Reason: `profile "lift" is protected: its power is never cut`}},
		},
		{
			name: "what was not read may be an uplink", make: func(v *View) {
				for _, table := range []string{"dot3adAggPortTable", "lldpRemTable", "cdpCacheTable", "vlanTrunkPortTable", "dot1xAuthConfigTable", "dot1qTpFdbTable", "pethPsePortTable"} {
					v.Switch.Missing = append(v.Switch.Missing, switchctl.Missing{Table: table, Reason: "timed out", Err: switchctl.ErrUnreachable})
				}
			},
			want: []Guard{
				{ID: GuardUnread, Reason: "whether LLDP hears a network device is not known (lldpRemTable: timed out)"},
				{ID: GuardUnread, Reason: "whether CDP hears a network device is not known (cdpCacheTable: timed out)"},
				{ID: GuardUnread, Reason: "whether the port is a trunk is not known (vlanTrunkPortTable: timed out)"},
				{ID: GuardUnread, Reason: "whether the port belongs to a link aggregate is not known (dot3adAggPortTable: timed out)"},
				{ID: GuardUnread, Reason: "whether 802.1X controls the port is not known (dot1xAuthConfigTable: timed out)"},
				{ID: GuardUnread, Kinds: cutKinds, Reason: "whether somebody works on the port is not known (dot1qTpFdbTable: timed out)"},
			},
		},
		{
			name: "what a switch does not offer, it does not have", make: func(v *View) {
				v.Switch.Missing = []switchctl.Missing{{Table: "dot3adAggPortTable", Reason: "not offered"}, {Table: "dot1xAuthConfigTable", Reason: "not offered"}}
			},
		},
		{
			name: "what a down port remembers is not in use", make: func(v *View) {
				v.Port.Link = switchctl.Down
				neighbor(discovery.Neighbor{System: "p", MEDClass: discovery.MEDClassIII})(v)
			},
		},
		{
			name: "a link that is not told may be in use", make: func(v *View) {
				v.Port.Link = switchctl.LinkUnknown
				v.Port.Learned = []switchctl.LearnedMAC{{MAC: mac1}}
			},
			want: []Guard{{ID: GuardInUse, Kinds: cutKinds, Reason: "00:11:22:33:44:55 sends: a cut can end an emergency call"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := edge("Gi1/0/1")
			v := View{Port: &p, Switch: &switchctl.Snapshot{}}
			c.make(&v)
			l := Limits{MaxMACs: 2, Protect: []PortPattern{{Switch: "core-*"}, {Switch: "acc-1", Port: "Gi1/0/4[5-8]", Reason: "lift telephone"}}}
			if d := cmp.Diff(c.want, Guards(v, l)); d != "" {
				t.Errorf("guards (-want +got):\n%s", d)
			}
		})
	}
}
