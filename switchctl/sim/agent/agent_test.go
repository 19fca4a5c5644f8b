package agent

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
)

func TestGet(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 4, "row"), 0)
	for _, tc := range []struct {
		name    string
		version gosnmp.SnmpVersion
		oids    []snmp.OID
		err     gosnmp.SNMPError
		index   uint8
		types   []gosnmp.Asn1BER
	}{
		{name: "present", version: gosnmp.Version2c, oids: []snmp.OID{entry.Append(2, 100, 7)}, types: []gosnmp.Asn1BER{gosnmp.Integer}},
		{name: "counter64", version: gosnmp.Version2c, oids: []snmp.OID{entry.Append(1, 0, 7)}, types: []gosnmp.Asn1BER{gosnmp.Counter64}},
		{
			name: "missing row and gap are no instance", version: gosnmp.Version2c, oids: []snmp.OID{entry.Append(2, 1, 7), entry.Append(2, 50, 7), entry.Append(2)},
			types: []gosnmp.Asn1BER{gosnmp.NoSuchInstance, gosnmp.NoSuchInstance, gosnmp.NoSuchInstance},
		},
		{
			name: "other column is no object", version: gosnmp.Version2c, oids: []snmp.OID{entry.Append(9, 0, 7), entry, {1, 3}},
			types: []gosnmp.Asn1BER{gosnmp.NoSuchObject, gosnmp.NoSuchObject, gosnmp.NoSuchObject},
		},
		{
			name: "v1 names the first missing", version: gosnmp.Version1, oids: []snmp.OID{entry.Append(2, 0, 7), entry.Append(2, 1, 7)}, err: gosnmp.NoSuchName, index: 2,
			types: []gosnmp.Asn1BER{gosnmp.Null, gosnmp.Null},
		},
		{name: "v1 has no counter64", version: gosnmp.Version1, oids: []snmp.OID{entry.Append(1, 0, 7)}, err: gosnmp.NoSuchName, index: 1, types: []gosnmp.Asn1BER{gosnmp.Null}},
		{name: "too big", version: gosnmp.Version2c, oids: []snmp.OID{{1, 3, 6, 1, 2, 1, 1, 2, 0}, {1, 3, 6, 1, 2, 1, 1, 2, 0}, {1, 3, 6, 1, 2, 1, 1, 2, 0}}, err: gosnmp.TooBig},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			vars := make([]gosnmp.SnmpPDU, len(tc.oids))
			for i, o := range tc.oids {
				vars[i] = null(o)
			}
			p := decode(t, a.Handle(nil, request(t, tc.version, "public", gosnmp.GetRequest, 0, 0, vars...)))
			var types []gosnmp.Asn1BER
			for _, v := range p.Variables {
				types = append(types, v.Type)
			}
			if p.Error != tc.err || p.ErrorIndex != tc.index || p.RequestID != 0x1234567 {
				t.Errorf("got %v at %d, request %x; want %v at %d", p.Error, p.ErrorIndex, p.RequestID, tc.err, tc.index)
			}
			if d := cmp.Diff(tc.types, types); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 4, "row"), 0)
	sysDescr := null(snmp.OID{1, 3, 6, 1, 2, 1, 1, 1, 0})
	for _, tc := range []struct {
		name, community string
		version         gosnmp.SnmpVersion
		tag             gosnmp.PDUType
		answers         bool
	}{
		{"known", "public", gosnmp.Version2c, gosnmp.GetRequest, true},
		{"unknown community", "Public", gosnmp.Version2c, gosnmp.GetRequest, false},
		{"context of a VLAN", "public@10", gosnmp.Version2c, gosnmp.GetRequest, true},
		{"context that is not there", "public@11", gosnmp.Version2c, gosnmp.GetRequest, false},
		{"unknown community with VLAN", "x@10", gosnmp.Version2c, gosnmp.GetRequest, false},
		{"community with an at sign", "has@sign", gosnmp.Version2c, gosnmp.GetRequest, true},
		{"bulk in v1", "public", gosnmp.Version1, gosnmp.GetBulkRequest, false},
		{"an answer", "public", gosnmp.Version2c, gosnmp.GetResponse, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			out := a.Handle(nil, request(t, tc.version, tc.community, tc.tag, 0, 1, sysDescr))
			if (len(out) > 0) != tc.answers {
				t.Errorf("got %d octets, want an answer: %v", len(out), tc.answers)
			}
		})
	}
}

