package vm

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// test is one test inside, or the root of all.
type test struct {
	name     string // last part
	status   status
	took     string
	lines    []string // what it said; of the root: what was said between tests, as the stacks of a panic
	children []*test
}

type status uint8

const (
	unknown status = iota // it did not end
	passed
	failed
	skipped
)

var statuses = map[string]status{"PASS": passed, "FAIL": failed, "SKIP": skipped}

// child gives the test below t with the name, made if it is new.
func (t *test) child(name string) *test {
	i := slices.IndexFunc(t.children, func(c *test) bool { return c.name == name })
	if i < 0 {
		i = len(t.children)
		t.children = append(t.children, &test{name: name})
	}
	return t.children[i]
}

// find gives the test with the full name, made if it is new.
func (t *test) find(name string) *test {
	for part := range strings.SplitSeq(name, "/") {
		t = t.child(part)
	}
	return t
}

// unfinished gives the names of the tests below t that did not end and have none below that did not.
func (t *test) unfinished() []string {
	var names []string
	for _, c := range t.children {
		below := c.unfinished()
		for _, n := range below {
			names = append(names, c.name+"/"+n)
		}
		if len(below) == 0 && c.status == unknown {
			names = append(names, c.name)
		}
	}
	return names
}

func (t *test) failed() bool {
	return t.status == failed || slices.ContainsFunc(t.children, (*test).failed)
}

// parser takes apart what a test binary prints with -test.v=test2json: lines of the tests' own, and marks that
// begin with the octet 0x16 wherever the line before it ended (testing.chattyPrinter).
type parser struct {
	root    *test
	now     *test    // whose output comes
	last    []string // the last lines, of whichever test
	console []string // the last lines of the kernel's console
}

func newParser() *parser {
	root := &test{}
	return &parser{root: root, now: root}
}

var (
	markRun    = regexp.MustCompile(`^=== (RUN|CONT|NAME|PAUSE)\s*(\S*)$`)
	markResult = regexp.MustCompile(`^\s*--- (PASS|FAIL|SKIP): (\S+) \((.*)\)$`)
)

// line takes one line, with or without its end.
func (p *parser) line(s string) {
	s = strings.TrimRight(s, "\r\n")
	for i, part := range strings.Split(s, "\x16") {
		if i > 0 && p.mark(part) {
			p.last = keep(p.last, part)
			continue
		}
		if part == "" {
			continue
		}
		p.last = keep(p.last, part)
		if p.now != p.root || part != "PASS" && part != "FAIL" {
			p.now.lines = append(p.now.lines, part)
		}
	}
}

// mark takes a line that begins with the mark.
func (p *parser) mark(s string) bool {
	if m := markRun.FindStringSubmatch(s); m != nil {
		p.now = p.root
		if m[2] != "" {
			p.now = p.root.find(m[2])
		}
		return true
	}
	if m := markResult.FindStringSubmatch(s); m != nil {
		done := p.root.find(m[2])
		done.status, done.took = statuses[m[1]], m[3]
		// What is said until the next mark is the parent's.
		p.now = p.root
		if i := strings.LastIndexByte(m[2], '/'); i >= 0 {
			p.now = p.root.find(m[2][:i])
		}
		return true
	}
	return strings.HasPrefix(s, "=== ")
}

// story gives the end of what the tests and the kernel said, for the message of a run that broke.
func (p *parser) story() string {
	s := ""
	for _, part := range []struct {
		of    string
		lines []string
	}{{"the tests", p.last}, {"the console", p.console}} {
		if len(part.lines) > 0 {
			s += "\nlast lines of " + part.of + ":\n    " + strings.Join(part.lines, "\n    ")
		}
	}
	return s
}

// replay gives the results inside as subtests of t.
func replay(t *testing.T, from *test) {
	for _, c := range from.children {
		t.Run(c.name, func(t *testing.T) {
			t.Log(strings.Join(append([]string{"inside, " + cmp.Or(c.took, "not over")}, c.lines...), "\n"))
			replay(t, c)
			switch c.status {
			case failed:
				t.Fail()
			case skipped:
				t.Skip("skipped inside")
			case unknown:
				t.Fatal("did not end")
			}
		})
	}
}
