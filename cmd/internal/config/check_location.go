package config

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"phoneport/discovery/lldp"
)

// civicPart ties a key to its CAtype (RFC 4776 section 3.4).
type civicPart struct {
	key    string
	catype uint8
	value  func(*CivicText) *string
}

var civicParts = []civicPart{
	{"language", 0, func(c *CivicText) *string { return &c.Language }},
	{"state", 1, func(c *CivicText) *string { return &c.State }},
	{"county", 2, func(c *CivicText) *string { return &c.County }},
	{"city", 3, func(c *CivicText) *string { return &c.City }},
	{"district", 4, func(c *CivicText) *string { return &c.District }},
	{"block", 5, func(c *CivicText) *string { return &c.Block }},
	{"street", 6, func(c *CivicText) *string { return &c.Street }},
	{"leading_direction", 16, func(c *CivicText) *string { return &c.LeadingDirection }},
	{"trailing_suffix", 17, func(c *CivicText) *string { return &c.TrailingSuffix }},
	{"street_suffix", 18, func(c *CivicText) *string { return &c.StreetSuffix }},
	{"number", 19, func(c *CivicText) *string { return &c.Number }},
	{"number_suffix", 20, func(c *CivicText) *string { return &c.NumberSuffix }},
	{"landmark", 21, func(c *CivicText) *string { return &c.Landmark }},
	{"additional", 22, func(c *CivicText) *string { return &c.Additional }},
	{"name", 23, func(c *CivicText) *string { return &c.Name }},
	{"zip", 24, func(c *CivicText) *string { return &c.ZIP }},
	{"building", 25, func(c *CivicText) *string { return &c.Building }},
	{"unit", 26, func(c *CivicText) *string { return &c.Unit }},
	{"floor", 27, func(c *CivicText) *string { return &c.Floor }},
	{"room", 28, func(c *CivicText) *string { return &c.Room }},
	{"place_type", 29, func(c *CivicText) *string { return &c.PlaceType }},
}

// CivicKeys gives the keys of a civic address, country first.
func CivicKeys() []string {
	keys := []string{"country", "what"}
	for _, p := range civicParts {
		keys = append(keys, p.key)
	}
	return keys
}

// Set gives a key of a civic address its value; false where there is no such key.
func (c *CivicText) Set(key, value string) bool {
	switch key {
	case "country":
		c.Country = value
		return true
	case "what":
		c.What = value
		return true
	}
	for _, p := range civicParts {
		if p.key == key {
			*p.value(c) = value
			return true
		}
	}
	return false
}

// CivicName gives the key of a CAtype, and "" for one that has none.
func CivicName(catype uint8) string {
	for _, p := range civicParts {
		if p.catype == catype {
			return p.key
		}
	}
	return ""
}

func (k *checker) location(path string, r LocationText) (out []lldp.Location) {
	if r.Coordinates != (CoordinatesText{}) {
		out = append(out, lldp.Location{Format: lldp.LocationCoordinate, Coordinate: k.coordinates(path+".coordinates", r.Coordinates)})
	}
	if r.Civic != (CivicText{}) {
		out = append(out, lldp.Location{Format: lldp.LocationCivic, Civic: k.civic(path+".civic", r.Civic)})
	}
	if r.ELIN != "" {
		digits := strings.Trim(r.ELIN, "0123456789") == ""
		if !digits || len(r.ELIN) < 10 || len(r.ELIN) > 25 {
			k.errf(path+".elin", "%q is no emergency number: 10 to 25 digits and nothing else", r.ELIN)
		}
		out = append(out, lldp.Location{Format: lldp.LocationELIN, ELIN: r.ELIN})
	}
	return out
}

// whose are the words of the element "what" (RFC 4776 section 3.1), in its order.
var whose = []string{"server", "switch", "phone"}

func (k *checker) civic(path string, r CivicText) lldp.Civic {
	c := lldp.Civic{What: 2, Country: strings.ToUpper(r.Country)}
	if i := slices.Index(whose, k.oneOf(path+".what", r.What, whose...)); i >= 0 {
		c.What = uint8(i)
	}
	if len(c.Country) != 2 || strings.Trim(c.Country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		k.errf(path+".country", "%q is no country: two letters of ISO 3166, such as DE", r.Country)
	}
	size := 3
	for _, p := range civicParts {
		v := *p.value(&r)
		if v == "" {
			continue
		}
		if !utf8.ValidString(v) || len(v) > maxText {
			k.errf(path+"."+p.key, "is longer than %d octets, or no UTF-8", maxText)
		}
		size += 2 + len(v)
		c.Parts = append(c.Parts, lldp.CivicPart{Type: p.catype, Value: v})
	}
	if size > 255 {
		k.errf(path, "is %d octets long, at most 255 can be told: shorten it", size)
	}
	return c
}

// datums are the words of the datum (RFC 6225 section 2.2), in its order from 1.
var datums = []string{"wgs84", "nad83-navd88", "nad83-mllw"}

// Scales of a location (RFC 6225 section 2.2): 25 bits behind the point of a degree, 8 of a metre or floor.
const (
	degree  = 1 << 25
	metre   = 1 << 8
	fullLat = 34
	fullAlt = 30
)

func (k *checker) coordinates(path string, r CoordinatesText) lldp.Coordinate {
	c := lldp.Coordinate{LatResolution: fullLat, LonResolution: fullLat, Datum: 1}
	if r.Latitude == nil || r.Longitude == nil {
		k.errf(path, "latitude and longitude are both needed")
		return c
	}
	c.Latitude = k.angle(path+".latitude", *r.Latitude, 90)
	c.Longitude = k.angle(path+".longitude", *r.Longitude, 180)
	if i := slices.Index(datums, k.oneOf(path+".datum", r.Datum, datums...)); i >= 0 {
		c.Datum = uint8(i + 1)
	}
	in := k.oneOf(path+".altitude_in", r.AltitudeIn, "metres", "floors")
	if r.Altitude == nil {
		if in != "" {
			k.errf(path+".altitude_in", "says nothing without altitude")
		}
		return c
	}
	c.AltType, c.AltResolution = 1, fullAlt
	if in == "floors" {
		c.AltType = 2
	}
	if most := float64(int64(1)<<29-1) / metre; math.IsNaN(*r.Altitude) || math.Abs(*r.Altitude) > most {
		k.errf(path+".altitude", "%v is not in -%.0f to %.0f", *r.Altitude, most, most)
		return c
	}
	c.Altitude = int32(math.Round(*r.Altitude * metre))
	return c
}

func (k *checker) angle(path string, v, most float64) int64 {
	if math.IsNaN(v) || math.Abs(v) > most {
		k.errf(path, "%v is not in -%v to %v degrees", v, most, most)
		return 0
	}
	return int64(math.Round(v * degree))
}
