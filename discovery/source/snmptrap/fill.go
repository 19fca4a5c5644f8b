package snmptrap

import (
	"fmt"
	"strconv"
	"strings"

	"phoneport/discovery"
)

// list joins what there is to say.
func list(parts ...string) string {
	said := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	return strings.Join(said, ", ")
}

// word gives the name of an enumeration's value, or the value.
func word(n int, names ...string) string {
	if n >= 1 && n <= len(names) {
		return names[n-1]
	}
	return strconv.Itoa(n)
}

// link tells the states and, of IOS, the reason (OLD-CISCO-INTERFACES-MIB locIfReason).
func link(m *message, e discovery.Event) []discovery.Event {
	var admin, oper string
	if n, ok := m.number(ifEntry + ".7"); ok {
		admin = "admin " + word(n, "up", "down", "testing")
	}
	if n, ok := m.number(ifEntry + ".8"); ok {
		oper = "oper " + word(n, "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown")
	}
	e.Detail = list(admin, oper, m.text(".1.3.6.1.4.1.9.2.2.1.1.20"))
	return []discovery.Event{e}
}

// portPower tells pethPsePortDetectionStatus; the two faults are of a port that got no power or lost it.
func portPower(m *message, e discovery.Event) []discovery.Event {
	if n, ok := m.number(pseEntry + ".6"); ok {
		e.Detail = word(n, "disabled", "searching", "deliveringPower", "fault", "test", "otherFault")
		if n == 4 || n == 6 {
			e.Kind = discovery.EventPowerDenied
		}
	}
	return []discovery.Event{e}
}

// usage tells pethMainPseConsumptionPower.
func usage(where string) func(*message, discovery.Event) []discovery.Event {
	return func(m *message, e discovery.Event) []discovery.Event {
		e.Detail = where
		if n, ok := m.number(mainEntry + ".4"); ok {
			e.Detail = list(where, fmt.Sprintf("consumption %d W", n))
		}
		return []discovery.Event{e}
	}
}

// policing tells what CISCO-POWER-ETHERNET-EXT-MIB's notification of a device that draws more than it was given says.
// It was denied power unless the switch only logs such things and did not set the bit that says so.
func policing(m *message, e discovery.Event) []discovery.Event {
	var parts []string
	action, _ := m.number(cpeEntry + ".14")
	if action != 0 {
		parts = append(parts, "action "+word(action, "deny", "log"))
	}
	v, _, _ := m.find(cpeEntry + ".5")
	var denied bool
	for i, name := range []string{"denied", "overdrawn", "overdrawn and logged"} { // BITS: the first is the highest
		if bits := octets(v); len(bits) > 0 && bits[0]&(0x80>>i) != 0 {
			parts, denied = append(parts, name), denied || i == 0
		}
	}
	for _, c := range []struct{ object, what string }{{".7", "allocated"}, {".10", "drew at most"}} {
		if n, ok := m.number(cpeEntry + c.object); ok {
			parts = append(parts, fmt.Sprintf("%s %d mW", c.what, n))
		}
	}
	if action == 2 && !denied {
		e.Kind = discovery.EventPower
	}
	e.Detail = list(parts...)
	return []discovery.Event{e}
}

// remTables tells the four counters, which is all that the notification has: no port.
func remTables(mib string) func(*message, discovery.Event) []discovery.Event {
	return func(m *message, e discovery.Event) []discovery.Event {
		var parts []string
		for i, what := range []string{"inserts", "deletes", "drops", "ageouts"} { // lldpStatsRemTables… 2 to 5
			if n, ok := m.number(mib + ".1.2." + strconv.Itoa(i+2)); ok {
				parts = append(parts, fmt.Sprintf("%d %s", n, what))
			}
		}
		e.Detail = list(parts...)
		return []discovery.Event{e}
	}
}

// topology reads LLDP-MED's notification: the index of its variables is time mark, local port number, remote index. The
// local port number is LLDP's, which on many switches is no ifIndex, so it is told in words only.
func topology(m *message, e discovery.Event) []discovery.Event {
	var port, class string
	subtype, ok := m.number(lldpMIB + ".1.4.1.1.4")
	chassis, index, _ := m.find(lldpMIB + ".1.4.1.1.5")
	if id := octets(chassis); ok && subtype == 4 && len(id) == 6 { // macAddress
		e.MAC = discovery.MAC(id)
	}
	if n, ok := m.number(lldpMED + ".1.3.1.1.3"); ok {
		class = "class " + map[int]string{0: "not defined", 1: "1", 2: "2", 3: "3 (phone)", 4: "network connectivity"}[n]
		if n < 0 || n > 4 {
			class = "class " + strconv.Itoa(n)
		}
	}
	var mark, local, remote int
	if numbers(index, &mark, &local, &remote) {
		port = fmt.Sprintf("LLDP port %d", local)
	}
	e.Detail = list(port, class)
	return []discovery.Event{e}
}

