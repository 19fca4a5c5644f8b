package inventory

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// List is what one source gave.
type List struct {
	Source string // name of the source
	Phones []Phone
}

// ConflictKind says what does not agree.
type ConflictKind string

// The kinds of conflicts.
const (
	ConflictDuplicate ConflictKind = "duplicate"  // one address twice in one source; the first entry stays
	ConflictDiffer    ConflictKind = "differ"     // two sources tell one field of a phone differently; the earlier source stays
	ConflictSamePort  ConflictKind = "same-port"  // two phones are expected at one port; both stay
	ConflictNoAddress ConflictKind = "no-address" // an entry without an address, or with one that no phone can have; it is dropped
	ConflictNoRoom    ConflictKind = "no-room"    // more text than a Directory holds (4 GiB); the entry is dropped
)

// FieldDiff is one field that two entries of one phone tell differently.
type FieldDiff struct {
	Field      string // name, extension, model, vendor, profile, site, expected
	Kept, Lost string
}

// Conflict is one thing in which sources, or entries of one source, do not agree.
type Conflict struct {
	Kind ConflictKind
	MAC  discovery.MAC // of the phone that stays, or of the first one
	// Port is set with ConflictSamePort, and Others then are the further phones expected there.
	Port   switchctl.PortRef
	Others []discovery.MAC
	Fields []FieldDiff // what differs; may be empty with ConflictDuplicate
	Winner string      // Phone.Source of the entry that stays
	Loser  string      // Phone.Source of the entry that is not used, or not for these fields
}

// String gives the conflict in a sentence for people.
func (c Conflict) String() string {
	switch c.Kind {
	case ConflictSamePort:
		macs := []string{c.MAC.String()}
		for _, m := range c.Others {
			macs = append(macs, m.String())
		}
		return fmt.Sprintf("%d phones are expected at port %s: %s", len(macs), c.Port, strings.Join(macs, ", "))
	case ConflictNoAddress:
		if !c.MAC.IsZero() {
			return fmt.Sprintf("%s: %s is not the address of a phone", c.Loser, c.MAC)
		}
		return c.Loser + ": a phone without an address"
	case ConflictNoRoom:
		return c.Loser + ": the list is longer than fits"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "phone %s", c.MAC)
	if c.Kind == ConflictDuplicate {
		fmt.Fprintf(&b, " is listed twice, in %s (used) and %s", c.Winner, c.Loser)
	} else {
		fmt.Fprintf(&b, " differs between %s (used) and %s", c.Winner, c.Loser)
	}
	for i, f := range c.Fields {
		sep := ", "
		if i == 0 {
			sep = ": "
		}
		b.WriteString(sep + f.Field + " " + strconv.Quote(f.Kept) + " and " + strconv.Quote(f.Lost))
	}
	return b.String()
}

// NewDirectory makes a Directory of the phones of one source; see Merge.
func NewDirectory(phones []Phone) (*Directory, []Conflict) {
	return Merge(List{Phones: phones})
}

