package snmp

import (
	"net/netip"
	"strconv"
	"strings"

	"phoneport/discovery"
)

// Kind is the SMI type of a Value.
type Kind uint8

// The kinds. KindNone is the zero value: the agent has no such object or instance.
const (
	KindNone      Kind = iota
	KindInteger        // INTEGER, Integer32
	KindOctets         // OCTET STRING, BITS
	KindOID            // OBJECT IDENTIFIER
	KindAddress        // IpAddress
	KindCounter32      // Counter32
	KindUnsigned       // Gauge32, Unsigned32
	KindTicks          // TimeTicks, hundredths of a second
	KindCounter64      // Counter64
	KindOpaque         // Opaque
)

// Value is one value of an agent. Agents mix the integer types up, so the readers are lenient: Int reads
// every number.
type Value struct {
	Kind  Kind
	num   int64
	bytes []byte
	oid   OID
}

// Integer, Unsigned, Octets, Text, ObjectID and Address make values for Set.
func Integer(v int64) Value   { return Value{Kind: KindInteger, num: v} }
func Unsigned(v uint32) Value { return Value{Kind: KindUnsigned, num: int64(v)} }
func Ticks(v uint32) Value    { return Value{Kind: KindTicks, num: int64(v)} }
func Octets(b []byte) Value   { return Value{Kind: KindOctets, bytes: b} }
func Text(s string) Value     { return Value{Kind: KindOctets, bytes: []byte(s)} }
func ObjectID(o OID) Value    { return Value{Kind: KindOID, oid: o} }
func Opaque(b []byte) Value   { return Value{Kind: KindOpaque, bytes: b} }
func Address(a netip.Addr) Value {
	b := a.Unmap().As4()
	return Value{Kind: KindAddress, bytes: b[:]}
}

// Number makes a value of any numeric kind; Counter64 above 2^63 is kept in its bits.
func Number(k Kind, v uint64) Value { return Value{Kind: k, num: int64(v)} }

// Exists reports whether the agent has the instance.
func (v Value) Exists() bool { return v.Kind != KindNone }

// Int gives a number; ok is false for other kinds. A text of decimal digits counts as a number: some
// agents (and recordings of them) answer so.
func (v Value) Int() (n int64, ok bool) {
	switch v.Kind {
	case KindInteger, KindCounter32, KindUnsigned, KindTicks, KindCounter64:
		return v.num, true
	case KindOctets:
		if len(v.bytes) == 0 || len(v.bytes) > 19 {
			return 0, false
		}
		n, err := strconv.ParseInt(string(v.bytes), 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Bytes gives the octets of an OCTET STRING, Opaque or IpAddress, else nil. The caller must not change them.
func (v Value) Bytes() []byte { return v.bytes }

// Text gives an OCTET STRING as text without trailing NULs and surrounding blanks; invalid UTF-8 is
// replaced. Numbers, addresses and object identifiers are given in their usual text form.
func (v Value) Text() string {
	switch v.Kind {
	case KindOctets, KindOpaque:
		return strings.TrimSpace(strings.ToValidUTF8(strings.TrimRight(string(v.bytes), "\x00"), "\uFFFD"))
	case KindOID:
		return v.oid.String()
	case KindAddress:
		if a, ok := netip.AddrFromSlice(v.bytes); ok {
			return a.String()
		}
		return ""
	case KindNone:
		return ""
	case KindCounter64:
		return strconv.FormatUint(uint64(v.num), 10)
	}
	return strconv.FormatInt(v.num, 10)
}

// OID gives an OBJECT IDENTIFIER, else nil.
func (v Value) OID() OID { return v.oid }

// MAC gives an address that is six octets, or text in a spelling of discovery.ParseMAC.
func (v Value) MAC() (m discovery.MAC, ok bool) {
	if v.Kind != KindOctets {
		return m, false
	}
	if len(v.bytes) == 6 {
		copy(m[:], v.bytes)
		return m, !m.IsZero()
	}
	m, err := discovery.ParseMAC(string(v.bytes))
	return m, err == nil
}

// Bit reports bit n of a BITS or PortList value: bit 0 is the most significant bit of the first octet.
func (v Value) Bit(n int) bool {
	return n >= 0 && n/8 < len(v.bytes) && v.bytes[n/8]&(0x80>>(n%8)) != 0
}
