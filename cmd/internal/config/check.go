package config

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"phoneport/policy"
)

// checker turns a raw configuration into a checked one and collects what is wrong.
type checker struct {
	*places
	dir      string // relative paths start here
	out      *Config
	errs     []error
	used     map[string]bool // environment variables that secrets name
	literals bool            // a secret is written out in the file
}

func (k *checker) errf(path, format string, args ...any) {
	k.errs = append(k.errs, k.errorf(path, format, args...))
}

func (k *checker) warnf(format string, args ...any) {
	k.out.Warnings = append(k.out.Warnings, fmt.Sprintf(format, args...))
}

func (k *checker) checkAll(r raw) {
	k.used = map[string]bool{}
	k.stateDir(r.StateDir)
	k.credentials(r.SNMP)
	k.switches(r.Switches, r.SwitchesFrom)
	k.inventory(r.Inventory)
	k.profiles(r.Profiles)
	k.assignments(r.Assignments)
	k.exceptions(r.Exceptions)
	k.limits(r.Limits, r.Protect)
	k.rules(r.Rules)
	k.audit(r.Audit)
	k.fleet(r.Fleet)
	k.station(r.Station)
	k.advertise(r.Advertise)
	k.agents() // knows what all the others found
}

// stateDir chooses where runs, journals and what is remembered of ports are kept.
func (k *checker) stateDir(dir string) {
	from := k.dir
	if f := k.flags["state_dir"]; f != nil && f.Changed {
		from = "" // what is said on the command line is relative to where it is said
	}
	switch {
	case dir != "":
		k.out.StateDir = resolvePath(from, dir)
		return
	case os.Geteuid() == 0:
		k.out.StateDir = "/var/lib/phoneport"
		return
	}
	if x, ok := k.getenv("XDG_STATE_HOME"); ok && filepath.IsAbs(x) {
		k.out.StateDir = filepath.Join(x, "phoneport")
		return
	}
	home, err := os.UserHomeDir()
	if err != nil {
		k.errf("state_dir", "is empty, and this user has no home folder to put it in: %w", err)
		return
	}
	k.out.StateDir = filepath.Join(home, ".local", "state", "phoneport")
}

// secret fetches one secret; path names its key.
func (k *checker) secret(path string, s Secret) Secret {
	if name, ok := strings.CutPrefix(s.text, "env:"); ok {
		k.used[name] = true
	}
	k.literals = k.literals || s.Literal()
	warning, err := s.resolve(k.dir, k.getenv)
	if err != nil {
		k.errf(path, "%w", err)
	}
	if warning != "" && !slices.Contains(k.out.Warnings, warning) {
		k.warnf("%s", warning)
	}
	return s
}

// name checks that entry i of a list has a name that no other has, and gives its path.
func (k *checker) name(list string, i int, name string, seen map[string]string) string {
	path := fmt.Sprintf("%s[%d]", list, i)
	switch first, twice := seen[name]; {
	case name == "":
		k.errf(path, "name is missing")
	case strings.TrimSpace(name) != name:
		k.errf(path+".name", "%q begins or ends with a blank", name)
	case twice:
		k.errf(path+".name", "%q is the name of %s too", name, first)
	default:
		seen[name] = path
	}
	return path
}

// glob checks a pattern.
func (k *checker) glob(path, pattern string) {
	if pattern != "" && !doublestar.ValidatePattern(pattern) {
		k.errf(path, "%q is no pattern: write acc-*, Gi1/0/[1-9] or {a,b}", pattern)
	}
}

// between checks a number.
func (k *checker) between(path string, v, low, high int) {
	if v < low || v > high {
		k.errf(path, "%d is not in %d to %d", v, low, high)
	}
}

// oneOf gives v as it is spelt in words, whatever its case; empty stays empty.
func (k *checker) oneOf(path, v string, words ...string) string {
	if v == "" {
		return ""
	}
	for _, w := range words {
		if strings.EqualFold(v, w) {
			return w
		}
	}
	k.errf(path, "%q is none of %s", v, strings.Join(words, ", "))
	return ""
}

// known checks that name is one of a list's names, and says which there are.
func (k *checker) known(path, what, name string, names map[string]string) {
	if _, ok := names[name]; ok {
		return
	}
	if len(names) == 0 {
		k.errf(path, "there is no %s %q: none is configured", what, name)
		return
	}
	list := slices.Sorted(maps.Keys(names))
	if len(list) > 10 {
		list = append(list[:10], "…")
	}
	k.errf(path, "there is no %s %q: there are %s", what, name, strings.Join(list, ", "))
}

func (k *checker) exceptions(rs []rawException) {
	for i, r := range rs {
		path := fmt.Sprintf("exceptions[%d]", i)
		k.glob(path+".switch", r.Switch)
		k.glob(path+".port", r.Port)
		if r.Switch == "" && r.Port == "" {
			k.errf(path, "switch and port are missing: an exception of everything would silence phoneport; write switch: \"*\" if that is meant")
		}
		if strings.TrimSpace(r.Reason) == "" {
			k.errf(path, "reason is missing: whoever reads this next year must know why")
		}
		if strings.TrimSpace(r.Owner) == "" {
			k.errf(path, "owner is missing: somebody must be asked when it ends")
		}
		if r.Expires.IsZero() {
			k.warnf("%s: never expires; give it an end with expires: YYYY-MM-DD", k.at(path))
		}
		k.out.Exceptions = append(k.out.Exceptions, policy.Exception{
			Switch: r.Switch, Port: r.Port, Rules: r.Rules, Reason: r.Reason, Owner: r.Owner, Expires: r.Expires.Time,
		})
	}
}

func (k *checker) rules(rs []rawRule) {
	seen := map[string]string{}
	for i, r := range rs {
		path := k.name("rules", i, r.Name, seen)
		if !r.Disable && r.Severity == policy.SeverityUnknown {
			k.errf(path, "changes nothing: write disable: true or severity: info, warning or critical")
		}
		k.out.Rules = append(k.out.Rules, Rule{Place: k.at(path + ".name"), ID: r.Name, Disable: r.Disable, Severity: r.Severity})
	}
}

func (k *checker) audit(r rawAudit) {
	k.between("audit.idle_voice_days", r.IdleVoiceDays, 0, 3650)
	if r.BootTime < 0 {
		k.errf("audit.boot_time", "%s is negative", r.BootTime)
	}
	k.out.Options = policy.Options{IdleVoiceDays: r.IdleVoiceDays, BootTime: r.BootTime}
}
