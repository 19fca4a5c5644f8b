package inventory_test

import (
	"bufio"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
	"phoneport/inventory"
)

// corpus gives a folder of recordings of real devices, which lie beside the repository.
func corpus(t *testing.T, folder string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Skip("no go.mod above the test: cannot find the corpus")
		}
		dir = filepath.Dir(dir)
	}
	path := filepath.Join(dir, "..", "shared", "corpus", folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the corpus of recordings is not here: %v", err)
	}
	return path
}

// TestDescriptionsOfRealDevices reads every platform and system description that the corpus has, of more than two
// hundred switches, routers, access points, firewalls, controllers and a few phones: none but the phones may
// describe itself as one.
func TestDescriptionsOfRealDevices(t *testing.T) {
	t.Parallel()
	texts := map[string]bool{}
	parsed := regexp.MustCompile(`^[\s-]*"?(?:platform|system_description|neighbor_description|system_desc)"?: "?(.*?)[",\\]*$`)
	collect := func(folder string, want func(string) bool, line func(string)) {
		err := filepath.WalkDir(corpus(t, folder), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || !want(path) {
				return err
			}
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			sc := bufio.NewScanner(f)
			sc.Buffer(nil, 1<<20)
			for sc.Scan() {
				line(sc.Text())
			}
			return sc.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	collect("cli", func(p string) bool { return strings.HasSuffix(p, ".yml") || strings.HasSuffix(p, ".json") }, func(l string) {
		if m := parsed.FindStringSubmatch(l); m != nil && m[1] != "" {
			texts[m[1]] = true
		}
	})
	// sysDescr, lldpRemSysDesc and cdpCachePlatform.
	columns := []string{"1.3.6.1.2.1.1.1.0|", "1.0.8802.1.1.2.1.4.1.1.10.", "1.3.6.1.4.1.9.9.23.1.2.1.1.8."}
	collect("snmp", func(p string) bool { return strings.HasSuffix(p, ".snmprec") }, func(l string) {
		if !slices.ContainsFunc(columns, func(c string) bool { return strings.HasPrefix(l, c) }) {
			return
		}
		_, rest, _ := strings.Cut(l, "|")
		kind, value, _ := strings.Cut(rest, "|")
		if kind == "4x" {
			b, err := hex.DecodeString(value)
			if err != nil {
				return
			}
			value = string(b)
		}
		texts[value] = true
	})
	if len(texts) < 200 {
		t.Fatalf("only %d descriptions were found: the test looks in the wrong place", len(texts))
	}
	got := map[string]string{}
	for text := range texts {
		p := access([]discovery.Neighbor{{Protocol: discovery.LLDP, ChassisID: "x", Platform: text}}, nil)
		for _, b := range inventory.CorrelatePort(nil, &p, now) {
			got[text] = strings.TrimSpace(b.Vendor + " " + b.Model)
		}
	}
	want := map[string]string{
		"IP Phone":                   "",
		"IP Phone, Firmware:90234AP": "",
		"CP-6901":                    "Cisco CP-6901",
		"Cisco IP Phone 6901,SCCP6901.9-3-1-SR2-2":       "Cisco CP-6901",
		"Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S\\n": "Cisco CP-7962",
		"DT700 Series":      "NEC DT700",
		"DT730":             "NEC DT730",
		"GXP1625 1.0.4.128": "Grandstream GXP1625",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("phones among %d descriptions (-want +got):\n%s", len(texts), d)
	}
}
