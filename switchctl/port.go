package switchctl

import (
	"slices"
	"time"

	"phoneport/discovery"
)

// SwitchID is the name of a switch in the configuration. It is unique in a fleet.
type SwitchID string

// PortRef names one port for good: the switch and the canonical ifName. It is the only port key that is
// ever stored; every number of a port may change when the switch restarts.
type PortRef struct {
	Switch SwitchID
	Name   string // ifName as the switch gives it: Gi1/0/1, ge-0/0/1, 1/1/1
}

// String gives "switch port".
func (r PortRef) String() string { return string(r.Switch) + " " + r.Name }

// Indices are the four numberings of one port. Zero means not known.
type Indices struct {
	If     int    // IF-MIB ifIndex
	Bridge int    // BRIDGE-MIB dot1dBasePort
	LLDP   int    // LLDP-MIB lldpLocPortNum
	PSE    [2]int // POWER-ETHERNET-MIB pethPsePortGroupIndex, pethPsePortIndex
	Proof  IndexProof
}

// PoEState is inline power of one port. Power in milliwatts; zero where the switch does not tell, with
// Told saying which of them are real zeros.
type PoEState struct {
	Supported bool // the port has a row in a PoE table
	Admin     PoEAdmin
	Detect    PoEDetect
	Class     uint8 // IEEE class 0..8; valid where ClassTold
	ClassTold bool
	Priority  PoEPriority
	Draw      discovery.Milliwatts // measured now; valid where DrawTold
	DrawTold  bool
	Allocated discovery.Milliwatts // reserved out of the budget; 0 = not told or none
	Limit     discovery.Milliwatts // configured maximum; 0 = not told
	MaxDraw   discovery.Milliwatts // highest draw seen by the switch; 0 = not told
	Denied    bool                 // the switch says that it refuses power to this port now
	Counters  PoECounters
}

// PoECounters count since the switch started (pethPsePort…Counter). Told says whether the switch has them.
type PoECounters struct {
	Told                                                   bool
	MPSAbsent, InvalidSignature, Denied, OverLoad, ShortCC uint32
}

// LearnedMAC is one row of the forwarding database.
type LearnedMAC struct {
	MAC  discovery.MAC
	VLAN uint16 // 0 where the switch does not tell the VLAN
}

// PortState is all that phoneport knows of one port at one time.
type PortState struct {
	Ref      PortRef
	Index    Indices
	Alias    string // ifAlias: the description that people give
	Type     int    // IANAifType: 6 ethernetCsmacd, 161 ieee8023adLag, 53 propVirtual …
	Speed    uint64 // bit/s; 0 = not told
	Admin    UpDown
	Link     UpDown
	Mode     PortMode
	LAG      bool // member of a link aggregate, or the aggregate itself
	Dot1X    bool // the port is controlled by 802.1X or MAC authentication (dot1xAuthAuthControlledPortControl auto, or told by the vendor)
	CDP      UpDown
	LLDPTx   UpDown // LLDP transmission enabled on the port
	Changed  time.Time
	ReadAt   time.Time
	PoE      PoEState
	Voice    discovery.VoicePolicy // what the switch is configured to do; Mode VoiceUnknown where the switch does not tell
	Advert   discovery.VoicePolicy // what the switch advertises by LLDP-MED on this port; Mode VoiceUnknown where not told
	Untagged uint16                // access or native VLAN; 0 = not told
	Tagged   []uint16              // VLANs that leave tagged, voice included, ascending; nil where not told

	Neighbors []discovery.Neighbor
	Learned   []LearnedMAC
}

// Physical reports whether the port is a socket that a cable goes into (IANAifType ethernetCsmacd and its
// old fast and gigabit forms).
func (p PortState) Physical() bool { return slices.Contains([]int{6, 62, 69, 117}, p.Type) }

// HasMAC reports whether m was learned on the port, and in which VLANs.
func (p PortState) HasMAC(m discovery.MAC) (vlans []uint16, ok bool) {
	for _, l := range p.Learned {
		if l.MAC == m {
			vlans, ok = append(vlans, l.VLAN), true
		}
	}
	return vlans, ok
}

// PowerGroup is one power supply group of a switch (pethMainPseTable, or a stack member's).
type PowerGroup struct {
	Group     int
	Status    string               // on, off, faulty
	Nominal   discovery.Milliwatts // what the supply can give
	Drawn     discovery.Milliwatts // measured
	Allocated discovery.Milliwatts // reserved; 0 where not told
	Threshold int                  // usage threshold of the notification, percent; 0 where not told
}

// VLAN is one VLAN that exists on a switch.
type VLAN struct {
	ID   uint16
	Name string
}

// System is what a switch says of itself.
type System struct {
	Name     string // configured name
	Address  string
	SysName  string
	ObjectID string // sysObjectID, dotted without a leading dot
	Descr    string
	Vendor   string
	Driver   string // folder name of the driver: standard, ciscoios …
	Uptime   time.Duration
}

// Missing is one table that could not be read, or not whole, and why.
type Missing struct {
	Table  string
	Reason string
	Err    error // the classed error, for programs; nil where the table is simply not offered
}

// Snapshot is one reading of one switch. What could not be read is in Missing; the rest is good.
type Snapshot struct {
	Switch  SwitchID
	System  System
	BootAt  time.Time
	ReadAt  time.Time
	Power   []PowerGroup
	VLANs   []VLAN // nil where the switch does not tell
	Ports   []PortState
	Missing []Missing
}

// Port gives the port with the canonical name.
func (s *Snapshot) Port(name string) (*PortState, bool) {
	for i := range s.Ports {
		if s.Ports[i].Ref.Name == name {
			return &s.Ports[i], true
		}
	}
	return nil, false
}

// HasVLAN reports whether VLAN id exists on the switch; known is false where the switch does not tell.
func (s *Snapshot) HasVLAN(id uint16) (exists, known bool) {
	if len(s.VLANs) == 0 {
		return false, false
	}
	for _, v := range s.VLANs {
		if v.ID == id {
			return true, true
		}
	}
	return false, true
}
