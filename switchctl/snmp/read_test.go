package snmp_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
	"phoneport/switchctl/snmp/snmptest"
)

var recordings = []string{
	"snmpsim-data/cisco-c3750.snmprec", "snmpsim-data/brocade-icx6430-24.snmprec", "snmpsim-data/h3c-e528-2.snmprec",
	"librenms/ios_2960x.snmprec", "librenms/fortiswitch_148f-fpoe.snmprec", "librenms/junos_qfx5100.snmprec",
}

// TestReadAgrees reads recordings over UDP, from agents of many tempers, and compares with the recording.
func TestReadAgrees(t *testing.T) {
	t.Parallel()
	tempers := map[string]struct {
		change  func(*snmp.Config)
		maxSize int
		twist   func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket
	}{
		"v2c":         {},
		"v1":          {change: func(c *snmp.Config) { c.Version = snmp.V1 }},
		"small":       {maxSize: 484},
		"large":       {maxSize: 9000},
		"reps-1":      {change: func(c *snmp.Config) { c.MaxRepetitions = 1 }},
		"no-getbulk":  {twist: refuse(func(req *gosnmp.SnmpPacket) bool { return req.PDUType == gosnmp.GetBulkRequest })},
		"genErr-many": {twist: genErr(func(req *gosnmp.SnmpPacket) bool { return len(req.Variables) > 3 })},
		"drops-long": {twist: func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			// As agents do that compute an answer for longer than anyone waits.
			if len(res.Variables) > 20 {
				return nil
			}
			return res
		}},
		"tooBig": {twist: func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			// Not as RFC 3416 has it, but seen: tooBig in answer to GETBULK.
			if req.PDUType == gosnmp.GetBulkRequest && len(res.Variables) > 12 {
				res.Error, res.Variables = gosnmp.TooBig, nil
			}
			return res
		}},
	}
	for _, name := range recordings {
		walk := corpus(t, name)
		want, _ := snmptest.New(walk).Read(t.Context(), tables()...)
		for temper, tc := range tempers {
			t.Run(temper+"/"+name, func(t *testing.T) {
				t.Parallel()
				a := serve(t, &agent{walk: walk, maxSize: tc.maxSize, twist: tc.twist})
				s := dial(t, a)
				if tc.change != nil {
					s = dial(t, a, tc.change)
				}
				if _, err := snmp.ReadSystem(t.Context(), s); err != nil {
					t.Fatal(err)
				}
				got, err := s.Read(t.Context(), tables()...)
				if err != nil {
					t.Fatal(err)
				}
				for _, rows := range got {
					if rows.Err != nil {
						t.Error(rows.Err)
					}
				}
				if d := cmp.Diff(dump(want), dump(got)); d != "" {
					t.Error(d)
				}
			})
		}
	}
}

func refuse(when func(*gosnmp.SnmpPacket) bool) func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	return func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
		if when(req) {
			return nil
		}
		return res
	}
}

func genErr(when func(*gosnmp.SnmpPacket) bool) func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
	return func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
		if when(req) {
			res.Error, res.ErrorIndex, res.Variables = gosnmp.GenErr, 1, req.Variables
		}
		return res
	}
}

