// Package lldp is the codec of LLDP (IEEE 802.1AB) with the TLVs of 802.1, 802.3 (Power via MDI in its af,
// at and bt forms), LLDP-MED (ANSI/TIA-1057), Avaya and Cisco.
//
// It is bytes to PDU and back, and nothing else: no sockets, no clock, no state. Who heard what and when is
// discovery/neighbors; when to speak is discovery/advertise.
//
// The numbers of TLVs and subtypes are those of mdlayher/lldp, whose Frame a PDU converts to. Its decoder is
// not used: it fails on the padding of Ethernet and copies each TLV; see PDU.Decode.
//
// To add a TLV: a field in types.go, a bit in Fields where it comes at most once, its decoder in decode.go,
// its encoder in append.go, a vector in the tests, and tshark says whether it is right.
package lldp
