package neighbors

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// full fills every field of a value, slices with one element, with values that differ by salt.
func full(v reflect.Value, salt int) {
	switch v.Kind() {
	case reflect.Struct:
		if v.NumField() > 0 && !v.Type().Field(0).IsExported() { // netip.Addr
			v.Set(reflect.ValueOf(address4(salt)))
			return
		}
		for i := range v.NumField() {
			full(v.Field(i), salt)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		full(v.Index(0), salt)
	case reflect.Array:
		for i := range v.Len() {
			full(v.Index(i), salt)
		}
	case reflect.String:
		v.SetString(strings.Repeat("x", salt))
	case reflect.Bool:
		v.SetBool(salt == 2)
	case reflect.Int, reflect.Int32, reflect.Int64:
		v.SetInt(int64(salt))
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		v.SetUint(uint64(salt))
	default:
		panic(v.Kind().String())
	}
}

// ignored are the fields that are no content.
var ignored = map[string]bool{"TTL": true, "Has": true, "Problems": true, "Checksum": true}

// everyField calls try with a value that differs from that of full(salt 1) in one field.
func everyField(t *testing.T, typ reflect.Type, try func(name string, changed reflect.Value)) {
	t.Helper()
	n := 0
	for i := range typ.NumField() {
		name := typ.Field(i).Name
		if ignored[name] {
			continue
		}
		v := reflect.New(typ).Elem()
		full(v, 1)
		full(v.Field(i), 2)
		try(name, v)
		n++
	}
	if n < 20 {
		t.Fatalf("%d fields of %s; the test looks at nothing", n, typ)
	}
}

const allFields = ^uint32(0)

// TestDifferNamesEveryField: a field that somebody adds to a PDU and not to the list of names is noticed here.
func TestDifferNamesEveryField(t *testing.T) {
	t.Parallel()
	var p lldp.PDU
	full(reflect.ValueOf(&p).Elem(), 1)
	p.Has = lldp.Fields(allFields)
	everyField(t, reflect.TypeFor[lldp.PDU](), func(name string, v reflect.Value) {
		q := v.Interface().(lldp.PDU)
		q.Has = p.Has
		if got := differLLDP(&p, &q); got == otherwise && name != "Unknown" {
			t.Errorf("LLDP %s differs: %q", name, got)
		}
	})
	var c cdp.Packet
	full(reflect.ValueOf(&c).Elem(), 1)
	c.Has = cdp.Fields(allFields)
	everyField(t, reflect.TypeFor[cdp.Packet](), func(name string, v reflect.Value) {
		q := v.Interface().(cdp.Packet)
		q.Has = c.Has
		if got := differCDP(&c, &q); got == otherwise && name != "Unknown" {
			t.Errorf("CDP %s differs: %q", name, got)
		}
	})
}

// TestDifferNamesEveryBit: a TLV that comes or goes is named, and one that is not there does not count.
func TestDifferNamesEveryBit(t *testing.T) {
	t.Parallel()
	for bit := lldp.Fields(1); bit <= lldp.HasAvayaFileServers; bit <<= 1 {
		a, b := &lldp.PDU{Has: bit}, &lldp.PDU{}
		if got := differLLDP(a, b); got == otherwise || got != differLLDP(b, a) {
			t.Errorf("LLDP bit %#x comes: %q, goes: %q", bit, got, differLLDP(b, a))
		}
	}
	for bit := cdp.Fields(1); bit <= cdp.HasSparePair; bit <<= 1 {
		a, b := &cdp.Packet{Has: bit}, &cdp.Packet{}
		if got := differCDP(a, b); got == otherwise || got != differCDP(b, a) {
			t.Errorf("CDP bit %#x comes: %q, goes: %q", bit, got, differCDP(b, a))
		}
	}
	if got := differLLDP(&lldp.PDU{SystemName: "a"}, &lldp.PDU{SystemName: "b"}); got != otherwise {
		t.Errorf("a name without its bit: %q", got)
	}
	if got := differCDP(&cdp.Packet{MTU: 1}, &cdp.Packet{MTU: 2}); got != otherwise {
		t.Errorf("an MTU without its bit: %q", got)
	}
}

// TestKeptIsApart: what is kept shares no memory with what the caller decodes into again.
func TestKeptIsApart(t *testing.T) {
	t.Parallel()
	var p lldp.PDU
	full(reflect.ValueOf(&p).Elem(), 1)
	apart(t, "LLDP", reflect.ValueOf(p), reflect.ValueOf(*keepLLDP(&p)))
	if k := keepLLDP(&p); !k.Equal(&p) || k.Problems != nil {
		t.Errorf("kept %+v of %+v", k, p)
	}
	var c cdp.Packet
	full(reflect.ValueOf(&c).Elem(), 1)
	apart(t, "CDP", reflect.ValueOf(c), reflect.ValueOf(*keepCDP(&c)))
	if k := keepCDP(&c); !k.Equal(&c) || k.Problems != nil {
		t.Errorf("kept %+v of %+v", k, c)
	}
}

func apart(t *testing.T, name string, a, b reflect.Value) {
	t.Helper()
	switch a.Kind() {
	case reflect.Struct:
		for i := range a.NumField() {
			apart(t, name+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
		}
	case reflect.Slice:
		if b.Len() == 0 {
			return // Problems
		}
		if a.UnsafePointer() == b.UnsafePointer() {
			t.Errorf("%s is shared", name)
		}
		apart(t, name, a.Index(0), b.Index(0))
	}
}

func address4(last int) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, byte(last)}) }
