package config

import (
	"fmt"
	"slices"
	"strings"

	"phoneport/discovery"
	"phoneport/discovery/advertise"
	"phoneport/discovery/lldp"
)

// application is one of TIA-1057 table 12, with the marks that RFC 4594 and the guides of makers give its
// traffic.
type application struct {
	name      string
	id        uint8
	pcp, dscp uint8
}

var applications = []application{
	{"voice", lldp.AppVoice, voicePCP, voiceDSCP},
	{"voice-signaling", lldp.AppVoiceSignaling, 3, 24},
	{"guest-voice", lldp.AppGuestVoice, voicePCP, voiceDSCP},
	{"guest-voice-signaling", lldp.AppGuestVoiceSignaling, 3, 24},
	{"softphone-voice", lldp.AppSoftphoneVoice, voicePCP, voiceDSCP},
	{"video-conferencing", lldp.AppVideoConferencing, 4, 34},
	{"streaming-video", lldp.AppStreamingVideo, 4, 26},
	{"video-signaling", lldp.AppVideoSignaling, 3, 24},
}

// ApplicationName gives the word for an LLDP-MED application: "voice-signaling".
func ApplicationName(id uint8) string {
	for _, a := range applications {
		if a.id == id {
			return a.name
		}
	}
	return fmt.Sprintf("application-%d", id)
}

// ApplicationNames gives the words that the list applications may use.
func ApplicationNames() (names []string) {
	for _, a := range applications[1:] {
		names = append(names, a.name)
	}
	return names
}

// policies gives what an entry tells for each application, voice first.
func (k *checker) policies(path string, r AdvertText) (out []discovery.VoicePolicy) {
	bridge := r.Bridge != ""
	// On a bridge the voice VLAN is told by default: it is the tagged one of the port.
	voice := ApplicationText{Mode: r.Voice.Mode, VLAN: r.Voice.VLAN, PCP: r.Voice.PCP, DSCP: r.Voice.DSCP}
	if voice != (ApplicationText{}) || bridge {
		if p, ok := k.applicationPolicy(path+".voice", voice, applications[0], bridge); ok {
			out = append(out, p)
		}
	}
	seen := map[string]string{}
	for i, a := range r.Applications {
		at := k.name(path+".applications", i, a.Name, seen)
		j := slices.IndexFunc(applications, func(known application) bool { return known.name == a.Name })
		switch {
		case a.Name == "voice":
			k.errf(at+".name", "voice is written as the key voice, not as one of applications")
		case j < 0 && a.Name != "":
			k.errf(at+".name", "%q is none of %s", a.Name, strings.Join(ApplicationNames(), ", "))
		case j > 0:
			if p, ok := k.applicationPolicy(at, a, applications[j], false); ok {
				out = append(out, p)
			}
		}
	}
	return out
}

// applicationPolicy reads one policy. bridge says that the VLAN may be left out: the port's tagged one is
// meant.
func (k *checker) applicationPolicy(path string, r ApplicationText, a application, bridge bool) (discovery.VoicePolicy, bool) {
	mode := r.Mode
	if mode == discovery.VoiceUnknown && r.VLAN != 0 {
		mode = discovery.VoiceTagged
	}
	p := discovery.VoicePolicy{Application: a.id, Mode: mode, DSCP: a.dscp}
	switch {
	case mode == discovery.VoiceTagged && r.VLAN == 0 && bridge:
		p.Mode = discovery.VoiceUnknown
	case mode == discovery.VoiceTagged:
		k.between(path+".vlan", r.VLAN, 1, 4094)
		p.VLAN = uint16(r.VLAN)
	case r.VLAN != 0:
		k.errf(path+".vlan", "%d has no meaning with mode %s", r.VLAN, mode)
	case mode == discovery.VoiceUnknown && !bridge:
		k.errf(path, "vlan or mode is missing")
	}
	if p.Mode == discovery.VoiceTagged || p.Mode == discovery.VoicePriority || p.Mode == discovery.VoiceUnknown {
		p.PCP = a.pcp
	} else if r.PCP != nil {
		k.errf(path+".pcp", "frames without a tag have no priority: remove pcp, or write mode: priority")
	}
	if r.PCP != nil {
		k.between(path+".pcp", *r.PCP, 0, 7)
		p.PCP = uint8(*r.PCP)
	}
	if r.DSCP != nil {
		k.between(path+".dscp", *r.DSCP, 0, 63)
		p.DSCP = uint8(*r.DSCP)
	}
	if mode == discovery.VoiceNone {
		if r.PCP != nil || r.DSCP != nil {
			k.errf(path, "pcp and dscp say nothing with mode none")
		}
		return p, false
	}
	return p, true
}

// classLimit is what a PSE gives each class at most, in milliwatts (802.3 tables 33-7 and 145-11).
var classLimit = [...]discovery.Milliwatts{15_400, 4_000, 7_000, 15_400, 30_000, 45_000, 60_000, 75_000, 90_000}

// PowerType gives the lowest type and class that can give so much power: 1 and 3 for 15.4 W, 2 and 4 for 30 W. Without a
// limit it is the port of 802.3af, which every phone can use.
func PowerType(limit discovery.Milliwatts) (typ, class uint8) {
	if limit == 0 {
		return 1, 3
	}
	for class = 1; class < 8 && limit > classLimit[class]; class++ {
	}
	return TypeOfClass(class), class
}

// TypeOfClass gives the lowest type of PSE that feeds a class (802.3 table 145-1).
func TypeOfClass(class uint8) uint8 {
	return [...]uint8{1, 1, 1, 1, 2, 3, 3, 4, 4}[min(class, 8)]
}

// power reads the power sourcing side; given is false where nothing was written.
func (k *checker) power(path string, r PowerText) (p advertise.Power, given bool) {
	if r == (PowerText{}) {
		return p, false
	}
	p = advertise.Power{
		Supported: true, Enabled: !r.Off, Type: uint8(r.Type), Backup: r.Backup, Limit: r.Limit, Allocated: r.Allocated,
		Priority: uint8(max(0, slices.Index(powerPriorities, k.oneOf(path+".priority", r.Priority, powerPriorities...)))),
	}
	most := classLimit[8]
	switch {
	case r.Limit == 0 && !r.Off:
		k.errf(path, "limit is missing: say how much the port gives, such as 30W")
	case r.Limit > most:
		k.errf(path+".limit", "%s is more than any port can give, %s", r.Limit, most)
	}
	if r.Allocated > r.Limit {
		k.errf(path+".allocated", "%s is more than the limit of %s", r.Allocated, r.Limit)
	}
	k.between(path+".type", r.Type, 0, 4)
	typ, class := PowerType(r.Limit)
	if r.Type == 0 {
		p.Type = typ
	}
	p.Class = class
	if r.Class != nil {
		k.between(path+".class", *r.Class, 0, 8)
		p.Class = uint8(*r.Class)
	}
	return p, true
}

// powerPriorities are the words of LLDP's power priority, in its order (802.3 table 79-5).
var powerPriorities = []string{"unknown", "critical", "high", "low"}
