package lldp_test

import "phoneport/discovery/lldp"

// med puts the fields of LLDP-MED.
func (f *fields) med(p *lldp.PDU) {
	const media = "lldp.media."
	start := func(sub, n int) {
		f.tlv(127, 0x0012bb, uint32(sub), 4+n)
		f.put(media+"subtype", sub)
	}
	if p.Has&lldp.HasMED != 0 {
		start(1, 3)
		f.put(media+"subtype.caps", p.MED.Bits)
		f.bits(media+"subtype.caps.", int(p.MED.Bits), "llpd", "network_policy", "location_id", "mdi_pse", "mid_pd", "inventory")
		f.put(media+"subtype.class", p.MED.Class)
	}
	for _, n := range p.Policies {
		start(2, 4)
		f.put(media+"app_type", n.Application)
		f.put(media+"policy_flag", flag(n.Unknown))
		f.put(media+"tag_flag", flag(n.Tagged))
		f.put(media+"vlan_id", n.VLAN)
		f.put(media+"l2_prio", n.PCP)
		f.put(media+"dscp", n.DSCP)
	}
	for _, l := range p.Locations {
		switch l.Format {
		case lldp.LocationCoordinate:
			c := l.Coordinate
			start(3, 17)
			f.put(media+"loc.data_format", 1)
			f.put(media+"loc.lat_resolution", c.LatResolution)
			// tshark shows the five octets, the resolution among them
			f.put(media+"loc.latitude", int64(c.LatResolution)<<34+(c.Latitude+1<<34)%(1<<34))
			f.put(media+"loc.long_resolution", c.LonResolution)
			f.put(media+"loc.longitude", int64(c.LonResolution)<<34+(c.Longitude+1<<34)%(1<<34))
			f.put(media+"loc.alt_type", c.AltType)
			f.put(media+"loc.alt_resolution", c.AltResolution)
			f.put(media+"loc.altitude", (int64(c.Altitude)+1<<30)%(1<<30))
			f.put(media+"loc.datum", c.Datum)
		case lldp.LocationCivic:
			n := 3
			for _, e := range l.Civic.Parts {
				n += 2 + len(e.Value)
			}
			start(3, 2+n)
			f.put(media+"loc.data_format", 2)
			f.put(media+"civic.length", n)
			f.put(media+"civic.what", l.Civic.What)
			f.put(media+"civic.country", l.Civic.Country)
			for _, e := range l.Civic.Parts {
				f.put(media+"civic.type", e.Type)
				f.put(media+"civic.length", len(e.Value)) // tshark has one field for all lengths
				f.put(media+"civic.value", e.Value)
			}
		case lldp.LocationELIN:
			start(3, 1+len(l.ELIN))
			f.put(media+"loc.data_format", 3)
			f.put(media+"ecs", l.ELIN)
		}
	}
	if p.Has&lldp.HasExtendedPower != 0 {
		start(4, 3)
		f.put(media+"power.type", p.ExtendedPower.Type)
		f.put(media+"power.source", p.ExtendedPower.Source)
		f.put(media+"power.prio", p.ExtendedPower.Priority)
		f.put(media+"power.value", p.ExtendedPower.Value)
	}
	for i, t := range []struct {
		has         lldp.Fields
		name, value string
	}{
		{lldp.HasHardware, "hardware", p.Hardware},
		{lldp.HasFirmware, "firmware", p.Firmware},
		{lldp.HasSoftware, "software", p.Software},
		{lldp.HasSerial, "sn", p.Serial},
		{lldp.HasManufacturer, "manufacturer", p.Manufacturer},
		{lldp.HasModel, "model", p.Model},
		{lldp.HasAsset, "asset", p.Asset},
	} {
		if p.Has&t.has != 0 {
			start(5+i, len(t.value))
			f.put(media+t.name, untilNUL(t.value))
		}
	}
}
