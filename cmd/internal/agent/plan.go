package agent

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"phoneport/cmd/internal/config"
	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

// Setup is what is configured.
type Setup struct {
	Path    string // of the configuration, for people; "" = flags
	Station config.Station
	Adverts []config.Advert
	Only    []string // names of interfaces; empty: all that the adverts cover
}

// bridges gives the bridges that the setup needs to be read, each once.
func (s *Setup) bridges() (names []string) {
	for _, a := range s.Adverts {
		if a.Bridge != "" && !slices.Contains(names, a.Bridge) {
			names = append(names, a.Bridge)
		}
	}
	return names
}

// Want is one port and what it is to say.
type Want struct {
	Link     Link
	Entry    string // name of the configuration's entry
	Advert   advertise.Advert
	Options  advertise.Options
	Warnings []string // why something that is configured is not told
}

// Planned is what a host's ports are to say.
type Planned struct {
	Station advertise.Station
	Ports   []Want   // in the order of interface indices
	Missing []string // what is configured and not there: interfaces, bridges
	// Unread are bridges that could not be read now: their ports are to be left as they are.
	Unread map[string]error
}

// Plan decides what each port says. The error names everything that cannot be said.
func Plan(s Setup, sc Scene) (Planned, error) {
	p := Planned{Unread: map[string]error{}}
	var errs []error
	for _, l := range sc.Links {
		if len(s.Only) > 0 && !slices.Contains(s.Only, l.Name) {
			continue
		}
		i := slices.IndexFunc(s.Adverts, func(a config.Advert) bool { return covers(&a, l) })
		if i < 0 {
			continue
		}
		a := &s.Adverts[i]
		if b := sc.Bridges[a.Bridge]; a.Bridge != "" && b.Err != nil {
			continue // Unread names it
		}
		p.Ports = append(p.Ports, want(a, l, sc.Bridges[a.Bridge]))
	}
	for _, name := range s.bridges() {
		if err := sc.Bridges[name].Err; err != nil {
			p.Unread[name] = err
		}
	}
	p.Missing = missing(s, sc)
	p.Station = station(s, sc, p.Ports)
	for _, w := range p.Ports {
		// A machine that is made and dropped: it alone knows what fits into a frame.
		if _, err := advertise.NewMachine(w.Link.Addr, p.Station, w.Advert, w.Options); err != nil {
			errs = append(errs, fmt.Errorf("%s, by %q: %w", w.Link.Name, w.Entry, err))
		}
	}
	return p, errors.Join(errs...)
}

// virtual are the kinds of interfaces that no phone hangs behind: a pattern passes them over, their name in
// full does not.
var virtual = []string{
	"bridge", "vlan", "macvlan", "macvtap", "ipvlan", "vxlan", "wireguard", "gre", "gretap", "ip6gre", "sit", "ipip", "ip6tnl", "bond", "team",
	"ifb", "vrf", "tun", "geneve", "nlmon",
}

func covers(a *config.Advert, l Link) bool {
	if a.Bridge != "" {
		return l.Bridge == a.Bridge && a.Covers(l.Name)
	}
	if slices.Contains(a.Interfaces, l.Name) {
		return true
	}
	return !l.Loopback && !slices.Contains(virtual, l.Kind) && a.Covers(l.Name)
}

// want is what one port says.
func want(a *config.Advert, l Link, b Bridge) Want {
	w := Want{Link: l, Entry: a.Name, Advert: a.Says, Options: a.Options}
	w.Advert.PortID, w.Advert.IfIndex, w.Advert.Description = l.Name, l.Index, strings.ToValidUTF8(l.Alias, "?")
	w.Advert.FullDuplex = !l.HalfDuplex
	if a.Bridge == "" {
		return w
	}
	m, ok := b.Ports[l.Name]
	if !ok {
		w.Advert.Voice = nil
		w.warnf("the bridge %s does not say what it carries: no VLAN is told", a.Bridge)
		return w
	}
	w.Advert.DataVLAN = m.PVID
	w.Advert.Voice = nil
	for _, p := range a.Says.Voice {
		if q, ok := w.carried(p, m); ok {
			w.Advert.Voice = append(w.Advert.Voice, q)
		}
	}
	if !voiceTagged(w.Advert.Voice) {
		w.Advert.VoiceName = ""
	}
	if !a.PowerGiven && m.Power != nil {
		w.Advert.Power = *m.Power
	}
	return w
}

func voiceTagged(ps []discovery.VoicePolicy) bool {
	return slices.ContainsFunc(ps, func(p discovery.VoicePolicy) bool {
		return p.Application == lldp.AppVoice && p.Mode == discovery.VoiceTagged
	})
}

