package linux

import (
	"context"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// PSE is inline power of this host, by interface name: what package pse does by ethtool netlink, as far as the
// driver asks for it.
type PSE interface {
	// Get reads inline power of one interface. An interface without a power controller has Supported false; that is
	// no error. Limit and Priority are zero where the controller has none to set.
	Get(ctx context.Context, ifname string) (switchctl.PoEState, error)
	// SetAdmin switches inline power on (any state but PoEOff) or off. The errors of the setters are
	// *switchctl.Error: ErrUnsupported where there is no controller or it cannot do it, ErrDenied without
	// CAP_NET_ADMIN, ErrRejected where the kernel refuses.
	SetAdmin(ctx context.Context, ifname string, admin switchctl.PoEAdmin) error
	SetPriority(ctx context.Context, ifname string, priority switchctl.PoEPriority) error
	SetLimit(ctx context.Context, ifname string, limit discovery.Milliwatts) error
}
