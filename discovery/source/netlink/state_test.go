package netlink

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
)

// is makes a link as it is.
func is(index int, name, kind string, master int, up bool) message {
	return message{What: linkIs, Index: index, Name: name, Kind: kind, Master: master, Ether: name != "lo" && kind != "tun", Up: up}
}

// vlans makes what a bridge tells of a port.
func vlans(index, master int, text string) message {
	return message{What: portIs, Index: index, Master: master, Up: true, VLANs: text}
}

// down is the same message without carrier.
func down(m message) message { m.Up = false; return m }

func gone(index int) message { return message{What: linkGone, Index: index} }

var station = discovery.MAC{0, 4, 0x0d, 0, 0, 1}

func on(index int) message  { return message{What: learned, Index: index, MAC: station} }
func off(index int) message { return message{What: forgotten, Index: index, MAC: station} }

// host is a bridge with two ports, a second bridge with one, a bond below the first, and two links of nobody.
func host() []message {
	return []message{
		is(1, "lo", "", 0, true), is(2, "br0", "bridge", 0, true), is(3, "lan1", "", 2, true), is(4, "lan2", "veth", 2, false),
		is(5, "br1", "bridge", 0, true), is(6, "lan9", "", 5, true), is(7, "bond0", "bond", 2, true), is(8, "eth0", "", 7, true),
		is(9, "eth9", "", 0, true), is(10, "tun0", "tun", 0, true),
		vlans(3, 2, "10"), down(vlans(4, 2, "10")), vlans(6, 5, "1"), vlans(2, 2, "1"),
	}
}

func words(es []discovery.Event) string {
	var out []string
	for _, e := range es {
		s := fmt.Sprintf("%s %s %d", e.Kind, e.IfName, e.IfIndex)
		if !e.MAC.IsZero() {
			s += " " + e.MAC.String()
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestState(t *testing.T) {
	t.Parallel()
	const mac = " 00:04:0d:00:00:01"
	tests := []struct {
		name string
		in   []message
		br0  string // events where only br0 counts
		all  string // events where all count; "=" the same
	}{
		{"nothing new", host(), "", "="},
		{"link down", []message{is(3, "lan1", "", 2, false)}, "link-down lan1 3", "="},
		{"told by link and by bridge", []message{is(3, "lan1", "", 2, false), down(vlans(3, 2, "10"))}, "link-down lan1 3", "="},
		{"told by the bridge first", []message{down(vlans(3, 2, "10")), is(3, "lan1", "", 2, false)}, "link-down lan1 3", "="},
		{"link up", []message{is(4, "lan2", "veth", 2, true)}, "link-up lan2 4", "="},
		{"link of another bridge", []message{is(6, "lan9", "", 5, false)}, "", "link-down lan9 6"},
		{"link of nobody", []message{is(9, "eth9", "", 0, false)}, "", "link-down eth9 9"},
		{"no Ethernet", []message{is(10, "tun0", "tun", 0, false)}, "", ""},
		{"below a bond", []message{is(8, "eth0", "", 7, false)}, "link-down eth0 8", "="},
		{"VLANs", []message{vlans(3, 2, "10 110"), vlans(3, 2, "10 110"), vlans(3, 2, "20 110")}, "vlan-changed lan1 3; vlan-changed lan1 3", "="},
		{"last VLAN", []message{vlans(3, 2, "")}, "vlan-changed lan1 3", "="},
		{"VLANs of the bridge itself", []message{vlans(2, 2, "1 110")}, "", "="},
		{"VLANs of another bridge", []message{vlans(6, 5, "1 110")}, "", "vlan-changed lan9 6"},
		{"learned", []message{on(3), off(3)}, "mac-learned lan1 3" + mac + "; mac-removed lan1 3" + mac, "="},
		{"learned elsewhere", []message{on(6)}, "", "mac-learned lan9 6" + mac},
		{"learned nowhere", []message{on(9), on(99)}, "", "="},
		{
			"port added",
			[]message{is(9, "eth9", "", 2, true), vlans(9, 2, "1"), vlans(9, 2, "1 110"), on(9)},
			"port-added eth9 9; vlan-changed eth9 9; mac-learned eth9 9" + mac, "=",
		},
		{"new link added", []message{is(20, "lan3", "veth", 2, false), is(20, "lan3", "veth", 2, true)}, "port-added lan3 20; link-up lan3 20", "="},
		{"new link of nobody", []message{is(20, "lan3", "veth", 0, false), is(20, "lan3", "veth", 0, true)}, "", "link-up lan3 20"},
		{"port removed", []message{is(3, "lan1", "", 0, true), vlans(3, 2, "20"), on(3)}, "port-removed lan1 3", "="},
		{"port unplugged", []message{gone(3), gone(3), on(3)}, "port-removed lan1 3", "="},
		{"link unplugged", []message{gone(9)}, "", "="},
		{"to the other bridge", []message{is(3, "lan1", "", 5, true), vlans(3, 5, "7")}, "port-removed lan1 3", ""},
		{"late word of the bridge that was left", []message{is(3, "lan1", "", 5, true), vlans(3, 2, "20"), vlans(3, 5, "7")}, "port-removed lan1 3", ""},
		{"and back, other VLANs are no change", []message{is(6, "lan9", "", 2, true), vlans(6, 2, "7")}, "port-added lan9 6", ""},
		{"bond leaves", []message{is(7, "bond0", "bond", 0, true)}, "port-removed bond0 7; port-removed eth0 8", "="},
		{"bridge goes", []message{gone(2)}, "port-removed lan1 3; port-removed lan2 4; port-removed bond0 7; port-removed eth0 8", "="},
		{
			"bridge is renamed",
			[]message{is(2, "br7", "bridge", 0, true)},
			"port-removed lan1 3; port-removed lan2 4; port-removed bond0 7; port-removed eth0 8", "",
		},
		{"port is renamed", []message{is(3, "desk", "", 2, true), is(3, "desk", "", 2, false)}, "link-down desk 3", "="},
		{"nothing", []message{{}}, "", "="},
	}
	for _, tt := range tests {
		for bridge, want := range map[string]string{"br0": tt.br0, "": tt.all} {
			if want == "=" {
				want = tt.br0
			}
			t.Run(tt.name+"/"+bridge, func(t *testing.T) {
				t.Parallel()
				s := newState(bridge)
				s.load(host())
				var got []discovery.Event
				for _, m := range tt.in {
					got = append(got, s.step(m)...)
				}
				if diff := cmp.Diff(want, words(got)); diff != "" {
					t.Errorf("events (-want +got):\n%s", diff)
				}
			})
		}
	}
}

// TestStateForgets shows that a reading replaces what was known, without a word.
func TestStateForgets(t *testing.T) {
	t.Parallel()
	s := newState("")
	s.load(host())
	s.load([]message{is(2, "br0", "bridge", 0, true), is(3, "lan1", "", 2, false)})
	if len(s.links) != 2 {
		t.Errorf("%d links, want 2", len(s.links))
	}
	if got := words(s.step(is(3, "lan1", "", 2, true))); got != "link-up lan1 3" {
		t.Errorf("after the reading: %q", got)
	}
}
