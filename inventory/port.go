package inventory

import (
	"strings"

	"phoneport/switchctl"
)

// longPorts are the interface names that people and provisioning systems write where ifName has a short
// form. Longer names stand before those that they begin with.
var longPorts = [...]struct{ long, short string }{
	{"appgigabitethernet", "ap"},
	{"tengigabitethernet", "te"},
	{"tengige", "te"},
	{"twogigabitethernet", "tw"},
	{"fivegigabitethernet", "fi"},
	{"fortygigabitethernet", "fo"},
	{"twentyfivegigabitethernet", "twe"},
	{"twentyfivegige", "twe"},
	{"hundredgige", "hu"},
	{"gigabitethernet", "gi"},
	{"fastethernet", "fa"},
	{"ethernet", "eth"},
	{"gig", "gi"},
}

// SamePort reports whether a and b name one port: case, blanks and the long forms of Cisco's interface
// names do not matter, as provisioning systems write GigabitEthernet1/0/1 where the switch says Gi1/0/1.
func SamePort(a, b switchctl.PortRef) bool {
	if a == b {
		return true
	}
	return strings.EqualFold(string(a.Switch), string(b.Switch)) && portName(a.Name) == portName(b.Name)
}

// portName gives one spelling of an interface name.
func portName(s string) string {
	s = strings.ToLower(strings.ReplaceAll(s, " ", ""))
	for _, p := range longPorts {
		if rest, ok := strings.CutPrefix(s, p.long); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			return p.short + rest
		}
	}
	// Et1 (Arista), Eth1/1 (NX-OS) and Ethernet1 are one kind of name; no switch has two of them.
	if rest, ok := strings.CutPrefix(s, "et"); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
		return "eth" + rest
	}
	return s
}
