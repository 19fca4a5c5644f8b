package ciscoios

import (
	"context"

	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
)

// Open makes the driver of a Cisco switch. It reads nothing.
func Open(_ context.Context, t standard.Target) (switchctl.Driver, error) {
	d := standard.New(t, switchctl.Info{Driver: "ciscoios", Vendor: "cisco", ShutCutsPower: true}, parts()...)
	for kind, h := range handlers() {
		d.Handle(kind, h)
	}
	return d.SaveWith(newSaver().save), nil
}

// parts gives the standard parts less what Cisco tells in MIBs of its own, and those.
func parts() []standard.Part {
	out := standard.Without(standard.Parts(), standard.PartVLANs, standard.PartCurrent)
	out = edit(out, standard.PartDot1X, unlessAuth)
	out = edit(out, standard.PartPower, without("pethPsePortTable", pethPsePortAdminEnable, pethPsePortPowerPriority)) // in configPart
	out = edit(out, standard.PartLLDPAdmin, keep)
	out = edit(out, standard.PartAdvert, keep)
	out = edit(out, standard.PartAdvert, without("lldpXMedLocMediaPolicyTable", lldpXMedLocMediaPolicyUnknown))
	out = standard.With(out, pseMapPart(), pseNamesPart(), lagPart(), vlansPart(), configPart(), poePart(), cdpPart())
	return standard.With(standard.With(out, trunkParts()...), fdbParts()...)
}
