package cdp_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"phoneport/discovery/cdp"
)

// corpusDir holds captures of real devices and crafted ones, with what tshark says of them.
const corpusDir = "../../../shared/corpus/pcap"

// corpusExceptions are the differences to tshark's dissection, by file and TLV. Each has its reason; one that is
// no more is an error too.
var corpusExceptions = map[string]map[uint16]string{
	"assimilation/cdp_v2_voice.pcap": {0x08: "the cluster protocol hello is kept raw, tshark takes it apart"},
	"tcpdump/3560_CDP.pcap":          {0x08: "the cluster protocol hello is kept raw, tshark takes it apart"},
}

// corpusChecksums are the frames whose checksum tshark calls bad.
var corpusChecksums = map[string]string{
	"vectors/lldpd_recv_cdpv1.pcap":           "its publisher changed the capabilities",
	"vectors/scapy_cdp_phone_voip_query.pcap": "its publisher changed names and addresses",
}

// corpusFiles gives the captures of the corpus, by their name below corpusDir.
func corpusFiles(tb testing.TB) []string {
	tb.Helper()
	paths, err := filepath.Glob(filepath.Join(corpusDir, "*", "*.pcap"))
	if err != nil {
		tb.Fatal(err)
	}
	if len(paths) == 0 {
		tb.Skip("SKIPPED: ../shared/corpus/pcap is not beside the project: no capture of real devices was read")
	}
	names := make([]string, len(paths))
	for i, path := range paths {
		name, err := filepath.Rel(corpusDir, path)
		if err != nil {
			tb.Fatal(err)
		}
		names[i] = filepath.ToSlash(name)
	}
	return names
}

// corpusFrames gives the frames of a capture.
func corpusFrames(tb testing.TB, name string) [][]byte {
	tb.Helper()
	f, err := os.Open(filepath.Join(corpusDir, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r, err := pcapgo.NewReader(f)
	if err != nil {
		tb.Fatalf("read %s: %v", name, err)
	}
	if r.LinkType() != layers.LinkTypeEthernet {
		tb.Fatalf("read %s: link type %v", name, r.LinkType())
	}
	var frames [][]byte
	for {
		frame, _, err := r.ReadPacketData()
		if errors.Is(err, io.EOF) {
			return frames
		}
		if err != nil {
			tb.Fatalf("read %s: %v", name, err)
		}
		frames = append(frames, frame)
	}
}

// corpusExpected gives what tshark says of the CDP frames of a capture.
func corpusExpected(tb testing.TB, name string) []*dissection {
	tb.Helper()
	dir, file := filepath.Split(name)
	f, err := os.Open(filepath.Join(corpusDir, dir, "expected", strings.TrimSuffix(file, ".pcap")+".tshark.json"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var cdps []*dissection
	for _, d := range readDissections(tb, f) {
		if d != nil {
			cdps = append(cdps, d)
		}
	}
	return cdps
}

func TestCorpus(t *testing.T) {
	total := 0
	names := corpusFiles(t)
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			var packets [][]byte
			for _, frame := range corpusFrames(t, name) {
				_, _, packet, err := cdp.ParseFrame(frame)
				switch {
				case err == nil:
					packets = append(packets, packet)
				case !errors.Is(err, cdp.ErrNotCDP):
					t.Error(err)
				}
			}
			want := corpusExpected(t, name)
			if len(packets) != len(want) {
				t.Fatalf("%d CDP frames, tshark finds %d", len(packets), len(want))
			}
			for i := range packets {
				total++
				compareCorpus(t, name, packets[i], want[i])
			}
		})
	}
	for name := range corpusExceptions {
		if !slices.Contains(names, name) {
			t.Errorf("%s has listed differences and is not there", name)
		}
	}
	for name := range corpusChecksums {
		if !slices.Contains(names, name) {
			t.Errorf("%s has a listed checksum and is not there", name)
		}
	}
	if total < 7 {
		t.Errorf("%d CDP frames in the corpus, 7 were there when this test was written", total)
	}
}

func compareCorpus(t *testing.T, name string, packet []byte, want *dissection) {
	t.Helper()
	var p cdp.Packet
	if err := p.Decode(packet); err != nil {
		t.Fatal(err)
	}
	if len(p.Problems) != 0 {
		t.Errorf("problems %v", p.Problems)
	}

	sum, status := binary.BigEndian.Uint16(packet[2:]), map[cdp.Checksum]int{cdp.ChecksumGood: 1}[p.Checksum]
	header := []string{
		fmt.Sprintf("cdp.version=%d", p.Version),
		fmt.Sprintf("cdp.ttl=%d", p.TTL),
		fmt.Sprintf("cdp.checksum=0x%04x", sum),
		fmt.Sprintf("cdp.checksum.status=%d", status),
	}
	if diff := cmp.Diff(want.header, header); diff != "" {
		t.Errorf("header (-tshark +got):\n%s", diff)
	}

	// tshark computes the checksum too, and says which one is right.
	zeroed := append([]byte(nil), packet...)
	zeroed[2], zeroed[3] = 0, 0
	var experts []string
	if _, bad := corpusChecksums[name]; bad {
		experts = append(experts, fmt.Sprintf("Bad checksum [should be 0x%04x]", cdp.Sum(zeroed)))
	} else if got := cdp.Sum(zeroed); got != sum {
		t.Errorf("Sum %04x, the frame has %04x", got, sum)
	}
	if diff := cmp.Diff(experts, want.experts); diff != "" {
		t.Errorf("remarks of tshark (-listed +tshark):\n%s", diff)
	}

	got := render(&p)
	for typ := range got {
		if _, ok := want.tlvs[typ]; !ok {
			t.Errorf("TLV %04X: tshark does not have it", typ)
		}
	}
	for typ, fields := range want.tlvs {
		diff := cmp.Diff(fields, got[typ])
		switch reason := corpusExceptions[name][typ]; {
		case diff != "" && reason == "":
			t.Errorf("TLV %04X (-tshark +got):\n%s", typ, diff)
		case diff == "" && reason != "":
			t.Errorf("TLV %04X is as tshark says, but is listed as different: %s", typ, reason)
		}
	}
	for typ, reason := range corpusExceptions[name] {
		if _, ok := want.tlvs[typ]; !ok {
			t.Errorf("TLV %04X is listed as different and is not there: %s", typ, reason)
		}
	}
}
