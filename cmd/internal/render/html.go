package render

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"sort"
	"strings"
	"time"

	"phoneport/cmd/internal/shape"
)

//go:embed report.html
var reportText string

// reportPage escapes by context: names of phones and switches are text of the network.
var reportPage = template.Must(template.New("report").Funcs(template.FuncMap{
	"count": Count,
	"date":  func(t time.Time) string { return t.Local().Format("2 January 2006, 15:04 MST") },
}).Parse(reportText))

type reportData struct {
	Report
	Verdict string
	Tone    string
	Tiles   []tile
	Groups  []group
}

type tile struct {
	Label, Note string
	Value       int
	Tone        string
}

// group is all findings of one rule: a reader wants to know what is wrong and why it matters once, and then
// where.
type group struct {
	Rule, Title, Why, Severity string
	Findings                   []shape.Finding
}

// html writes a page that needs no other file, prints well, and says things in words for people who do not run
// networks.
func html(w io.Writer, r Report) error {
	a := r.Audit
	n := severities(a.Findings)
	d := reportData{Report: r, Groups: groups(r)}
	d.Verdict, d.Tone = verdict(a, n)
	d.Tiles = []tile{
		{Label: "switches read", Value: a.Switches.Read, Note: unread(a), Tone: pick(len(a.Switches.Unreadable) > 0, "critical", "")},
		{Label: "phones found", Value: a.Phones.Found, Note: fmt.Sprintf("of %d that are expected", a.Phones.Expected)},
		{Label: "phones missing", Value: a.Phones.Missing, Note: "expected, and nowhere to be seen", Tone: pick(a.Phones.Missing > 0, "critical", "")},
		{Label: "phones unknown", Value: a.Phones.Unknown, Note: "seen, and on no list", Tone: pick(a.Phones.Unknown > 0, "warning", "")},
		{Label: "to be repaired now", Value: n["critical"], Note: "critical: a phone is or will be dead", Tone: pick(n["critical"] > 0, "critical", "")},
		{Label: "to be repaired soon", Value: n["warning"], Note: "warning: works by luck, or soon will not", Tone: pick(n["warning"] > 0, "warning", "")},
	}
	var b strings.Builder
	if err := reportPage.Execute(&b, d); err != nil {
		return fmt.Errorf("write html: %w", err)
	}
	// The template escapes markup; what no page may hold (HTML, 13.1.3) is replaced here once for all places.
	_, err := io.WriteString(w, strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, b.String()))
	return err
}

func verdict(a shape.Audit, n map[string]int) (text, tone string) {
	switch {
	case a.Interrupted:
		return "The check was interrupted. What follows is not complete.", "critical"
	case n["critical"] > 0:
		return "Some phones do not work or are about to fail. Somebody should act today.", "critical"
	case len(a.Switches.Unreadable) > 0:
		return "Some switches could not be asked, so nothing is known of the phones there.", "critical"
	case n["warning"] > 0:
		return "The phones work, but some only by luck. Somebody should look this week.", "warning"
	case len(a.Findings) > 0:
		return "The phones work. There are notes for the record.", "good"
	}
	return "Everything is as it should be.", "good"
}

func unread(a shape.Audit) string {
	if n := len(a.Switches.Unreadable); n > 0 {
		return fmt.Sprintf("%d did not answer", n)
	}
	return "all that were asked"
}

func pick(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

func groups(r Report) []group {
	at := map[string]int{}
	var gs []group
	for _, f := range r.Audit.Findings {
		i, ok := at[f.Rule]
		if !ok {
			i = len(gs)
			at[f.Rule] = i
			g := group{Rule: f.Rule, Title: f.Rule, Severity: f.Severity}
			for _, rule := range r.Rules {
				if rule.ID == f.Rule {
					g.Title, g.Why = rule.Title, rule.Why
				}
			}
			gs = append(gs, g)
		}
		if severityOrder[f.Severity] < severityOrder[gs[i].Severity] {
			gs[i].Severity = f.Severity
		}
		gs[i].Findings = append(gs[i].Findings, f)
	}
	sort.SliceStable(gs, func(i, j int) bool { return severityOrder[gs[i].Severity] < severityOrder[gs[j].Severity] })
	return gs
}
