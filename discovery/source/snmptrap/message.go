package snmptrap

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/gosnmp/gosnmp"
)

// The variables that say what a notification is and of whom (RFC 3416 clause 4.2.6, RFC 3584 clause 3.1). gosnmp writes
// OIDs with a dot before them, and so does this package inside.
const (
	oidSysUpTime   = ".1.3.6.1.2.1.1.3.0"
	oidTrapOID     = ".1.3.6.1.6.3.1.1.4.1.0"
	oidEnterprise  = ".1.3.6.1.6.3.1.1.4.3.0"
	oidTrapAddress = ".1.3.6.1.6.3.18.1.3.0"
	oidGeneric     = ".1.3.6.1.6.3.1.1.5." // snmpTraps
)

// variable is one of a notification's variables. Octets point into the message.
type variable = gosnmp.SnmpPDU

// message is a notification in the form of SNMPv2.
type message struct {
	inform  bool
	request uint32
	trap    string // snmpTrapOID
	address netip.Addr
	vars    []variable
	packet  *gosnmp.SnmpPacket
}

// parseCommunity decodes a message of v1 or v2c that h is the header of.
func parseCommunity(b []byte, h header) (*message, error) {
	p, err := unmarshal(&gosnmp.GoSNMP{}, b)
	if err != nil {
		return nil, err
	}
	if int(p.Version) != h.version || !bytes.Equal([]byte(p.Community), h.community) {
		return nil, fmt.Errorf("%w: it can be read in two ways", errMalformed)
	}
	return newMessage(p)
}

// unmarshal is gosnmp's decoding, which has paniced on wrong lengths before.
func unmarshal(g *gosnmp.GoSNMP, b []byte) (p *gosnmp.SnmpPacket, err error) {
	defer func() {
		if recover() != nil {
			p, err = nil, fmt.Errorf("%w: it cannot be decoded", errMalformed)
		}
	}()
	if p, err = g.UnmarshalTrap(b, true); err != nil {
		return nil, fmt.Errorf("%w: %w", errMalformed, err)
	}
	return p, nil
}

// errNotTrap is of a message that is well formed and no notification.
var errNotTrap = fmt.Errorf("%w: it is no notification", errMalformed)

func newMessage(p *gosnmp.SnmpPacket) (*message, error) {
	m := &message{request: p.RequestID, vars: p.Variables, packet: p}
	switch {
	case p.PDUType == gosnmp.Trap && p.Version == gosnmp.Version1:
		return m, m.from1(p)
	case p.PDUType == gosnmp.SNMPv2Trap && p.Version != gosnmp.Version1:
	case p.PDUType == gosnmp.InformRequest && p.Version != gosnmp.Version1:
		m.inform = true
	default:
		return nil, errNotTrap
	}
	for _, v := range m.vars {
		if v.Name == oidTrapOID {
			m.trap, _ = v.Value.(string)
			break
		}
	}
	if m.trap == "" {
		return nil, fmt.Errorf("%w: no snmpTrapOID", errMalformed)
	}
	return m, nil
}

// from1 makes the v2 form of a v1 trap (RFC 3584 clause 3.1).
func (m *message) from1(p *gosnmp.SnmpPacket) error {
	switch {
	case p.GenericTrap >= 0 && p.GenericTrap < 6:
		m.trap = oidGeneric + strconv.Itoa(p.GenericTrap+1)
	case p.GenericTrap == 6 && p.SpecificTrap >= 0 && p.Enterprise != "":
		specific := strconv.Itoa(p.SpecificTrap)
		m.trap = p.Enterprise + ".0." + specific
		// The way back is not unique: a notification whose last number but one is not 0 loses nothing on its way to v1
		// (clause 3.2), such as CISCO-ERR-DISABLE-MIB's first.
		if !known(m.trap) {
			if direct := p.Enterprise + "." + specific; known(direct) {
				m.trap = direct
			}
		}
	default:
		return fmt.Errorf("%w: generic trap %d", errMalformed, p.GenericTrap)
	}
	if a, err := netip.ParseAddr(p.AgentAddress); err == nil && !a.IsUnspecified() {
		m.address = a
	}
	return nil
}

func known(oid string) bool { _, ok := rows[oid]; return ok }

// under gives what follows the object's OID and a dot in name.
func under(name, object string) (index string, ok bool) {
	if len(name) > len(object) && name[len(object)] == '.' && strings.HasPrefix(name, object) {
		return name[len(object)+1:], true
	}
	return "", false
}

// find gives the first variable that is an instance of the object, and its index.
func (m *message) find(object string) (v variable, index string, ok bool) {
	for _, v := range m.vars {
		if index, ok := under(v.Name, object); ok {
			return v, index, true
		}
	}
	return variable{}, "", false
}

// number gives the value of the first instance of an object, where it is a number.
func (m *message) number(object string) (int, bool) {
	v, _, ok := m.find(object)
	if !ok {
		return 0, false
	}
	return number(v)
}

// text gives the value of the first instance of an object, where it is octets.
func (m *message) text(object string) string {
	v, _, _ := m.find(object)
	return clean(octets(v), maxText)
}

func number(v variable) (int, bool) {
	switch n := v.Value.(type) {
	case int:
		return n, true
	case uint:
		return int(n), true
	case uint32:
		return int(n), true
	case uint64:
		if n < 1<<62 {
			return int(n), true
		}
	}
	return 0, false
}

func octets(v variable) []byte {
	b, _ := v.Value.([]byte)
	return b
}

// numbers splits an index into its numbers; those that are too many or no numbers of 31 bits give false.
func numbers(index string, into ...*int) bool {
	for i, p := range into {
		part, rest, more := strings.Cut(index, ".")
		n, err := strconv.ParseUint(part, 10, 31)
		if err != nil || more != (i < len(into)-1) {
			return false
		}
		*p, index = int(n), rest
	}
	return true
}

// maxText bounds each text that is taken over from a message, in octets.
const maxText = 512

// clean makes text of octets from the network: valid UTF-8, no control characters, no longer than most.
func clean(b []byte, most int) string {
	if i := bytes.IndexByte(b, 0); i >= 0 { // some agents send C strings with their end
		b = b[:i]
	}
	if len(b) > most {
		b = b[:most]
	}
	s := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(string(b), "?"))
	return strings.TrimSpace(s)
}
