package discovery

import (
	"fmt"
	"strconv"
)

// Milliwatts is electrical power. All power in phoneport is in milliwatts.
type Milliwatts int64

// String gives watts with up to one decimal: "15.4 W".
func (p Milliwatts) String() string {
	return strconv.FormatFloat(float64(p)/1000, 'f', 1, 64) + " W"
}

// VoiceMode says how voice frames are to be tagged.
type VoiceMode uint8

// The voice modes. The zero value means that nothing is known.
const (
	VoiceUnknown  VoiceMode = iota // not told by the switch or the phone
	VoiceNone                      // no voice VLAN configured
	VoiceTagged                    // 802.1Q tag with a VLAN id of 1..4094
	VoicePriority                  // 802.1p: priority tag, VLAN id 0
	VoiceUntagged                  // no tag
)

var voiceModes = [...]string{"unknown", "none", "tagged", "priority", "untagged"}

// String gives the word that configuration, output and database use.
func (m VoiceMode) String() string { return word(voiceModes[:], int(m)) }

// MarshalText gives the word.
func (m VoiceMode) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads the word.
func (m *VoiceMode) UnmarshalText(b []byte) error {
	i, err := unword("voice mode", voiceModes[:], string(b))
	*m = VoiceMode(i)
	return err
}

// VoicePolicy is what a port tells a phone, or what a phone says that it adopted, for one
// application (TIA-1057 clause 10.2.3; CDP TLV 000E).
type VoicePolicy struct {
	Application uint8     // TIA-1057 application type; 1 = voice; 0 where the source has no such thing (CDP)
	Mode        VoiceMode // how to tag
	VLAN        uint16    // 1..4094 with VoiceTagged, else 0
	PCP         uint8     // 802.1Q priority, 0..7
	DSCP        uint8     // 0..63
}

// String gives a short text for people: "tagged 110", "none".
func (p VoicePolicy) String() string {
	if p.Mode == VoiceTagged {
		return "tagged " + strconv.Itoa(int(p.VLAN))
	}
	return p.Mode.String()
}

func word(words []string, i int) string {
	if i < 0 || i >= len(words) {
		return "invalid(" + strconv.Itoa(i) + ")"
	}
	return words[i]
}

func unword(what string, words []string, s string) (int, error) {
	for i, w := range words {
		if w == s {
			return i, nil
		}
	}
	return 0, fmt.Errorf("parse %s: %q is none of %q", what, s, words)
}
