package snmp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// OID is an object identifier.
type OID []uint32

// ParseOID reads dotted text, with or without a leading dot.
func ParseOID(s string) (OID, error) {
	t := strings.TrimPrefix(s, ".")
	if t == "" {
		return nil, fmt.Errorf("parse object identifier: %q is empty", s)
	}
	o := make(OID, 0, strings.Count(t, ".")+1)
	for t != "" {
		part, rest, more := strings.Cut(t, ".")
		n, err := strconv.ParseUint(part, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("parse object identifier %q: %q is no number below 2^32", s, part)
		}
		o = append(o, uint32(n))
		if more && rest == "" {
			return nil, fmt.Errorf("parse object identifier %q: ends in a dot", s)
		}
		t = rest
	}
	if len(o) > 128 {
		return nil, fmt.Errorf("parse object identifier: %d parts, the most are 128", len(o))
	}
	return o, nil
}

// MustOID is ParseOID for constants; it panics on bad text.
func MustOID(s string) OID {
	o, err := ParseOID(s)
	if err != nil {
		panic(err)
	}
	return o
}

// String gives dotted text without a leading dot.
func (o OID) String() string {
	b := make([]byte, 0, 4*len(o))
	for i, n := range o {
		if i > 0 {
			b = append(b, '.')
		}
		b = strconv.AppendUint(b, uint64(n), 10)
	}
	return string(b)
}

// Append gives a new identifier with the parts after o.
func (o OID) Append(parts ...uint32) OID {
	return append(slices.Clip(slices.Clone(o)), parts...)
}

// HasPrefix reports whether o is below or equal to p.
func (o OID) HasPrefix(p OID) bool { return len(o) >= len(p) && slices.Equal(o[:len(p)], p) }

// Compare orders identifiers as agents do.
func (o OID) Compare(p OID) int { return slices.Compare(o, p) }
