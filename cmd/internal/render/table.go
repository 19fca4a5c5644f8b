package render

import (
	"fmt"
	"io"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"phoneport/discovery"
)

// grid is a table as kubectl and gh print them: a head in capitals, columns apart by blanks, no lines.
type grid struct {
	t     table.Writer
	o     Options
	head  []string
	lines int
}

func newGrid(o Options, head ...string) *grid {
	g := &grid{t: table.NewWriter(), o: o, head: head}
	s := table.Style{Name: "plain", Box: table.BoxStyle{PaddingRight: "  "}, Format: table.FormatOptions{Header: text.FormatUpper}}
	s.Options = table.OptionsNoBordersAndSeparators
	g.t.SetStyle(s)
	row := make(table.Row, len(head))
	for i, h := range head {
		row[i] = h
	}
	g.t.AppendHeader(row)
	return g
}

// right aligns numeric columns, counted from 1.
func (g *grid) right(cols ...int) *grid {
	var cs []table.ColumnConfig
	for _, c := range cols {
		cs = append(cs, table.ColumnConfig{Number: c, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	g.t.SetColumnConfigs(cs)
	return g
}

// row adds a line. Texts are made safe here; cells made by paint are left as they are.
func (g *grid) row(cells ...any) {
	row := make(table.Row, len(cells))
	for i, c := range cells {
		switch v := c.(type) {
		case painted:
			row[i] = g.color(v)
		default:
			row[i] = clean(fmt.Sprint(v))
		}
	}
	g.t.AppendRow(row)
	g.lines++
}

func (g *grid) write(w io.Writer) error {
	if g.lines == 0 {
		return nil
	}
	var b strings.Builder
	for line := range strings.Lines(g.t.Render() + "\n") {
		line = strings.TrimRight(line, " \n")
		b.WriteString(line + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// painted is a cell with a colour.
type painted struct {
	text string
	tone text.Color
}

func (g *grid) color(p painted) string {
	if !g.o.Color || p.tone == 0 {
		return clean(p.text)
	}
	return p.tone.Sprint(clean(p.text))
}

// tones are the colours of words that say how bad something is.
var tones = map[string]text.Color{
	"critical": text.FgRed, "warning": text.FgYellow, "info": text.FgCyan,
	"done": text.FgGreen, "unchanged": text.FgHiBlack, "refused": text.FgRed, "unverified": text.FgRed, "undone": text.FgYellow,
	"held": text.FgYellow, "found": text.FgGreen, "missing": text.FgRed, "unknown": text.FgYellow, "moved": text.FgYellow,
	"duplicate": text.FgRed, "fault": text.FgRed, "other-fault": text.FgRed, "ok": text.FgGreen, "failed": text.FgRed,
}

func word(s string) painted { return painted{s, tones[s]} }

// watts gives milliwatts as people write them, and nothing for what is not known.
func watts(mw int64) string {
	if mw == 0 {
		return "-"
	}
	return discovery.Milliwatts(mw).String()
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// Count gives "1 phone", "2 phones".
func Count(n int, one string) string {
	if n == 1 {
		return "1 " + one
	}
	many := one + "s"
	if strings.HasSuffix(one, "ch") {
		many = one + "es"
	}
	return fmt.Sprintf("%d %s", n, many)
}
