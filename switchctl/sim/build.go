package sim

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
)

// uplinks is the number of uplink sockets of each switch or stack member.
const uplinks = 4

// switchesPerSite is how many switches share a site.
const switchesPerSite = 50

// build makes switch number k (from 0) with everything that is plugged into it, in the state that it
// has when all phones have long been up. What it makes follows from Options.Seed and k alone.
func build(o *Options, k int) *Switch {
	kind := personalityOf(o.Personalities[k%len(o.Personalities)])
	rng := rand.New(rand.NewPCG(o.Seed, uint64(k)))
	now := o.Now()
	s := &Switch{
		number: k, name: fmt.Sprintf("acc-%04d", k+1), site: fmt.Sprintf("site-%02d", k/switchesPerSite+1), kind: kind, opts: o, rng: rng,
		serial: fmt.Sprintf("FCW%04dX%03d", 2000+k%1000, k/1000), mac: switchMAC(kind.oui, k),
		bootAt: now.Add(-time.Duration(2+rng.IntN(40*24)) * time.Hour), groups: 1, saved: true, implicit: true, autoVLAN: true,
		jobs: map[uint32]*copyJob{}, fastRep: 3, entAt: bootTick, runAt: bootTick,
	}
	s.sysName, s.location, s.contact = s.name, s.site, "netops@example.net"
	if kind.stacks {
		s.groups = (o.Ports + 47) / 48
	}
	for range s.groups {
		s.budget = append(s.budget, uint32(o.PoEBudget)*1000)
	}
	s.vlans = []vlan{
		{id: vlanDefault, name: "default"},
		{id: o.DataVLAN, name: "data"},
		{id: vlanGuest, name: "guest"},
		{id: vlanMgmt, name: "mgmt"},
		{id: o.VoiceVLAN, name: "voice", voice: true},
		{id: vlanVoiceOld, name: "voice-old", voice: true},
	}
	slices.SortFunc(s.vlans, func(a, b vlan) int { return int(a.id) - int(b.id) })
	for i := range s.vlans {
		s.vlans[i].fdb = kind.fdbID(i, s.vlans[i].id)
	}
	s.savedVLANs = s.vlans
	s.buildPorts()
	s.plug()
	s.assign()
	for _, p := range s.ports {
		p.saved, p.base, p.home = p.cfg, p.cfg, p.dev
		p.up = p.role == roleVirtual
	}
	s.now = now.Add(-time.Hour) // everything was plugged in an hour ago
	s.tick = s.ticks(s.now)
	s.settle()
	s.clock()
	s.settle()
	s.changed(domainAll)
	return s
}

// engine is the SNMPv3 identity: format 3, the switch's MAC address (RFC 3411 clause 5).
func (s *Switch) engine() agent.Engine {
	e := s.kind.enginePE
	id := []byte{0x80 | byte(e>>24), byte(e >> 16), byte(e >> 8), byte(e), 3}
	return agent.Engine{ID: append(id, s.mac[:]...), Boots: uint32(1 + s.rng.IntN(20)), BootAt: s.bootAt}
}

