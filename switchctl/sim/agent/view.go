package agent

import (
	"fmt"
	"slices"

	"phoneport/switchctl/snmp"
)

// Status is an error-status (RFC 3416 clause 3).
type Status uint8

// The statuses that an agent gives.
const (
	NoError           Status = 0
	TooBig            Status = 1
	NoSuchName        Status = 2 // v1 only
	BadValue          Status = 3 // v1 only
	GenErr            Status = 5
	NoAccess          Status = 6
	WrongType         Status = 7
	WrongLength       Status = 8
	WrongValue        Status = 10
	NoCreation        Status = 11
	InconsistentValue Status = 12
	AuthorizationErr  Status = 16
	NotWritable       Status = 17
	InconsistentName  Status = 18
)

// v1 gives the status as SNMPv1 knows it (RFC 3584 clause 4.4).
func (s Status) v1() Status {
	switch s {
	case NoError, TooBig, NoSuchName, BadValue, GenErr:
		return s
	case WrongType, WrongLength, WrongValue, InconsistentValue:
		return BadValue
	case NoAccess, NotWritable, NoCreation, InconsistentName, AuthorizationErr:
		return NoSuchName
	}
	return GenErr
}

// Absence says how an instance is missing.
type Absence uint8

// The answers of a lookup.
const (
	Present    Absence = iota
	NoObject           // noSuchObject: no instance of this object can exist here
	NoInstance         // noSuchInstance
)

// Pos is a place in a View, as Seek and Next keep it. It holds as long as the Device stays locked.
type Pos struct{ col, row int }

// View is what one request sees: all objects of one context, in order. It is used under the lock of
// its Device only.
type View interface {
	Get(oid []uint32) (snmp.Value, Absence)
	// Seek gives the place of the first instance behind oid.
	Seek(oid []uint32) Pos
	// Next appends the instance at p, or the next one that has a value, as a variable binding to b and
	// moves p behind it. KindNone says that there was none.
	Next(b []byte, p *Pos) ([]byte, snmp.Kind)
	// Check tries a SET without carrying it out. The commit that it gives cannot fail.
	Check(oid []uint32, v snmp.Value) (commit func(), st Status)
}

// Column is one column of a table, or one scalar, over the state C and the row R.
type Column[C, R any] struct {
	ID   uint32
	Kind snmp.Kind
	// Get gives the cell; the zero Value says that the row has no such cell.
	Get func(c C, r *R) snmp.Value
	// Set checks a value whose kind is right already and gives what carries it out; nil: read-only.
	Set func(c C, r *R, v snmp.Value) (commit func(), st Status)
	// Create is Set for a row that does not exist; nil: rows are not created by writing this column.
	Create func(c C, index []uint32, v snmp.Value) (commit func(), st Status)
}

// Table is a conceptual table, or a group of scalars as a table of the one row 0.
type Table[C, R any] struct {
	Name    string
	Entry   snmp.OID
	Rows    func(c C) *Rows[R]
	Columns []Column[C, R]
}

// Rows are the rows of a table in the order of their indices.
type Rows[R any] struct {
	sub  []uint32 // all indices, one behind the other
	ends []int32
	cell []R
}

// Add appends a row. Rows must come in order; Sort puts them so otherwise.
func (r *Rows[R]) Add(row R, index ...uint32) {
	r.sub = append(r.sub, index...)
	r.ends = append(r.ends, int32(len(r.sub)))
	r.cell = append(r.cell, row)
}

// Len gives the number of rows.
func (r *Rows[R]) Len() int { return len(r.cell) }

// At gives a row.
func (r *Rows[R]) At(i int) *R { return &r.cell[i] }

// Index gives the index of a row.
func (r *Rows[R]) Index(i int) []uint32 {
	if i == 0 {
		return r.sub[:r.ends[0]]
	}
	return r.sub[r.ends[i-1]:r.ends[i]]
}

// Sort orders the rows; of rows with the same index it keeps the last.
func (r *Rows[R]) Sort() {
	order := make([]int, len(r.cell))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return slices.Compare(r.Index(a), r.Index(b)) })
	s := Rows[R]{sub: make([]uint32, 0, len(r.sub)), ends: make([]int32, 0, len(r.ends)), cell: make([]R, 0, len(r.cell))}
	for i, k := range order {
		if i+1 < len(order) && slices.Equal(r.Index(k), r.Index(order[i+1])) {
			continue
		}
		s.Add(r.cell[k], r.Index(k)...)
	}
	*r = s
}

