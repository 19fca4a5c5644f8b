// Package advertise is the sender of one port: what is said by LLDP, LLDP-MED and CDP, and when.
//
// Machine is pure: inputs and times in, frames and notices out; it holds the neighbour table of its port, as
// what is heard decides what is said. Port runs a Machine over a discovery.Wire. One Advert drives both
// protocols, so that they cannot disagree.
//
// It does not know where an Advert comes from: the command line, the VLANs of a Linux bridge, or policy.
package advertise
