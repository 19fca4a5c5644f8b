// Package netlink tells what changes on the ports of this Linux host: links that come and go, addresses that a bridge
// learns and forgets, VLANs of ports, ports that join a bridge and leave it. It listens to rtnetlink, which needs no
// privilege, and sees the network namespace in which Run was called.
//
// The kernel says what is, not what changed: it repeats the whole of a link whenever anything of it changes. So the
// source holds what it was told last (state.go, pure) and tells the difference. It begins with a reading of everything,
// which gives no event. When the kernel had to throw messages away it says so, and the source gives
// discovery.EventResync and reads again.
//
// Events are hints, never the truth: who acts on one reads the port first (switchctl/driver/linux). Notifications of
// inline power are of another netlink family; Options.Beside has them run here.
//
// A further kind of message is a case in decode (message.go), a case in step (state.go), and a recording in testdata.
package netlink
