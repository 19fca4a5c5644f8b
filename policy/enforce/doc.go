// Package enforce is the engine: it audits switches, plans, carries plans out with read-back, undoes what it
// did, and cycles power safely.
//
// It holds no opinion of its own on what is right (policy and policy/rules do), knows no vendor
// (switchctl/driver does) and no output format (cmd does). Everything that it writes to a switch goes
// through one place, the writer of write.go: check the port again, journal, apply, read back, journal.
//
// To add a new kind of act on a port, add the Change to switchctl and teach drivers to apply it; only acts
// of more than one step, like a power cycle, need code here.
package enforce
