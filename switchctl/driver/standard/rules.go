package standard

import (
	"strings"

	"phoneport/switchctl/snmp"
)

// PSERule says how a family numbers its power ports (pethPsePortGroupIndex.pethPsePortIndex), for lack of
// an object in POWER-ETHERNET-MIB that would tell.
type PSERule uint8

// The rules.
const (
	// PSEGeneric: the family is not known. The names decide; a plain ifIndex counts only where all groups are 1.
	PSEGeneric  PSERule = iota
	PSEIfIndex          // port = ifIndex; the group is a stack member or module
	PSEBridge           // port = bridge port, the group is a PSE inside a member
	PSEThousand         // ifIndex = group*1000 + port
	PSEUnitPort         // group.port = first and last number of the interface name
	PSEJunos            // ge-F/0/P is (F+1).(P+1)
	PSEVendor           // the family's own table tells; a rule here would guess
)

// Rules is what a family does its own way in standard tables. The zero value is a switch that nobody
// described.
type Rules struct {
	ObjectID string // prefix of sysObjectID
	Vendor   string
	Family   string
	PSE      PSERule
	// UnitPorts: bridge ports may be logical units (ge-0/0/5.0) of the port (ge-0/0/5).
	UnitPorts bool
	// ImplicitSave: each SET is written to flash unless told otherwise for the batch (AOS-S).
	ImplicitSave bool
	// SilentVLANs: SETs of Q-BRIDGE membership are answered noError and ignored.
	SilentVLANs bool
	// FDBByLLDP: the ports in the forwarding database are LLDP's local port numbers, not bridge ports.
	FDBByLLDP bool
	// TextPortLists: PortLists are written as numbers with commas.
	TextPortLists bool
	// ReadOnly: the agent takes no SET at all.
	ReadOnly bool
	// VLANTables are tables of the vendor that tell VLANs, their names, or the VLAN of a filtering database, where
	// Q-BRIDGE-MIB does not.
	VLANTables []VLANTable
	// Remote is the vendor's table of LLDP neighbours, where lldpRemTable stays empty.
	Remote RemoteTable
	// NeighborPort is the column, indexed by lldpRemIndex, that gives the ifIndex of a neighbour on agents whose
	// lldpRemTable leaves the local port out of its index.
	NeighborPort string
}

// VLANTable is a table with a VLAN in each row. Columns that it lacks are 0.
type VLANTable struct {
	Table, Entry string
	ID           uint32 // column of the VLAN id; 0: the index is the VLAN id
	Name         uint32 // column of the name
	FDB          uint32 // column of the filtering database id
	Tagged       uint32 // columns of the member ports, in text by the numbers in their names: "1/0/1-12,1/0/14"
	Untagged     uint32
}

