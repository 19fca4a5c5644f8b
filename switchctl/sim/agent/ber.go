package agent

import (
	"errors"
	"fmt"

	"phoneport/switchctl/snmp"
)

// ASN.1 tags of SNMP (RFC 2578 clause 7.1, RFC 3416 clause 3).
const (
	tagInteger   = 0x02
	tagOctets    = 0x04
	tagNull      = 0x05
	tagOID       = 0x06
	tagSequence  = 0x30
	tagAddress   = 0x40
	tagCounter32 = 0x41
	tagUnsigned  = 0x42
	tagTicks     = 0x43
	tagOpaque    = 0x44
	tagCounter64 = 0x46

	tagNoSuchObject   = 0x80
	tagNoSuchInstance = 0x81
	tagEndOfMibView   = 0x82
)

var tagOfKind = [...]byte{
	snmp.KindNone: tagNull, snmp.KindInteger: tagInteger, snmp.KindOctets: tagOctets, snmp.KindOID: tagOID,
	snmp.KindAddress: tagAddress, snmp.KindCounter32: tagCounter32, snmp.KindUnsigned: tagUnsigned, snmp.KindTicks: tagTicks,
	snmp.KindCounter64: tagCounter64, snmp.KindOpaque: tagOpaque,
}

var (
	errTruncated = errors.New("message is truncated")
	errTag       = errors.New("unexpected ASN.1 tag")
	errBehind    = errors.New("octets behind its end")
	errLength    = errors.New("length is malformed")
	errNumber    = errors.New("integer is malformed")
	errOID       = errors.New("object identifier is malformed")
)

// maxSubIDs is the most sub-identifiers of an object identifier (RFC 2578 clause 3.5).
const maxSubIDs = 128

// readTLV splits the first element off b.
func readTLV(b []byte) (tag byte, content, rest []byte, err error) {
	if len(b) < 2 {
		return 0, nil, nil, errTruncated
	}
	tag, n, at := b[0], int(b[1]), 2
	if n >= 0x80 {
		// RFC 3417 clause 8: definite form only; four octets of length are more than UDP can carry.
		k := n & 0x7f
		if k == 0 || k > 4 {
			return 0, nil, nil, errLength
		}
		if len(b) < 2+k {
			return 0, nil, nil, errTruncated
		}
		n = 0
		for _, c := range b[2 : 2+k] {
			n = n<<8 | int(c)
		}
		at += k
	}
	if n < 0 || n > len(b)-at {
		return 0, nil, nil, errTruncated
	}
	return tag, b[at : at+n], b[at+n:], nil
}

// expect is readTLV of an element that must have a tag.
func expect(b []byte, want byte) (content, rest []byte, err error) {
	tag, content, rest, err := readTLV(b)
	if err == nil && tag != want {
		err = fmt.Errorf("%w 0x%02x, want 0x%02x", errTag, tag, want)
	}
	return content, rest, err
}

func parseInt(b []byte) (int64, error) {
	if len(b) == 0 || len(b) > 8 {
		return 0, errNumber
	}
	n := int64(int8(b[0]))
	for _, c := range b[1:] {
		n = n<<8 | int64(c)
	}
	return n, nil
}

func parseUint(b []byte) (uint64, error) {
	if len(b) == 0 || len(b) > 9 || (len(b) == 9 && b[0] != 0) {
		return 0, errNumber
	}
	var n uint64
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n, nil
}

// readInt reads an INTEGER that must lie in lo..hi.
func readInt(b []byte, lo, hi int64) (int64, []byte, error) {
	content, rest, err := expect(b, tagInteger)
	if err != nil {
		return 0, nil, err
	}
	n, err := parseInt(content)
	if err == nil && (n < lo || n > hi) {
		err = fmt.Errorf("%w: %d is not in %d..%d", errNumber, n, lo, hi)
	}
	return n, rest, err
}

// parseOID appends the sub-identifiers of an encoded identifier to dst.
func parseOID(dst []uint32, b []byte) ([]uint32, error) {
	start := len(dst)
	for i := 0; i < len(b); {
		var n uint64
		for {
			if i == len(b) {
				return dst, errOID
			}
			c := b[i]
			i++
			n = n<<7 | uint64(c&0x7f)
			if n > 1<<32-1+80 {
				return dst, errOID
			}
			if c < 0x80 {
				break
			}
		}
		if len(dst) == start {
			first := min(n/40, 2)
			dst = append(dst, uint32(first), uint32(n-40*first))
			continue
		}
		if n > 1<<32-1 || len(dst)-start == maxSubIDs {
			return dst, errOID
		}
		dst = append(dst, uint32(n))
	}
	if len(dst) == start {
		return append(dst, 0, 0), nil // net-snmp encodes 0.0 so
	}
	return dst, nil
}

// open begins an element whose length is not known yet; shut ends it.
func open(b []byte, tag byte) ([]byte, int) { return append(b, tag, 0), len(b) }

