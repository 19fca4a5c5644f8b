package standard

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Objects of Q-BRIDGE-MIB that the handlers write.
var (
	dot1qVlanStaticEgress   = dot1qVlanStaticEntry.Append(colStaticEgress)
	dot1qVlanStaticUntagged = dot1qVlanStaticEntry.Append(colStaticUntagged)
	dot1qPvid               = dot1qPortVlanEntry.Append(colPvid)
)

// staticVLANs is dot1qVlanStaticTable as it is right now: the ground of a read-modify-write. The lists are
// whole octet strings of the VLAN, so what another writer changes between our reading and our writing is
// lost; the switch's turn in the fleet keeps ourselves from it, and the time between is one request.
type staticVLANs map[uint16]*staticVLAN

type staticVLAN struct{ egress, untagged []byte }

// readStatic reads the table anew.
func readStatic(ctx context.Context, d *Driver) (staticVLANs, error) {
	rows, err := d.target.Session.Read(ctx, snmp.Table{Name: "dot1qVlanStaticTable", Entry: dot1qVlanStaticEntry, Columns: []uint32{colStaticEgress, colStaticUntagged}})
	if err != nil {
		return nil, err
	}
	if rows[0].Err != nil {
		return nil, rows[0].Err
	}
	out := staticVLANs{}
	for _, r := range rows[0].All() {
		if v, ok := vlanIndex(r.Index); ok && r.Value(colStaticEgress).Exists() {
			out[v] = &staticVLAN{slices.Clone(r.Bytes(colStaticEgress)), slices.Clone(r.Bytes(colStaticUntagged))}
		}
	}
	if len(out) == 0 {
		return nil, unsupported("the switch offers no dot1qVlanStaticTable")
	}
	return out, nil
}

// with gives the lists with the port put in or taken out. A list that is too short for the port grows.
func (v *staticVLAN) with(port int, egress, untagged bool) *staticVLAN {
	return &staticVLAN{setPort(v.egress, port, egress), setPort(v.untagged, port, untagged)}
}

// has reports whether the port is in the VLAN, and untagged.
func (v *staticVLAN) has(port int) (egress, untagged bool) {
	return snmp.Octets(v.egress).Bit(port - 1), snmp.Octets(v.untagged).Bit(port - 1)
}

// setPort gives a copy of a PortList with the bit of one bridge port set or cleared.
func setPort(list []byte, port int, on bool) []byte {
	out := slices.Clone(list)
	i, bit := (port-1)/8, byte(0x80)>>((port-1)%8)
	if i >= len(out) {
		if !on {
			return out
		}
		out = append(out, make([]byte, i+1-len(out))...)
	}
	if on {
		out[i] |= bit
	} else {
		out[i] &^= bit
	}
	return out
}

// vars gives the variables that write both lists of a VLAN. They go in one request: agents check one list
// against the other.
func (v *staticVLAN) vars(id uint16) []snmp.Var {
	return []snmp.Var{
		{OID: dot1qVlanStaticEgress.Append(uint32(id)), Value: snmp.Octets(v.egress)},
		{OID: dot1qVlanStaticUntagged.Append(uint32(id)), Value: snmp.Octets(v.untagged)},
	}
}

