package ciscoios

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl"
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// cdpPart reads the CDP neighbours. cdpCacheApplianceID and cdpCacheVlanID are not read: phones send a
// constant there (20 02 00 01), which says nothing about the VLAN that they use.
func cdpPart() standard.Part {
	return standard.Part{
		Name: "cisco-cdp", Phase: standard.PhaseState, Keep: standard.StampCDP,
		Tables: func(b *standard.Build) []snmp.Table {
			return []snmp.Table{{Name: "cdpCacheTable", Entry: cdpCacheEntry, Rows: b.Expect(), Columns: []uint32{
				cdpCacheAddress, cdpCacheVersion, cdpCacheDeviceID, cdpCacheDevicePort, cdpCachePlatform, cdpCacheCapabilities,
				cdpCacheNativeVLAN, cdpCachePowerConsumption,
			}}}
		},
		Fill: func(b *standard.Build, rows []*snmp.Rows) {
			for _, r := range rows[0].All() {
				if len(r.Index) != 2 {
					continue
				}
				p := b.ByIf(int(r.Index[0]))
				if n, ok := neighbor(r); ok && p != nil {
					b.AddNeighbor(p, n)
				}
			}
		},
	}
}

// fillCDPEnable reads on which ports CDP runs; run is cdpGlobalRun, of the whole switch.
func fillCDPEnable(b *standard.Build, ports, run *snmp.Rows) {
	off := false
	if r := run.At(0); r != nil {
		n, ok := r.Int(cdpGlobalRun)
		off = ok && n == 2
	}
	for _, r := range ports.All() {
		i, _ := oneIndex(r)
		p := b.ByIf(i)
		if p == nil {
			continue
		}
		switch n, _ := r.Int(cdpInterfaceEnable); {
		case n == 2 || n == 1 && off:
			p.CDP = switchctl.Down
		case n == 1:
			p.CDP = switchctl.Up
		}
	}
}

// neighbor reads one row of cdpCacheTable; ok is false where the row does not even tell a device id.
func neighbor(r *snmp.Row) (n discovery.Neighbor, ok bool) {
	n = discovery.Neighbor{
		Protocol:     discovery.CDP,
		ChassisID:    deviceID(r.Value(cdpCacheDeviceID)),
		PortID:       unquote(r.Text(cdpCacheDevicePort)),
		Platform:     unquote(r.Text(cdpCachePlatform)),
		Software:     unquote(r.Text(cdpCacheVersion)),
		Capabilities: capabilities(r.Value(cdpCacheCapabilities)),
	}
	if n.ChassisID == "" {
		return n, false
	}
	n.System = systemName(n.ChassisID)
	if m, err := discovery.ParseMAC(n.System); err == nil {
		n.MAC = m
	}
	if v, ok := r.Int(cdpCacheNativeVLAN); ok && v >= 1 && v <= 4094 {
		n.NativeVLAN = uint16(v)
	}
	if w, ok := r.Int(cdpCachePowerConsumption); ok && w > 0 && w <= maxPower {
		n.Draws = discovery.Milliwatts(w)
	}
	if a := ipAddress(r.Bytes(cdpCacheAddress)); a != "" {
		n.Addresses = []string{a}
	}
	return n, true
}

// maxPower is more than any power over Ethernet, in milliwatts (802.3bt: 90 W); more is a broken row.
const maxPower = 120_000

// deviceID gives the device id in text: a name, or a MAC address where it is six octets that are no text.
func deviceID(v snmp.Value) string {
	if b := v.Bytes(); len(b) == 6 {
		for _, c := range b {
			if c < 0x20 || c > 0x7e {
				m, _ := v.MAC()
				return m.String()
			}
		}
	}
	return unquote(v.Text())
}

// systemName gives the device id without the serial number that NX-OS and CatOS put behind the name:
// "core-1(SSI1234567A)".
func systemName(id string) string {
	if i := strings.IndexByte(id, '('); i > 0 && strings.HasSuffix(id, ")") {
		return id[:i]
	}
	return id
}

// unquote takes away double quotes around a text: no device says them, recordings have them.
func unquote(s string) string {
	if !strings.HasPrefix(s, `"`) {
		return s
	}
	return strings.TrimSpace(strings.TrimSuffix(s[1:], `"`))
}

// ipAddress gives an IPv4 or IPv6 address in text, "" for others and for the unspecified one, which phones
// send before they have an address.
func ipAddress(b []byte) string {
	a, ok := netip.AddrFromSlice(b)
	if !ok || a.IsUnspecified() {
		return ""
	}
	return a.String()
}

// cdpCapabilities are the bits of CDP TLV 0004 that phoneport tells apart, least significant first.
var cdpCapabilities = []struct {
	bit  uint32
	word string // in lower case, as "show cdp neighbors detail" writes it
	is   discovery.Capability
}{
	{0x01, "router", discovery.CapRouter},
	{0x02, "trans-bridge", discovery.CapBridge},
	{0x04, "source-route-bridge", discovery.CapBridge},
	{0x08, "switch", discovery.CapBridge},
	{0x10, "host", discovery.CapStation},
	{0x40, "repeater", discovery.CapRepeater},
	{0x80, "phone", discovery.CapTelephone},
}

// capabilities reads cdpCacheCapabilities: four octets on the wire, but agents and recordings exist that
// give text, either words or hexadecimal digits.
func capabilities(v snmp.Value) []discovery.Capability {
	var bits uint32
	b := v.Bytes()
	switch n, isNumber := v.Int(); {
	case v.Kind != snmp.KindOctets && isNumber:
		bits = uint32(n)
	case len(b) == 0:
	case len(b) <= 4 && !printable(b):
		for _, c := range b {
			bits = bits<<8 | uint32(c)
		}
	default:
		bits = capabilityText(v.Text())
	}
	var out []discovery.Capability
	for _, c := range cdpCapabilities {
		if bits&c.bit != 0 && (len(out) == 0 || out[len(out)-1] != c.is) {
			out = append(out, c.is)
		}
	}
	return out
}

// capabilityText reads capabilities in text: "00000490", "0x490", "00 00 04 90", "Host Phone".
func capabilityText(s string) uint32 {
	s = strings.ToLower(s)
	digits := strings.NewReplacer(" ", "", ":", "", "0x", "").Replace(s)
	if raw, err := hex.DecodeString(digits); err == nil && len(raw) == 4 {
		return uint32(raw[0])<<24 | uint32(raw[1])<<16 | uint32(raw[2])<<8 | uint32(raw[3])
	}
	if h, ok := strings.CutPrefix(s, "0x"); ok {
		n, _ := strconv.ParseUint(h, 16, 32)
		return uint32(n)
	}
	var bits uint32
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' }) {
		for _, c := range cdpCapabilities {
			if c.word == word {
				bits |= c.bit
			}
		}
	}
	return bits
}

// printable reports whether all octets are printable ASCII: four octets of capabilities never are, the
// highest ones are zero.
func printable(b []byte) bool {
	for _, c := range b {
		if c < 0x20 || c > 0x7e {
			return false
		}
	}
	return true
}
