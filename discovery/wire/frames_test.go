package wire_test

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"

	"phoneport/discovery"
	"phoneport/discovery/wire/wiretest"
)

var (
	macA = wiretest.Near
	macB = wiretest.Far
)

// octets reads hex with blanks.
func octets(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ttlAt is where the lower octet of the TTL stands.
const ttlAt = 32

// lldpFrame makes an LLDP frame whose TTL tells it from others.
func lldpFrame(src discovery.MAC, ttl uint16) []byte {
	b := append([]byte{0x01, 0x80, 0xc2, 0, 0, 0x0e}, src[:]...)
	b = append(b, 0x88, 0xcc, 2, 7, 4)
	b = append(b, src[:]...)
	b = append(b, 4, 4, 7, 'p', '1', '7', 6, 2)
	b = binary.BigEndian.AppendUint16(b, ttl)
	return pad(append(b, 0, 0))
}

// cdpFrame makes a CDP frame with one TLV and padding behind it.
func cdpFrame(src discovery.MAC, device string) []byte {
	b := append([]byte{0x01, 0, 0x0c, 0xcc, 0xcc, 0xcc}, src[:]...)
	b = binary.BigEndian.AppendUint16(b, uint16(8+4+4+len(device)))
	b = append(b, 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0, 2, 180, 0, 0, 0, 1)
	b = binary.BigEndian.AppendUint16(b, uint16(4+len(device)))
	return pad(append(b, device...))
}

func pad(b []byte) []byte {
	for len(b) < 60 {
		b = append(b, 0)
	}
	return b
}

// tagged puts an 802.1Q tag into a frame.
func tagged(frame []byte, tci uint16) []byte {
	b := append([]byte{}, frame[:12]...)
	b = append(b, 0x81, 0x00, byte(tci>>8), byte(tci))
	return append(b, frame[12:]...)
}

// decoys are frames that look like LLDP or CDP and are not.
func decoys(t testing.TB) map[string][]byte {
	t.Helper()
	shared := "01000ccccccc 0200000000aa 0020 aaaa03 00000c"
	double := tagged(tagged(lldpFrame(macA, 1), 10), 20)
	return map[string][]byte{
		"VTP":                      pad(octets(t, shared+"2003 0101")),
		"DTP":                      pad(octets(t, shared+"2004 01")),
		"PAgP":                     pad(octets(t, shared+"0104 01")),
		"UDLD":                     pad(octets(t, shared+"0111 21")),
		"PVST":                     pad(octets(t, "01000ccccccd 0200000000aa 0032 aaaa03 00000c 010b 0000")),
		"STP":                      pad(octets(t, "0180c2000000 0200000000aa 0026 424203 0000000000")),
		"SNAP of another maker":    pad(octets(t, "01000ccccccc 0200000000aa 0020 aaaa03 0000f8 2000 02b4")),
		"LLC that is not SNAP":     pad(octets(t, "01000ccccccc 0200000000aa 0020 aaaa13 00000c 2000 02b4")),
		"SNAP behind a type":       pad(octets(t, "01000ccccccc 0200000000aa 0800 aaaa03 00000c 2000 02b4")),
		"802.1X":                   pad(octets(t, "0180c2000003 0200000000aa 888e 0101")),
		"LACP":                     pad(octets(t, "0180c2000002 0200000000aa 8809 0101")),
		"MVRP":                     pad(octets(t, "0180c2000021 0200000000aa 88f5 00")),
		"PTP":                      pad(octets(t, "0180c200000e 0200000000aa 88f7 0002")),
		"IPv4 with 88cc inside":    pad(octets(t, "0200000000bb 0200000000aa 0800 4500 88cc 88cc 88cc 88cc")),
		"ARP":                      pad(octets(t, "ffffffffffff 0200000000aa 0806 0001")),
		"IPv6":                     pad(octets(t, "333300000001 0200000000aa 86dd 60000000")),
		"type 88cd":                pad(octets(t, "0180c200000e 0200000000aa 88cd 0207")),
		"two tags":                 double,
		"802.1ad tag":              append(append(append([]byte{}, double[:12]...), 0x88, 0xa8), double[14:]...),
		"IPv4 behind a tag":        pad(octets(t, "0180c200000e 0200000000aa 8100 0064 0800 4500")),
		"VTP behind a tag":         pad(octets(t, "01000ccccccc 0200000000aa 8100 0064 0020 aaaa03 00000c 2003")),
		"CDP type, Ethernet II":    pad(octets(t, "01000ccccccc 0200000000aa 2000 02b4")),
		"cut behind the addresses": octets(t, "0180c200000e 0200000000aa"),
		"cut in SNAP":              octets(t, "01000ccccccc 0200000000aa 0020 aaaa03 00000c 20"),
	}
}

// genuine are frames that are to be heard.
func genuine(t testing.TB) map[string][]byte {
	t.Helper()
	nonTPMR, customer := lldpFrame(macA, 1), lldpFrame(macA, 1)
	nonTPMR[5], customer[5] = 3, 0
	return map[string][]byte{
		"LLDP":                          lldpFrame(macA, 120),
		"LLDP to the non-TPMR group":    nonTPMR,
		"LLDP to the customer bridge":   customer,
		"LLDP behind a tag":             tagged(lldpFrame(macA, 120), 5<<13|100),
		"LLDP behind a priority tag":    tagged(lldpFrame(macA, 120), 7<<13),
		"LLDP, nothing behind the type": octets(t, "0180c200000e 0200000000aa 88cc"),
		"LLDP of 1,500 octets":          append(lldpFrame(macA, 9), make([]byte, 1514-60)...),
		"CDP":                           cdpFrame(macA, "SEP001122334455"),
		"CDP behind a tag":              tagged(cdpFrame(macA, "SEP001122334455"), 1),
	}
}
