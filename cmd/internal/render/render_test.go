package render_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"phoneport/cmd/internal/render"
	"phoneport/cmd/internal/shape"
	"phoneport/cmd/internal/shape/shapetest"
	"phoneport/policy/rules"
	"phoneport/switchctl"
)

var update = flag.Bool("update", false, "write the goldens anew")

func TestMain(m *testing.M) {
	time.Local = time.UTC // tables for people are in local time
	os.Exit(m.Run())
}

func report() render.Report {
	return render.Report{Audit: shape.NewAudit(shapetest.Audit(), 0), Read: []switchctl.SwitchID{"acc-1", "acc-2"}, Rules: rules.All(), Version: "v1.2.3"}
}

// writers is every way to write something, by the name of its golden.
func writers() map[string]func(io.Writer, render.Options) error {
	ws := map[string]func(io.Writer, render.Options) error{}
	for _, f := range render.AuditFormats {
		ws["audit."+string(f)] = func(w io.Writer, o render.Options) error { return render.Audit(w, f, report(), o) }
	}
	snap := shape.NewReading(shapetest.Snapshot())
	for _, f := range []render.Format{render.Table, render.YAML, render.CSV} {
		ws["read."+string(f)] = func(w io.Writer, o render.Options) error { return render.Reading(w, f, snap, o) }
		ws["phones."+string(f)] = func(w io.Writer, o render.Options) error { return render.Phones(w, f, shapetest.Phones(), o) }
		ws["power."+string(f)] = func(w io.Writer, o render.Options) error {
			return render.Power(w, f, []shape.SwitchPower{shape.NewSwitchPower(shapetest.Snapshot()), {Switch: "acc-2"}, {Switch: "acc-3", Error: "unreachable"}}, o)
		}
	}
	ws["plan.table"] = func(w io.Writer, o render.Options) error {
		return render.Plan(w, render.Table, shape.NewPlan(shapetest.Plan()), o)
	}
	ws["apply.table"] = func(w io.Writer, o render.Options) error {
		return render.Applied(w, render.Table, shape.NewApplied(shapetest.Applied()), o)
	}
	ws["cycle.table"] = func(w io.Writer, o render.Options) error {
		return render.Cycled(w, render.Table, shape.NewCycled(shapetest.Cycled()), o)
	}
	ws["runs.table"] = func(w io.Writer, o render.Options) error {
		return render.Runs(w, render.Table, shape.NewRuns(shapetest.Runs()), o)
	}
	ws["where.table"] = func(w io.Writer, o render.Options) error {
		return render.Where(w, render.Table, shapetest.Whereabouts(), o)
	}
	return ws
}

func TestGolden(t *testing.T) {
	t.Parallel()
	for name, write := range writers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := write(&b, render.Options{}); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.Bytes())
		})
	}
	t.Run("color", func(t *testing.T) {
		t.Parallel()
		var b bytes.Buffer
		if err := render.Audit(&b, render.Table, report(), render.Options{Color: true}); err != nil {
			t.Fatal(err)
		}
		golden(t, "audit-color.table", b.Bytes())
	})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestHarmless: texts of the network reach neither a terminal as control sequences nor a spreadsheet as formulas
// nor a browser as markup.
func TestHarmless(t *testing.T) {
	t.Parallel()
	for name, write := range writers() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			if err := write(&b, render.Options{}); err != nil {
				t.Fatal(err)
			}
			if bytes.ContainsAny(b.Bytes(), "\x1b\x00") {
				t.Errorf("control characters in the output")
			}
			switch {
			case strings.HasSuffix(name, ".html"):
				if strings.Contains(b.String(), "<script") {
					t.Errorf("a script in the page")
				}
			case strings.HasSuffix(name, ".csv"):
				rows, err := csv.NewReader(&b).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				for _, row := range rows {
					for _, cell := range row {
						if strings.HasPrefix(cell, "=") {
							t.Errorf("a formula: %s", cell)
						}
					}
				}
			}
		})
	}
}

