package rules

import (
	"time"

	"phoneport/discovery"
	"phoneport/policy"
	"phoneport/switchctl"
)

var voiceVLANIdle = policy.Rule{
	ID:       "voice-vlan-idle",
	Title:    "a voice VLAN where no phone has been for long",
	Why:      "Anybody who plugs in and tags frames is in the voice network: a voice VLAN is for ports that have a phone.",
	Severity: policy.Info,
	Check:    checkVoiceVLANIdle,
}

// checkVoiceVLANIdle asks for no change: an empty desk today has a phone tomorrow, and a person knows.
func checkVoiceVLANIdle(v policy.View) []policy.Finding {
	days := v.Options.IdleVoiceDays
	last, kept := v.Fleet.LastPhone[v.Port.Ref]
	if days <= 0 || !kept || v.Port.Voice.Mode != discovery.VoiceTagged || v.Port.Mode != switchctl.ModeAccess {
		return nil
	}
	if len(v.Bindings) > 0 || awaited(v) || v.Settling() || unseen(v.Switch, policy.AboutVLANs, policy.AboutMACs, policy.AboutLLDP, policy.AboutCDP) {
		return nil
	}
	if v.Intent.Profile != nil && !v.Intent.NeedsPhone {
		return nil // somebody wants it so
	}
	since := "no phone was ever seen"
	if !last.IsZero() {
		idle := int(v.Now.Sub(last) / (24 * time.Hour))
		if idle < days {
			return nil
		}
		since = "the last phone was seen on " + last.UTC().Format(time.DateOnly)
	}
	f := at(v, "voice VLAN %d is configured, but %s", v.Port.Voice.VLAN, since)
	return []policy.Finding{f}
}
