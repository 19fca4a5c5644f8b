package netlink

import (
	"errors"
	"fmt"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// errLost says that the kernel threw messages away.
var errLost = errors.New("messages were lost")

// dumpTries is how often everything is read again that changed while it was read.
const dumpTries = 4

// maxDrain bounds how many messages are thrown away at once: more than any buffer holds.
const maxDrain = 1 << 20

// extBRVLANCompressed is RTEXT_FILTER_BRVLAN_COMPRESSED (linux/rtnetlink.h): with VLANs, as ranges. The kernel's
// own notifications of ports have them in the same form.
const extBRVLANCompressed = 1 << 2

// rtnetlink has one socket for notifications and one for questions: an answer must not wait behind notifications, nor
// be thrown away with them.
type rtnetlink struct{ news, ask *netlink.Conn }

func open(buffer int) (socket, error) {
	news, err := netlink.Dial(unix.NETLINK_ROUTE, &netlink.Config{
		Groups: 1<<(unix.RTNLGRP_LINK-1) | 1<<(unix.RTNLGRP_NEIGH-1),
	})
	if err != nil {
		return nil, err
	}
	ask, err := netlink.Dial(unix.NETLINK_ROUTE, nil)
	if err != nil {
		return nil, errors.Join(err, news.Close())
	}
	if err := news.SetReadBuffer(buffer); err != nil {
		return nil, errors.Join(err, news.Close(), ask.Close())
	}
	return &rtnetlink{news, ask}, nil
}

func (r *rtnetlink) receive() ([]packet, error) {
	ms, err := r.news.Receive()
	if errors.Is(err, unix.ENOBUFS) {
		if err := r.drain(); err != nil {
			return nil, err
		}
		return nil, errLost
	}
	if err != nil {
		return nil, err
	}
	return packets(ms), nil
}

// drain throws away what still waits. It is older than what was lost: taken over after the new reading, it would
// put back what has changed since, and what would correct that is among the lost. The kernel takes new messages in
// only once nothing waits (netlink_rcv_wake).
func (r *rtnetlink) drain() error {
	raw, err := r.news.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	buf := make([]byte, 1) // the rest of a message is cut off
	err = raw.Read(func(fd uintptr) bool {
		for range maxDrain {
			_, _, err := unix.Recvfrom(int(fd), buf, unix.MSG_DONTWAIT|unix.MSG_TRUNC)
			switch {
			case err == nil, errors.Is(err, unix.ENOBUFS), errors.Is(err, unix.EINTR):
			case errors.Is(err, unix.EAGAIN):
				return true
			default:
				failed = err
				return true
			}
		}
		return true // it comes faster than it can be thrown away; the next loss will tell
	})
	return errors.Join(err, failed)
}

func (r *rtnetlink) dump() ([]packet, error) {
	links, err := r.table(afUnspec)
	if err != nil {
		return nil, err
	}
	ports, err := r.table(afBridge)
	return append(links, ports...), err
}

// table reads all links of one family until they did not change while they were read. A table that never stands
// still is taken as it is: every change of it is notified too.
func (r *rtnetlink) table(family byte) (out []packet, err error) {
	req := make([]byte, ifinfomsgLen)
	req[0] = family
	ae := netlink.NewAttributeEncoder()
	ae.Uint32(unix.IFLA_EXT_MASK, extBRVLANCompressed)
	attrs, err := ae.Encode()
	if err != nil {
		return nil, fmt.Errorf("encode request: %w", err)
	}
	for range dumpTries {
		ms, err := r.ask.Execute(netlink.Message{
			Header: netlink.Header{Type: rtmGetLink, Flags: netlink.Request | netlink.Dump}, Data: append(req[:ifinfomsgLen:ifinfomsgLen], attrs...),
		})
		if err != nil {
			return nil, err
		}
		if out = packets(ms); !interrupted(ms) {
			break
		}
	}
	return out, nil
}

func interrupted(ms []netlink.Message) bool {
	for _, m := range ms {
		if m.Header.Flags&netlink.DumpInterrupted != 0 {
			return true
		}
	}
	return false
}

func packets(ms []netlink.Message) []packet {
	out := make([]packet, len(ms))
	for i, m := range ms {
		out[i] = packet{uint16(m.Header.Type), m.Data}
	}
	return out
}

func (r *rtnetlink) close() error { return errors.Join(r.news.Close(), r.ask.Close()) }
