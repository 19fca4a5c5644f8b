package config

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/pflag"
)

// places knows where each key was set, so that a message can name the place.
type places struct {
	tree   *tree
	getenv func(string) (string, bool)
	flags  map[string]*pflag.Flag
}

// mistake is one thing that is wrong in the file. Mistakes are found in several passes; they are told in the
// order of lines.
type mistake struct {
	line int
	text string
}

func (m *mistake) Error() string { return m.text }

// inOrder takes joined errors apart and sorts them by line; what has no line comes last.
func inOrder(errs []error) []error {
	var flat []error
	for _, e := range errs {
		flat = append(flat, split(e)...)
	}
	line := func(e error) int {
		var m *mistake
		if errors.As(e, &m) && m.line > 0 {
			return m.line
		}
		return math.MaxInt
	}
	slices.SortStableFunc(flat, func(a, b error) int { return cmp.Compare(line(a), line(b)) })
	return flat
}

// at gives "phoneport.yaml:12: switches[3].address", or the flag or the variable that set the key.
func (p *places) at(path string) string {
	if f := p.flags[path]; f != nil && f.Changed {
		return "--" + f.Name
	}
	if v, ok := p.getenv(envName(path)); ok && v != "" && !strings.ContainsRune(path, '[') {
		return envName(path) + ": " + path
	}
	if line := p.line(path); line > 0 {
		return fmt.Sprintf("%s:%d: %s", p.tree.name, line, path)
	}
	return p.tree.name + ": " + path
}

// line gives the line of a key, or 0. A key that is missing has the line of what it is missing in.
func (p *places) line(path string) int {
	for q := path; q != ""; q = parent(q) {
		if line, ok := p.tree.lines[q]; ok {
			return line
		}
	}
	return 0
}

func parent(path string) string {
	i := strings.LastIndexAny(path, ".[")
	if i < 0 {
		return ""
	}
	return path[:i]
}

// errorf makes an error that begins with the place of path.
func (p *places) errorf(path, format string, args ...any) error {
	return &mistake{line: p.line(path), text: p.at(path) + ": " + fmt.Errorf(format, args...).Error()}
}

// decodeError gives a decoder's error the place of its key and the words of its innermost cause.
func (p *places) decodeError(err error) error {
	var d *mapstructure.DecodeError
	if !errors.As(err, &d) {
		return fmt.Errorf("%s: %w", p.tree.name, err)
	}
	cause := errors.Unwrap(d)
	for {
		next := errors.Unwrap(cause)
		if next == nil {
			break
		}
		cause = next
	}
	return p.errorf(d.Name(), "%w", cause)
}
