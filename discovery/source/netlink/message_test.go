package netlink

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/discovery"
)

// wire reads what a kernel sent: bodies of rtnetlink messages out of Debian's Linux 6.1 on amd64, whose byte order is
// little-endian. The beginning of the name is the type.
func wire(t testing.TB, name string) packet {
	t.Helper()
	if binary.NativeEndian.Uint16([]byte{1, 0}) != 1 {
		t.Skip("SKIPPED: the recordings are of a little-endian kernel, and this host is not; not tested: decoding of them")
	}
	text, err := os.ReadFile(filepath.Join("testdata", "wire", name+".hex"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.Join(strings.Fields(string(text)), ""))
	if err != nil {
		t.Fatal(err)
	}
	kind, _, _ := strings.Cut(name, "-")
	return packet{map[string]uint16{"newlink": rtmNewLink, "dellink": rtmDelLink, "newneigh": rtmNewNeigh, "delneigh": rtmDelNeigh}[kind], b}
}

// recorded is what a switch with ports lan1 (3) and lan2 (4) on br0 (2) told.
func recorded() map[string]message {
	mac := discovery.MAC{0xea, 0xca, 0xe1, 0x08, 0xe5, 0x0c}
	return map[string]message{
		// lan1 with 10 untagged and the PVID, 110, and 120 which was just added; flags and id, two octets each
		"newlink-port-vlans":   {What: portIs, Index: 3, Master: 2, Name: "lan1", Ether: true, Up: true, VLANs: "\x06\x00\x0a\x00\x00\x00\x6e\x00\x00\x00\x78\x00"},
		"newlink-port-no-vlan": {What: portIs, Index: 3, Master: 2, Name: "lan1", Ether: true, Up: true},
		"newlink-down":         {What: linkIs, Index: 4, Master: 2, Name: "lan2", Kind: "veth", Ether: true},
		"newlink-left":         {What: linkIs, Index: 4, Name: "lan2", Kind: "veth", Ether: true},
		"newneigh-learned":     {What: learned, Index: 4, MAC: mac},
		"delneigh-forgotten":   {What: forgotten, Index: 4, MAC: mac},
	}
}

func TestDecodeRecorded(t *testing.T) {
	t.Parallel()
	for name, want := range recorded() {
		p := wire(t, name)
		got, err := decode(p.typ, p.data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestDecode decodes what the tests of the source make up, and what must be refused or passed over.
func TestDecode(t *testing.T) {
	t.Parallel()
	for _, m := range append(host(), gone(3), on(3), off(3)) {
		p := encode(m)
		got, err := decode(p.typ, p.data)
		if m.What == linkGone {
			m.Ether = got.Ether
		}
		if err != nil || !cmp.Equal(m, got) {
			t.Errorf("%+v became %+v (%v)", m, got, err)
		}
	}
	neigh := func(state byte, family byte, mac discovery.MAC) packet {
		p := encode(message{What: learned, Index: 3, MAC: mac})
		p.data[0], p.data[8] = family, state
		return p
	}
	left := encode(vlans(3, 2, "10"))
	left.typ = rtmDelLink
	for name, p := range map[string]packet{
		"static address":          neigh(nudNoARP, afBridge, station),
		"the port's own address":  neigh(nudPermanent, afBridge, station),
		"group":                   neigh(2, afBridge, discovery.MAC{1, 0, 0x0c, 0xcc, 0xcc, 0xcc}),
		"no address":              neigh(2, afBridge, discovery.MAC{}),
		"address of IPv4":         neigh(2, 2, station),
		"port that leaves":        left,
		"another type of message": {24, make([]byte, 64)},
	} {
		if got, err := decode(p.typ, p.data); err != nil || got.What != nothing {
			t.Errorf("%s: %+v, %v; want nothing", name, got, err)
		}
	}
	cut := encode(is(3, "lan1", "veth", 2, true))
	cut.data = cut.data[:len(cut.data)-4]
	for name, p := range map[string]packet{
		"link too short":    {rtmNewLink, make([]byte, ifinfomsgLen-1)},
		"address too short": {rtmNewNeigh, make([]byte, ndmsgLen-1)},
		"cut off":           cut,
		"attribute of 3":    {rtmNewNeigh, append(neigh(2, afBridge, station).data, 3, 0, 0, 0)},
	} {
		if got, err := decode(p.typ, p.data); err == nil || !strings.HasPrefix(err.Error(), "decode rtnetlink message") {
			t.Errorf("%s: %+v, %v; want an error", name, got, err)
		}
	}
}

// FuzzMessage makes sure that whatever comes is told apart from nothing by what the state needs.
func FuzzMessage(f *testing.F) {
	for name := range recorded() {
		p := wire(f, name)
		f.Add(p.typ, p.data)
		f.Add(p.typ, p.data[:len(p.data)/2])
	}
	f.Fuzz(func(t *testing.T, typ uint16, b []byte) {
		m, err := decode(typ, b)
		if err != nil && m != (message{}) {
			t.Errorf("an error and %+v", m)
		}
		if (m.What == learned || m.What == forgotten) && (m.MAC.IsZero() || m.MAC.Group()) {
			t.Errorf("address %s", m.MAC)
		}
		s := newState("")
		s.load(host())
		for _, e := range s.step(m) {
			if e.Kind == "" || e.Kind == discovery.EventResync {
				t.Errorf("event %+v of %+v", e, m)
			}
		}
		if l, ok := s.links[0]; ok && l.port {
			t.Errorf("a port without index")
		}
	})
}
