package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// maxLines is where a file is split. The aim is 400; the rest is room to finish a thought.
const maxLines = 500

// topLevel is what the module's folder may hold; dot-files aside.
var topLevel = []string{
	"cmd", "switchctl", "discovery", "policy", "inventory", "docs", "bin",
	"go.mod", "go.sum", "README.md", "Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
}

// vagueNames say nothing about what is inside, so everything ends up there.
var vagueNames = []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "misc", "shared", "base"}

// clocks are the files of pure packages that run what the others decide, and so tell it the time.
var clocks = []string{"discovery/advertise/port.go"}

// fileRule looks at one file. It gives what is wrong with it, nil for nothing.
type fileRule struct {
	name  string
	why   string
	match func(path string) bool
	check func(path string, text []byte) []string
}

func goFile(path string) bool     { return strings.HasSuffix(path, ".go") }
func goTestFile(path string) bool { return strings.HasSuffix(path, "_test.go") }
func anyFile(path string) bool    { return !strings.Contains(path, "testdata/fuzz/") }
func product(path string) bool    { return goFile(path) && !goTestFile(path) }

var fileRules = []fileRule{
	{
		name: "files are short", why: "one file, one thing; split it by subject",
		match: goFile,
		check: func(_ string, text []byte) []string {
			if n := strings.Count(string(text), "\n"); n > maxLines {
				return []string{fmt.Sprintf("%d lines, at most %d", n, maxLines)}
			}
			return nil
		},
	},
	{
		name: "tests do not wait on the wall clock", why: "on a busy machine the wait is too short, on all others too long; use testing/synctest or a channel",
		match: goTestFile,
		check: grep(`\btime` + `\.Sleep\(`),
	},
	{
		name: "nothing is left to do", why: "what is missing belongs into an issue, where somebody looks for it",
		match: goFile,
		check: grep(`\b(TO` + `DO|FIX` + `ME|XX` + `X)\b|not ` + `implemented`),
	},
	{
		name: "no path of one machine", why: "it exists on one machine only",
		match: anyFile,
		check: grep(`(^|[\s"'` + "`" + `(=:])/(wo` + `rk|fa` + `rm|ho` + `me)/|\.libr` + `ary\b`),
	},
	{
		name: "no registration at start-up", why: "lists are Go values that a reader finds and a test can replace; an import must change nothing",
		match: product,
		check: declares("init"),
	},
	{
		name: "decisions have no clock", why: "the time is an argument, or a decision cannot be replayed",
		match: func(path string) bool {
			path = filepath.ToSlash(path)
			return product(path) && slices.Contains(pure, filepath.ToSlash(filepath.Dir(path))) && !slices.Contains(clocks, path)
		},
		check: grep(`\btime\.(Now|Since|Until|After|Tick|NewTimer|NewTicker)\(`),
	},
	{
		name: "logging is passed in", why: "a package that writes to the default logger cannot be silenced or told apart; take a *slog.Logger",
		match: func(path string) bool { return product(path) && room(filepath.ToSlash(path)) != rooms["cmd"] },
		check: grep(`\bslog\.(Debug|Info|Warn|Error|Default)(Context)?\(|\blog\.(Print|Fatal|Panic)|\bfmt\.Print(f|ln)?\(`),
	},
}

// grep makes a check that names each line on which the expression is found.
func grep(expr string) func(string, []byte) []string {
	re := regexp.MustCompile(expr)
	return func(_ string, text []byte) []string {
		var out []string
		if !re.Match(text) {
			return nil
		}
		for i, line := range strings.Split(string(text), "\n") {
			if m := re.FindString(line); m != "" {
				out = append(out, fmt.Sprintf("line %d: %q", i+1, strings.TrimSpace(m)))
			}
		}
		return out
	}
}

