package neighbors

import (
	"slices"

	"phoneport/discovery/cdp"
	"phoneport/discovery/lldp"
)

// keepLLDP gives a copy that lasts: p is decoded into again and again. Problems are of one frame and not kept.
func keepLLDP(p *lldp.PDU) *lldp.PDU {
	q := p.Clone()
	q.Problems = nil
	return q
}

// keepCDP is keepLLDP for CDP.
func keepCDP(p *cdp.Packet) *cdp.Packet {
	q := *p
	q.Addresses = slices.Clone(p.Addresses)
	q.Management = slices.Clone(p.Management)
	q.Requested.Levels = slices.Clone(p.Requested.Levels)
	q.Available.Levels = slices.Clone(p.Available.Levels)
	q.Unknown = slices.Clone(p.Unknown)
	q.Problems = nil
	return &q
}
