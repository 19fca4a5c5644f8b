package recording

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// Anonymiser replaces names and addresses, the same one always by the same one.
type Anonymiser struct {
	key   []byte
	macs  map[discovery.MAC]bool // seen as values
	ips   map[[4]byte]bool
	names map[string]bool
}

// NewAnonymiser makes one whose replacements follow from the key: a random one, so that nobody can try all
// addresses.
func NewAnonymiser(key []byte) *Anonymiser {
	return &Anonymiser{key: key, macs: map[discovery.MAC]bool{}, ips: map[[4]byte]bool{}, names: map[string]bool{}}
}

// Anonymise gives a walk without the names and addresses of w.
func (a *Anonymiser) Anonymise(w snmprec.Walk) snmprec.Walk {
	w = slices.DeleteFunc(slices.Clone(w), func(r snmprec.Record) bool { return below(r.OID, drop) })
	for _, r := range w {
		a.learn(r)
	}
	for _, r := range w {
		if below(r.OID, interfaceNames) {
			delete(a.names, r.Value.Text()) // some switches fill descriptions with the port's own name
		}
	}
	names := a.longestFirst()
	out := make(snmprec.Walk, len(w))
	for i, r := range w {
		out[i] = snmprec.Record{OID: a.index(r.OID), Value: a.value(r, names)}
	}
	tidy(&out)
	return out
}

// learn collects what is an address or a name beyond doubt, to find it again in indices and other texts.
func (a *Anonymiser) learn(r snmprec.Record) {
	b := r.Value.Bytes()
	switch {
	case r.Value.Kind == snmp.KindAddress && len(b) == 4:
		a.ips[[4]byte(b)] = true
	case r.Value.Kind != snmp.KindOctets:
	case isMAC(b):
		a.macs[discovery.MAC(b)] = true
	case below(r.OID, bridge) && len(b) == 8 && !text(b):
		a.macs[discovery.MAC(b[2:])] = true
	case below(r.OID, addressColumns) && len(b) == 4:
		a.ips[[4]byte(b)] = true
	case below(r.OID, addressColumns) && len(b) == 5 && b[0] == 1:
		a.ips[[4]byte(b[1:])] = true
	case below(r.OID, nameColumns):
		// Short names are in other texts by chance, and names that are MAC addresses are treated as those.
		if s := r.Value.Text(); len(s) >= 4 && !macText.MatchString(s) {
			a.names[s] = true
			if host, _, ok := strings.Cut(s, "."); ok && len(host) >= 4 && !strings.Contains(s, " ") {
				a.names[host] = true
			}
		}
	}
	n := len(r.OID)
	if below(r.OID, fdb) && n > indexFrom+6 {
		if m, ok := macAt(r.OID[n-6:]); ok {
			a.macs[m] = true
		}
	}
	// A management address stands behind its subtype, 1 for IPv4, and its length.
	if below(r.OID, addressed) || below(r.OID, managed) && n > indexFrom+6 && r.OID[n-6] == 1 && r.OID[n-5] == 4 {
		if ip, ok := ipAt(r.OID[n-4:]); ok {
			a.ips[ip] = true
		}
	}
}

// indexFrom is where the row index of any table begins at the earliest: no address is looked for before.
const indexFrom = 8

// index replaces addresses in the row index. Four small numbers are an address only where a table has one there:
// 1.1.1.1 is part of many an index.
func (a *Anonymiser) index(o snmp.OID) snmp.OID {
	out := slices.Clone(o)
	hosts := below(o, addressed) || below(o, managed)
	private := below(o, enterprises)
	for i := indexFrom; i+4 <= len(o); i++ {
		if i+6 <= len(o) {
			if m, ok := macAt(o[i : i+6]); ok && a.macs[m] {
				for j, b := range a.mac(m) {
					out[i+j] = uint32(b)
				}
				i += 5
				continue
			}
		}
		if ip, ok := ipAt(o[i : i+4]); ok && a.ips[ip] && (hosts || private && ip[0] >= 10) {
			for j, b := range a.ip(ip) {
				out[i+j] = uint32(b)
			}
			i += 3
		}
	}
	return out
}

func (a *Anonymiser) value(r snmprec.Record, names []string) snmp.Value {
	b := r.Value.Bytes()
	switch {
	case r.Value.Kind == snmp.KindAddress && len(b) == 4:
		return snmp.Address(netip.AddrFrom4(a.ip([4]byte(b))))
	case r.Value.Kind == snmp.KindOID:
		return snmp.ObjectID(a.index(r.Value.OID()))
	case r.Value.Kind != snmp.KindOctets || len(b) == 0:
		return r.Value
	case isMAC(b):
		m := a.mac(discovery.MAC(b))
		return snmp.Octets(m[:])
	case below(r.OID, addressColumns) && len(b) == 4:
		ip := a.ip([4]byte(b))
		return snmp.Octets(ip[:])
	case below(r.OID, addressColumns) && len(b) == 5 && b[0] == 1:
		ip := a.ip([4]byte(b[1:]))
		return snmp.Octets(append([]byte{1}, ip[:]...))
	case !text(b):
		return snmp.Octets(a.macsWithin(b))
	}
	s := a.text(string(b), names, !below(r.OID, versionColumns))
	if below(r.OID, nameColumns) && s == string(b) && !macText.MatchString(s) {
		s = a.name(s)
	}
	return snmp.Text(s)
}

