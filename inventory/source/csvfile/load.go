package csvfile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"phoneport/inventory"
)

// loader reads one table once.
type loader struct {
	s    *Source
	rows *rows
	size int64

	layout   layout
	columns  [10]int           // of Fields, -1 = none
	shared   map[string]string // texts that many rows have
	phones   []inventory.Phone
	problems []inventory.Problem
	more     int
	lost     int
	latin    bool // the warning about the encoding was given
	text     []byte

	passed      int // rows of softphones and analogue ports
	firstPassed inventory.Problem
}

// The positions of Fields.
const (
	atMAC = iota
	atName
	atExtension
	atModel
	atVendor
	atProfile
	atSite
	atSwitch
	atPort
	atProtected
)

// maxShared bounds the texts that are kept to be shared; a column that has another text in each row gains
// nothing from it.
const maxShared = 1 << 16

func (l *loader) load(ctx context.Context) ([]inventory.Phone, error) {
	l.shared = map[string]string{}
	if err := l.header(); err != nil {
		return nil, l.s.broken(err)
	}
	for n := 0; ; n++ {
		if n%4096 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, l.s.broken(fmt.Errorf("read %s: %w", l.s.o.Path, err))
			}
			l.grow()
		}
		fields, err := l.rows.next()
		switch {
		case err == nil:
			l.row(fields)
			continue
		case errors.Is(err, io.EOF):
			return l.phones, l.result()
		case errors.Is(err, errQuoteOpen), errors.Is(err, errAfterQuote), errors.Is(err, errRowLong):
			l.problem(inventory.Problem{Place: l.place(""), Err: fmt.Errorf("split row: %w", err)})
			continue
		}
		e := l.s.broken(fmt.Errorf("read %s after line %d: %w", l.s.o.Path, l.rows.line, err))
		return l.phones, e
	}
}

// header finds the delimiter and the columns. Blank lines, comments and the sep= line of Excel may stand
// before it.
func (l *loader) header() error {
	l.rows.comma = delimiters[0]
	if l.s.o.Delimiter != 0 {
		l.rows.comma = byte(l.s.o.Delimiter)
	}
	set := l.s.o.Delimiter != 0
	for {
		l.rows.fill()
		if l.rows.err != nil {
			return fmt.Errorf("read %s: %w", l.s.o.Path, l.rows.err)
		}
		data := l.rows.buf[l.rows.start:l.rows.end]
		if len(data) == 0 {
			return fmt.Errorf("%s: no header line", l.s.o.Path)
		}
		end, next := lineEnd(data, l.rows.eof)
		if end < 0 || end > maxRow {
			return fmt.Errorf("%s:%d: no header line: the line is longer than 64 KiB", l.s.o.Path, l.rows.after+1)
		}
		line := strings.TrimSpace(string(data[:end]))
		if sep, ok := strings.CutPrefix(line, "sep="); ok && len(sep) == 1 && slices.Contains(delimiters, sep[0]) {
			l.rows.comma, set = sep[0], true
		} else if line != "" && line[0] != '#' {
			if !set {
				l.rows.comma = sniff(string(data[:end]), l.s.columns)
			}
			break
		}
		l.rows.skip(next, 1)
	}
	fields, err := l.rows.next()
	if err != nil {
		return fmt.Errorf("%s:%d: split header: %w", l.s.o.Path, l.rows.line, err)
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = strings.TrimSpace(l.utf8(f))
	}
	var missing []Field
	l.layout, missing = findColumns(names, l.s.columns)
	place := fmt.Sprintf("%s:%d", l.s.o.Path, l.rows.line)
	if len(missing) > 0 {
		var errs []error
		for _, f := range missing {
			errs = append(errs, fmt.Errorf("%s: column %s: no header %q; the headers are %q", place, f, l.s.o.Columns[string(f)], names))
		}
		return errors.Join(errs...)
	}
	if l.layout.columnOf(FieldMAC) < 0 && l.layout.columnOf(FieldName) < 0 {
		return fmt.Errorf("%s: find columns: no header is known as that of MAC addresses or device names; the headers are %q; name one with columns: mac", place, names)
	}
	for i, f := range Fields() {
		l.columns[i] = l.layout.columnOf(f)
	}
	return nil
}

