package advertise

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// reporter is what testing.TB and rapid.T have in common.
type reporter interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

var (
	portMAC    = discovery.MAC{0x00, 0x0a, 0xf7, 0, 0, 1}
	chassisMAC = discovery.MAC{0x00, 0x0a, 0xf7, 0, 0, 0xff}
	phoneMAC   = discovery.MAC{0x00, 0x21, 0xd8, 0, 0, 5}
)

func station() Station {
	return Station{
		Chassis: chassisMAC, Name: "sw1", Description: "phoneport", Platform: "Linux",
		Capabilities: []discovery.Capability{discovery.CapBridge},
		Addresses:    []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")},
		Inventory:    discovery.Inventory{Manufacturer: "Example", Model: "Box 8", Serial: "X1"},
	}
}

func tagged(vlan uint16) discovery.VoicePolicy {
	return discovery.VoicePolicy{Application: 1, Mode: discovery.VoiceTagged, VLAN: vlan, PCP: 5, DSCP: 46}
}

func advert() Advert {
	return Advert{
		PortID: "eth1", Description: "desk 1", IfIndex: 7, DataVLAN: 10, FullDuplex: true,
		Voice: []discovery.VoicePolicy{tagged(110)}, VoiceName: "voice",
		CallServers: []netip.Addr{netip.MustParseAddr("192.0.2.9")}, Framing: 1,
	}
}

