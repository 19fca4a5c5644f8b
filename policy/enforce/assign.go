package enforce

import (
	"time"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
	"phoneport/switchctl/fleet"
)

// Assigner fills what should hold on the ports of a reading: intents with their guards, expected phones and
// exceptions.
type Assigner interface {
	Assign(r *policy.Reading, d *inventory.Directory, now time.Time)
}

var _ Assigner = (*policy.Assigner)(nil)

// reading puts together what is known of a switch, or of the ports of it that were read.
func (e *Engine) reading(t fleet.Target, i switchctl.Info, s *switchctl.Snapshot) *policy.Reading {
	r := &policy.Reading{Site: t.Site, Info: i, Switch: s, Bindings: inventory.Correlate(e.c.Directory, *s, e.now())}
	e.assign(r)
	return r
}

func (e *Engine) assign(r *policy.Reading) {
	if e.c.Assigner != nil {
		e.c.Assigner.Assign(r, e.c.Directory, e.now())
	}
}
