package standard

import (
	"context"

	"phoneport/switchctl"
)

// Open makes the standard driver. It reads nothing more.
func Open(_ context.Context, t Target) (switchctl.Driver, error) {
	return New(t, switchctl.Info{Driver: "standard"}, Parts()...), nil
}
