package snmp_test

import (
	"bytes"
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"phoneport/switchctl/snmp"
)

func TestValue(t *testing.T) {
	t.Parallel()
	oid := snmp.MustOID(".1.3.6.1.4.1.9.4294967295")
	tests := map[string]struct {
		v     snmp.Value
		text  string
		n     int64
		isInt bool
		mac   string
	}{
		"integer":       {snmp.Integer(-5), "-5", -5, true, ""},
		"unsigned":      {snmp.Unsigned(4294967295), "4294967295", 4294967295, true, ""},
		"counter64":     {snmp.Number(snmp.KindCounter64, 1<<63+1), "9223372036854775809", -1<<63 + 1, true, ""},
		"text":          {snmp.Text(" Gi1/0/1\x00\x00"), "Gi1/0/1", 0, false, ""},
		"number text":   {snmp.Text("42"), "42", 42, true, ""},
		"octets MAC":    {snmp.Octets([]byte{0, 0x21, 0xd8, 0xba, 9, 0x65}), "\x00!\u063A\te", 0, false, "00:21:d8:ba:09:65"},
		"text MAC":      {snmp.Text("0021.d8ba.0965"), "0021.d8ba.0965", 0, false, "00:21:d8:ba:09:65"},
		"zero MAC":      {snmp.Octets(make([]byte, 6)), "", 0, false, ""},
		"oid":           {snmp.ObjectID(oid), "1.3.6.1.4.1.9.4294967295", 0, false, ""},
		"address":       {snmp.Address(netip.MustParseAddr("10.1.2.3")), "10.1.2.3", 0, false, ""},
		"mapped":        {snmp.Address(netip.MustParseAddr("::ffff:10.1.2.3")), "10.1.2.3", 0, false, ""},
		"none":          {snmp.Value{}, "", 0, false, ""},
		"empty":         {snmp.Octets(nil), "", 0, false, ""},
		"invalid UTF-8": {snmp.Octets([]byte{'a', 0xff, 'b'}), "a\uFFFDb", 0, false, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tc.v.Text(); got != tc.text {
				t.Errorf("text %q, want %q", got, tc.text)
			}
			if n, ok := tc.v.Int(); ok != tc.isInt || n != tc.n {
				t.Errorf("int %d %v, want %d %v", n, ok, tc.n, tc.isInt)
			}
			if m, ok := tc.v.MAC(); m.String() != tc.mac || ok != (tc.mac != "") {
				t.Errorf("MAC %s %v, want %q", m, ok, tc.mac)
			}
		})
	}
	if got := snmp.ObjectID(oid).OID(); got.Compare(oid) != 0 {
		t.Errorf("oid %s", got)
	}
	bits := snmp.Octets([]byte{0x24, 0x80})
	for n, want := range map[int]bool{2: true, 5: true, 8: true, 0: false, 9: false, 16: false, -1: false} {
		if bits.Bit(n) != want {
			t.Errorf("bit %d is %v", n, !want)
		}
	}
	b := []byte("abc")
	v := snmp.Octets(b)
	b[0] = 'x'
	v.Bytes()[1] = 'x'
	if v.Text() != "abc" {
		t.Error("a value changed behind its back")
	}
}

func TestOID(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", ".", "1..3", "1.3.", "1.x", "1.-3", "1.4294967296", "1.3 "} {
		if o, err := snmp.ParseOID(bad); err == nil {
			t.Errorf("ParseOID(%q) = %v", bad, o)
		}
	}
	a := snmp.MustOID("1.3.6.1")
	b := a.Append(2)
	c := a.Append(3)
	if b.String() != "1.3.6.1.2" || c.String() != "1.3.6.1.3" || !b.HasPrefix(a) || a.HasPrefix(b) || b.Compare(c) >= 0 {
		t.Error(a, b, c)
	}
}

