// Package syslog turns the log lines of switches into events: power, link, neighbour, guard and configuration messages
// of the vendors, over UDP (RFC 5426), TCP (RFC 6587) and TLS (RFC 5425).
//
// Parse is pure and takes one line: the header by go-syslog where it keeps to RFC 5424 or RFC 3164, by a tolerant scan
// where it is a vendor's own (header.go). What the line hints at is a row of a table (table.go); a further message is
// one row there and one example in testdata. What no row knows is discovery.EventUnknown with its code, and is counted.
// Receiver is the network side: framing, limits and the queue.
//
// A line is a hint and untrusted text. Its control characters are taken out and its length is limited. It is Authentic
// only when it came over TLS from a client whose certificate was verified.
//
// Ports keep the name that the message gives them, except that the long names of Cisco's interfaces become the short
// ones of ifName, as the same switch uses both. At is when the line was received: clocks of switches are often wrong.
// An index of an interface is told by Juniper only.
package syslog
