package snmp

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/gosnmp/gosnmp"
)

// Version is a version of the protocol.
type Version string

// The versions.
const (
	V1  Version = "1"
	V2c Version = "2c"
	V3  Version = "3"
)

// Config says how to reach one agent. Zero fields take the defaults that their comments name.
type Config struct {
	// Address is host or host:port; port 161 where none is given. IPv6 with a port is [addr]:port.
	Address string
	Version Version // V2c

	Community string // v1 and v2c

	// v3 (RFC 3414). The security level follows from what is set: no auth key = noAuthNoPriv, no
	// privacy key = authNoPriv.
	User         string
	AuthProtocol string // MD5 SHA SHA224 SHA256 SHA384 SHA512
	AuthKey      string
	PrivProtocol string // DES AES AES192 AES256 AES192C AES256C; the last two with Cisco's key localisation
	PrivKey      string
	// ContextName is the SNMPv3 context of requests that are of no VLAN.
	ContextName string
	// ContextPrefix and the VLAN id make the SNMPv3 context of one VLAN's bridge; "vlan-".
	ContextPrefix string

	Timeout time.Duration // of the first try, 2 s; each further try waits half as long again
	Retries int           // further tries after the first; 0 means 2, negative none
	// MaxSize is the largest answer to ask for, in octets of UDP payload; 1472, which no Ethernet
	// path fragments.
	MaxSize int
	// MaxRepetitions bounds the repetitions of one GETBULK; 0 = as many as fit. 1 makes GETNEXT of all.
	MaxRepetitions int
	Hooks          Hooks
}

// Hooks are called around each request, for metrics. Nil ones are not called. They must return quickly.
type Hooks struct {
	Sent     func(pdu string, variables int)                  // one request PDU goes out; retries count again
	Received func(pdu string, variables int, d time.Duration) // its answer came
	Failed   func(pdu string, class error)                    // no usable answer came
}

var authProtocols = map[string]gosnmp.SnmpV3AuthProtocol{
	"MD5": gosnmp.MD5, "SHA": gosnmp.SHA, "SHA1": gosnmp.SHA, "SHA224": gosnmp.SHA224, "SHA256": gosnmp.SHA256,
	"SHA384": gosnmp.SHA384, "SHA512": gosnmp.SHA512,
}

var privProtocols = map[string]gosnmp.SnmpV3PrivProtocol{
	"DES": gosnmp.DES, "AES": gosnmp.AES, "AES128": gosnmp.AES, "AES192": gosnmp.AES192, "AES256": gosnmp.AES256,
	"AES192C": gosnmp.AES192C, "AES256C": gosnmp.AES256C,
}

// AuthProtocols gives the names that Config.AuthProtocol takes.
func AuthProtocols() []string { return names(authProtocols) }

// PrivProtocols gives the names that Config.PrivProtocol takes.
func PrivProtocols() []string { return names(privProtocols) }

func names[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// minKey is the shortest key that RFC 3414 clause 11.2 lets a user have.
const minKey = 8

// Check tells the first mistake of the configuration, without naming any secret.
func (c Config) Check() error {
	if c.Address == "" {
		return fmt.Errorf("check snmp: no address")
	}
	switch c.Version {
	case "", V1, V2c:
		if c.Community == "" {
			return fmt.Errorf("check snmp: version %s needs a community", c.withDefaults().Version)
		}
		if len(c.Community) > 100 {
			return fmt.Errorf("check snmp: the community has %d octets, the most are 100", len(c.Community))
		}
	case V3:
		if c.User == "" {
			return fmt.Errorf("check snmp: version 3 needs a user")
		}
		if c.AuthKey == "" && c.PrivKey != "" {
			return fmt.Errorf("check snmp: a privacy key needs an authentication key too")
		}
		if err := checkKey("authentication", c.AuthKey, c.AuthProtocol, authProtocols); err != nil {
			return err
		}
		if err := checkKey("privacy", c.PrivKey, c.PrivProtocol, privProtocols); err != nil {
			return err
		}
	default:
		return fmt.Errorf("check snmp: version %q is none of 1, 2c, 3", c.Version)
	}
	return nil
}

func checkKey[V any](what, key, protocol string, known map[string]V) error {
	if key == "" {
		return nil
	}
	if len(key) < minKey {
		return fmt.Errorf("check snmp: the %s key has %d characters, the fewest are %d", what, len(key), minKey)
	}
	if _, ok := known[normal(protocol)]; !ok {
		return fmt.Errorf("check snmp: %s protocol %q is none of %s", what, protocol, strings.Join(names(known), ", "))
	}
	return nil
}

// normal makes SHA-256, sha_256 and SHA256 one name.
func normal(protocol string) string {
	return strings.NewReplacer("-", "", "_", "").Replace(strings.ToUpper(protocol))
}

func (c Config) withDefaults() Config {
	if c.Version == "" {
		c.Version = V2c
	}
	if c.Timeout <= 0 {
		c.Timeout = 2 * time.Second
	}
	switch {
	case c.Retries == 0:
		c.Retries = 2
	case c.Retries < 0:
		c.Retries = 0
	}
	if c.MaxSize <= 0 {
		c.MaxSize = 1472
	}
	if c.ContextPrefix == "" {
		c.ContextPrefix = "vlan-"
	}
	return c
}

// hostPort splits the address.
func (c Config) hostPort() (host, port string) {
	if h, p, err := net.SplitHostPort(c.Address); err == nil {
		return h, p
	}
	return strings.Trim(c.Address, "[]"), "161"
}

// usm makes gosnmp's security parameters.
func (c Config) usm() (gosnmp.SnmpV3MsgFlags, *gosnmp.UsmSecurityParameters) {
	p := &gosnmp.UsmSecurityParameters{UserName: c.User, AuthenticationProtocol: gosnmp.NoAuth, PrivacyProtocol: gosnmp.NoPriv}
	flags := gosnmp.NoAuthNoPriv
	if c.AuthKey != "" {
		flags = gosnmp.AuthNoPriv
		p.AuthenticationProtocol, p.AuthenticationPassphrase = authProtocols[normal(c.AuthProtocol)], c.AuthKey
	}
	if c.PrivKey != "" {
		flags = gosnmp.AuthPriv
		p.PrivacyProtocol, p.PrivacyPassphrase = privProtocols[normal(c.PrivProtocol)], c.PrivKey
	}
	return flags, p
}
