package pse

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/mdlayher/genetlink"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Watch hands on what the kernel tells of power by itself, until the context ends (nil) or the sink fails. Kernels
// before 6.17 tell nothing, and nor do controllers without an interrupt line; so Watch does not replace reading. It
// has a socket of its own and may run beside all other methods.
func (c *Conn) Watch(ctx context.Context, sink func(context.Context, Notice) error) error {
	const op = "watch inline power"
	conn, err := c.dial()
	if err != nil {
		return fail(op, "", err)
	}
	defer conn.Close()
	family, err := conn.GetFamily(familyName)
	if err != nil {
		return fail(op, "", err)
	}
	if err := join(conn, family); err != nil {
		return fail(op, "", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	for {
		messages, _, err := conn.Receive()
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, syscall.ENOBUFS):
			// The socket's buffer was full: the kernel has thrown notifications away, and goes on.
			if err := sink(ctx, Notice{Lost: true}); err != nil {
				return err
			}
			continue
		case err != nil:
			return fail(op, "", err)
		}
		for _, m := range messages {
			if m.Header.Command != msgPSENtf {
				continue // the group is that of all of ethtool
			}
			n, err := decodeNotice(m.Data)
			if err != nil {
				// Something happened that cannot be read: the same remedy as for something lost.
				n = Notice{Lost: true}
			}
			if err := sink(ctx, n); err != nil {
				return err
			}
		}
	}
}

func join(conn *genetlink.Conn, family genetlink.Family) error {
	for _, g := range family.Groups {
		if g.Name == monitorName {
			return conn.JoinGroup(g.ID)
		}
	}
	return &switchctl.Error{Op: "watch inline power", Class: switchctl.ErrUnsupported, Err: fmt.Errorf("the kernel's ethtool has no group %q", monitorName)}
}

// Event gives the notice as an event; a notice of something lost asks for a reading of everything.
func (n Notice) Event(at time.Time) discovery.Event {
	kind := discovery.EventPower
	if n.Lost {
		kind = discovery.EventResync
	}
	return discovery.Event{At: at, Source: "netlink", Authentic: true, Kind: kind, IfIndex: n.Index, IfName: n.Name}
}
