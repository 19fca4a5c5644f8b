// Package advertise is the sender of one port: what is said by LLDP, LLDP-MED and CDP, and when.
//
// Machine is pure: inputs and times in, frames and notices out; it holds the neighbour table of its port, as
// what is heard decides what is said. Port runs a Machine over a discovery.Wire. One Advert drives both
// protocols, so that they cannot disagree.
//
// It does not know where an Advert comes from: the command line, the VLANs of a Linux bridge, or policy.
//
// LLDP is said at link-up, at once on a change, four times a second apart to a new neighbour, and each 30 s (IEEE 802.1AB-2009
// clause 9.2). LLDP-MED TLVs are in it while a MED endpoint is heard and no network device (openGate); CDP is said at
// link-up, at once on a query, to a new neighbour and on a change, and each 60 s, once a CDP endpoint was heard on the port, even
// before the link was last down. How credits bound all this is said at Machine; how power is the same in both
// protocols, at AtPSE and supply; what happens beside another sender, at speaker.
//
// To say another thing: a field of Advert or Station, its check in check.go, its TLV in composeLLDP or composeCDP,
// both tests of everything in compose_test.go. To react to another thing: a scenario in testdata/scenario first, and
// the rule in the oracle of property_test.go.
package advertise
