package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"
)

// FuzzParse: no text makes parse panic or run away, every refusal says why, and what is accepted keeps the
// promises that Config makes.
func FuzzParse(f *testing.F) {
	f.Add([]byte(Reference()))
	f.Add([]byte(examples(Reference())))
	f.Add([]byte(small))
	f.Add([]byte("a: &a [*a]\n"))
	f.Add([]byte("fleet: &f {parallel: 1, <<: *f}\n"))
	f.Add([]byte("x: &x {fleet: {parallel: 3}}\n<<: [*x, *x]\n"))
	f.Add([]byte("switches:\n- &s {name: a, address: 192.0.2.1}\n- {<<: *s, name: b}\n"))
	f.Add([]byte("? [a]\n: b\n"))
	files, _ := filepath.Glob("testdata/mistakes/*.txtar")
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(ar.Files[0].Data)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte) {
		if strings.Contains(string(data), "file:") || strings.Contains(string(data), "path:") {
			t.Skip("would read files of this machine")
		}
		begin := time.Now()
		c, err := parse(filepath.Join(dir, "phoneport.yaml"), data, Options{Getenv: os.LookupEnv})
		if d := time.Since(begin); d > 20*time.Second {
			t.Fatalf("took %s", d)
		}
		if err != nil {
			if strings.TrimSpace(err.Error()) == "" {
				t.Fatal("an error without words")
			}
			return
		}
		for _, s := range c.Switches {
			if s.Name == "" || s.Address == "" || s.SNMP == nil {
				t.Fatalf("accepted switch %+v", s)
			}
		}
		for _, p := range c.Profiles {
			if p.Voice.VLAN > 4094 || p.DataVLAN > 4094 || p.Voice.PCP > 7 || p.Voice.DSCP > 63 {
				t.Fatalf("accepted profile %+v", p)
			}
		}
	})
}
