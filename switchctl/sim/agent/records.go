package agent

import (
	"slices"

	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// Records is a View of a recorded walk. Every variable of it can be written with a value of the kind
// that it has; nothing is created.
type Records struct {
	walk snmprec.Walk
}

var _ View = (*Records)(nil)

// NewRecords makes a view of its own copy of a walk. The walk may come in any order and hold an
// identifier twice; the first of them counts.
func NewRecords(walk snmprec.Walk) *Records {
	w := slices.Clone(walk)
	slices.SortStableFunc(w, func(a, b snmprec.Record) int { return a.OID.Compare(b.OID) })
	w = slices.CompactFunc(w, func(a, b snmprec.Record) bool { return a.OID.Compare(b.OID) == 0 })
	return &Records{walk: slices.DeleteFunc(w, func(r snmprec.Record) bool { return !r.Value.Exists() })}
}

// Get gives one instance. A recording does not tell objects from instances: an identifier whose parent
// has another instance is taken for a missing instance.
func (r *Records) Get(oid []uint32) (snmp.Value, Absence) {
	i, ok := r.find(oid)
	if ok {
		return r.walk[i].Value, Present
	}
	if len(oid) > 2 {
		parent := oid[:len(oid)-1]
		if i < len(r.walk) && r.walk[i].OID.HasPrefix(parent) || i > 0 && r.walk[i-1].OID.HasPrefix(parent) {
			return snmp.Value{}, NoInstance
		}
	}
	return snmp.Value{}, NoObject
}

func (r *Records) find(oid []uint32) (int, bool) {
	return slices.BinarySearchFunc(r.walk, snmp.OID(oid), func(rec snmprec.Record, o snmp.OID) int { return rec.OID.Compare(o) })
}

// Seek gives the place behind oid.
func (r *Records) Seek(oid []uint32) Pos {
	i, ok := r.find(oid)
	if ok {
		i++
	}
	return Pos{row: i}
}

// Next appends the next record.
func (r *Records) Next(b []byte, p *Pos) ([]byte, snmp.Kind) {
	if p.row >= len(r.walk) {
		return b, snmp.KindNone
	}
	rec := r.walk[p.row]
	p.row++
	return appendVar(b, rec.OID, rec.Value), rec.Value.Kind
}

// Check accepts a value of the recorded kind.
func (r *Records) Check(oid []uint32, v snmp.Value) (func(), Status) {
	i, ok := r.find(oid)
	switch {
	case !ok:
		return nil, NoCreation
	case r.walk[i].Value.Kind != v.Kind:
		return nil, WrongType
	}
	return func() { r.walk[i].Value = v }, NoError
}
