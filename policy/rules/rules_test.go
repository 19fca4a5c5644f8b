package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"phoneport/policy"
	"phoneport/policy/rules"
)

var update = flag.Bool("update", false, "write what the rules say into testdata")

// TestRules runs the cases of each rule. testdata/<rule>.txtar has files fires/<case>.yaml, each with what it
// gives in fires/<case>.want, and silent/<case>.yaml, which give nothing.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, r := range rules.All() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join("testdata", r.ID+".txtar")
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatalf("rule %s has no cases: %v", r.ID, err)
			}
			a := txtar.Parse(data)
			want := map[string]string{}
			for _, f := range a.Files {
				if strings.HasSuffix(f.Name, ".want") {
					want[strings.TrimSuffix(f.Name, ".want")] = string(f.Data)
				}
			}
			fires, silent := 0, 0
			var out []txtar.File
			for _, f := range a.Files {
				name, ok := strings.CutSuffix(f.Name, ".yaml")
				if !ok {
					if !strings.HasSuffix(f.Name, ".want") {
						t.Errorf("%s: file %s is neither a case nor its answer", path, f.Name)
					}
					continue
				}
				got := ""
				t.Run(name, func(t *testing.T) {
					got = text(policy.EvaluateAll(parse(t, f.Data).view(t), []policy.Rule{r}))
					switch kind, _, _ := strings.Cut(name, "/"); kind {
					case "silent":
						silent++
						if got != "" {
							t.Errorf("the rule fires:\n%s", got)
						}
					case "fires":
						fires++
						if got == "" {
							t.Error("the rule is silent")
						}
						if d := cmp.Diff(want[name], got); d != "" && !*update {
							t.Errorf("findings differ (-want +got):\n%s", d)
						}
					default:
						t.Errorf("case %s is in neither fires nor silent", name)
					}
				})
				out = append(out, f)
				if got != "" {
					out = append(out, txtar.File{Name: name + ".want", Data: []byte(got)})
				}
			}
			if fires == 0 || silent == 0 {
				t.Errorf("%s: %d firing and %d silent cases, at least one of each is needed", path, fires, silent)
			}
			if *update && !t.Failed() {
				a.Files = out
				if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// TestNoStrayCases finds cases of rules that are gone.
func TestNoStrayCases(t *testing.T) {
	t.Parallel()
	for _, dir := range []struct{ glob, ext string }{
		{filepath.Join("testdata", "*.txtar"), ".txtar"},
		{filepath.Join(docs, "*.md"), ".md"},
	} {
		files, err := filepath.Glob(dir.glob)
		if err != nil || len(files) == 0 {
			t.Fatalf("no files %s: %v", dir.glob, err)
		}
		for _, f := range files {
			id := strings.TrimSuffix(filepath.Base(f), dir.ext)
			if _, ok := rules.ByID(id); !ok && id != "README" {
				t.Errorf("%s is of no rule", f)
			}
		}
	}
}

var docs = filepath.Join("..", "..", "docs", "rules")

// TestRuleIsWhole asks each rule for what people read of it.
func TestRuleIsWhole(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, r := range rules.All() {
		if seen[r.ID] {
			t.Errorf("rule %s is there twice", r.ID)
		}
		seen[r.ID] = true
		if r.ID == "" || strings.ToLower(r.ID) != r.ID || strings.ContainsAny(r.ID, " _") {
			t.Errorf("rule id %q is not kebab-case", r.ID)
		}
		if r.Title == "" || r.Why == "" || r.Severity == policy.SeverityUnknown {
			t.Errorf("rule %s lacks title, why or severity", r.ID)
		}
		if r.Check == nil && r.Switch == nil && r.Fleet == nil {
			t.Errorf("rule %s checks nothing", r.ID)
		}
		page, err := os.ReadFile(filepath.Join(docs, r.ID+".md"))
		if err != nil {
			t.Errorf("rule %s has no page: %v", r.ID, err)
			continue
		}
		for _, part := range []string{
			"# " + r.ID + "\n", "Severity: " + r.Severity.String(), "## What it means", "## Why it matters",
			"## What phoneport does", "## What to check by hand", "## How to except it",
		} {
			if !strings.Contains(string(page), part) {
				t.Errorf("page of rule %s has no %q", r.ID, part)
			}
		}
	}
}

// TestIndex compares the list of rules for people with the rules.
func TestIndex(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("# Rules\n\nWhat an audit looks for. Each page says what it means, why it matters, what phoneport does about it, what to\n" +
		"check by hand and how to except it. This list is made from the rules (`go test ./policy/rules -update`).\n\n" +
		"| rule | severity | what is wrong |\n| --- | --- | --- |\n")
	for _, r := range rules.All() {
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.ID, r.ID, r.Severity, r.Title)
	}
	path := filepath.Join(docs, "README.md")
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b.String(), string(got)); d != "" {
		t.Errorf("%s differs from the rules (-want +got):\n%s", path, d)
	}
}

// text renders findings so that a person can check them.
func text(fs []policy.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		fmt.Fprintf(&b, "%s %s (%s)", f.Severity, strings.TrimSpace(f.Port.String()), f.Confidence)
		if !f.Phone.IsZero() {
			fmt.Fprintf(&b, " phone %s", f.Phone)
		}
		fmt.Fprintf(&b, ": %s\n", f.Message)
		for _, e := range f.Evidence {
			fmt.Fprintf(&b, "  because %s\n", e)
		}
		for _, c := range f.Fix {
			fmt.Fprintf(&b, "  fix %s %s\n", c.Kind(), c.Args())
		}
		if f.Excepted != nil {
			fmt.Fprintf(&b, "  excepted: %s\n", f.Excepted.Reason)
		}
	}
	return b.String()
}
