package pse

import (
	"fmt"
	"io"
	"slices"
	"syscall"
	"testing"

	"github.com/mdlayher/genetlink"
	"github.com/mdlayher/genetlink/genltest"
	"github.com/mdlayher/netlink"
)

// kernel is the kernel's side of the conversation: interfaces and their power. It refuses what ethnl_pse_set
// refuses and has no privileges to check.
type kernel struct {
	t     *testing.T
	order []string
	ports map[string]*fakePort // nil for an interface without a controller
	fail  syscall.Errno        // what PSE_SET answers, 0 for nothing special
	sets  []string             // what was set, in order
	dials int
}

type fakePort struct {
	index  uint32
	attrs  []u32
	ranges []Range
}

func (p *fakePort) get(attr uint16) (uint32, bool) {
	i := slices.IndexFunc(p.attrs, func(a u32) bool { return a.attr == attr })
	if i < 0 {
		return 0, false
	}
	return p.attrs[i].value, true
}

func (p *fakePort) put(attr uint16, v uint32) {
	p.attrs = append(slices.DeleteFunc(p.attrs, func(a u32) bool { return a.attr == attr }), u32{attr, v})
}

func newKernel(t *testing.T) *kernel {
	return &kernel{t: t, order: []string{"lan1", "lan2", "t1l0", "wan"}, ports: map[string]*fakePort{
		"lan1": {4, []u32{
			{attrC33AdminState, adminEnabled},
			{attrC33Status, c33Delivering},
			{attrC33Class, 4},
			{attrC33ActualPower, 6400},
			{attrC33AvailLimit, 30000},
			{attrPriorityMax, 2},
			{attrPriority, 1},
		}, []Range{{15400, 15400}, {30000, 60000}}},
		"lan2": {5, []u32{{attrC33AdminState, adminDisabled}, {attrC33Status, c33Disabled}}, nil},
		"t1l0": {6, []u32{{attrPoDLAdminState, adminEnabled}, {attrPoDLStatus, podlDelivering}}, nil},
		"wan":  nil,
	}}
}

// conn gives a Conn that speaks with this kernel.
func (k *kernel) conn() *Conn {
	family := genetlink.Family{ID: 21, Version: 1, Name: familyName, Groups: []genetlink.MulticastGroup{{ID: 5, Name: monitorName}}}
	return &Conn{dial: func() (*genetlink.Conn, error) {
		k.dials++
		return genltest.Dial(genltest.ServeFamily(family, k.answer)), nil
	}}
}

func (k *kernel) answer(g genetlink.Message, n netlink.Message) ([]genetlink.Message, error) {
	if n.Header.Type != 21 || g.Header.Version != 1 {
		k.t.Errorf("a request to family %d version %d, want 21 version 1", n.Header.Type, g.Header.Version)
	}
	name, attrs, err := request(g.Data)
	if err != nil {
		k.t.Errorf("a request that cannot be read: %v", err)
	}
	reply := func(name string) genetlink.Message {
		p := k.ports[name]
		return genetlink.Message{Header: genetlink.Header{Command: 37, Version: 1}, Data: reply(k.t, name, p.index, p.ranges, p.attrs...)}
	}
	switch {
	case g.Header.Command == 36 && n.Header.Flags&netlink.Dump == netlink.Dump:
		var all []genetlink.Message
		for _, name := range k.order {
			if k.ports[name] != nil { // ethnl_default_dumpit leaves out what is EOPNOTSUPP
				all = append(all, reply(name))
			}
		}
		if all == nil {
			return nil, io.EOF
		}
		return all, nil
	case g.Header.Command == 36:
		if p, ok := k.ports[name]; !ok {
			return nil, genltest.Error(int(syscall.ENODEV))
		} else if p == nil {
			return nil, genltest.Error(int(syscall.EOPNOTSUPP))
		}
		return []genetlink.Message{reply(name)}, nil
	case g.Header.Command == 37:
		if n.Header.Flags&netlink.Acknowledge == 0 {
			k.t.Error("a change that wants no acknowledgement: a refusal would not be heard")
		}
		return nil, k.set(name, attrs)
	}
	k.t.Errorf("command %d", g.Header.Command)
	return nil, genltest.Error(int(syscall.EOPNOTSUPP))
}

func (k *kernel) set(name string, attrs []u32) error {
	if k.fail != 0 {
		return genltest.Error(int(k.fail))
	}
	p := k.ports[name]
	states := map[uint16]uint16{attrPoDLAdminControl: attrPoDLAdminState, attrC33AdminControl: attrC33AdminState}
	for _, a := range attrs {
		to := a.attr
		if state, ok := states[a.attr]; ok {
			to = state
		}
		if _, has := p.get(to); !has {
			return genltest.Error(int(syscall.EOPNOTSUPP))
		}
		p.put(to, a.value)
		k.sets = append(k.sets, fmt.Sprintf("%s %d=%d", name, a.attr, a.value))
	}
	// The kernel acknowledges with an error message of number 0.
	return genltest.Error(0)
}

// request takes a request apart with a reader of its own.
func request(b []byte) (name string, attrs []u32, err error) {
	ad, err := netlink.NewAttributeDecoder(b)
	if err != nil {
		return "", nil, err
	}
	for ad.Next() {
		if ad.Type() == 1 {
			if ad.TypeFlags()&netlink.Nested == 0 {
				return "", nil, fmt.Errorf("the header is no nest") // strict kernels refuse it
			}
			ad.Nested(func(h *netlink.AttributeDecoder) error {
				for h.Next() {
					if h.Type() == 2 {
						name = h.String()
					}
				}
				return nil
			})
			continue
		}
		attrs = append(attrs, u32{ad.Type(), ad.Uint32()})
	}
	return name, attrs, ad.Err()
}
