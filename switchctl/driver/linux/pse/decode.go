package pse

import (
	"errors"
	"fmt"
	"math"

	"github.com/mdlayher/netlink"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Kind is which power a port gives.
type Kind uint8

// The kinds.
const (
	KindUnknown Kind = iota
	C33              // power over Ethernet, IEEE 802.3 clause 33 and 145
	PoDL             // power over data lines of single-pair Ethernet, clause 104
)

// Range is one range of limits that can be set, both ends included.
type Range struct{ Min, Max discovery.Milliwatts }

// Port is inline power of one interface, as the kernel tells it.
type Port struct {
	Name  string
	Index int
	Kind  Kind
	// State is the same in the vocabulary of all switches. Power that was not told is not there; priority 0 of the
	// kernel is critical, its maximum low, all between high.
	State switchctl.PoEState
	// Reason says why the port is in its state, in words; "" where the controller does not tell.
	Reason string
	// Domain is the number of the power domain whose budget the port shares; 0 where not told.
	Domain uint32
	// Priorities is the highest number that the priority can be set to, which is the lowest priority; 0 where there
	// are none.
	Priorities uint32
	Ranges     []Range // that the limit must be in; nil where not told
}

// errNoPSE says that an answer tells of no power at all.
var errNoPSE = errors.New("no attribute of a power controller")

// decode reads the attributes of a PSE_GET_REPLY.
func decode(b []byte) (Port, error) {
	var p Port
	var c33, podl struct{ admin, status uint32 }
	var ext [2]uint32
	var priority *uint32
	err := each(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case attrPSEHeader:
			ad.Nested(p.header)
		case attrPoDLAdminState:
			podl.admin = ad.Uint32()
		case attrPoDLStatus:
			podl.status = ad.Uint32()
		case attrC33AdminState:
			c33.admin = ad.Uint32()
		case attrC33Status:
			c33.status = ad.Uint32()
		case attrC33Class:
			p.class(ad.Uint32())
		case attrC33ActualPower:
			p.State.Draw, p.State.DrawTold = discovery.Milliwatts(ad.Uint32()), true
		case attrC33ExtState:
			ext[0] = ad.Uint32()
		case attrC33ExtSubstate:
			ext[1] = ad.Uint32()
		case attrC33AvailLimit:
			p.State.Limit = discovery.Milliwatts(ad.Uint32())
		case attrC33LimitRanges:
			ad.Nested(p.limits)
		case attrPowerDomain:
			p.Domain = ad.Uint32()
		case attrPriorityMax:
			p.Priorities = ad.Uint32()
		case attrPriority:
			v := ad.Uint32()
			priority = &v
		}
	})
	if err != nil {
		return Port{}, err
	}
	switch {
	case c33.admin != 0 || c33.status != 0:
		p.Kind, p.State.Admin, p.State.Detect = C33, admin(c33.admin), c33Detect(c33.status)
	case podl.admin != 0 || podl.status != 0:
		p.Kind, p.State.Admin = PoDL, admin(podl.admin)
		p.State.Detect, p.Reason = podlDetect(podl.status)
	default:
		return p, errNoPSE
	}
	p.State.Supported = true
	if ext[0] != 0 {
		p.Reason = reason(ext[0], ext[1])
	}
	p.State.Denied = ext[0] == extPowerNotAvailable
	if priority != nil {
		p.State.Priority = priorityWord(*priority, p.Priorities)
	}
	return p, nil
}

// each calls fn for each attribute.
func each(b []byte, fn func(*netlink.AttributeDecoder)) error {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return err
	}
	for ad.Next() {
		fn(ad)
	}
	return ad.Err()
}

// header reads the interface (ETHTOOL_A_HEADER_*).
func (p *Port) header(ad *netlink.AttributeDecoder) error {
	for ad.Next() {
		switch ad.Type() {
		case attrHeaderDevIndex:
			v := ad.Uint32()
			if v > math.MaxInt32 {
				return fmt.Errorf("interface number %d", v)
			}
			p.Index = int(v)
		case attrHeaderDevName:
			p.Name = ad.String()
		}
	}
	return nil // the decoder keeps its error
}

