package pse

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"syscall"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/netlink"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Conn speaks with the kernel about inline power. Its methods may be called at the same time; one is carried
// out after the other. Errors are *switchctl.Error without the name of a switch.
type Conn struct {
	dial func() (*genetlink.Conn, error)

	mu     sync.Mutex
	c      *genetlink.Conn // nil before the first use and after one that was broken off
	family genetlink.Family
}

// Open gives a Conn. Its sockets are opened when they are first needed, in the network namespace of the thread that
// needs them then.
func Open() *Conn {
	return &Conn{dial: func() (*genetlink.Conn, error) {
		c, err := genetlink.Dial(&netlink.Config{Strict: true})
		if err != nil {
			// Without what Strict asks for there are fewer words in errors, and no more.
			return genetlink.Dial(nil)
		}
		return c, nil
	}}
}

// Close ends it.
func (c *Conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.drop()
}

func (c *Conn) drop() error {
	if c.c == nil {
		return nil
	}
	err := c.c.Close()
	c.c = nil
	return err
}

// errStopped is what a request ends with whose context ended.
var errStopped = errors.New("stopped")

// connect gives the connection and the number of the family.
func (c *Conn) connect() error {
	if c.c != nil {
		return nil
	}
	conn, err := c.dial()
	if err != nil {
		return err
	}
	family, err := conn.GetFamily(familyName)
	if err != nil {
		return errors.Join(err, conn.Close())
	}
	c.c, c.family = conn, family
	return nil
}

// ask sends one request and gives the answers. A request that is broken off takes its socket with it, or the
// late answer would be taken for that of the next.
func (c *Conn) ask(ctx context.Context, command uint8, flags netlink.HeaderFlags, attrs func(*netlink.AttributeEncoder)) ([]genetlink.Message, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, errors.Join(errStopped, err)
	}
	if err := c.connect(); err != nil {
		return nil, err
	}
	ae := netlink.NewAttributeEncoder()
	attrs(ae)
	data, err := ae.Encode()
	if err != nil {
		return nil, err
	}
	conn := c.c
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	m := genetlink.Message{Header: genetlink.Header{Command: command, Version: c.family.Version}, Data: data}
	answers, err := conn.Execute(m, c.family.ID, netlink.Request|flags)
	if !stop() {
		c.drop()
		if err != nil {
			return nil, errors.Join(errStopped, ctx.Err())
		}
	}
	return answers, err
}

// header gives the nest that names the interface; none for all of them.
func header(ifname string) func(*netlink.AttributeEncoder) {
	return func(ae *netlink.AttributeEncoder) {
		ae.Nested(attrPSEHeader, func(h *netlink.AttributeEncoder) error {
			if ifname != "" {
				h.String(attrHeaderDevName, ifname)
			}
			return nil
		})
	}
}

// Port reads one interface. An interface without a power controller is ErrUnsupported.
func (c *Conn) Port(ctx context.Context, ifname string) (Port, error) {
	const op = "read inline power"
	answers, err := c.ask(ctx, msgPSEGet, 0, header(ifname))
	if err != nil {
		return Port{}, fail(op, ifname, err)
	}
	if len(answers) != 1 {
		return Port{}, fail(op, ifname, &malformedError{fmt.Errorf("%d messages for one interface", len(answers))})
	}
	p, err := read(answers[0])
	return p, fail(op, ifname, err)
}

// Ports reads all interfaces that have a power controller. It is empty, and no error, where there is none, also
// where the kernel has no ethtool netlink.
func (c *Conn) Ports(ctx context.Context) ([]Port, error) {
	const op = "read inline power"
	answers, err := c.ask(ctx, msgPSEGet, netlink.Dump, header(""))
	if err = fail(op, "", err); errors.Is(err, switchctl.ErrUnsupported) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var ports []Port
	for _, a := range answers {
		p, err := read(a)
		if errors.Is(err, errNoPSE) {
			continue
		}
		if err != nil {
			return nil, fail(op, p.Name, err)
		}
		ports = append(ports, p)
	}
	return ports, nil
}

func read(m genetlink.Message) (Port, error) {
	if m.Header.Command != msgPSEGetReply {
		return Port{}, &malformedError{fmt.Errorf("message %d, want %d", m.Header.Command, msgPSEGetReply)}
	}
	p, err := decode(m.Data)
	if err != nil && !errors.Is(err, errNoPSE) {
		err = &malformedError{err}
	}
	return p, err
}

