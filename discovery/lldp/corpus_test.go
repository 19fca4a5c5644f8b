package lldp_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery/lldp"
)

const corpus = "../../../shared/corpus/pcap"

// corpusException is what is otherwise than in tshark's dissection of a frame, and why.
type corpusException struct {
	why         string
	err         string   // of Decode
	problems    []string // of the PDU
	differences []string
}

// corpusExceptions go by file and number of the frame. One that is gone fails, as does one that is not listed.
var corpusExceptions = map[string]corpusException{
	"procurve.lldp.pcap 1": {
		why: "the capture is cut at 60 octets",
		err: "decode system description TLV at offset 44: runs past the end of the frame: malformed LLDP frame",
	},
	"procurve.lldp.pcap 2": {
		why: "the capture is cut at 60 octets",
		err: "decode system description TLV at offset 44: runs past the end of the frame: malformed LLDP frame",
	},
	"med-loc-malformed.pcap 1": {
		why:      "crafted: a civic address that says that it is longer than its TLV. tshark gives up there; we lose that TLV only",
		problems: []string{"location at offset 32: its inner length does not fit; lost"},
		differences: []string{
			"127 0012bb 1 #1: only ours", "127 0012bb 3 #1: only tshark's", "127 001b21 1 #1: only ours", "127 001b21 196 #1: only ours",
			"4 #1: only ours", "5 #1: only ours", "6 #1: only ours", "7 #1: only ours",
		},
	},
	"sg200.pcap 1": {
		why:         "the switch sends a buffer of 256 octets of which the civic address fills 40",
		problems:    []string{"location at offset 38: longer than its fields; kept as far as known"},
		differences: []string{`127 0012bb 3 #1: only ours ["lldp.tlv.len=45"], only tshark's ["lldp.tlv.len=261"]`},
	},
	"lldp_8021_linkagg.pcap 1": {
		why: "made up: no mandatory TLVs; tshark calls it malformed too",
		err: "decode chassis id TLV at offset 0: missing; another TLV is in its place: malformed LLDP frame",
	},
	"lldp_8021_linkagg.pcap 2": {
		why: "made up: no mandatory TLVs; tshark calls it malformed too",
		err: "decode chassis id TLV at offset 0: missing; another TLV is in its place: malformed LLDP frame",
	},
	"lldp_asan.pcap 1": {
		why: "crafted: no port id; tshark calls it malformed too",
		err: "decode port id TLV at offset 8: missing; another TLV is in its place: malformed LLDP frame",
	},
}

// captureFrame is an LLDP frame of the corpus.
type captureFrame struct {
	name    string // file and number
	data    []byte
	whole   bool // not cut by the capture
	dissect *node
}

func corpusFrames(t testing.TB) []captureFrame {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(corpus, "*", "*.pcap"))
	if err != nil || len(files) == 0 {
		t.Skipf("no captures in %s: that frames of real devices decode as tshark says is not tested", corpus)
	}
	var all []captureFrame
	for _, path := range files {
		base := filepath.Base(path)
		b, err := os.ReadFile(filepath.Join(filepath.Dir(path), "expected", base[:len(base)-len(".pcap")]+".tshark.json"))
		if err != nil {
			t.Fatal(err)
		}
		ds, err := parseDissections(b)
		if err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		byNumber := map[string]*node{}
		for _, d := range ds {
			byNumber[d.number] = d.lldp
		}
		frames, wire := readPcap(t, path)
		for i, f := range frames {
			if _, _, _, err := lldp.ParseFrame(f); err != nil {
				if byNumber[fmt.Sprint(i+1)] != nil {
					t.Errorf("%s frame %d: %v, but tshark sees LLDP", base, i+1, err)
				}
				continue
			}
			all = append(all, captureFrame{fmt.Sprintf("%s %d", base, i+1), f, wire[i] == len(f), byNumber[fmt.Sprint(i+1)]})
		}
	}
	return all
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	frames := corpusFrames(t)
	for name := range corpusExceptions {
		if !slices.ContainsFunc(frames, func(f captureFrame) bool { return f.name == name }) {
			t.Errorf("exception for %q, of which there is no frame", name)
		}
	}
	if len(frames) < 43 {
		t.Errorf("%d LLDP frames; the corpus has 43", len(frames))
	}
	for _, f := range frames {
		t.Run(f.name, func(t *testing.T) {
			if f.dissect == nil {
				t.Fatal("no dissection by tshark")
			}
			_, _, payload, err := lldp.ParseFrame(f.data)
			if err != nil {
				t.Fatal(err)
			}
			want := corpusExceptions[f.name]
			var p lldp.PDU
			got := corpusException{why: want.why}
			if err := p.Decode(payload); err != nil {
				got.err = err.Error()
			} else {
				for _, q := range p.Problems {
					got.problems = append(got.problems, q.String())
				}
				theirs, _ := shown(f.dissect)
				_, end := theirs["0 #1"]
				got.differences = differences(fieldsOf(&p, end), theirs)
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(corpusException{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("against tshark's dissection (-want +got):\n%s", diff)
			}
		})
	}
}
