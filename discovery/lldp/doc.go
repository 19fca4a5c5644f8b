// Package lldp is the codec of LLDP (IEEE 802.1AB) with the TLVs of 802.1, 802.3 (Power via MDI in its af,
// at and bt forms), LLDP-MED (ANSI/TIA-1057), Avaya and Cisco.
//
// It is bytes to PDU and back, and nothing else: no sockets, no clock, no state. Who heard what and when is
// discovery/neighbors; when to speak is discovery/advertise.
//
// The numbers of subtypes are those of mdlayher/lldp, whose Frame a PDU converts to and from (PDU.Frame, FromFrame). Its
// decoder is not used: it fails on the padding of Ethernet, knows no optional TLV, and copies each; the tests hold it
// against PDU.Decode.
//
// To add a TLV: its number and name in tlv.go, a field in types.go, a bit in Fields where it comes at most once, its decoder
// in decode.go or the decode_ file of its organisation, its encoder beside it in append_, a comparison in
// pdu.go, its fields and a value in the tests (fields_test.go, pdu_test.go), and tshark says whether it is right. A bit of
// Fields that one of these forgets fails a test.
package lldp
