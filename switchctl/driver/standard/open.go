package standard

import (
	"context"

	"phoneport/switchctl"
)

// Open makes the standard driver, with the vendor's tables of inline power where there are any. It reads
// nothing more.
func Open(_ context.Context, t Target) (switchctl.Driver, error) {
	parts := append(Parts(), VendorParts(t.System.ObjectID.String())...)
	return New(t, switchctl.Info{Driver: "standard"}, parts...), nil
}
