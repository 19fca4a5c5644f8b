package pse

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/mdlayher/netlink"

	"phoneport/switchctl"
)

// u32 is one attribute of four octets.
type u32 struct {
	attr  uint16
	value uint32
}

// reply builds the attributes of a PSE_GET_REPLY as ethnl_fill_reply_header and pse_fill_reply put them.
func reply(t testing.TB, name string, index uint32, ranges []Range, attrs ...u32) []byte {
	t.Helper()
	ae := netlink.NewAttributeEncoder()
	ae.Nested(attrPSEHeader, func(h *netlink.AttributeEncoder) error {
		h.Uint32(attrHeaderDevIndex, index)
		h.String(attrHeaderDevName, name)
		return nil
	})
	for _, a := range attrs {
		ae.Uint32(a.attr, a.value)
	}
	for _, r := range ranges {
		ae.Nested(attrC33LimitRanges, func(n *netlink.AttributeEncoder) error {
			n.Uint32(attrRangeMin, uint32(r.Min))
			n.Uint32(attrRangeMax, uint32(r.Max))
			return nil
		})
	}
	b, err := ae.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// delivering is a port of a controller that tells everything, giving 6.4 W to a class 4 phone.
func delivering(t testing.TB) []byte {
	return reply(t, "lan1", 4, []Range{{15400, 15400}, {30000, 60000}},
		u32{attrC33AdminState, adminEnabled}, u32{attrC33Status, c33Delivering}, u32{attrC33Class, 4}, u32{attrC33ActualPower, 6400},
		u32{attrC33AvailLimit, 30000}, u32{attrPowerDomain, 2}, u32{attrPriorityMax, 2}, u32{attrPriority, 1})
}

func TestDecode(t *testing.T) {
	t.Parallel()
	on, off := u32{attrC33AdminState, adminEnabled}, u32{attrC33AdminState, adminDisabled}
	state := func(admin switchctl.PoEAdmin, detect switchctl.PoEDetect) switchctl.PoEState {
		return switchctl.PoEState{Supported: true, Admin: admin, Detect: detect}
	}
	denied := state(switchctl.PoEOn, switchctl.PoESearching)
	denied.Denied = true
	classZero := state(switchctl.PoEOn, switchctl.PoEDetectUnknown)
	classZero.ClassTold = true
	classEight := classZero
	classEight.Class = 8
	tests := []struct {
		name string
		in   []byte
		want Port
	}{
		{"everything", delivering(t), Port{
			Name: "lan1", Index: 4, Kind: C33, Domain: 2, Priorities: 2, Ranges: []Range{{15400, 15400}, {30000, 60000}},
			State: switchctl.PoEState{
				Supported: true, Admin: switchctl.PoEOn, Detect: switchctl.PoEDelivering, Class: 4, ClassTold: true,
				Priority: switchctl.PriorityHigh, Draw: 6400, DrawTold: true, Limit: 30000,
			},
		}},
		{"off", reply(t, "p", 1, nil, off, u32{attrC33Status, c33Disabled}), Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOff, switchctl.PoEDisabled)}},
		{"searching", reply(t, "p", 1, nil, on, u32{attrC33Status, c33Searching}), Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, switchctl.PoESearching)}},
		{"test", reply(t, "p", 1, nil, on, u32{attrC33Status, c33Test}), Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, switchctl.PoETest)}},
		{"admin unknown", reply(t, "p", 1, nil, u32{attrC33AdminState, adminUnknown}, u32{attrC33Status, c33Unknown}), Port{Name: "p", Index: 1, Kind: C33, State: state(0, 0)}},
		{"status only", reply(t, "p", 1, nil, u32{attrC33Status, c33Delivering}), Port{Name: "p", Index: 1, Kind: C33, State: state(0, switchctl.PoEDelivering)}},
		{"class told as zero", reply(t, "p", 1, nil, on, u32{attrC33Class, 0}), Port{Name: "p", Index: 1, Kind: C33, State: classZero}},
		{"class 8", reply(t, "p", 1, nil, on, u32{attrC33Class, 8}), Port{Name: "p", Index: 1, Kind: C33, State: classEight}},
		{"class that none has", reply(t, "p", 1, nil, on, u32{attrC33Class, 9}), Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, 0)}},
		{
			"over current", reply(t, "p", 1, nil, on, u32{attrC33Status, c33Fault}, u32{attrC33ExtState, extOverload}, u32{attrC33ExtSubstate, 1}),
			Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, switchctl.PoEFault), Reason: "over current: the device draws more than it may"},
		},
		{
			"short circuit", reply(t, "p", 1, nil, on, u32{attrC33Status, c33OtherFault}, u32{attrC33ExtState, extShort}),
			Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, switchctl.PoEOtherFault), Reason: "short circuit"},
		},
		{
			"no budget", reply(t, "p", 1, nil, on, u32{attrC33Status, c33Searching}, u32{attrC33ExtState, extPowerNotAvailable}, u32{attrC33ExtSubstate, 1}),
			Port{Name: "p", Index: 1, Kind: C33, State: denied, Reason: "power is not available: the budget is used up"},
		},
		{
			"data lines", reply(t, "t1l0", 7, nil, u32{attrPoDLAdminState, adminEnabled}, u32{attrPoDLStatus, podlSleep}),
			Port{Name: "t1l0", Index: 7, Kind: PoDL, State: state(switchctl.PoEOn, switchctl.PoESearching), Reason: "the device sleeps"},
		},
		{
			"data lines, overload", reply(t, "t1l0", 7, nil, u32{attrPoDLAdminState, adminEnabled}, u32{attrPoDLStatus, podlError}),
			Port{Name: "t1l0", Index: 7, Kind: PoDL, State: state(switchctl.PoEOn, switchctl.PoEFault), Reason: "over current: the device draws more than it may"},
		},
		{
			"both kinds", reply(t, "p", 1, nil, u32{attrPoDLAdminState, adminDisabled}, on),
			Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, 0)},
		},
		{"attributes of a later kernel", reply(t, "p", 1, nil, on, u32{200, 5}), Port{Name: "p", Index: 1, Kind: C33, State: state(switchctl.PoEOn, 0)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := decode(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeDamaged(t *testing.T) {
	t.Parallel()
	short := netlink.NewAttributeEncoder()
	short.Uint16(attrC33AdminState, adminEnabled)
	shortHeader := netlink.NewAttributeEncoder()
	shortHeader.Nested(attrPSEHeader, func(h *netlink.AttributeEncoder) error { h.Uint8(attrHeaderDevIndex, 1); return nil })
	encode := func(ae *netlink.AttributeEncoder) []byte {
		b, err := ae.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, in := range map[string][]byte{
		"number of two octets":           encode(short),
		"number of one octet in a nest":  encode(shortHeader),
		"length beyond the end":          {0xff, 0x7f, attrC33AdminState, 0},
		"cut in the middle":              delivering(t)[:len(delivering(t))-3],
		"interface number out of bounds": reply(t, "p", 1<<31, nil, u32{attrC33AdminState, adminEnabled}),
	} {
		if p, err := decode(in); err == nil || errors.Is(err, errNoPSE) {
			t.Errorf("%s: got %+v and %v, want an error of the format", name, p, err)
		}
	}
	for name, in := range map[string][]byte{
		"nothing": nil, "header only": reply(t, "p", 1, nil), "power without a state": reply(t, "p", 1, nil, u32{attrC33ActualPower, 5}),
	} {
		if p, err := decode(in); !errors.Is(err, errNoPSE) {
			t.Errorf("%s: got %+v and %v, want that there is no controller", name, p, err)
		}
	}
}

// TestPriorities goes from every word to the number and back.
func TestPriorities(t *testing.T) {
	t.Parallel()
	tests := []struct {
		most uint32
		want map[switchctl.PoEPriority]uint32
	}{
		{0, map[switchctl.PoEPriority]uint32{}},
		{1, map[switchctl.PoEPriority]uint32{switchctl.PriorityCritical: 0, switchctl.PriorityLow: 1}},
		{2, map[switchctl.PoEPriority]uint32{switchctl.PriorityCritical: 0, switchctl.PriorityHigh: 1, switchctl.PriorityLow: 2}},
		{47, map[switchctl.PoEPriority]uint32{switchctl.PriorityCritical: 0, switchctl.PriorityHigh: 23, switchctl.PriorityLow: 47}},
	}
	for _, tt := range tests {
		got := map[switchctl.PoEPriority]uint32{}
		for _, w := range []switchctl.PoEPriority{switchctl.PriorityUnknown, switchctl.PriorityCritical, switchctl.PriorityHigh, switchctl.PriorityLow} {
			n, ok := priorityNumber(w, tt.most)
			if !ok {
				continue
			}
			got[w] = n
			if back := priorityWord(n, tt.most); back != w {
				t.Errorf("of %d: %s is %d, which is %s", tt.most, w, n, back)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("of %d (-want +got):\n%s", tt.most, diff)
		}
	}
	if w := priorityWord(3, 2); w != switchctl.PriorityUnknown {
		t.Errorf("a priority beyond the last is %s, want unknown", w)
	}
}

func TestDecodeNotice(t *testing.T) {
	t.Parallel()
	if got, err := decodeNotice(notice(t, "lan1", 4, uint64(OverCurrent|Disconnection), false)); err != nil || got != (Notice{Name: "lan1", Index: 4, Events: OverCurrent | Disconnection}) {
		t.Errorf("four octets: %+v, %v", got, err)
	}
	if got, err := decodeNotice(notice(t, "lan1", 4, 1<<40|1, true)); err != nil || got.Events != 1<<40|OverCurrent {
		t.Errorf("eight octets: %+v, %v", got, err)
	}
	ae := netlink.NewAttributeEncoder()
	ae.Uint16(attrNtfEvents, 1)
	b, err := ae.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if got, err := decodeNotice(b); err == nil {
		t.Errorf("two octets: %+v, want an error", got)
	}
}

// notice builds the attributes of a PSE_NTF as ethnl_pse_send_ntf puts them.
func notice(t testing.TB, name string, index uint32, events uint64, wide bool) []byte {
	t.Helper()
	ae := netlink.NewAttributeEncoder()
	ae.Nested(attrNtfHeader, func(h *netlink.AttributeEncoder) error {
		h.Uint32(attrHeaderDevIndex, index)
		h.String(attrHeaderDevName, name)
		return nil
	})
	if wide {
		ae.Uint64(attrNtfEvents, events)
	} else {
		ae.Uint32(attrNtfEvents, uint32(events))
	}
	b, err := ae.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// FuzzDecode wants no more than that decoding ends, and that what it gives keeps its own rules.
func FuzzDecode(f *testing.F) {
	f.Add(delivering(f))
	f.Add(reply(f, "p", 1, nil, u32{attrC33AdminState, adminEnabled}, u32{attrC33ExtState, extPowerNotAvailable}))
	f.Add(reply(f, "t1l0", 7, nil, u32{attrPoDLAdminState, adminEnabled}, u32{attrPoDLStatus, podlError}))
	f.Add(notice(f, "lan1", 4, 3, false))
	f.Add([]byte{4, 0, 13, 0x80, 4, 0, 13, 0x80})
	f.Add([]byte{0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decode(b)
		switch {
		case err == nil && (p.Kind == KindUnknown || !p.State.Supported):
			t.Errorf("power of no kind: %+v", p)
		case err != nil && p.State.Supported:
			t.Errorf("power beside %v: %+v", err, p)
		case p.State.ClassTold && p.State.Class > 8:
			t.Errorf("class %d", p.State.Class)
		case len(p.Ranges)*4 > len(b):
			t.Errorf("%d ranges in %d octets", len(p.Ranges), len(b))
		case p.Index < 0:
			t.Errorf("interface %d", p.Index)
		}
		if n, err := decodeNotice(b); err == nil && n.Lost {
			t.Error("a notice of nothing is lost")
		}
	})
}
