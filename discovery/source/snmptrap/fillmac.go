package snmptrap

import (
	"encoding/binary"
	"fmt"

	"phoneport/discovery"
)

// maxChanges bounds the events of one message. IOS sends at most 23 changes in one, Junos 39.
const maxChanges = 256

// history reads the changes of addresses that Cisco's and Juniper's notifications pack into octets: operation (1), VLAN
// (2), address (6) and dot1dBasePort (2 or 4 octets), up to an operation 0. More than maxChanges end in a resync.
func history(object string, portSize int) func(*message, discovery.Event) []discovery.Event {
	size := 9 + portSize
	return func(m *message, e discovery.Event) []discovery.Event {
		var out []discovery.Event
		for _, v := range m.vars {
			if _, ok := under(v.Name, object); !ok {
				continue
			}
			for b := octets(v); len(b) >= size && b[0] != 0; b = b[size:] {
				one := e
				switch b[0] {
				case 1:
					one.Kind = discovery.EventMACLearned
				case 2:
					one.Kind = discovery.EventMACRemoved
				case 3: // of Junos: updated
					one.Kind = discovery.EventMACMoved
				default:
					one.Kind, one.Detail = discovery.EventUnknown, fmt.Sprintf("operation %d", b[0])
				}
				if vlan := binary.BigEndian.Uint16(b[1:]); vlan < 4095 {
					one.VLAN = vlan
				}
				one.MAC = discovery.MAC(b[3:9])
				if portSize == 2 {
					one.Bridge = int(binary.BigEndian.Uint16(b[9:]))
				} else if port := binary.BigEndian.Uint32(b[9:]); port <= most31 {
					one.Bridge = int(port)
				}
				if len(out) == maxChanges {
					one = e
					one.Kind, one.Detail = discovery.EventResync, fmt.Sprintf("more than %d changes of addresses in one message", maxChanges)
					return append(out, one)
				}
				out = append(out, one)
			}
		}
		if len(out) == 0 { // a notification without a change that can be read
			e.Kind, e.Detail = discovery.EventUnknown, "no change of an address in it"
			out = append(out, e)
		}
		return out
	}
}

// ciscoMove reads the scalars of cmnMacMoveNotification; ports are numbers of dot1dBasePort.
func ciscoMove(m *message, e discovery.Event) []discovery.Event {
	const object = cisco + "215.1.3"
	v, _, _ := m.find(object + ".3")
	if a := octets(v); len(a) == 6 {
		e.MAC = discovery.MAC(a)
	}
	if n, ok := m.number(object + ".4"); ok && n > 0 && n < 4095 {
		e.VLAN = uint16(n)
	}
	from, _ := m.number(object + ".5")
	if to, ok := m.number(object + ".6"); ok && to > 0 && to <= most31 {
		e.Bridge, e.Detail = to, fmt.Sprintf("from port %d to port %d", from, to)
	}
	return []discovery.Event{e}
}

// arubaChange reads hpicfMacNotify…: action, address, the ports from and to, VLAN. The ports are interfaces' numbers.
func arubaChange(m *message, e discovery.Event) []discovery.Event {
	const object = arubaMAC + ".1"
	action, _ := m.number(object + ".6")
	v, _, _ := m.find(object + ".7")
	if a := octets(v); len(a) == 6 {
		e.MAC = discovery.MAC(a)
	}
	from, _ := m.number(object + ".8")
	to, _ := m.number(object + ".9")
	if n, ok := m.number(object + ".10"); ok && n > 0 && n < 4095 {
		e.VLAN = uint16(n)
	}
	port := to
	switch action {
	case 1:
		e.Kind = discovery.EventMACLearned
	case 2:
		e.Kind, e.Detail = discovery.EventMACMoved, fmt.Sprintf("from port %d to port %d", from, to)
	case 3, 4: // removed, aged
		e.Kind, port = discovery.EventMACRemoved, from
	default:
		e.Kind, e.Detail = discovery.EventUnknown, fmt.Sprintf("action %d", action)
	}
	if port > 0 && port <= most31 {
		e.IfIndex = port
	}
	return []discovery.Event{e}
}
