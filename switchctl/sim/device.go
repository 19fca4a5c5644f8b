package sim

import (
	"fmt"
	"net/netip"
	"time"

	"phoneport/discovery"
)

// deviceKind is what stands at the far end of a cable.
type deviceKind uint8

const (
	kindPhone deviceKind = iota
	kindHost             // PC or printer
	kindAP               // access point with a few clients
	kindCore             // another switch
)

// stage is how far a device is in its life. Stages are passed in order.
type stage uint8

const (
	stageOff        stage = iota
	stageBooting          // has power, no link yet
	stageReady            // would have a link if the port were up
	stageLinked           // link is up
	stageTalking          // its first CDP and LLDP frames were heard; voice policy not adopted
	stageAdopted          // uses the VLAN that the switch told it
	stageRegistered       // in service
)

// Shares of the boot time that the stages take, in percent.
const (
	toReady    = 30
	toTalk     = 20
	toAdopt    = 30
	toRegister = 20
)

// voice is a voice policy as a phone uses it.
type voice struct {
	mode discovery.VoiceMode
	vlan uint16
}

const (
	voicePCP  = 5
	voiceDSCP = 46
)

// device is one thing that is plugged in.
type device struct {
	kind   deviceKind
	mac    discovery.MAC
	tag    string     // mac as twelve hexadecimal digits, upper case
	addr   netip.Addr // 0.0.0.0 while it has none
	pc     discovery.MAC
	others []discovery.MAC // clients of an access point

	// Phones only.
	phone *Phone
	model *model

	needsPower bool // draws from the port
	brick      bool // has its own supply, though it could draw from the port
	hung       bool // boots no further; a new start cures it
	static     bool // uses no VLAN, whatever the switch tells it
	sticky     bool // keeps the policy that it has until it starts anew

	stage   stage
	due     time.Time // when the next stage comes; zero while it waits for no time
	adopted voice
	revisit time.Time // when a changed policy is adopted; zero when it is not changed
	lldpIdx uint32    // lldpRemIndex, cdpCacheDeviceIndex: given when first heard
	cdpIdx  uint32
	heard   uint32 // sysUpTime when the entry last changed
}

// newDevice makes a thing with an address.
func newDevice(kind deviceKind, mac discovery.MAC, addr netip.Addr) *device {
	return &device{kind: kind, mac: mac, tag: fmt.Sprintf("%X", mac[:]), addr: addr}
}

// talks reports whether the device sends LLDP or CDP now.
func (d *device) talks() bool {
	return d != nil && d.stage >= stageTalking && d.kind != kindHost
}

// restart puts the device back to the beginning of its life.
func (d *device) restart() {
	d.stage, d.due, d.revisit = stageOff, time.Time{}, time.Time{}
	d.adopted, d.hung, d.sticky = voice{}, false, false
	if d.kind == kindPhone {
		d.addr = netip.IPv4Unspecified()
	}
}

// class is its IEEE class: what the switch reserves by before the device told what it needs.
func (d *device) class() uint8 {
	switch {
	case d.kind == kindAP:
		return 4
	case d.model != nil:
		return d.model.class
	}
	return 0
}

// draw is what it takes once it runs, in milliwatts.
func (d *device) draw() uint32 {
	if d.kind == kindAP {
		return 12500
	}
	if d.model == nil {
		return 0
	}
	return d.model.draw + uint32(d.mac[5])*2 // no two phones draw alike
}
