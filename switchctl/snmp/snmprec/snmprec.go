// Package snmprec reads and writes recordings of SNMP agents in the snmprec form of snmpsim: one
// variable a line, `OID|tag|value`, where the tag is the ASN.1 tag number and a trailing `x` says that
// the value is hexadecimal.
//
// It serves nothing: package snmptest answers from a recording in memory, switchctl/sim over UDP.
package snmprec

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"phoneport/switchctl/snmp"
)

// Record is one variable of a recording.
type Record struct {
	OID   snmp.OID
	Value snmp.Value
}

// Walk is a recording, ordered by object identifier, each identifier once.
type Walk []Record

// maxLine bounds one line: the longest value that an agent may send is 65,535 octets, twice that in hex.
const maxLine = 1 << 18

// maxProblems bounds how many bad lines one error tells.
const maxProblems = 20

// tags are the ASN.1 tag numbers of the SMI types (RFC 2578 clause 7.1).
var tags = map[string]snmp.Kind{
	"2": snmp.KindInteger, "4": snmp.KindOctets, "6": snmp.KindOID, "64": snmp.KindAddress, "65": snmp.KindCounter32,
	"66": snmp.KindUnsigned, "67": snmp.KindTicks, "68": snmp.KindOpaque, "70": snmp.KindCounter64,
}

// Read reads a recording. Lines may come in any order; of an identifier that comes twice the first is
// kept. A bad line loses only itself: the walk holds all good lines also when err is not nil, and err
// joins one error for each bad line ("line 7: …"). Empty lines and lines that begin with # are skipped.
// A variation of snmpsim's module numeric is read as the number it begins with. Tag 5 (NULL), with which recorders mark what was not there, is skipped too.
func Read(r io.Reader) (Walk, error) {
	var (
		w    Walk
		bad  []error
		more int
	)
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 1<<16), maxLine)
	for n := 1; sc.Scan(); n++ {
		line := bytes.TrimRight(sc.Bytes(), "\r")
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\xef\xbb\xbf"))
		}
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		rec, err := parse(string(line))
		switch {
		case err != nil && len(bad) < maxProblems:
			bad = append(bad, fmt.Errorf("line %d: %w", n, err))
		case err != nil:
			more++
		case rec.Value.Exists():
			w = append(w, rec)
		}
	}
	if more > 0 {
		bad = append(bad, fmt.Errorf("and %d more bad lines", more))
	}
	if err := sc.Err(); err != nil {
		bad = append(bad, fmt.Errorf("read recording: %w", err))
	}
	slices.SortStableFunc(w, func(a, b Record) int { return a.OID.Compare(b.OID) })
	w = slices.CompactFunc(w, func(a, b Record) bool { return a.OID.Compare(b.OID) == 0 })
	return w, errors.Join(bad...)
}

func parse(line string) (Record, error) {
	name, rest, ok := strings.Cut(line, "|")
	tag, value, ok2 := strings.Cut(rest, "|")
	if !ok || !ok2 {
		return Record{}, errors.New("parse variable: want OID|tag|value")
	}
	oid, err := snmp.ParseOID(strings.TrimSpace(name))
	if err != nil {
		return Record{}, err
	}
	if tag == "5" {
		return Record{OID: oid}, nil
	}
	if t, module, ok := strings.Cut(tag, ":"); ok && module == "numeric" {
		tag, value = t, numeric(value)
	}
	isHex := strings.HasSuffix(tag, "x")
	kind, ok := tags[strings.TrimSuffix(tag, "x")]
	if !ok {
		return Record{}, fmt.Errorf("parse variable %s: tag %q is no SMI type", oid, tag)
	}
	v, err := parseValue(kind, value, isHex)
	if err != nil {
		return Record{}, fmt.Errorf("parse variable %s: %w", oid, err)
	}
	return Record{OID: oid, Value: v}, nil
}

// numeric gives the number that snmpsim's variation module of that name begins with: its value moves with
// time, a recording stands still.
func numeric(args string) string {
	start := "0"
	for _, arg := range strings.Split(args, ",") {
		if k, v, _ := strings.Cut(arg, "="); k == "initial" || k == "offset" {
			start = v
		}
	}
	return start
}

