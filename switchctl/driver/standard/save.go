package standard

import (
	"context"

	"phoneport/switchctl/snmp"
)

// hpSwitchImplicitConfigSave of HP-SWITCH-BASIC-CONFIG-MIB: enable(1) has each SET written to flash at once,
// disable(2) has it not. It is enable again after a restart.
var hpSwitchImplicitConfigSave = snmp.MustOID("1.3.6.1.4.1.11.2.14.11.5.1.7.1.29.1.11.0")

// spareFlash switches the implicit save off before the first write of this session, on families that have one:
// flash wears out, and each write of it stalls the switch. Agents without the object are left alone.
func (d *Driver) spareFlash(ctx context.Context) error {
	if d.begun || !RulesFor(d.target.System.ObjectID).ImplicitSave {
		return nil
	}
	v, err := d.target.Session.Get(ctx, hpSwitchImplicitConfigSave)
	if err != nil {
		return err
	}
	d.begun = true
	if n, ok := v[0].Int(); !ok || n != 1 {
		return nil
	}
	if err := d.target.Session.Set(ctx, snmp.Var{OID: hpSwitchImplicitConfigSave, Value: snmp.Integer(2)}); err != nil {
		d.target.Log.Warn("each write goes to flash: cannot switch the implicit save off", "switch", d.target.ID, "error", err)
		return nil
	}
	d.restore = true
	return nil
}

// saveImplicit switches the implicit save on again. That is itself a SET, with which the switch writes
// its running configuration to flash.
func saveImplicit(ctx context.Context, d *Driver) error {
	if !d.restore {
		return nil
	}
	if err := d.target.Session.Set(ctx, snmp.Var{OID: hpSwitchImplicitConfigSave, Value: snmp.Integer(1)}); err != nil {
		return err
	}
	d.begun, d.restore = false, false
	return nil
}
