package linux

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Apply carries one change out; see switchctl.Driver. The port is looked up by its name each time, as the kernel
// gives a new index to an interface that was unplugged and came back.
func (d *Driver) Apply(ctx context.Context, c switchctl.Change) error {
	op, ref := c.Kind()+" "+c.Args(), c.Port()
	if !slices.Contains(d.info.Kinds, c.Kind()) {
		return d.fail(op, ref.Name, refuse(switchctl.ErrUnsupported, "the %s driver cannot do it on this host", Name))
	}
	if ref.Switch != "" && ref.Switch != d.o.ID {
		return d.fail(op, ref.Name, refuse(switchctl.ErrUnsupported, "the port is of switch %q", ref.Switch))
	}
	b, err := d.read(ctx, op, false)
	if err != nil {
		return d.fail(op, ref.Name, err)
	}
	p, ok := b.port(ref.Name)
	if !ok {
		return d.fail(op, ref.Name, refuse(switchctl.ErrUnsupported, "bridge %s has no port of that name", b.Name))
	}
	if err := d.apply(ctx, b, p, c); err != nil {
		return d.fail(op, ref.Name, err)
	}
	return nil
}

func (d *Driver) apply(ctx context.Context, b *bridge, p port, c switchctl.Change) error {
	switch c := c.(type) {
	case switchctl.SetVoice:
		return d.setVoice(b, p, c.Voice)
	case switchctl.SetAccessVLAN:
		return d.setAccessVLAN(b, p, c.VLAN)
	case switchctl.SetAdmin:
		if c.Admin != switchctl.Up && c.Admin != switchctl.Down {
			return refuse(switchctl.ErrUnsupported, "a link is set up or down, not %s", c.Admin)
		}
		return d.k.SetUp(p.link.Index, c.Admin == switchctl.Up)
	case switchctl.SetPoE:
		return d.power(ctx, p, func(e PSE) error { return e.SetAdmin(ctx, p.Name, c.Admin) })
	case switchctl.SetPoEPriority:
		return d.power(ctx, p, func(e PSE) error { return e.SetPriority(ctx, p.Name, c.Priority) })
	case switchctl.SetPoELimit:
		return d.power(ctx, p, func(e PSE) error { return e.SetLimit(ctx, p.Name, c.Limit) })
	}
	return refuse(switchctl.ErrUnsupported, "the %s driver does not know the change", Name)
}

// power writes to the controller of a port that has one.
func (d *Driver) power(ctx context.Context, p port, set func(PSE) error) error {
	s, err := d.o.PSE.Get(ctx, p.Name)
	if err != nil {
		return err
	}
	if !s.Supported {
		return refuse(switchctl.ErrUnsupported, "the port has no inline power")
	}
	return set(d.o.PSE)
}

// setVoice makes the port a tagged member of the voice VLAN, and no member of the former one any more. The new VLAN
// is there before the old one goes, so that a phone in either is heard all the time.
func (d *Driver) setVoice(b *bridge, p port, want discovery.VoicePolicy) error {
	if want.Mode != discovery.VoiceTagged && want.Mode != discovery.VoiceNone {
		return refuse(switchctl.ErrUnsupported, "a bridge knows a voice VLAN that is tagged, or none; %s is only for the advertiser to say", want.Mode)
	}
	if err := b.writable(p); err != nil {
		return err
	}
	now := memberOf(p.VLANs)
	if len(now.tagged) > 1 || len(now.tagged) == 1 && !now.native {
		return refuse(switchctl.ErrUnsupported, "the port is a trunk: tagged VLANs %v, and which of them is the voice VLAN is not told", now.tagged)
	}
	var steps []step
	if want.Mode == discovery.VoiceTagged {
		if want.VLAN < 1 || want.VLAN > maxVLAN {
			return refuse(switchctl.ErrRejected, "VLAN %d is not in 1 to %d", want.VLAN, maxVLAN)
		}
		if want.VLAN == now.pvid {
			return refuse(switchctl.ErrRejected, "VLAN %d is the untagged VLAN of the port; a voice VLAN must be another one", want.VLAN)
		}
		if now.pvid == 0 {
			return refuse(switchctl.ErrRejected, "the port has no untagged VLAN: with a tagged one alone it would be a trunk; set the access VLAN first")
		}
		steps = p.add(steps, vlan{ID: want.VLAN})
	}
	for _, old := range now.tagged {
		if want.Mode != discovery.VoiceTagged || old != want.VLAN {
			steps = p.del(steps, old)
		}
	}
	return d.take(p, steps)
}

// setAccessVLAN makes another VLAN the PVID and takes the port out of the former one. The kernel moves the PVID in one
// step, so that there is no moment without.
func (d *Driver) setAccessVLAN(b *bridge, p port, want uint16) error {
	if err := b.writable(p); err != nil {
		return err
	}
	if want < 1 || want > maxVLAN {
		return refuse(switchctl.ErrRejected, "VLAN %d is not in 1 to %d", want, maxVLAN)
	}
	now := memberOf(p.VLANs)
	if slices.Contains(now.tagged, want) && want != now.pvid {
		return refuse(switchctl.ErrRejected, "VLAN %d leaves the port tagged, as a voice VLAN does; the access VLAN must be another one", want)
	}
	steps := p.add(nil, vlan{ID: want, PVID: true, Untagged: true})
	if now.pvid != 0 && now.pvid != want {
		steps = p.del(steps, now.pvid)
	}
	return d.take(p, steps)
}

// writable makes sure that the port has VLANs of its own.
func (b *bridge) writable(p port) error {
	if !p.member {
		return refuse(switchctl.ErrUnsupported, "the port belongs to an aggregate: VLANs are the aggregate's")
	}
	return b.noVLANs()
}

// step is one change of a VLAN of a port: the membership before and after; nil = none.
type step struct {
	id       uint16
	was, now *vlan
}

func (p port) vlan(id uint16) *vlan {
	for _, v := range p.VLANs {
		if v.ID == id {
			return &v
		}
	}
	return nil
}

// add appends the step that makes v so; none where it is so.
func (p port) add(steps []step, v vlan) []step {
	if was := p.vlan(v.ID); was == nil || *was != v {
		steps = append(steps, step{v.ID, was, &v})
	}
	return steps
}

// del appends the step that takes the port out of a VLAN. If that was the PVID, an earlier step has moved it.
func (p port) del(steps []step, id uint16) []step {
	return append(steps, step{id, p.vlan(id), nil})
}

// take carries steps out in order. Where one fails, those before it are put back, the last first.
func (d *Driver) take(p port, steps []step) error {
	for i, s := range steps {
		err := d.set(p, s.id, s.now)
		if err == nil {
			continue
		}
		errs := []error{err}
		// The membership of the failed step itself is as it was; a PVID that an earlier step moved away from it is not.
		for j := i; j >= 0; j-- {
			if j == i && (s.was == nil || !s.was.PVID) {
				continue
			}
			if berr := d.set(p, steps[j].id, steps[j].was); berr != nil {
				errs = append(errs, fmt.Errorf("put back VLAN %d: %w", steps[j].id, berr))
			}
		}
		return errors.Join(errs...)
	}
	return nil
}

func (d *Driver) set(p port, id uint16, v *vlan) error {
	if v == nil {
		return d.k.DelVLAN(p.link.Index, id)
	}
	return d.k.AddVLAN(p.link.Index, *v)
}
