package inventory

import (
	"context"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Phone is one phone that a provisioning system says should exist.
type Phone struct {
	MAC       discovery.MAC
	Name      string // device name: SEP0011…
	Extension string
	Model     string
	Vendor    string
	Profile   string // name of the policy profile that the provisioning system asks for; "" = policy decides
	Site      string
	Expected  switchctl.PortRef // where it should be; zero = anywhere
	Protected bool              // emergency, lift, gate: its power is never cut
	Source    string            // name of the source, and the place in it: "hq.csv line 17"
}

// Source gives the full list of the phones that it knows. A phone that is not in the list is gone.
type Source interface {
	Name() string
	Load(ctx context.Context) ([]Phone, error)
}

// Confidence says how sure a Binding is. Nothing is written to a switch below Probable, and power or
// VLANs only with Certain or two independent signs.
type Confidence uint8

// The confidences.
const (
	Unsure   Confidence = iota // a tie, two phones, or a single weak sign: reported, never acted on
	Probable                   // one strong sign
	Certain                    // two independent signs that agree
)

var confidences = [...]string{"unsure", "probable", "certain"}

func (c Confidence) String() string {
	if int(c) < len(confidences) {
		return confidences[c]
	}
	return "invalid"
}

// MarshalText gives the word.
func (c Confidence) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// EvidenceKind is a sign that a phone is on a port.
type EvidenceKind string

// The kinds of evidence, strongest first.
const (
	EvidenceMED      EvidenceKind = "lldp-med"  // LLDP-MED identity: class III, or inventory that names the phone
	EvidenceLLDP     EvidenceKind = "lldp"      // LLDP neighbour with the telephone capability
	EvidenceCDP      EvidenceKind = "cdp"       // CDP neighbour with the phone capability or a phone's device id
	EvidenceVoiceMAC EvidenceKind = "voice-mac" // MAC learned in the voice VLAN
	EvidenceMAC      EvidenceKind = "mac"       // MAC learned in any VLAN
	EvidenceOUI      EvidenceKind = "oui"       // vendor prefix of a phone maker
	EvidencePoE      EvidenceKind = "poe"       // draws power as a phone of that class does
)

// Evidence is one sign, in words for people.
type Evidence struct {
	Kind   EvidenceKind
	Detail string
}

// Binding says that a phone is on a port.
type Binding struct {
	Port       switchctl.PortRef
	MAC        discovery.MAC // zero where a phone is heard but its address is not told
	Phone      *Phone        // nil = a phone that no source knows
	Vendor     string        // by what the phone says, else by its prefix
	Model      string        // by what the phone says, else by the inventory
	Evidence   []Evidence    // strongest first
	Confidence Confidence
	VoiceVLAN  uint16 // VLAN in which the phone's MAC was learned or which it says it adopted; 0 = neither
	InVoice    bool   // heard in the voice VLAN that the port is configured for
	InData     bool   // MAC learned in the untagged VLAN of the port
}
