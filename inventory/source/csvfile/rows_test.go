package csvfile

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"phoneport/inventory"
)

// all gives the rows of a table, and whether one of them was bad.
func all(r io.Reader) (table [][]string, bad bool, err error) {
	s := newRows(r)
	s.comma = ','
	for {
		fields, err := s.next()
		switch {
		case err == nil:
			row := make([]string, len(fields))
			for i, f := range fields {
				row[i] = string(f)
			}
			table = append(table, row)
		case errors.Is(err, io.EOF):
			return table, bad, nil
		case errors.Is(err, errQuoteOpen), errors.Is(err, errAfterQuote), errors.Is(err, errRowLong):
			bad = true
		default:
			return table, bad, err
		}
	}
}

func TestRowsSurviveSmallReads(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for range 5000 {
		text.WriteString("0021D8BA0965,\"a,\n\"\"b\"\"\",1001\r\n")
	}
	whole, bad, err := all(strings.NewReader(text.String()))
	if err != nil || bad || len(whole) != 5000 {
		t.Fatalf("%d rows, bad %t, %v; want 5000 good ones", len(whole), bad, err)
	}
	for name, r := range map[string]io.Reader{
		"one octet":     iotest.OneByteReader(strings.NewReader(text.String())),
		"half":          iotest.HalfReader(strings.NewReader(text.String())),
		"data with EOF": iotest.DataErrReader(strings.NewReader(text.String())),
	} {
		got, _, err := all(r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if d := cmp.Diff(whole, got); d != "" {
			t.Errorf("%s: rows differ (-want +got):\n%s", name, d)
		}
	}
}

func TestRowsTellReadErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk on fire")
	_, _, err := all(io.MultiReader(strings.NewReader("a,b\n"), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
	_, _, err = all(idle{})
	if !errors.Is(err, io.ErrNoProgress) {
		t.Errorf("reader that gives nothing: error %v, want %v", err, io.ErrNoProgress)
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// TestReadErrorIsNotTheEnd: a list that broke off must not be taken for a short one.
func TestReadErrorIsNotTheEnd(t *testing.T) {
	t.Parallel()
	s, err := New(Options{Path: "hq.csv"})
	if err != nil {
		t.Fatal(err)
	}
	broken := errors.New("disk on fire")
	_, err = s.Read(t.Context(), io.MultiReader(strings.NewReader("MAC\n0021D8BA0965\n"), iotest.ErrReader(broken)), 0)
	var e *inventory.LoadError
	if !errors.As(err, &e) || e.Partial || !errors.Is(err, broken) {
		t.Errorf("error %v, want one that is not partial, for %v", err, broken)
	}
}

// FuzzRows: where encoding/csv reads a table, we read the same; otherwise no panic, no endless loop, and
// lines that only go up.
func FuzzRows(f *testing.F) {
	for _, s := range []string{
		"a,b\n1,2\n", "a;b\r\n", "\"a\"\"b\",c\r\n", "\"a\nb\",c\n", "\"open\n1,2\n", "\"a\"b\n1\n", "a\rb\r", ",,,\n", "\n\n\n", "\"\"", "a\"b\n", "\"", "\"\"\"", "a,\"b\"\r\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newRows(strings.NewReader(text))
		s.comma = ','
		last, n := 0, 0
		for ; ; n++ {
			_, err := s.next()
			if errors.Is(err, io.EOF) {
				break
			}
			if s.line <= last || n > len(text) {
				t.Fatalf("row %d of %q is at line %d after line %d", n, text, s.line, last)
			}
			last = s.line
		}
		got, bad, err := all(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r := csv.NewReader(strings.NewReader(text))
		r.FieldsPerRecord = -1
		want, err := r.ReadAll()
		// Ours ends rows at a lone CR, too, keeps the CR of quoted line ends, and passes over rows of blanks.
		if err != nil || strings.Contains(text, "\r") || blank(text) {
			return
		}
		if bad {
			t.Fatalf("a row of %q is bad, but not for encoding/csv", text)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("rows of %q differ from those of encoding/csv (-want +got):\n%s", text, d)
		}
	})
}

// blank reports whether text has a line of nothing but blanks.
func blank(text string) bool {
	for _, line := range bytes.Split([]byte(text), []byte("\n")) {
		if len(line) > 0 && len(bytes.TrimSpace(line)) == 0 {
			return true
		}
	}
	return false
}

// FuzzLoad: any file gives phones with addresses or an error with its place, never a panic.
func FuzzLoad(f *testing.F) {
	for _, s := range []string{
		"mac,name,switch,port,protected\n00:21:d8:ba:09:65,a,sw1,Gi1/0/1,yes\n",
		"MAC;Ext\r\n\"0021D8BA0965\";1\r\n", "sep=;\nMAC;Ext\n0021D8BA0965;1\n", "\xff\xfeM\x00A\x00C\x00\n\x00", "Device Name\nSEP0021D8BA0965\nCSFx\n",
		"MAC,Name\n0021D8BA0965,\"open\n", "MAC,Switch Port\n0021D8BA0965, \n", "MAC\n=\"0021D8BA0965\"\n", "PK\x03\x04", "MAC,Name\n0021D8BA0965,Z\xfcrich\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := New(Options{Path: "hq.csv", MaxProblems: 3})
		if err != nil {
			t.Fatal(err)
		}
		phones, err := s.Read(t.Context(), bytes.NewReader(text), int64(len(text)))
		var e *inventory.LoadError
		if err != nil && (!errors.As(err, &e) || len(e.Problems) == 0 || len(e.Problems) > 3) {
			t.Fatalf("error %v", err)
		}
		if len(phones) == 0 && err == nil {
			t.Fatal("no phones, and not a word about it")
		}
		for _, p := range phones {
			if p.MAC.IsZero() || p.MAC.Group() || !strings.HasPrefix(p.Source, "hq.csv line ") {
				t.Fatalf("phone %+v", p)
			}
		}
	})
}
