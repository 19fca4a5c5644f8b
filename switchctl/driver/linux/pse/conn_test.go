package pse

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/genetlink/genltest"
	"github.com/mdlayher/netlink"

	"phoneport/discovery"
	"phoneport/switchctl"
)

func TestGet(t *testing.T) {
	t.Parallel()
	c := newKernel(t).conn()
	defer c.Close()
	got, err := c.Get(t.Context(), "lan1")
	want := switchctl.PoEState{
		Supported: true, Admin: switchctl.PoEOn, Detect: switchctl.PoEDelivering, Class: 4, ClassTold: true,
		Priority: switchctl.PriorityHigh, Draw: 6400, DrawTold: true, Limit: 30000,
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("lan1: %v (-want +got):\n%s", err, diff)
	}
	if got, err := c.Get(t.Context(), "wan"); err != nil || got != (switchctl.PoEState{}) {
		t.Errorf("an interface without a controller: %+v, %v; want nothing, and no error", got, err)
	}
	if _, err := c.Port(t.Context(), "wan"); !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "no power controller") {
		t.Errorf("the port of one: %v", err)
	}
	if _, err := c.Get(t.Context(), "nobody"); !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "no interface of this name") {
		t.Errorf("an interface that does not exist: %v", err)
	}
}

func TestPorts(t *testing.T) {
	t.Parallel()
	k := newKernel(t)
	c := k.conn()
	defer c.Close()
	ports, err := c.Ports(t.Context())
	var names []string
	for _, p := range ports {
		names = append(names, p.Name)
	}
	if diff := cmp.Diff([]string{"lan1", "lan2", "t1l0"}, names); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	k.ports = nil
	if ports, err := c.Ports(t.Context()); err != nil || len(ports) != 0 {
		t.Errorf("without a controller: %v, %v", ports, err)
	}
	if k.dials != 1 {
		t.Errorf("%d sockets for two questions", k.dials)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	type change = func(context.Context, *Conn) error
	admin := func(name string, a switchctl.PoEAdmin) change {
		return func(ctx context.Context, c *Conn) error { return c.SetAdmin(ctx, name, a) }
	}
	priority := func(name string, p switchctl.PoEPriority) change {
		return func(ctx context.Context, c *Conn) error { return c.SetPriority(ctx, name, p) }
	}
	limit := func(name string, l discovery.Milliwatts) change {
		return func(ctx context.Context, c *Conn) error { return c.SetLimit(ctx, name, l) }
	}
	tests := []struct {
		name  string
		do    change
		fail  syscall.Errno
		sets  []string
		class error
		says  string
	}{
		{"off", admin("lan1", switchctl.PoEOff), 0, []string{"lan1 6=2"}, nil, ""},
		{"on", admin("lan2", switchctl.PoEOn), 0, []string{"lan2 6=3"}, nil, ""},
		{"auto is on", admin("lan2", switchctl.PoEAuto), 0, []string{"lan2 6=3"}, nil, ""},
		{"data lines off", admin("t1l0", switchctl.PoEOff), 0, []string{"t1l0 3=2"}, nil, ""},
		{"no state", admin("lan1", switchctl.PoEAdminUnknown), 0, nil, switchctl.ErrRejected, "no state unknown"},
		{"no controller", admin("wan", switchctl.PoEOff), 0, nil, switchctl.ErrUnsupported, "set inline power: unsupported: the kernel knows no power controller for this interface"},
		{"no interface", admin("nobody", switchctl.PoEOff), 0, nil, switchctl.ErrUnsupported, "no interface of this name"},
		{"not allowed", admin("lan1", switchctl.PoEOff), syscall.EPERM, nil, switchctl.ErrDenied, "CAP_NET_ADMIN"},
		{"busy", admin("lan1", switchctl.PoEOff), syscall.EBUSY, nil, switchctl.ErrRejected, "busy"},
		{"critical", priority("lan1", switchctl.PriorityCritical), 0, []string{"lan1 16=0"}, nil, ""},
		{"low", priority("lan1", switchctl.PriorityLow), 0, []string{"lan1 16=2"}, nil, ""},
		{"no priorities", priority("lan2", switchctl.PriorityLow), 0, nil, switchctl.ErrUnsupported, "no priority low (it has 0)"},
		{"limit", limit("lan1", 45000), 0, []string{"lan1 12=45000"}, nil, ""},
		{"limit at the end of a range", limit("lan1", 15400), 0, []string{"lan1 12=15400"}, nil, ""},
		{"limit between ranges", limit("lan1", 20000), 0, nil, switchctl.ErrRejected, "15.4 W, 30.0 W to 60.0 W"},
		{"limit of nothing", limit("lan1", 0), 0, nil, switchctl.ErrRejected, "is out of"},
		{"controller without limits", limit("lan2", 15400), 0, nil, switchctl.ErrUnsupported, "limit inline power: unsupported: the power controller of this interface cannot do it"},
		{"data lines have none", limit("t1l0", 15400), 0, nil, switchctl.ErrUnsupported, "limit inline power: unsupported: the power controller of this interface cannot do it"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			k := newKernel(t)
			k.fail = tt.fail
			c := k.conn()
			defer c.Close()
			err := tt.do(t.Context(), c)
			if switchctl.ClassOf(err) != tt.class {
				t.Errorf("got %v, want class %v", err, tt.class)
			}
			if err != nil && !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %q, want %q in it", err, tt.says)
			}
			if diff := cmp.Diff(tt.sets, k.sets); diff != "" {
				t.Errorf("set (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSetIsSeen reads back what was set.
func TestSetIsSeen(t *testing.T) {
	t.Parallel()
	c := newKernel(t).conn()
	defer c.Close()
	for _, err := range []error{
		c.SetAdmin(t.Context(), "lan1", switchctl.PoEOff), c.SetPriority(t.Context(), "lan1", switchctl.PriorityLow), c.SetLimit(t.Context(), "lan1", 60000),
	} {
		if err != nil {
			t.Error(err)
		}
	}
	got, err := c.Get(t.Context(), "lan1")
	if err != nil || got.Admin != switchctl.PoEOff || got.Priority != switchctl.PriorityLow || got.Limit != 60000 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestOdd is about kernels that answer what none should, or know nothing.
func TestOdd(t *testing.T) {
	t.Parallel()
	family := genetlink.Family{ID: 21, Version: 1, Name: familyName}
	message := func(command uint8, data []byte) genetlink.Message {
		return genetlink.Message{Header: genetlink.Header{Command: command, Version: 1}, Data: data}
	}
	tests := []struct {
		name    string
		answers []genetlink.Message
		class   error
		says    string
	}{
		{"another message", []genetlink.Message{message(36, delivering(t))}, switchctl.ErrMalformed, "message 36, want 37"},
		{"two messages", []genetlink.Message{message(37, delivering(t)), message(37, delivering(t))}, switchctl.ErrMalformed, "2 messages"},
		{"cut", []genetlink.Message{message(37, delivering(t)[:9])}, switchctl.ErrMalformed, "answer of the kernel"},
		{"no attribute", []genetlink.Message{message(37, reply(t, "lan1", 4, nil))}, switchctl.ErrUnsupported, "no power controller"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := &Conn{dial: func() (*genetlink.Conn, error) {
				return genltest.Dial(genltest.ServeFamily(family, func(genetlink.Message, netlink.Message) ([]genetlink.Message, error) { return tt.answers, nil })), nil
			}}
			_, err := c.Port(t.Context(), "lan1")
			if switchctl.ClassOf(err) != tt.class || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("got %v, want class %v and %q", err, tt.class, tt.says)
			}
		})
	}
	t.Run("no family", func(t *testing.T) {
		t.Parallel()
		c := &Conn{dial: func() (*genetlink.Conn, error) {
			return genltest.Dial(func(genetlink.Message, netlink.Message) ([]genetlink.Message, error) {
				return nil, genltest.Error(int(syscall.ENOENT))
			}), nil
		}}
		if got, err := c.Get(t.Context(), "lan1"); err != nil || got.Supported {
			t.Errorf("%+v, %v; want nothing, and no error", got, err)
		}
		if err := c.SetAdmin(t.Context(), "lan1", switchctl.PoEOff); !errors.Is(err, switchctl.ErrUnsupported) || !strings.Contains(err.Error(), "no ethtool netlink") {
			t.Errorf("set: %v", err)
		}
	})
	t.Run("no socket", func(t *testing.T) {
		t.Parallel()
		c := &Conn{dial: func() (*genetlink.Conn, error) { return nil, os.NewSyscallError("socket", syscall.EAFNOSUPPORT) }}
		if _, err := c.Get(t.Context(), "lan1"); err == nil || switchctl.ClassOf(err) == nil {
			t.Errorf("%v, want an error with a class", err)
		}
	})
}

// TestCanceled gives up, and asks on a new socket afterwards.
func TestCanceled(t *testing.T) {
	t.Parallel()
	k := newKernel(t)
	c := k.conn()
	defer c.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ctx, "lan1"); !errors.Is(err, context.Canceled) || switchctl.ClassOf(err) != switchctl.ErrUnreachable {
		t.Errorf("got %v, want that it was canceled", err)
	}
	if _, err := c.Get(t.Context(), "lan1"); err != nil {
		t.Error(err)
	}
}
