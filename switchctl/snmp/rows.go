package snmp

import (
	"encoding/binary"
	"slices"

	"phoneport/discovery"
)

// Rows is what was read of one Table. Rows come in the order of their index, whatever order the agent
// sent them in; a row is there when at least one of its columns is.
type Rows struct {
	Table Table
	// Err says why the table is not whole: a *switchctl.Error. What was read before is kept.
	Err error

	list []*Row // ordered by index
	last int    // place of the row that Put used last: the next one is nearly always behind it

	// Rows, cells and indices are carved out of slabs: a switch has thousands, a fleet millions.
	rowSlab   []Row
	cellSlab  []Value
	indexSlab []uint32
}

// Row is one conceptual row.
type Row struct {
	Index OID
	cells []Value  // parallel to cols
	cols  []uint32 // Table.Columns
}

// NewRows makes an empty result for t.
func NewRows(t Table) *Rows { return &Rows{Table: t, last: -1} }

// Put stores one cell. It reports false where the cell was there already or the column was not asked for.
func (r *Rows) Put(col uint32, index OID, v Value) bool {
	c := slices.Index(r.Table.Columns, col)
	if c < 0 {
		return false
	}
	row := r.row(index)
	if row.cells[c].Exists() {
		return false
	}
	row.cells[c] = v
	return true
}

// row finds or makes the row of index.
func (r *Rows) row(index OID) *Row {
	i := r.last + 1
	switch {
	case i < len(r.list) && slices.Equal(r.list[i].Index, index):
		r.last = i
		return r.list[i]
	case i > 0 && i == len(r.list) && r.list[i-1].Index.Compare(index) < 0, len(r.list) == 0:
		r.list = append(r.list, r.newRow(index))
		r.last = len(r.list) - 1
		return r.list[r.last]
	}
	i, found := slices.BinarySearchFunc(r.list, index, func(row *Row, o OID) int { return row.Index.Compare(o) })
	r.last = i
	if !found {
		r.list = slices.Insert(r.list, i, r.newRow(index))
	}
	return r.list[i]
}

func (r *Rows) newRow(index OID) *Row {
	slab := min(max(len(r.list)/2, 4), 64)
	if left := r.Table.Rows - len(r.list); left > 0 {
		slab = min(left, 64) // hundreds of switches are read at once: what is not used adds up
	}
	cols := len(r.Table.Columns)
	if len(r.rowSlab) == 0 {
		r.rowSlab = make([]Row, slab)
	}
	if len(r.cellSlab) < cols {
		r.cellSlab = make([]Value, slab*cols)
	}
	if len(r.indexSlab) < len(index) {
		r.indexSlab = make([]uint32, max(slab*len(index), len(index)))
	}
	row := &r.rowSlab[0]
	row.Index = OID(r.indexSlab[:len(index):len(index)])
	copy(row.Index, index)
	row.cells = r.cellSlab[:cols:cols]
	row.cols = r.Table.Columns
	r.rowSlab, r.cellSlab, r.indexSlab = r.rowSlab[1:], r.cellSlab[cols:], r.indexSlab[len(index):]
	return row
}

// All gives the rows in the order of their index. The caller must not change the slice.
func (r *Rows) All() []*Row { return r.list }

// At gives the row with exactly this index, or nil.
func (r *Rows) At(index ...uint32) *Row {
	i, found := slices.BinarySearchFunc(r.list, OID(index), func(row *Row, o OID) int { return row.Index.Compare(o) })
	if !found {
		return nil
	}
	return r.list[i]
}

// Len gives the number of rows.
func (r *Rows) Len() int { return len(r.list) }

// Value gives a column of the row; KindNone where the agent did not give it.
func (r *Row) Value(col uint32) Value {
	for i, c := range r.cols {
		if c == col {
			return r.cells[i]
		}
	}
	return Value{}
}

// Int gives a numeric column, ok false where missing or no number.
func (r *Row) Int(col uint32) (int64, bool) { return r.Value(col).Int() }

// Text gives a column as text, "" where missing.
func (r *Row) Text(col uint32) string { return r.Value(col).Text() }

// Bytes gives the octets of a column, nil where missing.
func (r *Row) Bytes(col uint32) []byte { return r.Value(col).Bytes() }

// MAC gives a column as a MAC address.
func (r *Row) MAC(col uint32) (discovery.MAC, bool) { return r.Value(col).MAC() }

// appendKey appends the parts of o, four octets each.
func appendKey(b []byte, o OID) []byte {
	for _, n := range o {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}
