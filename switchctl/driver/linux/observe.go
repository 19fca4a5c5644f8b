package linux

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// IANAifType values of what a Linux interface may be.
const (
	typeEthernet = 6   // ethernetCsmacd
	typeVirtual  = 53  // propVirtual: taps, tunnels, VLAN interfaces: no cable goes into them
	typeWireless = 71  // ieee80211
	typeLAG      = 161 // ieee8023adLag
)

// cabled are the kinds of links (IFLA_INFO_KIND) that stand for a socket: hardware, ports of a switch chip, and the
// ends of virtual cables.
var cabled = []string{"device", "dsa", "veth"}

// The tables of Snapshot.Missing. policy knows what they are about by the words "VLAN", "LLDP", "FDB" and "PSE".
const (
	tableVLANs     = "bridge VLAN table"
	tableNeighbors = "LLDP and CDP neighbours"
	tableFDB       = "bridge FDB"
	tablePSE       = "PSE"
)

// Observe reads the bridge; see switchctl.Driver. Nothing is kept between readings.
func (d *Driver) Observe(ctx context.Context, s switchctl.Scope) (switchctl.Snapshot, error) {
	b, err := d.read(ctx, "read bridge", true)
	if err != nil {
		return switchctl.Snapshot{Switch: d.o.ID}, err
	}
	now := time.Now()
	out := switchctl.Snapshot{
		Switch: d.o.ID, ReadAt: now, BootAt: now.Add(-b.t.Uptime),
		System: switchctl.System{
			Name: string(d.o.ID), SysName: b.t.Host, Descr: b.t.Kernel + ", bridge " + b.Name,
			Vendor: d.info.Vendor, Driver: d.info.Driver, Uptime: b.t.Uptime,
		},
	}
	missing := func(table string, err error, told bool) {
		m := switchctl.Missing{Table: table, Reason: err.Error()}
		if !told {
			m.Err = d.fail("read "+table, "", err)
		}
		if e, ok := err.(*switchctl.Error); ok && e.Op == "" && e.Err != nil { // refuse made it
			m.Reason = e.Err.Error()
		}
		out.Missing = append(out.Missing, m)
	}
	filters := true
	if err := b.noVLANs(); err != nil {
		filters = false
		missing(tableVLANs, err, false)
	}
	if b.t.FDBErr != nil {
		missing(tableFDB, b.t.FDBErr, false)
	}
	heard, err := d.neighbors(ctx)
	if err != nil {
		missing(tableNeighbors, err, errors.Is(err, ErrNobodyListens))
	}
	if filters {
		out.VLANs = b.vlans()
	}
	learned := b.learned()
	var powerErr error
	powered := false
	var deaf []string
	for _, p := range b.ports {
		if len(s.Ports) > 0 && !slices.Contains(s.Ports, p.Name) {
			continue
		}
		st := p.state(d.o.ID, now)
		st.Speed = b.t.Speeds[p.link.Index]
		ns, listens := heard[p.Name]
		if heard != nil && !listens && st.Physical() {
			deaf = append(deaf, p.Name)
		}
		st.Neighbors = ns
		st.Learned = learned[p.link.Index]
		if filters && p.member {
			setVLANs(&st, p.VLANs)
		}
		if d.o.PSE != nil {
			power, err := d.o.PSE.Get(ctx, p.Name)
			switch {
			case errors.Is(err, switchctl.ErrUnsupported): // no controller; the same as one that says so
			case err != nil:
				powerErr = errors.Join(powerErr, err)
			case power.Supported:
				// The kernel itself ties the controller to the interface: there is no second numbering to match.
				powered, st.PoE, st.Index.Proof = true, power, switchctl.ProofMIB
			}
		}
		out.Ports = append(out.Ports, st)
	}
	if len(deaf) > 0 {
		missing(tableNeighbors, fmt.Errorf("nobody listens on %s", listed(deaf)), true)
	}
	switch {
	case powerErr != nil:
		missing(tablePSE, powerErr, false)
	case len(s.Ports) == 0 && !powered:
		missing(tablePSE, errors.New("the kernel knows no controller of inline power for these ports"), true)
	}
	return out, nil
}

