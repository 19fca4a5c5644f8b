package snmptrap

import "phoneport/discovery"

// row says what one notification means. fill adds what is particular to it; without one the usual variables are all.
type row struct {
	oid  string // with a dot before it
	name string
	kind discovery.EventKind
	fill func(*message, discovery.Event) []discovery.Event
}

// The prefixes of what vendors define.
const (
	cisco    = ".1.3.6.1.4.1.9.9."
	lldpMIB  = ".1.0.8802.1.1.2"
	lldpMED  = lldpMIB + ".1.5.4795"
	lldp2MIB = ".1.3.111.2.802.1.1.13"
	poeMIB   = ".1.3.6.1.2.1.105"
	juniper  = ".1.3.6.1.4.1.2636.3.40.1.7"
	arubaMAC = ".1.3.6.1.4.1.11.2.14.11.5.1.66"
	adacMIB  = ".1.3.6.1.4.1.45.5.9"
)

// table are the notifications that are known.
var table = []row{
	// SNMPv2-MIB and IF-MIB (RFC 3418, RFC 2863): the generic traps of v1.
	{oidGeneric + "1", "coldStart", discovery.EventRestarted, nil},
	{oidGeneric + "2", "warmStart", discovery.EventRestarted, nil},
	{oidGeneric + "3", "linkDown", discovery.EventLinkDown, link},
	{oidGeneric + "4", "linkUp", discovery.EventLinkUp, link},
	{oidGeneric + "5", "authenticationFailure", discovery.EventUnknown, named("authenticationFailure")},

	// POWER-ETHERNET-MIB (RFC 3621).
	{poeMIB + ".0.1", "pethPsePortOnOffNotification", discovery.EventPower, portPower},
	{poeMIB + ".0.2", "pethMainPowerUsageOnNotification", discovery.EventPowerUsage, usage("above its threshold")},
	{poeMIB + ".0.3", "pethMainPowerUsageOffNotification", discovery.EventPowerUsage, usage("below its threshold")},
	{cisco + "402.0.1", "cpeExtPolicingNotif", discovery.EventPowerDenied, policing},

	// LLDP-MIB, LLDP-V2-MIB, LLDP-EXT-MED-MIB (IEEE 802.1AB, TIA-1057).
	{lldpMIB + ".0.0.1", "lldpRemTablesChange", discovery.EventNeighborChanged, remTables(lldpMIB)},
	{lldp2MIB + ".0.0.1", "lldpV2RemTablesChange", discovery.EventNeighborChanged, remTables(lldp2MIB)},
	{lldpMED + ".0.1", "lldpXMedTopologyChangeDetected", discovery.EventNeighborChanged, topology},

	// Addresses: CISCO-MAC-NOTIFICATION-MIB, JUNIPER-EX-MAC-NOTIFICATION-MIB, HP-ICF-MACNOTIFY-MIB.
	{cisco + "215.2.0.1", "cmnMacChangedNotification", discovery.EventMACLearned, history(cisco+"215.1.1.8.1.2", 2)},
	{cisco + "215.2.0.2", "cmnMacMoveNotification", discovery.EventMACMoved, ciscoMove},
	{juniper + ".2.0.1", "jnxMacChangedNotification", discovery.EventMACLearned, history(juniper+".1.1.1.8.1.2", 4)},
	{arubaMAC + ".0.1", "hpicfMacNotifyMacAddressTableChange", discovery.EventMACLearned, arubaChange},

	// Guards: CISCO-ERR-DISABLE-MIB, CISCO-PORT-SECURITY-MIB.
	{cisco + "548.0.1.1", "cErrDisableInterfaceEvent", discovery.EventErrDisabled, errDisable},
	{cisco + "548.0.2", "cErrDisableInterfaceEventRev1", discovery.EventErrDisabled, errDisable},
	{cisco + "315.0.0.1", "cpsSecureMacAddrViolation", discovery.EventViolation, portSecurity},
	{cisco + "315.0.0.2", "cpsTrunkSecureMacAddrViolation", discovery.EventViolation, portSecurity},

	// Configuration and hardware: CISCO-CONFIG-MAN-MIB, ENTITY-MIB (RFC 6933), CISCO-SYSLOG-MIB, BAY-STACK-ADAC-MIB.
	{cisco + "43.2.0.1", "ciscoConfigManEvent", discovery.EventConfigChanged, configured},
	// The numbering of ports may be another one now; the event of which everything is read anew says so.
	{".1.3.6.1.2.1.47.2.0.1", "entConfigChange", discovery.EventResync, named("entConfigChange: hardware came or went")},
	{cisco + "41.2.0.1", "clogMessageGenerated", discovery.EventUnknown, logged},
	{adacMIB + ".0.1", "bsAdacPortConfigNotification", discovery.EventVLANChanged, adac},
	{adacMIB + ".0.2", "bsAdacPortOperDisabledNotification", discovery.EventVLANChanged, adac},
}

// rows is table by OID.
var rows = func() map[string]row {
	m := make(map[string]row, len(table))
	for _, r := range table {
		m[r.oid] = r
	}
	return m
}()

// named gives the detail where the variables say nothing.
func named(detail string) func(*message, discovery.Event) []discovery.Event {
	return func(_ *message, e discovery.Event) []discovery.Event {
		e.Detail = detail
		return []discovery.Event{e}
	}
}