// TestReadFillsAnswers holds the number of requests to what the octets need: the answers of one reading,
// laid end to end, divided by the size of an answer, and a few for the ends of tables.
func TestReadFillsAnswers(t *testing.T) {
	t.Parallel()
	for _, name := range recordings {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			walk := corpus(t, name)
			a := serve(t, &agent{walk: walk})
			got, err := dial(t, a).Read(t.Context(), tables()...)
			if err != nil {
				t.Fatal(err)
			}
			octets := 0
			for _, rows := range got {
				for _, c := range rows.Table.Columns {
					for _, r := range walk.Sub(rows.Table.Entry.Append(c)) {
						p := toPDU(r)
						one := &gosnmp.SnmpPacket{Version: gosnmp.Version2c, PDUType: gosnmp.GetResponse, Variables: []gosnmp.SnmpPDU{p}}
						b, err := one.MarshalMsg()
						if err != nil {
							t.Fatal(err)
						}
						octets += len(b) - 22
					}
				}
			}
			least := octets/1432 + 1
			most := least + least/8 + 6
			t.Logf("%d requests for %d octets, at least %d", a.requests(), octets, least)
			if a.requests() > most {
				t.Errorf("%d requests, want at most %d", a.requests(), most)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	t.Parallel()
	walk := corpus(t, recordings[0])
	ts := tables()[:3]
	for i := range ts {
		ts[i].Only = []snmp.OID{{10101}, {10102}, {4711}}
	}
	ts[2].Only = []snmp.OID{{3}}
	want, _ := snmptest.New(walk).Read(t.Context(), ts...)
	for _, version := range []snmp.Version{snmp.V1, snmp.V2c} {
		a := serve(t, &agent{walk: walk})
		got, err := dial(t, a, func(c *snmp.Config) { c.Version = version }).Read(t.Context(), ts...)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(dump(want), dump(got)); d != "" || got[0].Len() == 0 {
			t.Errorf("v%s: %s", version, d)
		}
	}
}

// TestReadKeepsWhatItHas lets one table fail in each way; the others and its first rows must be there.
func TestReadKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	walk := snmprec.Walk{}
	for i := uint32(1); i <= 60; i++ {
		walk = append(walk, snmprec.Record{OID: snmp.OID{1, 3, 6, 1, 1, 1, 1, i}, Value: snmp.Integer(int64(i))})
	}
	for i := uint32(1); i <= 60; i++ {
		walk = append(walk, snmprec.Record{OID: snmp.OID{1, 3, 6, 1, 1, 2, 1, i}, Value: snmp.Integer(int64(i))})
	}
	ts := []snmp.Table{
		{Name: "bad", Entry: snmp.OID{1, 3, 6, 1, 1, 1}, Columns: []uint32{1}},
		{Name: "good", Entry: snmp.OID{1, 3, 6, 1, 1, 2}, Columns: []uint32{1}},
	}
	in := func(p *gosnmp.SnmpPacket, row string) int {
		for i, v := range p.Variables {
			if strings.HasPrefix(v.Name, ".1.3.6.1.1.1.1."+row) {
				return i
			}
		}
		return -1
	}
	tests := map[string]struct {
		twist func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket
		class error
	}{
		"loop": {func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			if i := in(res, "40"); i >= 0 {
				res.Variables[i].Name = ".1.3.6.1.1.1.1.20"
			}
			return res
		}, switchctl.ErrMalformed},
		"silent-row": {func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			if in(res, "40") >= 0 {
				return nil
			}
			return res
		}, switchctl.ErrUnreachable},
		"genErr-row": {func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			if in(res, "40") >= 0 {
				res.Error, res.ErrorIndex, res.Variables = gosnmp.GenErr, 1, req.Variables
			}
			return res
		}, switchctl.ErrRejected},
		"bad-oid": {func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			if i := in(res, "40"); i >= 0 {
				res.Variables = append(res.Variables[:i], res.Variables...)
			}
			return res
		}, switchctl.ErrMalformed},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, &agent{walk: walk, twist: tc.twist})
			got, err := dial(t, a, func(c *snmp.Config) { c.Timeout = 30 * time.Millisecond }).Read(t.Context(), ts...)
			if err != nil {
				t.Fatal(err)
			}
			if got[1].Err != nil || got[1].Len() != 60 {
				t.Errorf("good table: %d rows, %v", got[1].Len(), got[1].Err)
			}
			if !errors.Is(got[0].Err, tc.class) {
				t.Errorf("bad table: %v, want class %v", got[0].Err, tc.class)
			}
			if got[0].Len() < 3 || got[0].Len() > 59 {
				t.Errorf("bad table has %d rows", got[0].Len())
			}
		})
	}
}

