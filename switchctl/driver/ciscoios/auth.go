package ciscoios

import (
	"phoneport/switchctl/driver/standard"
	"phoneport/switchctl/snmp"
)

// cafPortConfigEntry of CISCO-AUTH-FRAMEWORK-MIB, index ifIndex.
var cafPortConfigEntry = snmp.MustOID("1.3.6.1.4.1.9.9.656.1.2.1.1")

const cafPortAuthorizeControl = 5 // forceUnauthorized(1) auto(2) forceAuthorized(3)

// partAuth is the name of the note that CISCO-AUTH-FRAMEWORK-MIB was told.
const partAuth = "cisco-auth"

// fillAuth reads which ports 802.1X, MAC authentication bypass or web authentication control. IEEE8021-PAE-MIB,
// which the standard part reads, knows the first of the three only.
func fillAuth(b *standard.Build, rows *snmp.Rows) {
	for _, r := range rows.All() {
		i, _ := oneIndex(r)
		n, _ := r.Int(cafPortAuthorizeControl)
		if p := b.ByIf(i); p != nil && (n == 1 || n == 2) {
			p.Dot1X = true
		}
	}
	b.Note(partAuth, rows.Len() > 0)
}

// unlessAuth has a part read on images only that do not have CISCO-AUTH-FRAMEWORK-MIB.
func unlessAuth(p *standard.Part) {
	tables := p.Tables
	p.Phase = standard.PhaseExtra // behind configPart
	p.Tables = func(b *standard.Build) []snmp.Table {
		if told, _ := b.Noted(partAuth).(bool); told {
			return nil
		}
		return tables(b)
	}
}
