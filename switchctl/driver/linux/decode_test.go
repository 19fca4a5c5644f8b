package linux

import (
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wire reads what a kernel sent: the body of RTM_NEWLINK of AF_BRIDGE out of Debian's Linux 6.1 on amd64, whose byte
// order is little-endian.
func wire(t testing.TB, name string) []byte {
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
	return b
}

var wires = []string{"bridge", "voice", "locked", "locked-ranges"}

func TestDecodeRecorded(t *testing.T) {
	t.Parallel()
	many := []vlan{pvid(1), tagged(10), tagged(20), tagged(110)}
	for id := uint16(120); id <= 130; id++ {
		many = append(many, tagged(id))
	}
	for name, want := range map[string]bridgePort{
		"bridge":        {Index: 2, Master: 2, VLANs: []vlan{pvid(1)}},
		"voice":         {Index: 3, Master: 2, No: 1, VLANs: []vlan{pvid(10), tagged(110)}},
		"locked":        {Index: 5, Master: 2, No: 3, Locked: true, VLANs: many},
		"locked-ranges": {Index: 5, Master: 2, No: 3, Locked: true, VLANs: many}, // the same, asked for as ranges
	} {
		got, err := decodeBridgePort(wire(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if len(wire(t, "locked-ranges")) >= len(wire(t, "locked")) {
		t.Error("the recording with ranges is no shorter than the one without")
	}
}

// attr makes one attribute.
func attr(typ uint16, v []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(v)))
	b = binary.NativeEndian.AppendUint16(b, typ)
	b = append(b, v...)
	return append(b, make([]byte, (4-len(b)%4)%4)...)
}

// info makes a bridge_vlan_info.
func info(flags, id uint16) []byte {
	return attr(bridgeVLANInfo, binary.NativeEndian.AppendUint16(binary.NativeEndian.AppendUint16(nil, flags), id))
}

func join(bs ...[]byte) (out []byte) {
	for _, b := range bs {
		out = append(out, b...)
	}
	return out
}

func TestDecodeVLANs(t *testing.T) {
	t.Parallel()
	begin, end := uint16(vlanFlagRangeBegin), uint16(vlanFlagRangeEnd)
	tests := []struct {
		name string
		in   []byte
		want string // as vlanText, or the error
	}{
		{"none", nil, ""},
		{"in order", join(info(0, 20), info(vlanFlagPVID|vlanFlagUntagged, 10)), "10PU 20"},
		{"untagged range", join(info(begin|vlanFlagUntagged, 5), info(end|vlanFlagUntagged, 7)), "5U 6U 7U"},
		{"range of one", join(info(begin, 5), info(end, 5)), "5"},
		{"whole", join(info(begin, 1), info(end, 4094)), "1 … 4094"},
		{"other attributes", join(attr(0, []byte{1, 0}), info(0, 9), attr(4, []byte{0})), "9"},
		{"short", attr(bridgeVLANInfo, []byte{0, 0}), "bridge_vlan_info of 2 octets"},
		{"VLAN 0", info(0, 0), "VLAN 0"},
		{"VLAN 4095", info(0, 4095), "VLAN 4095"},
		{"no begin", info(end, 5), "range of VLANs from 0 to 5"},
		{"no end", info(begin, 5), "range of VLANs from 5 has no end"},
		{"broken off", join(info(begin, 5), info(0, 7)), "range of VLANs from 5 has no end"},
		{"two begins", join(info(begin, 5), info(begin, 7)), "range of VLANs from 5 has no end"},
		{"backwards", join(info(begin, 7), info(end, 5)), "range of VLANs from 7 to 5"},
		{"twice", join(info(0, 5), info(0, 5)), "VLAN 5 is there twice"},
		{"twice whole", join(info(begin, 1), info(end, 4094), info(begin, 1), info(end, 4094)), "more VLANs than there are"},
		{"attribute too long", []byte{9, 0, 2, 0, 0, 0}, "attribute 2 of 9 octets in 6"},
		{"attribute too short", []byte{3, 0, 2, 0}, "attribute 2 of 3 octets in 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			vs, err := decodeVLANs(tt.in)
			got := vlanText(vs)
			if len(vs) > 20 {
				got = vlanText(vs[:1]) + " … " + vlanText(vs[len(vs)-1:])
			}
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestMergePorts has a network card with a bridge of its own answer beside the bridge.
func TestMergePorts(t *testing.T) {
	t.Parallel()
	got := mergePorts([]bridgePort{
		{Index: 3, VLANs: nil},
		{Index: 4, Master: 2, No: 2, VLANs: []vlan{pvid(10)}},
		{Index: 3, Master: 2, No: 1, Locked: true, VLANs: []vlan{pvid(1)}},
		{Index: 4},
	})
	want := []bridgePort{{Index: 3, Master: 2, No: 1, Locked: true, VLANs: []vlan{pvid(1)}}, {Index: 4, Master: 2, No: 2, VLANs: []vlan{pvid(10)}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzBridgePort makes sure that whatever comes, VLANs are in range, ascending and there once.
func FuzzBridgePort(f *testing.F) {
	for _, name := range wires {
		b := wire(f, name)
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Add(join(make([]byte, ifinfomsgLen), attr(iflaAFSpec|1<<15, join(info(vlanFlagRangeBegin, 1), info(vlanFlagRangeEnd, 4094)))))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodeBridgePort(b)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "decode bridge port") {
				t.Errorf("error %v", err)
			}
			return
		}
		last := uint16(0)
		for _, v := range p.VLANs {
			if v.ID <= last || v.ID > maxVLAN {
				t.Fatalf("VLAN %d after %d", v.ID, last)
			}
			last = v.ID
		}
		m := memberOf(p.VLANs)
		if m.pvid > maxVLAN || len(m.tagged) > len(p.VLANs) {
			t.Errorf("membership %+v of %v", m, p.VLANs)
		}
	})
}