// heardFrame makes a frame as a scenario names it: "phone ttl=0 req=65", "cdp-phone noquery draw=6300". All that a
// device says is made here, so that scenarios say only what matters to them.
func heardFrame(t reporter, words []string) []byte {
	t.Helper()
	if strings.HasPrefix(words[0], "cdp-") {
		return heardCDP(t, words)
	}
	src := phoneMAC
	p := lldp.PDU{
		Chassis: lldp.ID{Subtype: lldp.ChassisNetwork, Value: "\x01\x0a\x00\x00\x05"}, Port: lldp.MACID(lldp.PortMAC, phoneMAC), TTL: 120,
		Has: lldp.HasCapabilities | lldp.HasMED, Capabilities: lldp.Capabilities{Supported: lldp.CapBridge | lldp.CapTelephone, Enabled: lldp.CapBridge},
		MED: lldp.MEDCapabilities{Bits: 0x33, Class: discovery.MEDClassIII},
	}
	other := func(last byte, caps uint16, class uint8) {
		src[5] = last
		p.Chassis, p.Port = lldp.MACID(lldp.ChassisMAC, src), lldp.ID{Subtype: lldp.PortIfName, Value: "eth0"}
		p.Capabilities = lldp.Capabilities{Supported: caps, Enabled: caps}
		if p.MED.Class = class; class == 0 {
			p.Has &^= lldp.HasMED
		}
	}
	switch words[0] {
	case "phone":
	case "phone2":
		other(6, lldp.CapTelephone, 3)
	case "bare": // a phone's first frame may say little
		p.Has = 0
	case "pc":
		other(7, lldp.CapStation, 0)
	case "pc-bridge":
		other(11, lldp.CapStation|lldp.CapBridge, 0)
	case "switch":
		other(8, lldp.CapBridge, 0)
	case "class4":
		other(9, lldp.CapBridge, 4)
	case "media":
		other(10, lldp.CapStation, 2)
	case "ours":
		p.Chassis, p.Port = lldp.MACID(lldp.ChassisMAC, chassisMAC), lldp.ID{Subtype: lldp.PortIfName, Value: "eth1"}
		p.Has = 0
	case "lldpd":
		src = portMAC
		p.Chassis, p.Port = lldp.MACID(lldp.ChassisMAC, portMAC), lldp.ID{Subtype: lldp.PortIfName, Value: "eth1"}
		p.Has = 0
	case "garbage":
		b, _ := lldp.AppendFrame(nil, lldp.NearestBridge, src, &p)
		return append(b[:14:14], 0, 0, 0, 0)
	default:
		t.Fatalf("no frame %q", words[0])
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "ttl":
			p.TTL = uint16(number(t, value))
		case "id":
			src[5] = byte(number(t, value))
			p.Chassis = lldp.MACID(lldp.ChassisMAC, src)
		case "ip":
			a := netip.MustParseAddr(value).As4()
			p.Chassis.Value = "\x01" + string(a[:])
		case "req":
			p.Has |= lldp.HasPower
			p.Power = lldp.MDIPower{Form: lldp.MDIAT, Support: lldp.MDISupported, Pairs: 1, Class: 4, Type: lldp.MDIType2PD, Requested: uint16(number(t, value)), Allocated: 130}
		case "ext":
			p.Has |= lldp.HasExtendedPower
			p.ExtendedPower = lldp.ExtendedPower{Type: 1, Source: 1, Value: uint16(number(t, value))}
		case "bridge":
			p.Capabilities.Supported |= lldp.CapBridge
			p.Capabilities.Enabled |= lldp.CapBridge
		case "avaya":
			p.Has |= lldp.HasManufacturer
			p.Manufacturer = "Avaya"
		case "vlan":
			p.Policies = []lldp.NetworkPolicy{{Application: 1, Tagged: true, VLAN: uint16(number(t, value)), PCP: 5, DSCP: 46}}
		default:
			t.Fatalf("no field %q", w)
		}
	}
	b, err := lldp.AppendFrame(nil, lldp.NearestBridge, src, &p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func heardCDP(t reporter, words []string) []byte {
	t.Helper()
	src := phoneMAC
	p := cdp.Packet{
		TTL: 180, Has: cdp.HasDeviceID | cdp.HasPortID | cdp.HasCapabilities | cdp.HasSoftware | cdp.HasQuery, Software: "1",
		DeviceID: "SEP0021D8000005", PortID: "Port 1", Capabilities: cdp.CapHost | cdp.CapPhone, Query: "\x20\x02\x00\x01",
	}
	switch words[0] {
	case "cdp-phone":
	case "cdp-pc":
		src[5] = 7
		p.DeviceID, p.PortID, p.Capabilities, p.Has = "pc", "eth0", cdp.CapHost, p.Has&^cdp.HasQuery
	case "cdp-switch":
		src[5] = 8
		p.DeviceID, p.PortID, p.Capabilities, p.Has = "core", "Gi1/0/1", cdp.CapSwitch|cdp.CapIGMP, p.Has&^cdp.HasQuery
	case "cdp-ours":
		p.DeviceID, p.PortID, p.Has = "sw1", "eth1", cdp.HasDeviceID|cdp.HasPortID|cdp.HasSoftware
	case "cdp-ladvd":
		src = portMAC
		p.DeviceID, p.PortID, p.Has = "host", "eth1", cdp.HasDeviceID|cdp.HasPortID|cdp.HasSoftware
	case "cdp-garbage":
		b, _ := cdp.AppendFrame(nil, src, &p)
		b[13], b[22] = 9, 9
		return b
	default:
		t.Fatalf("no frame %q", words[0])
	}
	for _, w := range words[1:] {
		key, value, _ := strings.Cut(w, "=")
		switch key {
		case "ttl":
			p.TTL = uint8(number(t, value))
		case "noquery":
			p.Has &^= cdp.HasQuery
		case "draw":
			p.Has |= cdp.HasConsumption
			p.Consumption = uint32(number(t, value))
		case "req": // id:level,level
			id, levels, _ := strings.Cut(value, ":")
			p.Has |= cdp.HasRequested
			p.Requested = cdp.PowerRequested{RequestID: uint16(number(t, id)), ManagementID: 1}
			for l := range strings.SplitSeq(levels, ",") {
				p.Requested.Levels = append(p.Requested.Levels, uint32(number(t, l)))
			}
		default:
			t.Fatalf("no field %q", w)
		}
	}
	b, err := cdp.AppendFrame(nil, src, &p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func number(t reporter, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// said is one frame of ours, decoded: one of the two.
type said struct {
	lldp *lldp.PDU
	cdp  *cdp.Packet
}

// decodeSaid reads one of our frames as strictly as can be: no TLV may be lost or unknown.
func decodeSaid(t reporter, frame []byte) said {
	t.Helper()
	if _, src, b, err := lldp.ParseFrame(frame); err == nil {
		p := new(lldp.PDU)
		if err := p.Decode(b); err != nil || len(p.Problems)+len(p.Unknown) != 0 || src != portMAC {
			t.Fatalf("our LLDP frame: %v, %v, %v, from %v", err, p.Problems, p.Unknown, src)
		}
		return said{lldp: p}
	}
	_, src, b, err := cdp.ParseFrame(frame)
	if err != nil {
		t.Fatalf("our frame % x: %v", frame, err)
	}
	p := new(cdp.Packet)
	if err := p.Decode(b); err != nil || len(p.Problems)+len(p.Unknown) != 0 || src != portMAC || p.Checksum != cdp.ChecksumGood {
		t.Fatalf("our CDP frame: %v, %v, %v, from %v, checksum %v", err, p.Problems, p.Unknown, src, p.Checksum)
	}
	return said{cdp: p}
}

// text gives what matters of a frame in one line.
func (s said) text() string {
	if s.cdp != nil {
		return cdpText(s.cdp)
	}
	p := s.lldp
	b := fmt.Sprintf("lldp %s %s ttl %d", lldp.ChassisText(p.Chassis)[15:], lldp.PortText(p.Port), p.TTL)
	add := func(format string, args ...any) { b += " | " + fmt.Sprintf(format, args...) }
	if p.TTL == 0 {
		b += " goodbye"
	}
	if p.Has&lldp.HasPVID != 0 {
		add("pvid %d", p.PVID)
	}
	for _, v := range p.VLANNames {
		add("vlan %d %s", v.VLAN, v.Name)
	}
	if m := p.Power; p.Has&lldp.HasPower != 0 {
		add("%s class %d type %d asks %d gets %d", [...]string{"", "af", "at", "bt"}[m.Form], m.Class-1, m.Type, m.Requested, m.Allocated)
	}
	if p.Has&lldp.HasMED != 0 {
		add("med %02x", p.MED.Bits)
	}
	for _, n := range p.Policies {
		add("app %d %v pcp %d dscp %d", n.Application, n.Voice(), n.PCP, n.DSCP)
	}
	for _, l := range p.Locations {
		add("elin %s", l.ELIN)
	}
	if p.Has&lldp.HasExtendedPower != 0 {
		add("ext %d", p.ExtendedPower.Value)
	}
	if p.Has&lldp.HasAvayaCallServers != 0 {
		add("avaya %v framing %d", p.Avaya.CallServers, p.Avaya.Framing)
	}
	return b
}

func cdpText(p *cdp.Packet) string {
	b := fmt.Sprintf("cdp %s %s ttl %d", p.DeviceID, p.PortID, p.TTL)
	if p.TTL == 0 {
		return b + " goodbye"
	}
	if p.Has&cdp.HasNativeVLAN != 0 {
		b += fmt.Sprintf(" | native %d", p.NativeVLAN)
	}
	if p.Has&cdp.HasVoiceVLAN != 0 {
		b += fmt.Sprintf(" | voice %d", p.VoiceVLAN.VLAN)
	}
	if p.Has&cdp.HasAvailable != 0 {
		b += fmt.Sprintf(" | power req %d mgmt %d gets %d", p.Available.RequestID, p.Available.ManagementID, p.Available.Levels[0])
	}
	return b
}

func noticeText(n Notice) string {
	b := "! " + n.Kind.String() + " " + string(n.Protocol)
	if n.Kind == Neighbor {
		b += " " + n.Change.Kind.String() + " " + n.Change.Neighbor.ChassisID
		if n.Change.Kind.String() == "gone" {
			b += ", " + n.Change.Why
		}
	}
	if n.Power != 0 {
		b += " " + n.Power.String()
	}
	if n.Detail != "" {
		b += ": " + n.Detail
	}
	return b
}

// setAdvert changes an advert as a scenario says: "voice=tagged:120", "power=2:30000".
func setAdvert(t reporter, a *Advert, words []string) {
	t.Helper()
	a.Voice = slices.Clone(a.Voice)
	for _, w := range words {
		key, value, _ := strings.Cut(w, "=")
		args := strings.Split(value, ":")
		switch key {
		case "voice":
			v := discovery.VoicePolicy{Application: 1, PCP: 5, DSCP: 46}
			if err := v.Mode.UnmarshalText([]byte(args[0])); err != nil {
				t.Fatal(err)
			}
			if v.Mode == discovery.VoiceTagged {
				v.VLAN = uint16(number(t, args[1]))
			}
			a.Voice = []discovery.VoicePolicy{v}
		case "port":
			a.PortID = value
		case "data":
			a.DataVLAN = uint16(number(t, value))
		case "elin":
			a.Locations = []lldp.Location{{Format: lldp.LocationELIN, ELIN: value}}
		case "power": // type:class:limit:allocated
			a.Power = Power{}
			if value != "none" {
				a.Power = Power{Supported: true, Enabled: true, Type: uint8(number(t, args[0])), Class: uint8(number(t, args[1])), Limit: discovery.Milliwatts(number(t, args[2]))}
				if len(args) > 3 {
					a.Power.Allocated = discovery.Milliwatts(number(t, args[3]))
				}
			}
		case "poweroff":
			a.Power.Enabled = false
		default:
			t.Fatalf("no field %q", w)
		}
	}
}
