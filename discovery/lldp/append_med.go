package lldp

// med writes the TLVs of TIA-1057 clause 10.2.
func (w *writer) med(p *PDU) {
	if p.Has&HasMED != 0 {
		w.begin(typeOrg, orgMED)
		w.u16(p.MED.Bits)
		w.u8(p.MED.Class)
		w.end()
	}
	for i := range p.Policies {
		w.policy(&p.Policies[i])
	}
	for i := range p.Locations {
		w.location(&p.Locations[i])
	}
	if p.Has&HasExtendedPower != 0 {
		e := &p.ExtendedPower
		w.begin(typeOrg, orgExtPower)
		w.want(e.Type <= 3 && e.Source <= 3 && e.Priority <= 15, "type or source above 3, or priority above 15")
		w.u8(e.Type<<6 | e.Source<<4 | e.Priority)
		w.u16(e.Value)
		w.end()
	}
	w.text(p.Has&HasHardware != 0, typeOrg, orgHardware, p.Hardware, maxInventory)
	w.text(p.Has&HasFirmware != 0, typeOrg, orgFirmware, p.Firmware, maxInventory)
	w.text(p.Has&HasSoftware != 0, typeOrg, orgSoftware, p.Software, maxInventory)
	w.text(p.Has&HasSerial != 0, typeOrg, orgSerial, p.Serial, maxInventory)
	w.text(p.Has&HasManufacturer != 0, typeOrg, orgMaker, p.Manufacturer, maxInventory)
	w.text(p.Has&HasModel != 0, typeOrg, orgModel, p.Model, maxInventory)
	w.text(p.Has&HasAsset != 0, typeOrg, orgAsset, p.Asset, maxInventory)
}

func (w *writer) policy(n *NetworkPolicy) {
	w.begin(typeOrg, orgPolicy)
	w.want(n.VLAN <= 4095 && n.PCP <= 7 && n.DSCP <= 63, "VLAN above 4095, PCP above 7 or DSCP above 63")
	v := uint32(n.Application)<<24 | uint32(n.VLAN)<<9 | uint32(n.PCP)<<6 | uint32(n.DSCP)
	if n.Unknown {
		v |= 1 << 23
	}
	if n.Tagged {
		v |= 1 << 22
	}
	if n.Reserved {
		v |= 1 << 21
	}
	w.u32(v)
	w.end()
}

func (w *writer) location(l *Location) {
	w.begin(typeOrg, orgLocation)
	w.u8(l.Format)
	switch l.Format {
	case LocationCoordinate:
		w.coordinate(&l.Coordinate)
	case LocationCivic:
		w.civic(&l.Civic)
	case LocationELIN:
		w.want(isELIN(l.ELIN), badELIN)
		w.b = append(w.b, l.ELIN...)
	default:
		w.want(false, "unknown format")
	}
	w.end()
}

func (w *writer) coordinate(c *Coordinate) {
	w.want(c.LatResolution <= 63 && c.LonResolution <= 63 && c.AltResolution <= 63, "resolution above 63 bits")
	w.want(c.Latitude<<30>>30 == c.Latitude && c.Longitude<<30>>30 == c.Longitude, "latitude or longitude of more than 34 bits")
	w.want(c.Altitude<<2>>2 == c.Altitude && c.AltType <= 15, "altitude of more than 30 bits, or its type above 15")
	w.u40(uint64(c.LatResolution)<<34 | uint64(c.Latitude)&(1<<34-1))
	w.u40(uint64(c.LonResolution)<<34 | uint64(c.Longitude)&(1<<34-1))
	w.u40(uint64(c.AltType)<<36 | uint64(c.AltResolution)<<30 | uint64(uint32(c.Altitude)&(1<<30-1)))
	w.u8(c.Datum)
}

func (w *writer) u40(v uint64) {
	w.u8(uint8(v >> 32))
	w.u32(uint32(v))
}

func (w *writer) civic(c *Civic) {
	w.want(len(c.Country) == 2, "country of not 2 letters")
	at := len(w.b)
	w.u8(0) // length, set below
	w.u8(c.What)
	w.b = append(w.b, c.Country...)
	for i := range c.Parts {
		w.u8(c.Parts[i].Type)
		w.u8(uint8(len(c.Parts[i].Value)))
		w.b = append(w.b, c.Parts[i].Value...)
	}
	n := len(w.b) - at - 1
	w.want(n <= 255, "civic address of more than 255 octets") // and so each of its elements is shorter
	w.b[at] = byte(n)
}