// ErrNobodyListens says that there is nobody to ask for neighbours: they are not known, which is no failure.
var ErrNobodyListens = errors.New("nobody listens on the ports: run phoneport advertise on this host")

// listed names the first of many.
func listed(names []string) string {
	const most = 8
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// neighbors gives the neighbours by name of port, LLDP first.
func (d *Driver) neighbors(ctx context.Context) (map[string][]discovery.Neighbor, error) {
	if d.o.Neighbors == nil {
		return nil, ErrNobodyListens
	}
	heard, err := d.o.Neighbors(ctx)
	if err != nil {
		var e *switchctl.Error
		if !errors.As(err, &e) {
			err = refuse(switchctl.ErrUnsupported, "%w", err)
		}
		return nil, err
	}
	out := make(map[string][]discovery.Neighbor, len(heard))
	for name, ns := range heard {
		ns = slices.Clone(ns)
		slices.SortStableFunc(ns, func(a, b discovery.Neighbor) int {
			return cmp.Or(cmp.Compare(b.Protocol, a.Protocol), cmp.Compare(a.ChassisID, b.ChassisID), cmp.Compare(a.PortID, b.PortID))
		})
		out[name] = ns
	}
	return out, nil
}

// state gives what the link itself tells.
func (p port) state(id switchctl.SwitchID, now time.Time) switchctl.PortState {
	st := switchctl.PortState{
		Ref: switchctl.PortRef{Switch: id, Name: p.Name}, ReadAt: now, Alias: p.Alias,
		Index: switchctl.Indices{If: p.link.Index, Bridge: p.No},
		Type:  p.ianaType(), LAG: p.lag, Dot1X: p.Locked,
		Admin: switchctl.Down, Link: p.oper(),
	}
	if p.AdminUp {
		st.Admin = switchctl.Up
	}
	return st
}

func (p port) ianaType() int {
	switch {
	case slices.Contains(aggregates, p.Kind):
		return typeLAG
	case p.Wireless:
		return typeWireless
	case p.Encap == "ether" && slices.Contains(cabled, p.Kind):
		return typeEthernet
	}
	return typeVirtual
}

// oper gives the link state. Drivers that know no operational state are judged by carrier (RFC 2863 is kept by
// the kernel only for those that call linkwatch).
func (p port) oper() switchctl.UpDown {
	switch p.Oper {
	case operUp:
		return switchctl.Up
	case operDown, operLowerLayerDown:
		return switchctl.Down
	case operDormant:
		return switchctl.Dormant
	case operTesting:
		return switchctl.Testing
	case operNotPresent:
		return switchctl.NotPresent
	}
	if p.Carrier {
		return switchctl.Up
	}
	return switchctl.Down
}

// learned gives the learned addresses by index of port. Static ones and the host's own are not, nor such that
// the kernel would age out now. Hardware that learns by itself shows its table beside the bridge's, often without
// VLAN.
func (b *bridge) learned() map[int][]switchctl.LearnedMAC {
	type where struct {
		index int
		mac   discovery.MAC
	}
	vlans := map[where][]uint16{}
	for _, e := range b.t.FDB {
		if w := (where{e.Index, e.MAC}); e.State&nudReachable != 0 && !e.MAC.IsZero() && !e.MAC.Group() && e.VLAN <= maxVLAN {
			vlans[w] = append(vlans[w], e.VLAN)
		}
	}
	out := map[int][]switchctl.LearnedMAC{}
	for w, vs := range vlans {
		slices.Sort(vs)
		vs = slices.Compact(vs)
		if len(vs) > 1 && vs[0] == 0 {
			vs = vs[1:]
		}
		for _, v := range vs {
			out[w.index] = append(out[w.index], switchctl.LearnedMAC{MAC: w.mac, VLAN: v})
		}
	}
	for _, ls := range out {
		slices.SortFunc(ls, func(a, b switchctl.LearnedMAC) int {
			return cmp.Or(slices.Compare(a.MAC[:], b.MAC[:]), cmp.Compare(a.VLAN, b.VLAN))
		})
	}
	return out
}