// Get reads inline power of one interface. An interface without a power controller has Supported false, and
// that is no error; an interface that does not exist is.
func (c *Conn) Get(ctx context.Context, ifname string) (switchctl.PoEState, error) {
	p, err := c.Port(ctx, ifname)
	if errors.Is(err, switchctl.ErrUnsupported) && !errors.As(err, new(*noInterfaceError)) {
		return switchctl.PoEState{}, nil
	}
	return p.State, err
}

// SetAdmin switches inline power on (any state but PoEOff) or off.
func (c *Conn) SetAdmin(ctx context.Context, ifname string, admin switchctl.PoEAdmin) error {
	const op = "set inline power"
	p, err := c.Port(ctx, ifname)
	if err != nil {
		return retold(op, err)
	}
	control, value := uint16(attrC33AdminControl), uint32(adminEnabled)
	if p.Kind == PoDL {
		control = attrPoDLAdminControl
	}
	switch admin {
	case switchctl.PoEOff:
		value = adminDisabled
	case switchctl.PoEAdminUnknown:
		return fail(op, ifname, fmt.Errorf("no state %s", admin))
	}
	return c.set(ctx, op, ifname, control, value)
}

// SetPriority sets who keeps power when there is not enough. Critical is the first priority of the controller,
// low its last, high the one in the middle; a controller with two has no high.
func (c *Conn) SetPriority(ctx context.Context, ifname string, priority switchctl.PoEPriority) error {
	const op = "set priority of inline power"
	p, err := c.Port(ctx, ifname)
	if err != nil {
		return retold(op, err)
	}
	value, ok := priorityNumber(priority, p.Priorities)
	if !ok {
		return &switchctl.Error{
			Op: op, Port: ifname, Class: switchctl.ErrUnsupported,
			Err: fmt.Errorf("the power controller has no priority %s (it has %d)", priority, levels(p.Priorities)),
		}
	}
	return c.set(ctx, op, ifname, attrPriority, value)
}

// levels is how many priorities there are.
func levels(most uint32) uint64 {
	if most == 0 {
		return 0
	}
	return uint64(most) + 1
}

// SetLimit sets the most that the port gives.
func (c *Conn) SetLimit(ctx context.Context, ifname string, limit discovery.Milliwatts) error {
	const op = "limit inline power"
	p, err := c.Port(ctx, ifname)
	if err != nil {
		return retold(op, err)
	}
	if p.Kind == PoDL {
		return fail(op, ifname, errCannot)
	}
	if limit <= 0 || int64(limit) > 1<<32-1 || !p.allows(limit) {
		return fail(op, ifname, fmt.Errorf("%s is out of what the power controller can be limited to: %s", limit, p.rangeWords()))
	}
	return c.set(ctx, op, ifname, attrC33AvailLimit, uint32(limit))
}

// allows reports whether the limit is in one of the ranges; without ranges the kernel is asked.
func (p *Port) allows(limit discovery.Milliwatts) bool {
	for _, r := range p.Ranges {
		if r.Min <= limit && limit <= r.Max {
			return true
		}
	}
	return len(p.Ranges) == 0
}

func (p *Port) rangeWords() string {
	if len(p.Ranges) == 0 {
		return "it does not tell"
	}
	var words []string
	for _, r := range p.Ranges {
		if r.Min == r.Max {
			words = append(words, r.Min.String())
		} else {
			words = append(words, r.Min.String()+" to "+r.Max.String())
		}
	}
	return strings.Join(words, ", ")
}

// set sets one attribute.
func (c *Conn) set(ctx context.Context, op, ifname string, attr uint16, value uint32) error {
	_, err := c.ask(ctx, msgPSESet, netlink.Acknowledge, func(ae *netlink.AttributeEncoder) {
		header(ifname)(ae)
		ae.Uint32(attr, value)
	})
	if errors.Is(err, syscall.EOPNOTSUPP) {
		err = errors.Join(errCannot, err) // that there is one has been read
	}
	return fail(op, ifname, err)
}

// retold gives an error of the reading that comes before a change as one of the change.
func retold(op string, err error) error {
	var e *switchctl.Error
	if !errors.As(err, &e) {
		return err
	}
	told := *e
	told.Op = op
	return &told
}
