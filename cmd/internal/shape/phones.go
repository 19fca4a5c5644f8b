package shape

import (
	"time"

	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

// Place is a port of a switch.
type Place struct {
	Switch string `json:"switch"`
	Port   string `json:"port,omitempty"`
}

// NewPlace makes the shape of a port's name.
func NewPlace(r switchctl.PortRef) Place { return Place{string(r.Switch), r.Name} }

// The states of a phone, from bad to good.
const (
	StateDuplicate = "duplicate" // found on more than one port
	StateMissing   = "missing"   // expected, and on no port that was read
	StateUnknown   = "unknown"   // found, and in no inventory
	StateMoved     = "moved"     // found on another port than recorded
	StateUnread    = "unread"    // not found, but not every switch that could have it was read
	StateFound     = "found"
)

// Phone is one phone of the inventory, or one that was found: `phoneport phones -o json`.
type Phone struct {
	State     string  `json:"state"`
	MAC       string  `json:"mac,omitempty"`
	Name      string  `json:"name,omitempty"`
	Extension string  `json:"extension,omitempty"`
	Vendor    string  `json:"vendor,omitempty"`
	Model     string  `json:"model,omitempty"`
	Profile   string  `json:"profile,omitempty"`
	Site      string  `json:"site,omitempty"`
	Protected bool    `json:"protected,omitempty"`
	Source    string  `json:"source,omitempty"`
	Expected  *Place  `json:"expected,omitempty"`
	Found     []Found `json:"found"`
}

// Found is a port on which a phone was found.
type Found struct {
	Place
	Confidence string     `json:"confidence"`
	VoiceVLAN  uint16     `json:"voice_vlan,omitempty"`
	InVoice    bool       `json:"in_voice_vlan"`
	Evidence   []Evidence `json:"evidence"`
}

// Evidence is one sign.
type Evidence struct {
	Source string `json:"source"`
	Detail string `json:"detail"`
}

// NewPhone makes the shape of a phone of the inventory; Found and State are the caller's.
func NewPhone(p inventory.Phone) Phone {
	out := Phone{
		MAC: p.MAC.String(), Name: p.Name, Extension: p.Extension, Vendor: p.Vendor, Model: p.Model, Profile: p.Profile, Site: p.Site,
		Protected: p.Protected, Source: p.Source, Found: []Found{},
	}
	if p.Expected.Name != "" {
		at := NewPlace(p.Expected)
		out.Expected = &at
	}
	return out
}

// NewFound makes the shape of a binding.
func NewFound(b inventory.Binding) Found {
	f := Found{
		Place: NewPlace(b.Port), Confidence: b.Confidence.String(), VoiceVLAN: b.VoiceVLAN, InVoice: b.InVoice, Evidence: make([]Evidence, 0, len(b.Evidence)),
	}
	for _, e := range b.Evidence {
		f.Evidence = append(f.Evidence, Evidence{string(e.Kind), e.Detail})
	}
	return f
}

// Whereabouts is `phoneport where -o json`.
type Whereabouts struct {
	Phone   Phone     `json:"phone"`
	History []History `json:"history"`
}

// History is one thing that is remembered of a phone or its port, newest first.
type History struct {
	At    time.Time `json:"at"`
	Place Place     `json:"place"`
	What  string    `json:"what"`
}

// SwitchPower is inline power of one switch: `phoneport power -o json`.
type SwitchPower struct {
	Switch string       `json:"switch"`
	Groups []GroupPower `json:"groups"`
	Error  string       `json:"error,omitempty"`
}

// GroupPower is one power supply with what would happen after an outage.
type GroupPower struct {
	PowerGroup
	Forecast Forecast `json:"forecast"`
}

// Forecast is what happens when everything that is powered now starts at once.
type Forecast struct {
	Ports         int      `json:"ports"`
	DeclaredMW    int64    `json:"declared_mw"`
	WorstMW       int64    `json:"worst_mw"`
	Denied        []Demand `json:"denied"`
	DeniedAtStart []Demand `json:"denied_at_start"`
	Rough         bool     `json:"rough,omitempty"`
}

// Demand is what one port asks for.
type Demand struct {
	Port       string `json:"port"`
	Priority   string `json:"priority,omitempty"`
	DeclaredMW int64  `json:"declared_mw"`
	WorstMW    int64  `json:"worst_mw"`
}

// NewSwitchPower makes the shape of a switch's power.
func NewSwitchPower(s *switchctl.Snapshot) SwitchPower {
	out := SwitchPower{Switch: string(s.Switch), Groups: []GroupPower{}}
	groups := NewPower(s.Power)
	for _, f := range policy.Forecast(s) {
		g := GroupPower{Forecast: Forecast{
			Ports: f.Ports, DeclaredMW: int64(f.Declared), WorstMW: int64(f.Worst), Denied: newDemands(f.Denied),
			DeniedAtStart: newDemands(f.DeniedAtStart), Rough: f.Rough,
		}}
		for _, p := range groups {
			if p.Group == f.Group {
				g.PowerGroup = p
			}
		}
		out.Groups = append(out.Groups, g)
	}
	return out
}

func newDemands(ds []policy.PowerDemand) []Demand {
	out := make([]Demand, 0, len(ds))
	for _, d := range ds {
		out = append(out, Demand{d.Port.Name, known(d.Priority), int64(d.Declared), int64(d.Worst)})
	}
	return out
}
