package wire_test

import (
	"bytes"
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/wire"
)

// TestPosition: a frame of another protocol counts, and each frame knows its interface.
func TestPosition(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	r, err := wire.NewRecorder(&file)
	if err != nil {
		t.Fatal(err)
	}
	lldp := append([]byte{0x01, 0x80, 0xc2, 0, 0, 0x0e, 2, 0, 0, 0, 0, 1, 0x88, 0xcc}, make([]byte, 46)...)
	arp := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2, 0, 0, 0, 0, 1, 0x08, 0x06}, make([]byte, 46)...)
	for _, f := range []struct {
		port string
		data []byte
	}{{"eth0", lldp}, {"eth0", arp}, {"eth1", lldp}} {
		if err := r.Record(f.port, discovery.Frame{Data: f.data, At: time.Unix(1, 0)}); err != nil {
			t.Fatal(err)
		}
	}
	w, err := wire.OpenCapture("x", &file)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []struct {
		number int
		port   string
	}{{1, "eth0"}, {3, "eth1"}} {
		if _, err := w.Read(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n, port, ok := wire.Position(w); n != want.number || port != want.port || !ok {
			t.Errorf("Position() = %d, %q, %v; want %d, %q", n, port, ok, want.number, want.port)
		}
	}
	a, _ := wire.Pair("a", "b", discovery.MAC{2}, discovery.MAC{4})
	if _, _, ok := wire.Position(a); ok {
		t.Error("a pair has a position")
	}
}
