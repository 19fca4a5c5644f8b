package inventory

import (
	"slices"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// crowd is the number of addresses above which a trunk that hears no phone is a way to other switches,
// even if it hears no switch either.
const crowd = 16

// Correlate says which phones are on which ports of one switch, in the order of its ports. Evidence
// counts in this order: LLDP-MED identity, CDP device, MAC address in the voice VLAN, any learned MAC
// address, vendor prefix and power draw. Certain takes two independent signs that agree; two phones on
// one port are always Unsure.
//
// A port that is down gives nothing, whatever the tables of the switch still hold. Link aggregates and
// ports towards other switches and access points give no bindings for the addresses behind them. What
// remains on a way through several switches that do not hear each other is for Resolve.
func Correlate(d *Directory, s switchctl.Snapshot, now time.Time) []Binding {
	c := newCorrelator(d, now)
	var bs []Binding
	for i := range s.Ports {
		bs = c.port(bs, &s.Ports[i])
	}
	return bs
}

// CorrelatePort is Correlate for one port.
func CorrelatePort(d *Directory, p *switchctl.PortState, now time.Time) []Binding {
	return newCorrelator(d, now).port(nil, p)
}

// correlator does one port after the other and keeps what costs to find out.
type correlator struct {
	d     *Directory
	ouis  *OUITable
	now   time.Time
	ids   map[idKey]identity
	macs  map[discovery.MAC]struct{} // reused between ports
	cands []candidate                // reused between ports
}

func newCorrelator(d *Directory, now time.Time) *correlator {
	return &correlator{
		d:    d,
		ouis: d.ouiTable(),
		now:  now,
		ids:  map[idKey]identity{},
		macs: map[discovery.MAC]struct{}{},
	}
}

// candidate is a device on a port that may be a phone, with the signs for it.
type candidate struct {
	mac   discovery.MAC // zero where not told
	phone *Phone        // nil = no source knows it
	lldp  *discovery.Neighbor
	cdp   *discovery.Neighbor
	// learned, with the VLANs as the port has them
	learned, inVoice, inData, inOther bool
	vlan                              uint16 // a VLAN of inOther
	oui                               OUI
	here                              bool // a source expects the phone at this port
}

// heard reports whether the switch hears the device itself.
func (c *candidate) heard() bool { return c.lldp != nil || c.cdp != nil }

// strong reports whether there is more for the phone than the block of its address.
func (c *candidate) strong() bool { return c.heard() || c.phone != nil || c.inVoice }

// port appends the bindings of one port.
func (c *correlator) port(bs []Binding, p *switchctl.PortState) []Binding {
	if p.Link == switchctl.Down || p.Link == switchctl.NotPresent || len(p.Neighbors) == 0 && len(p.Learned) == 0 {
		return bs
	}
	c.cands = c.cands[:0]
	way := c.hear(p)
	if len(c.cands) == 0 && (p.LAG || way != toEdge && p.Mode != switchctl.ModeAccess) {
		return bs // before its addresses are counted: an uplink has thousands
	}
	macs := c.count(p)
	if len(c.cands) == 0 && p.Mode == switchctl.ModeTrunk && macs > crowd {
		return bs
	}
	c.learn(p, way)
	c.name()
	c.sort()

	strong := 0
	for i := range c.cands {
		if c.cands[i].strong() {
			strong++
		}
	}
	powered := macs <= deskMACs && phonePower(p.PoE)
	for i := range c.cands {
		k := &c.cands[i]
		b := c.binding(k, p, powered)
		b.MACs = macs
		b.Trunk = p.Mode == switchctl.ModeTrunk
		switch {
		case strong > 1 || !k.strong() && len(c.cands) > 1: // which of them is at the port, nobody can tell
			b.Confidence = Unsure
		case !k.heard() && macs > edgeMACs: // a switch that nobody hears may be between
			b.Confidence = Unsure
		case way != toEdge && (p.Mode == switchctl.ModeTrunk || p.LAG || !k.heard()): // a phone behind something else
			b.Confidence = Unsure
		}
		bs = append(bs, b)
	}
	return bs
}

// learn looks at the addresses that were learned on the port: it adds those that may be phones to those
// that were heard, and then says of each in which VLANs it was learned. A row alone does not tell both: a
// phone that no source knows shows itself by its row in the voice VLAN, wherever that stands.
func (c *correlator) learn(p *switchctl.PortState, way way) {
	voice, tagged := voiceVLAN(p)
	if !p.LAG && (way == toEdge || way == toNetwork && len(c.cands) == 0) {
		for _, l := range p.Learned {
			c.suspect(l.MAC, tagged && l.VLAN == voice, way)
		}
	}
	for _, l := range p.Learned {
		k := c.find(l.MAC)
		if k == nil || l.MAC.IsZero() {
			continue
		}
		k.learned = true
		if voice != 0 && l.VLAN == voice {
			k.inVoice = true
		}
		switch {
		case l.VLAN == 0:
		case l.VLAN == p.Untagged:
			k.inData = true
		case l.VLAN != voice:
			// The lowest, so that the order of rows does not matter.
			if !k.inOther || l.VLAN < k.vlan {
				k.vlan = l.VLAN
			}
			k.inOther = true
		}
	}
}

// suspect makes a candidate of a learned address that may be a phone's.
func (c *correlator) suspect(m discovery.MAC, inVoice bool, way way) {
	if m.IsZero() || m.Group() || c.find(m) != nil {
		return
	}
	k := candidate{mac: m}
	phone, known := c.d.ByMAC(m)
	if known {
		k.phone = &phone
	}
	k.oui, _ = c.ouis.Lookup(m)
	switch {
	case way != toEdge && (!known || !inVoice):
		// What the switch hears there may be a PC that acts as a bridge; only a known phone in the voice
		// VLAN of an access port speaks for that.
		return
	case !known && (m.Local() || !inVoice && !k.oui.Phones):
		return
	}
	c.cands = append(c.cands, k)
}

// voiceVLAN gives the VLAN in which the port is set to carry voice, 0 = none. tagged is true where only
// voice is in it, so that an address learned there is a sign of a phone.
func voiceVLAN(p *switchctl.PortState) (vlan uint16, tagged bool) {
	switch p.Voice.Mode {
	case discovery.VoiceTagged:
		return p.Voice.VLAN, p.Voice.VLAN != 0 && p.Voice.VLAN != p.Untagged
	case discovery.VoicePriority, discovery.VoiceUntagged:
		return p.Untagged, false
	}
	return 0, false
}

// name gives a phone that was heard, but did not tell its address, the one address that can be its own.
func (c *correlator) name() {
	at := -1
	for i := range c.cands {
		if c.cands[i].heard() && c.cands[i].mac.IsZero() {
			if at >= 0 {
				return
			}
			at = i
		}
	}
	if at < 0 {
		return
	}
	vendor := c.describe(&c.cands[at]).vendor
	for _, sign := range [...]func(*candidate) bool{
		func(k *candidate) bool { return k.inVoice },
		func(k *candidate) bool { return k.phone != nil },
		func(k *candidate) bool { return true },
	} {
		found := -1
		for i := range c.cands {
			k := &c.cands[i]
			if k.heard() || !sign(k) {
				continue
			}
			if found >= 0 {
				return
			}
			found = i
		}
		if found < 0 {
			continue
		}
		k := c.cands[found]
		if other := c.describe(&k).vendor; vendor != "" && other != "" && !sameVendor(vendor, other) {
			return
		}
		k.lldp, k.cdp = c.cands[at].lldp, c.cands[at].cdp
		c.cands[at] = k
		c.cands = slices.Delete(c.cands, found, found+1)
		return
	}
}

// find gives the candidate with the address.
func (c *correlator) find(m discovery.MAC) *candidate {
	for i := range c.cands {
		if c.cands[i].mac == m {
			return &c.cands[i]
		}
	}
	return nil
}

// count gives the number of different addresses learned on the port.
func (c *correlator) count(p *switchctl.PortState) int {
	clear(c.macs)
	for _, l := range p.Learned {
		if !l.MAC.IsZero() && !l.MAC.Group() {
			c.macs[l.MAC] = struct{}{}
		}
	}
	return len(c.macs)
}

// sort puts the phones of a port in an order that does not depend on that of rows: those heard first, then
// by address and name.
func (c *correlator) sort() {
	slices.SortFunc(c.cands, func(a, b candidate) int {
		if a.heard() != b.heard() {
			if a.heard() {
				return -1
			}
			return 1
		}
		if d := compareMAC(a.mac, b.mac); d != 0 {
			return d
		}
		return compareNeighbors(a.first(), b.first())
	})
}