// limits reads one range.
func (p *Port) limits(ad *netlink.AttributeDecoder) error {
	var r Range
	for ad.Next() {
		switch ad.Type() {
		case attrRangeMin:
			r.Min = discovery.Milliwatts(ad.Uint32())
		case attrRangeMax:
			r.Max = discovery.Milliwatts(ad.Uint32())
		}
	}
	p.Ranges = append(p.Ranges, r)
	return nil
}

// class takes a class over; IEEE 802.3 has 0 to 8, and what is above is not told.
func (p *Port) class(v uint32) {
	if v <= 8 {
		p.State.Class, p.State.ClassTold = uint8(v), true
	}
}

func admin(v uint32) switchctl.PoEAdmin {
	switch v {
	case adminDisabled:
		return switchctl.PoEOff
	case adminEnabled:
		return switchctl.PoEOn
	}
	return switchctl.PoEAdminUnknown
}

func c33Detect(v uint32) switchctl.PoEDetect {
	switch v {
	case c33Disabled:
		return switchctl.PoEDisabled
	case c33Searching:
		return switchctl.PoESearching
	case c33Delivering:
		return switchctl.PoEDelivering
	case c33Test:
		return switchctl.PoETest
	case c33Fault:
		return switchctl.PoEFault
	case c33OtherFault:
		return switchctl.PoEOtherFault
	}
	return switchctl.PoEDetectUnknown
}

// podlDetect gives the nearest word of power over Ethernet, and what it leaves out.
func podlDetect(v uint32) (switchctl.PoEDetect, string) {
	switch v {
	case podlDisabled:
		return switchctl.PoEDisabled, ""
	case podlSearching:
		return switchctl.PoESearching, ""
	case podlDelivering:
		return switchctl.PoEDelivering, ""
	case podlSleep:
		return switchctl.PoESearching, "the device sleeps"
	case podlIdle:
		return switchctl.PoESearching, "idle"
	case podlError:
		return switchctl.PoEFault, "over current: the device draws more than it may"
	}
	return switchctl.PoEDetectUnknown, ""
}

// priorityWord gives the word for a priority: a lower number is served first.
func priorityWord(v, most uint32) switchctl.PoEPriority {
	switch {
	case most == 0 || v > most:
		return switchctl.PriorityUnknown
	case v == 0:
		return switchctl.PriorityCritical
	case v == most:
		return switchctl.PriorityLow
	}
	return switchctl.PriorityHigh
}

// priorityNumber is the way back. A controller with two priorities has none between.
func priorityNumber(w switchctl.PoEPriority, most uint32) (uint32, bool) {
	switch {
	case most == 0:
		return 0, false
	case w == switchctl.PriorityCritical:
		return 0, true
	case w == switchctl.PriorityLow:
		return most, true
	case w == switchctl.PriorityHigh && most > 1:
		return most / 2, true
	}
	return 0, false
}

// Notice is one notification: what happened at an interface.
type Notice struct {
	Name   string
	Index  int
	Events Events
	// Lost says that notifications were lost: read everything. The rest is empty then.
	Lost bool
}

// decodeNotice reads the attributes of a PSE_NTF.
func decodeNotice(b []byte) (Notice, error) {
	var n Notice
	var p Port
	err := each(b, func(ad *netlink.AttributeDecoder) {
		switch ad.Type() {
		case attrNtfHeader:
			ad.Nested(p.header)
		case attrNtfEvents:
			// An "uint" of the kernel has four octets where they suffice, eight otherwise.
			if len(ad.Bytes()) == 8 {
				n.Events = Events(ad.Uint64())
			} else {
				n.Events = Events(ad.Uint32())
			}
		}
	})
	n.Name, n.Index = p.Name, p.Index
	return n, err
}
