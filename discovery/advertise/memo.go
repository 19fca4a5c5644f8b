package advertise

import "bytes"

// memoSlots is how many frames of one protocol are remembered: those of a phone, the PC behind it, and two
// more.
const memoSlots = 4

// memo remembers the last frames that were heard and what they decode to. Neighbours say the same for hours, and a
// frame that is octet for octet the one before is not decoded again.
type memo[P any] struct {
	slots [memoSlots]struct {
		frame []byte // empty: the slot is free
		said  P
	}
	next int // the slot that is taken over next
}

// decode gives what a frame says, by the given decoder where it is not remembered. The result is good until the
// next call.
func (m *memo[P]) decode(frame []byte, decoder func(*P) error) (*P, error) {
	for i := range m.slots {
		if s := &m.slots[i]; len(s.frame) > 0 && bytes.Equal(s.frame, frame) {
			return &s.said, nil
		}
	}
	s := &m.slots[m.next]
	s.frame = s.frame[:0]
	if err := decoder(&s.said); err != nil {
		return nil, err
	}
	s.frame = append(s.frame, frame...)
	m.next = (m.next + 1) % memoSlots
	return &s.said, nil
}
