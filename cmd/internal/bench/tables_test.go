//go:build linux

package bench

// table is one that phoneport reads of a Catalyst, and that the rivals walk therefore.
type table struct{ name, oid string }

// tables are asked once for a switch.
var tables = []table{
	{"ifTable", "1.3.6.1.2.1.2.2"},
	{"ifXTable", "1.3.6.1.2.1.31.1.1"},
	{"entPhysicalTable", "1.3.6.1.2.1.47.1.1.1"},
	{"entAliasMappingTable", "1.3.6.1.2.1.47.1.3.2"},
	{"pethPsePortTable", "1.3.6.1.2.1.105.1.1"},
	{"pethMainPseTable", "1.3.6.1.2.1.105.1.3.1"},
	{"cpeExtPsePortTable", "1.3.6.1.4.1.9.9.402.1.2"},
	{"vtpVlanTable", "1.3.6.1.4.1.9.9.46.1.3.1"},
	{"vlanTrunkPortTable", "1.3.6.1.4.1.9.9.46.1.6.1"},
	{"vmMembershipTable", "1.3.6.1.4.1.9.9.68.1.2.2"},
	{"vmVoiceVlanTable", "1.3.6.1.4.1.9.9.68.1.5.1"},
	{"cdpCacheTable", "1.3.6.1.4.1.9.9.23.1.2.1"},
	{"lldpLocPortTable", "1.0.8802.1.1.2.1.3.7"},
	{"lldpRemTable", "1.0.8802.1.1.2.1.4.1"},
	{"lldpXMedRemCapabilitiesTable", "1.0.8802.1.1.2.1.5.4795.1.3.1"},
	{"lldpXMedRemMediaPolicyTable", "1.0.8802.1.1.2.1.5.4795.1.3.2"},
	{"lldpXMedRemInventoryTable", "1.0.8802.1.1.2.1.5.4795.1.3.3"},
}

// vlanTables are asked in the context of each VLAN in use.
var vlanTables = []table{
	{"dot1dBasePortTable", "1.3.6.1.2.1.17.1.4"},
	{"dot1dTpFdbTable", "1.3.6.1.2.1.17.4.3"},
}

func oids(ts []table) []string {
	out := make([]string, len(ts))
	for i, t := range ts {
		out[i] = t.oid
	}
	return out
}
