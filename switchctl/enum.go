package switchctl

import (
	"fmt"
	"strconv"
)

// enum gives the words of the small enumerations of this package one implementation. The zero value of
// each enumeration means "unknown"; output omits it, configuration refuses it.
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

// UpDown is an administrative or operational link state.
type UpDown uint8

// The link states.
const (
	LinkUnknown UpDown = iota
	Up
	Down
	Testing    // ifOperStatus testing(3)
	Dormant    // ifOperStatus dormant(5)
	NotPresent // ifOperStatus notPresent(6)
)

var upDowns = []string{"unknown", "up", "down", "testing", "dormant", "not-present"}

func (v UpDown) String() string               { return word(upDowns, int(v)) }
func (v UpDown) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *UpDown) UnmarshalText(b []byte) error {
	i, err := unword("link state", upDowns, string(b))
	*v = UpDown(i)
	return err
}

// PortMode is how a port treats VLANs.
type PortMode uint8

// The port modes. An access port with a voice VLAN is ModeAccess on every vendor, also where the
// vendor builds it as a trunk of two VLANs.
const (
	ModeUnknown PortMode = iota
	ModeAccess
	ModeTrunk
	ModeRouted
)

var portModes = []string{"unknown", "access", "trunk", "routed"}

func (v PortMode) String() string               { return word(portModes, int(v)) }
func (v PortMode) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *PortMode) UnmarshalText(b []byte) error {
	i, err := unword("port mode", portModes, string(b))
	*v = PortMode(i)
	return err
}

// PoEAdmin is what a port is told to do about inline power.
type PoEAdmin uint8

// The administrative states. Standards-only switches know PoEOn and PoEOff (pethPsePortAdminEnable);
// Cisco tells auto, static and limit apart (cpeExtPsePortEnable).
const (
	PoEAdminUnknown PoEAdmin = iota
	PoEAuto
	PoEStatic
	PoELimit
	PoEOff
	PoEOn
)

var poeAdmins = []string{"unknown", "auto", "static", "limit", "off", "on"}

func (v PoEAdmin) String() string               { return word(poeAdmins, int(v)) }
func (v PoEAdmin) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *PoEAdmin) UnmarshalText(b []byte) error {
	i, err := unword("PoE admin state", poeAdmins, string(b))
	*v = PoEAdmin(i)
	return err
}

// Enabled reports whether the port may give power.
func (v PoEAdmin) Enabled() bool { return v != PoEAdminUnknown && v != PoEOff }

// PoEDetect is what a port does about inline power (pethPsePortDetectionStatus).
type PoEDetect uint8

// The detection states.
const (
	PoEDetectUnknown PoEDetect = iota
	PoEDisabled
	PoESearching
	PoEDelivering
	PoEFault
	PoETest
	PoEOtherFault
)

var poeDetects = []string{"unknown", "disabled", "searching", "delivering", "fault", "test", "other-fault"}

func (v PoEDetect) String() string               { return word(poeDetects, int(v)) }
func (v PoEDetect) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *PoEDetect) UnmarshalText(b []byte) error {
	i, err := unword("PoE detection state", poeDetects, string(b))
	*v = PoEDetect(i)
	return err
}

// PoEPriority is who keeps power when there is not enough (pethPsePortPowerPriority).
type PoEPriority uint8

// The priorities.
const (
	PriorityUnknown PoEPriority = iota
	PriorityCritical
	PriorityHigh
	PriorityLow
)

var poePriorities = []string{"unknown", "critical", "high", "low"}

func (v PoEPriority) String() string               { return word(poePriorities, int(v)) }
func (v PoEPriority) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *PoEPriority) UnmarshalText(b []byte) error {
	i, err := unword("PoE priority", poePriorities, string(b))
	*v = PoEPriority(i)
	return err
}

// IndexProof says how the PSE port of a port was found. No PoE write happens below ProofName.
type IndexProof uint8

// The proofs, weakest first. The zero value means that no PSE port is known for the port.
const (
	ProofNone       IndexProof = iota
	ProofConvention            // a rule of the vendor or of the standard numbering that nothing on this switch contradicts
	ProofName                  // names of two tables agree
	ProofMIB                   // an object of a MIB gives the other index
)

var indexProofs = []string{"none", "convention", "name", "mib"}

func (v IndexProof) String() string               { return word(indexProofs, int(v)) }
func (v IndexProof) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
func (v *IndexProof) UnmarshalText(b []byte) error {
	i, err := unword("index proof", indexProofs, string(b))
	*v = IndexProof(i)
	return err
}