// causes are CISCO-ERR-DISABLE-MIB's CErrDisableFeatureID from 1 on, as far as access ports of IOS know them.
var causes = []string{
	"udld", "bpduGuard", "channelMisconfig", "pagpFlap", "dtpFlap", "linkFlap", "l2ptGuard", "dot1xSecurityViolation",
	"portSecurityViolation", "gbicInvalid", "dhcpRateLimit", "unicastFlood", "vmps", "stormControl", "inlinePower", "arpInspection",
	"portLoopback", "packetBuffer", "macLimit", "linkMonitorFailure", "oamRemoteFailure",
}

// errDisable reads cErrDisableIfStatusCause, whose index is ifIndex and VLAN, 0 for the whole port.
func errDisable(m *message, e discovery.Event) []discovery.Event {
	v, index, ok := m.find(cisco + "548.1.3.1.1.2")
	if !ok {
		return []discovery.Event{e}
	}
	var port, vlan int
	if numbers(index, &port, &vlan) {
		e.IfIndex = port
		if vlan < 4095 {
			e.VLAN = uint16(vlan)
		}
	}
	if n, ok := number(v); ok {
		e.Detail = word(n, causes...)
	}
	return []discovery.Event{e}
}

// portSecurity reads cpsIfSecureLastMacAddress.
func portSecurity(m *message, e discovery.Event) []discovery.Event {
	v, index, _ := m.find(cisco + "315.1.2.1.1.10")
	if a := octets(v); len(a) == 6 {
		e.MAC = discovery.MAC(a)
	}
	var port int
	if e.IfIndex == 0 && numbers(index, &port) {
		e.IfIndex = port
	}
	return []discovery.Event{e}
}

// configured reads the row of CISCO-CONFIG-MAN-MIB's history: who gave the command, and what went where.
func configured(m *message, e discovery.Event) []discovery.Event {
	const entry = cisco + "43.1.1.6.1"
	var by, from, to string
	media := []string{"erase", "commandSource", "running", "startup", "local", "networkTftp", "networkRcp"}
	if n, ok := m.number(entry + ".3"); ok {
		by = "by " + word(n, "commandLine", "snmp")
	}
	if n, ok := m.number(entry + ".4"); ok {
		from = "from " + word(n, media...)
	}
	if n, ok := m.number(entry + ".5"); ok {
		to = "to " + word(n, media...)
	}
	e.Detail = list(by, from, to)
	return []discovery.Event{e}
}

// The columns of CISCO-SYSLOG-MIB's clogHistoryTable.
const clog = cisco + "41.1.2.3.1"

// mnemonic gives FACILITY-SEVERITY-MNEMONIC. The MIB counts severities from 1, the lines from 0.
func (m *message) mnemonic() string {
	severity, ok := m.number(clog + ".3")
	facility, name := m.text(clog+".2"), m.text(clog+".4")
	if !ok || facility == "" || name == "" {
		return ""
	}
	return fmt.Sprintf("%s-%d-%s", facility, severity-1, name)
}

// line gives the line of a log that came as a trap, as IOS would send it by syslog; "" where it is none.
func (m *message) line() string {
	if m.trap != cisco+"41.2.0.1" {
		return ""
	}
	if s := m.mnemonic(); s != "" {
		return "%" + s + ": " + m.text(clog+".5")
	}
	return ""
}

// logged tells a line of the log. Its kind is found by whoever reads such lines (About.Syslog).
func logged(m *message, e discovery.Event) []discovery.Event {
	e.Detail = m.text(clog + ".5")
	e.Code = first(m.mnemonic(), e.Code)
	return []discovery.Event{e}
}

// adac reads BAY-STACK-ADAC-MIB's port table, whose index is the ifIndex.
func adac(m *message, e discovery.Event) []discovery.Event {
	for _, c := range []struct{ object, yes, no string }{
		{".1.2.1.3", "voice settings applied", "voice settings taken back"}, // bsAdacPortConfigStatus
		{".1.2.1.7", "ADAC on", "ADAC off"},                                 // bsAdacPortOperEnable
	} {
		v, index, ok := m.find(adacMIB + c.object)
		if !ok {
			continue
		}
		var port int
		if numbers(index, &port) {
			e.IfIndex = port
		}
		if n, ok := number(v); ok {
			e.Detail = word(n, c.yes, c.no)
		}
	}
	return []discovery.Event{e}
}
