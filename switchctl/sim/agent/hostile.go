package agent

import (
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync/atomic"

	"phoneport/switchctl/snmp"
)

// Hostility is one way to break the protocol.
type Hostility string

// The ways. Each answers every request of v1 and v2c so.
const (
	HostileLoop        Hostility = "loop"         // the same variable over and over
	HostileBackwards   Hostility = "backwards"    // names that get smaller
	HostileSkip        Hostility = "skip"         // the end of the MIB at once, but as noSuchName of v1
	HostileEndless     Hostility = "endless"      // a table without end, each row a new one
	HostileTypes       Hostility = "types"        // values of types that no MIB would have there
	HostileNulls       Hostility = "nulls"        // NULL for every value
	HostileExceptions  Hostility = "exceptions"   // noSuchInstance in answers to GETNEXT and GETBULK
	HostileTruncated   Hostility = "truncated"    // the message ends in the middle
	HostileLength      Hostility = "length"       // a length of 2 GiB
	HostileIndefinite  Hostility = "indefinite"   // indefinite lengths
	HostileHuge        Hostility = "huge"         // a full 64 KiB message of variables that nobody asked for
	HostileLongNames   Hostility = "long-names"   // names of 200 sub-identifiers
	HostileNumbers     Hostility = "numbers"      // integers of 16 octets
	HostileEmpty       Hostility = "empty"        // no variables
	HostileFewer       Hostility = "fewer"        // one variable less than asked for
	HostileMore        Hostility = "more"         // one more
	HostileWrongID     Hostility = "wrong-id"     // another request-id
	HostileSpoofed     Hostility = "spoofed"      // answers with guessed request-ids and false values first, then the right one
	HostileVersion     Hostility = "version"      // another version
	HostileCommunity   Hostility = "community"    // another community
	HostilePDU         Hostility = "pdu"          // the request itself, as it came
	HostileTooBig      Hostility = "too-big"      // tooBig, whatever is asked for
	HostileGenErr      Hostility = "gen-err"      // genErr, with an index far behind the last variable
	HostileGarbage     Hostility = "garbage"      // random octets
	HostileOneOctet    Hostility = "one-octet"    // a message of one octet
	HostileTwice       Hostility = "twice"        // the right answer, twice
	HostileOtherObject Hostility = "other-object" // variables that were not asked for
)

// Hostilities gives all ways.
func Hostilities() []Hostility {
	return []Hostility{
		HostileLoop, HostileBackwards, HostileSkip, HostileEndless, HostileTypes, HostileNulls, HostileExceptions, HostileTruncated,
		HostileLength, HostileIndefinite, HostileHuge, HostileLongNames, HostileNumbers, HostileEmpty, HostileFewer, HostileMore,
		HostileWrongID, HostileSpoofed, HostileVersion, HostileCommunity, HostilePDU, HostileTooBig, HostileGenErr, HostileGarbage,
		HostileOneOctet, HostileTwice, HostileOtherObject,
	}
}

// HostileAgent breaks the protocol on a loopback socket of its own. It sends only to who asked.
type HostileAgent struct {
	kind     Hostility
	conn     *net.UDPConn
	done     chan struct{}
	rng      *rand.Rand
	requests atomic.Uint64
	row      uint32
}

// Hostile opens a socket on 127.0.0.1 and answers on it until Close.
func Hostile(kind Hostility) (*HostileAgent, error) {
	if !slices.Contains(Hostilities(), kind) {
		return nil, fmt.Errorf("open hostile agent: %q is none of %q", kind, Hostilities())
	}
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, fmt.Errorf("open hostile agent: %w", err)
	}
	h := &HostileAgent{kind: kind, conn: conn, done: make(chan struct{}), rng: rand.New(rand.NewPCG(1, 2))}
	go h.serve()
	return h, nil
}

// Addr gives host:port.
func (h *HostileAgent) Addr() string { return h.conn.LocalAddr().String() }

// Requests counts the requests that came.
func (h *HostileAgent) Requests() uint64 { return h.requests.Load() }

// Close ends it.
func (h *HostileAgent) Close() error {
	err := h.conn.Close()
	<-h.done
	return err
}

func (h *HostileAgent) serve() {
	defer close(h.done)
	in := make([]byte, maxRequest)
	for {
		n, from, err := h.conn.ReadFromUDPAddrPort(in)
		if err != nil {
			return
		}
		h.requests.Add(1)
		var m message
		body, err := m.parseHead(in[:n])
		if err == nil && m.version != version3 {
			err = m.parsePDU(body)
		}
		if err != nil {
			continue
		}
		for _, out := range h.answers(&m, in[:n]) {
			h.send(out, from)
		}
	}
}

func (h *HostileAgent) send(b []byte, to netip.AddrPort) {
	_, _ = h.conn.WriteToUDPAddrPort(b, to) // who asked may be gone
}

