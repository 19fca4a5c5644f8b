package config

import (
	"net/netip"
	"time"

	"phoneport/policy"
	"phoneport/switchctl"
)

// Config is a checked configuration: names are resolved, secrets are fetched, numbers are in range.
type Config struct {
	Path     string // file that was read; "" = none, all defaults
	Hash     string // of the file's text: a plan made under another configuration is recognised by it
	StateDir string

	Switches    []Switch // in the order of the file, then of the switch lists
	Credentials []Credential
	Inventory   []Source
	Profiles    []policy.Profile
	Assignments []policy.Assignment
	Exceptions  []policy.Exception
	Rules       []Rule
	Limits      policy.Limits
	Options     policy.Options
	Fleet       Fleet
	Station     Station
	Advertise   []Advert

	// Warnings are things that work and should not stay so.
	Warnings []string
}

// Switch is one switch to be managed.
type Switch struct {
	Name    switchctl.SwitchID
	Address string // host or address; always with a port: 10.1.2.3:161; "" where Bridge is set
	Site    string
	SNMP    *Credential // nil where Bridge is set, and only there
	Bridge  string      // of this host, which is the switch; "" for switches over SNMP
	Save    []string    // command that makes the state of Bridge outlive a restart; nil = none
	// StateDir is where the agent that speaks on the ports of Bridge answers, Advertised whether the configuration has
	// one speak; both only with Bridge.
	StateDir   string
	Advertised bool
}

// Local reports whether the switch is a bridge of this host.
func (s Switch) Local() bool { return s.Bridge != "" }

// Credential is how to speak SNMP to a switch.
type Credential struct {
	Name           string
	Version        string // 1, 2c or 3
	Community      Secret
	WriteCommunity Secret // zero = Community
	User           string
	Level          string // noAuthNoPriv, authNoPriv or authPriv
	AuthProtocol   string // MD5 SHA SHA224 SHA256 SHA384 SHA512, "" without authentication
	AuthKey        Secret
	PrivProtocol   string // DES AES AES192 AES256 AES192C AES256C, "" without privacy
	PrivKey        Secret
	Context        string // SNMPv3 context of everything else
	ContextPrefix  string // SNMPv3 context of a VLAN's bridge instance: prefix + VLAN id
	Timeout        time.Duration
	Retries        int
	MaxRepetitions int // 0 = what fits
}

// Source is one list of phones.
type Source struct {
	Name      string
	Kind      string // csv
	Path      string // absolute, or relative to the working directory
	Delimiter rune   // 0 = found out from the first line
	Site      string // site of phones whose row names none
	Columns   map[string]string
}

// Rule changes one rule.
type Rule struct {
	Place    string
	ID       string
	Disable  bool
	Severity policy.Severity // SeverityUnknown = the rule's own
}

// Fleet bounds how many switches are spoken to, and for how long; see fleet.Options.
type Fleet struct {
	Parallel        int
	OpenTimeout     time.Duration
	Timeout         time.Duration
	Rate            float64 // new sessions a second; 0 = no bound
	BreakerFailures int
	BreakerCooldown time.Duration
}

// Switch gives the switch with the name, or the one at the address.
func (c *Config) Switch(target string) (Switch, bool) {
	for _, s := range c.Switches {
		if string(s.Name) == target {
			return s, true
		}
	}
	for _, s := range c.Switches {
		if s.Address != "" && (s.Address == target || host(s.Address) == target) {
			return s, true
		}
	}
	return Switch{}, false
}

// Credential gives the credential with the name.
func (c *Config) Credential(name string) (*Credential, bool) {
	for i := range c.Credentials {
		if c.Credentials[i].Name == name {
			return &c.Credentials[i], true
		}
	}
	return nil, false
}

// Sites gives the sites of all switches, each once, in order of appearance.
func (c *Config) Sites() []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, s := range c.Switches {
		if !seen[s.Site] {
			seen[s.Site] = true
			out = append(out, s.Site)
		}
	}
	return out
}

func host(address string) string {
	if ap, err := netip.ParseAddrPort(address); err == nil {
		return ap.Addr().String()
	}
	return address
}
