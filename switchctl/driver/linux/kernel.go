package linux

import (
	"time"

	"phoneport/discovery"
)

// kernel is what the driver asks of the kernel: netlink, or a fake in tests. Errors are those of the system
// (errno); the driver gives them a class.
type kernel interface {
	// Read takes tables down. fdb says whether the forwarding database is wanted too: it can be large.
	Read(fdb bool) (tables, error)
	// AddVLAN makes an interface a member of a VLAN, or changes how it is one. A PVID takes the place of the former
	// one, which stays a member.
	AddVLAN(index int, v vlan) error
	DelVLAN(index int, id uint16) error
	SetUp(index int, up bool) error
	Close() error
}

// tables are the kernel's tables as they were at one moment, as far as the driver uses them.
type tables struct {
	Links  []link
	Ports  []bridgePort // members of all bridges, and the bridges themselves
	FDB    []fdbEntry
	FDBErr error // why FDB is not there
	Speeds map[int]uint64
	Uptime time.Duration
	Host   string // host name
	Kernel string // "Linux 6.12.48"
}

// link is one interface.
type link struct {
	Index, Master int    // Master is 0 without one
	Name, Alias   string // IFLA_IFNAME, IFLA_IFALIAS
	Kind          string // IFLA_INFO_KIND: bridge, veth, bond …; "device" for hardware
	Encap         string // ether, loopback …
	Wireless      bool
	AdminUp       bool  // IFF_UP
	Oper          uint8 // IF_OPER_… of linux/if.h (RFC 2863 states)
	Carrier       bool  // IFF_LOWER_UP
	Filters       bool  // a bridge with vlan_filtering 1
	NoVLANs       bool  // a bridge of a kernel without CONFIG_BRIDGE_VLAN_FILTERING
}

// bridgePort is what RTM_GETLINK of AF_BRIDGE tells of one interface.
type bridgePort struct {
	Index, Master int // of a bridge itself both are the bridge, or Master is 0
	No            int // IFLA_BRPORT_NO
	Locked        bool
	VLANs         []vlan // ascending
}

// vlan is the membership of one port in one VLAN.
type vlan struct {
	ID       uint16
	PVID     bool // untagged frames that come in belong to it
	Untagged bool // frames of it leave without tag
}

// fdbEntry is one row of the forwarding database.
type fdbEntry struct {
	Index int // of the port
	MAC   discovery.MAC
	VLAN  uint16 // 0 where the bridge does not filter
	State int    // NUD_… of linux/neighbour.h
}

// IF_OPER_… of linux/if.h.
const (
	operNotPresent     = 1
	operDown           = 2
	operLowerLayerDown = 3
	operTesting        = 4
	operDormant        = 5
	operUp             = 6
)

// NUD_… of linux/neighbour.h, as the bridge uses them (br_fdb.c, fdb_to_nud): REACHABLE is learned and fresh, STALE
// learned and older than the ageing time, NOARP static, PERMANENT the host's own.
const nudReachable = 0x02
