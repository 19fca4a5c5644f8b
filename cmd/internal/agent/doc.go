// Package agent runs the ports that this host speaks LLDP and CDP on: one advertise.Port per interface or
// port of a bridge, kept in step with the configuration and with what the kernel tells.
//
// Plan decides, from the configuration and one look at the host (Scene), what each port says; it is pure.
// Agent opens wires, starts and stops ports, and looks again when the host or the configuration changes. The
// host is behind the interface Host, wires behind a function: tests give their own. Status is what it tells of
// itself, to whoever may open its socket.
//
// It does not encode frames, has no timers of the protocols (discovery/advertise) and reads no file: who calls it
// gives it a checked configuration, and a new one with Set.
package agent
