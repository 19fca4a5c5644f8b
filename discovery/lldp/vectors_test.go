package lldp_test

import (
	"bytes"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/lldp"
)

// unhex reads hex with blanks.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// head is the mandatory TLVs of station.
const head = "0207 04 001b0de75a80 0405 05 73777037 0602 0079 "

// vectors are TLVs bit for bit, from TIA-1057 clause 10.2 and IEEE 802.3 clause 79.3.2.
var vectors = map[string]struct {
	hex string
	pdu *lldp.PDU
}{
	"policy voice, VLAN 100, PCP 5, DSCP 46": {
		"FE08 0012BB 02 0140C96E",
		with(0, func(p *lldp.PDU) {
			p.Policies = []lldp.NetworkPolicy{{Application: lldp.AppVoice, Tagged: true, VLAN: 100, PCP: 5, DSCP: 46}}
		}),
	},
	"policy voice, VLAN 100, PCP 6, DSCP 46": {
		"FE08 0012BB 02 0140C9AE",
		with(0, func(p *lldp.PDU) {
			p.Policies = []lldp.NetworkPolicy{{Application: lldp.AppVoice, Tagged: true, VLAN: 100, PCP: 6, DSCP: 46}}
		}),
	},
	"capabilities of a switch": {
		"FE07 0012BB 01 000F 04",
		with(lldp.HasMED, func(p *lldp.PDU) {
			p.MED = lldp.MEDCapabilities{
				Bits:  lldp.MEDCaps | lldp.MEDPolicy | lldp.MEDLocation | lldp.MEDPSE,
				Class: discovery.MEDClassNetwork,
			}
		}),
	},
	"extended power, PSE, primary, high, 15.4 W": {
		"FE07 0012BB 04 12 009A",
		with(lldp.HasExtendedPower, func(p *lldp.PDU) { p.ExtendedPower = lldp.ExtendedPower{Source: 1, Priority: 2, Value: 154} }),
	},
	"ELIN": {
		"FE0F 0012BB 03 03 35353531323334353637",
		with(0, func(p *lldp.PDU) { p.Locations = []lldp.Location{{Format: lldp.LocationELIN, ELIN: "5551234567"}} }),
	},
	"civic address": {
		"FE14 0012BB 03 02 0E 01 5553 06064D61696E2053 1B0132",
		with(0, func(p *lldp.PDU) {
			p.Locations = []lldp.Location{{Format: lldp.LocationCivic, Civic: lldp.Civic{
				What: 1, Country: "US", Parts: []lldp.CivicPart{{Type: 6, Value: "Main S"}, {Type: 27, Value: "2"}},
			}}}
		}),
	},
	"power via MDI, Type 2 PSE, class 3, 6.5 W": {
		"FE0C 00120F 02 07 01 04 12 0041 0041",
		with(lldp.HasPower, func(p *lldp.PDU) {
			p.Power = lldp.MDIPower{
				Form: lldp.MDIAT, Support: lldp.MDIPSE | lldp.MDISupported | lldp.MDIEnabled, Pairs: 1, Class: 4,
				Type: lldp.MDIType2PSE, Source: 1, Priority: 2, Requested: 65, Allocated: 65,
			}
		}),
	},
}

// TestVectors: the octets, both ways, and that tshark reads the octets as the same values.
func TestVectors(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(vectors))
	var frames [][]byte
	for _, n := range names {
		v := vectors[n]
		want := unhex(t, head+v.hex+"0000")
		if got, err := v.pdu.Append(nil); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: encoded\n%x, %v; want\n%x", n, got, err, want)
		}
		var p lldp.PDU
		if err := p.Decode(want); err != nil || len(p.Problems) > 0 || !p.Equal(v.pdu) {
			t.Errorf("%s: decoded %+v, %v; want %+v", n, p, err, v.pdu)
		}
		frame := unhex(t, "0180c200000e 001b0de75a80 88cc"+head+v.hex+"0000")
		frames = append(frames, append(frame, make([]byte, max(0, 60-len(frame)))...))
	}
	for i, d := range dissect(t, frames) {
		n := names[i]
		theirs, complaints := shown(d.lldp)
		if len(complaints) > 0 {
			t.Errorf("%s: tshark complains of %q", n, complaints)
		}
		for _, d := range differences(fieldsOf(vectors[n].pdu, true), theirs) {
			t.Errorf("%s: %s", n, d)
		}
	}
}
