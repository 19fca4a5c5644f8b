package discovery

import (
	"context"
	"errors"
	"time"
)

// ErrWireClosed is what Read and Write of a Wire give after Close, and once its interface is gone.
var ErrWireClosed = errors.New("wire closed")

// Frame is one Ethernet frame, from the destination address to the end of the payload, without FCS.
type Frame struct {
	Data []byte
	At   time.Time // when it was heard; zero in frames to send
	// Outgoing is true for a frame that another program of this host sent on the same interface: proof of a
	// second speaker.
	Outgoing bool
}

// Wire is one Ethernet port that LLDP and CDP are heard and said on. Read is for one goroutine at a time;
// Write and Close may be called beside it.
type Wire interface {
	// Name is the name of the interface.
	Name() string
	// Addr is the address that frames are sent from.
	Addr() MAC
	// Read waits for the next LLDP or CDP frame. Frame.Data is good until the next Read. It ends with the
	// error of the context, with ErrWireClosed, or with what the system says. A link that is down is no error.
	Read(ctx context.Context) (Frame, error)
	// Write sends one frame; it does not keep Frame.Data. It fails where the link is down.
	Write(ctx context.Context, f Frame) error
	Close() error
}
