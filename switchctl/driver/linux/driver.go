package linux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Name is the name of the driver in configuration and output.
const Name = "linux"

// MaxName is the length of the longest name of an interface (IFNAMSIZ without the final zero).
const MaxName = 15

// Options say which bridge is driven, and who tells what the bridge does not know.
type Options struct {
	ID     switchctl.SwitchID
	Bridge string // name of the bridge: br0
	// Neighbors gives who is heard on each port, by interface name; a port that is not in it is one on which nobody
	// listens. nil, and an error that is ErrNobodyListens, mean that nobody does on any. It is asked once a reading. Every
	// other error is told in Snapshot.Missing as a failure, which has the guards hold writes: a port towards another
	// switch may look like any other.
	Neighbors func(context.Context) (map[string][]discovery.Neighbor, error)
	// PSE is inline power; nil where the host has none. Close closes it where it is an io.Closer.
	PSE PSE
	// Save makes the present state outlive a restart, in the words of whoever sets up the network; nil where it must
	// be done by hand.
	Save func(context.Context) error
	Log  *slog.Logger // nil = discard
}

// Driver drives one bridge. It implements switchctl.Driver.
type Driver struct {
	o    Options
	k    kernel
	log  *slog.Logger
	info switchctl.Info
}

var _ switchctl.Driver = (*Driver)(nil)

// Open makes the driver. The network namespace is that of the calling thread, for good. It fails with ErrUnreachable
// where there is no bridge of that name now, and with ErrUnsupported where the name is of something else, or the host
// runs no Linux. A bridge that does not filter VLANs is opened: it can be read, and says so in Snapshot.Missing.
func Open(ctx context.Context, o Options) (switchctl.Driver, error) {
	k, err := openKernel()
	if err != nil {
		return nil, &switchctl.Error{Op: "open netlink", Switch: o.ID, Class: switchctl.ErrUnsupported, Err: err}
	}
	d, err := open(ctx, o, k)
	if err != nil {
		if c, ok := o.PSE.(io.Closer); ok {
			err = errors.Join(err, c.Close())
		}
		return nil, errors.Join(err, k.Close())
	}
	return d, nil
}

func open(ctx context.Context, o Options, k kernel) (*Driver, error) {
	d := &Driver{o: o, k: k, log: o.Log}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.info = switchctl.Info{Driver: Name, Vendor: Name, NeedsSave: true}
	b, err := d.read(ctx, "open bridge", false)
	if err != nil {
		return nil, err
	}
	d.info.Kinds = d.kinds(ctx, b)
	return d, nil
}

// kinds gives the changes that can be carried out here, sorted. What a power controller tells, it can be told.
func (d *Driver) kinds(ctx context.Context, b *bridge) []string {
	out := []string{"set-access-vlan", "set-admin"}
	if d.o.PSE != nil {
		var power, limit, priority bool
		for _, p := range b.ports {
			s, err := d.o.PSE.Get(ctx, p.link.Name)
			power = power || err == nil && s.Supported
			limit = limit || err == nil && s.Limit != 0
			priority = priority || err == nil && s.Priority != switchctl.PriorityUnknown
		}
		for _, k := range []struct {
			can  bool
			kind string
		}{{power, "set-poe"}, {limit, "set-poe-limit"}, {priority, "set-poe-priority"}} {
			if k.can {
				out = append(out, k.kind)
			}
		}
	}
	return append(out, "set-voice")
}

// Info says what the driver can do here.
func (d *Driver) Info() switchctl.Info { return d.info }

// Save calls Options.Save. Without it the error is ErrUnsupported: the bridge is set up at each start by somebody else's
// files, which phoneport does not write.
func (d *Driver) Save(ctx context.Context) error {
	const op = "save configuration"
	if err := d.alive(ctx, op); err != nil {
		return err
	}
	if d.o.Save == nil {
		return &switchctl.Error{Op: op, Switch: d.o.ID, Class: switchctl.ErrUnsupported, Err: fmt.Errorf(
			"the kernel forgets the VLANs of %s when it restarts: write them into the files that set it up (ifupdown2, systemd-networkd, uci), or name a command for that in the key save of the switch", d.o.Bridge)}
	}
	if err := d.o.Save(ctx); err != nil {
		return &switchctl.Error{Op: op, Switch: d.o.ID, Class: switchctl.ErrRejected, Err: err}
	}
	return nil
}

// Close closes the sockets.
func (d *Driver) Close() error {
	err := d.k.Close()
	if c, ok := d.o.PSE.(io.Closer); ok {
		err = errors.Join(err, c.Close())
	}
	return err
}

// alive gives a classed error where ctx has ended: the kernel answers at once, so that nobody waits on it.
func (d *Driver) alive(ctx context.Context, op string) error {
	if ctx.Err() == nil {
		return nil
	}
	return &switchctl.Error{Op: op, Switch: d.o.ID, Class: switchctl.ErrUnreachable, Err: context.Cause(ctx)}
}

// fail gives an error of the kernel its class.
func (d *Driver) fail(op, port string, err error) error {
	e := &switchctl.Error{Op: op, Switch: d.o.ID, Port: port, Class: switchctl.ErrRejected, Err: err}
	if inner, ok := err.(*switchctl.Error); ok { // what this package or the PSE has classed
		e.Class, e.Err = inner.Class, inner.Err
		return e
	}
	if c := switchctl.ClassOf(err); c != nil {
		e.Class = c
		return e
	}
	switch denied, gone, unsupported := errno(err); {
	case denied:
		e.Class = switchctl.ErrDenied
		e.Err = fmt.Errorf("CAP_NET_ADMIN is missing: run phoneport as root, or give the program the capability (setcap cap_net_admin+ep): %w", err)
	case unsupported:
		e.Class = switchctl.ErrUnsupported
	case gone:
		e.Err = fmt.Errorf("the interface or its VLAN is gone: %w", err)
	}
	return e
}

// refuse is the reason for which the driver does not do a change.
func refuse(class error, format string, args ...any) error {
	return &switchctl.Error{Class: class, Err: fmt.Errorf(format, args...)}
}
