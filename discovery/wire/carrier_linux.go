package wire

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// carrier reports whether the interface called name has a carrier, which IFF_RUNNING tells up to a second later
// where a port was switched on that is plugged in already: the kernel takes its time for the operational state, but
// sends from the beginning. An interface that does not answer has none.
func carrier(fd int, name string) bool {
	value := struct{ cmd, data uint32 }{cmd: unix.ETHTOOL_GLINK}
	req := struct { // struct ifreq of linux/if.h
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [24 - unsafe.Sizeof(uintptr(0))]byte
	}{data: unsafe.Pointer(&value)}
	copy(req.name[:len(req.name)-1], name)
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&req)))
	return errno == 0 && value.data != 0
}
