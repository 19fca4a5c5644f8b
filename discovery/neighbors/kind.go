package neighbors

import "strconv"

// Kind says what became of a neighbour.
type Kind uint8

// The kinds of changes.
const (
	KindUnknown Kind = iota
	KindNew          // heard for the first time, or again after it was gone
	KindChanged      // says something else than before
	KindAdopted      // like KindChanged, and the voice policy that it says it uses is another one
	KindGone         // said goodbye (TTL 0), was not heard within its TTL, or the link went down
	// KindTooMany: one more than the table holds; the frame is not kept. It is told once, and again only after no
	// such frame was heard for its TTL; Stats count each.
	KindTooMany
)

var kinds = [...]string{"unknown", "new", "changed", "adopted", "gone", "too-many"}

// String gives the word that output uses.
func (k Kind) String() string {
	if int(k) >= len(kinds) {
		return "invalid(" + strconv.Itoa(int(k)) + ")"
	}
	return kinds[k]
}

// MarshalText gives the word.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }
