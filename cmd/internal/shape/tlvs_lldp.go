package shape

import (
	"fmt"
	"strconv"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// NewLLDPTLVs gives every TLV of an LLDPDU in readable form, in the order in which Append writes them.
func NewLLDPTLVs(p *lldp.PDU) []TLV {
	var t tlvs
	t.add("chassis id", fmt.Sprintf("%s (%s)", lldp.ChassisText(p.Chassis),
		name(p.Chassis.Subtype, "", "chassis component", "interface alias", "port component", "MAC address", "network address", "interface name", "local")))
	t.add("port id", fmt.Sprintf("%s (%s)", lldp.PortText(p.Port),
		name(p.Port.Subtype, "", "interface alias", "port component", "MAC address", "network address", "interface name", "agent circuit id", "local")))
	t.add("time to live", strconv.Itoa(int(p.TTL))+" s")
	t.lldpTexts(p, lldp.HasPortDescription, "port description", p.PortDescription)
	t.lldpTexts(p, lldp.HasSystemName, "system name", p.SystemName)
	t.lldpTexts(p, lldp.HasSystemDescription, "system description", p.SystemDescription)
	if p.Has&lldp.HasCapabilities != 0 {
		c := p.Capabilities
		t.add("capabilities", bits(uint32(c.Supported), lldpCapabilityBits)+"; enabled: "+bits(uint32(c.Enabled), lldpCapabilityBits))
	}
	for _, m := range p.Management {
		t.add("management address", managementAddress(m))
	}
	t.lldp8021(p)
	t.lldp8023(p)
	t.med(p)
	t.vendors(p)
	for _, u := range p.Unknown {
		if u.Type == 127 {
			t.add(fmt.Sprintf("organisation %02x-%02x-%02x, subtype %d", u.OUI[0], u.OUI[1], u.OUI[2], u.Subtype), octets(u.Value))
		} else {
			t.add("type "+strconv.Itoa(int(u.Type)), octets(u.Value))
		}
	}
	return t
}

func (t *tlvs) lldpTexts(p *lldp.PDU, has lldp.Fields, what, text string) {
	if p.Has&has != 0 {
		t.add(what, lldp.Text(text))
	}
}

// lldpCapabilityBits are the bits of IEEE 802.1AB table 8-4.
var lldpCapabilityBits = []bit{
	{uint32(lldp.CapOther), string(discovery.CapOther)},
	{uint32(lldp.CapRepeater), string(discovery.CapRepeater)},
	{uint32(lldp.CapBridge), string(discovery.CapBridge)},
	{uint32(lldp.CapWLAN), string(discovery.CapWLAN)},
	{uint32(lldp.CapRouter), string(discovery.CapRouter)},
	{uint32(lldp.CapTelephone), string(discovery.CapTelephone)},
	{uint32(lldp.CapDOCSIS), string(discovery.CapDOCSIS)},
	{uint32(lldp.CapStation), string(discovery.CapStation)},
	{uint32(lldp.CapCVLAN), "c-vlan"},
	{uint32(lldp.CapSVLAN), "s-vlan"},
	{uint32(lldp.CapTPMR), "tpmr"},
}

func managementAddress(m lldp.Management) string {
	address := octets(m.Address)
	if a, ok := m.IP(); ok {
		address = a.String()
	} else if m.Family == 6 && len(m.Address) == 6 {
		address = lldp.PortText(lldp.ID{Subtype: lldp.PortMAC, Value: m.Address})
	} else {
		address = fmt.Sprintf("%s of address family %d", address, m.Family)
	}
	where := fmt.Sprintf("%s %d", name(m.Interface, "", "interface of unknown numbering", "ifIndex", "system port"), m.Number)
	oid := ""
	if m.OID != "" {
		oid = "object " + objectID(m.OID)
	}
	return words(address, where, oid)
}

// lldp8021 adds the TLVs of 802.1Q annex D.
func (t *tlvs) lldp8021(p *lldp.PDU) {
	if p.Has&lldp.HasPVID != 0 {
		t.add("port VLAN", when(p.PVID == 0, "none", strconv.Itoa(int(p.PVID))))
	}
	for _, v := range p.PortVLANs {
		t.add("protocol VLAN", fmt.Sprintf("%d, %s", v.VLAN, bits(uint32(v.Flags), []bit{{0x02, "supported"}, {0x04, "enabled"}})))
	}
	for _, v := range p.VLANNames {
		t.add("VLAN name", fmt.Sprintf("%d %q", v.VLAN, lldp.Text(v.Name)))
	}
	for _, s := range p.Protocols {
		t.add("protocol identity", octets(s))
	}
}

// lldp8023 adds the TLVs of 802.3 clause 79.3.
func (t *tlvs) lldp8023(p *lldp.PDU) {
	if p.Has&lldp.HasMACPHY != 0 {
		m := p.MACPHY
		t.add("MAC/PHY", fmt.Sprintf("autonegotiation %s; advertised %#04x; MAU type %s",
			bits(uint32(m.Autoneg), []bit{{1, "supported"}, {2, "enabled"}}), m.Advertised, mauType(m.MAU)))
	}
	if p.Has&lldp.HasAggregation != 0 {
		t.add("link aggregation", fmt.Sprintf("%s, port %d", bits(uint32(p.Aggregation.Status), []bit{{1, "capable"}, {2, "active"}}), p.Aggregation.PortID))
	}
	if p.Has&lldp.HasMaxFrame != 0 {
		t.add("maximum frame", strconv.Itoa(int(p.MaxFrame))+" octets")
	}
	if p.Has&lldp.HasPower != 0 {
		t.add("power via MDI", mdiPower(p.Power))
	}
	if p.Has&lldp.HasMeasurements != 0 {
		t.add("power measurements", octets(p.Measurements))
	}
}

// mauType names the commonest types of dot3MauType (IANA-MAU-MIB).
func mauType(v uint16) string {
	names := map[uint16]string{
		10: "10BASE-T half duplex", 11: "10BASE-T full duplex", 15: "100BASE-TX half duplex", 16: "100BASE-TX full duplex",
		29: "1000BASE-T half duplex", 30: "1000BASE-T full duplex", 54: "10GBASE-T",
	}
	if n, ok := names[v]; ok {
		return fmt.Sprintf("%d (%s)", v, n)
	}
	return strconv.Itoa(int(v))
}

func mdiPower(m lldp.MDIPower) string {
	pse := m.Support&lldp.MDIPSE != 0
	class := "class unknown"
	if m.Class > 0 {
		class = "class " + strconv.Itoa(int(m.Class)-1)
	}
	out := words(when(pse, "PSE", "PD"), bits(uint32(m.Support&^lldp.MDIPSE), []bit{
		{uint32(lldp.MDISupported), "supported"}, {uint32(lldp.MDIEnabled), "enabled"}, {uint32(lldp.MDIPairControl), "pair-control"},
	}), name(m.Pairs, "pairs unknown", "signal pairs", "spare pairs"), class)
	if m.Form < lldp.MDIAT {
		return out
	}
	out += "; " + words(name(m.Type, "type 2 PSE", "type 2 PD", "type 1 PSE", "type 1 PD"), powerSource(m.Type&1 != 0, m.Source),
		when(m.PD4PID != 0, "4PID "+strconv.Itoa(int(m.PD4PID)), ""), powerPriority(m.Priority), "requested "+tenths(m.Requested), "allocated "+tenths(m.Allocated))
	if m.Form < lldp.MDIBT {
		return out
	}
	return out + "; " + words(
		fmt.Sprintf("requested A %s B %s", tenths(m.RequestedA), tenths(m.RequestedB)),
		fmt.Sprintf("allocated A %s B %s", tenths(m.AllocatedA), tenths(m.AllocatedB)),
		"PSE "+name(m.PSEStatus, "status unknown", "two-pair", "four-pair single-signature", "four-pair dual-signature"),
		"PD status "+strconv.Itoa(int(m.PDStatus)),
		"pairs "+name(m.PairsExt, "unknown", "B", "A", "both"),
		fmt.Sprintf("class A %d B %d, extended class %d", m.ClassA, m.ClassB, m.ClassExt),
		fmt.Sprintf("system type %s", name(m.System>>1, "3 PSE", "4 PSE", "3 PD single-signature", "3 PD dual-signature", "4 PD single-signature", "4 PD dual-signature")),
		when(m.System&1 != 0, "load isolated", ""),
		"at most "+tenths(m.MaxPower),
		"autoclass "+bits(uint32(m.Autoclass), []bit{{4, "supported"}, {2, "completed"}, {1, "requested"}}),
		when(m.PowerDown != 0, fmt.Sprintf("power-down %#06x", m.PowerDown), ""))
}

// powerSource names the two bits of 802.3 clause 79.3.2.4 and of TIA-1057 clause 10.2.5, which are alike.
func powerSource(pd bool, v uint8) string {
	if pd {
		return "powered by " + name(v, "unknown", "PSE", "local source", "PSE and local source")
	}
	return "from " + name(v, "unknown source", "primary source", "backup source")
}

func powerPriority(v uint8) string {
	return "priority " + name(v, "unknown", "critical", "high", "low")
}
