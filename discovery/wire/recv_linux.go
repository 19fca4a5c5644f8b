package wire

import (
	"encoding/binary"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// frameMax is the longest frame that is heard: a jumbo frame with its header.
const frameMax = headerLen + 9216

// received is one frame as the kernel gives it. It holds all that recvmsg fills, as the calls of x/sys make
// an address and a list of control messages anew for each frame.
type received struct {
	n    int
	err  unix.Errno // 0: a frame is there
	buf  [tagLen + frameMax]byte
	addr unix.RawSockaddrLinklayer
	ctl  [128]byte
	iov  unix.Iovec
	msg  unix.Msghdr
}

func (r *received) init() {
	r.iov.Base = &r.buf[tagLen] // room to put a tag back in
	r.iov.SetLen(frameMax)
	r.msg.Iov = &r.iov
	r.msg.SetIovlen(1)
	r.msg.Name = (*byte)(unsafe.Pointer(&r.addr))
	r.msg.Control = &r.ctl[0]
}

// recv is for syscall.RawConn.Read: false means that nothing is there yet.
func (r *received) recv(fd uintptr) bool {
	for {
		r.msg.Namelen = uint32(unsafe.Sizeof(r.addr))
		r.msg.SetControllen(len(r.ctl))
		r.msg.Flags = 0
		n, _, errno := unix.Syscall(unix.SYS_RECVMSG, fd, uintptr(unsafe.Pointer(&r.msg)), 0)
		switch errno {
		case unix.EINTR:
			continue
		case unix.EAGAIN:
			return false
		}
		r.n, r.err = int(n), errno
		return true
	}
}

// take gives the frame, with the tag that the kernel took out put back in, and false where it was cut. It is
// good until the next recv.
func (r *received) take() (discovery.Frame, bool) {
	if r.msg.Flags&unix.MSG_TRUNC != 0 || r.n < headerLen {
		return discovery.Frame{}, false
	}
	f := discovery.Frame{
		Data:     r.buf[tagLen : tagLen+r.n],
		Outgoing: r.addr.Pkttype == unix.PACKET_OUTGOING,
	}
	for rest := r.ctl[:r.msg.Controllen]; len(rest) >= unix.SizeofCmsghdr; {
		hdr, data, next, err := unix.ParseOneSocketControlMessage(rest)
		if err != nil {
			break
		}
		rest = next
		switch {
		case hdr.Level == unix.SOL_SOCKET && hdr.Type == unix.SCM_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			f.At = time.Unix((*unix.Timespec)(unsafe.Pointer(&data[0])).Unix())
		case hdr.Level == unix.SOL_PACKET && hdr.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
			if aux := (*unix.TpacketAuxdata)(unsafe.Pointer(&data[0])); aux.Status&unix.TP_STATUS_VLAN_VALID != 0 {
				f.Data = r.tag(aux)
			}
		}
	}
	if f.At.IsZero() {
		f.At = time.Now()
	}
	return f, true
}

// tag moves the addresses up and puts the tag behind them.
func (r *received) tag(aux *unix.TpacketAuxdata) []byte {
	const addresses = 12
	kind := uint16(etherVLAN)
	if aux.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
		kind = aux.Vlan_tpid
	}
	copy(r.buf[:addresses], r.buf[tagLen:tagLen+addresses])
	binary.BigEndian.PutUint16(r.buf[addresses:], kind)
	binary.BigEndian.PutUint16(r.buf[addresses+2:], aux.Vlan_tci)
	return r.buf[:tagLen+r.n]
}
