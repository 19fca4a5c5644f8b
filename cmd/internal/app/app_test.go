package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"phoneport/cmd/internal/app"
	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/policy/enforce"
	"phoneport/switchctl"
)

func load(t *testing.T, text string, files map[string]string) *config.Config {
	t.Helper()
	dir := t.TempDir()
	files["phoneport.yaml"] = "state_dir: state\n" + text
	for name, body := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := config.Load(config.Options{Path: filepath.Join(dir, "phoneport.yaml"), Getenv: func(string) (string, bool) { return "", false }})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestInventoryIsMerged(t *testing.T) {
	t.Parallel()
	c := load(t, "inventory: [{name: a, path: a.csv}, {name: b, path: b.csv, site: hq}, {name: gone, path: none.csv}]\n", map[string]string{
		"a.csv": "mac,extension\n00:11:22:33:44:55,1001\nnonsense,1\n", "b.csv": "mac,extension,model\n00:11:22:33:44:55,9999,CP-8841\n00:11:22:33:44:66,1002,\n",
	})
	a, err := app.New(t.Context(), c, app.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p, ok := a.Directory.ByMAC(discovery.MAC{0, 0x11, 0x22, 0x33, 0x44, 0x55})
	if !ok || p.Extension != "1001" || p.Model != "CP-8841" {
		t.Errorf("the first list is not the most trusted: %+v", p)
	}
	if a.Directory.Len() != 2 || len(a.Problems) != 1 || len(a.Conflicts) != 1 || len(a.Unloaded) != 1 {
		t.Errorf("%d phones, problems %v, conflicts %v, unloaded %v", a.Directory.Len(), a.Problems, a.Conflicts, a.Unloaded)
	}
}

func TestCheckJoinsMistakes(t *testing.T) {
	t.Parallel()
	c := load(t, `
inventory: [{name: a, path: a.csv, delimiter: x}]
rules: [{name: no-such-rule, disable: true}]
exceptions: [{switch: "*", rules: no-such-rule, reason: r, owner: o, expires: 2099-01-01}]
`, map[string]string{})
	_, err := app.Check(c)
	if err == nil {
		t.Fatal("was accepted")
	}
	for _, want := range []string{`there is no rule "no-such-rule"`, `exception 1: rule "no-such-rule" does not exist`, "delimiter"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("does not say %q: %v", want, err)
		}
	}
}

func TestRulesAreChosen(t *testing.T) {
	t.Parallel()
	c := load(t, "rules: [{name: poe-off, severity: info}, {name: phone-missing, disable: true}]\n", map[string]string{})
	checked, err := app.Check(c)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, r := range checked.Rules {
		if r.ID == "phone-missing" {
			t.Error("phone-missing is still there")
		}
		if r.ID != "poe-off" {
			continue
		}
		found = true
		port := switchctl.PortState{
			Ref: switchctl.PortRef{Switch: "acc-1", Name: "1"}, Type: 6, Admin: switchctl.Up, Mode: switchctl.ModeAccess, Index: switchctl.Indices{Proof: switchctl.ProofMIB},
			PoE: switchctl.PoEState{Supported: true, Admin: switchctl.PoEOff, Detect: switchctl.PoEDisabled},
		}
		snap := &switchctl.Snapshot{Switch: "acc-1", Ports: []switchctl.PortState{port}}
		fs := r.Check(policy.View{Now: time.Now(), Switch: snap, Port: &port, Intent: policy.Intent{Profile: &policy.Profile{Name: "p", PoE: switchctl.PoEAuto}}})
		if len(fs) != 1 || fs[0].Severity != policy.Info {
			t.Errorf("findings = %+v, want one of severity info", fs)
		}
	}
	if !found {
		t.Error("poe-off is gone")
	}
}

// TestSNMP: what is configured is what the session gets.
func TestSNMP(t *testing.T) {
	t.Parallel()
	c := load(t, `
snmp:
  - {name: two, community: r, write_community: w, retries: 0, timeout: 3s, max_repetitions: 7}
  - {name: three, user: u, auth: {protocol: SHA-256, key: 12345678}, priv: {protocol: AES, key: abcdefgh}, context: c, context_prefix: v}
switches:
  - {name: a, address: 192.0.2.1, snmp: two}
  - {name: b, address: "192.0.2.2:1161", snmp: three}
`, map[string]string{})
	read, write, v3 := app.SNMP(c.Switches[0], false), app.SNMP(c.Switches[0], true), app.SNMP(c.Switches[1], true)
	if read.Community != "r" || write.Community != "w" || read.Retries >= 0 || read.Timeout != 3*time.Second || read.MaxRepetitions != 7 || read.Address != "192.0.2.1:161" {
		t.Errorf("v2c: read %+v", read)
	}
	if v3.Version != "3" || v3.User != "u" || v3.AuthProtocol != "SHA256" || v3.AuthKey != "12345678" || v3.PrivKey != "abcdefgh" || v3.ContextName != "c" || v3.ContextPrefix != "v" || v3.Community != "" {
		t.Errorf("v3: %+v", v3)
	}
	for _, cfg := range []interface{ Check() error }{read, write, v3} {
		if err := cfg.Check(); err != nil {
			t.Error(err)
		}
	}
}

var (
	mac  = discovery.MAC{0, 0x11, 0x22, 0x33, 0x44, 0x55}
	when = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
)

func at(port string) switchctl.PortRef { return switchctl.PortRef{Switch: "acc-1", Name: port} }

// found makes an audit that found the phone on a port, and read a second port with a voice VLAN and no phone.
func found(port string, started time.Time) *enforce.Audit {
	snap := &switchctl.Snapshot{Switch: "acc-1"}
	for _, n := range []string{"1", "2", "3"} {
		snap.Ports = append(snap.Ports, switchctl.PortState{Ref: at(n), Voice: discovery.VoicePolicy{Mode: discovery.VoiceTagged, VLAN: 110}})
	}
	return &enforce.Audit{
		Started: started, Bindings: []inventory.Binding{{Port: at(port), MAC: mac, Confidence: inventory.Certain}, {Port: at("3"), MAC: discovery.MAC{9}, Confidence: inventory.Unsure}},
		Read: []enforce.SwitchRead{{Reading: &policy.Reading{Switch: snap}}},
	}
}

func TestSeen(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state")
	s, err := app.LoadSeen(dir)
	if err != nil {
		t.Fatal(err)
	}
	s.Note(found("1", when))
	s.Note(found("1", when.Add(time.Hour)))
	s.Note(found("2", when.Add(2*time.Hour)))
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	if s, err = app.LoadSeen(dir); err != nil {
		t.Fatal(err)
	}
	want := []app.Sighting{{Port: at("2"), First: when.Add(2 * time.Hour), Last: when.Add(2 * time.Hour)}, {Port: at("1"), First: when, Last: when.Add(time.Hour)}}
	if diff := cmp.Diff(want, s.Of(mac)); diff != "" {
		t.Errorf("sightings (-want +got):\n%s", diff)
	}
	// Port 3 never had a phone: that says something only once it was watched for long.
	if got := s.LastPhone(when.Add(24*time.Hour), 30); len(got) != 2 || !got[at("1")].Equal(when.Add(time.Hour)) {
		t.Errorf("after a day: %v", got)
	}
	got := s.LastPhone(when.AddDate(0, 0, 31), 30)
	if last, kept := got[at("3")]; !kept || !last.IsZero() {
		t.Errorf("after a month: %v", got)
	}
	info, err := os.Stat(filepath.Join(dir, "seen.jsonl"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, ".seen-*"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestSeenIsBounded(t *testing.T) {
	t.Parallel()
	s := app.NewSeen(t.TempDir())
	for i := range 50 {
		a := found("1", when.Add(time.Duration(i)*time.Hour))
		a.Bindings[0].MAC[5] = byte(i)
		s.Note(a)
	}
	if err := s.Save(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range 50 {
		m := mac
		m[5] = byte(i)
		n += len(s.Of(m))
	}
	if n != 5 {
		t.Errorf("%d phones of one port are remembered, want the last 5", n)
	}
}

// TestBrokenMemory: a memory that cannot be read costs what it would have told, and nothing else.
func TestBrokenMemory(t *testing.T) {
	t.Parallel()
	c := load(t, "", map[string]string{})
	if err := os.MkdirAll(c.StateDir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(c.StateDir, "seen.jsonl"), []byte("{}\nhalf a li"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.LoadSeen(c.StateDir); err == nil || !strings.Contains(err.Error(), "seen.jsonl:2") {
		t.Errorf("err = %v", err)
	}
	if _, err := app.New(t.Context(), c, app.Options{}); err != nil {
		t.Errorf("err = %v", err)
	}
}
