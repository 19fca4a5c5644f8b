package agent

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

func integerVar(oid snmp.OID, n int) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: "." + oid.String(), Type: gosnmp.Integer, Value: n}
}

func textVar(oid snmp.OID, s string) gosnmp.SnmpPDU {
	return gosnmp.SnmpPDU{Name: "." + oid.String(), Type: gosnmp.OctetString, Value: s}
}

func TestSet(t *testing.T) {
	t.Parallel()
	good := integerVar(entry.Append(2, 0, 7), 42)
	name := snmp.OID{1, 3, 6, 1, 2, 1, 1, 1, 0}
	for _, tc := range []struct {
		name, community string
		vars            []gosnmp.SnmpPDU
		err, v1         gosnmp.SNMPError
		index           uint8
	}{
		{"one", "private", []gosnmp.SnmpPDU{good}, gosnmp.NoError, gosnmp.NoError, 0},
		{"two", "private", []gosnmp.SnmpPDU{good, textVar(name, "new")}, gosnmp.NoError, gosnmp.NoError, 0},
		{"read-only community", "public", []gosnmp.SnmpPDU{good}, gosnmp.NoAccess, gosnmp.NoSuchName, 1},
		{"wrong type", "private", []gosnmp.SnmpPDU{textVar(entry.Append(2, 0, 7), "42")}, gosnmp.WrongType, gosnmp.BadValue, 1},
		{"unsigned for integer", "private", []gosnmp.SnmpPDU{{Name: "." + entry.Append(2, 0, 7).String(), Type: gosnmp.Gauge32, Value: uint32(42)}}, gosnmp.WrongType, gosnmp.BadValue, 1},
		{"wrong value", "private", []gosnmp.SnmpPDU{integerVar(entry.Append(2, 0, 7), 1001)}, gosnmp.WrongValue, gosnmp.BadValue, 1},
		{"wrong length", "private", []gosnmp.SnmpPDU{textVar(name, strings.Repeat("x", 9))}, gosnmp.WrongLength, gosnmp.BadValue, 1},
		{"inconsistent value", "private", []gosnmp.SnmpPDU{integerVar(entry.Append(2, 0, 7), 999)}, gosnmp.InconsistentValue, gosnmp.BadValue, 1},
		{"read-only column", "private", []gosnmp.SnmpPDU{textVar(entry.Append(3, 0, 7), "x")}, gosnmp.NotWritable, gosnmp.NoSuchName, 1},
		{"no such object", "private", []gosnmp.SnmpPDU{textVar(snmp.OID{1, 3, 6, 1, 4, 1, 1, 1}, "x")}, gosnmp.NotWritable, gosnmp.NoSuchName, 1},
		{"no creation", "private", []gosnmp.SnmpPDU{integerVar(entry.Append(2, 1), 5)}, gosnmp.NoCreation, gosnmp.NoSuchName, 1},
		{"the second fails: nothing is done", "private", []gosnmp.SnmpPDU{good, integerVar(entry.Append(2, 100, 7), 5000)}, gosnmp.WrongValue, gosnmp.BadValue, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for _, version := range []gosnmp.SnmpVersion{gosnmp.Version1, gosnmp.Version2c} {
				dev := newBox(t, 4, "row")
				a := newAgent(t, dev, 0)
				p := decode(t, a.Handle(nil, request(t, version, tc.community, gosnmp.SetRequest, 0, 0, tc.vars...)))
				want := tc.err
				if version == gosnmp.Version1 {
					want = tc.v1
				}
				if p.Error != want || p.ErrorIndex != tc.index || len(p.Variables) != len(tc.vars) {
					t.Errorf("version %v: got %v at %d with %d variables, want %v at %d", version, p.Error, p.ErrorIndex, len(p.Variables), want, tc.index)
				}
				done := int64(0)
				if tc.err == gosnmp.NoError {
					done = 42
				}
				if got := dev.rows.At(0).n; got != done {
					t.Errorf("version %v: value is %d, want %d", version, got, done)
				}
			}
		})
	}
}

func TestSetCreates(t *testing.T) {
	t.Parallel()
	dev := newBox(t, 1, "row")
	a := newAgent(t, dev, 0)
	p := decode(t, a.Handle(nil, request(t, gosnmp.Version2c, "private", gosnmp.SetRequest, 0, 0, integerVar(entry.Append(2, 77, 7), 5))))
	if p.Error != gosnmp.NoError || dev.made[77] != 5 {
		t.Errorf("got %v, made %v", p.Error, dev.made)
	}
}

