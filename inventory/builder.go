package inventory

import (
	"encoding/binary"
	"math"
)

// builder packs phones into a Directory. All texts lie in one string, each after its length; text 0 is
// the empty one. Texts that many phones share (model, site, port name …) are kept once.
type builder struct {
	d      *Directory
	text   []byte
	shared map[string]uint32
	limit  uint64 // texts must begin below it
}

func newBuilder(phones int) *builder {
	return &builder{
		d:      &Directory{records: make([]record, 0, phones)},
		text:   []byte{0},
		shared: map[string]uint32{"": 0},
		limit:  math.MaxUint32,
	}
}

// add appends p; phones come in the order of addresses, each address once. It is false where the texts
// have no room for another phone.
func (b *builder) add(p *Phone) bool {
	if uint64(len(b.text))+textSize(p) > b.limit {
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
	if p.Name == sepName(p.MAC) {
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
	at := uint32(len(b.text))
	b.text = binary.AppendUvarint(b.text, uint64(len(s)))
	b.text = append(b.text, s...)
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
	d.text = string(b.text)
	d.byName = d.index(d.nameKey)
	d.byExtension = d.index(d.extensionKey)
	d.byPort = d.index(d.portKey)
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
