package lldp

import (
	"net/netip"
	"slices"
)

// dot1 reads the TLVs of IEEE 802.1Q annex D.
func (p *PDU) dot1(t tlv) {
	switch t.key {
	case orgPVID:
		if p.fixed(HasPVID, t, 2) {
			p.PVID = u16(t.v, 0)
		}
	case orgPortVLAN:
		if p.fits(t, 3) {
			p.PortVLANs = append(p.PortVLANs, PortVLAN{t.v[0], u16(t.v, 1)})
		}
	case orgVLANName:
		p.vlanName(t)
	case orgProtocol:
		if len(t.v) < 1 {
			p.problem(t, tooShort, false)
		} else if n := 1 + int(t.v[0]); n > len(t.v) {
			p.problem(t, badLength, false)
		} else if p.fits(t, n) {
			p.Protocols = append(p.Protocols, t.v[1:n])
		}
	default:
		p.unknown(t)
	}
}

func (p *PDU) vlanName(t tlv) {
	if len(t.v) < 3 {
		p.problem(t, tooShort, false)
		return
	}
	n := 3 + int(t.v[2])
	switch {
	case n > len(t.v):
		p.problem(t, badLength, false)
		return
	case n < len(t.v):
		p.problem(t, tooLong, true)
	case n > 3+maxVLANName:
		p.problem(t, overText, true)
	}
	p.VLANNames = append(p.VLANNames, VLANName{u16(t.v, 0), t.v[3:n]})
}

// dot3 reads the TLVs of IEEE 802.3 clause 79.3.
func (p *PDU) dot3(t tlv) {
	switch t.key {
	case orgMACPHY:
		if p.fixed(HasMACPHY, t, 5) {
			p.MACPHY = MACPHY{t.v[0], u16(t.v, 1), u16(t.v, 3)}
		}
	case orgPower:
		p.power(t)
	case orgAggregate:
		if p.fixed(HasAggregation, t, 5) {
			p.Aggregation = Aggregation{t.v[0], u32(t.v, 1)}
		}
	case orgMaxFrame:
		if p.fixed(HasMaxFrame, t, 2) {
			p.MaxFrame = u16(t.v, 0)
		}
	case orgMeasure:
		if p.once(HasMeasurements, t) {
			p.Measurements = t.v
		}
	default:
		p.unknown(t)
	}
}

// power reads Power via MDI. Its form is the longest that its length has room for.
func (p *PDU) power(t tlv) {
	form, n := MDIAF, mdiAF
	if len(t.v) >= mdiBT {
		form, n = MDIBT, mdiBT
	} else if len(t.v) >= mdiAT {
		form, n = MDIAT, mdiAT
	}
	if !p.fixed(HasPower, t, n) {
		return
	}
	m := &p.Power
	m.Form, m.Support, m.Pairs, m.Class = form, t.v[0], t.v[1], t.v[2]
	if form == MDIAF {
		return
	}
	b := t.v[3]
	m.Type, m.Source, m.PD4PID, m.Priority = b>>6, b>>4&3, b>>2&3, b&3
	m.Requested, m.Allocated = u16(t.v, 4), u16(t.v, 6)
	if form == MDIAT {
		return
	}
	m.RequestedA, m.RequestedB = u16(t.v, 8), u16(t.v, 10)
	m.AllocatedA, m.AllocatedB = u16(t.v, 12), u16(t.v, 14)
	s := u16(t.v, 16)
	m.PSEStatus, m.PDStatus, m.PairsExt = uint8(s>>14), uint8(s>>12&3), uint8(s>>10&3)
	m.ClassA, m.ClassB, m.ClassExt = uint8(s>>7&7), uint8(s>>4&7), uint8(s&15)
	m.System, m.MaxPower, m.Autoclass = t.v[18], u16(t.v, 19), t.v[21]
	m.PowerDown = u32(t.v, 21) & 0xffffff
}

// avaya reads the TLVs of 00-40-0D.
func (p *PDU) avaya(t tlv) {
	switch t.key {
	case orgConserve:
		if p.once(HasAvayaConservation, t) {
			p.Avaya.Conservation = t.v
		}
	case orgCallServer:
		p.servers(HasAvayaCallServers, t, &p.Avaya.CallServers)
	case orgPhone:
		if p.fixed(HasAvayaPhoneAddress, t, 12) {
			p.Avaya.PhoneAddress, p.Avaya.PhoneMask, p.Avaya.PhoneGateway = ip4(t.v), ip4(t.v[4:]), ip4(t.v[8:])
		}
	case orgFileServer:
		p.servers(HasAvayaFileServers, t, &p.Avaya.FileServers)
	case orgFraming:
		if p.fixed(HasAvayaFraming, t, 1) {
			p.Avaya.Framing = t.v[0]
		}
	default:
		p.unknown(t)
	}
}

// servers reads a list of IPv4 addresses. One that is cut off makes the TLV malformed: the others may be
// shifted too.
func (p *PDU) servers(f Fields, t tlv, to *[]netip.Addr) {
	if len(t.v)%4 != 0 {
		p.problem(t, badLength, false)
		return
	}
	if !p.once(f, t) {
		return
	}
	*to = slices.Grow(*to, len(t.v)/4)
	for v := t.v; len(v) > 0; v = v[4:] {
		*to = append(*to, ip4(v))
	}
}

func ip4(s string) netip.Addr { return netip.AddrFrom4([4]byte{s[0], s[1], s[2], s[3]}) }
