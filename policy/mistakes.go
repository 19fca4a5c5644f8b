package policy

import (
	"fmt"
	"time"
)

// mistakes gathers what is wrong with a configuration, so that an operator sees all of it at once.
type mistakes struct{ errs []error }

func (m *mistakes) add(at, format string, args ...any) {
	m.errs = append(m.errs, fmt.Errorf("%s: %w", at, fmt.Errorf(format, args...)))
}

// glob compiles a pattern; an empty one matches all.
func (m *mistakes) glob(at, what, pattern string) glob {
	if pattern == "" {
		return glob{all: true}
	}
	g, err := compileGlob(pattern)
	if err != nil {
		m.add(at, "%s %w", what, err)
	}
	return g
}

func (m *mistakes) globs(at, what string, patterns []string) globs {
	var gs globs
	for _, p := range patterns {
		if p == "" {
			m.add(at, "%s pattern is empty", what)
			continue
		}
		gs = append(gs, m.glob(at, what, p))
	}
	return gs
}

func checkLimits(l Limits, m *mistakes) {
	const at = "limits"
	for _, n := range []struct {
		what  string
		value int
	}{
		{"per port", l.PerPort},
		{"per switch", l.PerSwitch},
		{"per site", l.PerSite},
		{"total", l.Total},
		{"MAC addresses", l.MaxMACs},
	} {
		if n.value < 0 {
			m.add(at, "%s: %d is negative", n.what, n.value)
		}
	}
	if l.Window < 0 {
		m.add(at, "window %s is negative", l.Window)
	}
	if l.CycleRest < 0 {
		m.add(at, "rest after a cycle %s is negative", l.CycleRest)
	}
	if l.StopUnverified < 0 || l.StopUnverified > 1 {
		m.add(at, "share of unverified changes %g is not in 0..1", l.StopUnverified)
	}
	for i, h := range l.Hours {
		if h.From < 0 || h.From >= 24*time.Hour || h.To < 0 || h.To > 24*time.Hour || h.From == h.To {
			m.add(at, "change window %d: %s to %s is no time of day", i+1, h.From, h.To)
		}
	}
}
