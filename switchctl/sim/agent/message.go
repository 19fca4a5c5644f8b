package agent

import (
	"errors"
	"fmt"
	"math"
	"net/netip"

	"phoneport/switchctl/snmp"
)

// Versions on the wire (RFC 3416, RFC 3412).
const (
	version1  = 0
	version2c = 1
	version3  = 3
)

// PDU tags (RFC 3416 clause 3).
const (
	pduGet      = 0xa0
	pduNext     = 0xa1
	pduResponse = 0xa2
	pduSet      = 0xa3
	pduBulk     = 0xa5
	pduReport   = 0xa8
)

// Flags of msgFlags (RFC 3412 clause 6.4).
const (
	flagAuth       = 0x01
	flagPriv       = 0x02
	flagReportable = 0x04
)

// variable is one variable binding of a request.
type variable struct {
	oid   []uint32
	value snmp.Value
}

// pdu is a request. The two numbers are error-status and error-index, or non-repeaters and
// max-repetitions of a GETBULK.
type pdu struct {
	tag       byte
	requestID int32
	one, two  int
	vars      []variable
	list      []byte // the variable-bindings as they came, for answers that repeat them
}

// usmFields are the security parameters of the User-based Security Model (RFC 3414 clause 2.4).
type usmFields struct {
	engineID    []byte
	boots, time int64
	user        []byte
	auth, priv  []byte
}

// message is a request message. Its octets point into the packet.
type message struct {
	version   int
	community []byte

	// SNMPv3 only.
	msgID         int32
	maxSize       int
	flags         byte
	usm           usmFields
	contextEngine []byte
	contextName   []byte

	pdu pdu
	sub []uint32 // memory of all identifiers
}

// parseHead reads a message up to its PDU (v1, v2c) or its scoped PDU data (v3), which it gives back.
func (m *message) parseHead(packet []byte) (body []byte, err error) {
	b, rest, err := expect(packet, tagSequence)
	if err != nil {
		return nil, fmt.Errorf("parse message: %w", err)
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("parse message: %w", errBehind)
	}
	v, b, err := readInt(b, 0, math.MaxInt32)
	if err != nil {
		return nil, fmt.Errorf("parse version: %w", err)
	}
	m.version = int(v)
	switch m.version {
	case version1, version2c:
		if m.community, b, err = expect(b, tagOctets); err != nil {
			return nil, fmt.Errorf("parse community: %w", err)
		}
		return b, nil
	case version3:
		return m.parseV3(b)
	}
	return nil, fmt.Errorf("parse version: %d is none that is known", v)
}

func (m *message) parseV3(b []byte) ([]byte, error) {
	head, b, err := expect(b, tagSequence)
	if err != nil {
		return nil, fmt.Errorf("parse msgGlobalData: %w", err)
	}
	id, head, err := readInt(head, 0, math.MaxInt32)
	if err != nil {
		return nil, fmt.Errorf("parse msgID: %w", err)
	}
	size, head, err := readInt(head, 484, math.MaxInt32)
	if err != nil {
		return nil, fmt.Errorf("parse msgMaxSize: %w", err)
	}
	flags, head, err := expect(head, tagOctets)
	if err != nil || len(flags) != 1 {
		return nil, errors.Join(errors.New("parse msgFlags: want one octet"), err)
	}
	if flags[0]&(flagAuth|flagPriv) == flagPriv {
		return nil, errors.New("parse msgFlags: privacy without authentication")
	}
	model, _, err := readInt(head, 0, math.MaxInt32)
	if err != nil || model != 3 {
		return nil, errors.Join(fmt.Errorf("parse msgSecurityModel: %d is not USM", model), err)
	}
	m.msgID, m.maxSize, m.flags = int32(id), int(size), flags[0]
	wrap, b, err := expect(b, tagOctets)
	if err != nil {
		return nil, fmt.Errorf("parse msgSecurityParameters: %w", err)
	}
	if err := m.usm.parse(wrap); err != nil {
		return nil, fmt.Errorf("parse msgSecurityParameters: %w", err)
	}
	return b, nil
}

func (u *usmFields) parse(b []byte) (err error) {
	if b, _, err = expect(b, tagSequence); err != nil {
		return err
	}
	if u.engineID, b, err = expect(b, tagOctets); err != nil {
		return err
	}
	if u.boots, b, err = readInt(b, 0, math.MaxInt32); err != nil {
		return err
	}
	if u.time, b, err = readInt(b, 0, math.MaxInt32); err != nil {
		return err
	}
	if u.user, b, err = expect(b, tagOctets); err != nil {
		return err
	}
	if u.auth, b, err = expect(b, tagOctets); err != nil {
		return err
	}
	u.priv, _, err = expect(b, tagOctets)
	return err
}

