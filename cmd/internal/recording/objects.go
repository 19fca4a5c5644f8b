package recording

import "phoneport/switchctl/snmp"

// secret are the subtrees that never get into a recording.
var secret = []snmp.OID{
	snmp.MustOID("1.3.6.1.6.3.12"),     // SNMP-TARGET-MIB: parameters name communities and users
	snmp.MustOID("1.3.6.1.6.3.15"),     // SNMP-USER-BASED-SM-MIB
	snmp.MustOID("1.3.6.1.6.3.16"),     // SNMP-VIEW-BASED-ACM-MIB: rows are indexed by communities on many agents
	snmp.MustOID("1.3.6.1.6.3.18"),     // SNMP-COMMUNITY-MIB
	snmp.MustOID("1.3.6.1.4.1.9.9.43"), // CISCO-CONFIG-MAN-MIB: terminal users
	snmp.MustOID("1.3.6.1.4.1.9.9.96"), // CISCO-CONFIG-COPY-MIB: user names and passwords of copies
}

// drop are subtrees that tell much of a network and nothing of phones: routes, connections, neighbours by ARP.
var drop = []snmp.OID{
	snmp.MustOID("1.3.6.1.2.1.3"),        // at
	snmp.MustOID("1.3.6.1.2.1.4.21"),     // ipRouteTable
	snmp.MustOID("1.3.6.1.2.1.4.22"),     // ipNetToMediaTable
	snmp.MustOID("1.3.6.1.2.1.4.24"),     // IP-FORWARD-MIB
	snmp.MustOID("1.3.6.1.2.1.4.28"),     // IP-MIB from ipv4InterfaceTable on: addresses and neighbours of both families,
	snmp.MustOID("1.3.6.1.2.1.4.30"),     // ipv6InterfaceTable,
	snmp.MustOID("1.3.6.1.2.1.4.32"),     // ipAddressPrefixTable,
	snmp.MustOID("1.3.6.1.2.1.4.34"),     // ipAddressTable,
	snmp.MustOID("1.3.6.1.2.1.4.35"),     // ipNetToPhysicalTable,
	snmp.MustOID("1.3.6.1.2.1.4.37"),     // ipDefaultRouterTable
	snmp.MustOID("1.3.6.1.2.1.6"),        // tcp
	snmp.MustOID("1.3.6.1.2.1.7"),        // udp
	snmp.MustOID("1.3.6.1.2.1.14"),       // ospf
	snmp.MustOID("1.3.6.1.2.1.15"),       // bgp
	snmp.MustOID("1.3.6.1.2.1.16"),       // rmon: owners and addresses of hosts
	snmp.MustOID("1.3.6.1.2.1.25"),       // host resources: processes and their arguments
	snmp.MustOID("1.3.6.1.2.1.55"),       // ipv6
	snmp.MustOID("1.3.6.1.2.1.68"),       // vrrp
	snmp.MustOID("1.3.6.1.4.1.9.9.41"),   // CISCO-SYSLOG-MIB: messages
	snmp.MustOID("1.3.6.1.4.1.9.9.10"),   // CISCO-FLASH-MIB: file names
	snmp.MustOID("1.3.6.1.4.1.9.9.171"),  // CISCO-IPSEC-FLOW-MONITOR-MIB
	snmp.MustOID("1.3.6.1.4.1.9.9.380"),  // CISCO-DHCP-SNOOPING-MIB
	snmp.MustOID("1.3.6.1.4.1.2021"),     // UCD-SNMP-MIB: commands and their output
	snmp.MustOID("1.3.6.1.4.1.8072.1.3"), // NET-SNMP-EXTEND-MIB: commands and their output
}

