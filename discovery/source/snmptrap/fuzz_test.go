package snmptrap

import (
	"testing"

	"github.com/gosnmp/gosnmp"
)

// FuzzDecode: whatever comes, there is no panic, there are few events, and none that says it is authentic.
func FuzzDecode(f *testing.F) {
	for _, b := range messages(f) {
		f.Add(b)
	}
	for _, c := range rowCases {
		f.Add(encode(f, gosnmp.SNMPv2Trap, c.trap, c.vars...))
	}
	for _, level := range []gosnmp.SnmpV3MsgFlags{gosnmp.NoAuthNoPriv, gosnmp.AuthNoPriv, gosnmp.AuthPriv} {
		f.Add(peer{level: level}.encode(f, gosnmp.SNMPv2Trap))
	}
	r := newReceiver(f, nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		es, err := Decode(b, About{Raw: b[:min(len(b), 8)]})
		if err == nil && len(es) == 0 {
			t.Error("neither events nor an error")
		}
		for _, e := range es {
			if e.Authentic || len(e.Detail) > 4*maxText || len(e.IfName) > 3*maxNameSize || e.VLAN > 4094 || e.IfIndex < 0 || e.Bridge < 0 {
				t.Errorf("event %+v", e)
			}
		}
		if len(es) > (maxChanges+1)*max(1, len(b)/9) {
			t.Errorf("%d events of %d octets", len(es), len(b))
		}
		a, why := r.accept(b, testTime)
		if why == nil && a.authentic && a.header.version != version3 {
			t.Error("authentic without SNMPv3")
		}
		if why != nil {
			r.report(&a.header, why.why, why.keys, testTime)
		} else if _, err := r.acknowledge(a, testTime); err != nil && a.message.inform {
			t.Errorf("an inform that cannot be acknowledged: %v", err)
		}
	})
}