// parseScoped reads a plain scoped PDU (RFC 3412 clause 6.8).
func (m *message) parseScoped(b []byte) error {
	b, _, err := expect(b, tagSequence) // what lies behind it is the padding of DES
	if err != nil {
		return fmt.Errorf("parse scoped PDU: %w", err)
	}
	if m.contextEngine, b, err = expect(b, tagOctets); err != nil {
		return fmt.Errorf("parse contextEngineID: %w", err)
	}
	if m.contextName, b, err = expect(b, tagOctets); err != nil {
		return fmt.Errorf("parse contextName: %w", err)
	}
	return m.parsePDU(b)
}

// parsePDU reads a request PDU. Memory of an earlier message is used again.
func (m *message) parsePDU(b []byte) error {
	tag, b, rest, err := readTLV(b)
	if err == nil && len(rest) > 0 {
		err = errBehind
	}
	if err != nil {
		return fmt.Errorf("parse PDU: %w", err)
	}
	p := &m.pdu
	p.tag, p.vars, m.sub = tag, p.vars[:0], m.sub[:0]
	id, b, err := readInt(b, math.MinInt32, math.MaxInt32)
	if err != nil {
		return fmt.Errorf("parse request-id: %w", err)
	}
	one, b, err := readInt(b, 0, math.MaxInt32)
	if err != nil {
		return fmt.Errorf("parse PDU 0x%02x: %w", tag, err)
	}
	two, b, err := readInt(b, 0, math.MaxInt32)
	if err != nil {
		return fmt.Errorf("parse PDU 0x%02x: %w", tag, err)
	}
	p.requestID, p.one, p.two = int32(id), int(one), int(two)
	if p.list, rest, err = expect(b, tagSequence); err == nil && len(rest) > 0 {
		err = errBehind
	}
	if err != nil {
		return fmt.Errorf("parse variable-bindings: %w", err)
	}
	for b = p.list; len(b) > 0; {
		var vb []byte
		if vb, b, err = expect(b, tagSequence); err == nil {
			err = m.parseVar(vb)
		}
		if err != nil {
			return fmt.Errorf("parse variable %d: %w", len(p.vars)+1, err)
		}
	}
	return nil
}

func (m *message) parseVar(b []byte) error {
	name, b, err := expect(b, tagOID)
	if err != nil {
		return err
	}
	start := len(m.sub)
	if m.sub, err = parseOID(m.sub, name); err != nil {
		return err
	}
	tag, content, rest, err := readTLV(b)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return errBehind
	}
	v := variable{oid: m.sub[start:len(m.sub):len(m.sub)]}
	if m.pdu.tag == pduSet {
		if v.value, err = parseValue(tag, content); err != nil {
			return err
		}
	}
	m.pdu.vars = append(m.pdu.vars, v)
	return nil
}

// parseValue reads the value of a SET.
func parseValue(tag byte, b []byte) (snmp.Value, error) {
	switch tag {
	case tagInteger:
		n, err := parseInt(b)
		if err == nil && (n < math.MinInt32 || n > math.MaxInt32) {
			err = errNumber
		}
		return snmp.Integer(n), err
	case tagOctets:
		return snmp.Octets(b), nil
	case tagOpaque:
		return snmp.Opaque(b), nil
	case tagOID:
		o, err := parseOID(nil, b)
		return snmp.ObjectID(o), err
	case tagAddress:
		if len(b) != 4 {
			return snmp.Value{}, errLength
		}
		return snmp.Address(netip.AddrFrom4([4]byte(b))), nil
	case tagCounter64:
		n, err := parseUint(b)
		return snmp.Number(snmp.KindCounter64, n), err
	case tagCounter32, tagUnsigned, tagTicks:
		n, err := parseUint(b)
		if err == nil && n > math.MaxUint32 {
			err = errNumber
		}
		kind := map[byte]snmp.Kind{tagCounter32: snmp.KindCounter32, tagUnsigned: snmp.KindUnsigned, tagTicks: snmp.KindTicks}[tag]
		return snmp.Number(kind, n), err
	case tagNull:
		return snmp.Value{}, nil
	}
	return snmp.Value{}, fmt.Errorf("%w 0x%02x of a value", errTag, tag)
}
