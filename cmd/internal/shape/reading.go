package shape

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Reading is one switch as it was read: `phoneport read -o json`.
type Reading struct {
	Switch  Switch       `json:"switch"`
	Power   []PowerGroup `json:"power"`
	VLANs   []VLAN       `json:"vlans,omitempty"`
	Ports   []Port       `json:"ports"`
	Missing []Missing    `json:"missing"`
}

// Switch is what a switch says of itself.
type Switch struct {
	Name        string `json:"name"`
	Address     string `json:"address,omitempty"`
	SysName     string `json:"sys_name,omitempty"`
	SysObjectID string `json:"sys_object_id,omitempty"`
	SysDescr    string `json:"sys_descr,omitempty"`
	Vendor      string `json:"vendor,omitempty"`
	Driver      string `json:"driver,omitempty"`
	UptimeS     int64  `json:"uptime_s,omitempty"`
}

// PowerGroup is one power supply.
type PowerGroup struct {
	Group       int    `json:"group"`
	Status      string `json:"status,omitempty"`
	NominalMW   int64  `json:"nominal_mw"`
	DrawnMW     int64  `json:"drawn_mw"`
	AllocatedMW int64  `json:"allocated_mw,omitempty"`
}

// VLAN is one VLAN that exists on a switch.
type VLAN struct {
	ID   uint16 `json:"id"`
	Name string `json:"name,omitempty"`
}

// Missing is a table that could not be read.
type Missing struct {
	Table  string `json:"table"`
	Reason string `json:"reason"`
}

// Port is one port.
type Port struct {
	Name       string     `json:"name"`
	Alias      string     `json:"alias"`
	IfIndex    int        `json:"if_index,omitempty"`
	BridgePort int        `json:"bridge_port,omitempty"`
	LLDPPort   int        `json:"lldp_port,omitempty"`
	PSE        string     `json:"pse,omitempty"`
	PSEProof   string     `json:"pse_proof,omitempty"`
	Admin      string     `json:"admin,omitempty"`
	Link       string     `json:"link,omitempty"`
	SpeedBPS   uint64     `json:"speed_bps,omitempty"`
	Mode       string     `json:"mode"`
	LAG        bool       `json:"lag,omitempty"`
	Dot1X      bool       `json:"dot1x,omitempty"`
	AccessVLAN uint16     `json:"access_vlan,omitempty"`
	Tagged     []uint16   `json:"tagged_vlans,omitempty"`
	Voice      *Voice     `json:"voice,omitempty"`
	Advertised *Voice     `json:"advertised,omitempty"`
	PoE        *PoE       `json:"poe,omitempty"`
	Neighbors  []Neighbor `json:"neighbors"`
	MACs       []MAC      `json:"macs"`
}

// Voice is a voice policy.
type Voice struct {
	Mode string `json:"mode"`
	VLAN uint16 `json:"vlan,omitempty"`
	PCP  *uint8 `json:"pcp,omitempty"`
	DSCP *uint8 `json:"dscp,omitempty"`
}

// PoE is inline power of one port.
type PoE struct {
	Admin       string  `json:"admin,omitempty"`
	Detect      string  `json:"detect,omitempty"`
	Class       *uint8  `json:"class,omitempty"`
	Priority    string  `json:"priority,omitempty"`
	DrawMW      *int64  `json:"draw_mw,omitempty"`
	AllocatedMW int64   `json:"allocated_mw,omitempty"`
	LimitMW     int64   `json:"limit_mw,omitempty"`
	MaxDrawMW   int64   `json:"max_draw_mw,omitempty"`
	Denied      *uint32 `json:"denied,omitempty"` // how often power was denied since the switch started
	DeniedNow   bool    `json:"denied_now,omitempty"`
}

// Neighbor is one remote system heard on a port.
type Neighbor struct {
	Protocol     string               `json:"protocol"`
	ChassisID    string               `json:"chassis_id,omitempty"`
	PortID       string               `json:"port_id,omitempty"`
	PortDesc     string               `json:"port_descr,omitempty"`
	MAC          string               `json:"mac,omitempty"`
	System       string               `json:"system,omitempty"`
	Platform     string               `json:"platform,omitempty"`
	Software     string               `json:"software,omitempty"`
	Capabilities []string             `json:"capabilities,omitempty"`
	MEDClass     uint8                `json:"med_class,omitempty"`
	Adopted      *Voice               `json:"adopted,omitempty"`
	Advertised   *Voice               `json:"advertised,omitempty"` // what a switch tells its phones to use
	NativeVLAN   uint16               `json:"native_vlan,omitempty"`
	Addresses    []string             `json:"addresses,omitempty"`
	DrawsMW      int64                `json:"draws_mw,omitempty"`
	Inventory    *discovery.Inventory `json:"inventory,omitempty"`
}

// MAC is one learned address.
type MAC struct {
	MAC  string `json:"mac"`
	VLAN uint16 `json:"vlan,omitempty"`
}

