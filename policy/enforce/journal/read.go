package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"phoneport/policy/enforce"
)

// file is what one run's file holds.
type file struct {
	path    string
	info    enforce.RunInfo // Run, Kind, Started, Ended
	entries []enforce.Entry
}

// maxLine bounds one line: a record with two port states is below 2 KiB.
const maxLine = 1 << 20

func (d *Dir) read(path string) (file, error) {
	f, err := os.Open(path)
	if err != nil {
		return file{path: path}, fmt.Errorf("read journal: %w", err)
	}
	defer f.Close()
	r, bad, err := decode(f)
	r.path = path
	for _, b := range bad {
		if b.torn {
			d.log.Debug("journal ends in a torn line", "at", fmt.Sprintf("%s:%d", path, b.line))
			continue
		}
		d.log.Warn("journal line passed over", "at", fmt.Sprintf("%s:%d", path, b.line), "err", b.err)
	}
	if err != nil {
		return r, fmt.Errorf("read journal %s: %w", path, err)
	}
	return r, nil
}

// badLine is a line that was passed over.
type badLine struct {
	line int
	torn bool // the last line, without its end: the process died over it
	err  error
}

// decode reads one run's lines. It fails only where reading does.
func decode(in io.Reader) (f file, bad []badLine, err error) {
	r := bufio.NewReader(in)
	for n := 1; ; n++ {
		line, whole, err := readLine(r)
		if err != nil && !errors.Is(err, io.EOF) {
			return f, bad, err
		}
		end := err != nil
		if len(bytes.TrimSpace(line)) > 0 {
			if err := f.add(line, whole); err != nil {
				bad = append(bad, badLine{n, end, err})
			}
		}
		if end {
			return f, bad, nil
		}
	}
}

var errLong = errors.New("line is longer than 1 MiB")

// readLine gives the next line up to maxLine; whole is false where it was longer.
func readLine(r *bufio.Reader) (line []byte, whole bool, err error) {
	whole = true
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else {
			whole = false
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, whole, err
		}
	}
}

func (f *file) add(line []byte, whole bool) error {
	if !whole {
		return errLong
	}
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return err
	}
	switch r.Stage {
	case stageBegin:
		f.info = enforce.RunInfo{Run: r.Run, Kind: r.Act, Started: r.At}
		return nil
	case stageEnd:
		f.info.Ended = r.At
		return nil
	}
	e, err := r.entry()
	if err != nil {
		return err
	}
	f.entries = append(f.entries, e)
	return nil
}
