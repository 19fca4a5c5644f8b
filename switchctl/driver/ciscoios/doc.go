// Package ciscoios is the driver for Cisco switches with IOS, IOS-XE or NX-OS over SNMP. It is the standard
// driver with other parts where Cisco keeps MIBs of its own: inline power (CISCO-POWER-ETHERNET-EXT-MIB), the
// access and voice VLAN of a port (CISCO-VLAN-MEMBERSHIP-MIB), trunks and VLANs (CISCO-VTP-MIB), CDP
// neighbours (CISCO-CDP-MIB), one forwarding database per VLAN (BRIDGE-MIB in VLAN contexts) and saving
// (CISCO-CONFIG-COPY-MIB).
//
// It is not for the small-business lines (sysObjectID below 1.3.6.1.4.1.9.6): those speak Q-BRIDGE-MIB and
// are read by package standard.
//
// To read one more Cisco table, write a standard.Part in a file of its own and name it in parts (driver.go);
// to write one more object, add a handler in write.go.
package ciscoios
