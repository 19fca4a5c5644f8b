package policy

import (
	"fmt"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// glob is a pattern for names of switches, ports and sites. Where the pattern has a slash, * stays within one
// level, as in a path: Gi1/0/* is not Gi1/0/1/2, and ** crosses levels. A pattern without a slash is for the
// whole name, as in .gitignore: * is every port and Gi* every gigabit port, so that a protect list never
// protects less than it seems to. [1-9] and {a,b} work in both. Matching goes by case.
type glob struct {
	text  string
	plain bool // nothing special in it
	all   bool
	flat  bool // no slash in it: * crosses levels
}

// compileGlob checks a pattern.
func compileGlob(pattern string) (glob, error) {
	if !doublestar.ValidatePattern(pattern) {
		return glob{}, fmt.Errorf("pattern %q is malformed", pattern)
	}
	return glob{
		text:  pattern,
		plain: !strings.ContainsAny(pattern, `*?[{\`),
		all:   pattern == "*" || pattern == "**",
		flat:  !strings.Contains(pattern, "/"),
	}, nil
}

// globOrAll is for patterns that NewAssigner has checked; an empty one matches all.
func globOrAll(pattern string) glob {
	if pattern == "" {
		return glob{all: true}
	}
	g, err := compileGlob(pattern)
	if err != nil {
		return glob{plain: true, text: pattern}
	}
	return g
}

func (g glob) match(name string) bool {
	switch {
	case g.all:
		return true
	case g.plain:
		return g.text == name
	case g.flat:
		// doublestar stops * at a slash; no name has this octet.
		name = strings.ReplaceAll(name, "/", "\x00")
	}
	ok, err := doublestar.Match(g.text, name)
	return ok && err == nil
}

// globs matches where one of its patterns does; none match everything.
type globs []glob

func (gs globs) match(name string) bool {
	for _, g := range gs {
		if g.match(name) {
			return true
		}
	}
	return len(gs) == 0
}
