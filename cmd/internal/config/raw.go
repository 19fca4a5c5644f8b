package config

import (
	"time"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

// The raw structs mirror the file key by key. They hold what was written, not yet what it means: names
// are not resolved, secrets are not fetched. The tags are the only list of keys: the tree reader finds
// unknown keys by them and the reference file is compared with them.
type raw struct {
	StateDir     string          `mapstructure:"state_dir"`
	Switches     []rawSwitch     `mapstructure:"switches"`
	SwitchesFrom []rawSwitchFile `mapstructure:"switches_from"`
	SNMP         []rawSNMP       `mapstructure:"snmp"`
	Inventory    []rawSource     `mapstructure:"inventory"`
	Profiles     []rawProfile    `mapstructure:"profiles"`
	Assignments  []rawAssignment `mapstructure:"assignments"`
	Exceptions   []rawException  `mapstructure:"exceptions"`
	Protect      []rawProtect    `mapstructure:"protect"`
	Rules        []rawRule       `mapstructure:"rules"`
	Station      rawStation      `mapstructure:"station"`
	Advertise    []AdvertText    `mapstructure:"advertise"`
	Audit        rawAudit        `mapstructure:"audit"`
	Limits       rawLimits       `mapstructure:"limits"`
	Fleet        rawFleet        `mapstructure:"fleet"`
}

type rawSwitch struct {
	Name    string   `mapstructure:"name"`
	Address string   `mapstructure:"address"`
	Site    string   `mapstructure:"site"`
	SNMP    string   `mapstructure:"snmp"`
	Driver  string   `mapstructure:"driver"`
	Bridge  string   `mapstructure:"bridge"`
	Save    []string `mapstructure:"save"`
}

type rawSwitchFile struct {
	Path string `mapstructure:"path"`
	Site string `mapstructure:"site"`
	SNMP string `mapstructure:"snmp"`
}

type rawSNMP struct {
	Name           string        `mapstructure:"name"`
	Version        string        `mapstructure:"version"`
	Community      Secret        `mapstructure:"community"`
	WriteCommunity Secret        `mapstructure:"write_community"`
	User           string        `mapstructure:"user"`
	Level          string        `mapstructure:"level"`
	Auth           rawKey        `mapstructure:"auth"`
	Priv           rawKey        `mapstructure:"priv"`
	Context        string        `mapstructure:"context"`
	ContextPrefix  string        `mapstructure:"context_prefix"`
	Timeout        time.Duration `mapstructure:"timeout"`
	Retries        *int          `mapstructure:"retries"` // nil = default; 0 is a choice
	MaxRepetitions int           `mapstructure:"max_repetitions"`
}

type rawKey struct {
	Protocol string `mapstructure:"protocol"`
	Key      Secret `mapstructure:"key"`
}

type rawSource struct {
	Name      string     `mapstructure:"name"`
	Kind      string     `mapstructure:"kind"`
	Path      string     `mapstructure:"path"`
	Delimiter string     `mapstructure:"delimiter"`
	Site      string     `mapstructure:"site"`
	Columns   rawColumns `mapstructure:"columns"`
}

// rawColumns gives the header of the file for each field of a phone.
type rawColumns struct {
	MAC       string `mapstructure:"mac"`
	Name      string `mapstructure:"name"`
	Extension string `mapstructure:"extension"`
	Model     string `mapstructure:"model"`
	Vendor    string `mapstructure:"vendor"`
	Profile   string `mapstructure:"profile"`
	Site      string `mapstructure:"site"`
	Switch    string `mapstructure:"switch"`
	Port      string `mapstructure:"port"`
	Protected string `mapstructure:"protected"`
}

type rawProfile struct {
	Name      string                `mapstructure:"name"`
	Voice     rawVoice              `mapstructure:"voice"`
	DataVLAN  int                   `mapstructure:"data_vlan"`
	PoE       switchctl.PoEAdmin    `mapstructure:"poe"`
	Priority  switchctl.PoEPriority `mapstructure:"priority"`
	Limit     discovery.Milliwatts  `mapstructure:"limit"`
	Protected bool                  `mapstructure:"protected"`
}

type rawVoice struct {
	Mode discovery.VoiceMode `mapstructure:"mode"`
	VLAN int                 `mapstructure:"vlan"`
	PCP  *int                `mapstructure:"pcp"`
	DSCP *int                `mapstructure:"dscp"`
}

type rawAssignment struct {
	Name          string   `mapstructure:"name"`
	Profile       string   `mapstructure:"profile"`
	Sites         []string `mapstructure:"site"`
	Switches      []string `mapstructure:"switch"`
	Ports         []string `mapstructure:"port"`
	Models        []string `mapstructure:"model"`
	Vendors       []string `mapstructure:"vendor"`
	PhoneProfiles []string `mapstructure:"phone_profile"`
	When          string   `mapstructure:"when"`
}

type rawException struct {
	Name    string   `mapstructure:"name"`
	Switch  string   `mapstructure:"switch"`
	Port    string   `mapstructure:"port"`
	Rules   []string `mapstructure:"rules"`
	Reason  string   `mapstructure:"reason"`
	Owner   string   `mapstructure:"owner"`
	Expires date     `mapstructure:"expires"`
}

type rawProtect struct {
	Name   string `mapstructure:"name"`
	Switch string `mapstructure:"switch"`
	Port   string `mapstructure:"port"`
	Reason string `mapstructure:"reason"`
}

type rawRule struct {
	Name     string          `mapstructure:"name"`
	Disable  bool            `mapstructure:"disable"`
	Severity policy.Severity `mapstructure:"severity"`
}

type rawAudit struct {
	IdleVoiceDays int           `mapstructure:"idle_voice_days"`
	BootTime      time.Duration `mapstructure:"boot_time"`
}

type rawLimits struct {
	PerPort        int           `mapstructure:"per_port"`
	PerSwitch      int           `mapstructure:"per_switch"`
	PerSite        int           `mapstructure:"per_site"`
	Total          int           `mapstructure:"total"`
	Window         time.Duration `mapstructure:"window"`
	MaxMACs        int           `mapstructure:"max_macs"`
	Kinds          []string      `mapstructure:"kinds"`
	CycleRest      time.Duration `mapstructure:"cycle_rest"`
	StopUnverified float64       `mapstructure:"stop_unverified"`
	Hours          []rawHours    `mapstructure:"hours"`
}

type rawHours struct {
	Days []string `mapstructure:"days"`
	From string   `mapstructure:"from"`
	To   string   `mapstructure:"to"`
	Zone string   `mapstructure:"zone"`
}

type rawFleet struct {
	Parallel        int           `mapstructure:"parallel"`
	OpenTimeout     time.Duration `mapstructure:"open_timeout"`
	Timeout         time.Duration `mapstructure:"timeout"`
	Rate            float64       `mapstructure:"rate"`
	BreakerFailures int           `mapstructure:"breaker_failures"`
	BreakerCooldown time.Duration `mapstructure:"breaker_cooldown"`
}