func TestNextIsInOrder(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 5, "row"), 0)
	for _, version := range []gosnmp.SnmpVersion{gosnmp.Version1, gosnmp.Version2c} {
		var got []string
		oid := snmp.OID{1, 3}
		for {
			p := decode(t, a.Handle(nil, request(t, version, "public", gosnmp.GetNextRequest, 0, 0, null(oid))))
			if p.Error == gosnmp.NoSuchName || p.Variables[0].Type == gosnmp.EndOfMibView {
				break
			}
			next := snmp.MustOID(p.Variables[0].Name)
			if next.Compare(oid) <= 0 {
				t.Fatalf("%s does not follow %s", next, oid)
			}
			oid = next
			got = append(got, oid.String())
		}
		want := []string{"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.2.0"}
		for col := uint32(1); col <= 3; col++ {
			for i := range uint32(5) {
				if col == 1 && version == gosnmp.Version1 || col == 2 && i%3 == 1 {
					continue
				}
				want = append(want, entry.Append(col, i*50, 7).String())
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("version %v: %s", version, d)
		}
	}
}

// TestBulkIsFull asks for more than fits, in every size, and demands that one variable more would not
// have fitted.
func TestBulkIsFull(t *testing.T) {
	t.Parallel()
	for _, size := range []int{484, 500, 650, 1400, 1471, 1472, 1473, 3000, 9000} {
		for _, text := range []string{"", "ab", "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678"} {
			t.Run(fmt.Sprintf("%d with %d octets", size, len(text)), func(t *testing.T) {
				t.Parallel()
				dev := newBox(t, 600, text)
				a := newAgent(t, dev, size)
				req := request(t, gosnmp.Version2c, "public", gosnmp.GetBulkRequest, 0, 1000, null(entry.Append(3)))
				out := a.Handle(nil, slices.Clone(req))
				n := len(decode(t, out).Variables)
				// What a switch without limit says, cut behind one variable more than came.
				var s scratch
				body, err := s.msg.parseHead(req)
				if err == nil {
					err = s.msg.parsePDU(body)
				}
				if err != nil {
					t.Fatal(err)
				}
				s.msg.pdu.two = n + 1
				env := envelope{version: version2c, community: []byte("public"), requestID: s.msg.pdu.requestID, limit: 1 << 30}
				ans, count := s.bulk(dev.View(""), &env)
				more := len(env.append(nil, pduResponse, ans))
				if len(out) > size || count != n+1 || more <= size || env.size(len(ans.list)) != more {
					t.Errorf("%d variables in %d octets, %d in %d (reckoned %d); limit %d", n, len(out), count, more, env.size(len(ans.list)), size)
				}
			})
		}
	}
}

func TestBulkShapes(t *testing.T) {
	t.Parallel()
	a := newAgent(t, newBox(t, 2, "r"), 0)
	col := func(c uint32) gosnmp.SnmpPDU { return null(entry.Append(c)) }
	row := func(c, i uint32) string { return entry.Append(c, i*50, 7).String() }
	for _, tc := range []struct {
		name string
		one  uint8
		two  uint32
		vars []gosnmp.SnmpPDU
		want []string
		ends int
	}{
		{"interleaved", 0, 2, []gosnmp.SnmpPDU{col(1), col(3)}, []string{row(1, 0), row(3, 0), row(1, 1), row(3, 1)}, 0},
		{"non-repeater first", 1, 2, []gosnmp.SnmpPDU{null(snmp.OID{1, 3}), col(1)}, []string{"1.3.6.1.2.1.1.1.0", row(1, 0), row(1, 1)}, 0},
		{"only non-repeaters", 5, 9, []gosnmp.SnmpPDU{col(1), col(3)}, []string{row(1, 0), row(3, 0)}, 0},
		{"no repetitions", 0, 0, []gosnmp.SnmpPDU{col(1)}, nil, 0},
		{"end is told once for all and under the last name", 0, 9, []gosnmp.SnmpPDU{col(3)}, []string{row(3, 0), row(3, 1), row(3, 1)}, 1},
		{"behind the end", 0, 9, []gosnmp.SnmpPDU{null(snmp.OID{1, 4})}, []string{"1.4"}, 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			p := decode(t, a.Handle(nil, request(t, gosnmp.Version2c, "public", gosnmp.GetBulkRequest, tc.one, tc.two, tc.vars...)))
			if d := cmp.Diff(tc.want, names(p)); d != "" {
				t.Error(d)
			}
			ends := 0
			for _, v := range p.Variables {
				if v.Type == gosnmp.EndOfMibView {
					ends++
				}
			}
			if ends != tc.ends {
				t.Errorf("%d ends of MIB view, want %d", ends, tc.ends)
			}
		})
	}
}
