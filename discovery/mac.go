package discovery

import (
	"encoding/hex"
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
//	aa:bb:cc:dd:ee:ff  aa-bb-cc-dd-ee-ff  aa bb cc dd ee ff  aabb.ccdd.eeff  aabbcc-ddeeff
//	aabbccddeeff  0xaabbccddeeff  a:b:c:d:e:f (leading zeros dropped)
//	SEPaabbccddeeff  SIPaabbccddeeff  (device names of Cisco phones)
//	aabbccddeeff:P1  aa:bb:cc:dd:ee:ff:P2  (LLDP port ids of Cisco and Snom phones)
//
// Upper and lower case may be mixed. The all-zero address is refused.
func ParseMAC(s string) (MAC, error) {
	var m MAC
	t := strings.TrimSpace(s)
	if i := strings.LastIndexAny(t, ":-"); i > 0 && len(t)-i == 3 && (t[i+1] == 'P' || t[i+1] == 'p') && t[i+2] >= '0' && t[i+2] <= '9' {
		t = t[:i]
	}
	if len(t) == 15 && (strings.EqualFold(t[:3], "SEP") || strings.EqualFold(t[:3], "SIP")) {
		t = t[3:]
	}
	if len(t) == 14 && strings.EqualFold(t[:2], "0x") {
		t = t[2:]
	}
	digits := t
	if parts := strings.FieldsFunc(t, func(r rune) bool { return r == ':' || r == '-' || r == ' ' }); len(parts) == 6 {
		var b strings.Builder
		for _, p := range parts {
			switch len(p) {
			case 1:
				b.WriteByte('0')
			case 2:
			default:
				return m, fmt.Errorf("%w: %q", errMAC, s)
			}
			b.WriteString(p)
		}
		digits = b.String()
	} else if ok := separated(t); ok {
		digits = strings.NewReplacer(":", "", "-", "", ".", "", " ", "").Replace(t)
	}
	if len(digits) != 12 {
		return m, fmt.Errorf("%w: %q", errMAC, s)
	}
	if _, err := hex.Decode(m[:], []byte(digits)); err != nil {
		return MAC{}, fmt.Errorf("%w: %q", errMAC, s)
	}
	if m == (MAC{}) {
		return m, fmt.Errorf("%w: %q is all zero", errMAC, s)
	}
	return m, nil
}

// separated reports whether t is three groups of four digits or two groups of six, with one kind of
// separator: the dotted form of Cisco (aabb.ccdd.eeff), its dashed form at H3C and Huawei
// (aabb-ccdd-eeff), and the form of HP (aabbcc-ddeeff).
func separated(t string) bool {
	for _, sep := range []string{".", "-", ":"} {
		p := strings.Split(t, sep)
		switch len(p) {
		case 3:
			return len(p[0]) == 4 && len(p[1]) == 4 && len(p[2]) == 4
		case 2:
			return len(p[0]) == 6 && len(p[1]) == 6
		}
	}
	return false
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
