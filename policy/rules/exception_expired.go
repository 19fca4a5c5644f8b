package rules

import (
	"fmt"
	"strings"
	"time"

	"phoneport/inventory"
	"phoneport/policy"
)

var exceptionExpired = policy.Rule{
	ID:       "exception-expired",
	Title:    "an exception has expired",
	Why:      "What it excused counts again; whoever asked for it must renew it, mend the port or drop it.",
	Severity: policy.Warning,
	Fleet: func(v policy.FleetView) []policy.Finding {
		var fs []policy.Finding
		for i := range v.Exceptions {
			e := &v.Exceptions[i]
			if e.Live(v.Now) {
				continue
			}
			of := "all rules"
			if len(e.Rules) > 0 {
				of = strings.Join(e.Rules, ", ")
			}
			fs = append(fs, policy.Finding{
				Message: fmt.Sprintf("the exception of %s on %s from %s expired on %s",
					where("port", e.Port), where("switch", e.Switch), of, e.Expires.UTC().Format(time.DateOnly)),
				Confidence: inventory.Certain,
				Evidence:   []string{"reason: " + e.Reason, "owner: " + e.Owner},
			})
		}
		return fs
	},
}

func where(what, glob string) string {
	if glob == "" {
		return "every " + what
	}
	return what + " " + glob
}
