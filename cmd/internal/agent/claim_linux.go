package agent

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// Claim makes an interface ours among all agents of this host, whatever their folders and users: it binds an
// abstract Unix socket named after the interface. Such names belong to a network namespace, as interfaces do, and
// go with the process that holds them.
func Claim(name string) (release func(), err error) {
	addr := &net.UnixAddr{Name: "@phoneport/advertise/" + name, Net: "unix"}
	l, err := net.ListenUnix("unix", addr)
	if err == nil {
		return func() { _ = l.Close() }, nil // nothing is lost with it
	}
	if !errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("claim interface %s: %w", name, err)
	}
	pid, uid := holder(addr)
	switch {
	case pid == 0:
		return nil, fmt.Errorf("claim interface %s: another phoneport speaks on it already", name)
	case uid != 0 && uid != os.Getuid():
		// Any user may bind such a name; only ours and root's are believed, so that none can keep us silent.
		return func() {}, nil
	}
	return nil, fmt.Errorf("claim interface %s: another phoneport (process %d) speaks on it already", name, pid)
}

// holder gives the process that listens on a socket.
func holder(addr *net.UnixAddr) (pid, uid int) {
	c, err := net.DialUnix("unix", nil, addr)
	if err != nil {
		return 0, 0
	}
	defer c.Close()
	raw, err := c.SyscallConn()
	if err != nil {
		return 0, 0
	}
	_ = raw.Control(func(fd uintptr) { // the connection is open
		if cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED); err == nil {
			pid, uid = int(cred.Pid), int(cred.Uid)
		}
	})
	return pid, uid
}
