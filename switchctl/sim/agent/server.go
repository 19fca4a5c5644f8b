package agent

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync"
	"time"
)

// socketBuffer bounds what the kernel holds of requests that were not read yet. It is enough for the
// window of any client, and small enough for thousands of sockets.
const socketBuffer = 128 << 10

// Server is one agent on one UDP socket.
type Server struct {
	agent *Agent
	conn  *net.UDPConn
	line  *Line
	rng   *rand.Rand // of the receiving goroutine only
	lost  uint64
	busy  time.Time // until when the agent works on earlier requests
}

// Listen opens the socket. Answers that are to be late are sent by line, which may be nil where no
// temper has a delay. seed makes the losses repeatable.
func Listen(a *Agent, addr netip.AddrPort, line *Line, seed uint64) (*Server, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", addr, err)
	}
	// A smaller buffer than asked for still works: the client repeats what was lost.
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	return &Server{agent: a, conn: conn, line: line, rng: rand.New(rand.NewPCG(seed, 0x5eed))}, nil
}

// Addr gives the address that the socket has.
func (s *Server) Addr() netip.AddrPort { return s.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// Close closes the socket; Serve returns.
func (s *Server) Close() error { return s.conn.Close() }

// outs is memory for answers, held only while one is made.
var outs = sync.Pool{New: func() any { b := make([]byte, 0, DefaultMaxSize); return &b }}

// Serve answers until ctx ends or the socket is closed; both give nil.
func (s *Server) Serve(ctx context.Context) error {
	stop := context.AfterFunc(ctx, func() { s.conn.Close() })
	defer stop()
	in := make([]byte, maxRequest)
	for {
		n, from, err := s.conn.ReadFromUDPAddrPort(in)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return fmt.Errorf("receive on %s: %w", s.Addr(), err)
		}
		s.serveOne(in[:n], from)
	}
}

func (s *Server) serveOne(packet []byte, from netip.AddrPort) {
	t := s.agent.Temper()
	if t.Dead {
		s.agent.Counters.Dropped.Add(1)
		return
	}
	lose := t.Loss > 0 && s.rng.Float64() < t.Loss
	if lose {
		s.agent.Counters.Dropped.Add(1)
		if s.lost++; s.lost%2 == 1 {
			return // the request got lost; every second time it is the answer
		}
	}
	buf := outs.Get().(*[]byte)
	out := s.agent.Handle((*buf)[:0], packet)
	if len(out) > 0 && !lose {
		if due, late := s.due(t); late && s.line != nil {
			s.line.send(due, s.conn, from, out)
		} else {
			// The client went away or its buffer is full: as on a network, it asks again.
			_, _ = s.conn.WriteToUDPAddrPort(out, from)
		}
	}
	*buf = out[:0]
	outs.Put(buf)
}

// due gives when an answer leaves.
func (s *Server) due(t Temper) (time.Time, bool) {
	if t.Delay == 0 && t.PerPDU == 0 {
		return time.Time{}, false
	}
	now := time.Now()
	if s.busy.Before(now) {
		s.busy = now
	}
	s.busy = s.busy.Add(t.PerPDU)
	return s.busy.Add(t.Delay), true
}
