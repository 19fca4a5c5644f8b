package rules

import (
	"fmt"
	"strings"

	"phoneport/discovery"
	"phoneport/inventory"
	"phoneport/policy"
	"phoneport/switchctl"
)

// at makes a finding about a port, with the evidence that every reader asks for first: why the port is held for
// a phone port, and which phone is there.
func at(v policy.View, format string, args ...any) policy.Finding {
	f := policy.Finding{Port: v.Port.Ref, Message: fmt.Sprintf(format, args...)}
	why, sure, _ := v.PhonePort()
	f.Confidence = sure
	if p := v.Intent.Profile; p != nil {
		f.Evidence = append(f.Evidence, fmt.Sprintf("profile %q by %s", p.Name, v.Intent.Why))
	}
	if len(v.Bindings) > 0 {
		f.Phone = v.Bindings[0].MAC
		f.Evidence = append(f.Evidence, signs(v.Bindings[0]))
	} else if p, ok := v.Awaited(); ok {
		f.Phone = p.MAC
		f.Evidence = append(f.Evidence, "expected here: "+policy.PhoneText(p)+" ("+p.Source+")")
	} else if v.Intent.Profile == nil && why != "" {
		f.Evidence = append(f.Evidence, why)
	}
	return f
}

// about makes a finding about one phone that was found on the port.
func about(v policy.View, b inventory.Binding, format string, args ...any) policy.Finding {
	return policy.Finding{
		Port: v.Port.Ref, Phone: b.MAC, Confidence: b.Confidence,
		Message: fmt.Sprintf(format, args...), Evidence: []string{signs(b)},
	}
}

// signs puts what speaks for a phone into one line.
func signs(b inventory.Binding) string {
	var parts []string
	for _, e := range b.Evidence {
		parts = append(parts, e.Detail)
	}
	return fmt.Sprintf("phone %s, %s: %s", policy.PhoneName(b), b.Confidence, strings.Join(parts, "; "))
}

// shut reports whether somebody took the port out of service: nothing is expected to work there.
func shut(v policy.View) bool { return v.Port.Admin == switchctl.Down && !awaited(v) }

// awaited reports whether a phone should be on the port and is nowhere.
func awaited(v policy.View) bool {
	_, ok := v.Awaited()
	return ok
}

// unseen reports whether something about one of the subjects could not be read on the switch.
func unseen(s *switchctl.Snapshot, subjects ...policy.Subject) bool {
	for _, about := range subjects {
		if _, missing := policy.Unseen(s, about); missing {
			return true
		}
	}
	return false
}

// wantedVoice gives the voice policy that the port should have, and the one that it has; ok is false where either
// is not known.
func wantedVoice(v policy.View) (want, have discovery.VoicePolicy, ok bool) {
	p := v.Intent.Profile
	if p == nil || p.Voice.Mode == discovery.VoiceUnknown || v.Port.Voice.Mode == discovery.VoiceUnknown {
		return want, have, false
	}
	if shut(v) || unseen(v.Switch, policy.AboutVLANs) {
		return want, have, false
	}
	return p.Voice, v.Port.Voice, true
}

// sameVoice compares what a voice policy does to frames; priority and DSCP are told to the phone only.
func sameVoice(a, b discovery.VoicePolicy) bool { return a.Mode == b.Mode && a.VLAN == b.VLAN }

// voiceIsWrong reports whether the port's own setting is the cause to be mended first.
func voiceIsWrong(v policy.View) bool {
	want, have, ok := wantedVoice(v)
	return ok && !sameVoice(want, have)
}

// plural gives "1 port" and "3 ports".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// listed gives at most a handful of ports by name.
func listed(refs []switchctl.PortRef) string {
	const most = 12
	var names []string
	for _, r := range refs[:min(len(refs), most)] {
		names = append(names, r.Name)
	}
	s := strings.Join(names, ", ")
	if n := len(refs) - most; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}