// grow makes room for the rows that are to come, by the length of those that were read: doubling would
// need twice the memory at the end.
func (l *loader) grow() {
	if rest := l.size - l.rows.read; len(l.phones) > 0 && rest > 0 && len(l.phones)+4096 > cap(l.phones) {
		more := rest * int64(len(l.phones)) / l.rows.read
		l.phones = slices.Grow(l.phones, int(min(more+more/20, rest/12))+4096)
	}
}

// row makes a phone of a row, or problems.
func (l *loader) row(fields [][]byte) {
	if extra := l.extra(fields); extra > 0 {
		l.problem(inventory.Problem{
			Place: l.place(""),
			Err:   fmt.Errorf("split row: %d fields where the header has %d", len(l.layout.header)+extra, len(l.layout.header)),
		})
		return
	}
	field := func(at int) []byte {
		if c := l.columns[at]; c >= 0 && c < len(fields) {
			return cell(fields[c])
		}
		return nil
	}
	name, extension := field(atName), field(atExtension)
	mac, ok := l.address(field(atMAC), name)
	if !ok {
		return
	}
	p := inventory.Phone{
		MAC:     mac,
		Model:   l.share(FieldModel, field(atModel)),
		Vendor:  l.share(FieldVendor, field(atVendor)),
		Profile: cmp.Or(l.share(FieldProfile, field(atProfile)), l.s.o.Profile),
		Site:    cmp.Or(l.share(FieldSite, field(atSite)), l.s.o.Site),
	}
	l.expected(&p, field(atSwitch), field(atPort))
	l.protected(&p, field(atProtected))

	// The texts of its own are cut from one string: one allocation a row and not three.
	name, extension = l.latin1(FieldName, name), l.latin1(FieldExtension, extension)
	l.text = append(append(l.text[:0], name...), extension...)
	l.text = append(append(l.text, l.s.o.Name...), " line "...)
	l.text = strconv.AppendInt(l.text, int64(l.rows.line), 10)
	text := string(l.text)
	p.Name, p.Extension, p.Source = text[:len(name)], text[len(name):len(name)+len(extension)], text[len(name)+len(extension):]
	l.phones = append(l.phones, p)
}

// extra gives the number of fields beyond the header, blank ones at the end not counted.
func (l *loader) extra(fields [][]byte) int {
	n := len(fields)
	for n > len(l.layout.header) && len(cell(fields[n-1])) == 0 {
		n--
	}
	return n - len(l.layout.header)
}

// place names the row, and the column of a field.
func (l *loader) place(f Field) string {
	p := l.s.o.Path + ":" + strconv.Itoa(l.rows.line)
	if f != "" {
		p += ": column " + l.layout.name(f)
	}
	return p
}

// share gives a text that many rows have.
func (l *loader) share(f Field, b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := l.shared[string(b)]; ok {
		return s
	}
	s := string(l.latin1(f, b))
	if len(l.shared) < maxShared {
		l.shared[string(b)] = s
	}
	return s
}

// latin1 gives b in UTF-8, told once a file where it is not.
func (l *loader) latin1(f Field, b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	if !l.latin {
		l.latin = true
		l.warn(f, errors.New("read text: not UTF-8, read as Latin-1 here and below; set encoding: latin-1 if that is right"))
	}
	return []byte(l.utf8(b))
}

func (l *loader) utf8(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "?")
	}
	return string(out)
}

func (l *loader) warn(f Field, err error) {
	l.problem(inventory.Problem{Place: l.place(f), Err: err, Warning: true})
}

func (l *loader) problem(p inventory.Problem) {
	if !p.Warning {
		l.lost++
	}
	if len(l.problems) < l.s.o.MaxProblems {
		l.problems = append(l.problems, p)
	} else {
		l.more++
	}
}

// result gives the problems, nil where there are none.
func (l *loader) result() error {
	if len(l.phones) == 0 && l.lost == 0 && l.passed == 0 {
		l.problem(inventory.Problem{Place: l.s.o.Path, Err: errors.New("the list has a header and no phones"), Warning: true})
	}
	if l.passed > 0 {
		p := l.firstPassed
		p.Err = fmt.Errorf("%d rows of softphones and analogue ports are passed over: %w", l.passed, p.Err)
		l.problem(p)
	}
	if len(l.problems) == 0 {
		return nil
	}
	return &inventory.LoadError{Source: l.s.o.Name, Problems: l.problems, More: l.more, Lost: l.lost, Partial: true}
}
