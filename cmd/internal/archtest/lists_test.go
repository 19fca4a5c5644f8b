package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

// group is a folder whose sub-folders are extensions of one kind.
type group struct {
	dir   string
	list  string // the package that lists them, "" where each user names its own
	suite string // the conformance suite that the tests of each must import, or those of the list for all
	// golden is a folder in which some file has the extension's name after this prefix, "" for none: it
	// shows that the list's tests reach the extension.
	golden, prefix string
	why            string
	not            []string // sub-folders that are no extension
	// opened are the extensions that cannot be in the list, and the package that opens each instead. There is no
	// recording of them either.
	opened map[string]string
}

var groups = []group{
	{
		dir: "switchctl/driver", list: "switchctl/driver", suite: "switchctl/drivertest",
		golden: "switchctl/driver/testdata/golden", prefix: "driver=",
		why: "a driver that is not in the list is never chosen, and one that does not pass the suite breaks what all others promise",
		// The list chooses by sysObjectID over SNMP; this host is chosen by its configuration.
		opened: map[string]string{"linux": "cmd/internal/app"},
	},
	{
		dir: "inventory/source", suite: "inventory/sourcetest",
		why: "what all sources promise (whole lists, named lines, cancelling) is tested in one place",
	},
}

// TestExtensions finds a driver or source that was written and then forgotten somewhere.
func TestExtensions(t *testing.T) {
	t.Parallel()
	byName := map[string]pkg{}
	for _, p := range list(t) {
		byName[p.path] = p
	}
	for _, g := range groups {
		t.Run(g.dir, func(t *testing.T) {
			t.Parallel()
			entries, err := os.ReadDir(filepath.Join(root(t), filepath.FromSlash(g.dir)))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, e := range entries {
				if !e.IsDir() || e.Name() == "testdata" || slices.Contains(g.not, e.Name()) {
					continue
				}
				n++
				path := g.dir + "/" + e.Name()
				p, ok := byName[path]
				if !ok {
					t.Errorf("%s: no Go package", path)
					continue
				}
				list, golden := g.list, g.golden
				if by, ok := g.opened[e.Name()]; ok {
					list, golden = by, ""
				}
				if list != "" && !slices.Contains(byName[list].imports, path) {
					t.Errorf("%s is not in the list of %s: %s", path, list, g.why)
				}
				if g.suite != "" && !slices.Contains(p.tests, g.suite) && !slices.Contains(byName[g.list].tests, g.suite) {
					t.Errorf("%s: no test runs %s: %s", path, g.suite, g.why)
				}
				if golden != "" && !inFolder(t, golden, g.prefix+e.Name()) {
					t.Errorf("%s: no file of %s has %q: no recording reaches it: %s", path, golden, g.prefix+e.Name(), g.why)
				}
			}
			if n == 0 {
				t.Errorf("%s: no extension found; the test looks at the wrong place", g.dir)
			}
			for name := range g.opened {
				if _, ok := byName[g.dir+"/"+name]; !ok {
					t.Errorf("%s/%s is excepted and not there", g.dir, name)
				}
			}
		})
	}
}

// inFolder reports whether a file of the folder has the word.
func inFolder(t *testing.T, dir, word string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), filepath.FromSlash(dir), "*"))
	if err != nil {
		t.Fatal(err)
	}
	whole := regexp.MustCompile(`\b` + regexp.QuoteMeta(word) + `\b`)
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if whole.Match(text) {
			return true
		}
	}
	return false
}
