package wire_test

import (
	"testing"

	"phoneport/discovery/wire/wiretest"
)

// TestSwitchedOn speaks at once on a port that is switched on while its cable is plugged in: the kernel says
// IFF_RUNNING up to a second later, and what was refused until then would be said a second late.
func TestSwitchedOn(t *testing.T) {
	wiretest.Namespace(t, "wires over AF_PACKET")
	wiretest.Cable(t, "va", "vb")
	a, b := open(t, "va"), open(t, "vb")
	for i := range uint16(5) {
		wiretest.Down(t, "va")
		refused(t, a, "the interface is down")
		wiretest.Up(t, "va")
		write(t, a, lldpFrame(macA, i+1))
		if f := read(t, b); f.Data[ttlAt] != byte(i+1) {
			t.Fatalf("round %d: the other end heard %x", i, f.Data)
		}
	}
}
