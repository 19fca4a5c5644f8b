package config

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"
	"golang.org/x/tools/txtar"

	"phoneport/switchctl"
)

var update = flag.Bool("update", false, "write the goldens anew")

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMistakes runs each archive of testdata/mistakes: phoneport.yaml and its files are loaded, and every
// mistake must be told with its place, all at once.
func TestMistakes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/mistakes/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			ar, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir, want := t.TempDir(), ""
			for _, f := range ar.Files {
				if f.Name == "want" {
					want = string(f.Data)
					continue
				}
				write(t, dir, f.Name, string(f.Data))
			}
			_, err = Load(Options{Path: filepath.Join(dir, "phoneport.yaml"), Getenv: noEnv})
			if err == nil {
				t.Fatal("was accepted")
			}
			got := strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), "") + "\n"
			if *update {
				setWant(ar, got)
				if err := os.WriteFile(file, txtar.Format(ar), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func setWant(ar *txtar.Archive, text string) {
	for i := range ar.Files {
		if ar.Files[i].Name == "want" {
			ar.Files[i].Data = []byte(text)
			return
		}
	}
	ar.Files = append(ar.Files, txtar.File{Name: "want", Data: []byte(text)})
}

const small = `
snmp:
  - {name: campus, version: 2c, community: 00123}
switches:
  - {name: Acc-1.Example, address: 192.0.2.1, site: hq}
  - {name: acc-2, address: "2001:db8::1"}
  - {name: acc-3, address: "sw3.example:1161"}
fleet: {parallel: 8}
`

func TestLoad(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "phoneport.yaml", small)
	c, err := Load(Options{Path: path, Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range c.Switches {
		got = append(got, fmt.Sprintf("%s %s %s %s", s.Name, s.Address, s.Site, s.SNMP.Name))
	}
	want := []string{
		"Acc-1.Example 192.0.2.1:161 hq campus",
		"acc-2 [2001:db8::1]:161  campus",
		"acc-3 sw3.example:1161  campus",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("switches (-want +got):\n%s", diff)
	}
	// A community is a text, however much it looks like an octal number.
	if got := c.Credentials[0].Community.Reveal(); got != "00123" {
		t.Errorf("community = %q", got)
	}
	if c.Fleet.Parallel != 8 || c.Fleet.BreakerFailures != 3 {
		t.Errorf("fleet = %+v", c.Fleet)
	}
	if s, ok := c.Switch("192.0.2.1"); !ok || s.Name != "Acc-1.Example" {
		t.Errorf("by address: %v %v", s.Name, ok)
	}
}

func TestPrecedence(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "phoneport.yaml", small)
	env := map[string]string{"PHONEPORT_FLEET_PARALLEL": "16", "PHONEPORT_LIMITS_WINDOW": "2d"}
	getenv := func(n string) (string, bool) { v, ok := env[n]; return v, ok }
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.Int("parallel", 1, "")
	flags := map[string]*pflag.Flag{"fleet.parallel": set.Lookup("parallel")}

	c, err := Load(Options{Path: path, Getenv: getenv, Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	if c.Fleet.Parallel != 16 || c.Limits.Window != 48*time.Hour {
		t.Errorf("environment does not win over file: %d %s", c.Fleet.Parallel, c.Limits.Window)
	}
	if err := set.Parse([]string{"--parallel=32"}); err != nil {
		t.Fatal(err)
	}
	if c, err = Load(Options{Path: path, Getenv: getenv, Flags: flags}); err != nil {
		t.Fatal(err)
	}
	if c.Fleet.Parallel != 32 {
		t.Errorf("flag does not win over environment: %d", c.Fleet.Parallel)
	}

	env["PHONEPORT_FLEET_PARALLEL"] = "many"
	_, err = Load(Options{Path: path, Getenv: getenv})
	if err == nil || !strings.Contains(err.Error(), "PHONEPORT_FLEET_PARALLEL: fleet.parallel: ") {
		t.Errorf("the error does not name the variable: %v", err)
	}
}

func TestStateDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "phoneport.yaml", "state_dir: state\n")
	set := pflag.NewFlagSet("", pflag.ContinueOnError)
	set.String("state-dir", "", "")
	flags := map[string]*pflag.Flag{"state_dir": set.Lookup("state-dir")}
	c, err := Load(Options{Path: path, Getenv: noEnv, Flags: flags})
	if err != nil || c.StateDir != filepath.Join(dir, "state") {
		t.Errorf("a path of the file is relative to the file: %q, %v", c.StateDir, err)
	}
	if err := set.Parse([]string{"--state-dir=here"}); err != nil {
		t.Fatal(err)
	}
	if c, err = Load(Options{Path: path, Getenv: noEnv, Flags: flags}); err != nil || c.StateDir != "here" {
		t.Errorf("a path of a flag is relative to where it is said: %q, %v", c.StateDir, err)
	}
	if os.Geteuid() == 0 {
		return // root has its own place
	}
	empty := write(t, dir, "empty.yaml", "")
	xdg := func(n string) (string, bool) { return "/xdg", n == "XDG_STATE_HOME" }
	if c, err = Load(Options{Path: empty, Getenv: xdg}); err != nil || c.StateDir != "/xdg/phoneport" {
		t.Errorf("default: %q, %v", c.StateDir, err)
	}
}

func TestEnvironmentThatSetsNothing(t *testing.T) {
	t.Parallel()
	path := write(t, t.TempDir(), "phoneport.yaml", strings.ReplaceAll(small, "00123", "env:PHONEPORT_SECRET"))
	c, err := Load(Options{
		Path: path, Environ: []string{"PHONEPORT_FLET_PARALLEL=1", "PHONEPORT_SECRET=x", "PHONEPORT_OUTPUT=json", "HOME=/"},
		Known:  []string{"OUTPUT"},
		Getenv: func(n string) (string, bool) { return "x", n == "PHONEPORT_SECRET" },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"environment variable PHONEPORT_FLET_PARALLEL sets nothing: no key or flag has that name"}
	if diff := cmp.Diff(want, c.Warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

func TestNoFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := os.Stat(Places[1]); err == nil {
		t.Skipf("skipped: this machine has %s", Places[1])
	}
	if _, err := Load(Options{Getenv: noEnv}); !errors.Is(err, ErrNoFile) {
		t.Errorf("err = %v", err)
	}
	c, err := Load(Options{Getenv: noEnv, Optional: true})
	if err != nil || c.Path != "" || c.Fleet.Parallel == 0 {
		t.Errorf("defaults: %+v, %v", c, err)
	}
	write(t, ".", "phoneport.yaml", small)
	if c, err = Load(Options{Getenv: noEnv}); err != nil || len(c.Switches) != 3 {
		t.Errorf("./phoneport.yaml: %+v, %v", c, err)
	}
}

func TestSecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	s := NewSecret("hunter22")
	text, err := s.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", s, "in", struct{ S Secret }{s})
	for how, got := range map[string]string{
		"String": s.String(), "MarshalText": string(text), "log": log.String(),
		"%v": fmt.Sprintf("%v", s), "%+v": fmt.Sprintf("%+v", s), "%#v": fmt.Sprintf("%#v", s), "%s": fmt.Sprintf("%s", s),
		"%q": fmt.Sprintf("%q", s), "%x": fmt.Sprintf("%x", s), "%d": fmt.Sprintf("%d", s), "%T of struct": fmt.Sprintf("%+v", Credential{Community: s}),
	} {
		if strings.Contains(got, "hunter") || strings.Contains(got, "68756e746572") {
			t.Errorf("%s gives the secret away: %s", how, got)
		}
		if !strings.Contains(got, masked) {
			t.Errorf("%s does not say %s: %s", how, masked, got)
		}
	}
	if s.Reveal() != "hunter22" || NewSecret("env:X").Reveal() != "env:X" {
		t.Error("Reveal does not give the text")
	}
	if (Secret{}).String() != "" {
		t.Error("no secret is printed as one")
	}
}

func TestParseSecret(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, "key", "from a file\r\n")
	open := write(t, dir, "open", "x")
	if err := os.Chmod(open, 0o644); err != nil {
		t.Fatal(err)
	}
	empty := write(t, dir, "empty", "\n")
	getenv := func(n string) (string, bool) { return "from the environment", n == "KEY" }
	tests := []struct{ text, want, warning, err string }{
		{text: "public", want: "public"},
		{text: "a:b", want: "a:b"},
		{text: "text:env:KEY", want: "env:KEY"},
		{text: "env:KEY", want: "from the environment"},
		{text: "env:OTHER", err: "environment variable OTHER: not set"},
		{text: "file:" + path, want: "from a file"},
		{text: "file:" + open, want: "x", warning: "mode 0644"},
		{text: "file:" + empty, err: "empty"},
		{text: "file:" + dir, err: "is a folder"},
		{text: "file:" + dir + "/none", err: "no such file"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			t.Parallel()
			s, warning, err := ParseSecret(tt.text, getenv)
			if tt.err == "" && err != nil || tt.err != "" && (err == nil || !strings.Contains(err.Error(), tt.err)) {
				t.Fatalf("err = %v, want %q", err, tt.err)
			}
			if s.Reveal() != tt.want || (warning == "") != (tt.warning == "") || !strings.Contains(warning, tt.warning) {
				t.Errorf("got %q, warning %q", s.Reveal(), warning)
			}
		})
	}
}

func TestUnits(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]time.Duration{"14d": 14 * 24 * time.Hour, "1h30m": 90 * time.Minute, "500ms": 500 * time.Millisecond} {
		if d, err := ParseDuration(s); err != nil || d != want {
			t.Errorf("ParseDuration(%q) = %s, %v", s, d, err)
		}
	}
	for _, s := range []string{"", "5", "d", "-3d", "NaNd", "1e9d"} {
		if d, err := ParseDuration(s); err == nil {
			t.Errorf("ParseDuration(%q) = %s", s, d)
		}
	}
	for s, want := range map[string]int64{"15.4W": 15400, "15400mW": 15400, "30 W": 30000, "0": 0, "": 0} {
		if p, err := ParsePower(s); err != nil || int64(p) != want {
			t.Errorf("ParsePower(%q) = %d, %v", s, p, err)
		}
	}
	for _, s := range []string{"15.4", "W", "-1W", "NaNW", "1e99W", "15w"} {
		if p, err := ParsePower(s); err == nil {
			t.Errorf("ParsePower(%q) = %d", s, p)
		}
	}
}

func TestSwitchListOfThousands(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	b.WriteString("\ufeffName, Address, Site\n")
	for i := range 20_000 {
		fmt.Fprintf(&b, "acc-%05d,10.%d.%d.%d,s%d\n", i, i>>16, i>>8&255, i&255, i%7)
	}
	write(t, dir, "switches.csv", b.String())
	path := write(t, dir, "phoneport.yaml", "snmp: [{name: a, community: x}, {name: b, community: y}]\nswitches_from: [{path: switches.csv, snmp: b}]\n")
	c, err := Load(Options{Path: path, Getenv: noEnv})
	if err != nil {
		t.Fatal(err)
	}
	last := c.Switches[len(c.Switches)-1]
	if len(c.Switches) != 20_000 || last.Name != switchctl.SwitchID("acc-19999") || last.Address != "10.0.78.31:161" || last.SNMP.Name != "b" || last.Site != "s0" {
		t.Errorf("%d switches, last %+v", len(c.Switches), last)
	}
}
