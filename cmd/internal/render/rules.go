package render

import (
	"io"

	"phoneport/policy"
)

// RuleList writes what can be found.
func RuleList(w io.Writer, f Format, rules []policy.Rule, o Options) error {
	if f != Table {
		type rule struct {
			ID       string `json:"id"`
			Severity string `json:"severity"`
			Title    string `json:"title"`
			Why      string `json:"why"`
		}
		out := make([]rule, 0, len(rules))
		for _, r := range rules {
			out = append(out, rule{r.ID, r.Severity.String(), r.Title, r.Why})
		}
		return Data(w, f, out)
	}
	g := newGrid(o, "rule", "severity", "what is wrong")
	for _, r := range rules {
		g.row(r.ID, word(r.Severity.String()), r.Title)
	}
	return g.write(w)
}
