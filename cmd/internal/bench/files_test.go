//go:build linux

package bench

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// site is one switch as the configuration names it.
type site struct{ Name, Address string }

// handset is one phone as the inventory tells it.
type handset struct{ MAC, Name string }

// configure writes what an administrator would write, and gives the path of the configuration.
func configure(tb testing.TB, switches []site, phones []handset, fleet string) string {
	tb.Helper()
	dir := tb.TempDir()
	list := create(tb, dir, "switches.csv")
	fmt.Fprintln(list, "name,address")
	for _, s := range switches {
		fmt.Fprintf(list, "%s,%s\n", s.Name, s.Address)
	}
	list.close()
	known := create(tb, dir, "phones.csv")
	fmt.Fprintln(known, "mac,name")
	for _, p := range phones {
		fmt.Fprintf(known, "%s,%s\n", p.MAC, p.Name)
	}
	known.close()
	c := create(tb, dir, "phoneport.yaml")
	fmt.Fprintf(c, `state_dir: state
snmp:
  - {name: campus, version: 2c, community: public}
switches_from:
  - {path: switches.csv, site: bench, snmp: campus}
inventory:
  - {name: phones, kind: csv, path: phones.csv}
profiles:
  - name: phone
    voice: {mode: tagged, vlan: %d}
    data_vlan: %d
    poe: auto
assignments:
  - {name: all phones, profile: phone, model: "*"}
%s`, voiceVLAN, dataVLAN, fleet)
	return c.close()
}

// file collects its first error, which close tells.
type file struct {
	*bufio.Writer
	tb testing.TB
	f  *os.File
}

func create(tb testing.TB, dir, name string) *file {
	tb.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		tb.Fatal(err)
	}
	return &file{bufio.NewWriter(f), tb, f}
}

func (f *file) close() string {
	f.tb.Helper()
	if err := f.Flush(); err != nil {
		f.tb.Fatal(err)
	}
	if err := f.f.Close(); err != nil {
		f.tb.Fatal(err)
	}
	return f.f.Name()
}
