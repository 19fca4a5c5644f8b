package inventory

import (
	"cmp"
	"iter"
	"slices"
	"strings"
	"sync"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// Directory is an immutable set of phones with different addresses, indexed. A new load makes a new
// Directory; readers of the old one are not disturbed. It is safe for parallel use. A nil Directory is
// empty.
//
// It is built for lists of a million phones: a phone takes about 90 octets, its texts included. Phones
// are put together anew at each lookup, so that a caller may keep or change what it was given.
type Directory struct {
	macs    []discovery.MAC // sorted; record i belongs to macs[i]
	records []record
	text    string // all texts, see builder

	byName, byExtension func() []int32 // record numbers in the order of the folded key

	// Spellings of switches and ports, by their text, and what they fold to: a campus has few of them.
	folded  map[uint32]uint32
	foldIDs map[string]uint32
	byPort  []int32 // record numbers in the order of portID, those without a port left out

	ouis *OUITable // nil = KnownOUIs
}

// record is a Phone without its address; texts are places in Directory.text.
type record struct {
	name, extension, model, vendor, profile, site, sw, port, source uint32

	protected bool
	sepName   bool // the name is SEP and the address, as CUCM names phones; it takes no text
}

// WithOUIs gives a Directory of the same phones whose Correlate uses another table of prefixes.
func (d *Directory) WithOUIs(t *OUITable) *Directory {
	if d == nil {
		d, _ = NewDirectory(nil)
	}
	n := *d
	n.ouis = t
	return &n
}

func (d *Directory) ouiTable() *OUITable {
	if d == nil || d.ouis == nil {
		return KnownOUIs()
	}
	return d.ouis
}

// Len gives the number of phones.
func (d *Directory) Len() int {
	if d == nil {
		return 0
	}
	return len(d.macs)
}

// All gives every phone in the order of addresses.
func (d *Directory) All() iter.Seq[Phone] {
	return func(yield func(Phone) bool) {
		for i := range d.Len() {
			if !yield(d.phone(i)) {
				return
			}
		}
	}
}

// ByMAC gives the phone with the address.
func (d *Directory) ByMAC(m discovery.MAC) (Phone, bool) {
	i, ok := d.find(m)
	if !ok {
		return Phone{}, false
	}
	return d.phone(i), true
}

// ByName gives the phones with the device name, in the order of addresses; case does not matter.
func (d *Directory) ByName(name string) []Phone {
	if d == nil || name == "" {
		return nil
	}
	return d.lookup(d.byName(), d.nameKey, strings.ToLower(name))
}

// ByExtension gives the phones with the extension, in the order of addresses: shared lines have many.
func (d *Directory) ByExtension(extension string) []Phone {
	if d == nil || extension == "" {
		return nil
	}
	return d.lookup(d.byExtension(), d.extensionKey, strings.ToLower(extension))
}

// ExpectedAt gives the phones that should be at the port, in the order of addresses. Long and short
// interface names are the same port, see SamePort.
func (d *Directory) ExpectedAt(port switchctl.PortRef) []Phone {
	if d == nil || port.Name == "" {
		return nil
	}
	id, ok := d.idOf(port)
	if !ok {
		return nil
	}
	at, _ := slices.BinarySearchFunc(d.byPort, id, func(i int32, id uint64) int { return cmp.Compare(d.portID(i), id) })
	var ps []Phone
	for ; at < len(d.byPort) && d.portID(d.byPort[at]) == id; at++ {
		ps = append(ps, d.phone(int(d.byPort[at])))
	}
	return ps
}

// Find gives the phones that a person means by text: a MAC address in any spelling, a device name or an
// extension, in this order.
func (d *Directory) Find(text string) []Phone {
	text = strings.TrimSpace(text)
	if m, err := discovery.ParseMAC(text); err == nil {
		if p, ok := d.ByMAC(m); ok {
			return []Phone{p}
		}
	}
	if ps := d.ByName(text); len(ps) > 0 {
		return ps
	}
	return d.ByExtension(text)
}

func (d *Directory) find(m discovery.MAC) (int, bool) {
	if d == nil {
		return 0, false
	}
	return slices.BinarySearchFunc(d.macs, m, compareMAC)
}

// compareMAC orders addresses by their octets, without the slices that bytes.Compare needs.
func compareMAC(a, b discovery.MAC) int {
	for i := range a {
		if a[i] != b[i] {
			return int(a[i]) - int(b[i])
		}
	}
	return 0
}

func (d *Directory) phone(i int) Phone {
	r := &d.records[i]
	return Phone{
		MAC:       d.macs[i],
		Name:      d.name(i),
		Extension: textAt(d.text, r.extension),
		Model:     textAt(d.text, r.model),
		Vendor:    textAt(d.text, r.vendor),
		Profile:   textAt(d.text, r.profile),
		Site:      textAt(d.text, r.site),
		Expected:  switchctl.PortRef{Switch: switchctl.SwitchID(textAt(d.text, r.sw)), Name: textAt(d.text, r.port)},
		Protected: r.protected,
		Source:    textAt(d.text, r.source),
	}
}

func (d *Directory) name(i int) string {
	if d.records[i].sepName {
		return sepName(d.macs[i])
	}
	return textAt(d.text, d.records[i].name)
}

// sepName gives the device name that CUCM gives to a phone with the address.
func sepName(m discovery.MAC) string { return string(appendSEP(nil, m)) }

func appendSEP(b []byte, m discovery.MAC) []byte {
	const digits = "0123456789ABCDEF"
	b = append(b, "SEP"...)
	for _, o := range m {
		b = append(b, digits[o>>4], digits[o&15])
	}
	return b
}

func (d *Directory) nameKey(i int32) string { return strings.ToLower(d.name(int(i))) }

func (d *Directory) extensionKey(i int32) string {
	return strings.ToLower(textAt(d.text, d.records[i].extension))
}

// foldPorts makes the index of expected ports.
func (d *Directory) foldPorts() {
	d.folded, d.foldIDs = map[uint32]uint32{}, map[string]uint32{}
	fold := func(at uint32, folded func(string) string) {
		if _, ok := d.folded[at]; ok {
			return
		}
		key := folded(textAt(d.text, at))
		id, ok := d.foldIDs[key]
		if !ok {
			id = uint32(len(d.foldIDs))
			d.foldIDs[key] = id
		}
		d.folded[at] = id
	}
	type entry struct {
		id uint64
		at int32
	}
	var es []entry
	for i := range d.records {
		if r := &d.records[i]; r.port != 0 {
			fold(r.sw, strings.ToLower)
			fold(r.port, portName)
			es = append(es, entry{d.portID(int32(i)), int32(i)})
		}
	}
	slices.SortFunc(es, func(a, b entry) int { return cmp.Or(cmp.Compare(a.id, b.id), cmp.Compare(a.at, b.at)) })
	d.byPort = make([]int32, len(es))
	for i, e := range es {
		d.byPort[i] = e.at
	}
}

// portID gives one number for all spellings of the port at which the phone of record i is expected.
func (d *Directory) portID(i int32) uint64 {
	r := &d.records[i]
	return uint64(d.folded[r.sw])<<32 | uint64(d.folded[r.port])
}

// idOf gives the number of a port; ok is false where no phone is expected at the switch or the port's name.
func (d *Directory) idOf(r switchctl.PortRef) (id uint64, ok bool) {
	sw, ok := d.foldIDs[strings.ToLower(string(r.Switch))]
	if !ok {
		return 0, false
	}
	port, ok := d.foldIDs[portName(r.Name)]
	return uint64(sw)<<32 | uint64(port), ok
}

// lookup gives the phones whose key is want.
func (d *Directory) lookup(order []int32, key func(int32) string, want string) []Phone {
	at, _ := slices.BinarySearchFunc(order, want, func(i int32, w string) int { return strings.Compare(key(i), w) })
	var ps []Phone
	for ; at < len(order) && key(order[at]) == want; at++ {
		ps = append(ps, d.phone(int(order[at])))
	}
	return ps
}

// index makes an index over the records with a key when it is first asked for: an audit looks up by
// address only, and the order of a million names costs more than the audit of a switch.
func (d *Directory) index(key func(int32) string) func() []int32 {
	return sync.OnceValue(func() []int32 {
		type entry struct {
			key string
			at  int32
		}
		var es []entry
		for i := range int32(len(d.macs)) {
			if k := key(i); k != "" {
				es = append(es, entry{k, i})
			}
		}
		slices.SortFunc(es, func(a, b entry) int {
			if c := strings.Compare(a.key, b.key); c != 0 {
				return c
			}
			return int(a.at - b.at)
		})
		order := make([]int32, len(es))
		for i, e := range es {
			order[i] = e.at
		}
		return order
	})
}
