package shape

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"phoneport/discovery"
)

// tlvs collects the TLVs of a frame.
type tlvs []TLV

func (t *tlvs) add(name, value string) { *t = append(*t, TLV{name, value}) }

// words joins what is not empty.
func words(parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, ", ")
}

// when gives the text where the condition holds, else the other one.
func when(ok bool, yes, no string) string {
	if ok {
		return yes
	}
	return no
}

// bit is a bit of a bit field and its name.
type bit struct {
	mask uint32
	name string
}

// bits names the bits that are set; those without a name are given in hex.
func bits(v uint32, names []bit) string {
	var out []string
	for _, b := range names {
		if v&b.mask != 0 {
			out = append(out, b.name)
			v &^= b.mask
		}
	}
	if v != 0 {
		out = append(out, fmt.Sprintf("%#x", v))
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, " ")
}

// name gives the name of a number, and the number where it has none.
func name(v uint8, names ...string) string {
	if int(v) < len(names) && names[v] != "" {
		return names[v]
	}
	return strconv.Itoa(int(v))
}

// octets gives octets as hex, the first of many.
func octets(s string) string {
	const most = 64
	if len(s) > most {
		return hex.EncodeToString([]byte(s[:most])) + fmt.Sprintf("… (%d octets)", len(s))
	}
	return when(s == "", "empty", hex.EncodeToString([]byte(s)))
}

// tenths gives tenths of a watt.
func tenths(v uint16) string { return discovery.Milliwatts(int64(v) * 100).String() }

func milliwatts(v uint32) string { return strconv.FormatUint(uint64(v), 10) + " mW" }

// objectID reads the contents of a BER object identifier (X.690 clause 8.19).
func objectID(s string) string {
	var parts []string
	var v uint64
	for i := range len(s) {
		if v > 1<<32 {
			return octets(s)
		}
		v = v<<7 | uint64(s[i]&0x7f)
		if s[i]&0x80 != 0 {
			continue
		}
		if len(parts) == 0 {
			first := min(v/40, 2)
			parts = append(parts, strconv.FormatUint(first, 10))
			v -= first * 40
		}
		parts = append(parts, strconv.FormatUint(v, 10))
		v = 0
	}
	if s == "" || s[len(s)-1]&0x80 != 0 {
		return octets(s)
	}
	return strings.Join(parts, ".")
}