// find gives the place of the first row at or behind index, and whether it is that row.
func (r *Rows[R]) find(index []uint32) (int, bool) {
	lo, hi := 0, len(r.cell)
	for lo < hi {
		mid := (lo + hi) / 2
		if slices.Compare(r.Index(mid), index) < 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo, lo < len(r.cell) && slices.Equal(r.Index(lo), index)
}

// column is one column with its identifier encoded beforehand.
type column[C, R any] struct {
	Column[C, R]
	oid    []uint32
	prefix []byte
	rows   func(c C) *Rows[R]
}

// Schema is a set of tables in order. It is shared by all devices of a kind and never changes.
type Schema[C, R any] struct{ cols []column[C, R] }

// NewSchema orders the columns of tables. It fails where one identifier lies below another.
func NewSchema[C, R any](tables ...Table[C, R]) (*Schema[C, R], error) {
	s := &Schema[C, R]{}
	for _, t := range tables {
		for _, c := range t.Columns {
			oid := t.Entry.Append(c.ID)
			s.cols = append(s.cols, column[C, R]{Column: c, oid: oid, prefix: appendOIDBody(nil, oid), rows: t.Rows})
		}
	}
	slices.SortFunc(s.cols, func(a, b column[C, R]) int { return slices.Compare(a.oid, b.oid) })
	for i := 1; i < len(s.cols); i++ {
		if a, b := s.cols[i-1].oid, s.cols[i].oid; snmp.OID(b).HasPrefix(a) {
			return nil, fmt.Errorf("build schema: %s and %s overlap", snmp.OID(a), snmp.OID(b))
		}
	}
	return s, nil
}

// View gives the objects of one state.
func (s *Schema[C, R]) View(c C) View { return &tableView[C, R]{s.cols, c} }

// Object is one column or scalar of a schema.
type Object struct {
	OID      snmp.OID
	Kind     snmp.Kind
	Writable bool
}

// Objects gives all columns and scalars in order.
func (s *Schema[C, R]) Objects() []Object {
	out := make([]Object, len(s.cols))
	for i, c := range s.cols {
		out[i] = Object{c.oid, c.Kind, c.Set != nil}
	}
	return out
}

type tableView[C, R any] struct {
	cols []column[C, R]
	c    C
}

// find gives the first column at or behind oid, and whether oid lies below it.
func (v *tableView[C, R]) find(oid []uint32) (int, bool) {
	lo, hi := 0, len(v.cols)
	for lo < hi {
		mid := (lo + hi) / 2
		if slices.Compare(v.cols[mid].oid, oid) <= 0 {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo > 0 && snmp.OID(oid).HasPrefix(v.cols[lo-1].oid) {
		return lo - 1, true
	}
	return lo, false
}

// Get gives one instance.
func (v *tableView[C, R]) Get(oid []uint32) (snmp.Value, Absence) {
	i, below := v.find(oid)
	if !below {
		return snmp.Value{}, NoObject
	}
	col := &v.cols[i]
	rows := col.rows(v.c)
	k, ok := rows.find(oid[len(col.oid):])
	if !ok {
		return snmp.Value{}, NoInstance
	}
	val := col.Get(v.c, rows.At(k))
	if !val.Exists() {
		return val, NoInstance
	}
	return val, Present
}

// Seek gives the place behind oid.
func (v *tableView[C, R]) Seek(oid []uint32) Pos {
	i, below := v.find(oid)
	if !below {
		return Pos{i, 0}
	}
	k, ok := v.cols[i].rows(v.c).find(oid[len(v.cols[i].oid):])
	if ok {
		k++
	}
	return Pos{i, k}
}

// Next appends the next instance.
func (v *tableView[C, R]) Next(b []byte, p *Pos) ([]byte, snmp.Kind) {
	for ; p.col < len(v.cols); p.col, p.row = p.col+1, 0 {
		col := &v.cols[p.col]
		rows := col.rows(v.c)
		for p.row < rows.Len() {
			k := p.row
			p.row++
			val := col.Get(v.c, rows.At(k))
			if !val.Exists() {
				continue
			}
			b, at := open(b, tagSequence)
			b, name := open(b, tagOID)
			b = append(b, col.prefix...)
			b = shut(appendSub(b, rows.Index(k)), name)
			return shut(appendValue(b, val), at), val.Kind
		}
	}
	return b, snmp.KindNone
}

// Check follows the order of RFC 3416 clause 4.2.5.
func (v *tableView[C, R]) Check(oid []uint32, val snmp.Value) (func(), Status) {
	i, below := v.find(oid)
	if !below {
		return nil, NotWritable
	}
	col := &v.cols[i]
	if col.Set == nil && col.Create == nil {
		return nil, NotWritable
	}
	if val.Kind != col.Kind {
		return nil, WrongType
	}
	rows, index := col.rows(v.c), oid[len(col.oid):]
	k, ok := rows.find(index)
	switch {
	case ok && col.Set != nil:
		return col.Set(v.c, rows.At(k), val)
	case ok:
		return nil, NotWritable
	case col.Create == nil:
		return nil, NoCreation
	}
	return col.Create(v.c, index, val)
}
