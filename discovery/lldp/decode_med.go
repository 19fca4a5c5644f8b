package lldp

// med reads the TLVs of TIA-1057 clause 10.2.
func (p *PDU) med(t tlv) {
	switch t.key {
	case orgMED:
		if p.fixed(HasMED, t, 3) {
			p.MED = MEDCapabilities{u16(t.v, 0), t.v[2]}
		}
	case orgPolicy:
		if p.fits(t, 4) {
			p.Policies = append(p.Policies, policy(u32(t.v, 0)))
		}
	case orgLocation:
		p.location(t)
	case orgExtPower:
		if p.fixed(HasExtendedPower, t, 3) {
			b := t.v[0]
			p.ExtendedPower = ExtendedPower{b >> 6, b >> 4 & 3, b & 15, u16(t.v, 1)}
		}
	case orgHardware:
		p.text(HasHardware, t, maxInventory, &p.Hardware)
	case orgFirmware:
		p.text(HasFirmware, t, maxInventory, &p.Firmware)
	case orgSoftware:
		p.text(HasSoftware, t, maxInventory, &p.Software)
	case orgSerial:
		p.text(HasSerial, t, maxInventory, &p.Serial)
	case orgMaker:
		p.text(HasManufacturer, t, maxInventory, &p.Manufacturer)
	case orgModel:
		p.text(HasModel, t, maxInventory, &p.Model)
	case orgAsset:
		p.text(HasAsset, t, maxInventory, &p.Asset)
	default:
		p.unknown(t)
	}
}

// policy takes a network policy apart: application 8, U, T, X, VLAN 12, PCP 3, DSCP 6 bits (TIA-1057 clause 10.2.3).
func policy(w uint32) NetworkPolicy {
	return NetworkPolicy{
		Application: uint8(w >> 24),
		Unknown:     w>>23&1 != 0,
		Tagged:      w>>22&1 != 0,
		Reserved:    w>>21&1 != 0,
		VLAN:        uint16(w >> 9 & 0xfff),
		PCP:         uint8(w >> 6 & 7),
		DSCP:        uint8(w & 63),
	}
}

// location reads a location identification (TIA-1057 clause 10.2.4).
func (p *PDU) location(t tlv) {
	if len(t.v) < 1 {
		p.problem(t, tooShort, false)
		return
	}
	switch t.v[0] {
	case LocationCoordinate:
		if p.fits(t, 1+coordinate) {
			p.newLocation(LocationCoordinate).Coordinate = coordinates(t.v[1:])
		}
	case LocationCivic:
		p.civic(t)
	case LocationELIN:
		if !isELIN(t.v[1:]) {
			p.problem(t, badELIN, true)
		}
		p.newLocation(LocationELIN).ELIN = t.v[1:]
	default:
		p.unknown(t)
	}
}

// newLocation adds a location. It keeps the memory for civic elements that an earlier Decode left in its place.
func (p *PDU) newLocation(format uint8) *Location {
	n := len(p.Locations)
	if n == cap(p.Locations) {
		p.Locations = append(p.Locations, Location{})
	}
	p.Locations = p.Locations[:n+1]
	l := &p.Locations[n]
	*l = Location{Format: format, Civic: Civic{Parts: l.Civic.Parts[:0]}}
	return l
}

// coordinates reads RFC 6225 clause 2.2: resolution 6 and latitude 34 bits, the same for longitude, type of altitude 4,
// resolution 6, altitude 30, datum 8.
func coordinates(v string) Coordinate {
	lat := uint64(v[0])<<32 | uint64(u32(v, 1))
	lon := uint64(v[5])<<32 | uint64(u32(v, 6))
	alt := uint64(v[10])<<32 | uint64(u32(v, 11))
	return Coordinate{
		LatResolution: uint8(lat >> 34), Latitude: int64(lat<<30) >> 30,
		LonResolution: uint8(lon >> 34), Longitude: int64(lon<<30) >> 30,
		AltType: uint8(alt >> 36), AltResolution: uint8(alt >> 30 & 63), Altitude: int32(uint32(alt)<<2) >> 2,
		Datum: v[15],
	}
}

// civic reads a civic address: its length, then what, country and elements, each with type and length.
func (p *PDU) civic(t tlv) {
	if len(t.v) < 2+civicFixed {
		p.problem(t, tooShort, false)
		return
	}
	end := 2 + int(t.v[1])
	if end < 2+civicFixed || end > len(t.v) {
		p.problem(t, badLength, false)
		return
	}
	elements, n := t.v[2+civicFixed:end], 0
	for e := elements; len(e) > 0; n++ {
		if len(e) < 2 || len(e) < 2+int(e[1]) {
			p.problem(t, badLength, false)
			return
		}
		e = e[2+int(e[1]):]
	}
	if end < len(t.v) {
		p.problem(t, tooLong, true)
	}
	l := p.newLocation(LocationCivic)
	l.Civic.What, l.Civic.Country = t.v[2], t.v[3:5]
	if cap(l.Civic.Parts) < n {
		l.Civic.Parts = make([]CivicPart, 0, n)
	}
	for e := elements; len(e) > 0; {
		end := 2 + int(e[1])
		l.Civic.Parts = append(l.Civic.Parts, CivicPart{e[0], e[2:end]})
		e = e[end:]
	}
}

func isELIN(s string) bool {
	if len(s) < minELIN || len(s) > maxELIN {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