// declares makes a check that finds a function, not a method, of that name.
func declares(name string) func(string, []byte) []string {
	return func(path string, text []byte) []string {
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
		if err != nil {
			return []string{err.Error()}
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == name {
				return []string{"func " + name}
			}
		}
		return nil
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	n := 0
	walk(t, func(path string, text []byte) {
		n++
		for _, r := range fileRules {
			if !r.match(path) {
				continue
			}
			for _, msg := range r.check(path, text) {
				t.Errorf("%s: %s: %s: %s", path, msg, r.name, r.why)
			}
		}
	})
	if n < 20 {
		t.Fatalf("looked at %d files; the rules have nothing to look at", n)
	}
}

// TestFileRulesFire shows of every rule that it can fail, and that its neighbour case passes.
func TestFileRulesFire(t *testing.T) {
	t.Parallel()
	tests := []struct{ rule, path, bad, good string }{
		{"files are short", "policy/a.go", strings.Repeat("\n", maxLines+1), strings.Repeat("\n", maxLines)},
		{"tests do not wait on the wall clock", "policy/a_test.go", "time" + ".Sleep(1)", "clock.Sleep(1)"},
		{"nothing is left to do", "policy/a.go", "// TO" + "DO: more", "// mastodons"},
		{"no path of one machine", "docs/a.md", "see /ho" + "me/me/x", "see the/home/page"},
		{"no registration at start-up", "policy/a.go", "package a\nfunc init() {}", "package a\nfunc (x T) init() {}"},
		{"decisions have no clock", "policy/a.go", "time.Now()", "time.Second"},
		{"logging is passed in", "switchctl/a.go", `slog.Info("x")`, `log.Info("x")`},
	}
	seen := map[string]bool{}
	for _, tt := range tests {
		i := slices.IndexFunc(fileRules, func(r fileRule) bool { return r.name == tt.rule })
		if i < 0 {
			t.Errorf("no rule %q", tt.rule)
			continue
		}
		r := fileRules[i]
		seen[r.name] = true
		if !r.match(tt.path) {
			t.Errorf("%s: does not look at %s", r.name, tt.path)
		}
		if len(r.check(tt.path, []byte(tt.bad))) == 0 {
			t.Errorf("%s: lets %q pass", r.name, tt.bad)
		}
		if got := r.check(tt.path, []byte(tt.good)); len(got) > 0 {
			t.Errorf("%s: %q gives %q", r.name, tt.good, got)
		}
	}
	for _, r := range fileRules {
		if !seen[r.name] {
			t.Errorf("rule %q has no case that shows it failing", r.name)
		}
	}
}

func TestTopLevel(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		name := e.Name()
		if strings.HasPrefix(name, ".") || slices.Contains(topLevel, name) {
			continue
		}
		if strings.HasSuffix(name, ".test") || strings.HasSuffix(name, ".prof") || strings.HasSuffix(name, ".out") {
			continue // left by go test -c and profiling; ignored by git
		}
		t.Errorf("%s: the top level has five rooms and the files that people expect; put it into a room, docs/ or .ci/", name)
	}
}

// TestPackages looks at names and at package documentation.
func TestPackages(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	walk(t, func(path string, text []byte) {
		if !product(path) || strings.Contains(path, "testdata/") {
			return
		}
		dir := filepath.Dir(path)
		f, err := parser.ParseFile(token.NewFileSet(), path, text, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		if slices.Contains(vagueNames, f.Name.Name) {
			t.Errorf("%s: package %s: the name says nothing; take a noun that a network engineer knows", path, f.Name.Name)
		}
		documented[dir] = documented[dir] || f.Doc != nil
	})
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file has a package comment: what is it, what is it not, where does one add one", dir)
		}
	}
}

// walk gives each file that is ours: paths relative to the module, with slashes. Files over a megabyte
// are recordings and not looked into.
func walk(t *testing.T, fn func(path string, text []byte)) {
	t.Helper()
	dir := root(t)
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (strings.HasPrefix(name, ".") && name != ".ci" || path == "bin") {
				return fs.SkipDir
			}
			return nil
		}
		info, err := d.Info()
		if err != nil || info.Size() > 1<<20 || !info.Mode().IsRegular() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(path)))
		if err != nil {
			return err
		}
		fn(path, text)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