func (s *Switch) buildPorts() {
	o := s.opts
	add := func(p *port) *port {
		if p.role != roleVirtual {
			p.mac = s.mac
			n := len(s.ports) + 1
			p.mac[4] += byte(n >> 8)
			p.mac[5] = byte(n)
		}
		s.ports = append(s.ports, p)
		return p
	}
	access := config{
		admin: true, pvid: o.DataVLAN, voice: voiceNone, poe: poeAuto, priority: 2, limit: 30000, lldp: 3, cdp: s.kind.cdp, traps: true,
	}
	if s.kind.voiceByPort {
		access.voice = o.VoiceVLAN
	} else {
		access.tagged = []uint16{o.VoiceVLAN}
	}
	for n := range o.Ports {
		p := add(&port{n: n + 1, member: n/48 + 1, role: roleAccess, cfg: access})
		if !s.kind.stacks {
			p.member = 1
		}
		// One port of each switch is under 802.1X.
		p.cfg.dot1x = n+1 == o.Ports && o.Ports > 1
	}
	trunk := config{admin: true, pvid: vlanDefault, voice: voiceNone, trunk: true, lldp: 3, cdp: s.kind.cdp, traps: true, alias: "uplink to core"}
	for _, v := range s.vlans {
		if v.id != vlanDefault {
			trunk.tagged = append(trunk.tagged, v.id)
		}
	}
	lagged := s.number%3 == 0
	var lag *port
	if lagged {
		lag = add(&port{n: 1, member: 1, role: roleLAG, cfg: trunk})
	}
	for n := range uplinks * s.groups {
		p := add(&port{n: n%uplinks + 1, member: n/uplinks + 1, role: roleUplink, cfg: trunk})
		if n >= 2 || n == 1 && !lagged {
			continue // a free socket
		}
		p.lag = lag
		p.dev = newDevice(kindCore, macOf(ouiCore, uint32(s.number/switchesPerSite)), netip.AddrFrom4([4]byte{10, vlanMgmt, 0, 1}))
	}
	virtuals := []int{vlanDefault, vlanMgmt}
	if s.kind.virtuals != nil {
		virtuals = s.kind.virtuals(o)
	}
	for _, n := range virtuals {
		add(&port{n: n, member: 1, role: roleVirtual, cfg: config{admin: true}})
	}
}

// plug puts phones, computers and access points on the access ports.
func (s *Switch) plug() {
	var free []*port
	n := int(s.opts.Phones*float64(s.opts.Ports) + 0.5)
	order := s.rng.Perm(s.opts.Ports)
	withPhone := map[int]bool{}
	for _, i := range order[:n] {
		withPhone[i] = true
	}
	for i, p := range s.ports[:s.opts.Ports] {
		if withPhone[i] {
			s.plugPhone(p, i)
		} else {
			free = append(free, p)
		}
	}
	for i, p := range free {
		switch {
		case i == 0:
			p.dev = newDevice(kindAP, macOf(ouiAP, serialOf(serialHome, s.number, p.n)), addressOf(false, s.number, p.n))
			p.dev.needsPower = true
			p.dev.others = []discovery.MAC{macOf(ouiPC, serialOf(serialClient, s.number, p.n)), macOf(ouiPC, serialOf(serialClient2, s.number, p.n))}
			p.cfg.alias = "access point"
		case i%2 == 1:
			p.dev = newDevice(kindHost, macOf(ouiPC, serialOf(serialHost, s.number, p.n)), netip.Addr{})
		}
	}
}

func (s *Switch) plugPhone(p *port, i int) {
	m := models[0]
	// Half are the common model, so that profiles by model have something to tell apart.
	if k := s.rng.IntN(2 * len(models)); k < len(models) {
		m = models[k]
	}
	p.dev = s.newPhone(m, serialOf(serialHome, s.number, p.n))
	p.dev.phone.Extension = itoa(20000 + s.number*s.opts.Ports + i)
	if s.rng.IntN(2) == 0 {
		p.dev.pc = macOf(ouiPC, serialOf(serialHome, s.number, p.n))
	}
	p.dev.phone.Switch = s.name
	p.cfg.alias = "phone " + p.dev.phone.Extension
}

// newPhone makes a phone that no inventory has yet.
func (s *Switch) newPhone(m *model, serial uint32) *device {
	d := newDevice(kindPhone, macOf(m.oui, serial), netip.IPv4Unspecified())
	d.model, d.needsPower = m, true
	name := d.tag
	switch m.vendor {
	case "cisco":
		name = "SEP" + name
	case "avaya": // AV, a letter for the prefix, the last six digits
		name = "AVX" + name[6:]
	case "poly":
		name = "Polycom_" + strings.ToLower(name)
	case "yealink":
		name = m.name
	}
	d.phone = &Phone{MAC: d.mac, Name: name, Model: m.name, Vendor: m.vendor, Site: s.site}
	return d
}

// serial is the serial number that a phone tells by LLDP-MED.
func (d *device) serial() string {
	if d.model.ids == idSerial {
		return fmt.Sprintf("%x", d.mac[:])
	}
	return fmt.Sprintf("FCH%04d%04X", int(d.mac[3])*10%10000, uint16(d.mac[4])<<8|uint16(d.mac[5]))
}
