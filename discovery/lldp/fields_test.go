package lldp_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"phoneport/discovery/lldp"
)

// fields is what tshark shows of a PDU: for each TLV, under its type, organisation, subtype and turn, the lines
// "field=value". It is written from the names of tshark's fields and knows nothing of the encoder.
type fields struct {
	tlvs map[string][]string
	turn map[string]int
	now  string
}

func newFields() *fields { return &fields{tlvs: map[string][]string{}, turn: map[string]int{}} }

// tlv starts a TLV whose value has n octets.
func (f *fields) tlv(typ int, oui, subtype uint32, n int) {
	key := strconv.Itoa(typ)
	if typ == 127 {
		key = fmt.Sprintf("127 %06x %d", oui, subtype)
	}
	f.turn[key]++
	f.now = fmt.Sprintf("%s #%d", key, f.turn[key])
	f.tlvs[f.now] = nil
	f.put("lldp.tlv.type", typ)
	f.put("lldp.tlv.len", n)
	if typ == 127 {
		f.put("lldp.orgtlv.oui", oui)
	}
}

func (f *fields) put(name string, value any) {
	f.tlvs[f.now] = append(f.tlvs[f.now], fmt.Sprintf("%s=%v", name, value))
}

// bits puts one field for each bit, the lowest first; "" leaves one out.
func (f *fields) bits(prefix string, v int, names ...string) {
	for i, n := range names {
		if n != "" {
			f.put(prefix+n, v>>i&1)
		}
	}
}

func colons(s string) string {
	var p []string
	for i := range len(s) {
		p = append(p, fmt.Sprintf("%02x", s[i]))
	}
	return strings.Join(p, ":")
}

