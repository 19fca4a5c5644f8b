package agent

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"phoneport/cmd/internal/config"
	"phoneport/cmd/internal/shape"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

// Status is what an agent tells of itself: `phoneport advertise status -o json`.
type Status struct {
	PID       int       `json:"pid"`
	StartedAt time.Time `json:"started_at"`
	Config    string    `json:"config,omitempty"`
	Station   Station   `json:"station"`
	Ports     []Port    `json:"ports"`
	Missing   []string  `json:"missing,omitempty"` // what is configured and not there
	Warnings  []string  `json:"warnings,omitempty"`
}

// Station is who speaks.
type Station struct {
	Name        string   `json:"name"`
	Description string   `json:"descr,omitempty"`
	Platform    string   `json:"platform,omitempty"`
	Chassis     string   `json:"chassis"`
	Addresses   []string `json:"addresses,omitempty"`
}

// Port is one port that speaks.
type Port struct {
	Name      string            `json:"name"`
	IfIndex   int               `json:"if_index,omitempty"`
	MAC       string            `json:"mac,omitempty"`
	Bridge    string            `json:"bridge,omitempty"`
	Entry     string            `json:"entry"`
	Link      string            `json:"link"` // up, down; failed where the port cannot be spoken on
	Error     string            `json:"error,omitempty"`
	Told      Told              `json:"told"`
	Modes     map[string]string `json:"modes"`            // lldp, med, cdp: auto, off, force
	Silent    map[string]string `json:"silent,omitempty"` // protocols that another speaker keeps us from, and who
	Neighbors []Neighbor        `json:"neighbors"`
	Counters  Counters          `json:"counters"`
	Warnings  []string          `json:"warnings,omitempty"`
}

// Told is what a port says.
type Told struct {
	DataVLAN    uint16     `json:"data_vlan,omitempty"`
	Policies    []Policy   `json:"policies"`
	VoiceName   string     `json:"voice_name,omitempty"`
	Locations   []Location `json:"locations,omitempty"`
	Power       *Power     `json:"power,omitempty"`
	CallServers []string   `json:"call_servers,omitempty"`
	FileServers []string   `json:"file_servers,omitempty"`
}

// Policy is what is told for one application.
type Policy struct {
	Application string `json:"application"`
	shape.Voice
}

// Location is where the port is.
type Location struct {
	Format string `json:"format"`
	Text   string `json:"text"`
}

// Power is what the port gives.
type Power struct {
	Enabled     bool   `json:"enabled"`
	Type        uint8  `json:"type"`
	Class       uint8  `json:"class"`
	Priority    string `json:"priority,omitempty"`
	LimitMW     int64  `json:"limit_mw"`
	AllocatedMW int64  `json:"allocated_mw,omitempty"`
}

// Neighbor is one remote system that is heard.
type Neighbor struct {
	shape.Neighbor
	HeardAt time.Time `json:"heard_at"`
	TTLS    int64     `json:"ttl_s"`
}

// Counters count frames since the port began.
type Counters struct {
	LLDPSent      uint64 `json:"lldp_sent"`
	CDPSent       uint64 `json:"cdp_sent"`
	SendErrors    uint64 `json:"send_errors"`
	Heard         uint64 `json:"heard"`
	Discarded     uint64 `json:"discarded"`
	Unrecognised  uint64 `json:"unrecognised_tlvs"`
	TLVsDiscarded uint64 `json:"discarded_tlvs"`
	Ageouts       uint64 `json:"ageouts"`
	TooMany       uint64 `json:"too_many"`
	BadChecksums  uint64 `json:"bad_checksums"`
}

// Status tells how things are now.
func (a *Agent) Status() Status {
	type view struct {
		p      *port
		want   Want
		up     bool
		err    error
		silent map[string]string
	}
	a.mu.Lock()
	s := Status{PID: os.Getpid(), StartedAt: a.since, Config: a.setup.Path, Station: newStation(a.station), Missing: slices.Clone(a.missing), Ports: []Port{}}
	for name, err := range a.unread {
		s.Warnings = append(s.Warnings, fmt.Sprintf("read bridge %s: %v", name, err))
	}
	var views []view
	for _, p := range a.ports {
		v := view{p: p, want: p.want, up: p.up, err: p.err, silent: map[string]string{}}
		for proto, who := range p.silent {
			v.silent[string(proto)] = who
		}
		views = append(views, v)
	}
	for _, b := range a.broken {
		views = append(views, view{want: b.want, err: b.err})
	}
	a.mu.Unlock()
	slices.SortFunc(views, func(x, y view) int { return x.want.Link.Index - y.want.Link.Index })
	for _, v := range views {
		q := newPort(v.want, v.up)
		q.Silent = v.silent
		if v.err != nil {
			q.Link, q.Error = "failed", v.err.Error()
		}
		if v.p == nil {
			s.Ports = append(s.Ports, q)
			continue
		}
		// Asked outside a.mu: a port that tells a notice waits for it.
		for _, n := range v.p.run.Neighbors() {
			q.Neighbors = append(q.Neighbors, Neighbor{shape.NewNeighbor(n), n.HeardAt, int64(n.TTL / time.Second)})
		}
		q.Counters = newCounters(v.p.run.Stats())
		s.Ports = append(s.Ports, q)
	}
	return s
}

