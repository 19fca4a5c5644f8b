package policy

import (
	"slices"
	"sync"

	"phoneport/inventory"
)

// facts is what assignments may ask about the phone of a port: the surest one that was found, else the one
// that the inventory expects.
type facts struct {
	found, expected bool
	phone           inventory.Phone // zero where the phone is in no inventory
	mac             string
	model, vendor   string // as inventory.NormalModel spells them
}

func factsOf(v View) facts {
	f := facts{expected: len(v.Expected) > 0}
	if len(v.Bindings) > 0 {
		b := v.Bindings[0]
		f.found = true
		f.mac, f.model, f.vendor = b.MAC.String(), b.Model, b.Vendor
		if b.Phone != nil {
			f.phone = *b.Phone
		}
	} else if f.expected {
		f.phone = v.Expected[0]
		f.mac = f.phone.MAC.String()
	}
	if f.model == "" || f.vendor == "" {
		vendor, model := inventory.NormalModel(f.phone.Vendor, f.phone.Model)
		f.model, f.vendor = orText(f.model, model), orText(f.vendor, vendor)
	}
	return f
}

// phoneMatch matches one text about phones. A campus has few models and vendors and many ports, and spelling
// a model costs more than everything else, so that answers are kept.
type phoneMatch struct {
	tests []func(string) bool
	known sync.Map // text → bool
}

func matchPhones(patterns []string, test func(pattern string) func(string) bool) *phoneMatch {
	m := &phoneMatch{}
	for _, p := range patterns {
		m.tests = append(m.tests, test(p))
	}
	return m
}

// match reports whether one of the patterns matches; with no pattern, everything does.
func (m *phoneMatch) match(text string) bool {
	if len(m.tests) == 0 {
		return true
	}
	if ok, known := m.known.Load(text); known {
		return ok.(bool)
	}
	ok := text != "" && slices.ContainsFunc(m.tests, func(t func(string) bool) bool { return t(text) })
	m.known.Store(text, ok)
	return ok
}

func matchVendor(pattern string) func(string) bool {
	return func(vendor string) bool { return inventory.MatchVendor(pattern, vendor) }
}