// shut writes the length of the element that began at the offset at.
func shut(b []byte, at int) []byte {
	n := len(b) - at - 2
	if n < 0x80 {
		b[at+1] = byte(n)
		return b
	}
	k := lengthOctets(n) - 1
	b = append(b, 0, 0, 0)[:len(b)+k]
	copy(b[at+2+k:], b[at+2:at+2+n])
	b[at+1] = 0x80 | byte(k)
	for i := range k {
		b[at+1+k-i] = byte(n >> (8 * i))
	}
	return b
}

// lengthOctets is how many octets the length n takes.
func lengthOctets(n int) int {
	switch {
	case n < 0x80:
		return 1
	case n <= 0xff:
		return 2
	case n <= 0xffff:
		return 3
	}
	return 4
}

// tlvSize is the size of an element with n octets of content.
func tlvSize(n int) int { return 1 + lengthOctets(n) + n }

func intOctets(n int64) int {
	k := 1
	for n > 0x7f || n < -0x80 {
		n >>= 8
		k++
	}
	return k
}

func appendInt(b []byte, n int64) []byte {
	k := intOctets(n)
	b = append(b, tagInteger, byte(k))
	for i := k - 1; i >= 0; i-- {
		b = append(b, byte(n>>(8*i)))
	}
	return b
}

func appendUint(b []byte, tag byte, n uint64) []byte {
	k := 1
	for k < 9 && n>>(8*k-1) != 0 { // the top bit of the first octet must be clear
		k++
	}
	b = append(b, tag, byte(k))
	for i := k - 1; i >= 0; i-- {
		if i == 8 {
			b = append(b, 0)
			continue
		}
		b = append(b, byte(n>>(8*i)))
	}
	return b
}

func appendOctets(b []byte, tag byte, s []byte) []byte {
	b, at := open(b, tag)
	return shut(append(b, s...), at)
}

// appendSub appends sub-identifiers in base 128, without a header.
func appendSub(b []byte, sub []uint32) []byte {
	for _, n := range sub {
		switch {
		case n < 1<<7:
			b = append(b, byte(n))
		case n < 1<<14:
			b = append(b, byte(n>>7)|0x80, byte(n)&0x7f)
		case n < 1<<21:
			b = append(b, byte(n>>14)|0x80, byte(n>>7)|0x80, byte(n)&0x7f)
		case n < 1<<28:
			b = append(b, byte(n>>21)|0x80, byte(n>>14)|0x80, byte(n>>7)|0x80, byte(n)&0x7f)
		default:
			b = append(b, byte(n>>28)|0x80, byte(n>>21)|0x80, byte(n>>14)|0x80, byte(n>>7)|0x80, byte(n)&0x7f)
		}
	}
	return b
}

// appendOIDBody appends a whole identifier without a header. The first two sub-identifiers share one
// number (X.690 clause 8.19.4).
func appendOIDBody(b []byte, oid []uint32) []byte {
	switch len(oid) {
	case 0:
		return append(b, 0)
	case 1:
		return appendSub(b, []uint32{oid[0] * 40})
	}
	n := uint64(oid[0])*40 + uint64(oid[1])
	if n <= 1<<32-1 {
		b = appendSub(b, []uint32{uint32(n)})
	} else { // 2.N with N near 2^32
		b = append(b, byte(n>>28)|0x80, byte(n>>21)|0x80, byte(n>>14)|0x80, byte(n>>7)|0x80, byte(n)&0x7f)
	}
	return appendSub(b, oid[2:])
}

func appendOID(b []byte, oid []uint32) []byte {
	b, at := open(b, tagOID)
	return shut(appendOIDBody(b, oid), at)
}

// appendValue appends a value; a value of KindNone becomes NULL.
func appendValue(b []byte, v snmp.Value) []byte {
	switch v.Kind {
	case snmp.KindInteger:
		n, _ := v.Int()
		return appendInt(b, n)
	case snmp.KindCounter32, snmp.KindUnsigned, snmp.KindTicks:
		n, _ := v.Int()
		return appendUint(b, tagOfKind[v.Kind], uint64(uint32(n)))
	case snmp.KindCounter64:
		n, _ := v.Int()
		return appendUint(b, tagCounter64, uint64(n))
	case snmp.KindOctets, snmp.KindOpaque, snmp.KindAddress:
		return appendOctets(b, tagOfKind[v.Kind], v.Bytes())
	case snmp.KindOID:
		return appendOID(b, v.OID())
	}
	return append(b, tagNull, 0)
}

// appendVar appends one variable binding.
func appendVar(b []byte, oid []uint32, v snmp.Value) []byte {
	b, at := open(b, tagSequence)
	b = appendOID(b, oid)
	return shut(appendValue(b, v), at)
}

// appendException appends a variable binding that has an exception in place of a value.
func appendException(b []byte, oid []uint32, tag byte) []byte {
	b, at := open(b, tagSequence)
	b = appendOID(b, oid)
	return shut(append(b, tag, 0), at)
}
