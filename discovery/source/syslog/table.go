package syslog

import "phoneport/discovery"

// row says what one kind of message hints at. A message is one of a row when facility, mnemonic and has fit; rows of one
// facility and mnemonic are tried in order.
type row struct {
	facility string // "" = any
	mnemonic string // "" = any of the facility
	has      string // what the text must contain; "" = anything
	kind     discovery.EventKind
	// find takes the particulars out of the text: {if}, {if2}, {index}, {mac} and {vlan} stand for what they name. A text
	// that it does not fit gives the kind alone, so the whole switch is read.
	find string
}

// Particulars that many messages give alike.
const (
	onInterface = `[Ii]nterface:? {if}`
	onPort      = `[Pp]ort {if}`
	clientOn    = `client \(?{mac}\)?.* [Ii]nterface {if}`
	junosLink   = `(?:ifIndex |snmp-interface-index="){index}.*(?:ifName |interface-name="){if}`
)

// table holds the rows. Sources: the vendors' message references and lines seen in the field (testdata/lines.txtar).
var table = []row{
	// Cisco IOS and IOS-XE, inline power.
	{"ILPOWER", "DETECT", "", discovery.EventPower, onInterface},
	{"ILPOWER", "POWER_GRANTED", "", discovery.EventPower, onInterface},
	{"ILPOWER", "IEEE_DISCONNECT", "", discovery.EventPower, onInterface},
	{"ILPOWER", "DISCONNECT", "", discovery.EventPower, onInterface},
	{"ILPOWER", "LINKDOWN_DISCONNECT", "", discovery.EventPower, onInterface},
	{"ILPOWER", "CLR_OVERDRAWN", "", discovery.EventPower, onInterface},
	{"ILPOWER", "LOG_OVERDRAWN", "", discovery.EventPower, onInterface}, // told only; the port keeps its power
	{"ILPOWER", "ILPOWER_POWER_DENY", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "CONTROLLER_PORT_ERR", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "CONTROLLER_IF_ERR", "", discovery.EventPowerDenied, `error, (?:[Ii]nterface )?{if}`},
	{"ILPOWER", "SHUT_OVERDRAWN", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "INVALID_IEEE_CLASS", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "PD_POWER_DEMOTION", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "ILPOWER_PS_ABSENCE", "", discovery.EventPowerDenied, onInterface},
	{"ILPOWER", "", "", discovery.EventPower, onInterface},

	// Links: Cisco, Arista, Dell, NX-OS.
	{"LINK", "UPDOWN", "state to up", discovery.EventLinkUp, onInterface},
	{"LINK", "UPDOWN", "state to down", discovery.EventLinkDown, onInterface},
	{"LINK", "CHANGED", "state to up", discovery.EventLinkUp, onInterface},
	{"LINK", "CHANGED", "down", discovery.EventLinkDown, onInterface},
	{"LINEPROTO", "UPDOWN", "state to up", discovery.EventLinkUp, onInterface},
	{"LINEPROTO", "UPDOWN", "state to down", discovery.EventLinkDown, onInterface},
	{"ETHPORT", "IF_UP", "", discovery.EventLinkUp, onInterface},
	{"ETHPORT", "IF_DOWN_LINK_FAILURE", "", discovery.EventLinkDown, onInterface},
	{"ETHPORT", "IF_DOWN_ADMIN_DOWN", "", discovery.EventLinkDown, onInterface},
	{"ETHPORT", "IF_DOWN_NONE", "", discovery.EventLinkDown, onInterface},
	{"ETHPORT", "IF_DOWN_ERROR_DISABLED", "", discovery.EventErrDisabled, onInterface},

	// What the neighbour has otherwise.
	{"CDP", "NATIVE_VLAN_MISMATCH", "", discovery.EventMismatch, `discovered on {if}(?: \({vlan}\))?`},
	{"CDP", "DUPLEX_MISMATCH", "", discovery.EventMismatch, `discovered on {if}`},
	{"LLDP", "NEIGHBOR_NEW", "", discovery.EventNeighborNew, `(?:chassisId {mac}.*)?on interface {if}`},
	{"LLDP", "NEIGHBOR_REMOVED", "", discovery.EventNeighborGone, `(?:chassisId {mac}.*)?on interface {if}`},
	{"LLDP", "NEIGHBOR_TIMEOUT", "", discovery.EventNeighborGone, `(?:chassisId {mac}.*)?on interface {if}`},

	// Addresses.
	{"SW_MATM", "MACFLAP_NOTIF", "", discovery.EventMACMoved, `Host {mac} in vlan {vlan} .* port {if} and (?:port )?{if2}`},
	{"MAC_MOVE", "NOTIF", "", discovery.EventMACMoved, `Host {mac} in vlan {vlan} .* port {if} and (?:port )?{if2}`},
	{"C4K_EBM", "HOSTFLAPPING", "", discovery.EventMACMoved, `Host {mac} in vlan {vlan} .* port {if} and (?:port )?{if2}`},

	// Ports that the switch shut down, and guards.
	{"PM", "ERR_DISABLE", "", discovery.EventErrDisabled, `\bon {if}`},
	{"PM", "ERR_RECOVER", "", discovery.EventErrDisabled, `\bstate on {if}`},
	{"ETH_PORT_SEC", "", "", discovery.EventViolation, onPort},
	{"PORT_SECURITY", "PSECURE_VIOLATION", "", discovery.EventViolation, `(?:MAC address {mac}.* )?on (?:port|interface) {if}`},
	{"PORT_SECURITY", "PSECURE_VIOLATION_VLAN", "", discovery.EventViolation, `on port {if}.* MAC address {mac}(?: on VLAN {vlan})?`},
	{"SPANTREE", "BLOCK_BPDUGUARD", "", discovery.EventViolation, `\bon (?:port )?{if}`},
	{"SPANTREE", "BLOCK_PVID_LOCAL", "", discovery.EventMismatch, `Blocking {if}`},
	{"SPANTREE", "RECV_PVID_ERR", "", discovery.EventMismatch, `\bon {if}`},
	{"AUTHMGR", "SECURITY_VIOLATION", "", discovery.EventViolation, `[Ii]nterface {if}.* MAC address \(?{mac}`},
	{"AUTHMGR", "VLANASSIGN", "", discovery.EventVLANChanged, `VLAN {vlan} assigned to [Ii]nterface {if}`},
	{"AUTHMGR", "SUCCESS", "", discovery.EventMACLearned, clientOn},
	{"AUTHMGR", "FAIL", "", discovery.EventViolation, clientOn},
	{"MAB", "SUCCESS", "", discovery.EventMACLearned, clientOn},
	{"MAB", "FAIL", "", discovery.EventViolation, clientOn},
	{"DOT1X", "SUCCESS", "", discovery.EventMACLearned, clientOn},
	{"DOT1X", "FAIL", "", discovery.EventViolation, clientOn},
	{"SESSION_MGR", "SUCCESS", "", discovery.EventMACLearned, clientOn},
	{"SESSION_MGR", "FAIL", "", discovery.EventViolation, clientOn},

	// The switch itself.
	{"SYS", "CONFIG_I", "", discovery.EventConfigChanged, ""},
	{"VSHD", "VSHD_SYSLOG_CONFIG_I", "", discovery.EventConfigChanged, ""},
	{"PARSER", "CFGLOG_LOGGEDCMD", "", discovery.EventConfigChanged, ""},
	{"SYS", "RESTART", "", discovery.EventRestarted, ""},
	{"STACKMGR", "SWITCH_ADDED", "", discovery.EventResync, ""},
	{"STACKMGR", "SWITCH_REMOVED", "", discovery.EventResync, ""},

	// Junos: the program differs between releases, the tag does not.
	{"", "SNMP_TRAP_LINK_UP", "", discovery.EventLinkUp, junosLink},
	{"", "SNMP_TRAP_LINK_DOWN", "", discovery.EventLinkDown, junosLink},
	{"", "UI_COMMIT", "", discovery.EventConfigChanged, ""},
	{"", "UI_COMMIT_COMPLETED", "", discovery.EventConfigChanged, ""},

	// HPE Comware, H3C and Huawei.
	{"IFNET", "PHY_UPDOWN", "changed to up", discovery.EventLinkUp, onInterface},
	{"IFNET", "PHY_UPDOWN", "changed to down", discovery.EventLinkDown, onInterface},
	{"IFNET", "LINK_UPDOWN", "changed to up", discovery.EventLinkUp, onInterface},
	{"IFNET", "LINK_UPDOWN", "changed to down", discovery.EventLinkDown, onInterface},
	{"IFNET", "LINK_STATE", "DOWN", discovery.EventLinkDown, `^(?:[Ii]nterface )?{if} `},
	{"IFNET", "LINK_STATE", "UP", discovery.EventLinkUp, `^(?:[Ii]nterface )?{if} `},
	{"POE", "PDPOWEROFF", "", discovery.EventPower, `interface \[?{if}`},
	{"POE", "PDPWROFF", "", discovery.EventPower, `Interface name ?=\[?{if}`},

	// Extreme EXOS.
	{"vlan.msgs", "portLinkStateUp", "", discovery.EventLinkUp, onPort},
	{"vlan.msgs", "portLinkStateDown", "", discovery.EventLinkDown, onPort},

	// HPE Aruba AOS-CX, by event number.
	{"Event", "404", "is up", discovery.EventLinkUp, onInterface},
	{"Event", "403", "is down", discovery.EventLinkDown, onInterface},
	{"Event", "7901", "", discovery.EventPower, onInterface},
	{"Event", "7902", "", discovery.EventPower, onInterface},
	{"Event", "7903", "", discovery.EventPowerDenied, onInterface},
	{"Event", "7904", "", discovery.EventPowerDenied, onInterface},
	{"Event", "7905", "", discovery.EventPower, onInterface},
	{"Event", "7906", "", discovery.EventPower, onInterface},
	{"Event", "7907", "", discovery.EventPower, onInterface},

	// HPE Aruba AOS-S and ProCurve: the event number may be switched off, so the text decides.
	{"ports", "", "is now on-line", discovery.EventLinkUp, onPort},
	{"ports", "", "is now off-line", discovery.EventLinkDown, onPort},
	{"ports", "", "PD detected", discovery.EventPower, onPort},
	{"ports", "", "applying power to PD", discovery.EventPower, onPort},
	{"ports", "", "MPS Absent", discovery.EventPower, onPort},
	{"ports", "", "PD Denied power", discovery.EventPowerDenied, onPort},
	{"ports", "", "PD Over Current", discovery.EventPowerDenied, onPort},
	{"ports", "", "PD Invalid Signature", discovery.EventPowerDenied, onPort},
	{"ports", "", "PD Other Fault", discovery.EventPowerDenied, onPort},
	{"ports", "", "PoE power dropped", discovery.EventPowerDenied, onPort},
	{"ports", "", "POE usage", discovery.EventPowerUsage, ""},
	{"chassis", "", "POE usage", discovery.EventPowerUsage, ""},
}
