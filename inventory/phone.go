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
	// Load reads the list. Where some entries are bad it returns the good ones together with a
	// *LoadError that names the bad ones; LoadError.Partial tells that case from a list that could not
	// be read at all. Phones have addresses; a phone listed twice is returned twice, as Merge reports
	// it.
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
	EvidencePoE      EvidenceKind = "poe"       // draws power as a phone does
	EvidenceExpected EvidenceKind = "expected"  // a source says that this phone should be at this port
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
	VoiceVLAN  uint16 // tagged VLAN in which the phone's MAC was learned, else the one that it says it adopted; 0 = neither
	InVoice    bool   // MAC learned in the voice VLAN that the port is configured for, or the phone says that it adopted it
	InData     bool   // MAC learned in the untagged VLAN of the port
	MACs       int    // different MAC addresses learned on the port: few at a desk, many on an uplink
	Trunk      bool   // the port is a trunk
}

// Direct reports whether the switch hears the phone itself by LLDP or CDP, so that nothing but the
// cable can be between them. A MAC address is learned on every port on the way.
func (b Binding) Direct() bool {
	for _, e := range b.Evidence {
		switch e.Kind {
		case EvidenceMED, EvidenceLLDP, EvidenceCDP:
			return true
		}
	}
	return false
}
