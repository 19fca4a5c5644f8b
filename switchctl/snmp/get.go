package snmp

import (
	"context"
	"fmt"

	"github.com/gosnmp/gosnmp"

	"phoneport/switchctl"
)

// getSize is what one variable of a GET takes in the answer, as a guess: scalars and columns of numbers.
const getSize = 26

// get reads instances, as many in a request as the agent stands.
func (v *view) get(ctx context.Context, oids []OID) ([]Value, error) {
	out := make([]Value, len(oids))
	done := 0
	for done < len(oids) {
		n := min(len(oids)-done, v.limit.vars, max(v.limit.size/getSize, 1))
		err := v.getSome(ctx, oids[done:done+n], out[done:done+n])
		switch {
		case err == nil:
			done += n
		case v.fatal(ctx, err) || n == 1:
			return nil, withOp(err, "read "+oids[done].String())
		case n > 1:
			v.limit.vars = n / 2
		}
	}
	return out, nil
}

// getSome reads instances in one request.
func (v *view) getSome(ctx context.Context, oids []OID, out []Value) error {
	p := pdu{kind: "GET", vars: make([]gosnmp.SnmpPDU, 0, len(oids))}
	place := make([]int, 0, len(oids)) // of each variable of the request
	for i, o := range oids {
		p.vars = append(p.vars, gosnmp.SnmpPDU{Name: "." + o.String()})
		place = append(place, i)
	}
	for len(p.vars) > 0 {
		res, err := v.exchange(ctx, p)
		if err != nil {
			return err
		}
		if res.Error == gosnmp.NoSuchName {
			// SNMPv1 fails the whole request for one missing instance: ask again without it.
			i := int(res.ErrorIndex) - 1
			if i < 0 || i >= len(p.vars) {
				return statusError(res.Error)
			}
			p.vars = append(p.vars[:i:i], p.vars[i+1:]...)
			place = append(place[:i:i], place[i+1:]...)
			continue
		}
		if res.Error != gosnmp.NoError {
			return statusError(res.Error)
		}
		if len(res.Variables) != len(p.vars) {
			return &switchctl.Error{Class: switchctl.ErrMalformed, Err: fmt.Errorf("%w: %d variables where %d were asked for", errAnswer, len(res.Variables), len(p.vars))}
		}
		for i := range res.Variables {
			if res.Variables[i].Name != p.vars[i].Name {
				return &switchctl.Error{Class: switchctl.ErrMalformed, Err: fmt.Errorf("%w: %s where %s was asked for", errAnswer, res.Variables[i].Name, p.vars[i].Name)}
			}
			if !missing(res.Variables[i].Type) {
				out[place[i]] = value(&res.Variables[i])
			}
		}
		return nil
	}
	return nil
}

// readOnly reads the rows of Table.Only of many tables by GET. The error is of the session.
func (v *view) readOnly(ctx context.Context, tables []*Rows) error {
	var oids []OID
	for _, rows := range tables {
		for _, col := range rows.Table.Columns {
			prefix := rows.Table.Entry.Append(col)
			for _, index := range rows.Table.Only {
				oids = append(oids, prefix.Append(index...))
			}
		}
	}
	vals, err := v.get(ctx, oids)
	switch {
	case err == nil:
	case v.fatal(ctx, err):
		for _, rows := range tables {
			rows.Err = withOp(err, "read "+rows.Table.Name)
		}
		return err
	case len(tables) == 1:
		tables[0].Err = withOp(err, "read "+tables[0].Table.Name)
		return nil
	default:
		// One bad table must not lose the others: each for itself.
		for i := range tables {
			if err := v.readOnly(ctx, tables[i:i+1]); err != nil {
				return err
			}
		}
		return nil
	}
	for _, rows := range tables {
		t := rows.Table
		n := len(t.Columns) * len(t.Only)
		for i, val := range vals[:n] {
			if val.Exists() {
				rows.Put(t.Columns[i/len(t.Only)], t.Only[i%len(t.Only)], val)
			}
		}
		vals = vals[n:]
	}
	return nil
}