func newStation(st advertise.Station) Station {
	out := Station{Name: st.Name, Description: st.Description, Platform: st.Platform, Chassis: st.Chassis.String()}
	for _, a := range st.Addresses {
		out.Addresses = append(out.Addresses, a.String())
	}
	return out
}

// newPort gives what is known of a port before it has spoken.
func newPort(w Want, up bool) Port {
	link := "down"
	if up {
		link = "up"
	}
	words := [...]string{"auto", "off", "force"}
	return Port{
		Name: w.Link.Name, IfIndex: w.Link.Index, MAC: w.Link.Addr.String(), Bridge: w.Link.Bridge, Entry: w.Entry, Link: link, Told: newTold(w.Advert),
		Modes: map[string]string{
			"lldp": words[w.Options.LLDP], "med": words[w.Options.MED], "cdp": words[w.Options.CDP],
		},
		Neighbors: []Neighbor{}, Warnings: w.Warnings,
	}
}

func newTold(a advertise.Advert) Told {
	t := Told{DataVLAN: a.DataVLAN, Policies: []Policy{}, VoiceName: a.VoiceName}
	for _, p := range a.Voice {
		t.Policies = append(t.Policies, Policy{
			Application: config.ApplicationName(p.Application),
			Voice:       shape.Voice{Mode: p.Mode.String(), VLAN: p.VLAN, PCP: &p.PCP, DSCP: &p.DSCP},
		})
	}
	for _, l := range a.Locations {
		t.Locations = append(t.Locations, Location{locationFormats[l.Format], LocationText(l)})
	}
	if p := a.Power; p.Supported {
		priority := [...]string{"", "critical", "high", "low"}[min(p.Priority, 3)]
		t.Power = &Power{p.Enabled, p.Type, p.Class, priority, int64(p.Limit), int64(p.Allocated)}
	}
	for _, s := range a.CallServers {
		t.CallServers = append(t.CallServers, s.String())
	}
	for _, s := range a.FileServers {
		t.FileServers = append(t.FileServers, s.String())
	}
	return t
}

var locationFormats = map[uint8]string{lldp.LocationCoordinate: "coordinates", lldp.LocationCivic: "civic", lldp.LocationELIN: "elin"}

// LocationText gives a location for people.
func LocationText(l lldp.Location) string {
	switch l.Format {
	case lldp.LocationELIN:
		return "ELIN " + l.ELIN
	case lldp.LocationCivic:
		out := []string{l.Civic.Country}
		for _, p := range l.Civic.Parts {
			name := config.CivicName(p.Type)
			if name == "" {
				name = fmt.Sprintf("CAtype %d", p.Type)
			}
			out = append(out, name+" "+p.Value)
		}
		return "civic " + strings.Join(out, ", ")
	case lldp.LocationCoordinate:
		c := l.Coordinate
		const degree, unit = 1 << 25, 1 << 8
		text := fmt.Sprintf("coordinates %.6f, %.6f", float64(c.Latitude)/degree, float64(c.Longitude)/degree)
		switch c.AltType {
		case 1:
			text += fmt.Sprintf(", %.1f m", float64(c.Altitude)/unit)
		case 2:
			text += fmt.Sprintf(", floor %.1f", float64(c.Altitude)/unit)
		}
		return text
	}
	return fmt.Sprintf("location format %d", l.Format)
}

func newCounters(s advertise.Stats) Counters {
	return Counters{
		LLDPSent: s.LLDPSent, CDPSent: s.CDPSent, SendErrors: s.SendErrors, Heard: s.Heard.Frames, Discarded: s.Heard.Discarded,
		Unrecognised: s.Heard.Unrecognised, TLVsDiscarded: s.Heard.TLVsDiscarded, Ageouts: s.Heard.Ageouts, TooMany: s.Heard.TooMany,
		BadChecksums: s.Heard.BadChecksums,
	}
}

// heard makes the neighbours of a port of what a status tells.
func (p Port) heard() (out []discovery.Neighbor, err error) {
	for _, n := range p.Neighbors {
		nb, err := n.Heard()
		if err != nil {
			return nil, fmt.Errorf("read neighbour of %s: %w", p.Name, err)
		}
		nb.HeardAt, nb.TTL = n.HeardAt, time.Duration(n.TTLS)*time.Second
		if nb.Protocol == discovery.LLDP && nb.Adopted.Mode != discovery.VoiceUnknown {
			nb.Adopted.Application = lldp.AppVoice
		}
		out = append(out, nb)
	}
	return out, nil
}
