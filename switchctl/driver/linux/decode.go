package linux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Attributes of RTM_NEWLINK (linux/if_link.h) and of its parts (linux/if_bridge.h).
const (
	iflaMaster   = 10
	iflaProtinfo = 12
	iflaAFSpec   = 26

	brportNo     = 18
	brportLocked = 39

	bridgeVLANInfo = 2 // IFLA_BRIDGE_VLAN_INFO: struct bridge_vlan_info {__u16 flags, vid}

	vlanFlagPVID       = 1 << 1
	vlanFlagUntagged   = 1 << 2
	vlanFlagRangeBegin = 1 << 3
	vlanFlagRangeEnd   = 1 << 4

	ifinfomsgLen = 16 // struct ifinfomsg
	attrTypeMask = 1<<14 - 1
	maxVLAN      = 4094
)

// decodeBridgePort decodes the body of an RTM_NEWLINK of AF_BRIDGE, which is in the byte order of the host. VLANs come
// one by one or, with RTEXT_FILTER_BRVLAN_COMPRESSED, as ranges.
func decodeBridgePort(b []byte) (bridgePort, error) {
	if len(b) < ifinfomsgLen {
		return bridgePort{}, fmt.Errorf("decode bridge port: %d octets are no ifinfomsg", len(b))
	}
	p := bridgePort{Index: int(int32(binary.NativeEndian.Uint32(b[4:])))}
	err := eachAttr(b[ifinfomsgLen:], func(typ uint16, v []byte) error {
		switch typ {
		case iflaMaster:
			if len(v) >= 4 {
				p.Master = int(binary.NativeEndian.Uint32(v))
			}
		case iflaProtinfo:
			return eachAttr(v, func(typ uint16, v []byte) error {
				switch {
				case typ == brportNo && len(v) >= 2:
					p.No = int(binary.NativeEndian.Uint16(v))
				case typ == brportLocked && len(v) >= 1:
					p.Locked = v[0] != 0
				}
				return nil
			})
		case iflaAFSpec:
			var err error
			p.VLANs, err = decodeVLANs(v)
			return err
		}
		return nil
	})
	if err != nil {
		return bridgePort{}, fmt.Errorf("decode bridge port %d: %w", p.Index, err)
	}
	return p, nil
}

// decodeVLANs decodes the IFLA_BRIDGE_VLAN_INFO attributes of an IFLA_AF_SPEC.
func decodeVLANs(b []byte) ([]vlan, error) {
	var out []vlan
	var first uint16 // of a range that has begun; 0 = none
	err := eachAttr(b, func(typ uint16, v []byte) error {
		if typ != bridgeVLANInfo {
			return nil
		}
		if len(v) < 4 {
			return fmt.Errorf("bridge_vlan_info of %d octets", len(v))
		}
		flags, id := binary.NativeEndian.Uint16(v), binary.NativeEndian.Uint16(v[2:])
		if id < 1 || id > maxVLAN {
			return fmt.Errorf("VLAN %d", id)
		}
		from := id
		switch {
		case flags&vlanFlagRangeBegin != 0:
			if first != 0 {
				return fmt.Errorf("range of VLANs from %d has no end", first)
			}
			first = id
			return nil
		case flags&vlanFlagRangeEnd != 0:
			if first == 0 || first > id {
				return fmt.Errorf("range of VLANs from %d to %d", first, id)
			}
			from, first = first, 0
		case first != 0:
			return fmt.Errorf("range of VLANs from %d has no end", first)
		}
		for i := from; i <= id; i++ {
			out = append(out, vlan{ID: i, PVID: flags&vlanFlagPVID != 0, Untagged: flags&vlanFlagUntagged != 0})
		}
		if len(out) > maxVLAN {
			return errors.New("more VLANs than there are")
		}
		return nil
	})
	if err == nil && first != 0 {
		err = fmt.Errorf("range of VLANs from %d has no end", first)
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(out, func(a, b vlan) int { return int(a.ID) - int(b.ID) })
	for i := 1; i < len(out); i++ {
		if out[i].ID == out[i-1].ID {
			return nil, fmt.Errorf("VLAN %d is there twice", out[i].ID)
		}
	}
	return out, nil
}

// eachAttr calls f with each attribute of a list: struct rtattr {u16 len, type}, padded to four octets. Flags in the type
// (NLA_F_NESTED) are taken off.
func eachAttr(b []byte, f func(typ uint16, v []byte) error) error {
	for len(b) >= 4 {
		n, typ := int(binary.NativeEndian.Uint16(b)), binary.NativeEndian.Uint16(b[2:])&attrTypeMask
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

// mergePorts puts what was told of one interface together: a network card with a bridge of its own (SR-IOV) answers
// beside the bridge, without VLANs.
func mergePorts(ps []bridgePort) []bridgePort {
	at := map[int]int{}
	var out []bridgePort
	for _, p := range ps {
		i, seen := at[p.Index]
		if !seen {
			at[p.Index] = len(out)
			out = append(out, p)
			continue
		}
		q := &out[i]
		q.Locked = q.Locked || p.Locked
		if q.Master == 0 {
			q.Master = p.Master
		}
		if q.No == 0 {
			q.No = p.No
		}
		if len(q.VLANs) == 0 {
			q.VLANs = p.VLANs
		}
	}
	return out
}