func TestUnreachable(t *testing.T) {
	t.Parallel()
	a := serve(t, &agent{twist: func(_, _ *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { return nil }})
	s := dial(t, a, func(c *snmp.Config) { c.Timeout = 20 * time.Millisecond; c.Retries = 2 })
	if _, err := snmp.ReadSystem(t.Context(), s); !errors.Is(err, switchctl.ErrUnreachable) {
		t.Errorf("want unreachable, got %v", err)
	}
	if n := a.requests(); n != 3 {
		t.Errorf("%d requests, want one and two retries", n)
	}
	rows, err := s.Read(t.Context(), tables()...)
	if !errors.Is(err, switchctl.ErrUnreachable) || len(rows) != len(tables()) || !errors.Is(rows[0].Err, switchctl.ErrUnreachable) {
		t.Errorf("read: %v, %d tables", err, len(rows))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Get(ctx, snmp.OID{1, 3}); !errors.Is(err, context.Canceled) {
		t.Errorf("want canceled, got %v", err)
	}
}

// TestCancelInFlight cancels while an answer is awaited: the session returns at once, not at its time-out.
func TestCancelInFlight(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	a := serve(t, &agent{twist: func(_, _ *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { cancel(); return nil }})
	s := dial(t, a, func(c *snmp.Config) { c.Timeout = time.Hour })
	if _, err := s.Get(ctx, snmp.OID{1, 3, 6}); !errors.Is(err, context.Canceled) {
		t.Errorf("want canceled, got %v", err)
	}
}

// TestHostile holds every answer that no agent may give to a classed error.
func TestHostile(t *testing.T) {
	t.Parallel()
	endless := uint32(0)
	tests := map[string]func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket{
		"another request id": func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.RequestID += 7; return res },
		"request id zero":    func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.RequestID = 0; return res },
		"another community":  func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.Community = "private"; return res },
		"another version":    func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.Version = gosnmp.Version1; return res },
		"a request":          func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.PDUType = gosnmp.GetRequest; return res },
		"no variables":       func(_, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket { res.Variables = nil; return res },
		"always the same": func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			res.Variables = []gosnmp.SnmpPDU{{Name: ".1.3.6.1.1.1.1.5", Type: gosnmp.Integer, Value: 1}}
			return res
		},
		"endless": func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			res.Variables = nil
			for range max(req.MaxRepetitions, 1) {
				endless++
				res.Variables = append(res.Variables, gosnmp.SnmpPDU{Name: fmt.Sprintf(".1.3.6.1.1.1.1.%d", endless), Type: gosnmp.Integer, Value: 1})
			}
			return res
		},
		"too many": func(req, res *gosnmp.SnmpPacket) *gosnmp.SnmpPacket {
			for i := range 200 {
				res.Variables = append(res.Variables, gosnmp.SnmpPDU{Name: fmt.Sprintf(".1.3.6.1.1.1.1.%d", i+1), Type: gosnmp.Integer, Value: 1})
			}
			return res
		},
	}
	walk := snmprec.Walk{{OID: snmp.OID{1, 3, 6, 1, 1, 1, 1, 1}, Value: snmp.Integer(1)}}
	for name, twist := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := serve(t, &agent{walk: walk, twist: twist})
			s := dial(t, a, func(c *snmp.Config) { c.Timeout = 30 * time.Millisecond })
			got, err := s.Read(t.Context(), snmp.Table{Name: "x", Entry: snmp.OID{1, 3, 6, 1, 1, 1}, Columns: []uint32{1}})
			if err == nil {
				err = got[0].Err
			}
			if c := switchctl.ClassOf(err); c == nil {
				t.Errorf("no class: %v (%d rows)", err, got[0].Len())
			}
		})
	}
}

