package standard

import (
	"context"
	"errors"
	"fmt"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Set writes one variable. Where the agent calls the type wrong, the other integer type is tried once: images
// exist that want Unsigned32 for objects that their MIB calls INTEGER, and the reverse.
func (d *Driver) Set(ctx context.Context, vars ...snmp.Var) error {
	err := d.target.Session.Set(ctx, vars...)
	if err == nil || !errors.Is(err, snmp.ErrWrongType) {
		return err
	}
	other := make([]snmp.Var, len(vars))
	changed := false
	for i, v := range vars {
		other[i] = v
		n, ok := v.Value.Int()
		switch {
		case !ok || n < 0:
		case v.Value.Kind == snmp.KindInteger:
			other[i].Value, changed = snmp.Unsigned(uint32(n)), true
		case v.Value.Kind == snmp.KindUnsigned:
			other[i].Value, changed = snmp.Integer(n), true
		}
	}
	if !changed {
		return err
	}
	return d.target.Session.Set(ctx, other...)
}

// Handlers gives the handlers of the changes that the standard MIBs can carry out, by kind.
func Handlers() map[string]Handler {
	return map[string]Handler{
		switchctl.SetAdmin{}.Kind():       setAdmin,
		switchctl.SetPoE{}.Kind():         setPoE,
		switchctl.SetPoEPriority{}.Kind(): setPoEPriority,
		switchctl.SetVoice{}.Kind():       setVoice,
		switchctl.SetAccessVLAN{}.Kind():  setAccessVLAN,
	}
}

// Objects that the handlers write.
var (
	ifAdminStatus          = snmp.MustOID("1.3.6.1.2.1.2.2.1.7")     // IF-MIB
	pethPsePortAdminEnable = snmp.MustOID("1.3.6.1.2.1.105.1.1.1.3") // POWER-ETHERNET-MIB
	pethPsePortPriority    = snmp.MustOID("1.3.6.1.2.1.105.1.1.1.7") // pethPsePortPowerPriority
)

// setAdmin writes ifAdminStatus: up(1), down(2).
func setAdmin(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error {
	v := map[switchctl.UpDown]int64{switchctl.Up: 1, switchctl.Down: 2}[c.(switchctl.SetAdmin).Admin]
	if v == 0 {
		return unsupported("a port can be set up or down")
	}
	return d.Set(ctx, snmp.Var{OID: ifAdminStatus.Append(uint32(p.Index.If)), Value: snmp.Integer(v)})
}

// setPoE writes pethPsePortAdminEnable, a TruthValue: true(1), false(2).
func setPoE(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error {
	v := int64(2)
	switch admin := c.(switchctl.SetPoE).Admin; admin {
	case switchctl.PoEOn, switchctl.PoEAuto:
		v = 1
	case switchctl.PoEOff:
	default:
		return unsupported(fmt.Sprintf("the standard MIB knows on and off, not %s", admin))
	}
	return d.Set(ctx, snmp.Var{OID: pethPsePortAdminEnable.Append(pse(p)...), Value: snmp.Integer(v)})
}

// setPoEPriority writes pethPsePortPowerPriority: critical(1), high(2), low(3).
func setPoEPriority(ctx context.Context, d *Driver, p switchctl.PortState, c switchctl.Change) error {
	v := int64(c.(switchctl.SetPoEPriority).Priority)
	if v < 1 || v > 3 {
		return unsupported("a priority is critical, high or low")
	}
	return d.Set(ctx, snmp.Var{OID: pethPsePortPriority.Append(pse(p)...), Value: snmp.Integer(v)})
}

// pse gives the index of the power port.
func pse(p switchctl.PortState) []uint32 {
	return []uint32{uint32(p.Index.PSE[0]), uint32(p.Index.PSE[1])}
}

// unsupported is the error of a change that the family cannot do.
func unsupported(why string) error {
	return &switchctl.Error{Class: switchctl.ErrUnsupported, Err: errors.New(why)}
}
