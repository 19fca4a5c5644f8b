package archtest

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
)

var (
	snippet = regexp.MustCompile("(?ms)^( *)```yaml\n(.*?)^ *```")
	topKey  = regexp.MustCompile(`(?m)^([a-z_]+):`)
)

// frame is what a page may leave out of its examples because another part of it has told it.
var frame = map[string]string{
	"snmp":     "snmp:\n  - {name: campus, version: \"2c\", community: \"env:PP_COMMUNITY\"}\n",
	"switches": "switches:\n  - {name: acc-9, address: 10.1.1.19, site: berlin, snmp: campus}\n",
	"profiles": "profiles:\n  - name: phone\n    voice: {mode: tagged, vlan: 110}\n",
}

// TestSnippets loads each piece of configuration that the documents show, as a reader who pastes it would.
func TestSnippets(t *testing.T) {
	t.Parallel()
	n := 0
	for name, text := range documents(t) {
		for _, m := range snippet.FindAllStringSubmatch(text, -1) {
			n++
			body := regexp.MustCompile(`(?m)^`+m[1]).ReplaceAllString(m[2], "")
			t.Run(fmt.Sprintf("%s:%d", name, 1+strings.Count(text[:strings.Index(text, m[0])], "\n")), func(t *testing.T) {
				t.Parallel()
				has := map[string]bool{}
				for _, k := range topKey.FindAllStringSubmatch(body, -1) {
					has[k[1]] = true
				}
				for key, lines := range frame {
					if !has[key] {
						body += lines
					}
				}
				path := filepath.Join(t.TempDir(), "phoneport.yaml")
				if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
					t.Fatal(err)
				}
				c, err := config.Load(config.Options{Path: path, Getenv: func(key string) (string, bool) {
					return "a secret of a test", strings.HasPrefix(key, "PP_")
				}})
				if err == nil {
					_, err = app.Check(c)
				}
				if err != nil {
					t.Errorf("%v\n%s", err, body)
				}
			})
		}
	}
	if n < 5 {
		t.Errorf("found %d pieces of configuration; the test looks at the wrong place", n)
	}
}
