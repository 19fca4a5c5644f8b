package lldp_test

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"phoneport/discovery/lldp"
)

// shown is what tshark says of a frame's TLVs, in the form of fieldsOf, and its complaints.
func shown(n *node) (tlvs map[string][]string, complaints []string) {
	f := newFields()
	for _, t := range n.sub {
		typ := t.find("lldp.tlv.type")
		if typ == nil {
			complaints = append(complaints, t.complaints()...)
			continue
		}
		org := uint64(0)
		if oui := t.find("lldp.orgtlv.oui"); oui != nil {
			org, _ = strconv.ParseUint(oui.text, 10, 32)
		}
		f.turns(typ.text, org, t)
		complaints = append(complaints, t.complaints()...)
	}
	return f.tlvs, complaints
}

func (f *fields) turns(typ string, org uint64, t node) {
	key := typ
	if typ == "127" {
		key = fmt.Sprintf("127 %06x %s", org, t.subtype())
	}
	f.turn[key]++
	f.now = fmt.Sprintf("%s #%d", key, f.turn[key])
	f.tlvs[f.now] = nil
	f.leaves(t)
}

// subtype finds the subtype of an organisation's TLV: the field after the organisation, whatever its name.
func (n node) subtype() string {
	for i, s := range n.sub {
		if s.name == "lldp.orgtlv.oui" && i+1 < len(n.sub) {
			return number(n.sub[i+1].text)
		}
	}
	return "?"
}

// number gives hexadecimal numbers as decimal ones, and other text as it is.
func number(s string) string {
	if v, err := strconv.ParseUint(strings.TrimPrefix(s, "0x"), 16, 64); err == nil && strings.HasPrefix(s, "0x") {
		return strconv.FormatUint(v, 10)
	}
	return s
}

func (f *fields) leaves(n node) {
	for _, s := range n.sub {
		if len(s.sub) > 0 {
			f.leaves(s)
		} else if strings.HasPrefix(s.name, "lldp.") && !strings.Contains(s.name, "_inv.") && !isExpert(s.name) {
			// _inv: the same bits the other way round, as some switch once had them
			if isText(s.name) {
				f.put(s.name, s.text)
			} else {
				f.put(s.name, number(s.text))
			}
		}
	}
}

// isText tells the fields whose text is no number, whatever it looks like.
func isText(name string) bool {
	return strings.HasSuffix(name, ".id") || strings.HasSuffix(name, "desc") || strings.HasSuffix(name, "name") ||
		slices.Contains([]string{
			"lldp.media.hardware", "lldp.media.firmware", "lldp.media.software", "lldp.media.sn", "lldp.media.manufacturer",
			"lldp.media.model", "lldp.media.asset", "lldp.media.ecs", "lldp.media.civic.value",
		}, name)
}

func isExpert(name string) bool {
	return name == "lldp.tlv_deprecated" || name == "lldp.excess_length" || name == "lldp.incorrect_length" || name == "lldp.bad_type"
}

// complaints gives the expert messages below n.
func (n node) complaints() []string {
	var c []string
	if n.name == "_ws.expert.message" {
		c = append(c, n.text)
	}
	if n.name == "_ws.malformed" && n.text != "" {
		c = append(c, n.name)
	}
	for _, s := range n.sub {
		c = append(c, s.complaints()...)
	}
	return c
}

// differences compares two views of a frame, TLV by TLV. Of TLVs that we do not decode only type, length and organisation
// count.
func differences(ours, theirs map[string][]string) []string {
	keys := map[string]bool{}
	for k := range ours {
		keys[k] = true
	}
	for k := range theirs {
		keys[k] = true
	}
	var d []string
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		a, inOurs := ours[k]
		b, inTheirs := theirs[k]
		if !inOurs || !inTheirs {
			d = append(d, k+map[bool]string{true: ": only ours", false: ": only tshark's"}[inOurs])
			continue
		}
		a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
		raw := !slices.ContainsFunc(a, func(s string) bool {
			return !strings.HasPrefix(s, "lldp.tlv.type=") && !strings.HasPrefix(s, "lldp.tlv.len=") && !strings.HasPrefix(s, "lldp.orgtlv.oui=")
		}) && !strings.HasPrefix(k, "0 ")
		if raw {
			b = slices.DeleteFunc(b, func(s string) bool { return !slices.Contains(a, s) })
		}
		if !slices.Equal(a, b) {
			d = append(d, fmt.Sprintf("%s: only ours %q, only tshark's %q", k, minus(a, b), minus(b, a)))
		}
	}
	return d
}

