package vm

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestParser takes apart what test binaries printed with -test.v=test2json; ^ stands for the mark.
func TestParser(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, run string
		exit      int
		stream    string
		want      string // the tests: name=status, what it said in brackets
		err       string // part of the error, "" for none
	}{
		{
			"passes", "x", 0,
			"^=== RUN   TestA\n    a_test.go:1: one\n^=== RUN   TestA/b\n^=== PAUSE TestA/b\n^=== NAME  TestA\ntwo\n^=== CONT  TestA/b\nthree\n" +
				"^--- PASS: TestA (0.00s)\n^    --- PASS: TestA/b (0.00s)\n^=== NAME\nPASS\n",
			"TestA=1[    a_test.go:1: one|two](b=1[three])", "",
		},
		{
			"mark behind a line without end", "x", 0,
			"^=== RUN   TestA\nno end^--- PASS: TestA (0.00s)\nPASS\n", "TestA=1[no end]", "",
		},
		{
			"carriage returns", "x", 0,
			"^=== RUN   TestA\r\nsaid\r\n^--- SKIP: TestA (0.00s)\r\n", "TestA=3[said]", "",
		},
		{
			"fails", "x", 1,
			"^=== RUN   TestA\n^=== RUN   TestA/b\n^--- FAIL: TestA/b (0.00s)\n^--- FAIL: TestA (0.00s)\n^=== NAME\nFAIL\n", "TestA=2(b=2)", "",
		},
		{
			"says what looks like a result", "x", 0,
			"^=== RUN   TestA\n--- FAIL: TestA (0.00s)\n^--- PASS: TestA (0.00s)\n", "TestA=1[--- FAIL: TestA (0.00s)]", "",
		},
		{
			"ends in the middle", "x", 3,
			"^=== RUN   TestA\n^=== RUN   TestA/b\nlast words\n", "TestA=0(b=0[last words])", "ended with 3 in the middle of TestA/b",
		},
		{
			"panics", "x", 2,
			"^=== RUN   TestA\n^=== RUN   TestA/b\n^--- FAIL: TestA (0.00s)\n^    --- FAIL: TestA/b (0.00s)\npanic: x\n",
			"TestA=2[panic: x](b=2)", "",
		},
		{
			"ends between", "x", 2,
			"^=== RUN   TestA\n^=== RUN   TestA/b\n^--- PASS: TestA/b (0.00s)\npanic\n", "TestA=0[panic](b=1)", "in the middle of TestA\n",
		},
		{"runs nothing", "^TestNobody$", 0, "testing: warning: no tests to run\nPASS\n", "[testing: warning: no tests to run]", `no test matches "^TestNobody$"`},
		{
			"fails after its tests", "x", 66,
			"^=== RUN   TestA\n^--- PASS: TestA (0.00s)\nPASS\nleak found\n", "TestA=1 [leak found]", "every test passed, but the test binary ended with 66",
		},
		{"does not start", "x", 126, "sh: not found\n", "[sh: not found]", "sh: not found"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newParser()
			for line := range strings.Lines(strings.ReplaceAll(tt.stream, "^", "\x16")) {
				p.line(line)
			}
			if diff := cmp.Diff(tt.want, sketch(p.root)); diff != "" {
				t.Errorf("tests (-want +got):\n%s", diff)
			}
			err := judge(p, tt.exit, tt.run)
			switch {
			case tt.err == "" && err != nil:
				t.Errorf("got %v, want nothing", err)
			case tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)):
				t.Errorf("got %v, want %q", err, tt.err)
			}
		})
	}
}

// sketch writes tests in one line.
func sketch(of *test) string {
	var all []string
	for _, c := range of.children {
		s := c.name + "=" + string('0'+rune(c.status))
		if len(c.lines) > 0 {
			s += "[" + strings.Join(c.lines, "|") + "]"
		}
		if len(c.children) > 0 {
			s += "(" + sketch(c) + ")"
		}
		all = append(all, s)
	}
	if of.name == "" && len(of.lines) > 0 {
		all = append(all, "["+strings.Join(of.lines, "|")+"]")
	}
	return strings.Join(all, " ")
}
