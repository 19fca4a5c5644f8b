package lldp

import (
	"fmt"
	"net/netip"
)

// Append adds the LLDPDU to b, with the End TLV. TLVs come in this order: the mandatory ones, those of
// IEEE 802.1AB clause 8.5, 802.1, 802.3, LLDP-MED (its capabilities first), Avaya, Cisco, Unknown. It refuses what
// Decode would lose or the standard forbids, and then gives b as it was. It allocates nothing where b has room.
//
// It does not judge the PDU as a whole: that a shutdown frame carries nothing else, or that LLDP-MED TLVs come
// with its capabilities, is up to who speaks.
func (p *PDU) Append(b []byte) ([]byte, error) {
	w := writer{b: b}
	if p.Has >= fieldsEnd {
		w.fail(typeEnd, 0, "unknown bits in Has")
	}
	w.id(typeChassis, p.Chassis)
	w.id(typePort, p.Port)
	w.begin(typeTTL, 0)
	w.u16(p.TTL)
	w.end()
	w.basic(p)
	w.dot1(p)
	w.dot3(p)
	w.med(p)
	w.avaya(p)
	if p.Has&HasFourWire != 0 {
		w.begin(typeOrg, orgFourWire)
		w.u8(p.FourWire)
		w.end()
	}
	for i := range p.Unknown {
		w.raw(&p.Unknown[i])
	}
	w.begin(typeEnd, 0)
	w.end()
	if w.err != nil {
		return b, w.err
	}
	return w.b, nil
}

// writer adds TLVs to b. The first error stays; what is written after it does not matter.
type writer struct {
	b     []byte
	start int // of the TLV being written
	typ   uint8
	key   uint32
	err   error
}

func (w *writer) fail(typ uint8, key uint32, reason string) {
	if w.err != nil {
		return
	}
	name := tlvName(typ, key)
	if name == "" {
		name = fmt.Sprintf("type %d", typ)
	}
	w.err = fmt.Errorf("encode %s TLV: %s", name, reason)
}

// want makes an error of what does not hold.
func (w *writer) want(holds bool, reason string) {
	if !holds {
		w.fail(w.typ, w.key, reason)
	}
}

func (w *writer) begin(typ uint8, key uint32) {
	w.start, w.typ, w.key = len(w.b), typ, key
	w.b = append(w.b, typ<<1, 0)
	if typ == typeOrg {
		w.u32(key)
	}
}

func (w *writer) end() {
	n := len(w.b) - w.start - 2
	if n > maxValue {
		w.fail(w.typ, w.key, "longer than 511 octets")
		return
	}
	w.b[w.start] |= byte(n >> 8)
	w.b[w.start+1] = byte(n)
}

func (w *writer) u8(v uint8)   { w.b = append(w.b, v) }
func (w *writer) u16(v uint16) { w.b = append(w.b, byte(v>>8), byte(v)) }
func (w *writer) u32(v uint32) {
	w.b = append(w.b, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
}

// text writes a TLV that is nothing but octets.
func (w *writer) text(has bool, typ uint8, key uint32, s string, atMost int) {
	if !has {
		return
	}
	w.begin(typ, key)
	w.want(len(s) <= atMost, overText)
	w.b = append(w.b, s...)
	w.end()
}

func (w *writer) id(typ uint8, id ID) {
	w.begin(typ, 0)
	w.want(id.Subtype >= 1 && id.Subtype <= ChassisLocal, "its subtype is reserved")
	w.want(len(id.Value) >= 1 && len(id.Value) <= maxID, "not 1 to 255 octets")
	w.u8(id.Subtype)
	w.b = append(w.b, id.Value...)
	w.end()
}

// basic writes the TLVs of IEEE 802.1AB clause 8.5.
func (w *writer) basic(p *PDU) {
	w.text(p.Has&HasPortDescription != 0, typePortDescription, 0, p.PortDescription, maxText)
	w.text(p.Has&HasSystemName != 0, typeSystemName, 0, p.SystemName, maxText)
	w.text(p.Has&HasSystemDescription != 0, typeSystemDescription, 0, p.SystemDescription, maxText)
	if p.Has&HasCapabilities != 0 {
		w.begin(typeCapabilities, 0)
		w.u16(p.Capabilities.Supported)
		w.u16(p.Capabilities.Enabled)
		w.end()
	}
	for i := range p.Management {
		m := &p.Management[i]
		w.begin(typeManagement, 0)
		w.want(len(m.Address) >= 1 && len(m.Address) <= maxAddress, "address of not 1 to 31 octets")
		w.want(len(m.OID) <= maxOID, "object identifier of more than 128 octets")
		w.u8(uint8(1 + len(m.Address)))
		w.u8(m.Family)
		w.b = append(w.b, m.Address...)
		w.u8(m.Interface)
		w.u32(m.Number)
		w.u8(uint8(len(m.OID)))
		w.b = append(w.b, m.OID...)
		w.end()
	}
}

// avaya writes the TLVs of 00-40-0D.
func (w *writer) avaya(p *PDU) {
	a := &p.Avaya
	w.text(p.Has&HasAvayaConservation != 0, typeOrg, orgConserve, a.Conservation, maxValue)
	if p.Has&HasAvayaCallServers != 0 {
		w.servers(orgCallServer, a.CallServers)
	}
	if p.Has&HasAvayaPhoneAddress != 0 {
		w.begin(typeOrg, orgPhone)
		w.ip4(a.PhoneAddress)
		w.ip4(a.PhoneMask)
		w.ip4(a.PhoneGateway)
		w.end()
	}
	if p.Has&HasAvayaFileServers != 0 {
		w.servers(orgFileServer, a.FileServers)
	}
	if p.Has&HasAvayaFraming != 0 {
		w.begin(typeOrg, orgFraming)
		w.u8(a.Framing)
		w.end()
	}
}

func (w *writer) servers(key uint32, addrs []netip.Addr) {
	w.begin(typeOrg, key)
	for _, a := range addrs {
		w.ip4(a)
	}
	w.end()
}

func (w *writer) ip4(a netip.Addr) {
	if !a.Is4() {
		w.want(false, "not an IPv4 address")
		return
	}
	v := a.As4()
	w.b = append(w.b, v[:]...)
}

// raw writes a TLV as it was heard. One that a field of PDU holds is refused: Decode would read it there.
func (w *writer) raw(r *Raw) {
	if r.Type != typeOrg {
		w.typ, w.key = r.Type, 0
		w.want(r.Type < typeOrg, "no such type")
		w.want(!named(r.Type, 0), "in Unknown, but has a field of its own")
		w.want(r.OUI == [3]byte{} && r.Subtype == 0, "organisation or subtype on a TLV that is not of type 127")
		w.text(true, r.Type, 0, r.Value, maxValue)
		return
	}
	key := orgKey(r.OUI, r.Subtype)
	w.typ, w.key = r.Type, key
	known := named(typeOrg, key)
	if key == orgLocation && len(r.Value) > 0 && (r.Value[0] < LocationCoordinate || r.Value[0] > LocationELIN) {
		known = false
	}
	w.want(!known, "in Unknown, but has a field of its own")
	w.text(true, typeOrg, key, r.Value, maxValue)
}