// TestLongAnswer reads a value that is longer than the buffer a session begins with.
func TestLongAnswer(t *testing.T) {
	t.Parallel()
	long := snmp.Text(strings.Repeat("x", 9000))
	walk := snmprec.Walk{{OID: snmp.OID{1, 3, 6, 1, 1, 1, 1, 1}, Value: long}, {OID: snmp.OID{1, 3, 6, 1, 1, 1, 1, 2}, Value: long}}
	a := serve(t, &agent{walk: walk, maxSize: 60000})
	s := dial(t, a)
	got, err := s.Get(t.Context(), walk[0].OID)
	if err != nil || got[0] != long {
		t.Errorf("get: %d octets, %v", got[0].Len(), err)
	}
	rows, err := s.Read(t.Context(), snmp.Table{Name: "x", Entry: snmp.OID{1, 3, 6, 1, 1, 1}, Columns: []uint32{1}})
	if err != nil || rows[0].Err != nil || rows[0].Len() != 2 || rows[0].At(2).Value(1) != long {
		t.Errorf("read: %d rows, %v, %v", rows[0].Len(), err, rows[0].Err)
	}
}

// TestStrays sends what is not the answer before each answer: garbage, late answers to other requests, and
// what somebody might send who guesses. None of it may be believed, and none may cost the answer.
func TestStrays(t *testing.T) {
	t.Parallel()
	walk := corpus(t, recordings[0])
	want, _ := snmptest.New(walk).Read(t.Context(), tables()...)
	a := serve(t, &agent{walk: walk, stray: func(res gosnmp.SnmpPacket) [][]byte {
		out := [][]byte{{}, {0x30}, []byte("garbage")}
		lie := append([]gosnmp.SnmpPDU(nil), res.Variables...)
		for i := range lie {
			lie[i].Type, lie[i].Value = gosnmp.Integer, 4711
		}
		res.Variables = lie
		for _, change := range []func(p *gosnmp.SnmpPacket){
			func(p *gosnmp.SnmpPacket) { p.RequestID-- },
			func(p *gosnmp.SnmpPacket) { p.RequestID = 0 },
			func(p *gosnmp.SnmpPacket) { p.Community = "private" },
			func(p *gosnmp.SnmpPacket) { p.Version = gosnmp.Version1 },
			func(p *gosnmp.SnmpPacket) { p.PDUType = gosnmp.GetRequest },
		} {
			p := res
			change(&p)
			b, err := p.MarshalMsg()
			if err != nil {
				t.Error(err)
			}
			out = append(out, b)
		}
		return out
	}})
	failed := 0
	s := dial(t, a, func(c *snmp.Config) {
		c.Timeout, c.Retries = 10*time.Second, -1
		c.Hooks.Failed = func(string, error) { failed++ }
	})
	got, err := s.Read(t.Context(), tables()...)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(dump(want), dump(got)); d != "" || failed != 0 {
		t.Errorf("%d requests failed: %s", failed, d)
	}
}

// FuzzAnswer sends arbitrary octets as the answer.
func FuzzAnswer(f *testing.F) {
	for _, p := range []gosnmp.SnmpPDU{
		{Name: ".1.3.6.1.1.1.1.1", Type: gosnmp.Integer, Value: 1},
		{Name: ".1.3.6.1.1.1.1.1", Type: gosnmp.OctetString, Value: []byte("x")},
		{Name: ".1.3.6.1.1.1.1.1", Type: gosnmp.EndOfMibView},
	} {
		pk := &gosnmp.SnmpPacket{Version: gosnmp.Version2c, Community: "public", PDUType: gosnmp.GetResponse, RequestID: 1, Variables: []gosnmp.SnmpPDU{p}}
		b, err := pk.MarshalMsg()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(b[:len(b)-3])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := snmp.DecodeForTest(b)
		for _, v := range got {
			_, _, _, _ = v.Text(), v.Bytes(), v.OID(), v.Exists()
			_, _ = v.Int()
			_, _ = v.MAC()
		}
		_ = err
	})
}
