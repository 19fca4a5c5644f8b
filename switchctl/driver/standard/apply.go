package standard

import (
	"context"
	"errors"
	"fmt"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// ifName is ifName of IF-MIB (ifXTable column 1).
var ifName = snmp.MustOID("1.3.6.1.2.1.31.1.1.1.1")

// Apply carries one change out; see switchctl.Driver. It finds the port by name (reading the switch where
// this session has not yet), makes sure that the interface index still bears that name, and refuses a change
// of inline power where the power port was only guessed.
func (d *Driver) Apply(ctx context.Context, c switchctl.Change) error {
	ref := c.Port()
	h, ok := d.handle[c.Kind()]
	if !ok {
		return d.Fail(c, switchctl.ErrUnsupported, fmt.Errorf("the %s driver cannot do it on this switch", d.info.Driver))
	}
	if ref.Switch != "" && ref.Switch != d.target.ID {
		return d.Fail(c, switchctl.ErrUnsupported, fmt.Errorf("the port is of switch %q", ref.Switch))
	}
	p, err := d.port(ctx, ref.Name)
	if err != nil {
		return d.Fail(c, nil, err)
	}
	if needsPSE(c) {
		if !p.PoE.Supported {
			return d.Fail(c, switchctl.ErrUnsupported, errors.New("the port has no inline power"))
		}
		if p.Index.Proof < switchctl.ProofName {
			return d.Fail(c, switchctl.ErrUnsupported, fmt.Errorf(
				"power port %d.%d is matched to the port by %s only; it could power another port", p.Index.PSE[0], p.Index.PSE[1], p.Index.Proof))
		}
	}
	if err := d.sameName(ctx, p); err != nil {
		return d.Fail(c, nil, err)
	}
	if err := d.spareFlash(ctx); err != nil {
		return d.Fail(c, nil, err)
	}
	err = h(ctx, d, p, c)
	d.changed() // also where it failed: the switch may have taken it
	if err != nil {
		return d.Fail(c, nil, err)
	}
	delete(d.ports, ref.Name) // what we know of it is of before
	return nil
}

// Save makes the running configuration the startup configuration; see switchctl.Driver. Where the family
// needs no saving it does nothing.
func (d *Driver) Save(ctx context.Context) error {
	if d.save == nil {
		return nil
	}
	if err := d.save(ctx, d); err != nil {
		return d.fail("save configuration", "", err)
	}
	return nil
}

// needsPSE reports whether a change is written to a power port.
func needsPSE(c switchctl.Change) bool {
	switch c.(type) {
	case switchctl.SetPoE, switchctl.SetPoEPriority, switchctl.SetPoELimit:
		return true
	}
	return false
}

// port finds a port by its canonical name.
func (d *Driver) port(ctx context.Context, name string) (switchctl.PortState, error) {
	if p, ok := d.ports[name]; ok {
		return p, nil
	}
	s, err := d.Observe(ctx, switchctl.Scope{Ports: []string{name}})
	if err != nil {
		return switchctl.PortState{}, err
	}
	if p, ok := s.Port(name); ok {
		return *p, nil
	}
	return switchctl.PortState{}, &switchctl.Error{Class: switchctl.ErrUnsupported, Err: errors.New("the switch has no port of that name")}
}

// sameName makes sure that the switch has not renumbered its interfaces since the port was read: a write to
// a stale ifIndex would hit another port.
func (d *Driver) sameName(ctx context.Context, p switchctl.PortState) error {
	if p.Index.If == 0 {
		return nil
	}
	v, err := d.target.Session.Get(ctx, ifName.Append(uint32(p.Index.If)))
	if err != nil {
		return err
	}
	if len(v) == 1 && v[0].Exists() && v[0].Text() != "" && !sameAs(p.Ref.Name, v[0].Text()) {
		delete(d.ports, p.Ref.Name)
		d.memory.Store((*kept)(nil))
		return &switchctl.Error{Class: switchctl.ErrRejected, Err: fmt.Errorf(
			"interface %d is now %q: the switch has renumbered its ports, read it again", p.Index.If, v[0].Text())}
	}
	return nil
}

// sameAs compares a canonical name with an ifName, allowing for what uniqueNames appends.
func sameAs(name, ifName string) bool {
	return NameKey(name) == NameKey(ifName) || len(name) > len(ifName) && name[:len(ifName)] == ifName && name[len(ifName)] == '#'
}

// Fail makes the error of a change: its words, this switch, the port, and the class; where class is nil that
// of err, else ErrUnreachable.
func (d *Driver) Fail(c switchctl.Change, class, err error) error {
	op := c.Kind() + " " + c.Args()
	if class == nil {
		return d.fail(op, c.Port().Name, err)
	}
	return &switchctl.Error{Op: op, Switch: d.target.ID, Port: c.Port().Name, Class: class, Err: err}
}
