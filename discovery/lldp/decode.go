package lldp

import "fmt"

// Reasons of Problems.
const (
	tooShort  = "shorter than its fields"
	tooLong   = "longer than its fields"
	overText  = "longer than its standard allows"
	repeated  = "comes a second time; the first counts"
	badLength = "its inner length does not fit"
	badELIN   = "not 10 to 25 digits"
)

// Decode reads an LLDPDU, the payload of an Ethernet frame. It keeps no reference to b. An error wraps ErrMalformed
// and names the TLV and its offset; the PDU is then of no use.
//
// What a receiver has to bear, and what it has to refuse (IEEE 802.1AB clause 9.2, rxProcessFrame):
//
//   - What follows the first End TLV is padding, whatever its octets.
//   - A frame without End TLV is taken where it ends with the end of a TLV: End is optional since the edition of 2016, and
//     tshark shows such frames without complaint. (lldpd and mdlayher/lldp drop them, as the first edition had it.)
//   - Mandatory TLVs that are missing, out of order, repeated or malformed, a TLV that runs past the end, and an End
//     TLV with contents make the frame malformed. Octets of the TTL after its two are ignored.
//   - A malformed optional TLV is lost and named in Problems, and only it. Of an optional TLV that comes at most once the
//     first counts. One that is longer than its fields is read, as the standard demands for its own later versions,
//     and what is too long is named in Problems with Kept.
//   - TLVs of other types, organisations and subtypes are in Unknown, and so is a location of an unknown format.
//
// Memory: one string of the LLDPDU's size, of which every string of p is a part, and slices, which the next Decode into p
// overwrites, whoever made them: take a Clone of what is to last longer.
func (p *PDU) Decode(b []byte) error {
	p.Reset()
	n, err := check(b)
	if err != nil {
		return err
	}
	s := string(b[:n])
	for off := 0; off < len(s); {
		end := off + 2 + int(s[off]&1)<<8 + int(s[off+1])
		p.tlv(tlv{off: off, typ: s[off] >> 1, v: s[off+2 : end]})
		off = end
	}
	return nil
}

// check walks the TLVs up to End, checks the mandatory ones, and gives the length of the LLDPDU without End.
func check(b []byte) (int, error) {
	off := 0
	for i := 1; ; i++ {
		if off == len(b) {
			if i <= typeTTL {
				return 0, malformed(uint8(i), off, "missing")
			}
			return off, nil
		}
		if off+2 > len(b) {
			return 0, malformed(b[off]>>1, off, "the frame ends within its header")
		}
		typ, n := b[off]>>1, int(b[off]&1)<<8|int(b[off+1])
		if off+2+n > len(b) {
			return 0, malformed(typ, off, "runs past the end of the frame")
		}
		switch {
		case i <= typeTTL && int(typ) != i:
			return 0, malformed(uint8(i), off, "missing; another TLV is in its place")
		case typ == typeEnd && n != 0:
			return 0, malformed(typ, off, "has contents")
		case typ == typeEnd:
			return off, nil
		case i > typeTTL && typ <= typeTTL:
			return 0, malformed(typ, off, repeated[:len("comes a second time")])
		case typ <= typePort && (n < 2 || n > 1+maxID):
			return 0, malformed(typ, off, "not 2 to 256 octets")
		case typ <= typePort && (b[off+2] == 0 || b[off+2] > ChassisLocal):
			return 0, malformed(typ, off, "its subtype is reserved")
		case typ == typeTTL && n < 2:
			return 0, malformed(typ, off, tooShort)
		}
		off += 2 + n
	}
}

func malformed(typ uint8, off int, reason string) error {
	name := tlvName(typ, 0)
	if name == "" {
		name = fmt.Sprintf("type %d", typ)
	}
	return fmt.Errorf("decode %s TLV at offset %d: %s: %w", name, off, reason, ErrMalformed)
}

// tlv is one TLV: where it stands and what it holds, for type 127 what follows OUI and subtype.
type tlv struct {
	off int
	typ uint8
	key uint32 // type 127: OUI and subtype
	v   string
}

