package rules

import (
	"fmt"
	"strings"

	"phoneport/discovery"
	"phoneport/policy"
)

var phonePolicyDiffers = policy.Rule{
	ID:       "phone-policy-differs",
	Title:    "the phone uses another voice policy than the switch gives",
	Why:      "The phone says by LLDP-MED what it adopted: if that differs, it was set by hand, or listens to somebody else.",
	Severity: policy.Warning,
	Check:    checkPhonePolicyDiffers,
}

// checkPhonePolicyDiffers believes LLDP-MED only: what CDP's cache calls the voice VLAN of a phone is no proof of
// what it adopted.
func checkPhonePolicyDiffers(v policy.View) []policy.Finding {
	if v.Settling() || voiceIsWrong(v) || unseen(v.Switch, policy.AboutLLDP, policy.AboutVLANs) {
		return nil
	}
	b, found := v.Phone()
	if !found || len(v.Bindings) > 1 {
		return nil // which of two phones said it is not told
	}
	given, by := v.Port.Advert, "LLDP-MED announces"
	if given.Mode == discovery.VoiceUnknown {
		given, by = v.Port.Voice, "the port is set to"
	}
	if given.Mode == discovery.VoiceUnknown {
		return nil
	}
	for _, n := range v.Port.Neighbors {
		if n.Protocol != discovery.LLDP || !n.IsPhone() || n.Adopted.Mode == discovery.VoiceUnknown {
			continue
		}
		what, severity := difference(n.Adopted, given)
		inData := b.InData && !b.InVoice && b.VoiceVLAN == 0
		if what == "" || inData && n.Adopted.Mode == discovery.VoiceUntagged {
			continue // the latter is phone-in-data-vlan
		}
		f := about(v, b, "phone %s uses %s", policy.PhoneName(b), what)
		f.Severity = severity
		f.Evidence = append(f.Evidence, fmt.Sprintf("the phone says %s, %s %s", policyText(n.Adopted), by, policyText(given)))
		return []policy.Finding{f}
	}
	return nil
}

// difference says what the phone does otherwise. Priority and DSCP are compared only where both sides tell them.
func difference(phone, given discovery.VoicePolicy) (string, policy.Severity) {
	untagged := func(m discovery.VoiceMode) bool { return m == discovery.VoiceNone || m == discovery.VoiceUntagged }
	if !sameVoice(phone, given) {
		if untagged(phone.Mode) && untagged(given.Mode) {
			return "", policy.SeverityUnknown
		}
		return fmt.Sprintf("voice %s, %s is given", phone, given), policy.Warning
	}
	var parts []string
	if phone.PCP != given.PCP && phone.PCP != 0 && given.PCP != 0 {
		parts = append(parts, fmt.Sprintf("priority %d, %d is given", phone.PCP, given.PCP))
	}
	if phone.DSCP != given.DSCP && phone.DSCP != 0 && given.DSCP != 0 {
		parts = append(parts, fmt.Sprintf("DSCP %d, %d is given", phone.DSCP, given.DSCP))
	}
	return strings.Join(parts, " and "), policy.Info
}

func policyText(p discovery.VoicePolicy) string {
	s := p.String()
	if p.PCP != 0 {
		s += fmt.Sprintf(", priority %d", p.PCP)
	}
	if p.DSCP != 0 {
		s += fmt.Sprintf(", DSCP %d", p.DSCP)
	}
	return s
}
