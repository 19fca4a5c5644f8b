// Package bench measures phoneport from outside, as a user runs it, beside two programs that do the same
// reading in the usual ways: snmpbulkwalk under xargs, and a pool of gosnmp BulkWalks. All are processes of
// their own, run one after the other against the same simulated campus, which is a process of its own too; so
// the ratios mean something on any machine, and the times only on the one that printed them.
//
// It has tests and benchmarks only. Numbers of requests do not depend on the machine: they are ordinary tests
// here. Times are printed by `make bench` and never asserted. To compare with another program, add a line to
// the rivals of BenchmarkFleet.
package bench
