package render

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"phoneport/cmd/internal/shape"
	"phoneport/policy"
	"phoneport/switchctl"
)

// Report is all that the formats of an audit need.
type Report struct {
	Audit   shape.Audit
	Read    []switchctl.SwitchID // switches that were read, in order
	Rules   []policy.Rule        // what the rule ids mean
	Version string               // of phoneport
}

// AuditFormats are the formats of an audit.
var AuditFormats = []Format{Table, JSON, YAML, CSV, JUnit, SARIF, HTML}

// Audit writes an audit.
func Audit(w io.Writer, f Format, r Report, o Options) error {
	switch f {
	case JSON, YAML:
		return Data(w, f, r.Audit)
	case CSV:
		return auditCSV(w, r.Audit)
	case JUnit:
		return junit(w, r)
	case SARIF:
		return sarif(w, r)
	case HTML:
		return html(w, r)
	}
	return auditTable(w, r.Audit, o)
}

func auditTable(w io.Writer, a shape.Audit, o Options) error {
	g := newGrid(o, "severity", "switch", "port", "phone", "rule", "message")
	for _, f := range worstFirst(a.Findings) {
		g.row(word(f.Severity), dash(f.Switch), dash(f.Port), dash(f.Phone), f.Rule, f.Message)
	}
	if err := g.write(w); err != nil {
		return err
	}
	u := newGrid(o, "unreadable", "error")
	for _, s := range a.Switches.Unreadable {
		u.row(s.Name, s.Error)
	}
	return u.write(w)
}

// worstFirst is the order for people; data keeps the order of places, so that two runs print the same.
func worstFirst(fs []shape.Finding) []shape.Finding {
	return slices.SortedStableFunc(slices.Values(fs), func(a, b shape.Finding) int {
		return cmp.Compare(severityOrder[a.Severity], severityOrder[b.Severity])
	})
}

// severityOrder is the order of urgency.
var severityOrder = map[string]int{"critical": 0, "warning": 1, "info": 2}

// Summary says in one line what an audit found; it is talk, not data.
func Summary(a shape.Audit) string {
	p := a.Phones
	parts := []string{Count(a.Switches.Read, "switch") + " read"}
	if n := len(a.Switches.Unreadable); n > 0 {
		parts = append(parts, fmt.Sprintf("%d unreadable", n))
	}
	parts = append(parts, fmt.Sprintf("%s expected, %d found", Count(p.Expected, "phone"), p.Found))
	for _, n := range []struct {
		n    int
		what string
	}{{p.Missing, "missing"}, {p.Unknown, "unknown"}, {p.Moved, "moved"}, {p.Duplicate, "duplicate"}} {
		if n.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n.n, n.what))
		}
	}
	s := strings.Join(parts, ", ") + ": "
	bySeverity := severities(a.Findings)
	if len(a.Findings) == 0 {
		s += "no findings"
	} else {
		s += Count(len(a.Findings), "finding")
		var words []string
		for _, sev := range []string{"critical", "warning", "info"} {
			if n := bySeverity[sev]; n > 0 {
				words = append(words, fmt.Sprintf("%d %s", n, sev))
			}
		}
		s += " (" + strings.Join(words, ", ") + ")"
	}
	if n := len(a.Excepted); n > 0 {
		s += fmt.Sprintf(", %d excepted", n)
	}
	return s
}

func severities(fs []shape.Finding) map[string]int {
	m := map[string]int{}
	for _, f := range fs {
		m[f.Severity]++
	}
	return m
}

func auditCSV(w io.Writer, a shape.Audit) error {
	t := newSheet(w, "severity", "switch", "port", "phone", "rule", "message", "evidence", "fix")
	for _, f := range a.Findings {
		var fix []string
		for _, c := range f.Fix {
			fix = append(fix, c.Kind+" "+c.Args)
		}
		t.row(f.Severity, f.Switch, f.Port, f.Phone, f.Rule, f.Message, list(f.Evidence), list(fix))
	}
	return t.done()
}
