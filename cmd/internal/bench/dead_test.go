//go:build linux

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
)

// deadNet is where the dead switches are.
var deadNet = netip.MustParsePrefix("127.66.0.0/16")

const deadPort = 1161

// serveDead makes addresses dead in the way of a switch without power: nothing comes back, not even the
// ICMP message that a host without listener sends at once. usage: dead NUMBER
func serveDead(_ context.Context, args []string, in io.Reader, out io.Writer) error {
	n, err := strconv.Atoi(args[0])
	if err != nil {
		return err
	}
	addr := deadNet.Addr()
	for range n {
		addr = addr.Next()
		conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(addr, deadPort)))
		if err != nil {
			return fmt.Errorf("open dead switch: %w", err)
		}
		defer conn.Close()
		// It is never read: what does not fit into the smallest buffer that there is, is dropped.
		if err := conn.SetReadBuffer(1); err != nil {
			return fmt.Errorf("open dead switch: %w", err)
		}
	}
	if err := json.NewEncoder(out).Encode(n); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

// deadAddresses gives the addresses of serveDead.
func deadAddresses(n int) []string {
	out := make([]string, 0, n)
	for a := deadNet.Addr().Next(); len(out) < n; a = a.Next() {
		out = append(out, netip.AddrPortFrom(a, deadPort).String())
	}
	return out
}
