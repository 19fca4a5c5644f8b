package cdp_test

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"phoneport/discovery/cdp"
)

// withBlank gives p with the blank that Append adds to make the length even, where got, which came of
// Append, has it in the right place. That it is there only where needed follows from the length being even.
func withBlank(p, got *cdp.Packet) *cdp.Packet {
	q := *p
	text, heard := &q.DeviceID, got.DeviceID
	switch {
	case p.Has&cdp.HasSoftware != 0:
		text, heard = &q.Software, got.Software
	case p.Has&cdp.HasPlatform != 0:
		text, heard = &q.Platform, got.Platform
	case p.Has&cdp.HasDeviceID == 0:
		return &q
	}
	if heard == *text+" " {
		*text = heard
	}
	return &q
}

// genPacket makes packets that Append takes and Decode gives back as they are.
func genPacket(t *rapid.T) *cdp.Packet {
	octets := func(label string) string { return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, label)) }
	p := &cdp.Packet{
		Version: rapid.Uint8Range(1, 2).Draw(t, "version"),
		TTL:     rapid.Uint8().Draw(t, "ttl"),
		Has:     cdp.Fields(rapid.Uint32Range(0, uint32(cdp.HasSparePair<<1-1)).Draw(t, "has")),
	}
	addresses := func(label string) []cdp.Address {
		return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.Address {
			return cdp.Address{
				Type:     rapid.Uint8().Draw(t, "type"),
				Protocol: string(rapid.SliceOfN(rapid.Byte(), 0, 255).Draw(t, "protocol")),
				Value:    string(rapid.SliceOfN(rapid.Byte(), 0, 20).Draw(t, "value")),
			}
		}), 0, 4).Draw(t, label)
	}
	levels := func(label string) []uint32 { return rapid.SliceOfN(rapid.Uint32(), 0, 6).Draw(t, label) }
	set := map[cdp.Fields]func(){
		cdp.HasDeviceID:     func() { p.DeviceID = octets("device id") },
		cdp.HasAddresses:    func() { p.Addresses = addresses("addresses") },
		cdp.HasPortID:       func() { p.PortID = octets("port id") },
		cdp.HasCapabilities: func() { p.Capabilities = rapid.Uint32().Draw(t, "capabilities") },
		cdp.HasSoftware:     func() { p.Software = octets("software") },
		cdp.HasPlatform:     func() { p.Platform = octets("platform") },
		cdp.HasVTPDomain:    func() { p.VTPDomain = octets("vtp domain") },
		cdp.HasNativeVLAN:   func() { p.NativeVLAN = rapid.Uint16().Draw(t, "native vlan") },
		cdp.HasDuplex:       func() { p.FullDuplex = rapid.Bool().Draw(t, "duplex") },
		cdp.HasVoiceVLAN: func() {
			p.VoiceVLAN = cdp.Appliance{ID: rapid.Uint8().Draw(t, "id"), VLAN: rapid.Uint16().Draw(t, "vlan")}
		},
		cdp.HasQuery:          func() { p.Query = octets("query") },
		cdp.HasConsumption:    func() { p.Consumption = rapid.Uint32().Draw(t, "consumption") },
		cdp.HasMTU:            func() { p.MTU = rapid.Uint32().Draw(t, "mtu") },
		cdp.HasTrust:          func() { p.Trust = rapid.Uint8().Draw(t, "trust") },
		cdp.HasUntrustedCoS:   func() { p.UntrustedCoS = rapid.Uint8().Draw(t, "cos") },
		cdp.HasSystemName:     func() { p.SystemName = octets("system name") },
		cdp.HasObjectID:       func() { p.ObjectID = octets("object id") },
		cdp.HasManagement:     func() { p.Management = addresses("management") },
		cdp.HasLocation:       func() { p.Location = cdp.Location{Type: rapid.Uint8().Draw(t, "type"), Text: octets("location")} },
		cdp.HasExternalPort:   func() { p.ExternalPort = octets("external port") },
		cdp.HasUnidirectional: func() { p.Unidirectional = rapid.Uint8().Draw(t, "unidirectional") },
		cdp.HasSparePair:      func() { p.SparePair = rapid.Uint8().Draw(t, "spare pair") },
		cdp.HasRequested: func() {
			p.Requested = cdp.PowerRequested{
				RequestID: rapid.Uint16().Draw(t, "request"), ManagementID: rapid.Uint16().Draw(t, "management"), Levels: levels("requested"),
			}
		},
		cdp.HasAvailable: func() {
			p.Available = cdp.PowerAvailable{
				RequestID: rapid.Uint16().Draw(t, "request"), ManagementID: rapid.Uint16().Draw(t, "management"), Levels: levels("available"),
			}
		},
	}
	if len(set) != 24 {
		t.Fatal("a field is not generated")
	}
	for bit := cdp.Fields(1); bit <= cdp.HasSparePair; bit <<= 1 {
		if p.Has&bit != 0 {
			set[bit]()
		}
	}
	p.Unknown = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) cdp.Raw {
		return cdp.Raw{Type: rapid.Uint16().Draw(t, "type"), Value: string(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "value"))}
	}), 0, 4).Draw(t, "unknown")
	p.Unknown = slices.DeleteFunc(p.Unknown, func(r cdp.Raw) bool {
		bit := typeFields[r.Type]
		return bit != 0 && p.Has&bit == 0
	})
	return p
}

