package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// documents gives all markdown files of the project.
func documents(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	walk(t, func(name string, text []byte) {
		if strings.HasSuffix(name, ".md") && !strings.Contains(name, "testdata/") {
			docs[name] = string(text)
		}
	})
	if len(docs) < 5 {
		t.Fatalf("found %d documents; the test looks at the wrong place", len(docs))
	}
	return docs
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	fence   = regexp.MustCompile("(?s)```.*?```")
)

// TestLinks follows each link of the documents that stays inside the project.
func TestLinks(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	dir := root(t)
	for name, text := range docs {
		for _, m := range link.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(file))); err != nil {
				t.Errorf("%s: link to %s: no such file", name, m[1])
				continue
			}
			if other, ok := docs[file]; anchor != "" && (!ok || !anchors(other)[anchor]) {
				t.Errorf("%s: link to %s: no such heading", name, m[1])
			}
		}
	}
}

// TestReachable finds pages that no other page leads to.
func TestReachable(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	seen := map[string]bool{}
	queue := []string{"README.md"}
	for len(queue) > 0 {
		name := queue[0]
		queue = queue[1:]
		if seen[name] {
			continue
		}
		seen[name] = true
		for _, m := range link.FindAllStringSubmatch(docs[name], -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if file := path.Join(path.Dir(name), target); docs[file] != "" {
				queue = append(queue, file)
			}
		}
	}
	for name := range docs {
		if !seen[name] {
			t.Errorf("%s: no link leads here from README.md: nobody will find it", name)
		}
	}
}

// anchors gives the anchors of the headings of a page, as forges make them.
func anchors(text string) map[string]bool {
	out := map[string]bool{}
	for _, m := range heading.FindAllStringSubmatch(fence.ReplaceAllString(text, ""), -1) {
		var b strings.Builder
		for _, r := range strings.ToLower(m[1]) {
			switch {
			case r == ' ':
				b.WriteByte('-')
			case r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r > 127:
				b.WriteRune(r)
			}
		}
		out[b.String()] = true
	}
	return out
}

// TestPicture looks for each package in the picture of the house.
func TestPicture(t *testing.T) {
	t.Parallel()
	picture := documents(t)["docs/architecture.md"]
	for _, p := range list(t) {
		if !strings.Contains(picture, path.Base(p.path)+"/") {
			t.Errorf("docs/architecture.md: nothing about %s: whoever looks for a place does not know that there is one", p.path)
		}
	}
}

var (
	code     = regexp.MustCompile("`([^`\n]+)`")
	makeUse  = regexp.MustCompile(`(?:^|[\s;&])make ([a-z]+)\b`)
	progUse  = regexp.MustCompile(`^(?:\S*/)?phoneport ([a-z][a-z-]+)\b(.*)`)
	flagUse  = regexp.MustCompile(`(?:^|\s)--([a-z][a-z-]+)`)
	goTarget = regexp.MustCompile(`(?m)^([a-z]+):.*## `)
)

// TestCommands finds targets, sub-commands and flags that the documents name and that are not there.
func TestCommands(t *testing.T) {
	t.Parallel()
	makefile, err := os.ReadFile(filepath.Join(root(t), "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	targets := map[string]bool{}
	for _, m := range goTarget.FindAllStringSubmatch(string(makefile), -1) {
		targets[m[1]] = true
	}
	if len(targets) == 0 || len(targets) > 10 {
		t.Errorf("Makefile has %d documented targets, want 1 to 10: whoever reads `make help` should see all at a glance", len(targets))
	}
	commands, literals := commandLine(t)
	if len(commands) == 0 {
		t.Fatal("no sub-command found below cmd")
	}
	reference := documents(t)["docs/reference.md"]
	for c := range commands {
		if c != "phoneport" && !strings.Contains(reference, "`phoneport "+c+"`") && !strings.Contains(reference, "`phoneport "+c+" ") {
			t.Errorf("docs/reference.md: nothing about the command %s", c)
		}
	}
	commands["help"] = true
	commands["completion"] = true // made by cobra
	n := 0
	for name, text := range documents(t) {
		for _, line := range codeLines(text) {
			for _, m := range makeUse.FindAllStringSubmatch(line, -1) {
				n++
				if !targets[m[1]] {
					t.Errorf("%s: %q: make has no target %s", name, line, m[1])
				}
			}
			m := progUse.FindStringSubmatch(line)
			if m == nil {
				continue
			}
			n++
			if !commands[m[1]] {
				t.Errorf("%s: %q: phoneport has no command %s", name, line, m[1])
			}
			for _, f := range flagUse.FindAllStringSubmatch(m[2], -1) {
				if !literals[f[1]] && f[1] != "help" {
					t.Errorf("%s: %q: no flag --%s is defined below cmd", name, line, f[1])
				}
			}
		}
	}
	if n < 10 {
		t.Errorf("found %d uses of commands in the documents; the test looks at the wrong place", n)
	}
}

// codeLines gives the lines of a page that are code: indented, fenced or in back-quotes.
func codeLines(text string) []string {
	var out []string
	fenced := false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
		case fenced, strings.HasPrefix(line, "    "):
			out = append(out, strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		default:
			for _, m := range code.FindAllStringSubmatch(line, -1) {
				out = append(out, m[1])
			}
		}
	}
	return out
}

// commandLine gives the names of the sub-commands (the first word of each cobra Use) and all string
// literals of the command's source, among which are the names of its flags.
func commandLine(t *testing.T) (commands, literals map[string]bool) {
	t.Helper()
	commands, literals = map[string]bool{}, map[string]bool{}
	walk(t, func(name string, text []byte) {
		if !strings.HasPrefix(name, "cmd/") || !product(name) {
			return
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Errorf("%v", err)
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CompositeLit:
				if name := commandName(n); name != "" {
					commands[name] = true
				}
			case *ast.BasicLit:
				literals[literal(n)] = true
			}
			return true
		})
	})
	return commands, literals
}

// commandName gives the name of the command that a cobra.Command literal makes; "" for hidden commands and
// all other literals.
func commandName(lit *ast.CompositeLit) (name string) {
	for _, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			return ""
		}
		switch key, _ := kv.Key.(*ast.Ident); {
		case key == nil:
			return ""
		case key.Name == "Hidden":
			return ""
		case key.Name == "Use":
			name, _, _ = strings.Cut(literal(kv.Value), " ")
		}
	}
	return name
}

// literal gives the value of a string literal, "" for any other expression.
func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}

// reasonWord finds the words by which a plan says why a change waits.
var reasonWord = regexp.MustCompile(`(?m)^\s+(?:Guard|Hold)[A-Z]\w*\s+= "([a-z0-9-]+)"`)

// TestReasons looks for each reason to hold a change back in the page that explains them.
func TestReasons(t *testing.T) {
	t.Parallel()
	page := documents(t)["docs/let-it-fix.md"]
	n := 0
	walk(t, func(name string, text []byte) {
		if !strings.HasPrefix(name, "policy/") || !product(name) {
			return
		}
		for _, m := range reasonWord.FindAllStringSubmatch(string(text), -1) {
			n++
			if !strings.Contains(page, "`"+m[1]+"`") {
				t.Errorf("docs/let-it-fix.md: nothing about %s, which %s gives as a reason", m[1], name)
			}
		}
	})
	if n < 10 {
		t.Errorf("found %d reasons in policy; the test looks at the wrong place", n)
	}
}