func parseValue(kind snmp.Kind, s string, isHex bool) (snmp.Value, error) {
	raw := []byte(s)
	if isHex {
		var err error
		if raw, err = hex.DecodeString(strings.TrimSpace(s)); err != nil {
			return snmp.Value{}, fmt.Errorf("value is not hexadecimal: %w", err)
		}
	}
	switch kind {
	case snmp.KindOctets:
		return snmp.Octets(raw), nil
	case snmp.KindOpaque:
		return snmp.Opaque(raw), nil
	case snmp.KindOID:
		o, err := snmp.ParseOID(strings.TrimSpace(string(raw)))
		if err != nil {
			return snmp.Value{}, err
		}
		return snmp.ObjectID(o), nil
	case snmp.KindAddress:
		if isHex && len(raw) == 4 {
			return snmp.Address(netip.AddrFrom4([4]byte(raw))), nil
		}
		a, err := netip.ParseAddr(strings.TrimSpace(s))
		if err != nil || !a.Is4() {
			return snmp.Value{}, fmt.Errorf("value %q is no IPv4 address", s)
		}
		return snmp.Address(a), nil
	case snmp.KindInteger:
		n, err := strconv.ParseInt(strings.TrimSpace(string(raw)), 10, 32)
		if err != nil {
			return snmp.Value{}, fmt.Errorf("value %q is no 32-bit integer", s)
		}
		return snmp.Integer(n), nil
	case snmp.KindCounter64:
		n, err := strconv.ParseUint(strings.TrimSpace(string(raw)), 10, 64)
		if err != nil {
			return snmp.Value{}, fmt.Errorf("value %q is no unsigned 64-bit integer", s)
		}
		return snmp.Number(kind, n), nil
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(raw)), 10, 32)
	if err != nil {
		return snmp.Value{}, fmt.Errorf("value %q is no unsigned 32-bit integer", s)
	}
	return snmp.Number(kind, n), nil
}

// Write writes a recording that Read and snmpsim read. Octets that are not plain printable text are
// written in hexadecimal.
func Write(w io.Writer, walk Walk) error {
	bw := bufio.NewWriter(w)
	for _, rec := range walk {
		tag, value, err := format(rec.Value)
		if err != nil {
			return fmt.Errorf("write variable %s: %w", rec.OID, err)
		}
		bw.WriteString(rec.OID.String())
		bw.WriteByte('|')
		bw.WriteString(tag)
		bw.WriteByte('|')
		bw.WriteString(value)
		bw.WriteByte('\n')
	}
	if err := bw.Flush(); err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	return nil
}

func format(v snmp.Value) (tag, value string, err error) {
	for t, k := range tags {
		if k == v.Kind {
			tag = t
		}
	}
	switch v.Kind {
	case snmp.KindNone:
		return "", "", errors.New("it has no value")
	case snmp.KindOctets, snmp.KindOpaque:
		b := v.Bytes()
		plain := v.Kind == snmp.KindOctets
		for _, c := range b {
			plain = plain && c >= 0x20 && c < 0x7f
		}
		if plain {
			return tag, string(b), nil
		}
		return tag + "x", hex.EncodeToString(b), nil
	}
	return tag, v.Text(), nil
}

// Sub gives the part of the walk below prefix. It shares memory with w.
func (w Walk) Sub(prefix snmp.OID) Walk {
	from, _ := slices.BinarySearchFunc(w, prefix, func(r Record, o snmp.OID) int { return r.OID.Compare(o) })
	to := from
	for to < len(w) && w[to].OID.HasPrefix(prefix) {
		to++
	}
	return w[from:to]
}

// After gives the place of the first record behind oid, len(w) where there is none.
func (w Walk) After(oid snmp.OID) int {
	i, found := slices.BinarySearchFunc(w, oid, func(r Record, o snmp.OID) int { return r.OID.Compare(o) })
	if found {
		i++
	}
	return i
}

// Find gives the value of oid.
func (w Walk) Find(oid snmp.OID) (snmp.Value, bool) {
	i, found := slices.BinarySearchFunc(w, oid, func(r Record, o snmp.OID) int { return r.OID.Compare(o) })
	if !found {
		return snmp.Value{}, false
	}
	return w[i].Value, true
}
