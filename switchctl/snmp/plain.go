package snmp

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"github.com/gosnmp/gosnmp"
)

// The sizes of a receive buffer: nearly all answers fit into the first, none is longer than the second.
const (
	smallBuffer = 4 << 10
	largeBuffer = 64 << 10
)

// plain sends requests of v1 and v2c by gosnmp's codec and a socket of our own. gosnmp's own exchange keeps
// 64 KiB for each session, also of a switch that never answers, writes each request out as text for a log
// that nobody reads, and ends at the first packet that is not the answer: anybody who can guess the port
// could make a switch unreadable.
type plain struct {
	id     uint32 // of the last request
	buffer []byte
}

// open makes the socket of a session.
func (s *plain) open(ctx context.Context, g *gosnmp.GoSNMP, host, port string) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "udp", net.JoinHostPort(host, port))
	if err != nil {
		return err
	}
	g.Conn, s.id = conn, rand.Uint32N(1<<31)
	return nil
}

var requestPDUs = map[string]gosnmp.PDUType{
	"GET": gosnmp.GetRequest, "GETNEXT": gosnmp.GetNextRequest, "GETBULK": gosnmp.GetBulkRequest, "SET": gosnmp.SetRequest,
}

// send sends one request and waits for its answer until g.Timeout is over. What comes and is not the answer
// is passed over; where nothing else comes, the error says what was wrong with it.
func (s *plain) send(ctx context.Context, g *gosnmp.GoSNMP, p pdu) (*gosnmp.SnmpPacket, error) {
	if p.kind != "SET" {
		for i := range p.vars {
			p.vars[i].Type = gosnmp.Null
		}
	}
	s.id = max((s.id+1)&0x7fffffff, 1)
	g.SetRequestID(s.id - 1) // the next one is taken
	out, err := g.SnmpEncodePacket(requestPDUs[p.kind], p.vars, 0, uint32(p.reps))
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	if err := g.Conn.SetDeadline(time.Now().Add(g.Timeout)); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil { // its end moves the deadline, but may have come just before
		return nil, err
	}
	if _, err := g.Conn.Write(out); err != nil {
		return nil, err
	}
	if s.buffer == nil {
		s.buffer = make([]byte, smallBuffer)
	}
	var stray error
	for {
		n, err := g.Conn.Read(s.buffer)
		switch {
		case err != nil && stray != nil && isTimeout(err):
			return nil, stray
		case err != nil:
			return nil, err
		case n == len(s.buffer) && n < largeBuffer:
			s.buffer = make([]byte, largeBuffer)
			return nil, fmt.Errorf("%w: it is longer than %d octets", errAnswer, smallBuffer) // there is room when it is asked for again
		}
		res, err := decode(g, s.buffer[:n])
		switch {
		case err != nil:
			stray = err
		case res.RequestID != s.id:
			// Late answers to requests that were given up are usual.
			stray = fmt.Errorf("%w: another request id", errAnswer)
		case res.Version != g.Version || res.Community != g.Community:
			stray = fmt.Errorf("%w: another version or community", errAnswer)
		case res.PDUType != gosnmp.GetResponse:
			stray = fmt.Errorf("%w: PDU type %s", errAnswer, res.PDUType)
		default:
			return res, nil
		}
	}
}

// decode decodes a message. The values point into b.
func decode(g *gosnmp.GoSNMP, b []byte) (res *gosnmp.SnmpPacket, err error) {
	defer func() {
		if recover() != nil { // gosnmp recovers from its own panics, too
			res, err = nil, fmt.Errorf("%w: it cannot be decoded", errAnswer)
		}
	}()
	if res, err = g.SnmpDecodePacket(b); err != nil {
		return nil, fmt.Errorf("%w: %w", errAnswer, err)
	}
	return res, nil
}

func isTimeout(err error) bool {
	e, ok := err.(net.Error)
	return ok && e.Timeout()
}