func (p *PDU) tlv(t tlv) {
	switch t.typ {
	case typeChassis:
		p.Chassis = ID{t.v[0], t.v[1:]}
	case typePort:
		p.Port = ID{t.v[0], t.v[1:]}
	case typeTTL:
		p.TTL = u16(t.v, 0)
	case typePortDescription:
		p.text(HasPortDescription, t, maxText, &p.PortDescription)
	case typeSystemName:
		p.text(HasSystemName, t, maxText, &p.SystemName)
	case typeSystemDescription:
		p.text(HasSystemDescription, t, maxText, &p.SystemDescription)
	case typeCapabilities:
		if p.fixed(HasCapabilities, t, 4) {
			p.Capabilities = Capabilities{u16(t.v, 0), u16(t.v, 2)}
		}
	case typeManagement:
		p.management(t)
	case typeOrg:
		if len(t.v) < 4 {
			p.problem(t, tooShort, false)
			return
		}
		t.key, t.v = u32(t.v, 0), t.v[4:]
		p.org(t)
	default:
		p.Unknown = append(p.Unknown, Raw{Type: t.typ, Value: t.v})
	}
}

// org goes by organisation first: one comparison less than a search of all subtypes.
func (p *PDU) org(t tlv) {
	switch t.key >> 8 {
	case orgMED >> 8:
		p.med(t)
	case orgMACPHY >> 8:
		p.dot3(t)
	case orgPVID >> 8:
		p.dot1(t)
	case orgConserve >> 8:
		p.avaya(t)
	case orgFourWire >> 8:
		if t.key != orgFourWire {
			p.unknown(t)
		} else if p.fixed(HasFourWire, t, 1) {
			p.FourWire = t.v[0]
		}
	default:
		p.unknown(t)
	}
}

func (p *PDU) unknown(t tlv) {
	p.Unknown = append(p.Unknown, Raw{Type: t.typ, OUI: oui(t.key), Subtype: uint8(t.key), Value: t.v})
}

func (p *PDU) problem(t tlv, reason string, kept bool) {
	if len(p.Problems) == maxProblems {
		return
	}
	p.Problems = append(p.Problems, Problem{t.off, t.typ, oui(t.key), uint8(t.key), kept, reason})
}

// fits tells whether the value has n octets; more are a problem that it survives.
func (p *PDU) fits(t tlv, n int) bool {
	if len(t.v) < n {
		p.problem(t, tooShort, false)
		return false
	}
	if len(t.v) > n {
		p.problem(t, tooLong, true)
	}
	return true
}

// once marks a TLV as there; the second of its kind is a problem.
func (p *PDU) once(f Fields, t tlv) bool {
	if p.Has&f != 0 {
		p.problem(t, repeated, false)
		return false
	}
	p.Has |= f
	return true
}

// fixed is for TLVs that come at most once and have n octets.
func (p *PDU) fixed(f Fields, t tlv, n int) bool {
	if p.Has&f != 0 || len(t.v) != n { // the rare cases apart: the usual one is inlined
		return p.odd(f, t, n)
	}
	p.Has |= f
	return true
}

func (p *PDU) odd(f Fields, t tlv, n int) bool {
	if p.Has&f != 0 {
		p.problem(t, repeated, false)
		return false
	}
	if !p.fits(t, n) {
		return false
	}
	p.Has |= f
	return true
}

// text is for TLVs that come at most once and are text of up to n octets.
func (p *PDU) text(f Fields, t tlv, n int, to *string) {
	if !p.once(f, t) {
		return
	}
	if len(t.v) > n {
		p.problem(t, overText, true)
	}
	*to = t.v
}

// management reads a management address (IEEE 802.1AB clause 8.5.9).
func (p *PDU) management(t tlv) {
	if len(t.v) < 1 {
		p.problem(t, tooShort, false)
		return
	}
	n := int(t.v[0]) // family and address
	if n < 2 || n > 1+maxAddress {
		p.problem(t, badLength, false)
		return
	}
	if len(t.v) < 1+n+5 {
		p.problem(t, tooShort, false)
		return
	}
	rest := t.v[1+n:]
	m := Management{Family: t.v[1], Address: t.v[2 : 1+n], Interface: rest[0], Number: u32(rest, 1)}
	switch oid := rest[5:]; {
	case oid == "": // lldpd does not look at it either
		p.problem(t, "without the length of its object identifier", true)
	case int(oid[0]) > maxOID || len(oid) < 1+int(oid[0]):
		p.problem(t, badLength, false)
		return
	default:
		m.OID = oid[1 : 1+int(oid[0])]
		if len(oid) > 1+len(m.OID) {
			p.problem(t, tooLong, true)
		}
	}
	p.Management = append(p.Management, m)
}

func u16(s string, i int) uint16 { return uint16(s[i])<<8 | uint16(s[i+1]) }

func u32(s string, i int) uint32 {
	return uint32(s[i])<<24 | uint32(s[i+1])<<16 | uint32(s[i+2])<<8 | uint32(s[i+3])
}

func oui(key uint32) [3]byte { return [3]byte{byte(key >> 24), byte(key >> 16), byte(key >> 8)} }
