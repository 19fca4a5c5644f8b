package wire

import (
	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// Poke makes Read look at the interface, as Write does.
func Poke(w discovery.Wire) { w.(*live).poke() }

// TakeError takes what the kernel has to tell the socket.
func TakeError(w discovery.Wire) (err error) {
	_ = w.(*live).raw.Control(func(fd uintptr) {
		n, e := unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		if err = e; e == nil && n != 0 {
			err = unix.Errno(n)
		}
	})
	return err
}
