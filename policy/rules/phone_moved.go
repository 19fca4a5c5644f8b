package rules

import (
	"slices"
	"strings"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

var phoneMoved = policy.Rule{
	ID:       "phone-moved",
	Title:    "a phone is on another port than recorded",
	Why:      "Records and emergency locations point to a desk where the phone is not.",
	Severity: policy.Warning,
	Check: func(v policy.View) []policy.Finding {
		var fs []policy.Finding
		for _, b := range v.Bindings {
			if b.Phone == nil || b.Confidence < inventory.Probable || !moved(b.Phone.Expected, v.Port.Ref) {
				continue
			}
			// Heard at both places it is not moved but there twice, which is another finding.
			if slices.ContainsFunc(v.Fleet.Seen[b.MAC], func(r switchctl.PortRef) bool { return !moved(b.Phone.Expected, r) }) {
				continue
			}
			f := about(v, b, "phone %s is here, but recorded at %s", policy.PhoneName(b), strings.TrimSpace(b.Phone.Expected.String()))
			f.Evidence = append(f.Evidence, "recorded by "+b.Phone.Source)
			fs = append(fs, f)
		}
		return fs
	},
}

// moved reports whether a record of a place does not mean this port. A record of a switch alone means all its ports.
func moved(record, port switchctl.PortRef) bool {
	if record.Name == "" {
		return record.Switch != "" && !strings.EqualFold(string(record.Switch), string(port.Switch))
	}
	return !inventory.SamePort(record, port)
}
