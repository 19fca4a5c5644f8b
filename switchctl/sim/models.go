package sim

import (
	"net/netip"

	"phoneport/discovery"
)

// model is a make of phone: what it says of itself and what it draws.
type model struct {
	vendor       string // as the inventory has it
	name         string // model as LLDP-MED tells it
	manufacturer string // as LLDP-MED tells it
	oui          [3]byte
	class        uint8 // IEEE class
	draw         uint32
	cdp          bool   // speaks CDP
	platform     string // CDP platform, and first part of the LLDP system description
	software     string
	hardware     string
	firmware     string
	descr        string // LLDP system description
	portDescr    string
	// What the chassis and port identifiers look like; see standards of each vendor.
	ids idStyle
}

// idStyle is how a phone fills its LLDP identity.
type idStyle uint8

const (
	idCisco  idStyle = iota // chassis = IP address, port = local "<MAC>:P1"
	idAvaya                 // chassis = IP address, port = MAC, telephone enabled only when registered
	idMAC                   // chassis = IP address, port = MAC
	idSerial                // chassis = MAC, port = MAC, MED serial = MAC (Poly)
)

// classPower is what a switch reserves for a class, in milliwatts at the switch (IEEE 802.3 clause
// 33.2.6; class 0 and 3 are 15.4 W, 4 is 30 W).
func classPower(class uint8) uint32 {
	return [...]uint32{15400, 4000, 7000, 15400, 30000}[min(class, 4)]
}

// models are dealt out to the ports; the first are the most common.
var models = []*model{
	{
		vendor: "cisco", name: "CP-8841", manufacturer: "Cisco Systems, Inc.", oui: [3]byte{0x2c, 0x31, 0x24}, class: 2, draw: 4600,
		cdp: true, platform: "Cisco IP Phone 8841", software: "sip88xx.12-8-1-0001-455", hardware: "V04", firmware: "sb288xx.BE-01-020.sbn",
		descr: "Cisco IP Phone CP-8841,V04, sip88xx.12-8-1-0001-455", portDescr: "SW PORT", ids: idCisco,
	},
	{
		vendor: "cisco", name: "CP-7962G", manufacturer: "Cisco Systems, Inc.", oui: [3]byte{0x00, 0x21, 0xd8}, class: 2, draw: 6300,
		cdp: true, platform: "Cisco IP Phone 7962", software: "SCCP42.9-3-1ES27S", hardware: "12", firmware: "tnp62.8-3-1-21a.bin",
		descr: "Cisco IP Phone 7962G,V12, SCCP42.9-3-1ES27S", portDescr: "SW PORT", ids: idCisco,
	},
	{
		vendor: "avaya", name: "J179", manufacturer: "Avaya", oui: [3]byte{0xc8, 0x1f, 0xea}, class: 1, draw: 2900,
		platform: "Avaya J179", software: "4.0.9.0.4", hardware: "J179D02A", firmware: "4.0.9.0.4",
		descr: "Avaya J179 IP Phone, 4.0.9.0.4", portDescr: "", ids: idAvaya,
	},
	{
		vendor: "poly", name: "VVX 411", manufacturer: "Polycom", oui: [3]byte{0x64, 0x16, 0x7f}, class: 2, draw: 4500,
		platform: "Polycom VVX 411", software: "Updater: 5.9.6.1984, App: 5.9.6.2327", hardware: "3111-48450-001 Rev:A", firmware: "5.9.6.2327",
		descr: "Polycom;VVX-VVX_411;3111-48450-001,1;SIP/5.9.6.2327/18-May-20 11:35;UP/5.9.6.1984", portDescr: "1", ids: idSerial,
	},
	{
		vendor: "yealink", name: "SIP-T41S", manufacturer: "Yealink", oui: [3]byte{0x80, 0x5e, 0x0c}, class: 2, draw: 3700,
		platform: "Yealink SIP-T41S", software: "66.86.188.8", hardware: "68.0.0.0.0.0.0", firmware: "66.86.188.8",
		descr: "66.86.188.8", portDescr: "WAN PORT", ids: idMAC,
	},
}

// ouis of the things that are no phones.
var (
	ouiPC     = [3]byte{0xf8, 0xbc, 0x12}
	ouiAP     = [3]byte{0x70, 0x69, 0x5a}
	ouiServer = [3]byte{0x00, 0x50, 0x56}
	ouiCore   = [3]byte{0x00, 0x1e, 0xbd}
)

// macOf makes an address of a prefix and a serial number below 2^24. Neighbouring numbers come out far
// apart, as addresses in a building are; different numbers never give the same address, for the factor
// is odd.
func macOf(oui [3]byte, n uint32) discovery.MAC {
	n = (n*0x9e3779 + 0x51ed27) & 0xffffff
	return discovery.MAC{oui[0], oui[1], oui[2], byte(n >> 16), byte(n >> 8), byte(n)}
}

// switchMAC makes the address of switch number k; those of its ports follow it.
func switchMAC(oui [3]byte, k int) discovery.MAC {
	return discovery.MAC{oui[0], oui[1], oui[2], byte(k >> 7), byte(k << 1), 0}
}

// Serial numbers of addresses: the number of the switch and of the port, and in the two highest bits
// what it is.
const (
	serialHome     = 0 << 22 // phones of the inventory, and computers behind them
	serialHost     = 1 << 22 // computers on a port of their own; phones that no inventory has
	serialClient   = 2 << 22 // clients of access points
	serialClient2  = 3 << 22
	maxSwitches    = 1 << 13
	portsPerSwitch = 1 << 9
)

// serialOf gives the serial number of what is on port n of switch k.
func serialOf(kind uint32, k, n int) uint32 { return kind | uint32(k)*portsPerSwitch | uint32(n) }

// addressOf gives the IP address of what is on port n of switch k: 10.128.0.0/9 is voice.
func addressOf(voice bool, k, n int) netip.Addr {
	a := uint32(b2i(voice))<<23 | uint32(k)*portsPerSwitch | uint32(n)
	return netip.AddrFrom4([4]byte{10, byte(a >> 16), byte(a >> 8), byte(a)})
}
