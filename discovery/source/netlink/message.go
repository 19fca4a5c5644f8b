package netlink

import (
	"encoding/binary"
	"fmt"

	"phoneport/discovery"
)

// Types of rtnetlink messages (linux/rtnetlink.h) and the families in them (linux/socket.h).
const (
	rtmNewLink  = 16
	rtmDelLink  = 17
	rtmGetLink  = 18
	rtmNewNeigh = 28
	rtmDelNeigh = 29

	afUnspec = 0
	afBridge = 7
)

// Attributes (linux/if_link.h, linux/if_bridge.h, linux/neighbour.h).
const (
	iflaIfname   = 3
	iflaMaster   = 10
	iflaLinkinfo = 18
	iflaAFSpec   = 26
	iflaInfoKind = 1

	bridgeVLANInfo = 2 // IFLA_BRIDGE_VLAN_INFO

	ndaLLAddr = 2

	ifinfomsgLen = 16
	ndmsgLen     = 12
	typeMask     = 1<<14 - 1 // without NLA_F_NESTED and NLA_F_NET_BYTEORDER
)

// Flags of links (linux/if.h), their type (linux/if_arp.h), states of addresses (linux/neighbour.h).
const (
	iffLowerUp  = 1 << 16 // the cable is in and the other end is there
	arphrdEther = 1

	// A bridge uses NUD_NOARP for static addresses and NUD_PERMANENT for the host's own.
	nudNoARP, nudPermanent = 0x40, 0x80
)

// what says what a message is about.
type what uint8

const (
	nothing what = iota // not for us
	linkIs              // RTM_NEWLINK: a link as it is
	linkGone
	portIs // RTM_NEWLINK of AF_BRIDGE: a port of a bridge as it is
	learned
	forgotten
)

// message is what of an rtnetlink message is used here.
type message struct {
	What   what
	Index  int // of the link, or of the port that an address is on
	Master int
	Name   string
	Kind   string // bridge, bond, veth …; "" for hardware
	Ether  bool
	Up     bool
	VLANs  string // portIs: the IFLA_BRIDGE_VLAN_INFO in the kernel's form, one after the other
	MAC    discovery.MAC
}

// decode decodes the body of an rtnetlink message, which is in the byte order of the host. Other types and families are
// nothing, as are static addresses, the host's own, and groups.
func decode(typ uint16, b []byte) (message, error) {
	var m message
	var err error
	switch typ {
	case rtmNewLink, rtmDelLink:
		m, err = decodeLink(typ, b)
	case rtmNewNeigh, rtmDelNeigh:
		m, err = decodeNeigh(typ, b)
	}
	if err == nil && m.What != nothing && m.Index < 1 {
		err = fmt.Errorf("index %d of a link", m.Index)
	}
	if err != nil {
		return message{}, fmt.Errorf("decode rtnetlink message %d: %w", typ, err)
	}
	return m, nil
}

// decodeLink decodes struct ifinfomsg {u8 family, pad; u16 type; s32 index; u32 flags, change} and its attributes.
func decodeLink(typ uint16, b []byte) (message, error) {
	if len(b) < ifinfomsgLen {
		return message{}, fmt.Errorf("%d octets are no ifinfomsg", len(b))
	}
	m := message{
		Index: int(int32(binary.NativeEndian.Uint32(b[4:]))),
		Ether: binary.NativeEndian.Uint16(b[2:]) == arphrdEther,
		Up:    binary.NativeEndian.Uint32(b[8:])&iffLowerUp != 0,
	}
	switch {
	case b[0] == afUnspec && typ == rtmNewLink:
		m.What = linkIs
	case b[0] == afUnspec:
		m.What = linkGone
	case b[0] == afBridge && typ == rtmNewLink:
		m.What = portIs
	default:
		// Of a port that leaves its bridge the link tells too, and after the fact.
		return message{}, nil
	}
	err := each(b[ifinfomsgLen:], func(typ uint16, v []byte) error {
		switch typ {
		case iflaIfname:
			m.Name = text(v)
		case iflaMaster:
			if len(v) >= 4 {
				m.Master = int(int32(binary.NativeEndian.Uint32(v)))
			}
		case iflaLinkinfo:
			return each(v, func(typ uint16, v []byte) error {
				if typ == iflaInfoKind {
					m.Kind = text(v)
				}
				return nil
			})
		case iflaAFSpec:
			if m.What != portIs {
				return nil // families of addresses: nothing of ours
			}
			return each(v, func(typ uint16, v []byte) error {
				if typ == bridgeVLANInfo {
					m.VLANs += string(v)
				}
				return nil
			})
		}
		return nil
	})
	return m, err
}

// decodeNeigh decodes struct ndmsg {u8 family, pad; u16 pad; s32 ifindex; u16 state; u8 flags, type} and its attributes.
func decodeNeigh(typ uint16, b []byte) (message, error) {
	if len(b) < ndmsgLen {
		return message{}, fmt.Errorf("%d octets are no ndmsg", len(b))
	}
	if b[0] != afBridge || binary.NativeEndian.Uint16(b[8:])&(nudNoARP|nudPermanent) != 0 {
		return message{}, nil // of an IP protocol, or set by somebody
	}
	m := message{What: learned, Index: int(int32(binary.NativeEndian.Uint32(b[4:])))}
	if typ == rtmDelNeigh {
		m.What = forgotten
	}
	err := each(b[ndmsgLen:], func(typ uint16, v []byte) error {
		if typ == ndaLLAddr && len(v) == len(m.MAC) {
			m.MAC = discovery.MAC(v)
		}
		return nil
	})
	if err != nil || m.MAC.IsZero() || m.MAC.Group() {
		return message{}, err
	}
	return m, nil
}

// text gives a string of the kernel without the zero at its end.
func text(v []byte) string {
	for i, c := range v {
		if c == 0 {
			return string(v[:i])
		}
	}
	return string(v)
}

// each calls f with each attribute of a list: struct rtattr {u16 len, type}, padded to four octets.
func each(b []byte, f func(typ uint16, v []byte) error) error {
	for len(b) >= 4 {
		n, typ := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])&typeMask
		if n < 4 || n > len(b) {
			return fmt.Errorf("attribute %d of %d octets in %d", typ, n, len(b))
		}
		if err := f(typ, b[4:n]); err != nil {
			return err
		}
		b = b[min((n+3)&^3, len(b)):]
	}
	return nil
}
