package config

import (
	"fmt"
	"strings"
	"time"

	"phoneport/switchctl/snmp"
)

// levels are the security levels of SNMPv3, as snmpwalk and switches spell them.
var levels = []string{"noAuthNoPriv", "authNoPriv", "authPriv"}

// minKey is the shortest key that SNMPv3 allows (RFC 3414, 11.2).
const minKey = 8

func (k *checker) credentials(rs []rawSNMP) {
	seen := map[string]string{}
	for i, r := range rs {
		path := k.name("snmp", i, r.Name, seen)
		c := Credential{
			Name:           r.Name,
			Version:        k.oneOf(path+".version", r.Version, "1", "2c", "3"),
			Community:      k.secret(path+".community", r.Community),
			WriteCommunity: k.secret(path+".write_community", r.WriteCommunity),
			User:           r.User,
			Level:          k.oneOf(path+".level", r.Level, levels...),
			AuthProtocol:   k.protocol(path+".auth.protocol", r.Auth.Protocol, snmp.AuthProtocols()),
			AuthKey:        k.secret(path+".auth.key", r.Auth.Key),
			PrivProtocol:   k.protocol(path+".priv.protocol", r.Priv.Protocol, snmp.PrivProtocols()),
			PrivKey:        k.secret(path+".priv.key", r.Priv.Key),
			Context:        r.Context,
			ContextPrefix:  r.ContextPrefix,
			Timeout:        r.Timeout,
			Retries:        defaultRetries,
			MaxRepetitions: r.MaxRepetitions,
		}
		if r.Retries != nil {
			c.Retries = *r.Retries
		}
		k.credential(path, &c)
		k.out.Credentials = append(k.out.Credentials, c)
	}
}

// CheckCredential completes and checks a credential that was given by command-line flags.
func CheckCredential(c *Credential) error {
	p := &places{tree: &tree{name: "flags"}, getenv: func(string) (string, bool) { return "", false }}
	k := checker{places: p, out: &Config{}}
	k.credential("snmp", c)
	if len(k.errs) > 0 {
		text := strings.TrimPrefix(k.errs[0].Error(), "flags: snmp")
		return fmt.Errorf("check SNMP flags: %s", strings.TrimLeft(text, ":. "))
	}
	return nil
}

// credential completes c with what follows from the rest, and checks that the parts fit.
func (k *checker) credential(path string, c *Credential) {
	if c.Version == "" {
		c.Version = defaultVersion
		if c.User != "" {
			c.Version = "3"
		}
	}
	if c.Timeout == 0 {
		c.Timeout = defaultTimeout
	}
	if c.Timeout < 10*time.Millisecond || c.Timeout > time.Minute {
		k.errf(path+".timeout", "%s is not in 10ms to 1m", c.Timeout)
	}
	k.between(path+".retries", c.Retries, 0, 20)
	k.between(path+".max_repetitions", c.MaxRepetitions, 0, 1000)
	if c.Version != "3" {
		k.community(path, c)
		return
	}
	if !c.Community.IsZero() || !c.WriteCommunity.IsZero() {
		k.errf(path, "version 3 has no community: remove it, or write version: 2c")
	}
	if c.User == "" {
		k.errf(path, "user is missing: version 3 needs one")
	}
	k.level(path, c)
	k.key(path+".auth", c.Level != levels[0], c.Level, c.AuthProtocol, c.AuthKey)
	k.key(path+".priv", c.Level == levels[2], c.Level, c.PrivProtocol, c.PrivKey)
}

func (k *checker) community(path string, c *Credential) {
	if c.Community.IsZero() {
		k.errf(path, "community is missing: version %s needs one", c.Version)
	}
	if c.User != "" || c.Level != "" || c.AuthProtocol != "" || c.PrivProtocol != "" || !c.AuthKey.IsZero() || !c.PrivKey.IsZero() {
		k.errf(path, "user, level, auth and priv belong to version 3, and this is version %s", c.Version)
	}
}

// level finds out the level where none is given: what the keys allow.
func (k *checker) level(path string, c *Credential) {
	auth := c.AuthProtocol != "" || !c.AuthKey.IsZero()
	priv := c.PrivProtocol != "" || !c.PrivKey.IsZero()
	given := c.Level
	switch {
	case priv && !auth:
		k.errf(path, "priv without auth: SNMPv3 has no such level")
		c.Level = levels[0] // says it once
	case given != "":
	case priv:
		c.Level = levels[2]
	case auth:
		c.Level = levels[1]
	default:
		c.Level = levels[0]
	}
	if given == levels[0] && auth || given == levels[1] && priv {
		k.errf(path+".level", "%s does not use all the keys that are given: remove them or raise the level", given)
	}
}

// protocol reads SHA-256, sha_256 and SHA256 as one name.
func (k *checker) protocol(path, v string, words []string) string {
	return k.oneOf(path, strings.NewReplacer("-", "", "_", "").Replace(v), words...)
}

// key checks one protocol with its key.
func (k *checker) key(path string, needed bool, level, protocol string, key Secret) {
	switch {
	case !needed:
	case protocol == "" && key.IsZero():
		k.errf(path, "protocol and key are missing: level %s needs them", level)
	case protocol == "":
		k.errf(path, "protocol is missing")
	case key.IsZero():
		k.errf(path, "key is missing")
	case key.resolved && len(key.Reveal()) < minKey:
		k.errf(path+".key", "is shorter than %d characters, which SNMPv3 does not allow", minKey)
	}
}

// Summary says in a few words how switches are spoken to, without secrets: "v3 phoneport authPriv".
func (c *Credential) Summary() string {
	if c.Version != "3" {
		return "v" + c.Version
	}
	return fmt.Sprintf("v3 %s %s", c.User, c.Level)
}
