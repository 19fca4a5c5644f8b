package lldp_test

import (
	"bytes"
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery/lldp"
)

// TestMalformed: frames that are to be dropped, with the TLV and the offset that the error names.
func TestMalformed(t *testing.T) {
	t.Parallel()
	const chassis, port, ttl = "0207 04 001b0de75a80", "0405 05 73777037", "0602 0079"
	long := strings.Repeat("41", 256)
	tests := map[string]struct{ hex, want string }{
		"nothing":                  {"", "chassis id TLV at offset 0: missing"},
		"End alone":                {"0000", "chassis id TLV at offset 0: missing; another TLV is in its place"},
		"port first":               {port + chassis + ttl + "0000", "chassis id TLV at offset 0: missing; another TLV is in its place"},
		"no port":                  {chassis + ttl + "0000", "port id TLV at offset 9: missing; another TLV is in its place"},
		"no TTL":                   {chassis + port + "0000", "time to live TLV at offset 16: missing; another TLV is in its place"},
		"cut before TTL":           {chassis + port, "time to live TLV at offset 16: missing"},
		"second chassis":           {chassis + port + ttl + chassis + "0000", "chassis id TLV at offset 20: comes a second time"},
		"second port":              {chassis + port + ttl + port + "0000", "port id TLV at offset 20: comes a second time"},
		"second TTL":               {chassis + port + ttl + ttl + "0000", "time to live TLV at offset 20: comes a second time"},
		"chassis without id":       {"0201 04" + port + ttl + "0000", "chassis id TLV at offset 0: not 2 to 256 octets"},
		"chassis empty":            {"0200" + port + ttl + "0000", "chassis id TLV at offset 0: not 2 to 256 octets"},
		"chassis too long":         {"0301 07" + long + port + ttl + "0000", "chassis id TLV at offset 0: not 2 to 256 octets"},
		"chassis of subtype 0":     {"0202 00 41" + port + ttl + "0000", "chassis id TLV at offset 0: its subtype is reserved"},
		"port of subtype 8":        {chassis + "0402 08 41" + ttl + "0000", "port id TLV at offset 9: its subtype is reserved"},
		"port without id":          {chassis + "0401 05" + ttl + "0000", "port id TLV at offset 9: not 2 to 256 octets"},
		"short TTL":                {chassis + port + "0601 79 0000", "time to live TLV at offset 16: shorter than its fields"},
		"TLV past the end":         {head + "0a05 41", "system name TLV at offset 20: runs past the end of the frame"},
		"unknown TLV past the end": {head + "1401", "type 10 TLV at offset 20: runs past the end of the frame"},
		"half a header":            {head + "fe", "type 127 TLV at offset 20: the frame ends within its header"},
		"End with contents":        {head + "0001 00", "end TLV at offset 20: has contents"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p lldp.PDU
			err := p.Decode(unhex(t, tt.hex))
			if want := "decode " + tt.want + ": malformed LLDP frame"; !errors.Is(err, lldp.ErrMalformed) || err.Error() != want {
				t.Errorf("Decode = %v; want %s", err, want)
			}
		})
	}
}

