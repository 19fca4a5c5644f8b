package rules

import (
	"bytes"
	"fmt"
	"slices"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
)

var macDuplicate = policy.Rule{
	ID:       "mac-duplicate",
	Title:    "one phone address on two ports",
	Why:      "Either the address is forged, or two phones share one, or a loop carries it: calls reach one of them by chance.",
	Severity: policy.Warning,
	Fleet:    checkMACDuplicate,
}

func checkMACDuplicate(v policy.FleetView) []policy.Finding {
	// A vendor's prefix alone makes no phone: an address that only looks like one is not worth an alarm.
	phones := make(map[discovery.MAC]string)
	for _, r := range v.Readings {
		for _, b := range r.Bindings {
			if len(v.Facts.Seen[b.MAC]) > 1 && (b.Phone != nil || strong(b)) {
				phones[b.MAC] = policy.PhoneName(b)
			}
		}
	}
	var macs []discovery.MAC
	for m := range phones {
		macs = append(macs, m)
	}
	slices.SortFunc(macs, func(a, b discovery.MAC) int { return bytes.Compare(a[:], b[:]) })
	var fs []policy.Finding
	for _, m := range macs {
		at := v.Facts.Seen[m]
		f := policy.Finding{
			Port: at[0], Phone: m, Confidence: inventory.Unsure,
			Message: fmt.Sprintf("phone %s is found on %d ports", phones[m], len(at)),
		}
		for _, ref := range at {
			f.Evidence = append(f.Evidence, "found on "+ref.String())
		}
		fs = append(fs, f)
	}
	return fs
}

func strong(b inventory.Binding) bool {
	return b.Direct() || slices.ContainsFunc(b.Evidence, func(e inventory.Evidence) bool { return e.Kind == inventory.EvidenceVoiceMAC })
}
