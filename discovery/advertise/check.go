package advertise

import (
	"errors"
	"fmt"
	"net/netip"
	"unicode/utf8"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// The longest texts that frames hold, in octets.
const (
	maxText      = 255 // IEEE 802.1AB clause 8.5; port ids and CDP are held to it too
	maxInventory = 32  // TIA-1057 clause 10.2.6
	maxVLANName  = 32  // IEEE 802.1Q annex D.2.3
	maxServers   = 16  // Avaya call or file servers
)

// mistakes collects what is wrong with one thing.
type mistakes struct {
	what string
	errs []error
}

func (m *mistakes) add(format string, args ...any) {
	m.errs = append(m.errs, fmt.Errorf("check %s: %s", m.what, fmt.Sprintf(format, args...)))
}

func (m *mistakes) text(field, s string, atMost int) {
	switch {
	case len(s) > atMost:
		m.add("%s has %d octets, want at most %d", field, len(s), atMost)
	case !utf8.ValidString(s):
		m.add("%s is not UTF-8", field)
	}
}

// Check says what of an advert cannot be said, naming the fields: VLANs and priorities out of range, two policies of one application,
// names that are too long, locations that have no form in a frame, power that no port gives. All mistakes at once (errors.Join).
func (a Advert) Check() error {
	m := mistakes{what: "advert"}
	if a.PortID == "" {
		m.add("PortID is empty")
	}
	m.text("PortID", a.PortID, maxText)
	m.text("Description", a.Description, maxText)
	m.text("VoiceName", a.VoiceName, maxVLANName)
	if a.IfIndex < 0 || int64(a.IfIndex) > 1<<31-1 {
		m.add("IfIndex is %d, want 0..2147483647", a.IfIndex)
	}
	if a.DataVLAN > 4094 {
		m.add("DataVLAN is %d, want 1..4094, or 0 to tell none", a.DataVLAN)
	}
	m.voice(a.Voice)
	m.locations(a.Locations)
	m.power(a.Power)
	m.servers("CallServers", a.CallServers)
	m.servers("FileServers", a.FileServers)
	if a.Framing > 2 {
		m.add("Framing is %d, want 0 (not told), 1 (tagged) or 2 (untagged)", a.Framing)
	}
	if a.CoSPC > 7 {
		m.add("CoSPC is %d, want 0..7", a.CoSPC)
	}
	return errors.Join(m.errs...)
}

func (m *mistakes) voice(policies []discovery.VoicePolicy) {
	seen := map[uint8]int{}
	for i, v := range policies {
		field := fmt.Sprintf("Voice[%d]", i)
		app := application(v)
		if app > lldp.AppVideoSignaling {
			m.add("%s.Application is %d, want 1..8", field, v.Application)
		}
		if first, ok := seen[app]; ok {
			m.add("%s is a second policy of application %d, the first is Voice[%d]", field, app, first)
		} else {
			seen[app] = i
		}
		switch v.Mode {
		case discovery.VoiceTagged:
			if v.VLAN < 1 || v.VLAN > 4094 {
				m.add("%s.VLAN is %d, want 1..4094 where the mode is tagged", field, v.VLAN)
			}
		case discovery.VoiceUnknown, discovery.VoiceNone, discovery.VoicePriority, discovery.VoiceUntagged:
			if v.VLAN != 0 {
				m.add("%s.VLAN is %d, want 0 where the mode is %v", field, v.VLAN, v.Mode)
			}
		default:
			m.add("%s.Mode is %v", field, v.Mode)
		}
		if v.PCP > 7 {
			m.add("%s.PCP is %d, want 0..7", field, v.PCP)
		}
		if v.DSCP > 63 {
			m.add("%s.DSCP is %d, want 0..63", field, v.DSCP)
		}
	}
}

// locations has the codec judge each: it alone knows what fits.
func (m *mistakes) locations(ls []lldp.Location) {
	seen := map[uint8]int{}
	for i, l := range ls {
		if first, ok := seen[l.Format]; ok {
			m.add("Locations[%d] is a second one of format %d, the first is Locations[%d]", i, l.Format, first)
		} else {
			seen[l.Format] = i
		}
		p := lldp.PDU{
			Chassis: lldp.ID{Subtype: lldp.ChassisLocal, Value: "x"}, Port: lldp.ID{Subtype: lldp.PortLocal, Value: "x"},
			Locations: []lldp.Location{l},
		}
		if _, err := p.Append(nil); err != nil {
			m.add("Locations[%d]: %v", i, err)
		}
	}
}

func (m *mistakes) power(p Power) {
	if !p.Supported {
		return // nothing of it is told
	}
	if p.Type < 1 || p.Type > 4 {
		m.add("Power.Type is %d, want 1..4", p.Type)
	}
	if p.Class > 8 {
		m.add("Power.Class is %d, want 0..8", p.Class)
	}
	if p.Priority > 3 {
		m.add("Power.Priority is %d, want 0..3", p.Priority)
	}
	if p.Limit < 0 || p.Limit > maxPower {
		m.add("Power.Limit is %v, want 0..%v", p.Limit, maxPower)
	}
	if limit := p.limit(); p.Allocated < 0 || p.Allocated > limit {
		m.add("Power.Allocated is %v, want 0..%v, the limit", p.Allocated, limit)
	}
}

func (m *mistakes) servers(field string, as []netip.Addr) {
	if len(as) > maxServers {
		m.add("%s has %d addresses, want at most %d", field, len(as), maxServers)
	}
	for i, a := range as {
		if !a.Is4() {
			m.add("%s[%d] is %v, want an IPv4 address", field, i, a)
		}
	}
}

// Check says what of a station cannot be said, all mistakes at once.
func (s Station) Check() error {
	m := mistakes{what: "station"}
	if s.Chassis.IsZero() || s.Chassis.Group() {
		m.add("Chassis is %q, want the address of one device", s.Chassis)
	}
	for _, t := range []struct {
		field, text string
		atMost      int
	}{
		{"Name", s.Name, maxText},
		{"Description", s.Description, maxText},
		{"Platform", s.Platform, maxText},
		{"Inventory.Hardware", s.Inventory.Hardware, maxInventory},
		{"Inventory.Firmware", s.Inventory.Firmware, maxInventory},
		{"Inventory.Software", s.Inventory.Software, maxInventory},
		{"Inventory.Serial", s.Inventory.Serial, maxInventory},
		{"Inventory.Manufacturer", s.Inventory.Manufacturer, maxInventory},
		{"Inventory.Model", s.Inventory.Model, maxInventory},
		{"Inventory.Asset", s.Inventory.Asset, maxInventory},
	} {
		m.text(t.field, t.text, t.atMost)
	}
	for i, c := range s.Capabilities {
		if _, ok := capabilities[c]; !ok {
			m.add("Capabilities[%d] is %q", i, c)
		}
	}
	for i, a := range s.Addresses {
		if !a.IsValid() || a.IsUnspecified() || a.IsMulticast() {
			m.add("Addresses[%d] is %v, want the address of one device", i, a)
		}
	}
	return errors.Join(m.errs...)
}

// check names what of a station and an advert cannot be said. Each alone may be good and both together too long for a frame;
// so both frames are made once with all that can ever be in them.
func check(addr discovery.MAC, s *Station, a *Advert, o *Options) error {
	if err := errors.Join(s.Check(), a.Check()); err != nil {
		return err
	}
	all := telling{med: true, avaya: true, dll: true, power: a.Power}
	var (
		p lldp.PDU
		q cdp.Packet
	)
	composeLLDP(&p, s, a, o, &all)
	composeCDP(&q, s, a, o, &all)
	_, err1 := lldp.AppendFrame(nil, lldp.NearestBridge, addr, &p)
	_, err2 := cdp.AppendFrame(nil, addr, &q)
	return errors.Join(err1, err2)
}
