// Package switchctl is the vocabulary of what an access switch is, how it is read and how it is
// changed: ports with their four numberings, inline power (PoE), VLANs, neighbours, changes that can be
// undone, and the Driver that every vendor family implements.
//
// It speaks to no switch itself. Sessions are in switchctl/snmp, drivers below switchctl/driver,
// running many switches at once in switchctl/fleet.
package switchctl