// carried gives the policy with the VLAN that the port carries, and false where it must not be told: a phone
// that is sent to a VLAN which its port does not carry is dead.
func (w *Want) carried(p discovery.VoicePolicy, m Member) (discovery.VoicePolicy, bool) {
	name := config.ApplicationName(p.Application)
	switch {
	case p.Mode == discovery.VoiceTagged && m.Filtering && !slices.Contains(m.Tagged, p.VLAN):
		what := "does not carry it"
		if p.VLAN == m.PVID {
			what = "carries it without a tag"
		}
		w.warnf("%s VLAN %d is configured and the port %s (%s): it is not told", name, p.VLAN, what, m)
		return p, false
	case p.Mode == discovery.VoicePriority && m.Filtering && m.PVID == 0, p.Mode == discovery.VoiceUntagged && m.Filtering && m.PVID == 0:
		w.warnf("%s is to be %s and the port drops frames without a VLAN (it has no PVID): it is not told", name, p.Mode)
		return p, false
	case p.Mode != discovery.VoiceUnknown:
		return p, true
	case !m.Filtering:
		w.warnf("the bridge does not filter VLANs, so that the port's voice VLAN is not known: write voice.vlan, or switch vlan_filtering on")
		return p, false
	case len(m.Tagged) == 1:
		p.Mode, p.VLAN = discovery.VoiceTagged, m.Tagged[0]
		return p, true
	case len(m.Tagged) > 1:
		w.warnf("several VLANs are tagged (%s) and nothing says which is for voice: none is told; write voice.vlan", m)
	}
	return p, false // a port without a tagged VLAN has no voice VLAN; that is no mistake
}

func (w *Want) warnf(format string, args ...any) {
	w.Warnings = append(w.Warnings, fmt.Sprintf(format, args...))
}

// String gives what a port carries in few words.
func (m Member) String() string {
	var out []string
	if m.PVID != 0 {
		out = append(out, fmt.Sprintf("untagged %d", m.PVID))
	}
	if len(m.Tagged) > 0 {
		text := make([]string, len(m.Tagged))
		for i, v := range m.Tagged {
			text[i] = fmt.Sprint(v)
		}
		out = append(out, "tagged "+strings.Join(text, ", "))
	}
	if len(out) == 0 {
		return "no VLAN"
	}
	return strings.Join(out, "; ")
}

// missing names what is configured in full and is not there. A pattern that covers nothing now may later.
func missing(s Setup, sc Scene) (out []string) {
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, name := range s.Only {
		l, ok := sc.link(name)
		switch {
		case !ok:
			add("there is no interface " + name)
		case !slices.ContainsFunc(s.Adverts, func(a config.Advert) bool { return covers(&a, l) }):
			add("nothing is configured for " + name)
		}
	}
	for _, a := range s.Adverts {
		if _, ok := sc.link(a.Bridge); a.Bridge != "" && !ok {
			add("there is no bridge " + a.Bridge)
			continue
		}
		for _, name := range a.Interfaces {
			l, ok := sc.link(name)
			switch {
			case strings.ContainsAny(name, `*?[{\`), len(s.Only) > 0:
			case !ok:
				add("there is no interface " + name)
			case a.Bridge != "" && l.Bridge != a.Bridge:
				add(name + " is no port of the bridge " + a.Bridge)
			}
		}
	}
	return out
}

// station fills what the configuration leaves open. Where all ports are of one bridge, it speaks for it.
func station(s Setup, sc Scene, ports []Want) advertise.Station {
	c := s.Station
	st := advertise.Station{
		Chassis: c.Chassis, Name: cmp.Or(c.Name, sc.Name), Description: cmp.Or(c.Description, sc.System), Platform: cmp.Or(c.Platform, sc.Platform),
		Capabilities: c.Capabilities, Addresses: c.Addresses,
	}
	from := sc.Links
	if bs := s.bridges(); len(bs) == 1 {
		if b, ok := sc.link(bs[0]); ok {
			from = append([]Link{b}, sc.Links...)
		}
	}
	for _, l := range from {
		if st.Chassis.IsZero() && !l.Loopback && !l.Addr.IsZero() && !l.Addr.Group() {
			st.Chassis = l.Addr
		}
	}
	if st.Chassis.IsZero() && len(ports) > 0 {
		st.Chassis = ports[0].Link.Addr
	}
	if len(st.Addresses) == 0 {
		st.Addresses = ownAddresses(from)
	}
	return st
}

// ownAddresses gives the first IPv4 and the first IPv6 address by which others can reach the host.
func ownAddresses(links []Link) (out []netip.Addr) {
	var v4, v6 bool
	for _, l := range links {
		for _, a := range l.Addresses {
			a = a.Unmap()
			if l.Loopback || !a.IsGlobalUnicast() || a.Is4() && v4 || a.Is6() && v6 {
				continue
			}
			v4, v6 = v4 || a.Is4(), v6 || a.Is6()
			out = append(out, a)
		}
	}
	return out
}
