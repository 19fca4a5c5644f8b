package csvfile

import (
	"bytes"
	"errors"
	"io"
)

// maxRow is the longest row in octets. A quote that is not closed ends there, and not at the end of the file.
const maxRow = 64 << 10

var (
	errQuoteOpen  = errors.New("a quote is not closed")
	errAfterQuote = errors.New("text after a closing quote")
	errRowLong    = errors.New("the row is longer than 64 KiB")
)

// delimiters that are looked for.
var delimiters = []byte{',', ';', '\t', '|'}

// rows splits a table into rows and fields by RFC 4180, with what programs make of it: a lone CR ends a
// row, and a quote inside a field that does not begin with one is text. After a bad row it goes on with
// the next line, so that a stray quote costs one row and not the rest of the file.
type rows struct {
	r          io.Reader
	buf        []byte
	start, end int // buf[start:end] is read and not used
	eof        bool
	err        error

	line  int // line of the row that next gave last, from 1
	after int // lines before buf[start]
	read  int64

	comma  byte
	fields [][]byte
	quoted []byte // texts of fields that had doubled quotes
}

func newRows(r io.Reader) *rows {
	return &rows{r: r, buf: make([]byte, 4*maxRow)}
}

// next gives the fields of the next row that is not blank; they are good until the next call. The error is
// io.EOF at the end, one of the errors above for a bad row, or that of the reader.
func (s *rows) next() ([][]byte, error) {
	for {
		if s.end-s.start < maxRow && !s.eof {
			s.fill()
		}
		if s.err != nil {
			return nil, s.err
		}
		if s.start == s.end {
			return nil, io.EOF
		}
		s.line = s.after + 1
		row, n, lines, err := s.cut()
		if err != nil {
			s.dropLine()
			return nil, err
		}
		s.skip(n, lines)
		if len(bytes.TrimSpace(row)) > 0 {
			return s.fields, nil
		}
	}
}

// dropLine goes on after the first line of a bad row, however long it is.
func (s *rows) dropLine() {
	for {
		end, n := lineEnd(s.buf[s.start:s.end], s.eof)
		if end >= 0 {
			s.skip(n, 1)
			return
		}
		s.skip(n, 0)
		if s.fill(); s.err != nil {
			return
		}
	}
}

func (s *rows) skip(n, lines int) {
	s.start += n
	s.after += lines
	s.read += int64(n)
}

// fill reads until a longest row is in the buffer.
func (s *rows) fill() {
	if s.start > 0 {
		s.end = copy(s.buf, s.buf[s.start:s.end])
		s.start = 0
	}
	for idle := 0; s.end < len(s.buf); idle++ {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		if n > 0 {
			idle = 0
		} else if idle == 100 && err == nil {
			err = io.ErrNoProgress
		}
		if errors.Is(err, io.EOF) {
			s.eof = true
			return
		}
		if err != nil {
			s.err = err
			return
		}
	}
}

// cut splits the row at the start of the buffer into s.fields. n is its length with its end, lines the
// number of lines that it takes.
func (s *rows) cut() (row []byte, n, lines int, err error) {
	data := s.buf[s.start:s.end]
	s.fields, s.quoted = s.fields[:0], s.quoted[:0]
	end, next := lineEnd(data, s.eof)
	if end < 0 || end > maxRow {
		return nil, 0, 0, errRowLong
	}
	if row := data[:end]; bytes.IndexByte(row, '"') < 0 {
		for {
			i := bytes.IndexByte(row, s.comma)
			if i < 0 {
				s.fields = append(s.fields, row)
				return data[:end], next, 1, nil
			}
			s.fields = append(s.fields, row[:i])
			row = row[i+1:]
		}
	}
	return s.cutQuoted(data)
}

// cutQuoted is cut for a row with quotes, which may go over several lines.
func (s *rows) cutQuoted(data []byte) (row []byte, n, lines int, err error) {
	lines = 1
	at := 0
	for {
		if at < len(data) && data[at] == '"' {
			var field []byte
			field, n, err = s.quotedField(data[at:])
			if err != nil {
				return nil, 0, 0, err
			}
			lines += countLines(data[at : at+n])
			s.fields = append(s.fields, field)
			at += n
		} else {
			n := 0
			for at+n < len(data) && data[at+n] != s.comma && data[at+n] != '\n' && data[at+n] != '\r' {
				n++
			}
			s.fields = append(s.fields, data[at:at+n])
			at += n
		}
		if at > maxRow {
			return nil, 0, 0, errRowLong
		}
		switch {
		case at == len(data):
			return data[:at], at, lines, nil
		case data[at] == s.comma:
			at++
		case data[at] == '\n' || data[at] == '\r':
			_, next := lineEnd(data[at:], true)
			return data[:at], at + next, lines, nil
		default:
			return nil, 0, 0, errAfterQuote
		}
	}
}

// quotedField reads the field at the start of data, which is a quote; n is its length with both quotes.
func (s *rows) quotedField(data []byte) (field []byte, n int, err error) {
	from := len(s.quoted)
	at, doubled := 1, false
	for {
		i := bytes.IndexByte(data[at:min(len(data), maxRow)], '"')
		if i < 0 {
			return nil, 0, errQuoteOpen
		}
		end := at + i
		if end+1 == len(data) || data[end+1] != '"' {
			if !doubled {
				return data[1:end], end + 1, nil
			}
			s.quoted = append(s.quoted, data[at:end]...)
			return s.quoted[from:len(s.quoted):len(s.quoted)], end + 1, nil
		}
		doubled = true
		s.quoted = append(s.quoted, data[at:end+1]...)
		at = end + 2
		if at >= min(len(data), maxRow) {
			return nil, 0, errQuoteOpen
		}
	}
}

// lineEnd gives the length of the first line without its end (LF, CRLF or a lone CR) and with it. end is
// -1 where the line does not end in data and more follows.
func lineEnd(data []byte, last bool) (end, next int) {
	end = bytes.IndexByte(data, '\n')
	head := data
	if end >= 0 {
		head = data[:end]
	}
	if cr := bytes.IndexByte(head, '\r'); cr >= 0 {
		if cr+1 == end {
			return cr, end + 1
		}
		return cr, cr + 1
	}
	if end >= 0 {
		return end, end + 1
	}
	if last {
		return len(data), len(data)
	}
	return -1, len(data)
}

// countLines gives the number of line ends in data.
func countLines(data []byte) int {
	n := bytes.Count(data, []byte{'\n'})
	for i, c := range data {
		if c == '\r' && (i+1 == len(data) || data[i+1] != '\n') {
			n++
		}
	}
	return n
}