// rules is the table, by sysObjectID prefix; the longest one wins. The sources are the vendors' MIBs and the
// readings that this project is tested on.
var rules = []Rules{
	{ObjectID: "1.3.6.1.4.1.9.6", Vendor: "cisco", Family: "cisco-sb", PSE: PSEIfIndex},
	{ObjectID: "1.3.6.1.4.1.9", Vendor: "cisco", Family: "cisco", PSE: PSEVendor},
	{ObjectID: "1.3.6.1.4.1.3955", Vendor: "linksys", Family: "linksys", PSE: PSEIfIndex},
	{ObjectID: "1.3.6.1.4.1.35265", Vendor: "eltex", Family: "eltex", PSE: PSEIfIndex},
	{ObjectID: "1.3.6.1.4.1.89", Vendor: "radlan", Family: "radlan", PSE: PSEIfIndex},
	{ObjectID: "1.3.6.1.4.1.11.2.3.7.11", Vendor: "hp", Family: "procurve", PSE: PSEIfIndex, ImplicitSave: true},
	{ObjectID: "1.3.6.1.4.1.11.5.7", Vendor: "hp", Family: "procurve", PSE: PSEIfIndex, ImplicitSave: true},
	{ObjectID: "1.3.6.1.4.1.11", Vendor: "hp", Family: "hp"},
	{ObjectID: "1.3.6.1.4.1.47196", Vendor: "aruba", Family: "aruba-cx"},
	{ObjectID: "1.3.6.1.4.1.14823", Vendor: "aruba", Family: "aruba-mas", PSE: PSEVendor},
	{ObjectID: "1.3.6.1.4.1.25506", Vendor: "h3c", Family: "comware", PSE: PSEBridge},
	{ObjectID: "1.3.6.1.4.1.43.1", Vendor: "3com", Family: "comware", PSE: PSEBridge},
	{
		ObjectID: "1.3.6.1.4.1.2636", Vendor: "juniper", Family: "junos", PSE: PSEJunos, UnitPorts: true, TextPortLists: true, ReadOnly: true,
		VLANTables: []VLANTable{
			{Table: "jnxL2aldVlanTable", Entry: "1.3.6.1.4.1.2636.3.48.1.3.1.1", ID: 3, Name: 2, FDB: 5},
			{Table: "jnxExVlanTable", Entry: "1.3.6.1.4.1.2636.3.40.1.5.1.5.1", ID: 5, Name: 2},
		},
	},
	{ObjectID: "1.3.6.1.4.1.1916", Vendor: "extreme", Family: "exos", PSE: PSEIfIndex},
	{ObjectID: "1.3.6.1.4.1.1588", Vendor: "extreme", Family: "slxos"},
	{ObjectID: "1.3.6.1.4.1.2272", Vendor: "extreme", Family: "voss", VLANTables: []VLANTable{{Table: "rcVlanTable", Entry: "1.3.6.1.4.1.2272.1.3.2.1", Name: 2}}},
	{ObjectID: "1.3.6.1.4.1.45", Vendor: "avaya", Family: "ers", PSE: PSEUnitPort, VLANTables: []VLANTable{{Table: "rcVlanTable", Entry: "1.3.6.1.4.1.2272.1.3.2.1", Name: 2}}},
	{ObjectID: "1.3.6.1.4.1.6486", Vendor: "alcatel", Family: "omniswitch", PSE: PSEThousand},
	{
		ObjectID: "1.3.6.1.4.1.11863", Vendor: "tp-link", Family: "jetstream", PSE: PSEUnitPort, FDBByLLDP: true,
		VLANTables: []VLANTable{{Table: "vlanConfigTable", Entry: "1.3.6.1.4.1.11863.6.14.1.2.1.1", ID: 1, Name: 2, Tagged: 3, Untagged: 4}},
		Remote: RemoteTable{
			Table: "lldpNeighborInfoTable", Entry: "1.3.6.1.4.1.11863.6.35.1.2.2.1",
			ChassisID: 4, PortID: 6, PortDesc: 8, System: 9, Descr: 10, CapsOfThem: 11, Caps: 12,
		},
	},
	{ObjectID: "1.3.6.1.4.1.4526", Vendor: "netgear", Family: "netgear", PSE: PSEBridge, SilentVLANs: true},
	{ObjectID: "1.3.6.1.4.1.4413", Vendor: "ubiquiti", Family: "edgeswitch"},
	{ObjectID: "1.3.6.1.4.1.2011", Vendor: "huawei", Family: "vrp", PSE: PSEVendor},
	{ObjectID: "1.3.6.1.4.1.1991", Vendor: "ruckus", Family: "icx", PSE: PSEVendor},
	{
		ObjectID: "1.3.6.1.4.1.14988", Vendor: "mikrotik", Family: "routeros", PSE: PSEVendor, ReadOnly: true,
		NeighborPort: "1.3.6.1.4.1.14988.1.1.11.1.1.8",
	}, /* mtxrNeighborInterfaceID */
	{ObjectID: "1.3.6.1.4.1.30065", Vendor: "arista", Family: "eos"},
	{ObjectID: "1.3.6.1.4.1.674", Vendor: "dell", Family: "dell"},
	{ObjectID: "1.3.6.1.4.1.6027", Vendor: "dell", Family: "force10"},
	{ObjectID: "1.3.6.1.4.1.207", Vendor: "allied-telesis", Family: "awplus"},
	{ObjectID: "1.3.6.1.4.1.171", Vendor: "d-link", Family: "d-link"},
	{ObjectID: "1.3.6.1.4.1.259", Vendor: "edgecore", Family: "edgecos"},
	{ObjectID: "1.3.6.1.4.1.890", Vendor: "zyxel", Family: "zynos"},
	{ObjectID: "1.3.6.1.4.1.12356", Vendor: "fortinet", Family: "fortiswitch"},
	{ObjectID: "1.3.6.1.4.1.4881", Vendor: "ruijie", Family: "ruijie"},
	{ObjectID: "1.3.6.1.4.1.8691", Vendor: "moxa", Family: "moxa"},
}

// RulesFor gives the rules of the family with the longest matching prefix; the zero value where no row
// matches.
func RulesFor(id snmp.OID) Rules {
	text := id.String()
	var best Rules
	for _, r := range rules {
		if len(r.ObjectID) > len(best.ObjectID) && (text == r.ObjectID || strings.HasPrefix(text, r.ObjectID+".")) {
			best = r
		}
	}
	return best
}