// NewReading makes the shape of a snapshot.
func NewReading(s *switchctl.Snapshot) Reading {
	r := Reading{
		Switch: Switch{
			Name: string(s.Switch), Address: s.System.Address, SysName: s.System.SysName, SysObjectID: s.System.ObjectID,
			SysDescr: s.System.Descr, Vendor: s.System.Vendor, Driver: s.System.Driver, UptimeS: int64(s.System.Uptime / time.Second),
		},
		Power: NewPower(s.Power), Ports: make([]Port, len(s.Ports)), Missing: newMissing(s.Missing),
	}
	for _, v := range s.VLANs {
		r.VLANs = append(r.VLANs, VLAN(v))
	}
	for i := range s.Ports {
		r.Ports[i] = NewPort(&s.Ports[i])
	}
	return r
}

// NewPower makes the shape of power groups.
func NewPower(gs []switchctl.PowerGroup) []PowerGroup {
	out := make([]PowerGroup, 0, len(gs))
	for _, g := range gs {
		out = append(out, PowerGroup{
			Group: g.Group, Status: g.Status, NominalMW: int64(g.Nominal), DrawnMW: int64(g.Drawn), AllocatedMW: int64(g.Allocated),
		})
	}
	return out
}

func newMissing(ms []switchctl.Missing) []Missing {
	out := make([]Missing, 0, len(ms))
	for _, m := range ms {
		out = append(out, Missing{m.Table, m.Reason})
	}
	return out
}

// NewPort makes the shape of a port.
func NewPort(p *switchctl.PortState) Port {
	q := Port{
		Name: p.Ref.Name, Alias: p.Alias, IfIndex: p.Index.If, BridgePort: p.Index.Bridge, LLDPPort: p.Index.LLDP,
		Admin: known(p.Admin), Link: known(p.Link), SpeedBPS: p.Speed, Mode: p.Mode.String(), LAG: p.LAG, Dot1X: p.Dot1X,
		AccessVLAN: p.Untagged, Tagged: p.Tagged, Voice: newVoice(p.Voice, false), Advertised: newVoice(p.Advert, true),
		PoE: newPoE(p.PoE), Neighbors: make([]Neighbor, 0, len(p.Neighbors)), MACs: make([]MAC, 0, len(p.Learned)),
	}
	if p.Index.PSE != [2]int{} {
		q.PSE = fmt.Sprintf("%d.%d", p.Index.PSE[0], p.Index.PSE[1])
	}
	if q.PSE != "" || p.PoE.Supported {
		q.PSEProof = p.Index.Proof.String()
	}
	for _, n := range p.Neighbors {
		q.Neighbors = append(q.Neighbors, NewNeighbor(n))
	}
	for _, l := range p.Learned {
		q.MACs = append(q.MACs, MAC{l.MAC.String(), l.VLAN})
	}
	return q
}

// known gives the word of an enumeration, and nothing for its zero.
func known[T interface {
	~uint8
	String() string
}](v T,
) string {
	if v == 0 {
		return ""
	}
	return v.String()
}

func newVoice(v discovery.VoicePolicy, marks bool) *Voice {
	if v.Mode == discovery.VoiceUnknown {
		return nil
	}
	out := &Voice{Mode: v.Mode.String(), VLAN: v.VLAN}
	if marks && v.Mode != discovery.VoiceNone {
		out.PCP, out.DSCP = &v.PCP, &v.DSCP
	}
	return out
}

func newPoE(p switchctl.PoEState) *PoE {
	if !p.Supported {
		return nil
	}
	out := &PoE{
		Admin: known(p.Admin), Detect: known(p.Detect), Priority: known(p.Priority), AllocatedMW: int64(p.Allocated),
		LimitMW: int64(p.Limit), MaxDrawMW: int64(p.MaxDraw), DeniedNow: p.Denied,
	}
	if p.ClassTold {
		out.Class = &p.Class
	}
	if p.DrawTold {
		draw := int64(p.Draw)
		out.DrawMW = &draw
	}
	if p.Counters.Told {
		out.Denied = &p.Counters.Denied
	}
	return out
}

// NewNeighbor makes the shape of a neighbour.
func NewNeighbor(n discovery.Neighbor) Neighbor {
	out := Neighbor{
		Protocol: string(n.Protocol), ChassisID: n.ChassisID, PortID: n.PortID, PortDesc: n.PortDesc, MAC: n.MAC.String(),
		System: n.System, Platform: n.Platform, Software: n.Software, MEDClass: n.MEDClass, Adopted: newVoice(n.Adopted, true),
		Advertised: newVoice(n.Advertised, n.Protocol != discovery.CDP), // CDP has no marks
		NativeVLAN: n.NativeVLAN, Addresses: n.Addresses, DrawsMW: int64(n.Draws),
	}
	for _, c := range n.Capabilities {
		out.Capabilities = append(out.Capabilities, string(c))
	}
	if n.Inventory != (discovery.Inventory{}) {
		out.Inventory = &n.Inventory
	}
	return out
}

// parsePSE reads "group.port".
func parsePSE(s string) (pse [2]int, err error) {
	if s == "" {
		return pse, nil
	}
	group, port, ok := strings.Cut(s, ".")
	if ok {
		if pse[0], err = strconv.Atoi(group); err == nil {
			pse[1], err = strconv.Atoi(port)
		}
	}
	if !ok || err != nil {
		return pse, fmt.Errorf("parse power port %q: not group.port", s)
	}
	return pse, nil
}
