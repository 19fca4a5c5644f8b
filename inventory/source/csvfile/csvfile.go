package csvfile

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"phoneport/inventory"
)

// Options say what to read, and how. All but Path may be left out.
type Options struct {
	Name string // name of the source; default: the file's name without its folder
	Path string
	// Columns gives the header of a field where it is not one that is recognised; fields are those of
	// Fields. A column that is set here and not in the file is an error.
	Columns map[string]string
	// Delimiter separates fields: ',', ';', '\t' or '|'. 0 finds out.
	Delimiter rune
	// Encoding is utf-8, utf-16, utf-16le, utf-16be or latin-1 (which is read as Windows-1252). "" finds
	// out: by the byte order mark, else UTF-8.
	Encoding string
	// Site and Profile are given to phones whose row does not tell them.
	Site, Profile string
	// MaxProblems bounds the problems that are told one by one; default 100.
	MaxProblems int
}

// Source is one file. It implements inventory.Source.
type Source struct {
	o       Options
	columns map[Field]string // normal form of the header that was asked for
}

var _ inventory.Source = (*Source)(nil)

// New checks the options. The file is read at Load.
func New(o Options) (*Source, error) {
	var errs []error
	if o.Path == "" {
		errs = append(errs, errors.New("no path"))
	}
	s := &Source{columns: map[Field]string{}}
	for field, header := range o.Columns {
		f := Field(field)
		switch {
		case !slices.Contains(Fields(), f):
			errs = append(errs, fmt.Errorf("column %s: no such field; the fields are %q", field, Fields()))
		case foldHeader(header) == "":
			errs = append(errs, fmt.Errorf("column %s: %q is no header", field, header))
		default:
			s.columns[f] = foldHeader(header)
		}
	}
	if o.Delimiter != 0 && !slices.Contains(delimiters, byte(o.Delimiter)) {
		errs = append(errs, fmt.Errorf("delimiter %q is none of %q", o.Delimiter, delimiters))
	}
	if _, err := decode(nil, o.Encoding); err != nil {
		errs = append(errs, err)
	}
	o.Name = cmp.Or(o.Name, filepath.Base(o.Path))
	if o.MaxProblems <= 0 {
		o.MaxProblems = 100
	}
	s.o = o
	if len(errs) > 0 {
		// The order of a map is random, that of a message must not be.
		slices.SortFunc(errs, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
		return nil, fmt.Errorf("set up inventory %s: %w", o.Name, errors.Join(errs...))
	}
	return s, nil
}

// Name gives the name of the source.
func (s *Source) Name() string { return s.o.Name }

// Load reads the file. Where rows are bad, it returns the phones of the good ones and a
// *inventory.LoadError that names the bad ones by line and column, with Partial set. A phone that is
// listed twice is returned twice; both places are in its Source. Rows without an address whose device
// name is that of a softphone or an analogue port (CSF, TCT, BOT, TAB, ATA, AN …) are passed over with one
// warning.
func (s *Source) Load(ctx context.Context) ([]inventory.Phone, error) {
	f, err := os.Open(s.o.Path)
	if err != nil {
		return nil, s.broken(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, s.broken(err)
	}
	if st.IsDir() {
		return nil, s.broken(fmt.Errorf("read %s: is a folder", s.o.Path))
	}
	return s.Read(ctx, f, st.Size())
}

// Read is Load for a table that is open already; size is its length in octets, 0 = not known.
func (s *Source) Read(ctx context.Context, r io.Reader, size int64) ([]inventory.Phone, error) {
	br := bufio.NewReaderSize(r, 64<<10)
	head, err := br.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, s.broken(fmt.Errorf("read %s: %w", s.o.Path, err))
	}
	switch {
	case len(head) == 0:
		return nil, s.broken(fmt.Errorf("read %s: the file is empty: not even a header", s.o.Path))
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return nil, s.broken(fmt.Errorf("read %s: this is a workbook or a zip file; save it as CSV", s.o.Path))
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return nil, s.broken(fmt.Errorf("read %s: this is compressed; unpack it", s.o.Path))
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, s.broken(fmt.Errorf("read %s: this is a workbook; save it as CSV", s.o.Path))
	}
	text, err := decode(br, s.o.Encoding)
	if err != nil {
		return nil, s.broken(err)
	}
	l := &loader{s: s, rows: newRows(text), size: size}
	return l.load(ctx)
}

// broken says that the list as a whole could not be read.
func (s *Source) broken(err error) *inventory.LoadError {
	return &inventory.LoadError{Source: s.o.Name, Problems: []inventory.Problem{{Err: err}}}
}
