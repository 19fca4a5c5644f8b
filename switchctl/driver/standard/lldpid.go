package standard

import (
	"encoding/hex"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"phoneport/discovery"
	"phoneport/switchctl/snmp"
)

// LLDP port id subtypes (LldpPortIdSubtype of LLDP-MIB; IEEE 802.1AB clause 8.5.3.2).
const (
	PortIDAlias     = 1 // interfaceAlias
	PortIDComponent = 2 // portComponent
	PortIDMAC       = 3 // macAddress
	PortIDNetwork   = 4 // networkAddress
	PortIDInterface = 5 // interfaceName
	PortIDCircuit   = 6 // agentCircuitId
	PortIDLocal     = 7 // local
)

// LLDP chassis id subtypes (LldpChassisIdSubtype of LLDP-MIB; IEEE 802.1AB clause 8.5.2.2).
const (
	ChassisComponent = 1 // chassisComponent
	ChassisAlias     = 2 // interfaceAlias
	ChassisPort      = 3 // portComponent
	ChassisMAC       = 4 // macAddress
	ChassisNetwork   = 5 // networkAddress
	ChassisInterface = 6 // interfaceName
	ChassisLocal     = 7 // local
)

// ChassisID gives an LLDP chassis id in text: MAC addresses as aa:bb:cc:dd:ee:ff whether the agent gives
// octets or any spelling, network addresses as such, names as they are, and other octets in hexadecimal.
func ChassisID(subtype int64, v snmp.Value) string {
	switch subtype {
	case ChassisMAC:
		return macText(v)
	case ChassisNetwork:
		return networkText(v.Bytes())
	}
	return nameText(v)
}

// PortID gives an LLDP port id in text, as ChassisID does.
func PortID(subtype int64, v snmp.Value) string {
	switch subtype {
	case PortIDMAC:
		return macText(v)
	case PortIDNetwork:
		return networkText(v.Bytes())
	}
	return nameText(v)
}

// macText reads a MAC address in octets or text; what is none is given as nameText does.
func macText(v snmp.Value) string {
	if m, ok := v.MAC(); ok {
		return m.String()
	}
	return nameText(v)
}

// networkText reads a network address as IEEE 802.1AB clause 8.5.2.3 has it (IANA address family number,
// then the address), without the family, or as text: agents send all three.
func networkText(b []byte) string {
	switch {
	case len(b) == 5 && b[0] == 1 || len(b) == 17 && b[0] == 2: // ipV4(1), ipV6(2)
		b = b[1:]
	case len(b) != 4 && len(b) != 16:
		return nameText(snmp.Octets(b))
	case printable(b):
		if a, err := netip.ParseAddr(string(b)); err == nil { // "10.1" is no address, "::ffff:10.1.2.30" is
			return a.String()
		}
	}
	if a, ok := netip.AddrFromSlice(b); ok {
		return a.Unmap().String()
	}
	return ""
}

// nameText gives text as it is; six octets that are no text as a MAC address, other octets in hexadecimal.
func nameText(v snmp.Value) string {
	raw := v.Bytes()
	b := []byte(strings.TrimRight(string(raw), "\x00"))
	switch {
	case len(raw) == 6 && len(b) == 0: // RouterOS says so of tunnels
		return "00:00:00:00:00:00"
	case raw == nil || printable(b) || mostlyText(b):
		return v.Text()
	}
	if m, ok := v.MAC(); ok {
		return m.String()
	}
	return hex.EncodeToString(raw)
}

// printable reports whether octets are text that a person can read.
func printable(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) && r != '\t' && r != '\n' && r != '\r' {
			return false
		}
	}
	return true
}

// mostlyText reports whether octets are text with a few odd ones in it (Latin-1 names).
func mostlyText(b []byte) bool {
	odd := 0
	for _, c := range b {
		if c < 0x20 && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
		if c >= 0x80 {
			odd++
		}
	}
	return len(b) > 0 && odd*2 < len(b)
}

// capabilityBits are the bits of LldpSystemCapabilitiesMap, numbered from the top of the first octet.
var capabilityBits = [...]discovery.Capability{
	discovery.CapOther, discovery.CapRepeater, discovery.CapBridge, discovery.CapWLAN,
	discovery.CapRouter, discovery.CapTelephone, discovery.CapDOCSIS, discovery.CapStation,
}

// Capabilities reads the supported and the enabled capabilities: the enabled ones where the neighbour, or the
// agent, tells any, else the supported ones.
func Capabilities(supported, enabled snmp.Value) []discovery.Capability {
	if c := capabilities(enabled); len(c) > 0 {
		return c
	}
	return capabilities(supported)
}

func capabilities(v snmp.Value) []discovery.Capability {
	var out []discovery.Capability
	for i, c := range capabilityBits {
		if v.Bit(i) {
			out = append(out, c)
		}
	}
	return out
}

// MEDApplication reads the application type in the index of the MED policy tables: BITS as an index, with or
// without its length (1.64, 2.64.0 or 64 is voice). Bit n is application type n. 0 means that it is none.
func MEDApplication(index snmp.OID) uint8 {
	if len(index) > 1 && int64(index[0]) == int64(len(index)-1) {
		index = index[1:]
	}
	if len(index) == 0 || len(index) > 2 {
		return 0
	}
	var b [2]byte
	for i, n := range index {
		if n > 255 {
			return 0
		}
		b[i] = byte(n)
	}
	v := snmp.Octets(b[:])
	app := uint8(0)
	for i := 1; i < 16; i++ {
		if v.Bit(i) {
			if app != 0 {
				return 0 // two applications at once are none
			}
			app = uint8(i)
		}
	}
	return app
}
