// Package cdp is the codec of the Cisco Discovery Protocol, version 1 and 2, with the TLVs by which phones and
// switches agree on the voice VLAN and on power.
//
// It is bytes to Packet and back, and nothing else: no sockets, no clock, no state. Who heard what and when is
// discovery/neighbors; when to speak, and what to answer to a query, is discovery/advertise.
//
// The protocol has no public standard; the numbers are those that captures and tshark agree on.
//
// To add a TLV: a field and a bit in types.go, its number and decoder in decode.go, its encoder in append.go, its
// comparison in packet.go, a vector in the tests, and tshark says whether it is right.
package cdp
