// Package snmptest is an SNMP agent in memory for tests of drivers: a snmp.Session that answers from a
// recording and remembers what was written.
//
// It has no wire: requests are not packed and nothing is lost. For those, tests use switchctl/sim.
package snmptest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// Agent answers from a walk. Set changes the walk. The zero value is an agent without any object.
type Agent struct {
	Walk snmprec.Walk
	// VLANs are the walks of the bridge instances that Context gives; a VLAN without one answers as an
	// agent does that does not know the context: not at all.
	VLANs map[uint16]*Agent
	// OnSet, where not nil, is asked before each Set and may refuse it or change the walk itself. To
	// accept, it returns nil; ErrLie, returned, accepts without changing anything.
	OnSet func(a *Agent, vars []snmp.Var) error
	// Sets are the requests that were accepted, in order.
	Sets [][]snmp.Var
	// Gets and Reads count the calls.
	Gets, Reads int
	// Broken names tables (by snmp.Table.Name) whose reading ends in this error after half of their rows.
	Broken map[string]error
}

// ErrLie is returned by OnSet to answer noError and do nothing.
var ErrLie = errors.New("accept and do nothing")

var _ snmp.Session = (*Agent)(nil)

// New gives an agent that answers from a copy of w.
func New(w snmprec.Walk) *Agent { return &Agent{Walk: slices.Clone(w)} }

// Open gives an agent that answers from a recording. Bad lines of the recording are logged. Where the
// file is absent the test is skipped, loudly.
func Open(t testing.TB, path string) *Agent {
	t.Helper()
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("SKIPPED: the recording %s is not there", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := snmprec.Read(f)
	if err != nil {
		t.Logf("%s: %v", path, err)
	}
	if len(w) == 0 {
		t.Fatalf("%s holds no variable", path)
	}
	return &Agent{Walk: w}
}

// Get reads instances.
func (a *Agent) Get(ctx context.Context, oids ...snmp.OID) ([]snmp.Value, error) {
	if err := a.alive(ctx, "get"); err != nil {
		return nil, err
	}
	a.Gets++
	out := make([]snmp.Value, len(oids))
	for i, o := range oids {
		out[i], _ = a.Walk.Find(o)
	}
	return out, nil
}

// Read reads tables.
func (a *Agent) Read(ctx context.Context, tables ...snmp.Table) ([]*snmp.Rows, error) {
	out := make([]*snmp.Rows, len(tables))
	for i, t := range tables {
		out[i] = snmp.NewRows(t)
	}
	if err := a.alive(ctx, "read tables"); err != nil {
		return out, err
	}
	a.Reads++
	for i, t := range tables {
		for _, col := range t.Columns {
			prefix := t.Entry.Append(col)
			sub := a.Walk.Sub(prefix)
			if err := a.Broken[t.Name]; err != nil {
				sub = sub[:len(sub)/2]
				out[i].Err = err
			}
			for _, r := range sub {
				index := r.OID[len(prefix):]
				if t.Only == nil || slices.ContainsFunc(t.Only, func(o snmp.OID) bool { return o.Compare(index) == 0 }) {
					out[i].Put(col, index, r.Value)
				}
			}
		}
	}
	return out, nil
}

// Set writes: an instance that the walk has must keep its type, as a real agent demands; one that it
// lacks is created.
func (a *Agent) Set(ctx context.Context, vars ...snmp.Var) error {
	if err := a.alive(ctx, "set"); err != nil {
		return err
	}
	if a.OnSet != nil {
		switch err := a.OnSet(a, vars); {
		case errors.Is(err, ErrLie):
			a.Sets = append(a.Sets, vars)
			return nil
		case err != nil:
			return err
		}
	}
	for _, v := range vars {
		if old, ok := a.Walk.Find(v.OID); ok && old.Kind != v.Value.Kind {
			return &switchctl.Error{Op: "set " + v.OID.String(), Class: switchctl.ErrRejected, Err: snmp.ErrWrongType}
		}
	}
	a.Sets = append(a.Sets, vars)
	for _, v := range vars {
		a.Put(v.OID, v.Value)
	}
	return nil
}

// Put changes or adds one variable without any check.
func (a *Agent) Put(oid snmp.OID, v snmp.Value) {
	i := a.Walk.After(oid)
	if i > 0 && a.Walk[i-1].OID.Compare(oid) == 0 {
		a.Walk[i-1].Value = v
		return
	}
	a.Walk = slices.Insert(a.Walk, i, snmprec.Record{OID: slices.Clone(oid), Value: v})
}

// Delete takes away all variables at and below prefix.
func (a *Agent) Delete(prefix snmp.OID) {
	sub := a.Walk.Sub(prefix)
	if len(sub) == 0 {
		return
	}
	i := a.Walk.After(sub[0].OID) - 1
	a.Walk = slices.Delete(a.Walk, i, i+len(sub))
}

// Context gives the bridge instance of one VLAN.
func (a *Agent) Context(vlan uint16) snmp.Session {
	if v, ok := a.VLANs[vlan]; ok {
		return v
	}
	return silent{vlan}
}

// Close does nothing.
func (a *Agent) Close() error { return nil }

func (a *Agent) alive(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &switchctl.Error{Op: op, Class: switchctl.ErrUnreachable, Err: err}
	}
	return nil
}

// SetLog gives the accepted requests in text, one a line: "oid=value oid=value".
func (a *Agent) SetLog() string {
	var b strings.Builder
	for _, vars := range a.Sets {
		for i, v := range vars {
			if i > 0 {
				b.WriteByte(' ')
			}
			if v.Value.Kind == snmp.KindOctets {
				fmt.Fprintf(&b, "%s=%x", v.OID, v.Value.Bytes())
				continue
			}
			fmt.Fprintf(&b, "%s=%s", v.OID, v.Value.Text())
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// silent is a context that the agent does not know.
type silent struct{ vlan uint16 }

func (s silent) err() error {
	return &switchctl.Error{Op: fmt.Sprintf("read context of VLAN %d", s.vlan), Class: switchctl.ErrUnreachable, Err: errors.New("no answer")}
}
func (s silent) Get(context.Context, ...snmp.OID) ([]snmp.Value, error) { return nil, s.err() }
func (s silent) Read(_ context.Context, tables ...snmp.Table) ([]*snmp.Rows, error) {
	out := make([]*snmp.Rows, len(tables))
	for i, t := range tables {
		out[i] = snmp.NewRows(t)
	}
	return out, s.err()
}
func (s silent) Set(context.Context, ...snmp.Var) error { return s.err() }
func (s silent) Context(uint16) snmp.Session            { return s }
func (s silent) Close() error                           { return nil }
