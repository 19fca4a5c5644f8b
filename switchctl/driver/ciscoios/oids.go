package ciscoios

import "phoneport/switchctl/snmp"

// CISCO-POWER-ETHERNET-EXT-MIB. cpeExtPsePortEntry has the index of pethPsePortEntry: group.port.
var (
	cpeExtPsePortEntry = snmp.MustOID("1.3.6.1.4.1.9.9.402.1.2.1")
	cpeExtMainPseEntry = snmp.MustOID("1.3.6.1.4.1.9.9.402.1.3.1")
)

// pethPsePortEntry of POWER-ETHERNET-MIB.
var pethPsePortEntry = snmp.MustOID("1.3.6.1.2.1.105.1.1.1")

const (
	pethPsePortAdminEnable   = 3
	pethPsePortPowerPriority = 7

	cpeExtPsePortEnable           = 1  // auto(1) static(2) limit(3) disable(4)
	cpeExtPsePortAdditionalStatus = 5  // BITS: deny(0) overdraw(1) overdrawLog(2)
	cpeExtPsePortPwrMax           = 6  // mW, read-write
	cpeExtPsePortPwrAllocated     = 7  // mW
	cpeExtPsePortPwrConsumption   = 9  // mW
	cpeExtPsePortMaxPwrDrawn      = 10 // mW
	cpeExtPsePortEntPhyIndex      = 11 // entPhysicalIndex of the port, 0 = not told

	cpeExtMainPsePwrUsed      = 4 // mW reserved by ports
	cpeExtMainPsePwrRemaining = 5 // mW
)

// ENTITY-MIB.
var (
	entPhysicalEntry     = snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1")
	entAliasMappingEntry = snmp.MustOID("1.3.6.1.2.1.47.1.3.2.1") // index entPhysicalIndex.entAliasLogicalIndexOrZero
	ifIndexColumn        = snmp.MustOID("1.3.6.1.2.1.2.2.1.1")    // what entAliasMappingIdentifier points into
)

const (
	entPhysicalName           = 7
	entAliasMappingIdentifier = 2
)

// CISCO-VLAN-MEMBERSHIP-MIB, index ifIndex. vmMembershipTable has rows for ports that are not trunks.
var (
	vmMembershipEntry = snmp.MustOID("1.3.6.1.4.1.9.9.68.1.2.2.1")
	vmVoiceVlanEntry  = snmp.MustOID("1.3.6.1.4.1.9.9.68.1.5.1.1")
)

const (
	vmVlan        = 2
	vmVoiceVlanID = 1 // vmVoiceVlanId: 1..4094 tagged, 0 dot1p, 4095 untagged, 4096 none
)

// CISCO-VTP-MIB. vtpVlanEntry has the index managementDomainIndex.vtpVlanIndex, vlanTrunkPortEntry ifIndex.
var (
	vtpVlanEntry       = snmp.MustOID("1.3.6.1.4.1.9.9.46.1.3.1.1")
	vlanTrunkPortEntry = snmp.MustOID("1.3.6.1.4.1.9.9.46.1.6.1.1")
)

const (
	vtpVlanName                        = 4
	vlanTrunkPortNativeVlan            = 5
	vlanTrunkPortDynamicState          = 13 // on(1) off(2) desirable(3) auto(4) onNoNegotiate(5)
	vlanTrunkPortDynamicStatus         = 14 // trunking(1) notTrunking(2)
	vlanTrunkPortEncapsulationOperType = 16 // isl(1) dot10(2) lane(3) dot1Q(4) negotiating(5) notApplicable(6)
)

// CISCO-CDP-MIB. cdpInterfaceEntry has the index ifIndex, cdpCacheEntry ifIndex.cdpCacheDeviceIndex.
var (
	cdpInterfaceEntry = snmp.MustOID("1.3.6.1.4.1.9.9.23.1.1.1.1")
	cdpCacheEntry     = snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1")
	cdpGlobal         = snmp.MustOID("1.3.6.1.4.1.9.9.23.1.3") // scalars: column and instance 0
)

const (
	cdpInterfaceEnable = 2 // TruthValue
	cdpGlobalRun       = 1 // TruthValue

	cdpCacheAddress          = 4
	cdpCacheVersion          = 5
	cdpCacheDeviceID         = 6
	cdpCacheDevicePort       = 7
	cdpCachePlatform         = 8
	cdpCacheCapabilities     = 9
	cdpCacheNativeVLAN       = 11
	cdpCachePowerConsumption = 15 // mW
)

// BRIDGE-MIB, read in the context of one VLAN.
var (
	dot1dBasePortEntry = snmp.MustOID("1.3.6.1.2.1.17.1.4.1")
	dot1dTpFdbEntry    = snmp.MustOID("1.3.6.1.2.1.17.4.3.1") // index: the six octets of the address
)

const (
	dot1dBasePortIfIndex = 2
	dot1dTpFdbPort       = 2
)

// lldpXMedLocMediaPolicyUnknown of LLDP-EXT-MED-MIB is for endpoints; a switch knows its policy.
const lldpXMedLocMediaPolicyUnknown = 5

// CISCO-CONFIG-COPY-MIB, index a number that the manager chooses; and its forerunner OLD-CISCO-SYS-MIB.
var (
	ccCopyEntry = snmp.MustOID("1.3.6.1.4.1.9.9.96.1.1.1.1")
	writeMem    = snmp.MustOID("1.3.6.1.4.1.9.2.1.54.0") // writeMem.0: any other value than 0 writes to NVRAM
)

const (
	ccCopySourceFileType = 3
	ccCopyDestFileType   = 4
	ccCopyState          = 10 // waiting(1) running(2) successful(3) failed(4)
	ccCopyFailCause      = 13
	ccCopyEntryRowStatus = 14
)
