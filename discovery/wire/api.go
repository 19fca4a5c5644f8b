package wire

import (
	"io"

	"phoneport/discovery"
)

// Open opens an interface for LLDP and CDP (Linux only; elsewhere the error says so). It needs CAP_NET_RAW; without it the
// error wraps os.ErrPermission and says how to give it. Errors name the interface; where there is none of
// that name, they name those that there are.
func Open(name string) (discovery.Wire, error) { panic("contract") }

// Pair gives two ends of a wire in memory. Each holds up to 64 frames; a Write beyond that drops the oldest, as a
// busy port does. It works under testing/synctest.
func Pair(a, b string, addrA, addrB discovery.MAC) (discovery.Wire, discovery.Wire) {
	panic("contract")
}

// OpenCapture reads a capture file, pcap or pcapng, as a Wire that gives its LLDP and CDP frames with the times of the capture, ends
// with io.EOF, and refuses Write. Frames with link types other than Ethernet are an error that names the link type. Also taken:
// Linux cooked captures (tcpdump -i any), where the source address is known and the destination is made up
// from the protocol.
func OpenCapture(name string, r io.Reader) (discovery.Wire, error) { panic("contract") }

// Recorder writes frames to a capture file.
type Recorder struct{ _ int }

// NewRecorder starts a pcapng file. Record is safe for parallel use.
func NewRecorder(w io.Writer) (*Recorder, error) { panic("contract") }

// Record adds one frame heard or sent on an interface.
func (r *Recorder) Record(name string, f discovery.Frame) error { panic("contract") }