func minus(a, b []string) []string {
	left := slices.Clone(b)
	var d []string
	for _, s := range a {
		if i := slices.Index(left, s); i >= 0 {
			left = slices.Delete(left, i, i+1)
		} else {
			d = append(d, s)
		}
	}
	return d
}

// tsharkException is what tshark 4.0 says otherwise of a good frame, and why.
type tsharkException struct {
	why         string
	complaints  []string
	differences []string
}

const (
	deprecated = "TLV has been deprecated"
	excess     = "Invalid length, greater than expected"
	bad        = "_ws.malformed"
	padding    = "Didn't find padding of zeros, and an undecoded trailer exists. There may be padding of non-zeros."
)

// paddingNote tells whether tshark 4.0 complains of the padding of a frame: it takes End and the octet before it for
// trailer, as it does in the captures of the corpus too, and wants zeros there in frames that it thinks shorter than 60 octets.
func paddingNote(p *lldp.PDU) bool {
	b, err := p.Append(nil)
	return err == nil && 14+len(b)-3 < 60 && b[len(b)-3] != 0
}

// tsharkExceptions are the frames of which tshark has something to say. Another complaint fails, and so does one that
// is gone.
var tsharkExceptions = map[string]tsharkException{
	"only aggregation":  {why: "the TLV moved from 802.3 to 802.1AX; phones and switches still send it here", complaints: []string{deprecated}},
	"only measurements": {why: "tshark 4.0 does not know subtype 8 and takes its contents for too much", complaints: []string{excess, bad}},
	"everything":        {why: "it has both TLVs above", complaints: []string{deprecated, excess, bad}},
	"Avaya servers": {
		why: "tshark reads only the first address of a list",
		differences: []string{
			`127 00400d 3 #1: only ours ["lldp.avaya.callserver=192.0.2.11"], only tshark's []`,
			`127 00400d 6 #1: only ours ["lldp.avaya.fileserver=192.0.2.21"], only tshark's []`,
		},
	},
}

func TestTshark(t *testing.T) {
	t.Parallel()
	pdus := samples()
	maps.Copy(pdus, eachField())
	names := sampleNames(pdus)
	var frames [][]byte
	for _, n := range names {
		b, err := lldp.AppendFrame(nil, lldp.NearestBridge, switchMAC, pdus[n])
		if err != nil {
			t.Fatalf("%s: %v", n, err)
		}
		frames = append(frames, b)
	}
	for n := range tsharkExceptions {
		if !slices.Contains(names, n) {
			t.Errorf("exception for %q, of which there is no frame", n)
		}
	}
	for i, d := range dissect(t, frames) {
		t.Run(names[i], func(t *testing.T) {
			if d.lldp == nil {
				t.Fatal("tshark sees no LLDP")
			}
			theirs, complaints := shown(d.lldp)
			for _, l := range d.layers.sub {
				if l.name != "lldp" {
					complaints = append(complaints, l.complaints()...)
				}
			}
			want := tsharkExceptions[names[i]]
			if paddingNote(pdus[names[i]]) {
				want.complaints = append(slices.Clone(want.complaints), padding)
			}
			if diff := cmp.Diff(want.complaints, complaints, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("complaints of tshark (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(want.differences, differences(fieldsOf(pdus[names[i]], true), theirs), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("fields that differ from tshark's (-want +got):\n%s", diff)
			}
		})
	}
}
