package inventory

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"phoneport/discovery"
)

// OUI is one block of addresses that the IEEE gave to a maker.
type OUI struct {
	Prefix discovery.MAC // the bits after Bits are zero
	Bits   int           // 24 (MA-L), 28 (MA-M) or 36 (MA-S)
	Vendor string
	// Phones says that the maker uses the block for phones and hardly for anything else, so that an
	// address in it is a weak sign of a phone. Blocks of makers of switches are never so: Cisco's are
	// shared between phones, switches and routers.
	Phones bool
}

// OUITable finds the maker of an address by the longest block. It is immutable and safe for parallel use.
type OUITable struct {
	byBits [3]map[uint64]OUI // 36, 28, 24
}

// ouiBits are the lengths of blocks, longest first.
var ouiBits = [3]int{36, 28, 24}

//go:embed oui.tsv
var ouiData string

// KnownOUIs gives the table that comes with phoneport: makers of phones only.
var KnownOUIs = sync.OnceValue(func() *OUITable {
	// The test of oui.tsv shows that every line of it parses.
	ouis, _ := ParseOUIs(strings.NewReader(ouiData), "oui.tsv")
	return (*OUITable)(nil).With(ouis...)
})

// With gives a table that has more blocks; one that is in t already is replaced.
func (t *OUITable) With(more ...OUI) *OUITable {
	n := &OUITable{}
	for i := range n.byBits {
		n.byBits[i] = map[uint64]OUI{}
		if t != nil {
			for k, o := range t.byBits[i] {
				n.byBits[i][k] = o
			}
		}
	}
	for _, o := range more {
		if i := slices.Index(ouiBits[:], o.Bits); i >= 0 {
			n.byBits[i][ouiKey(o.Prefix, o.Bits)] = o
		}
	}
	return n
}

// Lookup gives the block of an address. Locally administered and group addresses have no maker.
func (t *OUITable) Lookup(m discovery.MAC) (OUI, bool) {
	if t == nil || m.Local() || m.Group() {
		return OUI{}, false
	}
	for i, bits := range ouiBits {
		if o, ok := t.byBits[i][ouiKey(m, bits)]; ok {
			return o, true
		}
	}
	return OUI{}, false
}

// Len gives the number of blocks.
func (t *OUITable) Len() int {
	n := 0
	if t != nil {
		for i := range t.byBits {
			n += len(t.byBits[i])
		}
	}
	return n
}

func ouiKey(m discovery.MAC, bits int) uint64 {
	var v uint64
	for _, o := range m {
		v = v<<8 | uint64(o)
	}
	return v >> (48 - bits)
}

// ParseOUIs reads blocks, one a line: the prefix as hex digits with or without separators (6, 7 or 9
// digits, or with /28), the maker, and "phones" or "mixed", with tabs between. Lines that begin with #
// are comments. name is used in errors, which name every bad line; the good blocks are returned as well.
func ParseOUIs(r io.Reader, name string) ([]OUI, error) {
	var ouis []OUI
	var errs []error
	sc := bufio.NewScanner(r)
	for line := 1; sc.Scan(); line++ {
		text := strings.TrimSpace(sc.Text())
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		o, err := parseOUI(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, line, err))
			continue
		}
		ouis = append(ouis, o)
	}
	if err := sc.Err(); err != nil {
		errs = append(errs, fmt.Errorf("read %s: %w", name, err))
	}
	return ouis, errors.Join(errs...)
}

func parseOUI(line string) (OUI, error) {
	f := strings.Split(line, "\t")
	if len(f) != 3 {
		return OUI{}, fmt.Errorf("parse prefix: %d fields instead of prefix, maker and phones or mixed", len(f))
	}
	prefix, length, told := strings.Cut(strings.TrimSpace(f[0]), "/")
	digits := strings.NewReplacer(":", "", "-", "", ".", "").Replace(prefix)
	bits := 4 * len(digits)
	if told {
		n, err := strconv.Atoi(length)
		if err != nil || n > bits {
			return OUI{}, fmt.Errorf("parse prefix: %q has not the bits that it tells", f[0])
		}
		bits = n
	}
	if !slices.Contains(ouiBits[:], bits) || len(digits) > 12 {
		return OUI{}, fmt.Errorf("parse prefix: %q has %d bits instead of 24, 28 or 36", f[0], bits)
	}
	v, err := strconv.ParseUint(digits, 16, 48)
	if err != nil {
		return OUI{}, fmt.Errorf("parse prefix: %q is not hexadecimal", f[0])
	}
	v = v << (48 - 4*len(digits)) >> (48 - bits) << (48 - bits)
	o := OUI{Bits: bits, Vendor: strings.TrimSpace(f[1])}
	for i := range o.Prefix {
		o.Prefix[i] = byte(v >> (40 - 8*i))
	}
	switch kind := strings.TrimSpace(f[2]); kind {
	case "phones":
		o.Phones = true
	case "mixed":
	default:
		return OUI{}, fmt.Errorf("parse prefix: %q is neither phones nor mixed", kind)
	}
	if o.Vendor == "" {
		return OUI{}, fmt.Errorf("parse prefix: %q has no maker", f[0])
	}
	return o, nil
}
