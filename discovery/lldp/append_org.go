package lldp

// dot1 writes the TLVs of IEEE 802.1Q annex D.
func (w *writer) dot1(p *PDU) {
	if p.Has&HasPVID != 0 {
		w.begin(typeOrg, orgPVID)
		w.u16(p.PVID)
		w.end()
	}
	for _, v := range p.PortVLANs {
		w.begin(typeOrg, orgPortVLAN)
		w.u8(v.Flags)
		w.u16(v.VLAN)
		w.end()
	}
	for i := range p.VLANNames {
		v := &p.VLANNames[i]
		w.begin(typeOrg, orgVLANName)
		w.want(len(v.Name) <= maxVLANName, overText)
		w.u16(v.VLAN)
		w.u8(uint8(len(v.Name)))
		w.b = append(w.b, v.Name...)
		w.end()
	}
	for _, s := range p.Protocols {
		w.begin(typeOrg, orgProtocol)
		w.want(len(s) <= 255, "identity of more than 255 octets")
		w.u8(uint8(len(s)))
		w.b = append(w.b, s...)
		w.end()
	}
}

// dot3 writes the TLVs of IEEE 802.3 clause 79.3.
func (w *writer) dot3(p *PDU) {
	if p.Has&HasMACPHY != 0 {
		w.begin(typeOrg, orgMACPHY)
		w.u8(p.MACPHY.Autoneg)
		w.u16(p.MACPHY.Advertised)
		w.u16(p.MACPHY.MAU)
		w.end()
	}
	if p.Has&HasPower != 0 {
		w.power(&p.Power)
	}
	if p.Has&HasAggregation != 0 {
		w.begin(typeOrg, orgAggregate)
		w.u8(p.Aggregation.Status)
		w.u32(p.Aggregation.PortID)
		w.end()
	}
	if p.Has&HasMaxFrame != 0 {
		w.begin(typeOrg, orgMaxFrame)
		w.u16(p.MaxFrame)
		w.end()
	}
	w.text(p.Has&HasMeasurements != 0, typeOrg, orgMeasure, p.Measurements, maxValue)
}

func (w *writer) power(m *MDIPower) {
	w.begin(typeOrg, orgPower)
	w.want(m.Form >= MDIAF && m.Form <= MDIBT, "unknown form")
	w.want(*m == m.cut(), "fields that its form does not have")
	w.u8(m.Support)
	w.u8(m.Pairs)
	w.u8(m.Class)
	if m.Form >= MDIAT {
		w.want(m.Type <= 3 && m.Source <= 3 && m.PD4PID <= 3 && m.Priority <= 3, "type, source, 4PID or priority above 3")
		w.u8(m.Type<<6 | m.Source<<4 | m.PD4PID<<2 | m.Priority)
		w.u16(m.Requested)
		w.u16(m.Allocated)
	}
	if m.Form == MDIBT {
		w.want(m.PSEStatus <= 3 && m.PDStatus <= 3 && m.PairsExt <= 3, "status or pairs above 3")
		w.want(m.ClassA <= 7 && m.ClassB <= 7 && m.ClassExt <= 15, "class above 7, or extended class above 15")
		w.want(m.PowerDown <= 0xffffff, "power down of more than 24 bits")
		w.u16(m.RequestedA)
		w.u16(m.RequestedB)
		w.u16(m.AllocatedA)
		w.u16(m.AllocatedB)
		w.u16(uint16(m.PSEStatus)<<14 | uint16(m.PDStatus)<<12 | uint16(m.PairsExt)<<10 |
			uint16(m.ClassA)<<7 | uint16(m.ClassB)<<4 | uint16(m.ClassExt))
		w.u8(m.System)
		w.u16(m.MaxPower)
		w.u32(uint32(m.Autoclass)<<24 | m.PowerDown)
	}
	w.end()
}

// cut gives m without the fields that its form does not have.
func (m *MDIPower) cut() MDIPower {
	if m.Form == MDIBT {
		return *m
	}
	c := MDIPower{Form: m.Form, Support: m.Support, Pairs: m.Pairs, Class: m.Class}
	if m.Form == MDIAT {
		c.Type, c.Source, c.PD4PID, c.Priority = m.Type, m.Source, m.PD4PID, m.Priority
		c.Requested, c.Allocated = m.Requested, m.Allocated
	}
	return c
}