// Merge makes one Directory of several lists, the most trusted first. A phone that several sources know
// takes each field from the first source that tells it; protection holds where any source asks for it.
// Within one source the first entry of an address stays. What did not agree is returned in the order of
// addresses, ports last.
func Merge(lists ...List) (*Directory, []Conflict) {
	n := 0
	for _, l := range lists {
		n += len(l.Phones)
	}
	type entry struct {
		mac      discovery.MAC
		list, at int32
	}
	entries := make([]entry, 0, n)
	var conflicts []Conflict
	for li, l := range lists {
		for i := range l.Phones {
			p := &l.Phones[i]
			if p.MAC.IsZero() || p.MAC.Group() {
				conflicts = append(conflicts, Conflict{Kind: ConflictNoAddress, MAC: p.MAC, Loser: place(l, p)})
				continue
			}
			entries = append(entries, entry{p.MAC, int32(li), int32(i)})
		}
	}
	slices.SortFunc(entries, func(a, b entry) int {
		return cmp.Or(compareMAC(a.mac, b.mac), cmp.Compare(a.list, b.list), cmp.Compare(a.at, b.at))
	})

	b := newBuilder(n)
	for len(entries) > 0 {
		first := entries[0]
		end := 1
		for end < len(entries) && entries[end].mac == first.mac {
			end++
		}
		phone := lists[first.list].Phones[first.at]
		if phone.Source == "" {
			phone.Source = lists[first.list].Source
		}
		winner, last := first, first.list
		for _, e := range entries[1:end] {
			other := &lists[e.list].Phones[e.at]
			c := Conflict{MAC: e.mac, Loser: place(lists[e.list], other)}
			if e.list == last {
				// The entry of this list that is in use is the one that stays here.
				kept := &lists[winner.list].Phones[winner.at]
				c.Kind, c.Winner, c.Fields = ConflictDuplicate, place(lists[winner.list], kept), differ(kept, other)
				phone.Protected = phone.Protected || other.Protected
				conflicts = append(conflicts, c)
				continue
			}
			winner, last = e, e.list
			c.Kind, c.Winner, c.Fields = ConflictDiffer, phone.Source, differ(&phone, other)
			if len(c.Fields) > 0 {
				conflicts = append(conflicts, c)
			}
			fill(&phone, other, c.Loser)
		}
		if !b.add(&phone) {
			conflicts = append(conflicts, Conflict{Kind: ConflictNoRoom, MAC: phone.MAC, Loser: phone.Source})
		}
		entries = entries[end:]
	}
	d := b.done()
	return d, append(conflicts, samePort(d)...)
}

// place tells where an entry stands.
func place(l List, p *Phone) string {
	if p.Source == "" {
		return l.Source
	}
	return p.Source
}

// differ lists the fields that both entries tell, and tell differently.
func differ(kept, lost *Phone) []FieldDiff {
	var fs []FieldDiff
	add := func(field, k, l string, same bool) {
		if k != "" && l != "" && !same {
			fs = append(fs, FieldDiff{field, k, l})
		}
	}
	add("name", kept.Name, lost.Name, strings.EqualFold(kept.Name, lost.Name))
	add("extension", kept.Extension, lost.Extension, kept.Extension == lost.Extension)
	add("model", kept.Model, lost.Model, sameModel(kept.Model, lost.Model))
	add("vendor", kept.Vendor, lost.Vendor, sameVendor(kept.Vendor, lost.Vendor))
	add("profile", kept.Profile, lost.Profile, kept.Profile == lost.Profile)
	add("site", kept.Site, lost.Site, strings.EqualFold(kept.Site, lost.Site))
	if kept.Expected.Name != "" && lost.Expected.Name != "" {
		add("expected", kept.Expected.String(), lost.Expected.String(), SamePort(kept.Expected, lost.Expected))
	}
	return fs
}

// fill takes from other what p does not tell.
func fill(p, other *Phone, from string) {
	before := *p
	p.Name = cmp.Or(p.Name, other.Name)
	p.Extension = cmp.Or(p.Extension, other.Extension)
	p.Model = cmp.Or(p.Model, other.Model)
	p.Vendor = cmp.Or(p.Vendor, other.Vendor)
	p.Profile = cmp.Or(p.Profile, other.Profile)
	p.Site = cmp.Or(p.Site, other.Site)
	if p.Expected.Name == "" {
		p.Expected = other.Expected
	}
	p.Protected = p.Protected || other.Protected
	if *p != before && from != "" {
		p.Source += " + " + from
	}
}

// samePort finds ports at which more than one phone is expected.
func samePort(d *Directory) []Conflict {
	order := d.byPort
	var cs []Conflict
	for len(order) > 0 {
		id, end := d.portID(order[0]), 1
		for end < len(order) && d.portID(order[end]) == id {
			end++
		}
		if end > 1 {
			p := d.phone(int(order[0]))
			c := Conflict{Kind: ConflictSamePort, MAC: p.MAC, Port: p.Expected, Winner: p.Source}
			for _, i := range order[1:end] {
				c.Others = append(c.Others, d.macs[i])
			}
			cs = append(cs, c)
		}
		order = order[end:]
	}
	return cs
}
