package cdp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

// node is one field of a dissection by tshark, with those below it. Its JSON repeats keys, so it cannot be read
// into maps.
type node struct {
	key, value string
	below      []node
}

// dissection is what tshark says of one CDP packet.
type dissection struct {
	header  []string            // fields outside of TLVs: name=value
	tlvs    map[uint16][]string // fields of TLVs, in order, without type and length
	experts []string            // remarks of tshark
}

// readDissections reads the output of tshark -T json: one dissection a frame, nil for those that have no CDP.
func readDissections(tb testing.TB, r io.Reader) []*dissection {
	tb.Helper()
	d := json.NewDecoder(r)
	root, err := readNode(d, "")
	if err != nil {
		tb.Fatalf("read tshark's JSON: %v", err)
	}
	var ds []*dissection
	for _, frame := range root.below {
		layers := frame.child("_source").child("layers")
		if layers == nil {
			tb.Fatal("read tshark's JSON: a frame without layers")
		}
		// A layer of its own tells what tshark could not dissect, as does a second one called cdp.
		var found *dissection
		for _, layer := range layers.below {
			switch layer.key {
			case "frame", "eth", "vlan", "llc":
			case "cdp":
				found = dissect(tb, layer)
			default:
				if found != nil {
					found.experts = append(found.experts, "layer "+layer.key)
				}
			}
		}
		ds = append(ds, found)
	}
	return ds
}

func readNode(d *json.Decoder, key string) (node, error) {
	t, err := d.Token()
	if err != nil {
		return node{}, err
	}
	n := node{key: key}
	switch t := t.(type) {
	case json.Delim:
		for d.More() {
			k := ""
			if t == '{' {
				kt, err := d.Token()
				if err != nil {
					return n, err
				}
				k = kt.(string)
			}
			child, err := readNode(d, k)
			if err != nil {
				return n, err
			}
			n.below = append(n.below, child)
		}
		end, err := d.Token()
		if err == nil && end != json.Delim('}') && end != json.Delim(']') {
			err = errors.New("unbalanced")
		}
		return n, err
	case string:
		n.value = t
	default:
		n.value = fmt.Sprint(t)
	}
	return n, nil
}

// child gives the first node below n of that name.
func (n *node) child(key string) *node {
	if n == nil {
		return nil
	}
	for i := range n.below {
		if n.below[i].key == key {
			return &n.below[i]
		}
	}
	return nil
}

// leaves gives the fields below n as name=value; what tshark remarks goes to experts.
func (n *node) leaves(experts *[]string) []string {
	var fields []string
	for _, c := range n.below {
		switch {
		case c.key == "_ws.expert":
			*experts = append(*experts, c.child("_ws.expert.message").value)
		case strings.HasPrefix(c.key, "_ws.") || strings.HasPrefix(c.key, "Malformed"):
			*experts = append(*experts, c.key+" "+c.value)
		case len(c.below) > 0:
			fields = append(fields, c.leaves(experts)...)
		case strings.HasPrefix(c.key, "cdp."):
			fields = append(fields, c.key+"="+c.value)
		default:
			*experts = append(*experts, c.key+" "+c.value)
		}
	}
	return fields
}

func dissect(tb testing.TB, cdp node) *dissection {
	tb.Helper()
	d := &dissection{tlvs: map[uint16][]string{}}
	for _, c := range cdp.below {
		typ := c.child("cdp.tlv.type")
		if typ == nil {
			d.header = append(d.header, (&node{below: []node{c}}).leaves(&d.experts)...)
			continue
		}
		var number uint16
		if _, err := fmt.Sscanf(typ.value, "0x%04x", &number); err != nil {
			tb.Fatalf("read tshark's JSON: type %q: %v", typ.value, err)
		}
		if _, again := d.tlvs[number]; again {
			tb.Fatalf("read tshark's JSON: TLV %04X comes twice, this test is not made for that", number)
		}
		d.tlvs[number] = []string{}
		for _, f := range c.leaves(&d.experts) {
			switch name, _, _ := strings.Cut(f, "="); name {
			case "cdp.tlv.type", "cdp.tlv.len":
			default:
				d.tlvs[number] = append(d.tlvs[number], f)
			}
		}
	}
	return d
}
