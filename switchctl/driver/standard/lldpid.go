package standard

// LLDP port id subtypes (LldpPortIdSubtype of LLDP-MIB; IEEE 802.1AB clause 8.5.3.2).
const (
	PortIDAlias     = 1 // interfaceAlias
	PortIDComponent = 2 // portComponent
	PortIDMAC       = 3 // macAddress
	PortIDNetwork   = 4 // networkAddress
	PortIDInterface = 5 // interfaceName
	PortIDCircuit   = 6 // agentCircuitId
	PortIDLocal     = 7 // local
)

// LLDP chassis id subtypes (LldpChassisIdSubtype of LLDP-MIB; IEEE 802.1AB clause 8.5.2.2).
const (
	ChassisComponent = 1 // chassisComponent
	ChassisAlias     = 2 // interfaceAlias
	ChassisPort      = 3 // portComponent
	ChassisMAC       = 4 // macAddress
	ChassisNetwork   = 5 // networkAddress
	ChassisInterface = 6 // interfaceName
	ChassisLocal     = 7 // local
)
