package linux

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/mdlayher/ethtool"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netlink/nl"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"

	"phoneport/discovery"
)

// answerTime is how long the kernel may take for one answer. It answers at once; the bound is for a kernel that
// holds the rtnl lock over a driver that hangs.
const answerTime = 10 * time.Second

// dumpTries is how often a table is read anew that changed while it was read.
const dumpTries = 4

// rtnetlink is the kernel of the network namespace in which it was opened.
type rtnetlink struct {
	h   *netlink.Handle  // for what the library decodes
	raw *nl.SocketHandle // for what it does not
	eth *ethtool.Client  // nil where the kernel has no ethtool netlink
}

var _ kernel = (*rtnetlink)(nil)

// openKernel opens sockets in the network namespace of the calling thread; they stay in it.
func openKernel() (kernel, error) {
	h, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, err
	}
	s, err := nl.GetNetlinkSocketAt(netns.None(), netns.None(), unix.NETLINK_ROUTE)
	if err != nil {
		h.Close()
		return nil, err
	}
	k := &rtnetlink{h: h, raw: &nl.SocketHandle{Socket: s}}
	tv := unix.NsecToTimeval(answerTime.Nanoseconds())
	if err := errors.Join(h.SetSocketTimeout(answerTime), s.SetSendTimeout(&tv), s.SetReceiveTimeout(&tv)); err != nil {
		return nil, errors.Join(err, k.Close())
	}
	if c, err := ethtool.New(); err == nil {
		k.eth = c
	}
	return k, nil
}

// Close closes the sockets.
func (k *rtnetlink) Close() error {
	k.h.Close()
	k.raw.Close()
	if k.eth != nil {
		return k.eth.Close()
	}
	return nil
}

// Read takes the tables down.
func (k *rtnetlink) Read(fdb bool) (tables, error) {
	var t tables
	var err error
	if t.Links, err = whole(k.links); err != nil {
		return t, fmt.Errorf("read links: %w", err)
	}
	if t.Ports, err = whole(k.bridgePorts); err != nil {
		return t, fmt.Errorf("read bridge ports: %w", err)
	}
	if fdb {
		t.FDB, t.FDBErr = whole(k.fdb)
		t.Speeds = k.speeds()
	}
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return t, fmt.Errorf("read uptime: %w", err)
	}
	t.Uptime = time.Duration(up.Nano())
	t.Host, _ = os.Hostname() // a host without a name is shown without
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		t.Kernel = unix.ByteSliceToString(u.Sysname[:]) + " " + unix.ByteSliceToString(u.Release[:])
	}
	return t, nil
}

// whole reads a table until it did not change while it was read.
func whole[T any](read func() ([]T, error)) (out []T, err error) {
	for range dumpTries {
		if out, err = read(); !errors.Is(err, netlink.ErrDumpInterrupted) {
			return out, err
		}
	}
	return nil, err
}

func (k *rtnetlink) links() ([]link, error) {
	ls, err := k.h.LinkList()
	if err != nil {
		return nil, err
	}
	out := make([]link, 0, len(ls))
	for _, l := range ls {
		a := l.Attrs()
		o := link{
			Index: a.Index, Master: a.MasterIndex, Name: a.Name, Alias: a.Alias, Kind: l.Type(), Encap: a.EncapType,
			AdminUp: a.RawFlags&unix.IFF_UP != 0, Carrier: a.RawFlags&unix.IFF_LOWER_UP != 0, Oper: uint8(a.OperState),
		}
		if b, ok := l.(*netlink.Bridge); ok {
			o.Filters = b.VlanFiltering != nil && *b.VlanFiltering
			o.NoVLANs = b.VlanDefaultPVID == nil
		}
		if o.Kind == "device" {
			_, err := os.Stat("/sys/class/net/" + a.Name + "/phy80211")
			o.Wireless = err == nil
		}
		out = append(out, o)
	}
	return out, nil
}

// bridgePorts reads what the library has no type for: locked ports, their numbers, and VLANs as ranges.
func (k *rtnetlink) bridgePorts() ([]bridgePort, error) {
	req := nl.NewNetlinkRequest(unix.RTM_GETLINK, unix.NLM_F_DUMP)
	req.Sockets = map[int]*nl.SocketHandle{unix.NETLINK_ROUTE: k.raw}
	req.AddData(nl.NewIfInfomsg(unix.AF_BRIDGE))
	req.AddData(nl.NewRtAttr(unix.IFLA_EXT_MASK, nl.Uint32Attr(uint32(nl.RTEXT_FILTER_BRVLAN_COMPRESSED))))
	msgs, err := req.Execute(unix.NETLINK_ROUTE, unix.RTM_NEWLINK)
	if err != nil {
		return nil, err
	}
	out := make([]bridgePort, 0, len(msgs))
	for _, m := range msgs {
		p, err := decodeBridgePort(m)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return mergePorts(out), nil
}

func (k *rtnetlink) fdb() ([]fdbEntry, error) {
	ns, err := k.h.NeighList(0, unix.AF_BRIDGE)
	if err != nil {
		return nil, err
	}
	out := make([]fdbEntry, 0, len(ns))
	for _, n := range ns {
		if len(n.HardwareAddr) == 6 {
			out = append(out, fdbEntry{Index: n.LinkIndex, MAC: discovery.MAC(n.HardwareAddr), VLAN: uint16(n.Vlan), State: n.State})
		}
	}
	return out, nil
}

// speeds gives the speed of interfaces in bit/s; where the kernel does not tell, there is none.
func (k *rtnetlink) speeds() map[int]uint64 {
	if k.eth == nil {
		return nil
	}
	modes, err := k.eth.LinkModes()
	if err != nil {
		return nil
	}
	out := make(map[int]uint64, len(modes))
	for _, m := range modes {
		if m.SpeedMegabits > 0 && m.SpeedMegabits < 1<<31-1 { // SPEED_UNKNOWN is -1
			out[m.Interface.Index] = uint64(m.SpeedMegabits) * 1_000_000
		}
	}
	return out
}

// AddVLAN is `bridge vlan add dev … vid … [pvid] [untagged]`.
func (k *rtnetlink) AddVLAN(index int, v vlan) error {
	return k.h.BridgeVlanAdd(byIndex(index), v.ID, v.PVID, v.Untagged, false, true)
}

// DelVLAN is `bridge vlan del dev … vid …`.
func (k *rtnetlink) DelVLAN(index int, id uint16) error {
	return k.h.BridgeVlanDel(byIndex(index), id, false, false, false, true)
}

// SetUp is `ip link set dev … up` or `down`.
func (k *rtnetlink) SetUp(index int, up bool) error {
	if up {
		return k.h.LinkSetUp(byIndex(index))
	}
	return k.h.LinkSetDown(byIndex(index))
}

func byIndex(index int) netlink.Link {
	return &netlink.Device{LinkAttrs: netlink.LinkAttrs{Index: index}}
}

// errno says what an error of the kernel means.
func errno(err error) (denied, gone, unsupported bool) {
	denied = errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES)
	gone = errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ENXIO)
	unsupported = errors.Is(err, unix.EOPNOTSUPP)
	return denied, gone, unsupported
}
