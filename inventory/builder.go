package inventory

import (
	"encoding/binary"
	"math"
	"strings"

	"phoneport/discovery"
)

// builder packs phones into a Directory. All texts lie in one string, each after its length; text 0 is
// the empty one. Texts that many phones share (model, site, port name …) are kept once.
type builder struct {
	d      *Directory
	text   strings.Builder
	shared map[string]uint32
	limit  uint64 // texts must begin below it
	name   []byte // reused
}

func newBuilder(phones int) *builder {
	b := &builder{
		d:      &Directory{macs: make([]discovery.MAC, 0, phones), records: make([]record, 0, phones)},
		shared: map[string]uint32{"": 0},
		limit:  math.MaxUint32,
	}
	b.text.Grow(32 * phones)
	b.text.WriteByte(0)
	return b
}

// add appends p; phones come in the order of addresses, each address once. It is false where the texts
// have no room for another phone.
func (b *builder) add(p *Phone) bool {
	if uint64(b.text.Len())+textSize(p) > b.limit {
		return false
	}
	r := record{
		extension: b.own(p.Extension),
		model:     b.share(p.Model),
		vendor:    b.share(p.Vendor),
		profile:   b.share(p.Profile),
		site:      b.share(p.Site),
		sw:        b.share(string(p.Expected.Switch)),
		port:      b.share(p.Expected.Name),
		source:    b.own(p.Source),
		protected: p.Protected,
	}
	if p.Name != "" {
		b.name = appendSEP(b.name[:0], p.MAC)
	}
	if p.Name != "" && p.Name == string(b.name) {
		r.sepName = true
	} else {
		r.name = b.own(p.Name)
	}
	b.d.macs = append(b.d.macs, p.MAC)
	b.d.records = append(b.d.records, r)
	return true
}

// textSize is the most that the texts of p can take.
func textSize(p *Phone) uint64 {
	n := len(p.Name) + len(p.Extension) + len(p.Model) + len(p.Vendor) + len(p.Profile) + len(p.Site) +
		len(p.Expected.Switch) + len(p.Expected.Name) + len(p.Source)
	return uint64(n) + 9*binary.MaxVarintLen64
}

func (b *builder) own(s string) uint32 {
	if s == "" {
		return 0
	}
	at := uint32(b.text.Len())
	var length [binary.MaxVarintLen64]byte
	b.text.Write(length[:binary.PutUvarint(length[:], uint64(len(s)))])
	b.text.WriteString(s)
	return at
}

func (b *builder) share(s string) uint32 {
	at, ok := b.shared[s]
	if !ok {
		at = b.own(s)
		b.shared[s] = at
	}
	return at
}

// done gives the Directory. The builder must not be used afterwards.
func (b *builder) done() *Directory {
	d := b.d
	d.text = b.text.String()
	d.byName = d.index(d.nameKey)
	d.byExtension = d.index(d.extensionKey)
	d.foldPorts()
	return d
}

// textAt gives the text at a place in the texts of a Directory.
func textAt(text string, at uint32) string {
	if at == 0 {
		return ""
	}
	var n, shift uint64
	for i := int(at); ; i++ {
		c := uint64(text[i])
		n |= (c & 0x7f) << shift
		if c < 0x80 {
			return text[i+1 : i+1+int(n)]
		}
		shift += 7
	}
}