// setVoice makes a port a tagged member of the voice VLAN, and no member of the former one any more.
func setVoice(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error {
	want := c.(switchctl.SetVoice).Voice
	if err := writableBridgePort(p); err != nil {
		return err
	}
	if want.Mode != discovery.VoiceTagged && want.Mode != discovery.VoiceNone {
		return unsupported(fmt.Sprintf("by Q-BRIDGE a voice VLAN is tagged or none, not %s", want.Mode))
	}
	now, err := readStatic(ctx, d)
	if err != nil {
		return err
	}
	port := p.Index.Bridge
	var steps []vlanStep
	if want.Mode == discovery.VoiceTagged {
		v, ok := now[want.VLAN]
		if !ok {
			return rejected(fmt.Sprintf("VLAN %d does not exist on the switch", want.VLAN))
		}
		if want.VLAN == p.Untagged {
			return rejected(fmt.Sprintf("VLAN %d is the untagged VLAN of the port; a voice VLAN must be another one", want.VLAN))
		}
		if egress, untagged := v.has(port); !egress || untagged {
			steps = append(steps, vlanStep{id: want.VLAN, was: v, will: v.with(port, true, false)})
		}
	}
	if old := p.Voice; old.Mode == discovery.VoiceTagged && old.VLAN != want.VLAN {
		if v, ok := now[old.VLAN]; ok {
			if egress, untagged := v.has(port); egress && !untagged {
				steps = append(steps, vlanStep{id: old.VLAN, was: v, will: v.with(port, false, false)})
			}
		}
	} else if want.Mode == discovery.VoiceNone && old.Mode != discovery.VoiceTagged && old.Mode != discovery.VoiceNone {
		return unsupported("the switch does not tell which of the port's VLANs is the voice VLAN")
	}
	return d.writeVLANs(ctx, port, steps, 0, 0)
}

// setAccessVLAN moves the untagged membership and the PVID of a port to another VLAN.
func setAccessVLAN(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error {
	want := c.(switchctl.SetAccessVLAN).VLAN
	if err := writableBridgePort(p); err != nil {
		return err
	}
	now, err := readStatic(ctx, d)
	if err != nil {
		return err
	}
	v, ok := now[want]
	if !ok {
		return rejected(fmt.Sprintf("VLAN %d does not exist on the switch", want))
	}
	if p.Voice.Mode == discovery.VoiceTagged && p.Voice.VLAN == want {
		return rejected(fmt.Sprintf("VLAN %d is the voice VLAN of the port; the access VLAN must be another one", want))
	}
	port := p.Index.Bridge
	var steps []vlanStep
	if egress, untagged := v.has(port); !egress || !untagged {
		steps = append(steps, vlanStep{id: want, was: v, will: v.with(port, true, true)})
	}
	// Only the VLAN that the port leaves is changed: a port that is untagged in more VLANs than one was made
	// so by somebody, and undo could not tell which.
	if u, ok := now[p.Untagged]; ok && p.Untagged != want {
		if _, untagged := u.has(port); untagged {
			steps = append(steps, vlanStep{id: p.Untagged, was: u, will: u.with(port, false, false)})
		}
	}
	return d.writeVLANs(ctx, port, steps, want, p.Untagged)
}

// writableBridgePort makes sure that the port has a bit in the PortLists.
func writableBridgePort(p switchctl.PortState) error {
	if p.Index.Bridge <= 0 {
		return unsupported("the port is no bridge port")
	}
	return nil
}

// vlanStep is the new membership of one VLAN.
type vlanStep struct {
	id        uint16
	was, will *staticVLAN
}

// writeVLANs writes memberships and, where pvid is not 0, the PVID. Agents differ in what they take: all in one
// request (some, as D-Link's, take it no other way, since no step between may leave the port without its
// untagged VLAN), one VLAN after the other with the new one first, or the old one first. They are tried in this
// order; what a failed order has written is put back before the next.
func (d *Driver) writeVLANs(ctx context.Context, port int, steps []vlanStep, pvid, oldPvid uint16) error {
	var pvidVar []snmp.Var
	if pvid != 0 && pvid != oldPvid {
		pvidVar = []snmp.Var{{OID: dot1qPvid.Append(uint32(port)), Value: snmp.Unsigned(uint32(pvid))}}
	}
	if len(steps) == 0 && pvidVar == nil {
		return nil
	}
	var all []snmp.Var
	var forward [][]snmp.Var
	for _, s := range steps {
		all = append(all, s.will.vars(s.id)...)
		forward = append(forward, s.will.vars(s.id))
	}
	all = append(all, pvidVar...)
	if pvidVar != nil { // after the new VLAN, before the old ones
		forward = slices.Insert(forward, min(1, len(forward)), pvidVar)
	}
	backward := slices.Clone(forward)
	slices.Reverse(backward)
	orders := [][][]snmp.Var{{all}}
	if len(forward) > 1 {
		orders = append(orders, forward, backward)
	}
	var first error
	for _, order := range orders {
		err := d.inOrder(ctx, order, steps, port, oldPvid)
		if err == nil {
			return d.verifyVLANs(ctx, port, steps)
		}
		if first == nil {
			first = err
		}
		if c := switchctl.ClassOf(err); !errors.Is(c, switchctl.ErrRejected) && !errors.Is(c, switchctl.ErrMalformed) {
			return err // no order helps where we may not write, or nobody answers
		}
	}
	return first
}

// inOrder writes request after request. Where one is refused, what came before it is put back.
func (d *Driver) inOrder(ctx context.Context, order [][]snmp.Var, steps []vlanStep, port int, oldPvid uint16) error {
	for i, vars := range order {
		err := d.Set(ctx, vars...)
		if err == nil {
			continue
		}
		for j := i - 1; j >= 0; j-- {
			if back := former(order[j], steps, port, oldPvid); back != nil {
				if berr := d.Set(ctx, back...); berr != nil {
					return errors.Join(err, fmt.Errorf("put back %s: %w", back[0].OID, berr))
				}
			}
		}
		return err
	}
	return nil
}

// former gives the values that variables had before.
func former(vars []snmp.Var, steps []vlanStep, port int, oldPvid uint16) []snmp.Var {
	var out []snmp.Var
	for _, s := range steps {
		if w := s.will.vars(s.id); w[0].OID.Compare(vars[0].OID) == 0 {
			out = append(out, s.was.vars(s.id)...)
		}
	}
	if vars[0].OID.Compare(dot1qPvid.Append(uint32(port))) == 0 && oldPvid != 0 {
		out = append(out, snmp.Var{OID: vars[0].OID, Value: snmp.Unsigned(uint32(oldPvid))})
	}
	return out
}

// verifyVLANs reads the lists back. Agents exist (Netgear) that answer noError and change nothing; and a list
// that lost another port's bit means that somebody else wrote at the same time.
func (d *Driver) verifyVLANs(ctx context.Context, port int, steps []vlanStep) error {
	if len(steps) == 0 {
		return nil
	}
	now, err := readStatic(ctx, d)
	if err != nil {
		return err
	}
	for _, s := range steps {
		v, ok := now[s.id]
		if !ok {
			return &switchctl.Error{Class: switchctl.ErrUnverified, Err: fmt.Errorf("VLAN %d is gone after the write", s.id)}
		}
		e, u := v.has(port)
		we, wu := s.will.has(port)
		if e != we || u != wu {
			return &switchctl.Error{Class: switchctl.ErrUnverified, Err: fmt.Errorf("the switch accepted the membership of VLAN %d and did not take it", s.id)}
		}
		if !samePorts(v.egress, s.will.egress) || !samePorts(v.untagged, s.will.untagged) {
			d.target.Log.Warn("membership of other ports changed during the write", "switch", d.target.ID, "vlan", s.id)
		}
	}
	return nil
}

// samePorts compares PortLists, whatever zeros they end in.
func samePorts(a, b []byte) bool {
	for i := range max(len(a), len(b)) {
		var x, y byte
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return false
		}
	}
	return true
}

// rejected is the error of a change that makes no sense on this switch.
func rejected(why string) error {
	return &switchctl.Error{Class: switchctl.ErrRejected, Err: errors.New(why)}
}
