package snmp

import (
	"encoding/binary"
	"slices"
)

// NewRows makes an empty result for t.
func NewRows(t Table) *Rows { return &Rows{Table: t, rows: map[string]*Row{}} }

// Put stores one cell. It reports false where the cell was there already.
func (r *Rows) Put(col uint32, index OID, v Value) bool {
	var buf [64]byte
	key := appendKey(buf[:0], index)
	row := r.rows[string(key)]
	if row == nil {
		row = &Row{Index: slices.Clone(index), cells: make([]Value, len(r.Table.Columns)), cols: r.Table.Columns}
		r.rows[string(key)] = row
		r.list = nil
	}
	i := slices.Index(row.cols, col)
	if i < 0 || row.cells[i].Exists() {
		return false
	}
	row.cells[i] = v
	return true
}

// All gives the rows in the order of their index. The caller must not change the slice.
func (r *Rows) All() []*Row {
	if r.list == nil && len(r.rows) > 0 {
		r.list = make([]*Row, 0, len(r.rows))
		for _, row := range r.rows {
			r.list = append(r.list, row)
		}
		slices.SortFunc(r.list, func(a, b *Row) int { return a.Index.Compare(b.Index) })
	}
	return r.list
}

// At gives the row with exactly this index, or nil.
func (r *Rows) At(index ...uint32) *Row {
	var buf [64]byte
	return r.rows[string(appendKey(buf[:0], index))]
}

// Len gives the number of rows.
func (r *Rows) Len() int { return len(r.rows) }

func appendKey(b []byte, index OID) []byte {
	for _, n := range index {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}
