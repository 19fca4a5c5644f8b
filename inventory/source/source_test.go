package source_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEverySourceRunsTheSuite finds a folder that somebody added without the conformance suite.
func TestEverySourceRunsTheSuite(t *testing.T) {
	t.Parallel()
	folders, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	sources := 0
	for _, f := range folders {
		if !f.IsDir() || f.Name() == "testdata" {
			continue
		}
		sources++
		tests, err := filepath.Glob(filepath.Join(f.Name(), "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		runs := false
		for _, file := range tests {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			runs = runs || strings.Contains(string(text), "sourcetest.Run(t, ")
		}
		if !runs {
			t.Errorf("inventory/source/%s does not call sourcetest.Run(t, …) in a test: every source must pass the conformance suite", f.Name())
		}
	}
	if sources == 0 {
		t.Error("found no source folder: the test looks in the wrong place")
	}
}