var (
	macText = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b|\b[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}\b|\b[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}\b|\b(?:SEP|SIP|ATA|AV[A-Z])?[0-9a-f]{12}\b`)
	ipText  = regexp.MustCompile(`\b(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}\b`)
)

// text replaces names, MAC addresses and IP addresses within a text.
func (a *Anonymiser) text(s string, names []string, ips bool) string {
	for _, n := range names {
		if strings.Contains(s, n) {
			s = strings.ReplaceAll(s, n, a.name(n))
		}
	}
	s = macText.ReplaceAllStringFunc(s, a.macIn)
	if ips {
		s = ipText.ReplaceAllStringFunc(s, func(t string) string {
			ip, err := netip.ParseAddr(t)
			if err != nil {
				return t
			}
			return netip.AddrFrom4(a.ip(ip.As4())).String()
		})
	}
	return s
}

// macIn replaces the hexadecimal digits of a MAC address and keeps how it is written.
func (a *Anonymiser) macIn(s string) string {
	prefix := ""
	if len(s) == 15 && !strings.ContainsAny(s, ":-.") {
		prefix, s = s[:3], s[3:]
	}
	m, err := discovery.ParseMAC(s)
	if err != nil {
		return prefix + s
	}
	r := a.mac(m)
	digits := hex.EncodeToString(r[:])
	if strings.ToUpper(s) == s {
		digits = strings.ToUpper(digits)
	}
	out, at := []byte(s), 0
	for i, c := range out {
		if c != ':' && c != '-' && c != '.' {
			out[i] = digits[at]
			at++
		}
	}
	return prefix + string(out)
}

// macsWithin replaces known MAC addresses inside of longer values: bridge and engine identifiers.
func (a *Anonymiser) macsWithin(b []byte) []byte {
	out := slices.Clone(b)
	for i := 0; i+6 <= len(b); i++ {
		if m := discovery.MAC(b[i : i+6]); a.macs[m] {
			r := a.mac(m)
			copy(out[i:], r[:])
			i += 5
		}
	}
	return out
}

// mac keeps the vendor's prefix: what a device is must still be seen. Group addresses are no device's.
func (a *Anonymiser) mac(m discovery.MAC) discovery.MAC {
	if m.Group() || m.IsZero() {
		return m
	}
	copy(m[3:], a.sum("mac", m[:]))
	return m
}

// ip keeps addresses that are nobody's, and puts all others into 10.0.0.0/8.
func (a *Anonymiser) ip(b [4]byte) [4]byte {
	addr := netip.AddrFrom4(b)
	if addr.IsUnspecified() || addr.IsLoopback() || addr.IsMulticast() || b[0] == 255 {
		return b
	}
	h := a.sum("ip", b[:])
	return [4]byte{10, h[0], h[1], h[2]}
}

func (a *Anonymiser) name(s string) string {
	if s == "" {
		return ""
	}
	return "name-" + hex.EncodeToString(a.sum("name", []byte(s))[:4])
}

func (a *Anonymiser) sum(kind string, b []byte) []byte {
	h := hmac.New(sha256.New, a.key)
	h.Write([]byte(kind))
	h.Write(b)
	return h.Sum(nil)
}

// longestFirst gives the names so that none is cut in two by a shorter one.
func (a *Anonymiser) longestFirst() []string {
	out := make([]string, 0, len(a.names))
	for n := range a.names {
		out = append(out, n)
	}
	slices.SortFunc(out, func(x, y string) int {
		if len(x) != len(y) {
			return len(y) - len(x)
		}
		return strings.Compare(x, y)
	})
	return out
}

// isMAC reports whether six octets are a MAC address and no word of six letters.
func isMAC(b []byte) bool {
	return len(b) == 6 && !text(b)
}

// text reports whether octets are printable text.
func text(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, c := range string(b) {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func macAt(o snmp.OID) (m discovery.MAC, ok bool) {
	for i := range m {
		if o[i] > 255 {
			return m, false
		}
		m[i] = byte(o[i])
	}
	return m, !m.IsZero()
}

func ipAt(o snmp.OID) (ip [4]byte, ok bool) {
	for i := range ip {
		if o[i] > 255 {
			return ip, false
		}
		ip[i] = byte(o[i])
	}
	return ip, ip != [4]byte{}
}

func replace(text, secret string) string {
	return strings.ReplaceAll(text, secret, strings.Repeat("*", len(secret)))
}
