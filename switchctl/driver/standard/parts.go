package standard

// The phases of a reading. A vendor's part takes the phase whose results it needs to have behind it.
const (
	PhaseIndex  = 1 // which ports there are, and their numbers; slow
	PhaseJoin   = 2 // what is needed to join the numberings that PhaseIndex left open
	PhaseState  = 3 // everything that changes
	PhaseExtra  = 4 // extensions of what PhaseState found, and what takes its place where it found nothing
	PhaseSettle = 5 // no tables: conclusions
)

// The names of the standard parts, for With and Without.
const (
	PartInterfaces    = "interfaces"     // IF-MIB: names, types, descriptions
	PartBridgePorts   = "bridge-ports"   // BRIDGE-MIB: dot1dBasePort → ifIndex
	PartLLDPPorts     = "lldp-ports"     // LLDP-MIB: lldpLocPortTable
	PartNames         = "names"          // ifDescr and ifPhysAddress, where the names or LLDP need them
	PartLLDPNames     = "lldp-names"     // lldpLocPortDesc, where the ids do not tell the port
	PartNameAll       = "name-all"       // no table: a name for each port, no two alike
	PartLLDPJoin      = "lldp-join"      // no table: LLDP port → port
	PartLink          = "link"           // IF-MIB: admin and oper status
	PartPower         = "power"          // POWER-ETHERNET-MIB
	PartVLANs         = "vlans"          // Q-BRIDGE-MIB: static VLANs, PVID, filtering databases
	PartCurrent       = "vlan-current"   // Q-BRIDGE-MIB: current VLANs, where no static ones are told
	PartFDB           = "fdb"            // Q-BRIDGE-MIB: learned addresses
	PartBridgeFDB     = "bridge-fdb"     // BRIDGE-MIB: learned addresses, where Q-BRIDGE has none
	PartLLDPRemote    = "lldp-remote"    // LLDP-MIB: neighbours
	PartLLDPSupported = "lldp-supported" // LLDP-MIB: what neighbours support, where nothing is enabled
	PartLLDPExtras    = "lldp-extras"    // LLDP-EXT-MED and management addresses of neighbours
	PartLLDPV2        = "lldp-v2"        // LLDP-V2-MIB, where LLDP-MIB has no neighbour
	PartVendorRemote  = "lldp-vendor"    // the vendor's table of neighbours, where LLDP-MIB has none
	PartAdvert        = "advert"         // LLDP-EXT-MED: what the switch advertises
	PartAdvertMarks   = "advert-marks"   // LLDP-EXT-MED: priority and DSCP of it
	PartLLDPAdmin     = "lldp-admin"     // LLDP-MIB: where the switch sends
	PartDot1X         = "dot1x"          // IEEE8021-PAE-MIB
	PartLAG           = "lag"            // IEEE8023-LAG-MIB
	PartStack         = "lag-stack"      // IF-MIB: ifStackTable, for aggregates that IEEE8023-LAG-MIB does not tell
	PartRouted        = "routed"         // IP-MIB: addresses on ports
	PartSettle        = "settle"         // no table: VLAN mode and voice VLAN of each port
)

// Parts gives the standard list.
func Parts() []Part {
	return []Part{
		interfaces(), bridgePorts(), lldpPorts(),
		names(), lldpNames(), nameAll(), lldpJoin(),
		link(), power(), vlans(), fdb(), lldpRemote(), lldpExtras(), advert(), advertMarks(), lldpAdmin(), dot1x(), lag(), routed(),
		vlanCurrent(), bridgeFDB(), lldpSupported(), lldpV2(), vendorRemote(), lagStack(),
		settle(),
	}
}
