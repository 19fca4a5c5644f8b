package render

import (
	"fmt"
	"io"
	"strings"

	"phoneport/cmd/internal/shape"
)

// Phones writes the inventory against what was found.
func Phones(w io.Writer, f Format, ps []shape.Phone, o Options) error {
	switch f {
	case JSON, YAML:
		return Data(w, f, ps)
	case CSV:
		t := newSheet(w, "state", "mac", "name", "extension", "vendor", "model", "site", "expected_switch", "expected_port", "found_switch", "found_port", "confidence", "source")
		for _, p := range ps {
			exp, at := place(p)
			conf := ""
			if len(p.Found) > 0 {
				conf = p.Found[0].Confidence
			}
			t.row(p.State, p.MAC, p.Name, p.Extension, p.Vendor, p.Model, p.Site, exp.Switch, exp.Port, at.Switch, at.Port, conf, p.Source)
		}
		return t.done()
	}
	g := newGrid(o, "state", "mac", "name", "extension", "model", "expected", "found", "confidence")
	for _, p := range ps {
		exp, at := place(p)
		conf := "-"
		if len(p.Found) > 0 {
			conf = p.Found[0].Confidence
		}
		found := ref(at)
		if n := len(p.Found); n > 1 {
			found += fmt.Sprintf(" +%d", n-1)
		}
		g.row(word(p.State), dash(p.MAC), dash(p.Name), dash(p.Extension), dash(p.Model), ref(exp), found, conf)
	}
	return g.write(w)
}

func place(p shape.Phone) (expected, found shape.Place) {
	if p.Expected != nil {
		expected = *p.Expected
	}
	if len(p.Found) > 0 {
		found = p.Found[0].Place
	}
	return expected, found
}

func ref(p shape.Place) string { return dash(strings.TrimSpace(p.Switch + " " + p.Port)) }

// Where writes the place of one phone, or of several that one text names.
func Where(w io.Writer, f Format, ws []shape.Whereabouts, o Options) error {
	if f == JSON || f == YAML {
		return Data(w, f, ws)
	}
	for i, p := range ws {
		if i > 0 {
			if _, err := io.WriteString(w, "\n"); err != nil {
				return err
			}
		}
		if err := where(w, p, o); err != nil {
			return err
		}
	}
	return nil
}

func where(w io.Writer, p shape.Whereabouts, o Options) error {
	var b strings.Builder
	id := []string{}
	for _, s := range []string{p.Phone.MAC, p.Phone.Name, p.Phone.Extension, p.Phone.Vendor, p.Phone.Model} {
		if s != "" {
			id = append(id, clean(s))
		}
	}
	fmt.Fprintf(&b, "%s: %s\n", strings.Join(id, "  "), newGrid(o).color(word(p.Phone.State)))
	if p.Phone.Expected != nil {
		fmt.Fprintf(&b, "  expected at %s (%s)\n", clean(ref(*p.Phone.Expected)), clean(dash(p.Phone.Source)))
	}
	for _, f := range p.Phone.Found {
		fmt.Fprintf(&b, "  %s, %s\n", clean(ref(f.Place)), f.Confidence)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "    %s: %s\n", e.Source, clean(e.Detail))
		}
	}
	for _, h := range p.History {
		fmt.Fprintf(&b, "  %s  %s  %s\n", h.At.Local().Format("2006-01-02 15:04"), clean(ref(h.Place)), clean(h.What))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
