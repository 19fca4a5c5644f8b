package inventory

import (
	"testing"

	"phoneport/discovery"
)

// TestBuilderIsFull: what has no room is refused, and what was taken before is whole.
func TestBuilderIsFull(t *testing.T) {
	t.Parallel()
	b := newBuilder(0)
	b.limit = 200
	first := Phone{MAC: discovery.MAC{0, 1}, Name: "first", Site: "hq"}
	if !b.add(&first) {
		t.Fatal("the first phone has no room")
	}
	second := Phone{MAC: discovery.MAC{0, 2}, Name: string(make([]byte, 200))}
	if b.add(&second) {
		t.Fatal("a phone beyond the limit has room")
	}
	d := b.done()
	if got, ok := d.ByMAC(first.MAC); d.Len() != 1 || !ok || got != first {
		t.Errorf("the Directory has %d phones, the first is %+v", d.Len(), got)
	}
}
