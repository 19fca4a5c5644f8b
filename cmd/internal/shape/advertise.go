package shape

import (
	"time"

	"phoneport/discovery"
)

// Agent is what the agent that speaks on this host's ports tells of itself: `phoneport advertise status -o json`.
// cmd/internal/agent makes it.
type Agent struct {
	PID       int         `json:"pid,omitempty"` // absent before it runs
	StartedAt *time.Time  `json:"started_at,omitempty"`
	Config    string      `json:"config,omitempty"`
	Station   Station     `json:"station"`
	Ports     []AgentPort `json:"ports"`
	Missing   []string    `json:"missing,omitempty"` // what is configured and not there
	Warnings  []string    `json:"warnings,omitempty"`
}

// Station is who speaks.
type Station struct {
	Name      string   `json:"name"`
	Descr     string   `json:"descr,omitempty"`
	Platform  string   `json:"platform,omitempty"`
	Chassis   string   `json:"chassis"`
	Addresses []string `json:"addresses,omitempty"`
}

// AgentPort is one port that speaks.
type AgentPort struct {
	Name      string            `json:"name"`
	IfIndex   int               `json:"if_index,omitempty"`
	MAC       string            `json:"mac,omitempty"`
	Bridge    string            `json:"bridge,omitempty"`
	Entry     string            `json:"entry"`
	Link      string            `json:"link"` // up, down; failed where the port cannot be spoken on
	Error     string            `json:"error,omitempty"`
	Told      Told              `json:"told"`
	Modes     map[string]string `json:"modes"`            // lldp, med, cdp: auto, off, force
	Silent    map[string]string `json:"silent,omitempty"` // protocols that another speaker keeps us from, and who it is
	Neighbors []Speaker         `json:"neighbors"`
	Counters  AgentCounters     `json:"counters"`
	Warnings  []string          `json:"warnings,omitempty"`
}

// Told is what a port says.
type Told struct {
	DataVLAN    uint16         `json:"data_vlan,omitempty"`
	Policies    []ToldPolicy   `json:"policies"`
	VoiceName   string         `json:"voice_name,omitempty"`
	Locations   []ToldLocation `json:"locations,omitempty"`
	Power       *ToldPower     `json:"power,omitempty"`
	CallServers []string       `json:"call_servers,omitempty"`
	FileServers []string       `json:"file_servers,omitempty"`
}

// ToldPolicy is what is told for one application.
type ToldPolicy struct {
	Application string `json:"application"`
	Voice
}

// ToldLocation is where a port is.
type ToldLocation struct {
	Format string `json:"format"` // coordinates, civic, elin
	Text   string `json:"text"`
}

// ToldPower is what a port gives.
type ToldPower struct {
	Enabled     bool   `json:"enabled"`
	Type        uint8  `json:"type"`
	Class       uint8  `json:"class"`
	Priority    string `json:"priority,omitempty"`
	LimitMW     int64  `json:"limit_mw,omitempty"` // absent: what the type allows
	AllocatedMW int64  `json:"allocated_mw,omitempty"`
}

// AgentCounters count frames since the port began to speak.
type AgentCounters struct {
	LLDPSent         uint64 `json:"lldp_sent"`
	CDPSent          uint64 `json:"cdp_sent"`
	SendErrors       uint64 `json:"send_errors"`
	Frames           uint64 `json:"frames"`
	Discarded        uint64 `json:"discarded"`
	LostTLVs         uint64 `json:"lost_tlvs"`
	UnrecognizedTLVs uint64 `json:"unrecognized_tlvs"`
	BadChecksums     uint64 `json:"bad_checksums"`
	AgedOut          uint64 `json:"aged_out"`
	TooMany          uint64 `json:"too_many"`
}

// AgentNote is one line of `phoneport advertise -o json`.
type AgentNote struct {
	At       time.Time `json:"at"`
	Port     string    `json:"port,omitempty"` // absent: the agent
	Kind     string    `json:"kind"`
	Protocol string    `json:"protocol,omitempty"`
	Text     string    `json:"text"`
	Neighbor *Speaker  `json:"neighbor,omitempty"`
	PowerMW  int64     `json:"power_mw,omitempty"`
	Told     *Told     `json:"told,omitempty"` // of started and changed
}

// Rehearsal is what one port would say: `phoneport advertise --check -o json`.
type Rehearsal struct {
	Port     string           `json:"port"`
	Entry    string           `json:"entry"`
	Told     Told             `json:"told"`
	Frames   []RehearsedFrame `json:"frames"`
	Warnings []string         `json:"warnings,omitempty"`
}

// RehearsedFrame is one frame that would be sent.
type RehearsedFrame struct {
	When     string `json:"when"`
	Protocol string `json:"protocol"`
	TLVs     []TLV  `json:"tlvs"`
	Hex      string `json:"hex"` // from the destination address on, without FCS
}

// NewSpeaker makes the shape of a neighbour with the age of what it says.
func NewSpeaker(n discovery.Neighbor) Speaker { return *newSpeaker(n) }
