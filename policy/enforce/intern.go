package enforce

import (
	"slices"

	"phoneport/discovery"
	"phoneport/switchctl"
)

// interner keeps one copy of texts that many ports share: 24,000 phones are of a dozen models.
type interner map[string]string

func (t interner) one(s *string) {
	if *s == "" {
		return
	}
	if old, ok := t[*s]; ok {
		*s = old
		return
	}
	t[*s] = *s
}

// compact makes a snapshot as small as it can be without losing anything.
func (t interner) compact(s *switchctl.Snapshot) {
	s.Ports = slices.Clip(s.Ports)
	for i := range s.Ports {
		p := &s.Ports[i]
		t.one(&p.Alias)
		p.Learned = slices.Clip(p.Learned)
		p.Neighbors = slices.Clip(p.Neighbors)
		for j := range p.Neighbors {
			t.neighbor(&p.Neighbors[j])
		}
	}
	for i := range s.VLANs {
		t.one(&s.VLANs[i].Name)
	}
}

// neighbor shares what is the same for phones of one model; names and addresses differ for each.
func (t interner) neighbor(n *discovery.Neighbor) {
	for _, s := range []*string{
		(*string)(&n.Protocol), &n.PortDesc, &n.Platform, &n.Software,
		&n.Inventory.Manufacturer, &n.Inventory.Model, &n.Inventory.Firmware, &n.Inventory.Hardware, &n.Inventory.Software,
	} {
		t.one(s)
	}
	for i := range n.Capabilities {
		t.one((*string)(&n.Capabilities[i]))
	}
}
