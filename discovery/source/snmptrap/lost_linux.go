package snmptrap

import (
	"encoding/binary"
	"net"

	"golang.org/x/sys/unix"
)

// askForLost has the kernel tell with each message how many it dropped before (SO_RXQ_OVFL, socket(7)).
func askForLost(c *net.UDPConn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) { _ = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1) })
}

// lostOf reads that number out of a message's control data; false where there is none, as before the first loss.
func lostOf(oob []byte) (uint32, bool) {
	all, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return 0, false
	}
	for _, m := range all {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_RXQ_OVFL && len(m.Data) >= 4 {
			return binary.NativeEndian.Uint32(m.Data), true
		}
	}
	return 0, false
}
