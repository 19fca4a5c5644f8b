package syslog

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
)

// udpBuffer is how many octets of datagrams the kernel is asked to keep while the reader is busy.
const udpBuffer = 4 << 20

// datagrams reads a socket until ctx ends.
func (r *Receiver) datagrams(ctx context.Context, c net.PacketConn) error {
	if u, ok := c.(*net.UDPConn); ok {
		if err := u.SetReadBuffer(udpBuffer); err != nil {
			r.o.Log.Info("socket keeps its buffer", "addr", c.LocalAddr(), "err", err)
		}
	}
	buf := make([]byte, 64<<10) // no datagram is longer
	for {
		n, from, err := readFrom(c, buf)
		if err != nil {
			if ctx.Err() != nil {
				return nil
			}
			var t net.Error
			if errors.As(err, &t) && t.Timeout() {
				continue
			}
			return fmt.Errorf("read datagrams at %s: %w", c.LocalAddr(), err)
		}
		r.counts.datagrams.Add(1)
		if n > MaxLine {
			n = MaxLine
			r.counts.cut.Add(1)
		}
		from = from.Unmap().WithZone("")
		select {
		case r.queue(from) <- message{text: append([]byte(nil), buf[:n]...), origin: origin{addr: from}, at: r.o.Now()}:
		default:
			r.counts.dropped.Add(1)
		}
	}
}

func readFrom(c net.PacketConn, buf []byte) (int, netip.Addr, error) {
	if u, ok := c.(*net.UDPConn); ok {
		n, from, err := u.ReadFromUDPAddrPort(buf)
		return n, from.Addr(), err
	}
	n, from, err := c.ReadFrom(buf)
	return n, host(from), err
}

// host gives the address of a peer, invalid where it has none.
func host(a net.Addr) netip.Addr {
	if a == nil {
		return netip.Addr{}
	}
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	return ap.Addr().Unmap().WithZone("")
}
