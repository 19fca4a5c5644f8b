package wire

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"phoneport/discovery"
)

// ErrCut is wrapped by the error for a frame of which a capture file holds the beginning only. Read of that
// wire may be called again: the frames behind it are there.
var ErrCut = errors.New("frame was not captured whole")

// OpenCapture reads a capture file, pcap or pcapng, also packed by gzip, as a Wire that gives its LLDP and CDP
// frames with the times of the capture, ends with io.EOF, and refuses Write. Frames with link types other than
// Ethernet are an error that names the link type. Also taken: Linux cooked captures (tcpdump -i any), where
// the source address is known and the destination is made up from the protocol.
//
// Frames that the capture says the capturing host sent have Outgoing set; pcapng tells it, cooked captures do,
// plain pcap does not. Where the file is cut off or damaged, Read gives what stands before, then an error with
// the number of the frame, counted from 1 over frames of all protocols as other programs do. A frame that was
// not captured whole is an error of its own, ErrCut. Addr is the zero address.
func OpenCapture(name string, r io.Reader) (discovery.Wire, error) {
	c, err := openCapture(name, r)
	if err != nil {
		return nil, fmt.Errorf("open capture %s: %w", name, err)
	}
	return c, nil
}

// capture is a file of frames.
type capture struct {
	name   string
	next   func() (record, error)
	number int
	port   string // interface of the last frame, where the file tells it
	err    error  // the last: nothing is read behind it
	buf    []byte
	closed atomic.Bool
}

// record is one of a file.
type record struct {
	data     []byte
	info     gopacket.CaptureInfo
	link     layers.LinkType
	port     string
	outgoing bool
}

// magicNG begins a pcapng file, in any byte order; magicGzip a packed one.
const (
	magicNG   = "\x0a\x0d\x0d\x0a"
	magicGzip = "\x1f\x8b"
)

func openCapture(name string, r io.Reader) (*capture, error) {
	c := &capture{name: name}
	br := bufio.NewReader(r)
	magic, err := br.Peek(len(magicNG))
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(magic) < len(magicNG) {
		return nil, fmt.Errorf("it has %d octets, which is no capture file", len(magic))
	}
	if string(magic[:2]) == magicGzip {
		plain, err := gzip.NewReader(br)
		if err != nil {
			return nil, noEOF(err)
		}
		br = bufio.NewReader(plain)
		if magic, err = br.Peek(len(magicNG)); err != nil {
			return nil, noEOF(err)
		}
	}
	if string(magic) == magicNG {
		return c, c.openNG(br)
	}
	return c, c.openPlain(br)
}

func (c *capture) openPlain(r io.Reader) error {
	f, err := pcapgo.NewReader(r)
	if err != nil {
		return noEOF(err)
	}
	link := f.LinkType() // without the upper bits, which tell of an FCS: to decoders it is padding
	if !known(link) {
		return linkError(link)
	}
	c.next = func() (record, error) {
		data, info, err := f.ZeroCopyReadPacketData()
		if err != nil && info.CaptureLength > 0 { // its header was there
			err = noEOF(err)
		}
		return record{data: data, info: info, link: link}, err
	}
	return nil
}

func (c *capture) openNG(r io.Reader) error {
	f, err := pcapgo.NewNgReader(r, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if err != nil {
		return noEOF(err)
	}
	c.next = func() (record, error) {
		data, info, options, err := f.ZeroCopyReadPacketDataWithOptions()
		if err != nil {
			return record{}, err
		}
		p := record{data: data, info: info}
		if len(info.AncillaryData) > 0 {
			p.link, _ = info.AncillaryData[0].(layers.LinkType)
		}
		if i, err := f.Interface(info.InterfaceIndex); err == nil {
			p.port = i.Name
		}
		if options.Flags != nil {
			p.outgoing = options.Flags.Direction == pcapgo.NgEpbFlagDirectionOutbound
		}
		return p, nil
	}
	return nil
}

func known(t layers.LinkType) bool {
	return t == layers.LinkTypeEthernet || t == layers.LinkTypeLinuxSLL || t == layers.LinkTypeLinuxSLL2
}

func linkError(t layers.LinkType) error {
	return fmt.Errorf("link type %d (%s) is neither Ethernet nor a Linux cooked capture", t, t)
}

// noEOF makes the end of a file that has hardly begun an error that nobody takes for the end of its frames.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (c *capture) Name() string      { return c.name }
func (*capture) Addr() discovery.MAC { return discovery.MAC{} }

func (c *capture) Close() error {
	c.closed.Store(true)
	return nil
}

func (c *capture) Write(context.Context, discovery.Frame) error {
	return fmt.Errorf("write %s: a capture file is only read: %w", c.name, errors.ErrUnsupported)
}

func (c *capture) Read(ctx context.Context) (discovery.Frame, error) {
	for {
		switch err := ctx.Err(); {
		case err != nil:
			return discovery.Frame{}, err
		case c.closed.Load():
			return discovery.Frame{}, fmt.Errorf("read %s: %w", c.name, discovery.ErrWireClosed)
		case c.err != nil:
			return discovery.Frame{}, c.err
		}
		c.number++
		p, err := c.next()
		if err != nil {
			if c.err = err; err != io.EOF {
				c.err = c.frameError(err)
			}
			return discovery.Frame{}, c.err
		}
		if !known(p.link) {
			c.err = c.frameError(linkError(p.link))
			return discovery.Frame{}, c.err
		}
		c.port = p.port
		f := discovery.Frame{Data: p.data, At: p.info.Timestamp, Outgoing: p.outgoing}
		if p.link != layers.LinkTypeEthernet {
			out := false
			f.Data, out = c.uncook(p.link, p.data)
			f.Outgoing = f.Outgoing || out
		}
		if !heard(f.Data) {
			continue
		}
		if p.info.CaptureLength < p.info.Length {
			return discovery.Frame{}, c.frameError(fmt.Errorf("%w: %d of its %d octets are there", ErrCut, p.info.CaptureLength, p.info.Length))
		}
		return f, nil
	}
}

func (c *capture) frameError(err error) error {
	return fmt.Errorf("read %s: frame %d: %w", c.name, c.number, err)
}

var _ discovery.Wire = (*capture)(nil)
