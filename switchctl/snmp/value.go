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

// Value is one value of an agent. It is immutable and comparable. Agents mix the integer types up, so the
// readers are lenient: Int reads every number.
type Value struct {
	Kind Kind
	num  int64
	// octets of strings and addresses; of an OBJECT IDENTIFIER its parts, four octets each
	octets string
}

// Integer makes an INTEGER.
func Integer(v int64) Value { return Value{Kind: KindInteger, num: v} }

// Unsigned makes a Gauge32 or Unsigned32.
func Unsigned(v uint32) Value { return Value{Kind: KindUnsigned, num: int64(v)} }

// Ticks makes TimeTicks, in hundredths of a second.
func Ticks(v uint32) Value { return Value{Kind: KindTicks, num: int64(v)} }

// Octets makes an OCTET STRING of a copy of b.
func Octets(b []byte) Value { return Value{Kind: KindOctets, octets: string(b)} }

// Text makes an OCTET STRING of text.
func Text(s string) Value { return Value{Kind: KindOctets, octets: s} }

// Opaque makes an Opaque of a copy of b.
func Opaque(b []byte) Value { return Value{Kind: KindOpaque, octets: string(b)} }

// ObjectID makes an OBJECT IDENTIFIER.
func ObjectID(o OID) Value {
	return Value{Kind: KindOID, octets: string(appendKey(make([]byte, 0, 4*len(o)), o))}
}

// Address makes an IpAddress of an IPv4 address; any other gives 0.0.0.0.
func Address(a netip.Addr) Value {
	var b [4]byte
	if a = a.Unmap(); a.Is4() {
		b = a.As4()
	}
	return Value{Kind: KindAddress, octets: string(b[:])}
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
		if v.octets == "" || len(v.octets) > 19 {
			return 0, false
		}
		n, err := strconv.ParseInt(v.octets, 10, 64)
		return n, err == nil
	}
	return 0, false
}

// Bytes gives a copy of the octets of an OCTET STRING, Opaque or IpAddress, else nil.
func (v Value) Bytes() []byte {
	if v.octets == "" || v.Kind == KindOID {
		return nil
	}
	return []byte(v.octets)
}

// Len gives the number of octets of an OCTET STRING, Opaque or IpAddress.
func (v Value) Len() int {
	if v.Kind == KindOID {
		return 0
	}
	return len(v.octets)
}

// Text gives an OCTET STRING as text without trailing NULs and surrounding blanks; invalid UTF-8 is
// replaced. Numbers, addresses and object identifiers are given in their usual text form.
func (v Value) Text() string {
	switch v.Kind {
	case KindOctets, KindOpaque:
		return strings.TrimSpace(strings.ToValidUTF8(strings.TrimRight(v.octets, "\x00"), "\uFFFD"))
	case KindOID:
		return v.OID().String()
	case KindAddress:
		if a, ok := netip.AddrFromSlice([]byte(v.octets)); ok {
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
func (v Value) OID() OID {
	if v.Kind != KindOID {
		return nil
	}
	o := make(OID, len(v.octets)/4)
	for i := range o {
		o[i] = uint32(v.octets[4*i])<<24 | uint32(v.octets[4*i+1])<<16 | uint32(v.octets[4*i+2])<<8 | uint32(v.octets[4*i+3])
	}
	return o
}

// MAC gives an address that is six octets, or text in a spelling of discovery.ParseMAC.
func (v Value) MAC() (m discovery.MAC, ok bool) {
	if v.Kind != KindOctets {
		return m, false
	}
	if len(v.octets) == 6 {
		copy(m[:], v.octets)
		return m, !m.IsZero()
	}
	m, err := discovery.ParseMAC(v.octets)
	return m, err == nil
}

// Bit reports bit n of a BITS or PortList value: bit 0 is the most significant bit of the first octet.
func (v Value) Bit(n int) bool {
	return n >= 0 && n/8 < len(v.octets) && v.octets[n/8]&(0x80>>(n%8)) != 0
}
