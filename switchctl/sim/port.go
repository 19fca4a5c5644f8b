package sim

import (
	"slices"

	"phoneport/discovery"
)

// VLANs of every switch beside data and voice.
const (
	vlanDefault  = 1
	vlanGuest    = 20
	vlanMgmt     = 99
	vlanVoiceOld = 120
)

// Values of vmVoiceVlanId (CISCO-VLAN-MEMBERSHIP-MIB) that are no VLAN.
const (
	voiceDot1p    = 0
	voiceUntagged = 4095
	voiceNone     = 4096
)

// role is what a port is for.
type role uint8

const (
	roleAccess role = iota
	roleUplink
	roleLAG     // the aggregate of uplinks
	roleVirtual // VLAN interface, loopback, unit
)

// Values of cpeExtPsePortEnable (CISCO-POWER-ETHERNET-EXT-MIB).
const (
	poeAuto   = 1
	poeStatic = 2
	poeLimit  = 3
	poeNever  = 4
)

// Values of pethPsePortDetectionStatus (POWER-ETHERNET-MIB).
const (
	detectDisabled   = 1
	detectSearching  = 2
	detectDelivering = 3
	detectFault      = 4
	detectOtherFault = 6
)

// config is what is configured on a port: what a restart brings back to what was saved.
type config struct {
	admin    bool
	alias    string
	pvid     uint16   // access or native VLAN
	tagged   []uint16 // ascending; never changed in place
	trunk    bool
	voice    uint16 // as vmVoiceVlanId; of families that keep the voice VLAN with the port
	medVLAN  uint16 // VLAN of a network-policy profile, which LLDP tells in place of the voice VLAN; 0 = none
	poe      uint8
	priority uint8 // pethPsePortPowerPriority
	limit    uint32
	lldp     uint8 // lldpPortConfigAdminStatus
	cdp      bool
	dot1x    bool
	traps    bool // ifLinkUpDownTrapEnable
	poeNote  string
}

// member reports whether frames of a VLAN pass the port.
func (c *config) member(vlan uint16) bool { return c.pvid == vlan || slices.Contains(c.tagged, vlan) }

// tag adds or removes tagged membership.
func (c *config) tag(vlan uint16, in bool) {
	i, has := slices.BinarySearch(c.tagged, vlan)
	switch {
	case in && !has:
		c.tagged = slices.Insert(slices.Clone(c.tagged), i, vlan)
	case !in && has:
		c.tagged = slices.Delete(slices.Clone(c.tagged), i, i+1)
	}
}

// pse is the power half of a port.
type pse struct {
	group, port int // 0.0 = not a power port
	detect      uint8
	alloc       uint32 // mW
	maxDrawn    uint32
	refused     bool // power is denied for want of budget or on demand of a fault
	latched     bool // short circuit or overload, until power is switched off
	denyAlways  bool // fault Denied

	mpsAbsent, invalidSignature, denied, overload, short uint32
}

// port is one interface.
type port struct {
	index   int // place in Switch.ports
	n       int // 1… among the ports of its role
	member  int // stack member, 1…
	role    role
	name    string // ifName
	descr   string // ifDescr
	ifIndex uint32
	bridge  uint32 // 0 = no bridge port
	lldp    uint32 // 0 = LLDP does not know it
	ent     uint32
	ifType  uint32
	mbps    uint32
	mac     discovery.MAC
	lag     *port // the aggregate that it belongs to

	cfg, saved config
	base       config // as it was built, for Heal
	up         bool
	changed    uint32 // sysUpTime of the last change of link
	pse        pse
	dev        *device
	home       *device // what was plugged in at first, for Heal
	strangers  []discovery.MAC
	faults     faultSet
}

// physical reports whether the port is a socket.
func (p *port) physical() bool { return p.role == roleAccess || p.role == roleUplink }

// draw is what the port gives now, in milliwatts.
func (p *port) draw() uint32 {
	if p.pse.detect != detectDelivering || p.dev == nil {
		return 0
	}
	return p.dev.draw()
}
