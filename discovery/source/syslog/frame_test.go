package syslog

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// read gives all messages of a stream, cut ones with a mark, and the error at its end.
func read(r io.Reader) ([]string, error) {
	var out []string
	f := &frames{r: bufio.NewReaderSize(r, 512), begun: func(bool) {}}
	for {
		text, cut, err := f.next()
		if err != nil {
			return out, err
		}
		s := string(text)
		if cut {
			s = fmt.Sprintf("cut to %d: %c…%c", len(s), s[0], s[len(s)-1])
		}
		out = append(out, s)
	}
}

func TestFrames(t *testing.T) {
	t.Parallel()
	ab := func(n int) string { return "<" + strings.Repeat("a", n-2) + "b" }
	for name, c := range map[string]struct {
		in   string
		want []string
		err  error
	}{
		"nothing":              {"", nil, io.EOF},
		"line feeds":           {"<1>a\n<2>b\n", []string{"<1>a", "<2>b"}, io.EOF},
		"last without end":     {"<1>a\n<2>b", []string{"<1>a", "<2>b"}, io.EOF},
		"NUL":                  {"<1>a\x00<2>b\x00", []string{"<1>a", "<2>b"}, io.EOF},
		"NUL and line feed":    {"<1>a\x00\n<2>b\n\x00\n", []string{"<1>a", "<2>b"}, io.EOF},
		"carriage return":      {"<1>a\r\n\r\n<2>b\r\n", []string{"<1>a\r", "<2>b\r"}, io.EOF},
		"counted":              {"4 <1>a5 <2>bc", []string{"<1>a", "<2>bc"}, io.EOF},
		"counted, line feeds":  {"4 <1>a\n5 <2>bc\n", []string{"<1>a", "<2>bc"}, io.EOF},
		"counted line feed in": {"6 <1>a\nb4 <2>c", []string{"<1>a\nb", "<2>c"}, io.EOF},
		"counted, no priority": {"4 <1>a5 %ABCD", []string{"<1>a", "%ABCD"}, io.EOF},
		"counter of a switch":  {"237: %A-1-B: c\n", []string{"237: %A-1-B: c"}, io.EOF},
		"year":                 {"2026 Mar  1 h\n", []string{"2026 Mar  1 h"}, io.EOF},
		"digits only":          {"12", []string{"12"}, io.EOF},
		"many digits":          {"123456789012 <1>a\n", nil, errTooLong},
		"zero first":           {"04 <1>a\n", []string{"04 <1>a"}, io.EOF},
		"count cut short":      {"4 <1>a40 <2>bc", []string{"<1>a"}, io.ErrUnexpectedEOF},
		"count without text":   {"4 <1>a4", []string{"<1>a"}, io.ErrUnexpectedEOF},
		"count lost":           {"4 <1>a<2>b\n", []string{"<1>a"}, errFraming},
		"count zero":           {"4 <1>a0 4 <1>a", []string{"<1>a"}, errFraming},
		"count negative":       {"4 <1>a-4 <1>a", []string{"<1>a"}, errFraming},
		"count without digits": {"4 <1>a <1>a", []string{"<1>a"}, errFraming},
		"count huge":           {"4 <1>a99999999999999999999 <1>a", []string{"<1>a"}, errTooLong},
		"count huge at once":   {"999999 <1>a", nil, errTooLong},
		"longest counted":      {fmt.Sprintf("%d %s", MaxLine, ab(MaxLine)), []string{ab(MaxLine)}, io.EOF},
		"long counted":         {fmt.Sprintf("%d %s4 <1>a", MaxLine+1, ab(MaxLine+1)), []string{"cut to 8192: <…a", "<1>a"}, io.EOF},
		"longest line":         {ab(MaxLine) + "\n<1>a\n", []string{ab(MaxLine), "<1>a"}, io.EOF},
		"long line":            {ab(MaxLine+1) + "\n<1>a\n", []string{"cut to 8192: <…a", "<1>a"}, io.EOF},
		"endless line":         {ab(2*maxFrame) + "\n<1>a\n", nil, errTooLong},
		"broken":               {"<1>a\n<2>b\x00\x01", []string{"<1>a", "<2>b", "\x01"}, io.EOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for how, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.in), "by octets": iotest.OneByteReader(strings.NewReader(c.in)),
				"with its end": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				got, err := read(r)
				if diff := cmp.Diff(c.want, got); diff != "" || err != c.err {
					t.Errorf("%s: error %v, want %v (-want +got):\n%s", how, err, c.err, diff)
				}
			}
		})
	}
}

// TestFramesBroken wants no half of a line where the connection fails: half the name of a port is that of another.
func TestFramesBroken(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"<1>a\n<2>b", "4 <1>a40 <2>b"} {
		got, err := read(io.MultiReader(strings.NewReader(in), iotest.ErrReader(io.ErrClosedPipe)))
		if diff := cmp.Diff([]string{"<1>a"}, got); diff != "" || err != io.ErrClosedPipe {
			t.Errorf("%q: error %v (-want +got):\n%s", in, err, diff)
		}
	}
}

func FuzzFrames(f *testing.F) {
	for _, s := range []string{"<1>a\n<2>b", "4 <1>a5 <2>bc", "9 <1>", "\x00\n\r", "237: x\n", "99999 <1>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		whole, err1 := read(strings.NewReader(in))
		octets, err2 := read(iotest.OneByteReader(strings.NewReader(in)))
		if diff := cmp.Diff(whole, octets); diff != "" || err1 != err2 {
			t.Errorf("%q: errors %v and %v (-whole +by octets):\n%s", in, err1, err2, diff)
		}
		n := 0
		for _, s := range whole {
			n += len(s)
		}
		if n > len(in) {
			t.Errorf("%q: %d octets out of %d", in, n, len(in))
		}
	})
}
