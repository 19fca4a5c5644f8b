package sim

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl/sim/agent"
)

// vlan is one VLAN of a switch.
type vlan struct {
	id    uint16
	name  string
	voice bool   // marked as voice VLAN; of families that mark VLANs
	fdb   uint32 // dot1qFdbId
}

// domain is a part of the state that tables are made of.
type domain uint8

const (
	domainPorts domain = 1 << iota // which interfaces there are, and their numbers
	domainVLANs
	domainNeighbors
	domainFDB
	domainJobs // rows that a manager makes: ccCopyTable
	domainAll  = 0xff
)

// Switch is one simulated switch.
type Switch struct {
	number int
	name   string
	site   string
	kind   *personality
	opts   *Options
	agent  *agent.Agent
	server *agent.Server
	serial string
	mac    discovery.MAC

	mu         sync.Mutex
	rng        *rand.Rand
	bootAt     time.Time
	ports      []*port // ascending by ifIndex
	vlans      []vlan  // ascending by id
	savedVLANs []vlan
	groups     int // stack members
	budget     []uint32
	renumbered int
	faults     faultSet
	saved      bool // running and startup configuration are the same
	saves      int
	flash      int  // writes to flash memory (AOS-S)
	implicit   bool // hpSwitchImplicitConfigSave
	autoVLAN   bool // vmVlanCreationMode automatic
	runAt      uint32
	saveAt     uint32
	location   string
	contact    string
	sysName    string

	tick     uint32 // sysUpTime of the request in hand
	now      time.Time
	next     time.Time // when something happens by itself; zero = nothing to come
	nextIdx  uint32
	nextCDP  uint32
	lldpAt   uint32 // lldpStatsRemTablesLastChangeTime
	lldpIns  uint32
	lldpDel  uint32
	cdpAt    uint32
	ifAt     uint32 // ifTableLastChange
	entAt    uint32
	jobs     map[uint32]*copyJob
	notify   bool // pethNotificationControlEnable
	fastRep  uint32
	tables   [rowKinds]*agent.Rows[row]
	perVLAN  map[vlanRows]*agent.Rows[row]
	entities []entity
}

type vlanRows struct {
	kind rowKind
	vlan uint16
}

var _ agent.Device = (*Switch)(nil)

// Lock takes the switch for one request and lets what is due happen.
func (s *Switch) Lock() {
	s.mu.Lock()
	s.clock()
	if len(s.jobs) > 0 {
		s.carryCopies()
	}
	if !s.next.IsZero() && !s.now.Before(s.next) {
		s.settle()
	}
}

// Unlock gives the switch back.
func (s *Switch) Unlock() { s.mu.Unlock() }

// clock takes the time of the request in hand.
func (s *Switch) clock() {
	s.now = s.opts.Now()
	s.tick = s.ticks(s.now)
}

// ticks is sysUpTime at t. It wraps after 497 days, as the real one.
func (s *Switch) ticks(t time.Time) uint32 { return uint32(t.Sub(s.bootAt) / (10 * time.Millisecond)) }

// View gives the objects of a context: "", or "vlan-N" for the bridge of one VLAN where the family has
// one for each.
func (s *Switch) View(context string) agent.View {
	sc := &scope{s: s}
	if context != "" {
		if !s.kind.perVLAN {
			return nil
		}
		id, ok := parseContext(context)
		if !ok || !s.hasVLAN(id) {
			return nil
		}
		sc.vlan = id
	}
	return s.kind.schema.View(sc)
}

func (s *Switch) hasVLAN(id uint16) bool {
	return slices.ContainsFunc(s.vlans, func(v vlan) bool { return v.id == id })
}

func (s *Switch) vlan(id uint16) *vlan {
	for i := range s.vlans {
		if s.vlans[i].id == id {
			return &s.vlans[i]
		}
	}
	return nil
}

// addVLAN creates a VLAN.
func (s *Switch) addVLAN(id uint16, name string) {
	i, has := slices.BinarySearchFunc(s.vlans, id, func(v vlan, id uint16) int { return int(v.id) - int(id) })
	if has {
		return
	}
	s.vlans = slices.Insert(slices.Clone(s.vlans), i, vlan{id: id, name: name, fdb: s.kind.fdbID(i, id)})
	s.changed(domainVLANs | domainPorts | domainFDB)
}

// removeVLAN deletes a VLAN and every membership in it.
func (s *Switch) removeVLAN(id uint16) {
	s.vlans = slices.DeleteFunc(slices.Clone(s.vlans), func(v vlan) bool { return v.id == id })
	if !s.kind.voiceByPort {
		for _, p := range s.ports {
			p.cfg.tag(id, false)
			if p.cfg.pvid == id {
				p.cfg.pvid = vlanDefault
			}
		}
	}
	s.changed(domainVLANs | domainPorts | domainFDB)
}

// changed drops the tables that were made of some parts of the state.
func (s *Switch) changed(d domain) {
	for k := range s.tables {
		if rowDomains[k]&d != 0 {
			s.tables[k] = nil
		}
	}
	for k := range s.perVLAN {
		if rowDomains[k.kind]&d != 0 {
			delete(s.perVLAN, k)
		}
	}
}

// bootTick is when a starting switch has found its hardware and read its startup configuration; agents give
// that time for the last change, not 0.
const bootTick = 1

// configured is called behind every change of configuration by a manager.
func (s *Switch) configured() {
	s.saved, s.runAt = false, s.tick
	s.changed(domainPorts | domainNeighbors | domainFDB)
	if s.kind.savesItself && s.implicit {
		s.flash++
		s.save()
	}
	s.settle()
}

// save makes the running configuration the startup configuration.
func (s *Switch) save() {
	for _, p := range s.ports {
		p.saved = p.cfg
	}
	s.savedVLANs = s.vlans
	s.saved, s.saveAt = true, s.tick
	s.saves++
}

// port gives the interface with a name.
func (s *Switch) port(name string) *port {
	for _, p := range s.ports {
		if p.name == name {
			return p
		}
	}
	return nil
}

// reboot restarts the switch: what was not saved is lost, all devices start anew, numbers that the
// family does not keep change where renumber is set.
func (s *Switch) reboot(renumber bool) {
	s.clock()
	s.bootAt = s.now
	s.tick = 0
	s.agent.Reboot(s.now)
	if renumber {
		s.renumbered++
	}
	s.vlans = s.savedVLANs
	s.implicit = true // AOS-S enables it again at boot
	s.jobs = map[uint32]*copyJob{}
	s.saved = true
	s.lldpAt, s.cdpAt, s.ifAt, s.saveAt = 0, 0, 0, 0
	s.entAt, s.runAt = bootTick, bootTick
	s.lldpIns, s.lldpDel, s.nextIdx, s.nextCDP = 0, 0, 0, 0
	for _, p := range s.ports {
		p.cfg = p.saved
		p.up, p.changed = p.role == roleVirtual, 0
		p.pse = pse{group: p.pse.group, port: p.pse.port, denyAlways: p.pse.denyAlways, latched: p.pse.latched}
		if p.dev != nil {
			p.dev.restart()
		}
	}
	s.assign()
	s.changed(domainAll)
	s.settle()
}

// assign gives all interfaces their numbers and puts them in order.
func (s *Switch) assign() {
	s.kind.number(s)
	slices.SortFunc(s.ports, func(a, b *port) int { return int(a.ifIndex) - int(b.ifIndex) })
	for i, p := range s.ports {
		p.index = i
	}
	s.entities = s.kind.entities(s)
}
