package rules

import (
	"phoneport/inventory"
	"phoneport/policy"
)

var phoneUnknown = policy.Rule{
	ID:       "phone-unknown",
	Title:    "a phone that no inventory knows",
	Why:      "It was brought in, swapped without a word, or forgotten in the lists: nobody provisions, bills or locates it.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		if v.Fleet.Phones == 0 {
			return nil // no inventory: then no phone is known
		}
		var fs []policy.Finding
		for _, b := range v.Bindings {
			if b.Phone != nil || b.MAC.IsZero() || b.Confidence < inventory.Probable {
				continue
			}
			what := b.Vendor
			if b.Model != "" {
				what += " " + b.Model
			}
			if what == "" {
				what = "phone"
			}
			fs = append(fs, about(v, b, "%s %s is in no inventory", what, b.MAC))
		}
		return fs
	},
}
