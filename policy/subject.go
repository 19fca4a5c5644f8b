package policy

import (
	"strings"

	"phoneport/switchctl"
)

// Subject is what a table of a switch is about. A rule that needs a subject is silent where a table of it
// could not be read: what was not read is not wrong.
type Subject uint8

// The subjects.
const (
	AboutOther Subject = iota // nothing that a rule asks for
	AboutLLDP                 // neighbours heard by LLDP, LLDP-MED included
	AboutCDP                  // neighbours heard by CDP
	AboutMACs                 // the forwarding database
	AboutVLANs                // VLANs of the switch and of its ports
	AboutPoE                  // inline power of ports and groups
	AboutLAGs                 // link aggregates
	AboutDot1X                // 802.1X and MAC authentication
)

// tableWords are parts of the names of tables and objects, in lower case, by which a subject is known. Drivers
// name tables as their MIB or command does; all of them keep to these words.
var tableWords = map[Subject][]string{
	AboutLLDP:  {"lldp"},
	AboutCDP:   {"cdp"},
	AboutMACs:  {"fdb", "mac address", "mac-address", "learned"},
	AboutVLANs: {"vlan", "dot1q", "vtp", "vmmember", "vmvoice"},
	AboutPoE:   {"peth", "poe", "pse", "inline power", "power"},
	AboutLAGs:  {"dot3ad", "ifstack", "lacp", "lag", "aggregat", "port-channel"},
	AboutDot1X: {"dot1x", "cafport", "authentication"},
}

// Unseen reports whether a table about the subject could not be read, or not whole, and why:
// "lldpRemTable: timed out". A table that a switch simply does not offer is no loss: what it would tell is
// unknown in the reading, or told by another table. Only without a forwarding database phones cannot be seen.
func Unseen(s *switchctl.Snapshot, about Subject) (why string, missing bool) {
	for _, m := range s.Missing {
		if subjectOf(m.Table) == about && (m.Err != nil || about == AboutMACs) {
			return m.Table + ": " + m.Reason, true
		}
	}
	return "", false
}

// subjectOf gives the subject of a table by its name. LLDP goes first, for its extensions carry VLANs and power
// of the neighbour; the forwarding database next, for Q-BRIDGE has "dot1q" in all its names.
func subjectOf(table string) Subject {
	name := strings.ToLower(table)
	for _, about := range []Subject{AboutLLDP, AboutCDP, AboutMACs, AboutDot1X, AboutLAGs, AboutVLANs, AboutPoE} {
		for _, w := range tableWords[about] {
			if strings.Contains(name, w) {
				return about
			}
		}
	}
	return AboutOther
}
