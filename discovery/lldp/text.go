package lldp

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"phoneport/discovery"
)

// IANA address families of management addresses and network address ids.
const (
	familyIPv4 = 1
	familyIPv6 = 2
)

// ChassisText gives a chassis id as people write it: an address as aa:bb:cc:dd:ee:ff or IP address, a name as
// it is, other octets as hex, 0x0102ff. NULs after a name, which some phones send, are dropped.
func ChassisText(id ID) string {
	return idText(id, ChassisMAC, ChassisNetwork)
}

// PortText is ChassisText for port ids, whose subtypes have other numbers.
func PortText(id ID) string {
	return idText(id, PortMAC, PortNetwork)
}

// Text gives a text field, such as the system name or the serial number, as people read it: up to the first NUL, since
// devices send C strings and what their buffers held behind them, without blanks around it. Octets that are not printable UTF-8
// make it hex, line breaks and tabs excepted.
func Text(octets string) string {
	s, _, _ := strings.Cut(octets, "\x00")
	s = strings.TrimSpace(s)
	if !printable(s, "\r\n\t") {
		return hexText(s)
	}
	return s
}

func idText(id ID, mac, network uint8) string {
	switch id.Subtype {
	case mac:
		if len(id.Value) == 6 {
			if m := discovery.MAC([]byte(id.Value)); !m.IsZero() {
				return m.String()
			}
			return "00:00:00:00:00:00" // no address to discovery.MAC, but what the frame says
		}
		return hexText(id.Value)
	case network:
		if id.Value == "" {
			return ""
		}
		if a, ok := ip(id.Value[0], id.Value[1:]); ok {
			return a.String()
		}
		return hexText(id.Value)
	}
	if s := strings.TrimRight(id.Value, "\x00"); s != "" && printable(s, "") {
		return s
	}
	return hexText(id.Value)
}

func hexText(s string) string {
	if s == "" {
		return ""
	}
	return "0x" + hex.EncodeToString([]byte(s))
}

// printable tells whether s is UTF-8 that can be shown, the octets of also included.
func printable(s, also string) bool {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, n := utf8.DecodeRuneInString(s[i:]); n < 2 {
				return false
			}
		}
		if !strconv.IsPrint(r) && !strings.ContainsRune(also, r) {
			return false
		}
	}
	return true
}

// MACID gives the id for an address: subtype ChassisMAC or PortMAC.
func MACID(subtype uint8, m discovery.MAC) ID { return ID{subtype, string(m[:])} }

// ip reads an address of IPv4 or IPv6, by its IANA family.
func ip(family uint8, octets string) (netip.Addr, bool) {
	switch {
	case family == familyIPv4 && len(octets) == 4:
		return ip4(octets), true
	case family == familyIPv6 && len(octets) == 16:
		return netip.AddrFrom16([16]byte([]byte(octets))), true
	}
	return netip.Addr{}, false
}
