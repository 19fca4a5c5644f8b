package wire

import (
	"encoding/binary"
	"fmt"
	"io"
	"sync"
	"time"

	"phoneport/discovery"
)

// Recorder writes frames to a capture file. Each frame is handed to the file by one Write of its own, so that
// what was heard is there when the program is killed.
type Recorder struct {
	mu    sync.Mutex
	w     io.Writer
	ports map[string]uint32 // names to the numbers of interfaces
	buf   []byte
	err   error // the first: a file that may be cut in a block takes no more
}

// Blocks and options of pcapng (draft-ietf-opsawg-pcapng clauses 4.1 to 4.3 and 3.5).
const (
	blockSection   = 0x0a0d0d0a
	blockInterface = 1
	blockFrame     = 6
	orderMagic     = 0x1a2b3c4d

	optionEnd        = 0
	optionIfName     = 2
	optionResolution = 9
	optionFlags      = 2
	flagInbound      = 1
	flagOutbound     = 2
	linkEthernet     = 1
)

// NewRecorder starts a pcapng file. Record is safe for parallel use.
func NewRecorder(w io.Writer) (*Recorder, error) {
	r := &Recorder{w: w, ports: map[string]uint32{}}
	r.begin(blockSection)
	r.word(orderMagic)
	r.buf = binary.LittleEndian.AppendUint16(r.buf, 1) // version 1.0
	r.buf = binary.LittleEndian.AppendUint16(r.buf, 0)
	r.buf = binary.LittleEndian.AppendUint64(r.buf, ^uint64(0)) // length of the section: not told
	if err := r.end(); err != nil {
		return nil, err
	}
	return r, nil
}

// Record adds one frame heard or sent on an interface. A frame without a time was sent just now. Frames that
// were sent, by this program or with Outgoing by another, are marked as outbound.
func (r *Recorder) Record(name string, f discovery.Frame) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return r.err
	}
	port, ok := r.ports[name]
	if !ok {
		port = uint32(len(r.ports))
		r.ports[name] = port
		if err := r.port(name); err != nil {
			return err
		}
	}
	at, direction := f.At, uint32(flagInbound)
	if f.Outgoing || at.IsZero() {
		direction = flagOutbound
	}
	if at.IsZero() {
		at = time.Now()
	}
	ns := uint64(at.UnixNano())
	r.begin(blockFrame)
	r.word(port)
	r.word(uint32(ns >> 32))
	r.word(uint32(ns))
	r.word(uint32(len(f.Data)))
	r.word(uint32(len(f.Data)))
	r.buf = append(r.buf, f.Data...)
	r.pad()
	r.option(optionFlags, 4)
	r.word(direction)
	r.option(optionEnd, 0)
	return r.end()
}

// port adds the description of an interface to buf.
func (r *Recorder) port(name string) error {
	if len(name) > 0xffff {
		return fmt.Errorf("record frame: interface name of %d octets", len(name))
	}
	r.begin(blockInterface)
	r.buf = binary.LittleEndian.AppendUint16(r.buf, linkEthernet)
	r.buf = binary.LittleEndian.AppendUint16(r.buf, 0)
	r.word(0) // frames are not cut
	r.option(optionIfName, len(name))
	r.buf = append(r.buf, name...)
	r.pad()
	r.option(optionResolution, 1)
	r.buf = append(r.buf, 9) // nanoseconds
	r.pad()
	r.option(optionEnd, 0)
	return r.end()
}

// begin starts a block in buf, with room for its length.
func (r *Recorder) begin(kind uint32) {
	r.buf = r.buf[:0]
	r.word(kind)
	r.word(0)
}

func (r *Recorder) word(v uint32) { r.buf = binary.LittleEndian.AppendUint32(r.buf, v) }

func (r *Recorder) option(code uint16, length int) {
	r.buf = binary.LittleEndian.AppendUint16(r.buf, code)
	r.buf = binary.LittleEndian.AppendUint16(r.buf, uint16(length))
}

func (r *Recorder) pad() {
	for len(r.buf)%4 != 0 {
		r.buf = append(r.buf, 0)
	}
}

// end fills in the length of the block in buf, which stands at both its ends, and writes it.
func (r *Recorder) end() error {
	length := uint32(len(r.buf) + 4)
	binary.LittleEndian.PutUint32(r.buf[4:], length)
	r.word(length)
	if _, err := r.w.Write(r.buf); err != nil {
		r.err = fmt.Errorf("record frame: %w", err)
	}
	return r.err
}
