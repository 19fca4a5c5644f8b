package archtest

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the transcript of the README anew")

// What differs from run to run: the free port that the system chose, and the name of the run.
var changing = []struct {
	re *regexp.Regexp
	as string
}{
	{regexp.MustCompile(`from 127\.1\.0\.1:\d+ on`), "from 127.1.0.1:47160 on"},
	{regexp.MustCompile(`run \d{8}T\d{6}Z-[0-9a-f]+:`), "run 20261122T151259Z-9d13e7:"},
}

// TestTranscript runs the demo and compares what it prints with what the README says it does.
func TestTranscript(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the demo needs the loopback addresses 127.1.0.1 and on, which only Linux has by itself")
	}
	program := filepath.Join(t.TempDir(), "phoneport")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/phoneport")
	cmd.Dir = root(t)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	cmd = exec.Command(program, "demo", "--once")
	cmd.Dir = t.TempDir()
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("demo: %v\n%s%s", err, out, &stderr)
	}
	want := strings.TrimSpace(string(out))
	for _, c := range changing {
		if !c.re.MatchString(want) {
			t.Errorf("the demo prints nothing like %s", c.re)
		}
		want = c.re.ReplaceAllString(want, c.as)
	}
	readme := filepath.Join(root(t), "README.md")
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), "```text\n")
	got, after, ok2 := strings.Cut(rest, "\n```")
	if !ok || !ok2 {
		t.Fatal("README.md has no transcript (a block ```text)")
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+"```text\n"+want+"\n```"+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("README.md shows another demo than there is (-demo +README); make golden writes it anew:\n%s", diff)
	}
}
