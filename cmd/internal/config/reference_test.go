package config

import (
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func noEnv(string) (string, bool) { return "", false }

func rawOf(t *testing.T, text string) raw {
	t.Helper()
	tr, err := parseTree("reference.yaml", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	r, err := decode(tr, &places{tree: tr, getenv: noEnv}, Options{Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReferenceIsDefaults(t *testing.T) {
	t.Parallel()
	got, want := rawOf(t, Reference()), defaults()
	got.Limits.Kinds, got.Station.Addresses, got.Station.Capabilities = nil, nil, nil // an empty list and none are the same
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(raw{}, date{})); diff != "" {
		t.Errorf("the reference file differs from the defaults (-default +reference):\n%s", diff)
	}
	// Each default stands in the file, so that a reader finds it there.
	tr, err := parseTree("reference.yaml", strings.NewReader(Reference()))
	if err != nil {
		t.Fatal(err)
	}
	scalars(reflect.ValueOf(defaults()), "", func(key string, _ any) {
		if _, ok := tr.lines[key]; !ok {
			t.Errorf("reference.yaml does not set %s", key)
		}
	})
}

var listIndex = regexp.MustCompile(`\[\d+\]`)

// examples takes the comment signs off the examples.
func examples(text string) string {
	var out []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(strings.TrimSpace(line), "##") {
			out = append(out, strings.TrimPrefix(line, "# "))
		}
	}
	return strings.Join(out, "")
}

func TestReferenceExplainsEveryKey(t *testing.T) {
	t.Parallel()
	tr, err := parseTree("reference.yaml", strings.NewReader(examples(Reference())))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for path := range tr.lines {
		seen[listIndex.ReplaceAllString(path, "")] = true
	}
	var check func(typ reflect.Type, prefix string)
	check = func(typ reflect.Type, prefix string) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			key := prefix + f.Tag.Get("mapstructure")
			if !seen[key] {
				t.Errorf("reference.yaml does not show %s", key)
			}
			ft := f.Type
			if ft.Kind() == reflect.Slice {
				ft = ft.Elem()
			}
			if ft.Kind() == reflect.Struct && !isText(ft) {
				check(ft, key+".")
			}
		}
	}
	check(reflect.TypeFor[raw](), "")
}

func TestReferenceExamplesHold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "switches.csv", "name,address\nacc-9,192.0.2.19\n")
	write(t, dir, "priv.key", "privacy key\n")
	text := strings.ReplaceAll(examples(Reference()), "/etc/phoneport/priv.key", dir+"/priv.key")
	env := map[string]string{
		"PHONEPORT_AUTH_KEY": "a long key", "PHONEPORT_COMMUNITY": "public", "PHONEPORT_WRITE_COMMUNITY": "private",
	}
	c, err := parse(dir+"/phoneport.yaml", []byte(text), Options{Getenv: func(n string) (string, bool) { v, ok := env[n]; return v, ok }})
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Switches) != 4 || len(c.Credentials) != 2 || len(c.Profiles) != 1 || len(c.Limits.Hours) != 1 {
		t.Errorf("got %d switches, %d credentials, %d profiles, %d windows", len(c.Switches), len(c.Credentials), len(c.Profiles), len(c.Limits.Hours))
	}
	if len(c.Advertise) != 2 || len(c.Advertise[0].Says.Locations) != 3 || !c.Advertise[0].PowerGiven {
		t.Errorf("adverts: %+v", c.Advertise)
	}
	if len(c.Warnings) != 0 {
		t.Errorf("warnings: %q", c.Warnings)
	}
}
