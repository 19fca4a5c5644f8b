// Package fleet runs sessions with many switches: one user per switch at a time, so many switches at once as the
// machine stands, and no waiting for switches that are known to be dead.
//
// It knows nothing of SNMP, SSH or vendors: Options.Open makes a session. It keeps one switchctl.Memory
// per switch, so that a driver finds its index maps again in the next session. What is done in a session
// is the caller's business; policy/enforce is the main one.
package fleet
