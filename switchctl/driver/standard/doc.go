// Package standard is the driver for switches that speak the standard MIBs (IF, POWER-ETHERNET, BRIDGE,
// Q-BRIDGE, LLDP with its MED extension), and the engine that every other driver over SNMP is built on.
//
// A driver is an ordered list of Parts. Driver.Observe reads the tables of all parts of a phase in one go,
// keeps the rows of the slow ones until the switch says that they changed, and lets each part fill a Build;
// the finished Build is the Snapshot. A vendor's driver takes Parts, replaces or adds what differs (With,
// Without), and replaces the writers of the changes that its family does otherwise (Driver.Handle).
//
// It holds no knowledge of one vendor in code: how a family numbers its ports is a row of the table in
// rules.go. To add a family that differs in numbering only, add a row there and a recorded walk; one that has
// MIBs of its own gets a folder beside this one.
package standard
