package snmp

import "context"

// Walk reads all variables below root, in the order of the agent. What was read before an error is given
// with it. It is for recordings; drivers ask for the columns that they need by Session.Read.
func Walk(ctx context.Context, s Session, root OID) ([]Var, error) {
	n := len(root) - 1
	if n < 1 {
		return nil, nil
	}
	rows, err := s.Read(ctx, Table{Name: root.String(), Entry: root[:n], Columns: []uint32{root[n]}})
	out := make([]Var, 0, rows[0].Len())
	for _, r := range rows[0].All() {
		out = append(out, Var{OID: root.Append(r.Index...), Value: r.Value(root[n])})
	}
	if err == nil {
		err = rows[0].Err
	}
	return out, err
}
