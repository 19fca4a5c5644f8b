package discovery_test

import (
	"testing"

	"phoneport/discovery"
)

func TestVoiceModeText(t *testing.T) {
	t.Parallel()
	words := map[discovery.VoiceMode]string{
		discovery.VoiceUnknown:  "unknown",
		discovery.VoiceNone:     "none",
		discovery.VoiceTagged:   "tagged",
		discovery.VoicePriority: "priority",
		discovery.VoiceUntagged: "untagged",
	}
	for mode, word := range words {
		if got, err := mode.MarshalText(); err != nil || string(got) != word {
			t.Errorf("MarshalText(%d) = %q, %v; want %q", mode, got, err, word)
		}
		var back discovery.VoiceMode
		if err := back.UnmarshalText([]byte(word)); err != nil || back != mode {
			t.Errorf("UnmarshalText(%q) = %d, %v; want %d", word, back, err, mode)
		}
	}
	if got := discovery.VoiceMode(200).String(); got != "invalid(200)" {
		t.Errorf("String of a mode that is not one = %q", got)
	}
	var m discovery.VoiceMode
	if err := m.UnmarshalText([]byte("trunk")); err == nil {
		t.Error("UnmarshalText(trunk) = nil, want an error")
	}
}

func TestVoicePolicyString(t *testing.T) {
	t.Parallel()
	tests := map[string]discovery.VoicePolicy{
		"tagged 110": {Mode: discovery.VoiceTagged, VLAN: 110, PCP: 5, DSCP: 46},
		"none":       {Mode: discovery.VoiceNone},
		"unknown":    {},
		"untagged":   {Mode: discovery.VoiceUntagged},
	}
	for want, p := range tests {
		if got := p.String(); got != want {
			t.Errorf("String(%+v) = %q, want %q", p, got, want)
		}
	}
}

func TestMilliwattsString(t *testing.T) {
	t.Parallel()
	for p, want := range map[discovery.Milliwatts]string{15400: "15.4 W", 0: "0.0 W", 6349: "6.3 W", 370000: "370.0 W"} {
		if got := p.String(); got != want {
			t.Errorf("String(%d) = %q, want %q", int64(p), got, want)
		}
	}
}
