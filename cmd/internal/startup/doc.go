// Package startup holds the test that phones come up with what phoneport does: a switch that is a Linux bridge
// whose ports phoneport's driver sets and phoneport advertise speaks on, a phone that is Debian's lldpd, udhcpc and
// busybox's TFTP client in a network namespace, and a server with dnsmasq. A phone that speaks CDP asks with a frame
// of ours, as no other program here can, and tcpdump reads what it is told. Link, policy, VLAN, lease and file are
// real, and asserted one after the other; so are the ways in which a start-up fails. Where switch and policy are to
// disagree, the advertiser is driven without the program, which would not let them.
//
// It has no code of its own and nothing imports it. All of it runs in a virtual machine (switchctl/sim/vm). A
// further way to start up, or to fail, is one test function in startup_linux_test.go; site_linux_test.go has the
// switch and the server, phone_linux_test.go the phone.
package startup