func TestJUnitIsWellFormed(t *testing.T) {
	t.Parallel()
	r := report()
	r.Audit.Findings[0].Message = "bad \xff octets, \x01 control, ]]> and \uFFFE"
	var b bytes.Buffer
	if err := render.Audit(&b, render.JUnit, r, render.Options{}); err != nil {
		t.Fatal(err)
	}
	dec := xml.NewDecoder(bytes.NewReader(b.Bytes()))
	dec.Strict = true
	for {
		if _, err := dec.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	var doc struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Name     string `xml:"name,attr"`
			Tests    int    `xml:"tests,attr"`
			Failures int    `xml:"failures,attr"`
			Cases    []struct {
				Failure *struct{} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	tests, failures := 0, 0
	names := []string{}
	for _, s := range doc.Suites {
		names = append(names, s.Name)
		n := 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				n++
			}
		}
		if s.Tests != len(s.Cases) || s.Failures != n {
			t.Errorf("suite %s says %d tests, %d failures and has %d, %d", s.Name, s.Tests, s.Failures, len(s.Cases), n)
		}
		tests, failures = tests+s.Tests, failures+s.Failures
	}
	if doc.Tests != tests || doc.Failures != failures || doc.Failures != len(r.Audit.Findings) || doc.Errors != len(r.Audit.Switches.Unreadable) {
		t.Errorf("totals: %d tests, %d failures, %d errors; suites have %d, %d", doc.Tests, doc.Failures, doc.Errors, tests, failures)
	}
	if diff := cmp.Diff([]string{"acc-1", "acc-2", "acc-3", "inventory"}, names); diff != "" {
		t.Errorf("suites (-want +got):\n%s", diff)
	}
}

// TestSARIF holds what the schema of SARIF 2.1.0 requires of the properties that are used.
func TestSARIF(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := render.Audit(&b, render.SARIF, report(), render.Options{}); err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(b.Bytes(), &doc); err != nil {
		t.Fatal(err)
	}
	if doc["version"] != "2.1.0" {
		t.Errorf("version = %v", doc["version"]) // 3.13.2: required
	}
	run := list(t, doc, "runs")[0].(map[string]any)
	driver := run["tool"].(map[string]any)["driver"].(map[string]any)
	if driver["name"] == "" || driver["name"] == nil {
		t.Error("the driver has no name") // 3.19.8: required
	}
	defined := list(t, driver, "rules")
	seen := map[string]bool{}
	for _, r := range defined {
		id := r.(map[string]any)["id"].(string) // 3.49.3: required, unique
		if id == "" || seen[id] {
			t.Errorf("rule id %q", id)
		}
		seen[id] = true
	}
	results := list(t, run, "results")
	if len(results) != 4 {
		t.Errorf("%d results, want 3 findings and 1 suppressed", len(results))
	}
	suppressed := 0
	for _, r := range results {
		res := r.(map[string]any)
		if text, _ := res["message"].(map[string]any)["text"].(string); text == "" {
			t.Errorf("a result without message text: %v", res) // 3.27.11, 3.11.8
		}
		if l := res["level"]; l != "error" && l != "warning" && l != "note" && l != "none" {
			t.Errorf("level %v", l) // 3.27.10
		}
		i := int(res["ruleIndex"].(float64))
		if defined[i].(map[string]any)["id"] != res["ruleId"] {
			t.Errorf("ruleIndex %d is not rule %v", i, res["ruleId"]) // 3.27.6
		}
		loc := list(t, res, "locations")[0].(map[string]any)
		uri := loc["physicalLocation"].(map[string]any)["artifactLocation"].(map[string]any)["uri"].(string)
		if !regexp.MustCompile(`^[A-Za-z0-9._~%-]+$`).MatchString(uri) {
			t.Errorf("uri %q", uri)
		}
		if s, ok := res["suppressions"]; ok {
			suppressed++
			if k := s.([]any)[0].(map[string]any)["kind"]; k != "external" {
				t.Errorf("suppression kind %v", k) // 3.35.2
			}
		}
	}
	if suppressed != 1 {
		t.Errorf("%d results are suppressed, want the excepted one", suppressed)
	}
	inv := list(t, run, "invocations")[0].(map[string]any)
	if inv["executionSuccessful"] != false { // 3.20.14: required; a switch did not answer
		t.Errorf("executionSuccessful = %v", inv["executionSuccessful"])
	}
}

