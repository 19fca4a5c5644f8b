package standard

import (
	"context"
	"errors"
	"strconv"
	"time"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
)

// Limits of reading in VLAN contexts. An agent that does not know a context answers nothing at all, so each
// costs a timeout.
const (
	silentMost = 3                // after so many silent contexts in a row the others are not tried
	silentFor  = 15 * time.Minute // how long a silent context is left alone
)

// readContexts reads the tables of a part once in the context of each VLAN. A context that does not answer is
// Missing, and is not tried again for a while; only where the switch itself has gone silent the reading fails.
func (d *Driver) readContexts(ctx context.Context, b *Build, r *reading, p Part, tables []snmp.Table, vlans []uint16) error {
	for _, v := range vlans {
		of := p
		of.Name = p.Name + "@" + strconv.Itoa(int(v))
		if rows, ok := r.rows(of, tables); ok {
			p.FillContext(b, v, rows)
			continue
		}
		if r.silent >= silentMost || r.isSilent(v) {
			b.Missing(tables[0].Name, "VLAN contexts do not answer (community@vlan, or the SNMPv3 context vlan-N)", nil)
			continue
		}
		rows, err := d.target.Session.Context(v).Read(ctx, tables...)
		switch {
		case ctx.Err() != nil:
			return d.fail("read "+tables[0].Name, "", ctx.Err())
		case err != nil:
			b.Missing(tables[0].Name, "VLAN context could not be read", err)
			if errors.Is(err, switchctl.ErrUnreachable) {
				if _, err := d.target.Session.Get(ctx, sysUpTime); err != nil {
					return d.fail("read "+tables[0].Name, "", err)
				}
				r.silent++
				r.next.silent[v] = r.now
			}
			continue
		}
		r.silent = 0
		for _, t := range rows {
			if t.Err != nil {
				b.Missing(t.Table.Name, "could not be read whole in a VLAN context", t.Err)
			}
		}
		r.keep(of, rows)
		p.FillContext(b, v, rows)
	}
	return nil
}

// isSilent reports whether a VLAN context did not answer a short while ago, and remembers it on.
func (r *reading) isSilent(vlan uint16) bool {
	if at, ok := r.next.silent[vlan]; ok && at.Equal(r.now) {
		return true // another part has just tried
	}
	if r.old == nil {
		return false
	}
	at, ok := r.old.silent[vlan]
	if !ok || r.now.Sub(at) > silentFor || r.now.Before(at) {
		return false
	}
	r.next.silent[vlan] = at
	return true
}