// TestBorne: what a receiver bears without a word.
func TestBorne(t *testing.T) {
	t.Parallel()
	name := with(lldp.HasSystemName, func(p *lldp.PDU) { p.SystemName = "sw" })
	tests := map[string]struct {
		hex  string
		want *lldp.PDU
	}{
		"padding of zeros":         {head + "0000" + strings.Repeat("00", 20), station()},
		"padding of ones":          {head + "0000 ffffff", station()},
		"padding of one octet":     {head + "0000 fe", station()},
		"padding like a TLV":       {head + "0000 0a02 7377", station()},
		"no End":                   {head + "0a02 7377", name},
		"no End, no optional TLV":  {head, station()},
		"TTL with octets after it": {strings.Replace(head, "0602 0079", "0604 0079 ffff", 1) + "0000", station()},
		"longest id":               {"0300 07" + strings.Repeat("41", 255) + "0405 05 73777037 0602 0079 0000", with(0, func(p *lldp.PDU) { p.Chassis = lldp.ID{Subtype: 7, Value: strings.Repeat("A", 255)} })},
		"empty system name":        {head + "0a00 0000", with(lldp.HasSystemName, func(*lldp.PDU) {})},
		"longest unknown TLV":      {head + "15ff" + strings.Repeat("41", 511) + "0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 10, Value: strings.Repeat("A", 511)}} })},
		"unknown organisation":     {head + "fe04 aabbcc 07 0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 127, OUI: [3]byte{0xaa, 0xbb, 0xcc}, Subtype: 7}} })},
		"unknown subtype of 802.1": {head + "fe05 0080c2 07 01 0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUI8021, Subtype: 7, Value: "\x01"}} })},
		"unknown subtype of 802.3": {head + "fe05 00120f 05 01 0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUI8023, Subtype: 5, Value: "\x01"}} })},
		"unknown subtype of MED":   {head + "fe05 0012bb 0c 01 0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUIMED, Subtype: 12, Value: "\x01"}} })},
		"unknown subtype of Avaya": {head + "fe05 00400d 05 01 0000", with(0, func(p *lldp.PDU) { p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUIAvaya, Subtype: 5, Value: "\x01"}} })},
		"unknown subtype of Cisco": {head + "fe05 000142 d0 01 0000", with(0, func(p *lldp.PDU) {
			p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUICisco, Subtype: 0xd0, Value: "\x01"}}
		})},
		"location of a future format": {head + "fe06 0012bb 03 04 01 0000", with(0, func(p *lldp.PDU) {
			p.Unknown = []lldp.Raw{{Type: 127, OUI: lldp.OUIMED, Subtype: 3, Value: "\x04\x01"}}
		})},
		"more TLVs than an octet counts": {head + strings.Repeat("1200", 300) + "0000", with(0, func(p *lldp.PDU) {
			p.Unknown = slices.Repeat([]lldp.Raw{{Type: 9}}, 300)
		})},
		"two policies of one application": {head + "fe08 0012bb 02 0140c96e fe08 0012bb 02 0100002e 0000", with(0, func(p *lldp.PDU) {
			p.Policies = []lldp.NetworkPolicy{{Application: 1, Tagged: true, VLAN: 100, PCP: 5, DSCP: 46}, {Application: 1, DSCP: 46}}
		})},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var p lldp.PDU
			if err := p.Decode(unhex(t, tt.hex)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, &p, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{})); diff != "" {
				t.Errorf("Decode (-want +got):\n%s", diff)
			}
			if _, err := checkPayload(unhex(t, tt.hex)); err != nil {
				t.Error(err)
			}
			if err := witness(unhex(t, tt.hex)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestProblems: optional TLVs that are not as they should be. Each stands before a good one, which must not be lost.
func TestProblems(t *testing.T) {
	t.Parallel()
	const short, long, text, second, inner = "shorter than its fields; lost", "longer than its fields; kept as far as known",
		"longer than its standard allows; kept as far as known", "comes a second time; the first counts; lost", "its inner length does not fit; lost"
	octets := func(n int) string { return strings.Repeat("41", n) }
	letters := func(n int) string { return strings.Repeat("A", n) }
	tests := map[string]struct {
		hex  string
		want string // problem, without the offset
		set  func(*lldp.PDU)
		has  lldp.Fields
	}{
		"system name of 256":              {hex: "0b00" + octets(256), want: "system name: " + text, has: lldp.HasSystemName, set: func(p *lldp.PDU) { p.SystemName = letters(256) }},
		"port description of 256":         {hex: "0900" + octets(256), want: "port description: " + text, has: lldp.HasPortDescription, set: func(p *lldp.PDU) { p.PortDescription = letters(256) }},
		"system description of 511":       {hex: "0dff" + octets(511), want: "system description: " + text, has: lldp.HasSystemDescription, set: func(p *lldp.PDU) { p.SystemDescription = letters(511) }},
		"second system name":              {hex: "0a0141 0a0142", want: "system name: " + second, has: lldp.HasSystemName, set: func(p *lldp.PDU) { p.SystemName = "A" }},
		"short capabilities":              {hex: "0e03 000400", want: "system capabilities: " + short},
		"long capabilities":               {hex: "0e05 0024 0004 ff", want: "system capabilities: " + long, has: lldp.HasCapabilities, set: func(p *lldp.PDU) { p.Capabilities = lldp.Capabilities{Supported: 0x24, Enabled: 4} }},
		"second capabilities":             {hex: "0e04 0024 0004 0e04 0000 0000", want: "system capabilities: " + second, has: lldp.HasCapabilities, set: func(p *lldp.PDU) { p.Capabilities = lldp.Capabilities{Supported: 0x24, Enabled: 4} }},
		"empty management address":        {hex: "1000", want: "management address: " + short},
		"management address of no family": {hex: "100b 00 01 0a000001 02 00000001", want: "management address: " + inner},
		"management address of no octets": {hex: "1008 01 01 02 00000001 00", want: "management address: " + inner},
		"management address of 32 octets": {hex: "1028 21 01" + octets(32) + "02 00000001 00", want: "management address: " + inner},
		"management address cut":          {hex: "1009 05 01 0a000001 02 0000", want: "management address: " + short},
		"management address without OID": {hex: "100b 05 01 0a000001 02 00000007", want: "management address: without the length of its object identifier; kept as far as known", set: func(p *lldp.PDU) {
			p.Management = []lldp.Management{{Family: 1, Address: "\x0a\x00\x00\x01", Interface: 2, Number: 7}}
		}},
		"management address, OID cut":    {hex: "100d 05 01 0a000001 02 00000007 02 2b", want: "management address: " + inner},
		"management address, OID of 129": {hex: "108d 05 01 0a000001 02 00000007 81" + octets(129), want: "management address: " + inner},
		"management address, octets left": {hex: "100e 05 01 0a000001 02 00000007 01 2b ff", want: "management address: " + long, set: func(p *lldp.PDU) {
			p.Management = []lldp.Management{{Family: 1, Address: "\x0a\x00\x00\x01", Interface: 2, Number: 7, OID: "\x2b"}}
		}},
		"organisation cut":       {hex: "fe03 0012bb", want: "TLV 00-00-00/0: " + short},
		"short PVID":             {hex: "fe05 0080c2 01 00", want: "port VLAN id: " + short},
		"second PVID":            {hex: "fe06 0080c2 01 000a fe06 0080c2 01 000b", want: "port VLAN id: " + second, has: lldp.HasPVID, set: func(p *lldp.PDU) { p.PVID = 10 }},
		"short port VLAN":        {hex: "fe06 0080c2 02 06 00", want: "port and protocol VLAN id: " + short},
		"short VLAN name":        {hex: "fe06 0080c2 03 000a", want: "VLAN name: " + short},
		"VLAN name cut":          {hex: "fe08 0080c2 03 000a 02 41", want: "VLAN name: " + inner},
		"VLAN name, octets left": {hex: "fe09 0080c2 03 000a 01 41 42", want: "VLAN name: " + long, set: func(p *lldp.PDU) { p.VLANNames = []lldp.VLANName{{VLAN: 10, Name: "A"}} }},
		"VLAN name of 33":        {hex: "fe28 0080c2 03 000a 21" + octets(33), want: "VLAN name: " + text, set: func(p *lldp.PDU) { p.VLANNames = []lldp.VLANName{{VLAN: 10, Name: letters(33)}} }},
		"empty protocol":         {hex: "fe04 0080c2 04", want: "protocol identity: " + short},
		"protocol cut":           {hex: "fe06 0080c2 04 02 88", want: "protocol identity: " + inner},
		"protocol, octets left":  {hex: "fe07 0080c2 04 01 88 8e", want: "protocol identity: " + long, set: func(p *lldp.PDU) { p.Protocols = []string{"\x88"} }},
		"short MAC/PHY":          {hex: "fe08 00120f 01 03 6c01 00", want: "MAC/PHY status: " + short},
		"power of 2 octets":      {hex: "fe06 00120f 02 07 01", want: "power via MDI: " + short},
		"power of 4 octets":      {hex: "fe08 00120f 02 07 01 04 12", want: "power via MDI: " + long, has: lldp.HasPower, set: func(p *lldp.PDU) { p.Power = lldp.MDIPower{Form: lldp.MDIAF, Support: 7, Pairs: 1, Class: 4} }},
		"short aggregation":      {hex: "fe05 00120f 03 01", want: "link aggregation: " + short},
		"short maximum frame":    {hex: "fe05 00120f 04 05", want: "maximum frame size: " + short},
		"second measurements":    {hex: "fe05 00120f 08 41 fe04 00120f 08", want: "power via MDI measurements: " + second, has: lldp.HasMeasurements, set: func(p *lldp.PDU) { p.Measurements = "A" }},
		"short MED capabilities": {hex: "fe06 0012bb 01 0033", want: "LLDP-MED capabilities: " + short},
		"short policy":           {hex: "fe07 0012bb 02 0140c9", want: "network policy: " + short},
		"long policy": {hex: "fe09 0012bb 02 0140c96e ff", want: "network policy: " + long, set: func(p *lldp.PDU) {
			p.Policies = []lldp.NetworkPolicy{{Application: 1, Tagged: true, VLAN: 100, PCP: 5, DSCP: 46}}
		}},
		"empty location":                 {hex: "fe04 0012bb 03", want: "location: " + short},
		"short coordinate":               {hex: "fe14 0012bb 03 01" + octets(15), want: "location: " + short},
		"civic of 4 octets":              {hex: "fe08 0012bb 03 02 02 01 55", want: "location: " + short},
		"civic shorter than its country": {hex: "fe09 0012bb 03 02 02 01 5553", want: "location: " + inner},
		"civic longer than its TLV":      {hex: "fe09 0012bb 03 02 04 01 5553", want: "location: " + inner},
		"civic element cut":              {hex: "fe0c 0012bb 03 02 06 01 5553 0602 4d", want: "location: " + inner},
		"civic element without length":   {hex: "fe0a 0012bb 03 02 04 01 5553 06", want: "location: " + inner},
		"civic, octets left": {hex: "fe0a 0012bb 03 02 03 01 5553 00", want: "location: " + long, set: func(p *lldp.PDU) {
			p.Locations = []lldp.Location{{Format: lldp.LocationCivic, Civic: lldp.Civic{What: 1, Country: "US"}}}
		}},
		"ELIN of 9 digits":       {hex: "fe0e 0012bb 03 03 353535313233343536", want: "location: not 10 to 25 digits; kept as far as known", set: func(p *lldp.PDU) { p.Locations = []lldp.Location{{Format: 3, ELIN: "555123456"}} }},
		"ELIN with a sign":       {hex: "fe0f 0012bb 03 03 2b353535313233343536", want: "location: not 10 to 25 digits; kept as far as known", set: func(p *lldp.PDU) { p.Locations = []lldp.Location{{Format: 3, ELIN: "+555123456"}} }},
		"short extended power":   {hex: "fe06 0012bb 04 12 00", want: "extended power via MDI: " + short},
		"serial of 33":           {hex: "fe25 0012bb 08" + octets(33), want: "serial number: " + text, has: lldp.HasSerial, set: func(p *lldp.PDU) { p.Serial = letters(33) }},
		"second model":           {hex: "fe05 0012bb 0a 41 fe05 0012bb 0a 42", want: "model: " + second, has: lldp.HasModel, set: func(p *lldp.PDU) { p.Model = "A" }},
		"call server cut":        {hex: "fe0a 00400d 03 c000020a c000", want: "Avaya call servers: " + inner},
		"second file servers":    {hex: "fe08 00400d 06 c0000214 fe04 00400d 06", want: "Avaya file servers: " + second, has: lldp.HasAvayaFileServers, set: func(p *lldp.PDU) { p.Avaya.FileServers = addrs("192.0.2.20") }},
		"short phone address":    {hex: "fe0c 00400d 04 c0000263 ffffff00", want: "Avaya phone address: " + short},
		"empty framing":          {hex: "fe04 00400d 07", want: "Avaya 802.1Q framing: " + short},
		"empty four-wire power":  {hex: "fe04 000142 01", want: "Cisco four-wire power: " + short},
		"second four-wire power": {hex: "fe05 000142 01 01 fe05 000142 01 02", want: "Cisco four-wire power: " + second, has: lldp.HasFourWire, set: func(p *lldp.PDU) { p.FourWire = 1 }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := with(tt.has|lldp.HasMaxFrame, func(p *lldp.PDU) {
				if tt.set != nil {
					tt.set(p)
				}
				p.MaxFrame = 1522
			})
			good := unhex(t, "fe06 00120f 04 05f2")
			var p lldp.PDU
			b := append(unhex(t, head+tt.hex), good...)
			if err := p.Decode(append(b, 0, 0)); err != nil {
				t.Fatal(err)
			}
			if _, err := checkPayload(append(b, 0, 0)); err != nil {
				t.Error(err)
			}
			if len(p.Problems) != 1 {
				t.Fatalf("problems %v; want one", p.Problems)
			}
			got := p.Problems[0].String()
			what, rest, _ := strings.Cut(got, " at offset ")
			offset, rest, _ := strings.Cut(rest, ": ")
			if what+": "+rest != tt.want {
				t.Errorf("problem %q; want %q", got, tt.want)
			}
			if second := strings.Contains(tt.want, "second"); (offset == "20") == second {
				t.Errorf("problem %q; the TLVs begin at offset 20", got)
			}
			if !p.Equal(want) {
				t.Errorf("Decode:\n%s", cmp.Diff(want, &p, cmpopts.EquateEmpty(), cmpopts.EquateComparable(netip.Addr{})))
			}
			// What is written again says the same, or is refused because the standard forbids it.
			out, err := p.Append(nil)
			if forbidden := p.Problems[0].Kept && strings.Contains(tt.want, "standard") || strings.Contains(tt.want, "digits"); forbidden != (err != nil) {
				t.Errorf("Append = %v", err)
			} else if err == nil && bytes.Contains(out, unhex(t, tt.hex)) {
				t.Error("Append gives the malformed TLV back")
			}
		})
	}
}
