// Package recording records all that an SNMP agent tells, so that it can be replayed by the lab, and takes
// out what must not leave the house.
//
// Secrets never get into a recording: the subtrees that hold communities, users and keys are left out
// whole, because even their row indices are names of communities. Anonymise goes further and replaces
// addresses and names, the same one always by the same one, so that the recording still makes sense: a MAC
// address keeps its vendor's prefix, a phone's name stays that of its MAC address.
//
// It cannot know what people write into free text. Whoever gives a recording away looks through it first.
package recording