// untilNUL gives text as tshark shows it.
func untilNUL(s string) string {
	s, _, _ = strings.Cut(s, "\x00")
	return s
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (f *fields) id(what string, id lldp.ID, mac, network uint8) {
	f.put("lldp."+what+".subtype", id.Subtype)
	name := "lldp." + what + ".id"
	switch {
	case id.Subtype == mac && len(id.Value) == 6:
		f.put(name+".mac", colons(id.Value))
	case id.Subtype == network:
		f.put("lldp.network_address.subtype", id.Value[0])
		a, _ := netip.AddrFromSlice([]byte(id.Value[1:]))
		f.put(name+map[bool]string{true: ".ip4", false: ".ip6"}[a.Is4()], a)
	case what == "chassis":
		f.put(name, colons(id.Value))
	default:
		f.put(name, id.Value)
	}
}

var capNames = []string{"other", "repeater", "bridge", "wlan_access_pt", "router", "telephone", "docsis_cable_device", "station_only"}

// fieldsOf gives the fields of a PDU, with the End TLV where end is true.
func fieldsOf(p *lldp.PDU, end bool) map[string][]string {
	f := newFields()
	f.tlv(1, 0, 0, 1+len(p.Chassis.Value))
	f.id("chassis", p.Chassis, lldp.ChassisMAC, lldp.ChassisNetwork)
	f.tlv(2, 0, 0, 1+len(p.Port.Value))
	f.id("port", p.Port, lldp.PortMAC, lldp.PortNetwork)
	f.tlv(3, 0, 0, 2)
	f.put("lldp.time_to_live", p.TTL)
	for _, t := range []struct {
		has   lldp.Fields
		typ   int
		name  string
		value string
	}{
		{lldp.HasPortDescription, 4, "lldp.port.desc", p.PortDescription},
		{lldp.HasSystemName, 5, "lldp.tlv.system.name", p.SystemName},
		{lldp.HasSystemDescription, 6, "lldp.tlv.system.desc", p.SystemDescription},
	} {
		if p.Has&t.has != 0 {
			f.tlv(t.typ, 0, 0, len(t.value))
			f.put(t.name, untilNUL(t.value))
		}
	}
	if p.Has&lldp.HasCapabilities != 0 {
		f.tlv(7, 0, 0, 4)
		f.put("lldp.tlv.system_cap", p.Capabilities.Supported)
		f.bits("lldp.tlv.system_cap.", int(p.Capabilities.Supported), capNames...)
		f.put("lldp.tlv.enable_system_cap", p.Capabilities.Enabled)
		f.bits("lldp.tlv.enable_system_cap.", int(p.Capabilities.Enabled), capNames...)
	}
	for _, m := range p.Management {
		f.management(m)
	}
	f.dot1(p)
	f.dot3(p)
	f.med(p)
	f.vendors(p)
	for _, r := range p.Unknown {
		if r.Type == 127 {
			f.tlv(127, uint32(r.OUI[0])<<16|uint32(r.OUI[1])<<8|uint32(r.OUI[2]), uint32(r.Subtype), 4+len(r.Value))
		} else {
			f.tlv(int(r.Type), 0, 0, len(r.Value))
		}
	}
	if end {
		f.tlv(0, 0, 0, 0)
	}
	return f.tlvs
}

func (f *fields) management(m lldp.Management) {
	f.tlv(8, 0, 0, 1+1+len(m.Address)+5+1+len(m.OID))
	f.put("lldp.mgn.address.len", 1+len(m.Address))
	f.put("lldp.mgn.address.subtype", m.Family)
	switch a, ok := m.IP(); {
	case ok && a.Is4():
		f.put("lldp.mgn.addr.ip4", a)
	case ok:
		f.put("lldp.mgn.addr.ip6", a)
	default:
		f.put("lldp.mgn.addr.hex", colons(m.Address))
	}
	f.put("lldp.mgn.interface.subtype", m.Interface)
	f.put("lldp.mgn.interface.number", m.Number)
	f.put("lldp.mgn.obj.len", len(m.OID))
	if m.OID != "" {
		f.put("lldp.mgn.obj.id", oidText(m.OID))
	}
}

// oidText reads an object identifier whose arcs are below 128.
func oidText(s string) string {
	arcs := []string{strconv.Itoa(int(s[0]) / 40), strconv.Itoa(int(s[0]) % 40)}
	for i := 1; i < len(s); i++ {
		arcs = append(arcs, strconv.Itoa(int(s[i])))
	}
	return strings.Join(arcs, ".")
}

func (f *fields) dot1(p *lldp.PDU) {
	const oui = 0x0080c2
	const sub = "lldp.ieee.802_1.subtype"
	if p.Has&lldp.HasPVID != 0 {
		f.tlv(127, oui, 1, 6)
		f.put(sub, 1)
		f.put("lldp.ieee.802_1.port_vlan.id", p.PVID)
	}
	for _, v := range p.PortVLANs {
		f.tlv(127, oui, 2, 7)
		f.put(sub, 2)
		f.put("lldp.ieee.802_1.port_and_vlan_id_flag", v.Flags)
		f.bits("lldp.ieee.802_1.port_and_vlan_id_flag.", int(v.Flags), "", "supported", "enabled")
		f.put("lldp.ieee.802_1.port_proto_vlan.id", v.VLAN)
	}
	for _, v := range p.VLANNames {
		f.tlv(127, oui, 3, 7+len(v.Name))
		f.put(sub, 3)
		f.put("lldp.ieee.802_1.vlan.id", v.VLAN)
		f.put("lldp.ieee.802_1.vlan.name_len", len(v.Name))
		f.put("lldp.ieee.802_1.vlan.name", untilNUL(v.Name))
	}
	for _, s := range p.Protocols {
		f.tlv(127, oui, 4, 5+len(s))
		f.put(sub, 4)
		f.put("lldp.ieee.802_1.proto.id_length", len(s))
		if s != "" {
			f.put("lldp.ieee.802_1.proto.id", colons(s))
		}
	}
}

func (f *fields) dot3(p *lldp.PDU) {
	const oui = 0x00120f
	const dot3 = "lldp.ieee.802_3."
	if p.Has&lldp.HasMACPHY != 0 {
		f.tlv(127, oui, 1, 9)
		f.put(dot3+"subtype", 1)
		f.put(dot3+"mac_phy_auto_neg_status", p.MACPHY.Autoneg)
		f.bits(dot3+"mac_phy_auto_neg_status.", int(p.MACPHY.Autoneg), "supported", "enabled")
		f.put(dot3+"pmd_auto_neg_advertised_caps", p.MACPHY.Advertised)
		f.bits(dot3+"pmd_auto_neg_advertised_caps.", int(p.MACPHY.Advertised), "1000base_tfd", "1000base_t", "1000base_xfd", "1000base_x",
			"fdx_bpause", "fdx_spause", "fdx_apause", "fdx_pause", "100base_t2fd", "100base_t2", "100base_txfd", "100base_tx", "100base_t4",
			"10base_tfd", "10base_t", "other")
		f.put(dot3+"pmd_mau_type", p.MACPHY.MAU)
	}
	if p.Has&lldp.HasPower != 0 {
		f.power(p.Power)
	}
	if p.Has&lldp.HasAggregation != 0 {
		f.tlv(127, oui, 3, 9)
		f.put(dot3+"subtype", 3)
		f.put(dot3+"aggregation_status", p.Aggregation.Status)
		f.bits(dot3+"aggregation_status.", int(p.Aggregation.Status), "cap", "enabled")
		f.put(dot3+"aggregated_port_id", p.Aggregation.PortID)
	}
	if p.Has&lldp.HasMaxFrame != 0 {
		f.tlv(127, oui, 4, 6)
		f.put(dot3+"subtype", 4)
		f.put(dot3+"max_frame_size", p.MaxFrame)
	}
	if p.Has&lldp.HasMeasurements != 0 {
		f.tlv(127, oui, 8, 4+len(p.Measurements))
		f.put(dot3+"subtype", 8)
	}
}

func (f *fields) power(m lldp.MDIPower) {
	const dot3 = "lldp.ieee.802_3."
	f.tlv(127, 0x00120f, 2, map[lldp.MDIForm]int{lldp.MDIAF: 7, lldp.MDIAT: 12, lldp.MDIBT: 29}[m.Form])
	f.put(dot3+"subtype", 2)
	f.put(dot3+"mdi_power_support", m.Support)
	f.bits(dot3+"mdi_power_support.", int(m.Support), "port_class", "supported", "enabled", "pse_pairs")
	f.put(dot3+"mdi_pse_pair", m.Pairs)
	f.put(dot3+"mdi_power_class", m.Class)
	if m.Form == lldp.MDIAF {
		return
	}
	f.put(dot3+"mdi_power_type", m.Type)
	f.put(dot3+"mdi_power_source", m.Source)
	f.put(dot3+"mdi_power_priority", m.PD4PID<<2|m.Priority) // tshark 4.0 knows no PD 4PID: its priority has four bits
	f.put(dot3+"mdi_pde_requested", m.Requested)
	f.put(dot3+"mdi_pse_allocated", m.Allocated)
	if m.Form == lldp.MDIAT {
		return
	}
	f.put(dot3+"bt_ds_pd_requested_power_value_mode_a", m.RequestedA)
	f.put(dot3+"bt_ds_pd_requested_power_value_mode_b", m.RequestedB)
	f.put(dot3+"bt_ds_pse_allocated_power_value_alt_a", m.AllocatedA)
	f.put(dot3+"bt_ds_pse_allocated_power_value_alt_b", m.AllocatedB)
	f.put(dot3+"bt_power_status", int(m.PSEStatus)*0x4000+int(m.PDStatus)*0x1000+int(m.PairsExt)*0x400+int(m.ClassA)*0x80+int(m.ClassB)*0x10+int(m.ClassExt))
	f.put(dot3+"bt_pse_powering_status", m.PSEStatus)
	f.put(dot3+"bt_pd_powered_status", m.PDStatus)
	f.put(dot3+"bt_pse_power_pairs_ext", m.PairsExt)
	f.put(dot3+"bt_ds_pwr_class_ext_a", m.ClassA)
	f.put(dot3+"bt_ds_pwr_class_ext_b", m.ClassB)
	f.put(dot3+"bt_pwr_class_ext_", m.ClassExt)
	f.put(dot3+"bt_system_setup", m.System)
	f.put(dot3+"bt_power_type_ext", m.System>>1&7)
	f.put(dot3+"bt_pse_maximum_available_power_value", m.MaxPower)
	f.put(dot3+"bt_autoclass", m.Autoclass)
	f.put(dot3+"bt_pse_autoclass_support", m.Autoclass>>2&1)
	f.put(dot3+"bt_autoclass_completed", m.Autoclass>>1&1)
	f.put(dot3+"bt_autoclass_request", m.Autoclass&1)
	f.put(dot3+"bt_autoclass_reserved", m.Autoclass>>3)
	f.put(dot3+"bt_power_down", m.PowerDown)
	f.put(dot3+"bt_power_down_request", m.PowerDown>>18)
	f.put(dot3+"bt_power_down_time", m.PowerDown&0x3ffff)
}

func (f *fields) vendors(p *lldp.PDU) {
	const oui, avaya = 0x00400d, "lldp.avaya."
	start := func(sub, n int) {
		f.tlv(127, oui, uint32(sub), 4+n)
		f.put(avaya+"subtype", sub)
	}
	if p.Has&lldp.HasAvayaConservation != 0 {
		start(1, len(p.Avaya.Conservation))
		f.put(avaya+"poe", colons(p.Avaya.Conservation))
	}
	if p.Has&lldp.HasAvayaCallServers != 0 {
		start(3, 4*len(p.Avaya.CallServers))
		for _, a := range p.Avaya.CallServers {
			f.put(avaya+"callserver", a)
		}
	}
	if p.Has&lldp.HasAvayaPhoneAddress != 0 {
		start(4, 12)
		a := p.Avaya
		ip, mask, gw := a.PhoneAddress.As4(), a.PhoneMask.As4(), a.PhoneGateway.As4()
		f.put(avaya+"ipphone", colons(string(slices.Concat(ip[:], mask[:], gw[:]))))
		f.put(avaya+"ipphone.ip", a.PhoneAddress)
		f.put(avaya+"ipphone.mask", a.PhoneMask)
		f.put(avaya+"ipphone.gateway", a.PhoneGateway)
	}
	if p.Has&lldp.HasAvayaFileServers != 0 {
		start(6, 4*len(p.Avaya.FileServers))
		for _, a := range p.Avaya.FileServers {
			f.put(avaya+"fileserver", a)
		}
	}
	if p.Has&lldp.HasAvayaFraming != 0 {
		start(7, 1)
		f.put(avaya+"dot1q", p.Avaya.Framing)
	}
	if p.Has&lldp.HasFourWire != 0 {
		f.tlv(127, 0x000142, 1, 5)
		f.put("lldp.cisco.subtype", 1)
		f.put("lldp.cisco.upoe", p.FourWire)
		f.bits("lldp.cisco.upoe.", int(p.FourWire), "supported", "altb_detection_required", "pd_altb_desired", "pse_altb_oper")
	}
}
