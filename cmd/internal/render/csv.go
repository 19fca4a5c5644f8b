package render

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// sheet is a CSV file (RFC 4180) with a header.
type sheet struct {
	w   *csv.Writer
	err error
}

func newSheet(w io.Writer, head ...string) *sheet {
	s := &sheet{w: csv.NewWriter(w)}
	s.err = s.w.Write(head)
	return s
}

func (s *sheet) row(cells ...string) {
	if s.err != nil {
		return
	}
	for i, c := range cells {
		cells[i] = harmless(c)
	}
	s.err = s.w.Write(cells)
}

func (s *sheet) done() error {
	s.w.Flush()
	if s.err == nil {
		s.err = s.w.Error()
	}
	if s.err != nil {
		return fmt.Errorf("write csv: %w", s.err)
	}
	return nil
}

// harmless keeps spreadsheets from taking text of the network for a formula: a phone may call itself
// =HYPERLINK(…). Control characters are replaced, line ends kept.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return '\uFFFD'
		}
		return r
	}, s)
	if s != "" && strings.ContainsRune("=+-@\t", rune(s[0])) {
		return "'" + s
	}
	return s
}
