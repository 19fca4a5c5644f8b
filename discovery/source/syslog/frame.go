package syslog

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// maxFrame is the longest message whose end is still waited for, in octets. Of one longer than MaxLine the begin is kept.
const maxFrame = 64 << 10

// Errors of frames.next beside those of the reader.
var (
	errFraming = errors.New("neither octet counting nor lines")
	errTooLong = errors.New("message too long")
)

// framing is how a sender separates messages (RFC 6587 section 3.4). The first message decides for the connection.
type framing uint8

const (
	undecided framing = iota
	counting          // "43 <13>…": octet counting
	ending            // a line feed or a NUL behind each: non-transparent framing
)

// frames takes messages out of a stream.
type frames struct {
	r     *bufio.Reader
	how   framing
	begun func(bool) // told when the first octet of a message was there, and when its last was
	buf   []byte
}

// next gives the next message; it is valid until the following call. cut is true where it was longer than MaxLine.
// The error is io.EOF between messages, io.ErrUnexpectedEOF within one. A last line without its end is a message: many
// senders leave the end out.
func (f *frames) next() (text []byte, cut bool, err error) {
	for { // what some senders put between messages, and empty lines
		b, err := f.r.Peek(1)
		if err != nil {
			return nil, false, err
		}
		if b[0] != '\n' && b[0] != '\r' && b[0] != 0 {
			break
		}
		_, _ = f.r.Discard(1) // was peeked at
	}
	f.begun(true)
	defer f.begun(false)
	if f.how == undecided {
		f.how = f.decide()
	}
	if f.how == counting {
		return f.counted()
	}
	return f.line()
}

// decide looks for digits, a blank and the "<" of a priority. A line of a switch may begin with a counter or a year, but
// then no "<" follows. A count that is too long is a count all the same.
func (f *frames) decide() framing {
	for n := 1; n <= 24; n++ {
		b, err := f.r.Peek(n)
		if err != nil {
			return ending
		}
		c := b[n-1]
		switch {
		case '0' <= c && c <= '9' && (n > 1 || c != '0'):
		case c == ' ' && n > 1:
			if b, err := f.r.Peek(n + 1); err == nil && b[n] == '<' {
				return counting
			}
			return ending
		default:
			return ending
		}
	}
	return ending
}

// counted reads "43 " and as many octets.
func (f *frames) counted() ([]byte, bool, error) {
	n := 0
	for i := 0; ; i++ {
		c, err := f.r.ReadByte()
		if err != nil {
			return nil, false, within(err)
		}
		if c == ' ' && i > 0 {
			break
		}
		if c < '0' || c > '9' || i == 0 && c == '0' {
			return nil, false, errFraming
		}
		if n = n*10 + int(c-'0'); n > maxFrame {
			return nil, false, errTooLong
		}
	}
	keep := min(n, MaxLine)
	if cap(f.buf) < keep {
		f.buf = make([]byte, keep)
	}
	f.buf = f.buf[:keep]
	if _, err := io.ReadFull(f.r, f.buf); err != nil {
		return nil, false, within(err)
	}
	if _, err := f.r.Discard(n - keep); err != nil {
		return nil, false, within(err)
	}
	return f.buf, n > keep, nil
}

// line reads up to a line feed or a NUL.
func (f *frames) line() ([]byte, bool, error) {
	f.buf = f.buf[:0]
	total := 0
	for {
		if _, err := f.r.Peek(1); err != nil {
			if err == io.EOF {
				return f.buf, total > MaxLine, nil // next gives io.EOF
			}
			return nil, false, err
		}
		b, _ := f.r.Peek(f.r.Buffered()) // is there
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			end = len(b)
		}
		if nul := bytes.IndexByte(b[:end], 0); nul >= 0 {
			end = nul
		}
		f.buf = append(f.buf, b[:min(end, MaxLine-len(f.buf))]...)
		total += end
		done := end < len(b)
		if done {
			end++
		}
		_, _ = f.r.Discard(end) // is there
		if done {
			return f.buf, total > MaxLine, nil
		}
		if total > maxFrame {
			return nil, false, errTooLong
		}
	}
}

// within says that a stream ended within a message.
func within(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
