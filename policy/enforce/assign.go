package enforce

import (
	"time"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

// Assigner says what should hold on a port, and why nothing may be written to it.
type Assigner interface {
	Intent(s *switchctl.Snapshot, p *switchctl.PortState, phones []inventory.Binding, now time.Time) policy.Intent
}
