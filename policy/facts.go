package policy

import (
	"strings"

	"phoneport/inventory"
)

// facts is what assignments may ask about the phone of a port: the surest one that was found, else the one
// that the inventory expects.
type facts struct {
	found, expected bool
	phone           inventory.Phone // zero where the phone is in no inventory
	mac             string
	model, vendor   string // lower case
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
	f.model = strings.ToLower(orText(f.model, f.phone.Model))
	f.vendor = strings.ToLower(orText(f.vendor, f.phone.Vendor))
	return f
}