func TestTemper(t *testing.T) {
	t.Parallel()
	set := func(temper Temper) (gosnmp.SNMPError, int64) {
		dev := newBox(t, 1, "row")
		a := newAgent(t, dev, 0)
		a.SetTemper(temper)
		p := decode(t, a.Handle(nil, request(t, gosnmp.Version2c, "private", gosnmp.SetRequest, 0, 0, integerVar(entry.Append(2, 0, 7), 42))))
		return p.Error, dev.rows.At(0).n
	}
	if err, n := set(Temper{LyingSet: true}); err != gosnmp.NoError || n != 0 {
		t.Errorf("lying: %v and value %d, want no error and 0", err, n)
	}
	if err, n := set(Temper{ReadOnly: true}); err != gosnmp.NoAccess || n != 0 {
		t.Errorf("read-only: %v and value %d, want noAccess and 0", err, n)
	}
}

func TestRecords(t *testing.T) {
	t.Parallel()
	o := func(s string) snmp.OID { return snmp.MustOID(s) }
	r := NewRecords(snmprec.Walk{
		{OID: o("1.3.6.1.2.1.1.5.0"), Value: snmp.Text("b")},
		{OID: o("1.3.6.1.2.1.1.1.0"), Value: snmp.Text("a")},
		{OID: o("1.3.6.1.2.1.1.5.0"), Value: snmp.Text("again")},
		{OID: o("1.3.6.1.2.1.1.6.0")},
	})
	var names []string
	p := r.Seek(o("1.3"))
	for {
		b, kind := r.Next(nil, &p)
		if kind == snmp.KindNone {
			break
		}
		vb, _, err := expect(b, tagSequence)
		if err != nil {
			t.Fatal(err)
		}
		name, _, err := expect(vb, tagOID)
		if err != nil {
			t.Fatal(err)
		}
		oid, err := parseOID(nil, name)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, snmp.OID(oid).String())
	}
	if d := cmp.Diff([]string{"1.3.6.1.2.1.1.1.0", "1.3.6.1.2.1.1.5.0"}, names); d != "" {
		t.Error(d)
	}
	if v, a := r.Get(o("1.3.6.1.2.1.1.5.0")); a != Present || v.Text() != "b" {
		t.Errorf("of two, got %q, want the first", v.Text())
	}
	for oid, want := range map[string]Absence{"1.3.6.1.2.1.1.5.1": NoInstance, "1.3.6.1.2.1.2.1.0": NoObject} {
		if _, a := r.Get(o(oid)); a != want {
			t.Errorf("%s: absence %d, want %d", oid, a, want)
		}
	}
	if _, st := r.Check(o("1.3.6.1.2.1.1.5.0"), snmp.Integer(1)); st != WrongType {
		t.Errorf("number for text: status %d, want wrongType", st)
	}
	commit, st := r.Check(o("1.3.6.1.2.1.1.5.0"), snmp.Text("c"))
	if st != NoError {
		t.Fatalf("status %d", st)
	}
	commit()
	if v, _ := r.Get(o("1.3.6.1.2.1.1.5.0")); v.Text() != "c" {
		t.Errorf("after writing: %q", v.Text())
	}
}

func TestSchemaRefusesOverlap(t *testing.T) {
	t.Parallel()
	col := []Column[int, int]{{ID: 1}}
	_, err := NewSchema(Table[int, int]{Entry: snmp.OID{1, 3}, Columns: col}, Table[int, int]{Entry: snmp.OID{1, 3, 1, 5}, Columns: col})
	if err == nil || !strings.Contains(err.Error(), "1.3.1 and 1.3.1.5.1 overlap") {
		t.Errorf("got %v", err)
	}
}

func TestRowsSortKeepsLast(t *testing.T) {
	t.Parallel()
	var r Rows[string]
	r.Add("c", 3)
	r.Add("a", 1)
	r.Add("b", 1, 1)
	r.Add("C", 3)
	r.Sort()
	var got []string
	for i := range r.Len() {
		got = append(got, *r.At(i))
	}
	if !slices.Equal(got, []string{"a", "b", "C"}) {
		t.Errorf("got %q", got)
	}
}