// TestRowsOrder puts cells in every order and wants the same rows.
func TestRowsOrder(t *testing.T) {
	t.Parallel()
	type cell struct {
		col   uint32
		index snmp.OID
	}
	var cells []cell
	for col := uint32(1); col <= 2; col++ {
		for i := uint32(1); i <= 4; i++ {
			cells = append(cells, cell{col, snmp.OID{i % 3, i}})
		}
	}
	var want []string
	var permute func(k int)
	permute = func(k int) {
		if k == len(cells) {
			r := snmp.NewRows(snmp.Table{Columns: []uint32{1, 2}})
			for _, c := range cells {
				if !r.Put(c.col, c.index, snmp.Integer(int64(c.index[1]*10+c.col))) || r.Put(c.col, c.index, snmp.Integer(1)) {
					t.Fatal("put lies about being first")
				}
			}
			var got []string
			for _, row := range r.All() {
				got = append(got, row.Index.String()+" "+row.Text(1)+" "+row.Text(2))
				if r.At(row.Index...) != row {
					t.Fatal("At does not find", row.Index)
				}
			}
			if want == nil {
				want = got
			}
			if !slices.Equal(want, got) {
				t.Fatal(cmp.Diff(want, got))
			}
			return
		}
		for i := k; i < len(cells); i++ {
			cells[k], cells[i] = cells[i], cells[k]
			permute(k + 1)
			cells[k], cells[i] = cells[i], cells[k]
		}
	}
	permute(0)
	r := snmp.NewRows(snmp.Table{Columns: []uint32{1}})
	if r.Put(7, snmp.OID{1}, snmp.Integer(1)) || r.Len() != 0 || r.At(1) != nil {
		t.Error("a column that nobody asked for was stored")
	}
}

func TestConfigCheck(t *testing.T) {
	t.Parallel()
	ok := snmp.Config{Address: "192.0.2.1", Version: snmp.V3, User: "u", AuthProtocol: "sha-256", AuthKey: "12345678", PrivProtocol: "AES", PrivKey: "12345678"}
	if err := ok.Check(); err != nil {
		t.Error(err)
	}
	for want, change := range map[string]func(*snmp.Config){
		"check snmp: no address":                                                                               func(c *snmp.Config) { c.Address = "" },
		"check snmp: version 2c needs a community":                                                             func(c *snmp.Config) { c.Version = "" },
		`check snmp: version "4" is none of 1, 2c, 3`:                                                          func(c *snmp.Config) { c.Version = "4" },
		"check snmp: version 3 needs a user":                                                                   func(c *snmp.Config) { c.User = "" },
		"check snmp: a privacy key needs an authentication key too":                                            func(c *snmp.Config) { c.AuthKey = "" },
		"check snmp: the privacy key has 3 characters, the fewest are 8":                                       func(c *snmp.Config) { c.PrivKey = "abc" },
		`check snmp: authentication protocol "SHA3" is none of MD5, SHA, SHA1, SHA224, SHA256, SHA384, SHA512`: func(c *snmp.Config) { c.AuthProtocol = "SHA3" },
	} {
		c := ok
		change(&c)
		if err := c.Check(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := snmp.Open(t.Context(), c); err == nil {
			t.Errorf("%s: opened all the same", want)
		}
	}
}

func FuzzParseOID(f *testing.F) {
	f.Add("1.3.6.1")
	f.Add(".1.3.4294967295")
	f.Fuzz(func(t *testing.T, s string) {
		o, err := snmp.ParseOID(s)
		if err != nil {
			return
		}
		again, err := snmp.ParseOID(o.String())
		if err != nil || again.Compare(o) != 0 {
			t.Errorf("%q: %v, then %v, %v", s, o, again, err)
		}
		if v := snmp.ObjectID(o); v.OID().Compare(o) != 0 || bytes.ContainsRune(v.Bytes(), 0) {
			t.Errorf("%q: value holds %v", s, v.OID())
		}
	})
}
