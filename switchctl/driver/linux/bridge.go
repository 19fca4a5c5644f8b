package linux

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"phoneport/switchctl"
)

// bridge is the bridge and its ports in one reading of the kernel.
type bridge struct {
	link
	ports []port // in the order of their names, numbers by value
	own   []vlan // VLANs that the bridge itself (the host) is in
	t     tables
}

// port is one socket of the switch: a member of the bridge, or a link below a bond that is one.
type port struct {
	link
	bridgePort
	member bool // of the bridge itself
	lag    bool // an aggregate, or in one
}

// Kinds of links that bundle others (IFLA_INFO_KIND).
var aggregates = []string{"bond", "team"}

// read reads the kernel and finds the bridge in it.
func (d *Driver) read(ctx context.Context, op string, fdb bool) (*bridge, error) {
	if err := d.alive(ctx, op); err != nil {
		return nil, err
	}
	t, err := d.k.Read(fdb)
	if err != nil {
		return nil, d.fail(op, "", err)
	}
	i := slices.IndexFunc(t.Links, func(l link) bool { return l.Name == d.o.Bridge })
	switch {
	case i < 0:
		return nil, &switchctl.Error{Op: op, Switch: d.o.ID, Class: switchctl.ErrUnreachable, Err: fmt.Errorf(
			"this host has no interface %q: make it with: ip link add name %s type bridge vlan_filtering 1", d.o.Bridge, d.o.Bridge)}
	case t.Links[i].Kind != "bridge":
		return nil, &switchctl.Error{Op: op, Switch: d.o.ID, Class: switchctl.ErrUnsupported, Err: fmt.Errorf(
			"interface %q is a %s and no bridge", d.o.Bridge, t.Links[i].Kind)}
	}
	return newBridge(t, t.Links[i]), nil
}

func newBridge(t tables, br link) *bridge {
	b := &bridge{link: br, t: t}
	at := make(map[int]bridgePort, len(t.Ports))
	for _, p := range t.Ports {
		at[p.Index] = p
	}
	b.own = at[br.Index].VLANs
	bundles := map[int]bool{} // aggregates that are members
	for _, l := range t.Links {
		if l.Master == br.Index && l.Index != br.Index {
			lag := slices.Contains(aggregates, l.Kind)
			bundles[l.Index] = lag
			b.ports = append(b.ports, port{link: l, bridgePort: at[l.Index], member: true, lag: lag})
		}
	}
	for _, l := range t.Links {
		if l.Master != 0 && bundles[l.Master] {
			b.ports = append(b.ports, port{link: l, lag: true})
		}
	}
	slices.SortFunc(b.ports, func(x, y port) int {
		return cmp.Or(compareNames(x.link.Name, y.link.Name), cmp.Compare(x.link.Index, y.link.Index))
	})
	return b
}

// port gives the port with the name.
func (b *bridge) port(name string) (port, bool) {
	i := slices.IndexFunc(b.ports, func(p port) bool { return p.Name == name })
	if i < 0 {
		return port{}, false
	}
	return b.ports[i], true
}

// noVLANs says why the bridge has no VLANs that could be read or set, nil where it has.
func (b *bridge) noVLANs() error {
	switch {
	case b.NoVLANs:
		return refuse(switchctl.ErrUnsupported, "this kernel has no VLANs in bridges (CONFIG_BRIDGE_VLAN_FILTERING)")
	case !b.Filters:
		return refuse(switchctl.ErrUnsupported, "bridge %s does not filter VLANs; turn it on with: ip link set dev %s type bridge vlan_filtering 1", b.Name, b.Name)
	}
	return nil
}

// compareNames orders names so that lan2 comes before lan10.
func compareNames(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			x, y := trimZeros(a[:da]), trimZeros(b[:db])
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits counts the digits at the beginning.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

func trimZeros(s string) string {
	for len(s) > 1 && s[0] == '0' {
		s = s[1:]
	}
	return s
}
