package discovery

import (
	"errors"
	"fmt"
	"strings"
)

// MAC is a 48-bit IEEE 802 address. It is comparable and usable as a map key; the zero value means
// "no address".
type MAC [6]byte

// errMAC is wrapped by every error of ParseMAC.
var errMAC = errors.New("not a MAC address")

// ParseMAC reads a MAC address in the spellings that switches, phones and provisioning systems use:
//
//	aa:bb:cc:dd:ee:ff  aa-bb-cc-dd-ee-ff  aa bb cc dd ee ff  aabb.ccdd.eeff  aabb-ccdd-eeff  aabbcc-ddeeff
//	aabbccddeeff  0xaabbccddeeff  a:b:c:d:e:f (leading zeros dropped)
//	SEPaabbccddeeff  SIPaabbccddeeff  (device names of Cisco phones)
//	aabbccddeeff:P1  aa:bb:cc:dd:ee:ff:P2  (LLDP port ids of Cisco and Snom phones)
//
// Upper and lower case may be mixed, separators may not. Blanks and double quotes around the address, as
// agents and exports leave them, are dropped. The all-zero address is refused.
func ParseMAC(s string) (MAC, error) {
	m, ok := parseMAC(s)
	if !ok {
		return MAC{}, fmt.Errorf("%w: %q", errMAC, s)
	}
	if m.IsZero() {
		return m, fmt.Errorf("%w: %q is all zero", errMAC, s)
	}
	return m, nil
}

// parseMAC takes off what is around the digits.
func parseMAC(s string) (MAC, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	// The port of the phone's own little switch: P1 towards the network, P2 towards the PC.
	if n := len(s) - 3; n > 0 && (s[n] == ':' || s[n] == '-') && (s[n+1] == 'P' || s[n+1] == 'p') && '0' <= s[n+2] && s[n+2] <= '9' {
		s = s[:n]
	}
	switch {
	case len(s) == 15 && (strings.EqualFold(s[:3], "SEP") || strings.EqualFold(s[:3], "SIP")):
		s = s[3:]
	case len(s) == 14 && strings.EqualFold(s[:2], "0x"):
		s = s[2:]
	}
	return parseDigits(s)
}

// parseDigits reads one group of twelve hex digits, two of six, three of four, or six of one or two, with
// one kind of separator between them.
func parseDigits(s string) (MAC, bool) {
	var (
		value  [6]uint64
		length [6]int
		groups int
		sep    byte
	)
	for i := range len(s) {
		c := s[i]
		digit, ok := hexDigit(c)
		switch {
		case ok:
			value[groups] = value[groups]<<4 | digit
			if length[groups]++; length[groups] > 12 {
				return MAC{}, false
			}
		case c == ':' || c == '-' || c == '.' || c == ' ':
			if sep == 0 {
				sep = c
			}
			if groups++; c != sep || groups == len(value) {
				return MAC{}, false
			}
		default:
			return MAC{}, false
		}
	}
	groups++
	if groups == 4 || groups == 5 || groups == 6 && sep == '.' || groups < 6 && sep == ' ' {
		return MAC{}, false
	}
	var v uint64
	for i := range groups {
		if length[i] != 12/groups && (groups != 6 || length[i] != 1) {
			return MAC{}, false
		}
		v = v<<(48/groups) | value[i]
	}
	var m MAC
	for i := range m {
		m[i] = byte(v >> (40 - 8*i))
	}
	return m, true
}

func hexDigit(c byte) (uint64, bool) {
	switch {
	case '0' <= c && c <= '9':
		return uint64(c - '0'), true
	case 'a' <= c && c <= 'f':
		return uint64(c-'a') + 10, true
	case 'A' <= c && c <= 'F':
		return uint64(c-'A') + 10, true
	}
	return 0, false
}

// String gives the address as aa:bb:cc:dd:ee:ff, and the empty string for the zero address.
func (m MAC) String() string {
	if m.IsZero() {
		return ""
	}
	const digits = "0123456789abcdef"
	b := make([]byte, 0, 17)
	for i, o := range m {
		if i > 0 {
			b = append(b, ':')
		}
		b = append(b, digits[o>>4], digits[o&15])
	}
	return string(b)
}

// IsZero reports whether m is the zero value.
func (m MAC) IsZero() bool { return m == MAC{} }

// Local reports whether m is locally administered (bit 0x02 of the first octet): softphones,
// virtual machines and PCs with address privacy, never a desk phone's burnt-in address.
func (m MAC) Local() bool { return m[0]&0x02 != 0 }

// Group reports whether m is a group (multicast or broadcast) address.
func (m MAC) Group() bool { return m[0]&0x01 != 0 }

// MarshalText gives the form of String.
func (m MAC) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads any spelling of ParseMAC; empty text gives the zero address.
func (m *MAC) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*m = MAC{}
		return nil
	}
	v, err := ParseMAC(string(b))
	if err != nil {
		return err
	}
	*m = v
	return nil
}
