// Package snmptrap receives the traps and informs of switches (SNMPv1, v2c and v3 with the user-based security model)
// and makes discovery.Events of them. It listens on its own sockets; messages are decoded and encoded by gosnmp.
//
// It is in two parts. Decode is pure: the octets of a message give Events by a table with one row per notification
// (traps.go); a notification that has no row gives discovery.EventUnknown with its OID. Receiver is the loop around it:
// who may send (communities, users), is it authentic and fresh (RFC 3414), a bounded queue, the sink, and only then the
// acknowledgement of an inform.
//
// Events are hints, never the truth: who acts on one reads the port first. Only messages of SNMPv3 with authentication
// are authentic; a community is readable by everybody on the way and a source address can be forged.
//
// Of replay, the time window of RFC 3414 clause 3.2.7 is checked: an authentic message older than 150 s, or of an earlier boot of
// its sender, is refused. A copy within the window is taken for another event, as the RFC has it. The clock of a
// sender is learned from its first authentic message; Options.Clocks hands over those of the last run, so that the
// window holds over a restart too.
//
// A further notification is a row in traps.go, what it says beyond the usual variables a function in fill*.go, and a case
// in decode_test.go.
package snmptrap
