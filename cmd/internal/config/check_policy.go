package config

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

func (k *checker) inventory(rs []rawSource) {
	seen := map[string]string{}
	for i, r := range rs {
		path := k.name("inventory", i, r.Name, seen)
		kind := k.oneOf(path+".kind", r.Kind, "csv")
		if kind == "" && r.Kind == "" {
			kind = "csv"
		}
		s := Source{Name: r.Name, Kind: kind, Path: resolvePath(k.dir, r.Path), Site: r.Site, Columns: columns(r.Columns)}
		if r.Path == "" {
			k.errf(path, "path is missing")
		}
		switch d := r.Delimiter; {
		case d == "":
		case d == "tab" || d == `\t`:
			s.Delimiter = '\t'
		case utf8.RuneCountInString(d) == 1 && !strings.ContainsAny(d, "\"\r\n\uFFFD"):
			s.Delimiter, _ = utf8.DecodeRuneInString(d)
		default:
			k.errf(path+".delimiter", "%q is no delimiter: write one character, or tab", d)
		}
		used := map[string]string{}
		for field, head := range s.Columns {
			if other, twice := used[head]; twice {
				k.errf(path+".columns."+field, "column %q is used for %s too", head, other)
			}
			used[head] = field
		}
		k.out.Inventory = append(k.out.Inventory, s)
	}
}

func columns(r rawColumns) map[string]string {
	m := map[string]string{}
	for field, head := range map[string]string{
		"mac": r.MAC, "name": r.Name, "extension": r.Extension, "model": r.Model, "vendor": r.Vendor,
		"profile": r.Profile, "site": r.Site, "switch": r.Switch, "port": r.Port, "protected": r.Protected,
	} {
		if head != "" {
			m[field] = head
		}
	}
	return m
}

func (k *checker) profiles(rs []rawProfile) {
	seen := map[string]string{}
	for i, r := range rs {
		path := k.name("profiles", i, r.Name, seen)
		p := policy.Profile{
			Name: r.Name, Voice: k.voice(path+".voice", r.Voice), DataVLAN: uint16(r.DataVLAN), PoE: r.PoE,
			Priority: r.Priority, Limit: r.Limit, Protected: r.Protected,
		}
		if r.DataVLAN != 0 {
			k.between(path+".data_vlan", r.DataVLAN, 1, 4094)
		}
		if p.Voice.VLAN != 0 && int(p.Voice.VLAN) == r.DataVLAN {
			k.errf(path+".data_vlan", "%d is the voice VLAN too", r.DataVLAN)
		}
		if p.PoE == switchctl.PoEOff {
			k.errf(path+".poe", "off would take the power of phones away; leave poe out where it should not be looked after")
		}
		// 802.3bt type 4 gives 90 W at the switch; what is above is a mistake of units.
		if p.Limit > 100_000 {
			k.errf(path+".limit", "%s is more than any port can give", p.Limit)
		}
		k.out.Profiles = append(k.out.Profiles, p)
	}
}

// Values of voice that follow from the rest (RFC 4594 and TIA-1057: EF and PCP 5 for voice bearers).
const (
	voiceApplication = 1 // TIA-1057 table 12
	voicePCP         = 5
	voiceDSCP        = 46
)

func (k *checker) voice(path string, r rawVoice) discovery.VoicePolicy {
	mode := r.Mode
	if mode == discovery.VoiceUnknown && r.VLAN != 0 {
		mode = discovery.VoiceTagged
	}
	if mode == discovery.VoiceUnknown {
		if r.PCP != nil || r.DSCP != nil {
			k.errf(path, "pcp and dscp say nothing without vlan or mode")
		}
		return discovery.VoicePolicy{}
	}
	v := discovery.VoicePolicy{Application: voiceApplication, Mode: mode}
	switch {
	case mode == discovery.VoiceTagged:
		k.between(path+".vlan", r.VLAN, 1, 4094)
		v.VLAN = uint16(r.VLAN)
	case r.VLAN != 0:
		k.errf(path+".vlan", "%d has no meaning with mode %s", r.VLAN, mode)
	}
	if mode == discovery.VoiceTagged || mode == discovery.VoicePriority {
		v.PCP = voicePCP
	}
	v.DSCP = voiceDSCP
	if r.PCP != nil {
		k.between(path+".pcp", *r.PCP, 0, 7)
		v.PCP = uint8(*r.PCP)
	}
	if r.DSCP != nil {
		k.between(path+".dscp", *r.DSCP, 0, 63)
		v.DSCP = uint8(*r.DSCP)
	}
	return v
}

func (k *checker) assignments(rs []rawAssignment) {
	profiles, seen := map[string]string{}, map[string]string{}
	for _, p := range k.out.Profiles {
		profiles[p.Name] = p.Name
	}
	for i, r := range rs {
		path := k.name("assignments", i, r.Name, seen)
		if r.Profile == "" {
			k.errf(path, "profile is missing")
		} else {
			k.known(path+".profile", "profile", r.Profile, profiles)
		}
		for _, g := range []struct {
			key      string
			patterns []string
		}{
			{"site", r.Sites},
			{"switch", r.Switches},
			{"port", r.Ports},
			{"model", r.Models},
			{"vendor", r.Vendors},
			{"phone_profile", r.PhoneProfiles},
		} {
			for j, p := range g.patterns {
				at := fmt.Sprintf("%s.%s[%d]", path, g.key, j)
				if p == "" {
					k.errf(at, "is empty; write \"*\" for everything")
				}
				k.glob(at, p)
			}
		}
		k.expression(path+".when", r.When)
		k.out.Assignments = append(k.out.Assignments, policy.Assignment{
			Name: r.Name, Profile: r.Profile, Sites: r.Sites, Switches: r.Switches, Ports: r.Ports, Models: r.Models, Vendors: r.Vendors,
			PhoneProfiles: r.PhoneProfiles, Expr: r.When,
		})
	}
	if len(profiles) > 0 && len(rs) == 0 {
		k.warnf("%s: no assignment gives any port a profile: only phones whose inventory names one get it", k.at("profiles"))
	}
}

// expression checks a CEL expression by an assigner that has nothing else in it, so that the mistake is told
// with the line of its key.
func (k *checker) expression(path, expr string) {
	if expr == "" {
		return
	}
	const name = "x"
	_, err := policy.NewAssigner(policy.Config{
		Profiles: []policy.Profile{{Name: name}}, Assignments: []policy.Assignment{{Name: name, Profile: name, Expr: expr}},
	})
	if err != nil {
		k.errf(path, "%s", strings.ReplaceAll(err.Error(), `assignment 1 "x": expression: `, ""))
	}
}
