// Package peers holds the tests that run phoneport against programs of others: lldpd as the phone and as the
// switch, ladvd as a CDP speaker, each at the other end of a veth cable in a network namespace of the
// test's own. It also measures ours beside lldpd in the same run.
//
// It has no code of its own and nothing imports it. A new peer is one file with its helper and its tests; a
// test that lacks root or a program skips and says what is not tested.
package peers
