package sim

import (
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"phoneport/switchctl/sim/agent"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// walkFrom gives the names and kinds behind a place of a view. The names are read back from the encoding
// by snmp's own parser of text only: the octets are those of the wire.
func walkFrom(v agent.View, p agent.Pos) iter.Seq2[snmp.OID, snmp.Kind] {
	return func(yield func(snmp.OID, snmp.Kind) bool) {
		for {
			b, kind := v.Next(nil, &p)
			if kind == snmp.KindNone || !yield(nameOf(b), kind) {
				return
			}
		}
	}
}

// nameOf reads the name of an encoded variable.
func nameOf(b []byte) snmp.OID {
	skip := func(b []byte) []byte { // the header of an element
		if b[1] < 0x80 {
			return b[2:]
		}
		return b[2+int(b[1]&0x7f):]
	}
	name := skip(b)
	n := int(name[1])
	body := skip(name)
	if name[1] >= 0x80 {
		n = int(name[2])
	}
	o := snmp.OID{}
	var sub uint32
	for _, c := range body[:n] {
		sub = sub<<7 | uint32(c&0x7f)
		if c < 0x80 {
			if len(o) == 0 {
				o = append(o, sub/40)
				sub %= 40
			}
			o = append(o, sub)
			sub = 0
		}
	}
	return o
}

// TestWalk walks everything of every family: names grow, every value has the kind of its column and is
// what a GET of its name gives.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, name := range Personalities() {
		for _, context := range []string{"", "vlan-10", "vlan-110"} {
			t.Run(name+context, func(t *testing.T) {
				t.Parallel()
				l := newLab(t, Options{Personalities: []string{name}, Ports: 48})
				if context != "" && !l.s.kind.perVLAN {
					return
				}
				kinds := map[string]snmp.Kind{}
				for _, o := range l.s.kind.schema.Objects() {
					kinds[o.OID.String()] = o.Kind
				}
				l.s.Lock()
				defer l.s.Unlock()
				v := l.s.View(context)
				var last snmp.OID
				n := 0
				for oid, kind := range walkFrom(v, v.Seek(snmp.OID{0})) {
					n++
					if oid.Compare(last) <= 0 {
						t.Fatalf("%s does not follow %s", oid, last)
					}
					last = oid
					if got, absent := v.Get(oid); absent != agent.Present || got.Kind != kind {
						t.Errorf("%s: walk gives kind %d, get gives %d, absence %d", oid, kind, got.Kind, absent)
					}
					column := oid
					for len(column) > 0 && kinds[column.String()] == snmp.KindNone {
						column = column[:len(column)-1]
					}
					if kinds[column.String()] != kind {
						t.Errorf("%s: kind %d, column says %d", oid, kind, kinds[column.String()])
					}
				}
				if n < 3000 {
					t.Errorf("only %d objects", n)
				}
			})
		}
	}
}

// differentTypes are the columns whose type in a recording is not that of the MIB, with the reason.
var differentTypes = map[string]string{
	"1.3.6.1.2.1.17.7.1.4.5.1.1": "some recordings of Q-BRIDGE give dot1qPvid as INTEGER",
}

// TestTypesAgreeWithRecordings compares the type of every column with what real switches gave: the
// driver reads the simulator and could share a mistake with it, a recording cannot.
func TestTypesAgreeWithRecordings(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(corpus(t, "snmp"), "*", "*.snmprec"))
	if err != nil {
		t.Fatal(err)
	}
	recorded := map[string]map[snmp.Kind][]string{}
	columns := map[string]bool{}
	for _, p := range personalities {
		if err := p.load(); err != nil {
			t.Fatal(err)
		}
		for _, o := range p.schema.Objects() {
			columns[o.OID.String()] = true
		}
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		walk, _ := snmprec.Read(f) // bad lines are known, and lose only themselves
		f.Close()
		for _, rec := range walk {
			for n := min(len(rec.OID), 16); n > 6; n-- {
				if column := rec.OID[:n].String(); columns[column] {
					if recorded[column] == nil {
						recorded[column] = map[snmp.Kind][]string{}
					}
					if names := recorded[column][rec.Value.Kind]; len(names) == 0 || names[len(names)-1] != filepath.Base(file) {
						recorded[column][rec.Value.Kind] = append(names, filepath.Base(file))
					}
					break
				}
			}
		}
	}
	compared := 0
	for _, p := range personalities {
		for _, o := range p.schema.Objects() {
			oid, kind := o.OID, o.Kind
			seen := recorded[oid.String()]
			if len(seen) == 0 || differentTypes[oid.String()] != "" {
				continue
			}
			compared++
			most := kind
			for k, files := range seen {
				if len(files) > len(seen[most]) {
					most = k
				}
			}
			if most != kind {
				t.Errorf("%s %s: kind %d, recordings give %d (%s) and %d (%s)", p.name, oid, kind, most, strings.Join(seen[most], " "), kind, strings.Join(seen[kind], " "))
			}
		}
	}
	t.Logf("compared %d of the columns", compared)
	if compared < 200 {
		t.Errorf("compared only %d columns", compared)
	}
}
