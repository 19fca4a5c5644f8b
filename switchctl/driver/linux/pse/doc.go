// Package pse reads and sets inline power of this host's ports through the kernel's PSE framework: generic
// netlink, family "ethtool", messages PSE_GET, PSE_SET and PSE_NTF (Documentation/netlink/specs/ethtool.yaml).
// It knows both kinds of power that the kernel does: power over Ethernet (IEEE 802.3 clause 33 and 145, "c33")
// and over single-pair data lines (clause 104, PoDL).
//
// A port has power where its PHY names a power controller in the device tree and the kernel has the
// controller's driver (PD692x0, TPS23881, Si3474, a regulator). PCs and servers have none; there Get says that
// inline power is not supported, without an error, and the setters give switchctl.ErrUnsupported.
//
// What the kernel can tell grew: PoDL on and off (6.1), PoE on, off and detection (6.10), class, power, limit and
// the reason of a fault (6.12), priorities, domains and notifications (6.17). What an older kernel or a simpler
// controller does not tell is not told here. The kernel leaves out what is zero: so class 0 and a measured draw
// of 0 W cannot be told from no answer.
//
// Reading needs no privilege, setting CAP_NET_ADMIN in the network namespace.
//
// A further attribute is a constant in uapi.go, a case in decode.go and a row in the tests.
package pse