// nameColumns are columns whose text is a name that people gave, or a number that is one of its kind.
var nameColumns = []snmp.OID{
	snmp.MustOID("1.3.6.1.2.1.1.4"),                   // sysContact
	snmp.MustOID("1.3.6.1.2.1.1.5"),                   // sysName
	snmp.MustOID("1.3.6.1.2.1.1.6"),                   // sysLocation
	snmp.MustOID("1.3.6.1.2.1.31.1.1.1.18"),           // ifAlias
	snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1.11"),         // entPhysicalSerialNum
	snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1.14"),         // entPhysicalAlias
	snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1.15"),         // entPhysicalAssetID
	snmp.MustOID("1.0.8802.1.1.2.1.3.3"),              // lldpLocSysName
	snmp.MustOID("1.0.8802.1.1.2.1.4.1.1.9"),          // lldpRemSysName
	snmp.MustOID("1.3.111.2.802.1.1.13.1.3.3"),        // lldpV2LocSysName
	snmp.MustOID("1.3.111.2.802.1.1.13.1.4.1.1.10"),   // lldpV2RemSysName
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2.5"),     // lldpXMedLocSerialNum
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2.8"),     // lldpXMedLocAssetID
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2.9"),     // lldpXMedLocLocationTable
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.3.1.4"), // lldpXMedRemSerialNum
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.3.1.7"), // lldpXMedRemAssetID
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.4.1"),   // lldpXMedRemLocationTable
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.6"),      // cdpCacheDeviceId
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.17"),     // cdpCacheSysName
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.23"),     // cdpCachePhysLocation
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.3.4"),          // cdpGlobalDeviceId
	snmp.MustOID("1.3.6.1.4.1.9.9.46.1.2.1.1.2"),      // managementDomainName
	snmp.MustOID("1.3.6.1.4.1.9.2.1.3"),               // OLD-CISCO-SYS-MIB hostName
	snmp.MustOID("1.3.6.1.4.1.9.5.1.2.19"),            // CISCO-STACK-MIB chassisSerialNumberString
	snmp.MustOID("1.3.6.1.4.1.9.2.1.4"),               // OLD-CISCO-SYS-MIB domainName
	snmp.MustOID("1.3.6.1.4.1.2636.3.1.3"),            // jnxBoxSerialNo
	snmp.MustOID("1.3.6.1.4.1.25506.2.6.1.2.1.1.2"),   // hh3cEntityExtManuSerialNum
	snmp.MustOID("1.3.6.1.4.1.1991.1.1.1.1.2"),        // Foundry snChasSerNum
	snmp.MustOID("1.3.6.1.4.1.14988.1.1.7.3"),         // MikroTik mtxrSerialNumber
}

// versionColumns are columns whose texts look like IP addresses and are none.
var versionColumns = []snmp.OID{
	snmp.MustOID("1.3.6.1.2.1.1.1"), snmp.MustOID("1.3.6.1.2.1.47.1.1.1.1"), // sysDescr, entPhysicalTable
	snmp.MustOID("1.0.8802.1.1.2.1.4.1.1.10"), snmp.MustOID("1.0.8802.1.1.2.1.3.4"), // lldpRemSysDesc, lldpLocSysDesc
	snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.3.3.1"), snmp.MustOID("1.0.8802.1.1.2.1.5.4795.1.2"), // lldpXMedRemInventoryTable
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.5"), snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.8"), // cdpCacheVersion, cdpCachePlatform
}

// addressColumns are columns whose binary values are network addresses: four octets, or five with the address
// family before (LLDP).
var addressColumns = []snmp.OID{
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.4"), snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.20"), // cdpCacheAddress, cdpCachePrimaryMgmtAddr
	snmp.MustOID("1.3.6.1.4.1.9.9.23.1.2.1.1.22"),                                      // cdpCacheSecondaryMgmtAddr
	snmp.MustOID("1.0.8802.1.1.2.1.4.1.1.5"), snmp.MustOID("1.0.8802.1.1.2.1.4.1.1.7"), // lldpRemChassisId, lldpRemPortId
	snmp.MustOID("1.3.111.2.802.1.1.13.1.4.1.1.6"), snmp.MustOID("1.3.111.2.802.1.1.13.1.4.1.1.8"),
}

// interfaceNames are columns whose texts are names of ports, never of people or hosts: ifDescr, ifName.
var interfaceNames = []snmp.OID{snmp.MustOID("1.3.6.1.2.1.2.2.1.2"), snmp.MustOID("1.3.6.1.2.1.31.1.1.1.1")}

// bridge is BRIDGE-MIB: its values of eight octets are bridge identifiers, a priority and a MAC address.
var bridge = []snmp.OID{snmp.MustOID("1.3.6.1.2.1.17")}

// fdb are the entries whose row index ends in a MAC address: dot1dTpFdbEntry, dot1qTpFdbEntry.
var fdb = []snmp.OID{snmp.MustOID("1.3.6.1.2.1.17.4.3.1"), snmp.MustOID("1.3.6.1.2.1.17.7.1.2.2.1")}

// enterprises are the tables of vendors, of which nothing is known here.
var enterprises = []snmp.OID{snmp.MustOID("1.3.6.1.4.1")}

// addressed are the tables whose row index ends in an IPv4 address: ipAddrTable.
var addressed = []snmp.OID{snmp.MustOID("1.3.6.1.2.1.4.20")}

// managed are the tables whose row index holds a management address behind its length: lldpLocManAddrTable,
// lldpRemManAddrTable and their later forms.
var managed = []snmp.OID{
	snmp.MustOID("1.0.8802.1.1.2.1.3.8"), snmp.MustOID("1.0.8802.1.1.2.1.4.2"), snmp.MustOID("1.3.111.2.802.1.1.13.1.3.8"),
	snmp.MustOID("1.3.111.2.802.1.1.13.1.4.2"), snmp.MustOID("1.0.8802.1.1.2.1.1.7"),
}