func list(t *testing.T, m map[string]any, key string) []any {
	t.Helper()
	l, ok := m[key].([]any)
	if !ok || len(l) == 0 {
		t.Fatalf("%s is no list with entries: %v", key, m[key])
	}
	return l
}

// TestHTMLStandsAlone: the page asks for nothing, and says in words what is the matter.
func TestHTMLStandsAlone(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := render.Audit(&b, render.HTML, report(), render.Options{}); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, bad := range []string{"<script", "<link", "<img", "src=", "href=", "url(", "@import"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	for _, want := range []string{
		"Some phones do not work or are about to fail.", "inline power is switched off on a phone port", "meeting room", "acc-3", "@media print",
		"&lt;script&gt;alert(1)&lt;/script&gt;",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	clean := render.Report{Audit: shape.Audit{Findings: []shape.Finding{}}}
	b.Reset()
	if err := render.Audit(&b, render.HTML, clean, render.Options{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "Everything is as it should be.") {
		t.Error("a clean audit does not say so")
	}
}

// TestYAMLIsJSON: both tell the same, whatever texts look like.
func TestYAMLIsJSON(t *testing.T) {
	t.Parallel()
	in := map[string]any{"a": []any{}, "b": map[string]any{}, "yes": "yes", "n": "0123", "t": "2026-01-02", "x": "a: b\n- c", "f": 1.5, "big": 1e18, "null": "null", "e": ""}
	var y, j bytes.Buffer
	if err := errors.Join(render.Data(&y, render.YAML, in), render.Data(&j, render.JSON, in)); err != nil {
		t.Fatal(err)
	}
	var fromY, fromJ map[string]any
	if err := errors.Join(yaml.Unmarshal(y.Bytes(), &fromY), json.Unmarshal(j.Bytes(), &fromJ)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fmt.Sprint(fromJ["yes"], fromJ["n"], fromJ["t"], fromJ["x"], fromJ["null"], fromJ["e"]), fmt.Sprint(fromY["yes"], fromY["n"], fromY["t"], fromY["x"], fromY["null"], fromY["e"])); diff != "" {
		t.Errorf("texts differ (-json +yaml):\n%s\n%s", diff, y.String())
	}
	if len(fromY) != len(fromJ) {
		t.Errorf("%d keys, want %d:\n%s", len(fromY), len(fromJ), y.String())
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestWriteErrors: a full disk is not a clean audit.
func TestWriteErrors(t *testing.T) {
	t.Parallel()
	for name, write := range writers() {
		if err := write(brokenPipe{}, render.Options{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: err = %v", name, err)
		}
	}
}

func TestSummaries(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		render.Summary(shape.NewAudit(shapetest.Audit(), 0)): "2 switches read, 1 unreadable, 5 phones expected, 3 found, 1 missing, 2 unknown, 1 moved, 1 duplicate: " +
			"3 findings (1 critical, 1 warning, 1 info), 1 excepted",
		render.Summary(shape.Audit{Switches: shape.Switches{Read: 1}}):    "1 switch read, 0 phones expected, 0 found: no findings",
		render.PlanSummary(shape.NewPlan(shapetest.Plan())):               "9 changes on 1 switch, 1 held back",
		render.PlanSummary(shape.Plan{}):                                  "nothing to change",
		render.AppliedSummary(shape.NewApplied(shapetest.Applied())):      "run 20260102T150500Z-aabbcc: 1 done, 1 unchanged, 1 refused, 1 unverified, 1 undone, 1 held back, 1 switch saved",
		render.AppliedSummary(shape.Applied{Run: "r", Interrupted: true}): "run r: nothing to do; interrupted",
	} {
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
