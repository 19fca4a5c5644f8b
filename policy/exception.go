package policy

import (
	"slices"
	"time"

	"phoneport/switchctl"
)

// Live reports whether the exception still holds.
func (e *Exception) Live(now time.Time) bool { return e.Expires.IsZero() || now.Before(e.Expires) }

// covers reports whether the exception exempts what was found. An exception that names ports does not cover
// findings about the whole switch.
func (e *Exception) covers(f Finding, now time.Time) bool {
	return e.Live(now) && (len(e.Rules) == 0 || slices.Contains(e.Rules, f.Rule)) && e.matches(f.Port)
}

func (e *Exception) matches(ref switchctl.PortRef) bool {
	return globOrAll(e.Switch).match(string(ref.Switch)) && globOrAll(e.Port).match(ref.Name)
}
