package neighbors_test

import (
	"testing"
	"time"

	"phoneport/discovery"
	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
	"phoneport/discovery/neighbors"
)

// sequence writes frames one after the other: two octets of length, one of seconds before it, the frame.
func sequence(frames ...[]byte) (out []byte) {
	for _, f := range frames {
		out = append(out, byte(len(f)>>8), byte(len(f)), 30)
		out = append(out, f...)
	}
	return out
}

// FuzzFrames hears any sequence of frames, with time between them, and checks what always holds.
func FuzzFrames(f *testing.F) {
	must := func(b []byte, err error) []byte {
		if err != nil {
			f.Fatal(err)
		}
		return b
	}
	say := func(p *lldp.PDU, src discovery.MAC) []byte {
		return must(lldp.AppendFrame(nil, lldp.NearestBridge, src, p))
	}
	a, b := say(phone(), phoneMAC), say(pc(), pcMAC)
	c := must(cdp.AppendFrame(nil, phoneMAC, cdpPhone()))
	bye := say(&lldp.PDU{Chassis: phone().Chassis, Port: phone().Port}, phoneMAC)
	booting := say(phone(func(p *lldp.PDU) { p.Chassis = ipID(0, 0, 0, 0) }), phoneMAC)
	f.Add(sequence(booting, a, b, c, a, bye))
	f.Add(sequence(b, b, b, b, b))
	for _, path := range captures(f) {
		frames, err := readCapture(path)
		if err != nil {
			f.Fatal(err)
		}
		var s [][]byte
		for _, x := range frames {
			s = append(s, x.Data)
		}
		f.Add(sequence(s...))
	}
	const limit, most = 3, 200 // frames of one sequence: more find nothing more
	f.Fuzz(func(t *testing.T, data []byte) {
		n := neighbors.New(neighbors.Options{Limit: limit})
		known := map[string]bool{}
		note := func(cs []neighbors.Change) {
			for _, x := range cs {
				k := keyOf(x.Neighbor) + x.Neighbor.MAC.String()
				switch x.Kind {
				case neighbors.KindNew:
					known[k] = true
				case neighbors.KindGone:
					if !known[k] {
						t.Fatalf("gone, but was never there: %s", k)
					}
					delete(known, k)
				case neighbors.KindChanged, neighbors.KindAdopted:
					was := keyOf(x.Was) + x.Was.MAC.String()
					if !known[was] || x.Why == "" {
						t.Fatalf("changed from %s (%v) for %q", was, known[was], x.Why)
					}
					delete(known, was)
					known[k] = true
				case neighbors.KindTooMany:
					if known[k] && len(n.All()) < limit {
						t.Fatalf("one too many, but there is room: %s", k)
					}
				default:
					t.Fatalf("kind %v", x.Kind)
				}
			}
		}
		var pdu lldp.PDU
		var packet cdp.Packet
		now, frames := start, uint64(0)
		for len(data) >= 3 && frames < most {
			size, wait := int(data[0])<<8|int(data[1]), data[2]
			data = data[3:]
			size = min(size, len(data))
			frame := data[:size]
			data = data[size:]
			now = now.Add(time.Duration(wait) * time.Second)
			note(n.Age(now))
			frames++
			hear(t, n, &pdu, &packet, frame, now, note)
			if got := len(n.All()); got > 2*limit || got != len(known) {
				t.Fatalf("%d neighbours, %d known, at most %d", got, len(known), 2*limit)
			}
			if next := n.Next(); next.IsZero() != (len(known) == 0) || !next.IsZero() && !next.After(now) {
				t.Fatalf("Next() = %v at %v with %d neighbours", next, now, len(known))
			}
		}
		if s := n.Stats(); s.Frames != frames || s.Discarded > s.Frames || s.TooMany > s.Discarded {
			t.Fatalf("%d frames: %+v", frames, s)
		}
		for next := n.Next(); !next.IsZero(); next = n.Next() {
			if cs := n.Age(next); len(cs) == 0 {
				t.Fatalf("nothing to do at %v", next)
			}
		}
	})
}

// hear gives a frame to the table as a listener does.
func hear(t *testing.T, n *neighbors.Table, pdu *lldp.PDU, packet *cdp.Packet, frame []byte, now time.Time, note func([]neighbors.Change)) {
	t.Helper()
	if _, src, b, err := lldp.ParseFrame(frame); err == nil {
		if pdu.Decode(b) != nil {
			n.Malformed()
			return
		}
		note(n.HearLLDP(pdu, src, now))
		return
	}
	if _, src, b, err := cdp.ParseFrame(frame); err == nil && packet.Decode(b) == nil {
		note(n.HearCDP(packet, src, now))
		return
	}
	n.Malformed()
}
