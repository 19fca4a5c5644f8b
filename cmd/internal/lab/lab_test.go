package lab_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/lab"
	"phoneport/inventory/source/csvfile"
	"phoneport/policy/rules"
	"phoneport/switchctl/sim"
)

func campus(t *testing.T, o sim.Options) *sim.Campus {
	t.Helper()
	o.Listen = netip.MustParseAddrPort("127.1.2.1:1161")
	c, err := sim.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestParseFaults(t *testing.T) {
	t.Parallel()
	got, err := lab.ParseFaults([]string{"wrong-vlan", " silent=3", "power-off@acc-0001:Gi1/0/1", "dead@acc-0002", "moved=0"})
	if err != nil {
		t.Fatal(err)
	}
	want := []lab.Wish{
		{Fault: sim.FaultWrongVLAN, Count: 1},
		{Fault: sim.FaultSilent, Count: 3},
		{Fault: sim.FaultPowerOff, Count: 1, Switch: "acc-0001", Port: "Gi1/0/1"},
		{Fault: sim.FaultDead, Count: 1, Switch: "acc-0002"},
		{Fault: sim.FaultMoved},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("wishes (-want +got):\n%s", diff)
	}
	bad := []string{"", "meltdown", "silent=x", "silent=-1", "silent=2@acc-0001:1", "silent@acc-0001", "dead@acc-0001:1", "silent@"}
	for _, text := range bad {
		if _, err := lab.ParseFaults([]string{text}); err == nil || !strings.Contains(err.Error(), "parse fault") {
			t.Errorf("%q: err = %v", text, err)
		}
	}
	if _, err := lab.ParseFaults(bad); strings.Count(err.Error(), "parse fault") != len(bad) {
		t.Errorf("not all mistakes are told: %v", err)
	}
}

func TestStrike(t *testing.T) {
	t.Parallel()
	c := campus(t, sim.Options{Switches: 3, Ports: 12, Personalities: []string{"catalyst", "procurve", "juniper"}})
	var wishes []lab.Wish
	for _, r := range lab.Repairable {
		wishes = append(wishes, lab.Wish{Fault: r.Fault, Count: 2})
	}
	done, err := lab.Strike(c, wishes, func(s sim.SwitchInfo) bool { return s.Personality != "juniper" })
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, s := range done {
		if at := s.Switch + " " + s.Port; seen[at] || s.Switch == "acc-0003" {
			t.Errorf("%+v: a port is broken twice, or a switch that was not chosen is", s)
		} else {
			seen[at] = true
		}
		p, err := c.Port(s.Switch, s.Port)
		if err != nil || !slices.Contains(p.Faults, s.Fault) || p.Dot1X || p.Uplink {
			t.Errorf("%+v: the port is %+v, %v", s, p, err)
		}
	}
	if len(done) != 2*len(lab.Repairable) {
		t.Errorf("%d faults, want %d", len(done), 2*len(lab.Repairable))
	}
	done, err = lab.Strike(c, []lab.Wish{{Fault: sim.FaultDead, Count: 1}, {Fault: sim.FaultMoved, Count: 500}, {Fault: sim.FaultSilent, Switch: "acc-0009", Port: "1"}}, nil)
	if err == nil || !strings.Contains(err.Error(), "there is no place for moved") || !strings.Contains(err.Error(), "acc-0009") || len(done) < 2 {
		t.Errorf("%d done, err = %v", len(done), err)
	}
}

// TestRepairable: the table names faults and rules that exist.
func TestRepairable(t *testing.T) {
	t.Parallel()
	for _, r := range lab.Repairable {
		if !slices.Contains(rules.IDs(), r.Rule) {
			t.Errorf("%s: there is no rule %q", r.Fault, r.Rule)
		}
		if !slices.Contains(lab.FaultNames(), string(r.Fault)) {
			t.Errorf("there is no fault %q", r.Fault)
		}
	}
}

// TestFiles: what is written is read by the same code that reads an operator's files.
func TestFiles(t *testing.T) {
	t.Parallel()
	o := sim.Options{Switches: 2, Ports: 6, VoiceVLAN: 300, DataVLAN: 200}
	c := campus(t, o)
	path := filepath.Join(t.TempDir(), "lab.yaml")
	if err := lab.Write(path, c, o, time.Second); err != nil {
		t.Fatal(err)
	}
	if err := lab.Write(path, c, o, time.Second); err != nil {
		t.Errorf("its own file is not overwritten: %v", err)
	}
	cfg, err := config.Load(config.Options{Path: path, Getenv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	if len(cfg.Warnings) > 0 {
		t.Errorf("warnings: %q", cfg.Warnings)
	}
	p := cfg.Profiles[0]
	if len(cfg.Switches) != 2 || cfg.Switches[1].Address != "127.1.2.2:1161" || p.Voice.VLAN != 300 || p.DataVLAN != 200 || cfg.Options.BootTime != time.Second {
		t.Errorf("switches %+v, profile %+v", cfg.Switches, p)
	}
	src, err := csvfile.New(csvfile.Options{Path: cfg.Inventory[0].Path})
	if err != nil {
		t.Fatal(err)
	}
	phones, err := src.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := c.Phones()
	if len(phones) != len(want) {
		t.Fatalf("%d phones, want %d", len(phones), len(want))
	}
	for i, ph := range phones {
		w := want[i]
		if ph.MAC != w.MAC || ph.Name != w.Name || ph.Extension != w.Extension || string(ph.Expected.Switch) != w.Switch || ph.Expected.Name != w.Port || ph.Site != w.Site {
			t.Errorf("phone %d is %+v, want %+v", i, ph, w)
		}
	}
	if err := os.WriteFile(path, []byte("switches: []\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := lab.Write(path, c, o, time.Second); err == nil {
		t.Error("an operator's configuration was overwritten")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := lab.Write(path, c, o, time.Second); err == nil || !strings.Contains(err.Error(), "phones.csv") {
		t.Errorf("an operator's inventory was overwritten: %v", err)
	}
}
