package lab

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
	"time"

	"phoneport/switchctl/sim"
)

// The credentials of the lab. They are no secrets: it answers on loopback only.
const (
	ReadCommunity  = "public"
	WriteCommunity = "private"
)

// User is the SNMPv3 user of the lab.
var User = sim.User{
	Name: "phoneport", AuthProtocol: "SHA256", AuthKey: "lab-authentication", PrivProtocol: "AES", PrivKey: "lab-privacy-key",
}

// mark begins every configuration that the lab wrote, so that it overwrites its own only.
const mark = "# Written by phoneport lab."

// configText is what an operator of the campus would write. Names and addresses come from the simulator or from
// file names; %q is how YAML quotes them too.
var configText = template.Must(template.New("phoneport.yaml").Parse(mark + ` The campus answers as long as the lab runs.
state_dir: state

snmp:
  - name: lab
    version: 2c
    community: {{.Read}}
    write_community: {{.Write}}
    timeout: 1s
    retries: 1
  - name: lab-v3
    user: {{.User.Name}}
    auth: {protocol: {{.User.AuthProtocol}}, key: {{.User.AuthKey}}}
    priv: {protocol: {{.User.PrivProtocol}}, key: {{.User.PrivKey}}}
    timeout: 1s

switches:
{{range .Switches}}  - {name: {{printf "%q" .Name}}, address: {{printf "%q" .Address}}{{with .Site}}, site: {{printf "%q" .}}{{end}}, snmp: lab}
{{end}}
inventory:
  - {name: phones, kind: csv, path: phones.csv}

profiles:
  - name: phone
    voice: {vlan: {{.Voice}}}
    data_vlan: {{.Data}}
    poe: auto
    priority: high
    limit: 30W

assignments:
  - {name: every phone, profile: phone}

audit:
  # Simulated phones start in less than a second.
  boot_time: {{.Boot}}
`))

// Files gives phoneport.yaml and phones.csv for a campus.
func Files(c *sim.Campus, o sim.Options, boot time.Duration) (config, phones []byte, err error) {
	var b bytes.Buffer
	err = configText.Execute(&b, map[string]any{
		"Read": ReadCommunity, "Write": WriteCommunity, "User": User, "Switches": c.Switches(), "Voice": orDefault(o.VoiceVLAN, 110),
		"Data": orDefault(o.DataVLAN, 10), "Boot": boot,
	})
	if err != nil {
		return nil, nil, fmt.Errorf("write lab configuration: %w", err)
	}
	var p bytes.Buffer
	w := csv.NewWriter(&p)
	rows := [][]string{{"mac", "name", "extension", "vendor", "model", "site", "switch", "port"}}
	for _, ph := range c.Phones() {
		rows = append(rows, []string{ph.MAC.String(), ph.Name, ph.Extension, ph.Vendor, ph.Model, ph.Site, ph.Switch, ph.Port})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, nil, fmt.Errorf("write lab inventory: %w", err)
	}
	return b.Bytes(), p.Bytes(), nil
}

func orDefault(v, d uint16) uint16 {
	if v == 0 {
		return d
	}
	return v
}

// Write writes both files: the configuration under its name, phones.csv beside it.
func Write(path string, c *sim.Campus, o sim.Options, boot time.Duration) error {
	config, phones, err := Files(c, o, boot)
	if err != nil {
		return err
	}
	list := filepath.Join(filepath.Dir(path), "phones.csv")
	old, err := os.ReadFile(path)
	ours := err == nil && strings.HasPrefix(string(old), mark)
	for _, p := range []string{path, list} {
		if _, err := os.Lstat(p); err == nil && !ours {
			return fmt.Errorf("write lab configuration: %s is there and was not written by the lab; name a file in another folder", p)
		}
	}
	return errors.Join(os.WriteFile(path, config, 0o600), os.WriteFile(list, phones, 0o600))
}
