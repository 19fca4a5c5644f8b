package recording

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"phoneport/switchctl"
	"phoneport/switchctl/snmp"
	"phoneport/switchctl/snmp/snmprec"
)

// Roots are the subtrees that are recorded: internet (SMI), LLDP-MIB and LLDP-V2-MIB with their extensions
// (IEEE 802.1AB under 1.0.8802, later ones under 1.3.111), and IEEE 802.3 objects under 1.2.840.
var Roots = []snmp.OID{
	snmp.MustOID("1.3.6.1"), snmp.MustOID("1.0.8802"), snmp.MustOID("1.3.111"), snmp.MustOID("1.2.840"),
}

// Walk reads everything below Roots. lost are subtrees that ended early, with why; what was read of them is
// kept. The error is ErrUnreachable or ErrDenied where nothing at all could be read.
func Walk(ctx context.Context, s snmp.Session, progress func(root snmp.OID, variables int)) (w snmprec.Walk, lost []error, err error) {
	for _, root := range Roots {
		vars, err := snmp.Walk(ctx, s, root)
		if ctx.Err() != nil {
			return w, lost, context.Cause(ctx)
		}
		if err != nil {
			if len(w)+len(vars) == 0 && (errors.Is(err, switchctl.ErrUnreachable) || errors.Is(err, switchctl.ErrDenied)) {
				return nil, nil, err
			}
			lost = append(lost, fmt.Errorf("record %s: %w", root, err))
		}
		for _, v := range vars {
			if !below(v.OID, secret) {
				w = append(w, snmprec.Record(v))
			}
		}
		if progress != nil {
			progress(root, len(w))
		}
	}
	tidy(&w)
	return w, lost, nil
}

func below(o snmp.OID, roots []snmp.OID) bool {
	return slices.ContainsFunc(roots, func(r snmp.OID) bool { return o.HasPrefix(r) })
}

// tidy brings a walk into the order of agents, each identifier once.
func tidy(w *snmprec.Walk) {
	slices.SortStableFunc(*w, func(a, b snmprec.Record) int { return a.OID.Compare(b.OID) })
	*w = slices.CompactFunc(*w, func(a, b snmprec.Record) bool { return cmp.Compare(a.OID.Compare(b.OID), 0) == 0 })
}

// Mask replaces every text that holds one of the secrets by stars. It is for what an agent tells outside the
// subtrees that are known to hold them.
func Mask(w snmprec.Walk, secrets ...string) (masked int) {
	for i := range w {
		text := string(w[i].Value.Bytes())
		for _, s := range secrets {
			// A secret of three letters is in half of all texts by chance.
			if len(s) < 4 && text != s || s == "" || len(text) < len(s) {
				continue
			}
			if clean := replace(text, s); clean != text {
				text = clean
				w[i].Value = snmp.Text(clean)
				masked++
			}
		}
	}
	return masked
}
