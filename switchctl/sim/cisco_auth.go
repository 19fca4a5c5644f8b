package sim

import "phoneport/switchctl/snmp"

// ciscoAuthTable is cafPortConfigTable of CISCO-AUTH-FRAMEWORK-MIB (1.3.6.1.4.1.9.9.656): which ports 802.1X or
// MAC authentication controls.
func ciscoAuthTable() table {
	return table{
		Name: "cafPortConfigTable", Entry: snmp.MustOID("1.3.6.1.4.1.9.9.656.1.2.1.1"), Rows: ports(rowsSockets, (*port).physical, byIfIndex),
		Columns: []column{
			fixed(1, snmp.Integer(0)), // cafPortControlledDirection both
			fixed(3, snmp.Integer(1)), // cafPortAuthHostMode singleHost
			integer(5, func(_ *scope, r *row) int { // cafPortAuthorizeControl auto(2), forceAuthorized(3)
				return 3 - b2i(r.p.cfg.dot1x)
			}),
		},
	}
}
