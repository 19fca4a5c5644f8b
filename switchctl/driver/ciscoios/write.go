package ciscoios

import (
	"context"
	"errors"
	"fmt"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// handlers gives the changes that Cisco carries out by MIBs of its own. ifAdminStatus and
// pethPsePortPowerPriority are the standard ones.
func handlers() map[string]standard.Handler {
	return map[string]standard.Handler{
		switchctl.SetPoE{}.Kind():        setPoE,
		switchctl.SetPoELimit{}.Kind():   setPoELimit,
		switchctl.SetVoice{}.Kind():      setVoice,
		switchctl.SetAccessVLAN{}.Kind(): setAccessVLAN,
	}
}

// setPoE writes cpeExtPsePortEnable, which moves pethPsePortAdminEnable with it.
func setPoE(ctx context.Context, d *standard.Driver, p switchctl.PortState, c switchctl.Change) error {
	n, ok := map[switchctl.PoEAdmin]int64{
		switchctl.PoEAuto: 1, switchctl.PoEOn: 1, switchctl.PoEStatic: 2, switchctl.PoELimit: 3, switchctl.PoEOff: 4,
	}[c.(switchctl.SetPoE).Admin]
	if !ok {
		return refuse(switchctl.ErrUnsupported, "inline power can be auto, static, limit or off")
	}
	return d.Set(ctx, psePortVar(p, cpeExtPsePortEnable, snmp.Integer(n)))
}

// setPoELimit writes cpeExtPsePortPwrMax.
func setPoELimit(ctx context.Context, d *standard.Driver, p switchctl.PortState, c switchctl.Change) error {
	limit := c.(switchctl.SetPoELimit).Limit
	if limit <= 0 || limit > maxPower {
		return refuse(switchctl.ErrUnsupported, fmt.Sprintf("a limit of %d mW is not between 1 and %d", int64(limit), maxPower))
	}
	return d.Set(ctx, psePortVar(p, cpeExtPsePortPwrMax, snmp.Unsigned(uint32(limit))))
}

func psePortVar(p switchctl.PortState, col uint32, v snmp.Value) snmp.Var {
	return snmp.Var{OID: cpeExtPsePortEntry.Append(col, uint32(p.Index.PSE[0]), uint32(p.Index.PSE[1])), Value: v}
}

// setVoice writes vmVoiceVlanId.
func setVoice(ctx context.Context, d *standard.Driver, p switchctl.PortState, c switchctl.Change) error {
	voice := c.(switchctl.SetVoice).Voice
	n, ok := voiceVlanID(voice)
	if !ok {
		return refuse(switchctl.ErrUnsupported, fmt.Sprintf("a port cannot be given the voice VLAN %s", voice))
	}
	if p.Mode != switchctl.ModeAccess {
		return refuse(switchctl.ErrUnsupported, fmt.Sprintf("a voice VLAN is for access ports, this one is %s", p.Mode))
	}
	if n >= 1 && n <= 4094 {
		if err := vlanExists(ctx, d, uint16(n)); err != nil {
			return err
		}
	}
	return d.Set(ctx, snmp.Var{OID: vmVoiceVlanEntry.Append(vmVoiceVlanID, uint32(p.Index.If)), Value: snmp.Integer(n)})
}

// setAccessVLAN writes vmVlan.
func setAccessVLAN(ctx context.Context, d *standard.Driver, p switchctl.PortState, c switchctl.Change) error {
	v := c.(switchctl.SetAccessVLAN).VLAN
	if v < 1 || v > 4094 || legacyVLAN(v) {
		return refuse(switchctl.ErrUnsupported, fmt.Sprintf("VLAN %d cannot be an access VLAN", v))
	}
	if p.Mode != switchctl.ModeAccess {
		return refuse(switchctl.ErrUnsupported, fmt.Sprintf("an access VLAN is for access ports, this one is %s", p.Mode))
	}
	if err := vlanExists(ctx, d, v); err != nil {
		return err
	}
	return d.Set(ctx, snmp.Var{OID: vmMembershipEntry.Append(vmVlan, uint32(p.Index.If)), Value: snmp.Integer(int64(v))})
}

// vlanExists refuses a VLAN that the switch does not have: with vmVlanCreationMode automatic, the default,
// IOS would make it, and a typing error in a profile would become a VLAN on every switch. The VLANs of
// domain 1 are asked for: IOS has no other. A switch that tells no VLAN 1 tells none; then IOS decides.
func vlanExists(ctx context.Context, d *standard.Driver, v uint16) error {
	const domain, defaultVLAN = 1, 1
	got, err := d.Session().Get(ctx, vtpVlanEntry.Append(vtpVlanName, domain, uint32(v)), vtpVlanEntry.Append(vtpVlanName, domain, defaultVLAN))
	if err != nil {
		return err
	}
	if len(got) == 2 && !got[0].Exists() && got[1].Exists() {
		return refuse(switchctl.ErrRejected, fmt.Sprintf("VLAN %d does not exist on the switch", v))
	}
	return nil
}

func refuse(class error, why string) error {
	return &switchctl.Error{Class: class, Err: errors.New(why)}
}
