package inventory

import "fmt"

// Shrunk reports whether a load lost so many phones that it must be held and not taken: an export that
// broke off half way would otherwise turn every other phone into an unknown one. share is the part of
// the old phones, 0..1, that may go at once; 0 means that any number may. The text says why, for people.
//
// Phones that are in both lists count as kept, however many new ones there are.
func Shrunk(old, next *Directory, share float64) (why string, held bool) {
	if share <= 0 || old.Len() == 0 {
		return "", false
	}
	gone := 0
	if old != nil {
		for _, m := range old.macs {
			if _, ok := next.find(m); !ok {
				gone++
			}
		}
	}
	if float64(gone) <= share*float64(old.Len()) {
		return "", false
	}
	return fmt.Sprintf("%d of %d phones are gone from the new list, which is more than %.0f%%", gone, old.Len(), share*100), true
}
