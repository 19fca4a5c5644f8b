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

// Status tells how things are now.
func (a *Agent) Status() shape.Agent {
	type view struct {
		p      *port
		want   Want
		up     bool
		err    error
		silent map[string]string
	}
	a.mu.Lock()
	since := a.since.UTC()
	s := shape.Agent{PID: os.Getpid(), StartedAt: &since, Config: a.setup.Path, Station: newStation(a.station), Missing: slices.Clone(a.missing), Ports: []shape.AgentPort{}}
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
			q.Neighbors = append(q.Neighbors, shape.NewSpeaker(n))
		}
		q.Counters = newCounters(v.p.run.Stats())
		s.Ports = append(s.Ports, q)
	}
	return s
}

func newStation(st advertise.Station) shape.Station {
	out := shape.Station{Name: st.Name, Descr: st.Description, Platform: st.Platform, Chassis: st.Chassis.String()}
	for _, a := range st.Addresses {
		out.Addresses = append(out.Addresses, a.String())
	}
	return out
}

// newPort gives what is known of a port before it has spoken.
func newPort(w Want, up bool) shape.AgentPort {
	link := "down"
	if up {
		link = "up"
	}
	words := [...]string{"auto", "off", "force"}
	return shape.AgentPort{
		Name: w.Link.Name, IfIndex: w.Link.Index, MAC: w.Link.Addr.String(), Bridge: w.Link.Bridge, Entry: w.Entry, Link: link, Told: newTold(w.Advert),
		Modes: map[string]string{
			"lldp": words[w.Options.LLDP], "med": words[w.Options.MED], "cdp": words[w.Options.CDP],
		},
		Neighbors: []shape.Speaker{}, Warnings: w.Warnings,
	}
}

func newTold(a advertise.Advert) shape.Told {
	t := shape.Told{DataVLAN: a.DataVLAN, Policies: []shape.ToldPolicy{}, VoiceName: a.VoiceName}
	for _, p := range a.Voice {
		t.Policies = append(t.Policies, shape.ToldPolicy{
			Application: config.ApplicationName(p.Application),
			Voice:       shape.Voice{Mode: p.Mode.String(), VLAN: p.VLAN, PCP: &p.PCP, DSCP: &p.DSCP},
		})
	}
	for _, l := range a.Locations {
		t.Locations = append(t.Locations, shape.ToldLocation{Format: locationFormats[l.Format], Text: LocationText(l)})
	}
	if p := a.Power; p.Supported {
		priority := [...]string{"", "critical", "high", "low"}[min(p.Priority, 3)]
		t.Power = &shape.ToldPower{
			Enabled: p.Enabled, Type: p.Type, Class: p.Class, Priority: priority, LimitMW: int64(p.Limit), AllocatedMW: int64(p.Allocated),
		}
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

func newCounters(s advertise.Stats) shape.AgentCounters {
	return shape.AgentCounters{
		LLDPSent: s.LLDPSent, CDPSent: s.CDPSent, SendErrors: s.SendErrors, Frames: s.Heard.Frames, Discarded: s.Heard.Discarded,
		LostTLVs: s.Heard.TLVsDiscarded, UnrecognizedTLVs: s.Heard.Unrecognised, BadChecksums: s.Heard.BadChecksums,
		AgedOut: s.Heard.Ageouts, TooMany: s.Heard.TooMany,
	}
}

// heard makes the neighbours of a port of what a status tells.
func heard(p shape.AgentPort) (out []discovery.Neighbor, err error) {
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
