package wire

import "phoneport/discovery"

// Position tells where in its capture file the frame of the last Read stands: its number, counted from 1 over frames of all
// protocols as other programs do, and the name of the interface that heard it, "" where the file does not tell
// (pcap). ok is false for a wire that is no capture file.
func Position(w discovery.Wire) (number int, port string, ok bool) {
	c, ok := w.(*capture)
	if !ok {
		return 0, "", false
	}
	return c.number, c.port, true
}
