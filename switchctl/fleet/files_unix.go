//go:build unix

package fleet

import "syscall"

// defaultOpenParallel leaves half of the files that the process may open to everything else: a session
// is a socket.
func defaultOpenParallel() int {
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &r); err != nil {
		return DefaultParallel
	}
	return int(min(max(uint64(r.Cur)/2, 1), DefaultOpenParallel))
}
