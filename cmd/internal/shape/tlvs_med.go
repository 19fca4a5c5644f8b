package shape

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"phoneport/discovery/lldp"
)

// med adds the TLVs of TIA-1057 clause 10.2.
func (t *tlvs) med(p *lldp.PDU) {
	if p.Has&lldp.HasMED != 0 {
		t.add("MED capabilities", fmt.Sprintf("class %s: %s", name(p.MED.Class, "unknown", "I (generic)", "II (media)", "III (communication device)", "network device"),
			bits(uint32(p.MED.Bits), []bit{
				{uint32(lldp.MEDCaps), "capabilities"},
				{uint32(lldp.MEDPolicy), "policy"},
				{uint32(lldp.MEDLocation), "location"},
				{uint32(lldp.MEDPSE), "power-PSE"},
				{uint32(lldp.MEDPD), "power-PD"},
				{uint32(lldp.MEDInventory), "inventory"},
			})))
	}
	for _, y := range p.Policies {
		t.add("network policy", networkPolicy(y))
	}
	for _, l := range p.Locations {
		t.add("location", location(l))
	}
	if p.Has&lldp.HasExtendedPower != 0 {
		e := p.ExtendedPower
		pd := e.Type == 1
		t.add("MED power", words(name(e.Type, "PSE", "PD"), powerSource(pd, e.Source), powerPriority(e.Priority), tenths(e.Value)))
	}
	for _, f := range [...]struct {
		has        lldp.Fields
		name, text string
	}{
		{lldp.HasHardware, "hardware revision", p.Hardware},
		{lldp.HasFirmware, "firmware revision", p.Firmware},
		{lldp.HasSoftware, "software revision", p.Software},
		{lldp.HasSerial, "serial number", p.Serial},
		{lldp.HasManufacturer, "manufacturer", p.Manufacturer},
		{lldp.HasModel, "model", p.Model},
		{lldp.HasAsset, "asset id", p.Asset},
	} {
		t.lldpTexts(p, f.has, f.name, f.text)
	}
}

func networkPolicy(y lldp.NetworkPolicy) string {
	app := name(y.Application, "", "voice", "voice signaling", "guest voice", "guest voice signaling", "softphone voice",
		"video conferencing", "streaming video", "video signaling")
	how := fmt.Sprintf("untagged, DSCP %d", y.DSCP)
	if y.Tagged {
		how = fmt.Sprintf("%s, priority %d, DSCP %d", when(y.VLAN == 0, "priority tagged", "tagged VLAN "+strconv.Itoa(int(y.VLAN))), y.PCP, y.DSCP)
	} else if y.VLAN != 0 || y.PCP != 0 {
		how += fmt.Sprintf(" (VLAN %d, priority %d do not count)", y.VLAN, y.PCP)
	}
	return app + ": " + words(when(y.Unknown, "needed and unknown", ""), how, when(y.Reserved, "reserved bit set", ""))
}

// civicNames are the commonest CAtypes (RFC 4776 clause 3.4).
var civicNames = map[uint8]string{
	1: "state", 2: "county", 3: "city", 4: "district", 5: "block", 6: "street", 19: "number", 21: "landmark", 22: "location", 23: "name",
	24: "postal code", 25: "building", 26: "unit", 27: "floor", 28: "room", 29: "place type",
}

func location(l lldp.Location) string {
	switch l.Format {
	case lldp.LocationCoordinate:
		return coordinates(l.Coordinate)
	case lldp.LocationCivic:
		var parts []string
		for _, p := range l.Civic.Parts {
			n := civicNames[p.Type]
			if n == "" {
				n = "type " + strconv.Itoa(int(p.Type))
			}
			parts = append(parts, n+" "+lldp.Text(p.Value))
		}
		return fmt.Sprintf("civic address of the %s, country %s: %s", name(l.Civic.What, "DHCP server", "network device", "client"),
			lldp.Text(l.Civic.Country), strings.Join(parts, ", "))
	case lldp.LocationELIN:
		return "emergency number " + lldp.Text(l.ELIN)
	}
	return fmt.Sprintf("format %d", l.Format)
}

// coordinates gives a position in degrees (RFC 6225 clause 2.2: 25 and 8 bits of fraction).
func coordinates(c lldp.Coordinate) string {
	degrees := func(v int64, bits uint8) string {
		return fmt.Sprintf("%.6f° (%d bits count)", float64(v)/(1<<25), bits)
	}
	return fmt.Sprintf("latitude %s, longitude %s, altitude %.2f %s (%d bits count), datum %s",
		degrees(c.Latitude, c.LatResolution), degrees(c.Longitude, c.LonResolution),
		float64(c.Altitude)/(1<<8), name(c.AltType, "of unknown type", "metres", "floors"), c.AltResolution,
		name(c.Datum, "", "WGS84", "NAD83 with NAVD88", "NAD83 with MLLW"))
}

// vendors adds the TLVs of Avaya (00-40-0D) and Cisco (00-01-42).
func (t *tlvs) vendors(p *lldp.PDU) {
	a := p.Avaya
	if p.Has&lldp.HasAvayaConservation != 0 {
		t.add("Avaya power conservation", octets(a.Conservation))
	}
	if p.Has&lldp.HasAvayaCallServers != 0 {
		t.add("Avaya call servers", addresses(a.CallServers))
	}
	if p.Has&lldp.HasAvayaPhoneAddress != 0 {
		t.add("Avaya phone address", fmt.Sprintf("%s, mask %s, gateway %s", a.PhoneAddress, a.PhoneMask, a.PhoneGateway))
	}
	if p.Has&lldp.HasAvayaFileServers != 0 {
		t.add("Avaya file servers", addresses(a.FileServers))
	}
	if p.Has&lldp.HasAvayaFraming != 0 {
		t.add("Avaya 802.1Q framing", name(a.Framing, "", "tagged", "untagged"))
	}
	if p.Has&lldp.HasFourWire != 0 {
		t.add("Cisco four-wire power", bits(uint32(p.FourWire), fourWireBits))
	}
}

// fourWireBits are those of Cisco's TLV and of CDP TLV 001F.
var fourWireBits = []bit{
	{uint32(lldp.FourWireSupported), "supported"},
	{uint32(lldp.FourWireDetect), "detection-needed"},
	{uint32(lldp.FourWireDesired), "desired"},
	{uint32(lldp.FourWireOn), "on"},
}

func addresses(as []netip.Addr) string {
	out := make([]string, 0, len(as))
	for _, a := range as {
		out = append(out, a.String())
	}
	return when(len(out) == 0, "none", strings.Join(out, " "))
}
