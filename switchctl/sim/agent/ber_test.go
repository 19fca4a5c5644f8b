package agent

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
)

// TestValuesAsGosnmpReadsThem encodes the edges of every type and lets another codec read them.
func TestValuesAsGosnmpReadsThem(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("y", 70_000)
	for _, tc := range []struct {
		name string
		v    snmp.Value
		want any
	}{
		{"zero", snmp.Integer(0), 0},
		{"127", snmp.Integer(127), 127},
		{"128", snmp.Integer(128), 128},
		{"-128", snmp.Integer(-128), -128},
		{"-129", snmp.Integer(-129), -129},
		{"least", snmp.Integer(math.MinInt32), math.MinInt32},
		{"most", snmp.Integer(math.MaxInt32), math.MaxInt32},
		{"gauge", snmp.Unsigned(math.MaxUint32), uint(math.MaxUint32)},
		{"gauge 255", snmp.Unsigned(255), uint(255)},
		{"counter", snmp.Number(snmp.KindCounter32, 1<<31), uint(1 << 31)},
		{"ticks", snmp.Ticks(1 << 31), uint32(1 << 31)},
		{"counter64", snmp.Number(snmp.KindCounter64, math.MaxUint64), uint64(math.MaxUint64)},
		{"counter64 zero", snmp.Number(snmp.KindCounter64, 0), uint64(0)},
		{"empty", snmp.Text(""), ""},
		{"127 octets", snmp.Text(long[:127]), long[:127]},
		{"128 octets", snmp.Text(long[:128]), long[:128]},
		{"255 octets", snmp.Text(long[:255]), long[:255]},
		{"256 octets", snmp.Text(long[:256]), long[:256]},
		{"70,000 octets", snmp.Text(long), long},
		{"oid", snmp.ObjectID(snmp.OID{1, 0, 8802, 127, 128, 16383, 16384, 2097151, 2097152, 268435455, 268435456, 4294967295}), ".1.0.8802.127.128.16383.16384.2097151.2097152.268435455.268435456.4294967295"},
		{"oid 0.0", snmp.ObjectID(snmp.OID{0, 0}), ".0.0"},
		{"oid 2.999", snmp.ObjectID(snmp.OID{2, 999, 3}), ".2.999.3"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			list := appendVar(nil, snmp.OID{1, 3, 6, 1}, tc.v)
			env := envelope{version: version2c, community: []byte("c"), requestID: -5}
			b := env.append(nil, pduResponse, answer{list: list})
			if env.size(len(list)) != len(b) {
				t.Errorf("reckoned %d octets, got %d", env.size(len(list)), len(b))
			}
			got := decode(t, b).Variables[0].Value
			if s, ok := got.([]byte); ok {
				got = string(s)
			}
			if got != tc.want {
				t.Errorf("got %v (%T), want %v (%T)", got, got, tc.want, tc.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	good := request(t, gosnmp.Version2c, "public", gosnmp.GetRequest, 0, 0, null(snmp.OID{1, 3, 6, 1, 2, 1, 1, 1, 0}))
	mutate := func(f func(b []byte) []byte) []byte { return f(bytes.Clone(good)) }
	for _, tc := range []struct {
		name, want string
		packet     []byte
	}{
		{"nothing", "truncated", nil},
		{"cut", "truncated", good[:len(good)-1]},
		{"octets behind", "behind its end", append(bytes.Clone(good), 0)},
		{"no sequence", "unexpected ASN.1 tag 0x31", mutate(func(b []byte) []byte { b[0] = 0x31; return b })},
		{"indefinite length", "length is malformed", mutate(func(b []byte) []byte { b[1] = 0x80; return b })},
		{"length of five octets", "length is malformed", append([]byte{0x30, 0x85, 0, 0, 0, 0, 1}, 0)},
		{"version 2", "none that is known", mutate(func(b []byte) []byte { b[4] = 2; return b })},
		{"empty version", "integer is malformed", []byte{0x30, 2, 2, 0}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var m message
			_, err := m.parseHead(tc.packet)
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %q", err, tc.want)
			}
		})
	}
}

func TestParseOIDRefuses(t *testing.T) {
	t.Parallel()
	for name, b := range map[string][]byte{
		"unfinished":              {0x2b, 0x86},
		"above 2^32":              {0x2b, 0x90, 0x80, 0x80, 0x80, 0x00},
		"129 sub-identifiers":     append([]byte{0x2b}, make([]byte, 127)...),
		"first far above 2.2^32":  {0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"long without end at all": bytes.Repeat([]byte{0xff}, 20),
	} {
		if o, err := parseOID(nil, b); err == nil {
			t.Errorf("%s: got %v, want an error", name, snmp.OID(o))
		}
	}
}

// FuzzHandle feeds packets: none may make the agent fail, and every answer must be one that another
// codec reads.
func FuzzHandle(f *testing.F) {
	for _, tag := range []gosnmp.PDUType{gosnmp.GetRequest, gosnmp.GetNextRequest, gosnmp.GetBulkRequest} {
		for _, version := range []gosnmp.SnmpVersion{gosnmp.Version1, gosnmp.Version2c} {
			f.Add(request(f, version, "public", tag, 1, 20, null(snmp.OID{1, 3, 6, 1, 2, 1, 1, 1, 0}), null(entry.Append(2))))
		}
	}
	f.Add(request(f, gosnmp.Version2c, "private", gosnmp.SetRequest, 0, 0, integerVar(entry.Append(2, 0, 7), 42)))
	f.Add(discovery(f))
	a := newAgent(f, newBox(f, 50, "row"), 0)
	f.Fuzz(func(t *testing.T, packet []byte) {
		out := a.Handle(nil, bytes.Clone(packet))
		if len(out) == 0 {
			return
		}
		var m message
		if _, err := m.parseHead(bytes.Clone(packet)); err == nil && m.version == version3 {
			return // gosnmp wants the user's keys to read those; TestUSM reads them
		}
		if len(m.community) > 127 {
			return // gosnmp reads no longer ones right
		}
		decode(t, out)
	})
}
