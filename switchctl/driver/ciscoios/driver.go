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
	out := onlyWithoutAuth(standard.Without(standard.Parts(), standard.PartVLANs, standard.PartCurrent))
	return standard.With(out, append([]standard.Part{
		pseMapPart(), pseNamesPart(), lagPart(), poePart(), vlansPart(), authPart(), cdpPart(), cdpEnablePart(), trunksPart(),
	}, fdbParts()...)...)
}
