// Package wire is where frames come from and go to: discovery.Wire over AF_PACKET (Open), in memory for tests
// (Pair), and capture files (OpenCapture, NewRecorder).
//
// It does not decode: it lets LLDP and CDP through and nothing else.
package wire
