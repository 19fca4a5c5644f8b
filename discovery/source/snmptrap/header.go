package snmptrap

import (
	"errors"
	"fmt"
)

// The tags of BER that the outside of a message is made of (X.690, RFC 3417 clause 8).
const (
	tagInteger  = 0x02
	tagOctets   = 0x04
	tagSequence = 0x30
)

// The versions as they are written in a message (RFC 1157, 1901, 3412).
const (
	version1  = 0
	version2c = 1
	version3  = 3
)

// The flags of RFC 3412 clause 6.4.
const (
	flagAuth       = 0x01
	flagPriv       = 0x02
	flagReportable = 0x04
)

var errMalformed = errors.New("malformed message")

// header is what must be known of a message before it is worth decoding: who sends it. Slices point into the message.
type header struct {
	version int

	community   []byte // v1, v2c
	communityAt int    // where it begins in the message
	pduAt       int    // where the PDU begins: its tag

	id       int64 // msgID
	flags    byte
	engine   []byte // msgAuthoritativeEngineID
	boots    uint32
	time     uint32
	user     string
	digest   []byte // msgAuthenticationParameters
	digestAt int
	sealed   bool // the scoped PDU is encrypted
	request  int64
}

// reader reads fields of BER one after the other. at counts from the start of the message.
type reader struct {
	b  []byte // of the whole message, up to the end of what is read
	at int
}

// next gives the tag and the content of the next field and where the content begins.
func (r *reader) next() (tag byte, content []byte, at int, err error) {
	if r.at+2 > len(r.b) {
		return 0, nil, 0, fmt.Errorf("%w: it ends at octet %d", errMalformed, len(r.b))
	}
	tag, at = r.b[r.at], r.at+2
	size := int(r.b[r.at+1])
	if size > 0x7f {
		octets := size & 0x7f
		if octets == 0 || octets > 3 || at+octets > len(r.b) {
			return 0, nil, 0, fmt.Errorf("%w: a length at octet %d", errMalformed, r.at+1)
		}
		size = 0
		for _, c := range r.b[at : at+octets] {
			size = size<<8 | int(c)
		}
		at += octets
	}
	if size > len(r.b)-at {
		return 0, nil, 0, fmt.Errorf("%w: the field at octet %d is longer than what is left", errMalformed, r.at)
	}
	r.at = at + size
	return tag, r.b[at:r.at], at, nil
}

// want is next for a field of one tag.
func (r *reader) want(tag byte) (content []byte, at int, err error) {
	start := r.at
	got, content, at, err := r.next()
	if err == nil && got != tag {
		err = fmt.Errorf("%w: tag %#02x at octet %d, want %#02x", errMalformed, got, start, tag)
	}
	return content, at, err
}

// integer reads an INTEGER between least and most.
func (r *reader) integer(least, most int64) (int64, error) {
	start := r.at
	c, _, err := r.want(tagInteger)
	if err != nil {
		return 0, err
	}
	if len(c) == 0 || len(c) > 5 {
		return 0, fmt.Errorf("%w: an integer of %d octets at octet %d", errMalformed, len(c), start)
	}
	v := int64(int8(c[0]))
	for _, o := range c[1:] {
		v = v<<8 | int64(o)
	}
	if v < least || v > most {
		return 0, fmt.Errorf("%w: %d at octet %d", errMalformed, v, start)
	}
	return v, nil
}

// inside gives a reader of the content of the next field.
func (r *reader) inside(tag byte) (*reader, error) {
	content, at, err := r.want(tag)
	return &reader{b: r.b[:at+len(content)], at: at}, err
}

const most31 = 1<<31 - 1

// readHeader reads the outside of a message. Octets behind the message are an error, as there are none in UDP.
func readHeader(b []byte) (h header, err error) {
	outer := &reader{b: b}
	r, err := outer.inside(tagSequence)
	if err != nil {
		return h, err
	}
	if outer.at != len(b) {
		return h, fmt.Errorf("%w: %d octets behind it", errMalformed, len(b)-outer.at)
	}
	v, err := r.integer(0, most31)
	if err != nil {
		return h, err
	}
	switch h.version = int(v); h.version {
	case version1, version2c:
		if h.community, h.communityAt, err = r.want(tagOctets); err != nil {
			return h, err
		}
		h.pduAt = r.at
		return h, nil
	case version3:
		return h, h.read3(r)
	}
	return h, fmt.Errorf("%w: version %d", errMalformed, v)
}

// read3 reads the header of RFC 3412 clause 6 and the security parameters of RFC 3414 clause 2.4.
func (h *header) read3(r *reader) error {
	g, err := r.inside(tagSequence)
	if err != nil {
		return err
	}
	if h.id, err = g.integer(0, most31); err != nil {
		return err
	}
	if _, err = g.integer(484, most31); err != nil { // msgMaxSize
		return err
	}
	flags, _, err := g.want(tagOctets)
	if err != nil {
		return err
	}
	if len(flags) != 1 {
		return fmt.Errorf("%w: %d octets of flags", errMalformed, len(flags))
	}
	h.flags = flags[0]
	if h.flags&(flagAuth|flagPriv) == flagPriv { // RFC 3412 clause 7.2 (5d)
		return fmt.Errorf("%w: privacy without authentication", errMalformed)
	}
	if _, err = g.integer(3, 3); err != nil { // the user-based security model
		return err
	}
	packed, err := r.inside(tagOctets)
	if err != nil {
		return err
	}
	s, err := packed.inside(tagSequence)
	if err != nil {
		return err
	}
	if h.engine, _, err = s.want(tagOctets); err != nil {
		return err
	}
	for _, into := range []*uint32{&h.boots, &h.time} {
		v, err := s.integer(0, most31)
		if err != nil {
			return err
		}
		*into = uint32(v)
	}
	user, _, err := s.want(tagOctets)
	if err != nil {
		return err
	}
	if len(user) > 32 {
		return fmt.Errorf("%w: a user name of %d octets", errMalformed, len(user))
	}
	h.user = string(user)
	if h.digest, h.digestAt, err = s.want(tagOctets); err != nil {
		return err
	}
	if _, _, err = s.want(tagOctets); err != nil { // msgPrivacyParameters
		return err
	}
	if r.at >= len(r.b) {
		return fmt.Errorf("%w: no PDU", errMalformed)
	}
	h.sealed = r.b[r.at] == tagOctets
	if h.sealed != (h.flags&flagPriv != 0) {
		return fmt.Errorf("%w: encrypted %t, its flags say otherwise", errMalformed, h.sealed)
	}
	h.request = requestOf(r)
	return nil
}

// requestOf gives the request id out of a scoped PDU that is not encrypted, 0 where it cannot be read: a report tells
// it where it can (RFC 3412 clause 7.1, step 3).
func requestOf(r *reader) int64 {
	s, err := r.inside(tagSequence)
	if err != nil {
		return 0
	}
	for range 2 { // contextEngineID, contextName
		if _, _, err := s.want(tagOctets); err != nil {
			return 0
		}
	}
	_, pdu, at, err := s.next()
	if err != nil {
		return 0
	}
	p := &reader{b: s.b[:at+len(pdu)], at: at}
	id, err := p.integer(-1<<31, most31)
	if err != nil {
		return 0
	}
	return id
}
