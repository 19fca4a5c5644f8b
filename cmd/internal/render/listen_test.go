package render_test

import (
	"bytes"
	"strings"
	"testing"

	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape/shapetest"
)

// TestListen holds what listen writes for people.
func TestListen(t *testing.T) {
	t.Parallel()
	write := func(f render.Format, o render.Options) string {
		var b bytes.Buffer
		for _, h := range shapetest.Heard() {
			if err := render.Heard(&b, f, h, o); err != nil {
				t.Fatal(err)
			}
		}
		if err := render.Listened(&b, f, shapetest.Listened(), o); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	plain := write(render.Table, render.Options{})
	golden(t, "listen.table", []byte(plain+render.ListenedSummary(shapetest.Listened())+"\n"))
	if strings.Contains(plain, "\x1b") {
		t.Errorf("an escape sequence of a neighbour reaches the terminal: %q", plain)
	}
	colored := write(render.Table, render.Options{Color: true})
	if !strings.Contains(colored, "\x1b[32mnew     \x1b[0m") || strings.Count(colored, "\x1b")%2 != 0 || strings.Contains(colored, "\x1b[31mx") {
		t.Errorf("colours: %q", colored)
	}
	lines := strings.Split(strings.TrimSpace(write(render.JSON, render.Options{})), "\n")
	if len(lines) != len(shapetest.Heard())+1 {
		t.Errorf("%d lines of JSON for %d changes and the summary", len(lines), len(shapetest.Heard()))
	}
	for _, l := range lines {
		if !strings.HasPrefix(l, "{") || !strings.HasSuffix(l, "}") {
			t.Errorf("no object: %s", l)
		}
	}
}