// answers gives the packets to send back.
func (h *HostileAgent) answers(m *message, packet []byte) [][]byte {
	env := envelope{version: m.version, community: slices.Clone(m.community), requestID: m.pdu.requestID}
	reply := func(list []byte) []byte { return env.append(nil, pduResponse, answer{list: list}) }
	good := reply(h.list(m, h.follow))
	switch h.kind {
	case HostileTruncated:
		return [][]byte{good[:len(good)*2/3]}
	case HostileLength:
		return [][]byte{append([]byte{tagSequence, 0x84, 0x7f, 0xff, 0xff, 0xff}, good[2:]...)}
	case HostileIndefinite:
		return [][]byte{append([]byte{tagSequence, 0x80}, append(good[2:], 0, 0)...)}
	case HostileGarbage:
		b := make([]byte, 1+h.rng.IntN(1400))
		for i := range b {
			b[i] = byte(h.rng.Uint32())
		}
		return [][]byte{b}
	case HostileOneOctet:
		return [][]byte{{tagSequence}}
	case HostilePDU:
		return [][]byte{packet}
	case HostileTwice:
		return [][]byte{good, good}
	case HostileWrongID:
		env.requestID ^= 0x5a5a
		return [][]byte{reply(h.list(m, h.follow))}
	case HostileSpoofed:
		var out [][]byte
		lie := h.list(m, func(oid []uint32) ([]uint32, snmp.Value) { return snmp.OID(oid).Append(1), snmp.Text("spoofed") })
		for d := int32(-2); d <= 2; d++ {
			if d != 0 {
				env.requestID = m.pdu.requestID + d
				out = append(out, reply(lie))
			}
		}
		return append(out, good)
	case HostileVersion:
		env.version = version1 + version2c - env.version
	case HostileCommunity:
		env.community = []byte("another")
	case HostileTooBig:
		return [][]byte{env.append(nil, pduResponse, answer{status: TooBig})}
	case HostileGenErr:
		return [][]byte{env.append(nil, pduResponse, answer{status: GenErr, index: 200, list: m.pdu.list})}
	case HostileSkip:
		return [][]byte{env.append(nil, pduResponse, answer{status: NoSuchName, index: 1, list: m.pdu.list})}
	}
	return [][]byte{reply(h.list(m, h.variable))}
}

// list makes the variables of an answer of the right shape for the request.
func (h *HostileAgent) list(m *message, next func(oid []uint32) ([]uint32, snmp.Value)) (b []byte) {
	vars := slices.Clone(m.pdu.vars)
	repetitions := 1
	switch {
	case h.kind == HostileEmpty:
		return nil
	case h.kind == HostileFewer && len(vars) > 0:
		vars = vars[:len(vars)-1]
	case h.kind == HostileMore && len(vars) > 0:
		vars = append(vars, vars[len(vars)-1])
	case h.kind == HostileHuge:
		repetitions = 1 << 16
	case m.pdu.tag == pduBulk:
		repetitions = min(m.pdu.two, 20)
	}
	for range repetitions {
		for i, v := range vars {
			oid, val := next(v.oid)
			vars[i].oid = oid
			switch h.kind {
			case HostileExceptions:
				b = appendException(b, oid, tagNoSuchInstance)
			case HostileNumbers:
				b = appendLongNumber(b, oid)
			default:
				b = appendVar(b, oid, val)
			}
			if len(b) > 63_000 || h.kind != HostileHuge && len(b) > 1300 {
				return b
			}
		}
	}
	return b
}

// appendLongNumber appends an INTEGER of 16 octets.
func appendLongNumber(b []byte, oid []uint32) []byte {
	b, at := open(b, tagSequence)
	b = appendOID(b, oid)
	b = append(b, tagInteger, 16)
	b = append(b, 0x7f)
	return shut(append(b, make([]byte, 15)...), at)
}

// follow is what a good agent with one more row for every name would say.
func (h *HostileAgent) follow(oid []uint32) ([]uint32, snmp.Value) {
	h.row++
	return snmp.OID(oid).Append(h.row % 1000), snmp.Integer(int64(h.row))
}

// variable gives the next name and value of a walk from oid.
func (h *HostileAgent) variable(oid []uint32) ([]uint32, snmp.Value) {
	o := snmp.OID(oid)
	switch h.kind {
	case HostileLoop:
		if len(o) > 10 {
			return o, snmp.Integer(1)
		}
		return o.Append(1), snmp.Integer(1)
	case HostileBackwards:
		p := slices.Clone(o)
		for i := len(p) - 1; i > 1; i-- {
			if p[i] > 0 {
				p[i]--
				break
			}
		}
		return p, snmp.Integer(1)
	case HostileEndless, HostileHuge:
		// The last sub-identifier counts up; a first row is put below a column.
		if len(o) < 12 {
			return o.Append(1), snmp.Integer(1)
		}
		p := slices.Clone(o)
		p[len(p)-1]++
		return p, snmp.Integer(1)
	case HostileTypes:
		h.row++
		kinds := []snmp.Value{
			snmp.Text("no number"), snmp.Opaque([]byte{0x9f, 0x78, 4, 0, 0, 0, 0}), snmp.ObjectID(snmp.OID{2, 999, 4294967295}),
			snmp.Number(snmp.KindCounter64, 1<<63), snmp.Text(""), snmp.Integer(-2147483648), snmp.Octets([]byte{0xff, 0, 0xfe}),
		}
		return o.Append(1), kinds[int(h.row)%len(kinds)]
	case HostileNulls:
		return o.Append(1), snmp.Value{}
	case HostileLongNames:
		return o.Append(make([]uint32, 200)...), snmp.Integer(1)
	case HostileOtherObject:
		return []uint32{1, 3, 6, 1, 4, 1, 99999, 1, h.row}, snmp.Integer(1)
	}
	return h.follow(oid)
}
