package lldp

import "slices"

// Reset makes p empty and keeps its memory for the next Decode. The memory holds on to what was there until
// it is overwritten.
func (p *PDU) Reset() {
	*p = PDU{
		Management: p.Management[:0],
		PortVLANs:  p.PortVLANs[:0],
		VLANNames:  p.VLANNames[:0],
		Protocols:  p.Protocols[:0],
		Policies:   p.Policies[:0],
		Locations:  p.Locations[:0],
		Avaya:      Avaya{CallServers: p.Avaya.CallServers[:0], FileServers: p.Avaya.FileServers[:0]},
		Unknown:    p.Unknown[:0],
		Problems:   p.Problems[:0],
	}
}

// Clone gives a PDU that shares no memory with p that a Decode into p changes.
func (p *PDU) Clone() *PDU {
	q := *p
	q.Management = slices.Clone(p.Management)
	q.PortVLANs = slices.Clone(p.PortVLANs)
	q.VLANNames = slices.Clone(p.VLANNames)
	q.Protocols = slices.Clone(p.Protocols)
	q.Policies = slices.Clone(p.Policies)
	q.Locations = slices.Clone(p.Locations)
	for i := range q.Locations {
		q.Locations[i].Civic.Parts = slices.Clone(q.Locations[i].Civic.Parts)
	}
	q.Avaya.CallServers = slices.Clone(p.Avaya.CallServers)
	q.Avaya.FileServers = slices.Clone(p.Avaya.FileServers)
	q.Unknown = slices.Clone(p.Unknown)
	q.Problems = slices.Clone(p.Problems)
	return &q
}

// Equal reports whether two PDUs say the same; Problems do not count, nor do fields whose bit in Has is not set. The
// order of TLVs of one kind counts, as it tells them apart in the frame.
func (p *PDU) Equal(q *PDU) bool {
	return p.Chassis == q.Chassis && p.Port == q.Port && p.TTL == q.TTL && p.Has == q.Has &&
		slices.Equal(p.Management, q.Management) &&
		slices.Equal(p.PortVLANs, q.PortVLANs) && slices.Equal(p.VLANNames, q.VLANNames) && slices.Equal(p.Protocols, q.Protocols) &&
		slices.Equal(p.Policies, q.Policies) && slices.EqualFunc(p.Locations, q.Locations, Location.Equal) &&
		slices.Equal(p.Unknown, q.Unknown) && p.equalFields(q)
}

// equalFields compares the TLVs that come at most once; the two sets of them are the same.
func (p *PDU) equalFields(q *PDU) bool {
	return (p.PortDescription == q.PortDescription || p.Has&HasPortDescription == 0) &&
		(p.SystemName == q.SystemName || p.Has&HasSystemName == 0) &&
		(p.SystemDescription == q.SystemDescription || p.Has&HasSystemDescription == 0) &&
		(p.Capabilities == q.Capabilities || p.Has&HasCapabilities == 0) &&
		(p.PVID == q.PVID || p.Has&HasPVID == 0) &&
		(p.MACPHY == q.MACPHY || p.Has&HasMACPHY == 0) &&
		(p.Aggregation == q.Aggregation || p.Has&HasAggregation == 0) &&
		(p.MaxFrame == q.MaxFrame || p.Has&HasMaxFrame == 0) &&
		(p.Power == q.Power || p.Has&HasPower == 0) &&
		(p.Measurements == q.Measurements || p.Has&HasMeasurements == 0) &&
		(p.FourWire == q.FourWire || p.Has&HasFourWire == 0) &&
		p.equalMED(q) && p.equalAvaya(q)
}

func (p *PDU) equalMED(q *PDU) bool {
	return (p.MED == q.MED || p.Has&HasMED == 0) &&
		(p.ExtendedPower == q.ExtendedPower || p.Has&HasExtendedPower == 0) &&
		(p.Hardware == q.Hardware || p.Has&HasHardware == 0) &&
		(p.Firmware == q.Firmware || p.Has&HasFirmware == 0) &&
		(p.Software == q.Software || p.Has&HasSoftware == 0) &&
		(p.Serial == q.Serial || p.Has&HasSerial == 0) &&
		(p.Manufacturer == q.Manufacturer || p.Has&HasManufacturer == 0) &&
		(p.Model == q.Model || p.Has&HasModel == 0) &&
		(p.Asset == q.Asset || p.Has&HasAsset == 0)
}

func (p *PDU) equalAvaya(q *PDU) bool {
	a, b := &p.Avaya, &q.Avaya
	return (a.Conservation == b.Conservation || p.Has&HasAvayaConservation == 0) &&
		(slices.Equal(a.CallServers, b.CallServers) || p.Has&HasAvayaCallServers == 0) &&
		(a.PhoneAddress == b.PhoneAddress && a.PhoneMask == b.PhoneMask && a.PhoneGateway == b.PhoneGateway || p.Has&HasAvayaPhoneAddress == 0) &&
		(slices.Equal(a.FileServers, b.FileServers) || p.Has&HasAvayaFileServers == 0) &&
		(a.Framing == b.Framing || p.Has&HasAvayaFraming == 0)
}

// Equal reports whether two locations say the same; parts of other formats do not count.
func (l Location) Equal(m Location) bool {
	if l.Format != m.Format {
		return false
	}
	switch l.Format {
	case LocationCoordinate:
		return l.Coordinate == m.Coordinate
	case LocationCivic:
		return l.Civic.What == m.Civic.What && l.Civic.Country == m.Civic.Country && slices.Equal(l.Civic.Parts, m.Civic.Parts)
	}
	return l.ELIN == m.ELIN
}