// typeFields are the types of standards.md that are decoded.
var typeFields = map[uint16]cdp.Fields{
	0x01: cdp.HasDeviceID, 0x02: cdp.HasAddresses, 0x03: cdp.HasPortID, 0x04: cdp.HasCapabilities,
	0x05: cdp.HasSoftware, 0x06: cdp.HasPlatform, 0x09: cdp.HasVTPDomain, 0x0a: cdp.HasNativeVLAN,
	0x0b: cdp.HasDuplex, 0x0e: cdp.HasVoiceVLAN, 0x0f: cdp.HasQuery, 0x10: cdp.HasConsumption, 0x11: cdp.HasMTU,
	0x12: cdp.HasTrust, 0x13: cdp.HasUntrustedCoS, 0x14: cdp.HasSystemName, 0x15: cdp.HasObjectID,
	0x16: cdp.HasManagement, 0x17: cdp.HasLocation, 0x18: cdp.HasExternalPort, 0x19: cdp.HasRequested,
	0x1a: cdp.HasAvailable, 0x1b: cdp.HasUnidirectional, 0x1f: cdp.HasSparePair,
}

func TestDecodeAppend(t *testing.T) {
	var q cdp.Packet // used again, so that nothing of the packet before may shine through
	rapid.Check(t, func(t *rapid.T) {
		p := genPacket(t)
		b, err := p.Append(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := q.Decode(b); err != nil {
			t.Fatal(err)
		}
		if len(q.Problems) != 0 || q.Checksum != cdp.ChecksumGood {
			t.Fatalf("problems %v, checksum %v", q.Problems, q.Checksum)
		}
		if p.Has&(cdp.HasDeviceID|cdp.HasSoftware|cdp.HasPlatform) != 0 && len(b)%2 != 0 {
			t.Fatalf("%d octets", len(b))
		}
		want := withBlank(p, &q)
		if !want.Equal(&q) || !q.Equal(want) {
			t.Fatalf("packet (-want +got):\n%s", cmp.Diff(*want, q))
		}
	})
}

// rawTLV is a TLV cut out of a packet by this test.
type rawTLV struct {
	typ   uint16
	value string
}

// split cuts a packet without malformed lengths into its TLVs, brings them into the form in which Append
// writes them, and sorts them.
func split(tb testing.TB, b []byte) []rawTLV {
	tb.Helper()
	var tlvs []rawTLV
	seen := map[uint16]bool{}
	for b = b[4:]; len(b) > 0; {
		typ, n := binary.BigEndian.Uint16(b), binary.BigEndian.Uint16(b[2:])
		value := string(b[4:n])
		if !seen[typ] {
			value = normal(typ, value)
			seen[typ] = true
		}
		tlvs = append(tlvs, rawTLV{typ, value})
		b = b[n:]
	}
	slices.SortFunc(tlvs, func(a, b rawTLV) int {
		if a.typ != b.typ {
			return int(a.typ) - int(b.typ)
		}
		return strings.Compare(a.value, b.value)
	})
	return tlvs
}

// normal gives the form in which Append writes a value: the one number of power consumption has several, and
// octets behind those that are known are lost. Everything else stays as it is.
func normal(typ uint16, v string) string {
	switch typ {
	case 0x04, 0x11:
		return v[:4]
	case 0x0a:
		return v[:2]
	case 0x0b:
		if v[0] != 0 {
			return "\x01"
		}
		return "\x00"
	case 0x0e:
		return v[:3]
	case 0x12, 0x13, 0x1b, 0x1f:
		return v[:1]
	case 0x10:
		for len(v) > 2 && v[0] == 0 {
			v = v[1:]
		}
		for len(v) < 2 {
			v = "\x00" + v
		}
		return v
	case 0x02, 0x16:
		end := 4
		for range binary.BigEndian.Uint32([]byte(v)) {
			end += 2 + int(v[end+1])
			end += 2 + int(binary.BigEndian.Uint16([]byte(v[end:])))
		}
		return v[:end]
	}
	return v
}

// checkAppendDecode holds the laws of the codec against any packet: encoding what was read gives the same TLVs,
// and reading that gives the same packet.
func checkAppendDecode(tb testing.TB, packet []byte) {
	tb.Helper()
	var p cdp.Packet
	if err := p.Decode(packet); err != nil {
		return
	}
	b, err := p.Append([]byte("before"))
	if err != nil {
		tb.Fatalf("append what was decoded: %v", err)
	}
	if string(b[:6]) != "before" {
		tb.Fatalf("append changed what stood before: %q", b[:6])
	}
	b = b[6:]
	var q cdp.Packet
	if err := q.Decode(b); err != nil {
		tb.Fatalf("decode what was appended: %v", err)
	}
	want := withBlank(&p, &q)
	if !want.Equal(&q) {
		tb.Fatalf("packet (-want +got):\n%s", cmp.Diff(*want, q))
	}
	if len(q.Problems) != 0 || q.Checksum != cdp.ChecksumGood {
		tb.Fatalf("problems %v, checksum %v", q.Problems, q.Checksum)
	}
	if len(p.Problems) != 0 {
		return
	}
	tlvs, again := split(tb, packet), split(tb, b)
	if len(tlvs) != len(again) {
		tb.Fatalf("%d TLVs, %d when appended", len(tlvs), len(again))
	}
	blanks := 0
	for i := range tlvs {
		switch {
		case tlvs[i] == again[i]:
		case (tlvs[i].typ == 0x01 || tlvs[i].typ == 0x05 || tlvs[i].typ == 0x06) && tlvs[i].value+" " == again[i].value:
			blanks++
		default:
			tb.Errorf("TLV %04X %x is %04X %x when appended", tlvs[i].typ, tlvs[i].value, again[i].typ, again[i].value)
		}
	}
	if blanks > 1 {
		tb.Errorf("%d blanks", blanks)
	}
}

func TestAppendDecodeCorpus(t *testing.T) {
	checked := 0
	for _, name := range corpusFiles(t) {
		for _, frame := range corpusFrames(t, name) {
			if _, _, packet, err := cdp.ParseFrame(frame); err == nil {
				checkAppendDecode(t, packet)
				checked++
			}
		}
	}
	if checked == 0 {
		t.Error("no CDP frame")
	}
}
