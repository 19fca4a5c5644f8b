// Package linux drives the bridge of the very host that phoneport runs on: a whitebox switch, an OpenWrt-class
// device, or a server with a few ports. It reads and writes the bridge's VLANs, the links and the forwarding
// database by rtnetlink, and inline power through the PSE that it is given. It starts no other program.
//
// What the kernel holds is less than what a vendor's switch does, so some facts are concluded, and the rules are:
//
//   - A port is a member of the bridge, or a link below a bond or team that is one.
//   - The access VLAN is the PVID of a port that also leaves it untagged. Further VLANs that leave untagged but
//     are not the PVID (the kernel keeps VLAN 1 so where only the PVID was moved) are left alone and not shown.
//   - The kernel has no word for a voice VLAN. It is the only tagged VLAN beside an untagged PVID, on a port on
//     which no network device is heard; the same rule as for switches that speak Q-BRIDGE-MIB. With more tagged
//     VLANs, or without an untagged PVID, the port is a trunk. Priority (PCP) and DSCP of the voice VLAN are what
//     the advertiser says, not what the bridge does: they are 0 here.
//   - A locked port (bridge link set dev … locked on) opens for stations that an authenticator lets in: it counts
//     as controlled by 802.1X.
//   - A VLAN exists where a port or the bridge itself is a member of it; it has no name.
//
// The voice VLAN is added to the phone's port and to nothing else. The bridge itself (bridge vlan … self) needs
// it only where the host has an address in it; and the port towards the call server must carry it already.
// Decide holds a change for a VLAN that is nowhere.
//
// The kernel keeps all this until it restarts. What outlives a restart is the file of whoever sets up the network
// (ifupdown2, systemd-networkd, OpenWrt's uci); phoneport does not write it. Info.NeedsSave is therefore true, and
// Save calls what Options.Save gives, or answers ErrUnsupported and says so.
//
// A bridge does not forward LLDP, but floods CDP as any multicast, so that phones hear each other. docs/connect-a-switch.md
// has the command that keeps it with this host. Frames that arrive are told to phoneport advertise in either case.
//
// Reading needs no privilege, writing CAP_NET_ADMIN; without it the class is ErrDenied and the message says so.
// A further fact of Linux is read in kernel_linux.go, put in tables (kernel.go) and used in observe.go; a further
// change is a function in write.go.
package linux
